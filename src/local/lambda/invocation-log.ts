// What a process's log stream gets around and between the function's own output: START, END, REPORT, each invocation's
// lines in their place. The function's output comes by another way than its answer, so an END waits for it.

import type { FunctionLog } from "./function-log.ts";
import { reportLine } from "./invocation.ts";
import type { LogEvent } from "./log-frames.ts";
import type { Usage } from "./usage.ts";

/** AWS returns the last 4 KB of the log with an invocation that asks for it. */
const TAIL = 4096;

export interface InvocationLog {
  initialized(initMs: number): void;
  /** What the process says of itself: how much it has logged, the memory it takes. */
  usage(usage: Usage): void;
  start(requestId: string): void;
  /** Bytes came from the log pipe and made these events whole. */
  received(bytes: number, events: readonly LogEvent[]): void;
  /** A line of the service's own. */
  add(message: string): void;
  /** Output that went around the log pipe: from native code or a process that the handler started. */
  addRaw(text: string): void;
  /** Closes an invocation once its output is in; what is given then runs with the end of its log. */
  end(requestId: string, durationMs: number, status: "timeout" | { readonly error: string } | undefined): OnEnd;
  /** No more output will come: whatever waits for it goes on. */
  rest(): void;
}

type OnEnd = (then: (tail: string) => void) => void;

/** @param initStart written with the first of whatever follows; on AWS no part of LogType Tail */
export function createInvocationLog(
  log: FunctionLog,
  memorySize: number,
  now: () => number,
  initStart: string,
): InvocationLog {
  const first = { timestamp: now(), message: initStart };
  /** Not yet written. */
  let events: LogEvent[] = [first];
  /** Of the invocation under way, for LogType Tail. */
  let text = "";
  let served = false;
  let received = 0;
  let announced = 0;
  let maxMemoryMb = 0;
  let initMs: number | undefined;
  let closing: (() => void) | undefined;

  function put(event: LogEvent): void {
    events.push(event);
    text += event.message;
  }

  function write(): void {
    if (events.length === 0) return;
    log.write(events);
    events = [];
  }

  function closeIfComplete(): void {
    if (!closing || received < announced) return;
    const close = closing;
    closing = undefined;
    close();
  }

  function complete(): void {
    announced = received;
    closeIfComplete();
  }

  return {
    initialized(ms) {
      initMs = ms;
    },
    usage({ loggedBytes, maxRssKb }) {
      announced = loggedBytes;
      maxMemoryMb = Math.max(maxMemoryMb, Math.round(maxRssKb / 1024));
    },
    start(requestId) {
      // Output of the invocation before may still be missing; the next one does not wait for it.
      complete();
      // What the handler's module logged while it was loaded belongs to the first invocation.
      if (served) text = "";
      served = true;
      put({ timestamp: now(), message: `START RequestId: ${requestId} Version: $LATEST\n` });
    },
    received(bytes, arrived) {
      received += bytes;
      for (const event of arrived) put(event);
      if (closing) closeIfComplete();
      else write();
    },
    add: (message) => put({ timestamp: now(), message }),
    addRaw(raw) {
      for (const line of raw.split("\n")) if (line !== "") put({ timestamp: now(), message: `${line}\n` });
      write();
    },
    end(requestId, durationMs, status) {
      let tail: string | undefined;
      let then: ((tail: string) => void) | undefined;
      closing = () => {
        put({ timestamp: now(), message: `END RequestId: ${requestId}\n` });
        const report = { requestId, durationMs, initMs, memorySize, maxMemoryMb, status };
        put({ timestamp: now(), message: reportLine(report) });
        initMs = undefined;
        write();
        tail = lastBytes(text);
        then?.(tail);
      };
      if (status !== undefined) complete();
      else closeIfComplete();
      return (run) => {
        if (tail === undefined) then = run;
        else run(tail);
      };
    },
    rest() {
      complete();
      // A process that ends before it did anything does not bring back a log group that was deleted with its function.
      if (events.at(-1) !== first) write();
    },
  };
}

function lastBytes(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  return bytes.subarray(Math.max(0, bytes.length - TAIL)).toString("utf8");
}
