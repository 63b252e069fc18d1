// Where a function's output goes: frames on file descriptor 3, one per log event, as AWS's own runtimes write theirs.
// Writing is synchronous: what a handler logged before it crashed is not lost.

import { writeSync } from "node:fs";
import { format } from "node:util";
import type { Retell } from "./retelling.ts";
import { FRAME_HEADER, LOG_DESCRIPTOR } from "./log-frame.ts";

export interface LogChannel {
  /** The invocation whose id log lines carry from now on. */
  enter(requestId: string | undefined): void;
  /** A line in AWS's text format. */
  line(level: string, message: string): void;
  /** Bytes written so far: the service waits for as many before it closes an invocation's log. */
  written(): number;
  /** Lets out what was written to stdout or stderr without an end of line. */
  flush(): void;
}

/** Turns `console` and writes to stdout and stderr into log events. */
export function openLogChannel(retell: Retell): LogChannel {
  let requestId: string | undefined;
  let bytes = 0;

  function event(time: number, text: string): void {
    const message = Buffer.from(text, "utf8");
    const frame = Buffer.allocUnsafe(FRAME_HEADER + message.length);
    frame.writeUInt32BE(message.length, 0);
    frame.writeDoubleBE(time, 4);
    message.copy(frame, FRAME_HEADER);
    writeWhole(frame);
    bytes += frame.length;
  }

  function line(level: string, message: string): void {
    const time = Date.now();
    event(time, `${new Date(time).toISOString()}\t${requestId}\t${level}\t${message}\n`);
  }

  patchConsole(line, retell);
  const flushers = [captureStream(process.stdout, event), captureStream(process.stderr, event)];
  return {
    enter: (id) => {
      requestId = id;
    },
    line,
    written: () => bytes,
    flush: () => flushers.forEach((flush) => flush()),
  };
}

function patchConsole(line: (level: string, message: string) => void, retell: Retell): void {
  const target: Console = globalThis["console"];
  const levels = { log: "INFO", info: "INFO", debug: "DEBUG", warn: "WARN", error: "ERROR", trace: "TRACE" } as const;
  for (const [method, level] of Object.entries(levels)) {
    const write = (...values: unknown[]): void => {
      const said = format(...values);
      line(level, values.some((value) => value instanceof Error) ? retell(said) : said);
    };
    Object.assign(target, { [method]: write });
  }
}

/** Raw output is one event a line, without AWS's prefix. Gives what lets out an unfinished line. */
function captureStream(stream: NodeJS.WriteStream, event: (time: number, text: string) => void): () => void {
  let unfinished = "";
  const write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    unfinished += chunk instanceof Uint8Array ? Buffer.from(chunk).toString("utf8") : String(chunk);
    const lines = unfinished.split("\n");
    unfinished = lines.pop() ?? "";
    for (const text of lines) event(Date.now(), `${text}\n`);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") process.nextTick(() => done());
    return true;
  };
  Object.assign(stream, { write });
  return () => {
    if (unfinished !== "") event(Date.now(), `${unfinished}\n`);
    unfinished = "";
  };
}

function writeWhole(frame: Buffer): void {
  let offset = 0;
  while (offset < frame.length) {
    try {
      offset += writeSync(LOG_DESCRIPTOR, frame, offset);
    } catch (error) {
      // The pipe is full and not blocking on this system: the reader is another process, so trying again is enough.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) return;
    }
  }
}
