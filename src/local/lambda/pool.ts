// The processes of one function and the queue in front of them.

import type { FunctionProcess, ProcessEvents } from "./function-process.ts";
import { failed, outcomeFor } from "./invocation.ts";
import type { Outcome, PendingInvocation } from "./invocation.ts";

export interface PoolTimings {
  /** Another process starts once the oldest has waited that long. */
  readonly anotherAfterMs: number;
  /** Nobody waits longer for a process that is busy. */
  readonly queueMs: number;
  /** A process without work ends after that. */
  readonly idleMs: number;
}

export const TIMINGS: PoolTimings = { anotherAfterMs: 100, queueMs: 5000, idleMs: 60_000 };

export interface PoolOptions {
  readonly timings: PoolTimings;
  /** Processes that may load their handler at the same time: more of them only hinder each other. */
  readonly startsAtOnce: number;
  /** Up to so many serve a queue that never runs empty, though nobody in it waits long: more would not be faster. */
  readonly steady: number;
  /** Concurrent invocations allowed now. */
  limit(): number;
  /** @throws {Error} when the process cannot be started: no space, no file descriptor left, no such function */
  start(events: ProcessEvents): FunctionProcess;
}

export interface Pool {
  run(invocation: PendingInvocation): void;
  /** Code or configuration changed: processes go after what they are doing. */
  renew(): void;
  /** Ends all processes; whoever waits is turned away. */
  close(): Promise<void>;
  readonly size: number;
}

const THROTTLED: Outcome = { kind: "throttled" };

export function createPool(options: PoolOptions): Pool {
  const { timings } = options;
  const processes = new Set<FunctionProcess>();
  const starting = new Set<FunctionProcess>();
  const idle: FunctionProcess[] = [];
  const queue: PendingInvocation[] = [];
  /** Since when the queue has not been empty. */
  let queuedSince = 0;
  let check: NodeJS.Timeout | undefined;
  let closed = false;
  const reaper = setInterval(endIdle, Math.min(timings.idleMs / 4, 5000));
  reaper.unref();

  const events: ProcessEvents = {
    free(process) {
      starting.delete(process);
      if (process.stale || closed) {
        process.end();
        return;
      }
      idle.push(process);
      serveQueue();
    },
    failedInit(process, outcome, log) {
      starting.delete(process);
      const first = process.stale ? undefined : queue.shift();
      if (first) first.settle(outcomeFor(first, outcome, log(first.requestId)));
    },
    gone(process) {
      starting.delete(process);
      processes.delete(process);
      const index = idle.indexOf(process);
      if (index >= 0) idle.splice(index, 1);
      if (queue.length === 0 || closed) return;
      serveQueue();
      ensureOne();
    },
  };

  function serveQueue(): void {
    while (queue.length > 0) {
      const process = takeIdle();
      if (!process) return;
      const invocation = queue.shift();
      if (invocation) process.run(invocation);
    }
  }

  /** The one that has worked most goes on: its code is compiled best, and the others can end. */
  function takeIdle(): FunctionProcess | undefined {
    const best = idle.reduce((most, process, index) => (process.served > (idle[most]?.served ?? -1) ? index : most), 0);
    return idle.splice(best, 1)[0];
  }

  /** Whether there is one more. When the system refuses one, those who wait learn why. */
  function startOne(): boolean {
    try {
      const process = options.start(events);
      processes.add(process);
      starting.add(process);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (processes.size === 0)
        for (const invocation of queue.splice(0)) invocation.settle(failed("Runtime.ExitError", reason));
      return false;
    }
  }

  function ensureOne(): void {
    const isServing = [...processes].some(({ stale }) => !stale);
    if (!isServing && processes.size < options.limit()) startOne();
    arm();
  }

  /** One look at the queue when its oldest is due, and again while anybody waits. */
  function arm(): void {
    const oldest = queue[0];
    if (!oldest || check) return;
    const waited = performance.now() - oldest.since;
    const due = waited < timings.anotherAfterMs ? timings.anotherAfterMs - waited : timings.anotherAfterMs / 4;
    // One turn later: when this process was held up itself, the answers that came meanwhile are heard first.
    check = setTimeout(() => setImmediate(look), Math.max(1, due));
  }

  function look(): void {
    check = undefined;
    const now = performance.now();
    // The oldest wait for the processes that are loading, which AWS gives ten seconds and more: they are being served.
    const served = starting.size;
    for (let next = queue[served]; next && now - next.since >= timings.queueMs; next = queue[served]) {
      queue.splice(served, 1);
      next.settle(THROTTLED);
    }
    serveQueue();
    if (queue.length === 0) return;
    const overdue = queue.filter(({ since }) => now - since >= timings.anotherAfterMs).length;
    const isSteady = now - queuedSince >= timings.anotherAfterMs && processes.size < options.steady;
    const wanted = Math.min(isSteady ? Math.max(1, overdue) : overdue, options.startsAtOnce);
    while (starting.size < wanted && processes.size < options.limit() && startOne());
    arm();
  }

  function endIdle(): void {
    const now = performance.now();
    const unused = idle.filter(({ idleSince }) => now - idleSince >= timings.idleMs);
    for (const process of unused) retire(process);
  }

  function retire(process: FunctionProcess): void {
    process.stale = true;
    const index = idle.indexOf(process);
    if (index >= 0) idle.splice(index, 1);
    process.end();
  }

  return {
    run(invocation) {
      if (closed || options.limit() === 0) {
        invocation.settle(THROTTLED);
        return;
      }
      if (queue.push(invocation) === 1) queuedSince = invocation.since;
      serveQueue();
      if (queue.length === 1) ensureOne();
    },
    renew() {
      for (const process of processes) process.stale = true;
      for (const process of [...idle, ...starting]) retire(process);
      if (queue.length > 0) ensureOne();
    },
    async close() {
      closed = true;
      clearInterval(reaper);
      clearTimeout(check);
      for (const invocation of queue.splice(0)) invocation.settle(THROTTLED);
      const ended = [...processes].map((process) => process.ended);
      for (const process of processes) process.end();
      await Promise.all(ended);
    },
    get size() {
      return processes.size;
    },
  };
}
