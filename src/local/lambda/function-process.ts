// One process of a function: started cold, then one invocation after another until it is ended.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { FunctionRecord } from "./function-record.ts";
import { exited, exitReason, failed, outcomeFor, timedOut, tooLarge } from "./invocation.ts";
import type { Outcome, PendingInvocation } from "./invocation.ts";
import type { InvocationLog } from "./invocation-log.ts";
import { createFrameReader } from "./log-frames.ts";
import { MAX_RESPONSE } from "./runtime-api.ts";
import type { RuntimeSession } from "./runtime-api.ts";

export interface FunctionProcess {
  /** Serves an earlier code or configuration: takes no more invocations. */
  stale: boolean;
  /** `performance.now()` when it became free. */
  idleSince: number;
  /** Hands an invocation to the free process. */
  run(invocation: PendingInvocation): void;
  /** Ends it at once; an invocation under way fails. */
  end(): void;
  readonly ended: Promise<void>;
}

/** What its pool hears of a process. */
export interface ProcessEvents {
  /** Loaded, or done with an invocation: free for the next. */
  free(process: FunctionProcess): void;
  /** The handler could not be loaded: the outcome is for whoever waits. */
  failedInit(process: FunctionProcess, outcome: Outcome, log: (requestId: string) => string): void;
  gone(process: FunctionProcess): void;
}

export interface ProcessOptions {
  readonly record: FunctionRecord;
  readonly runtimeFile: string;
  readonly taskRoot: string;
  readonly log: InvocationLog;
  /** Environment of the process, for its address on the Runtime API. */
  environment(runtimeApi: string): Record<string, string>;
  open(session: RuntimeSession): { readonly address: string; close(): void };
  readonly events: ProcessEvents;
  now(): number;
}

/** AWS gives a cold start ten seconds before it counts as part of the invocation. */
const INIT_LIMIT_MS = 10_000;

export function startFunctionProcess(options: ProcessOptions): FunctionProcess {
  const { record, log, events } = options;
  const started = performance.now();
  let waiting: ServerResponse | undefined;
  let current: PendingInvocation | undefined;
  let currentSince = 0;
  let loaded = false;
  let initFailure: Outcome | undefined;
  let timer: NodeJS.Timeout | undefined = setTimeout(initTimedOut, INIT_LIMIT_MS + record.timeout * 1000);

  const session = options.open({
    next(response) {
      waiting = response;
      // Sent together with the answer to the invocation before, whose body may arrive after it.
      if (!current) becomeFree();
    },
    response: (requestId, body, usage) =>
      finish(requestId, body ? { kind: "answered", payload: body } : tooLarge(MAX_RESPONSE), usage),
    error: (requestId, body, usage) => finish(requestId, { kind: "failed", payload: body }, usage),
    initError(body, usage) {
      if (loaded) return;
      log.usage(usage);
      initFailure = { kind: "failed", payload: body };
    },
  });
  const child = spawnRuntime(options, session.address);
  const ended = whenClosed(child, (how) => {
    clearTimeout(timer);
    session.close();
    log.rest();
    if (current) crash(current, how);
    else if (!loaded) failInit(how);
    events.gone(self);
  });

  const self: FunctionProcess = {
    stale: false,
    idleSince: started,
    run(invocation) {
      if (!waiting) throw new Error("an invocation for a process that is not free");
      const response = waiting;
      waiting = undefined;
      current = invocation;
      currentSince = performance.now();
      timer = setTimeout(invocationTimedOut, record.timeout * 1000);
      log.start(invocation.requestId);
      const head: Record<string, string | number> = {
        "content-type": "application/json",
        "content-length": invocation.payload.length,
        "lambda-runtime-aws-request-id": invocation.requestId,
        "lambda-runtime-deadline-ms": Date.now() + record.timeout * 1000,
        "lambda-runtime-invoked-function-arn": record.arn,
      };
      if (invocation.clientContext !== undefined) head["lambda-runtime-client-context"] = invocation.clientContext;
      response.writeHead(200, head);
      response.end(invocation.payload);
    },
    end: () => kill(child),
    ended,
  };
  return self;

  function becomeFree(): void {
    if (!loaded) {
      loaded = true;
      clearTimeout(timer);
      log.initialized(performance.now() - started);
    }
    self.idleSince = performance.now();
    events.free(self);
  }

  function finish(requestId: string, outcome: Outcome, usage: string): void {
    if (!current || current.requestId !== requestId) return;
    const invocation = current;
    current = undefined;
    clearTimeout(timer);
    log.usage(usage);
    const done = log.end(requestId, performance.now() - currentSince, undefined);
    if (!invocation.wantsLog) invocation.settle(outcome);
    else done((text) => invocation.settle(outcomeFor(invocation, outcome, text)));
    if (waiting) becomeFree();
  }

  function invocationTimedOut(): void {
    if (!current) return;
    const invocation = current;
    current = undefined;
    log.rest();
    log.add(`${new Date(options.now()).toISOString()} ${invocation.requestId} ${timeoutText()}\n\n`);
    settleNow(invocation, timedOut(invocation.requestId, record.timeout), "timeout");
    self.stale = true;
    kill(child);
  }

  function timeoutText(): string {
    return `Task timed out after ${record.timeout.toFixed(2)} seconds`;
  }

  function crash(invocation: PendingInvocation, how: string): void {
    current = undefined;
    log.add(`RequestId: ${invocation.requestId} Error: ${how}\nRuntime.ExitError\n`);
    settleNow(invocation, exited(invocation.requestId, how), { error: "Runtime.ExitError" });
  }

  function settleNow(invocation: PendingInvocation, outcome: Outcome, status: "timeout" | { error: string }): void {
    log.end(
      invocation.requestId,
      performance.now() - currentSince,
      status,
    )((text) => invocation.settle(outcomeFor(invocation, outcome, text)));
  }

  function initTimedOut(): void {
    initFailure = failed("Sandbox.Timedout", `Error: ${timeoutText()}`);
    kill(child);
  }

  /** The process is gone before it took anything: whoever waits longest learns why. */
  function failInit(how: string): void {
    const outcome = initFailure ?? failed("Runtime.ExitError", `Error: ${how}`);
    events.failedInit(self, outcome, (requestId) => {
      log.start(requestId);
      log.add(`RequestId: ${requestId} Error: ${how}\nRuntime.ExitError\n`);
      let text = "";
      log.end(requestId, performance.now() - started, { error: "Runtime.ExitError" })((tail) => {
        text = tail;
      });
      return text;
    });
  }
}

function spawnRuntime(options: ProcessOptions, address: string): ChildProcess {
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
function whenClosed(child: ChildProcess, then: (how: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let done = false;
    const finish = (how: string): void => {
      if (done) return;
      done = true;
      then(how);
      resolve();
    };
    child.once("error", (error) => finish(`Runtime exited with error: ${error.message}`));
    child.once("exit", (code, signal) => {
      const how = exitReason(code, signal);
      child.once("close", () => finish(how));
      setTimeout(() => finish(how), 200);
    });
  });
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
