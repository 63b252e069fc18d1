// Takes a function process's log events out of the bytes of its log pipe (runtime/log-frame.ts).

import { FRAME_HEADER } from "./runtime/log-frame.ts";

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Gives the events that became whole with each chunk. */
export function createFrameReader(): (chunk: Buffer) => LogEvent[] {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const events: LogEvent[] = [];
    while (pending.length >= FRAME_HEADER) {
      const end = FRAME_HEADER + pending.readUInt32BE(0);
      if (pending.length < end) break;
      events.push({ timestamp: pending.readDoubleBE(4), message: pending.toString("utf8", FRAME_HEADER, end) });
      pending = pending.subarray(end);
    }
    return events;
  };
}
