// One process of a function: started cold, then one invocation after another until it is ended.

import type { ChildProcess } from "node:child_process";
import { exited, failed, outcomeFor, timedOut, tooLarge } from "./invocation.ts";
import type { Outcome, PendingInvocation } from "./invocation.ts";
import { MAX_RESPONSE } from "./runtime-api.ts";
import type { RuntimeSession } from "./runtime-api.ts";
import type { RuntimeReply } from "./runtime-connection.ts";
import { kill, spawnRuntime, whenClosed } from "./runtime-process.ts";
import type { SpawnOptions } from "./runtime-process.ts";
import type { Usage } from "./usage.ts";

export interface FunctionProcess {
  /** Serves an earlier code or configuration: takes no more invocations. */
  stale: boolean;
  /** `performance.now()` when it became free. */
  idleSince: number;
  /** Invocations that it has answered. */
  readonly served: number;
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

export interface ProcessOptions extends SpawnOptions {
  open(session: RuntimeSession): { readonly address: string; close(): void };
  readonly events: ProcessEvents;
  now(): number;
}

/** AWS gives a cold start ten seconds before it counts as part of the invocation. */
const INIT_LIMIT_MS = 10_000;

/** @throws {Error} when there is no process: the role is gone, the system refuses one, or its arguments */
export function startFunctionProcess(options: ProcessOptions): FunctionProcess {
  const { record, log, events } = options;
  const started = performance.now();
  /** Hands an invocation over: the process has asked for one. */
  let waiting: RuntimeReply | undefined;
  let current: PendingInvocation | undefined;
  let currentSince = 0;
  let loaded = false;
  let initFailure: Outcome | undefined;
  let timer: NodeJS.Timeout | undefined;

  const session = options.open({
    next(reply) {
      waiting = reply;
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
  const child = spawnOrClose();
  timer = setTimeout(initTimedOut, INIT_LIMIT_MS + record.timeout * 1000);
  const ended = whenClosed(child, (how) => {
    clearTimeout(timer);
    session.close();
    log.rest();
    if (current) crash(current, how);
    else if (!loaded) failInit(how);
    events.gone(self);
  });

  const self: FunctionProcess & { served: number } = {
    stale: false,
    idleSince: started,
    served: 0,
    run(invocation) {
      if (!waiting) throw new Error("an invocation for a process that is not free");
      const reply = waiting;
      waiting = undefined;
      currentSince = performance.now();
      log.start(invocation.requestId);
      const head: Record<string, string | number> = {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": invocation.requestId,
        "lambda-runtime-deadline-ms": Date.now() + record.timeout * 1000,
        "lambda-runtime-trace-id": invocation.trace,
        "lambda-runtime-invoked-function-arn": record.arn,
      };
      if (invocation.clientContext !== undefined) head["lambda-runtime-client-context"] = invocation.clientContext;
      try {
        reply(200, head, invocation.payload);
      } catch (error) {
        failHandOver(invocation, error);
        return;
      }
      current = invocation;
      timer = setTimeout(invocationTimedOut, record.timeout * 1000);
    },
    end: () => kill(child),
    ended,
  };
  return self;

  function spawnOrClose(): ChildProcess {
    try {
      return spawnRuntime(options, session.address);
    } catch (error) {
      session.close();
      throw error;
    }
  }

  function becomeFree(): void {
    if (!loaded) {
      loaded = true;
      clearTimeout(timer);
      log.initialized(performance.now() - started);
    }
    self.idleSince = performance.now();
    events.free(self);
  }

  function finish(requestId: string, outcome: Outcome, usage: Usage): void {
    if (!current || current.requestId !== requestId) return;
    const invocation = current;
    current = undefined;
    clearTimeout(timer);
    log.usage(usage);
    self.served += 1;
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

  /** Nothing was sent: only this one invocation fails, and another process serves the next. */
  function failHandOver(invocation: PendingInvocation, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    settleNow(invocation, failed("Runtime.Unknown", `Error: ${reason}`), { error: "Runtime.Unknown" });
    self.stale = true;
    kill(child);
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
