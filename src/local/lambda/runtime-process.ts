// A function's process as the system sees it: how it is started, how one hears of its end, how it is ended.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { FunctionRecord } from "./function-record.ts";
import { exitReason } from "./invocation.ts";
import type { InvocationLog } from "./invocation-log.ts";
import { createFrameReader } from "./log-frames.ts";

export interface SpawnOptions {
  readonly record: FunctionRecord;
  readonly runtimeFile: string;
  readonly taskRoot: string;
  readonly log: InvocationLog;
  /** Environment of the process, for its address on the Runtime API. */
  environment(runtimeApi: string): Record<string, string>;
}

export function spawnRuntime(options: SpawnOptions, address: string): ChildProcess {
  const { record, log } = options;
  const read = createFrameReader();
  const child = spawn(process.execPath, [...memoryFlags(record.memorySize), options.runtimeFile], {
    cwd: options.taskRoot,
    env: options.environment(address),
    // The first pipe is never written to: it closes when this process ends, however it ends.
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    // A group of its own, so that what a handler starts ends with it.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  // Without a process there is an `error` and no `exit`; `whenClosed` hears both.
  child.stdin?.on("error", () => {});
  const frames = child.stdio[3] as Readable | null | undefined;
  frames?.on("data", (chunk: Buffer) => log.received(chunk.length, read(chunk)));
  for (const raw of [child.stdout, child.stderr]) {
    raw?.setEncoding("utf8");
    raw?.on("data", (text: string) => log.addRaw(text));
  }
  return child;
}

/**
 * The heap as AWS's own bootstrap divides it: a tenth for new objects, the rest for old ones. Node would make the part
 * for new objects so small that collecting them takes a third of a busy function's time.
 */
function memoryFlags(memorySize: number): string[] {
  const newSpace = Math.floor(memorySize / 10);
  return [`--max-semi-space-size=${Math.floor(newSpace / 2)}`, `--max-old-space-size=${memorySize - newSpace}`];
}

/** `close` waits for the pipes, so that the last words of a crash are in; a grandchild may keep them open for ever. */
export function whenClosed(child: ChildProcess, then: (how: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let done = false;
    const finish = (how: string): void => {
      if (done) return;
      done = true;
      // First, so that whoever waits for the end goes on whatever `then` meets; they run after it all the same.
      resolve();
      then(how);
    };
    child.once("error", (error) => finish(`Runtime exited with error: ${error.message}`));
    child.once("exit", (code, signal) => {
      const how = exitReason(code, signal);
      child.once("close", () => finish(how));
      setTimeout(() => finish(how), 200);
    });
  });
}

export function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
