// Lambda's own queue of asynchronous invocations: what becomes of an event whose function fails, or may not run now.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html

import { AwsError } from "../service.ts";
import type { FunctionRecord, LambdaContext } from "./function-record.ts";
import type { Outcome } from "./invocation.ts";
import type { Invoker } from "./invoker.ts";

export interface EventQueue {
  add(record: FunctionRecord, requestId: string, payload: Uint8Array): void;
  close(): void;
}

/** A function that failed runs twice more. */
const RETRIES_MS = [60_000, 120_000];
/** A function that could not run is tried again after 1 s, 2 s, 4 s and so on. */
const LONGEST_PAUSE_MS = 300_000;
const LONGEST_AGE_MS = 6 * 3_600_000;

interface Event {
  readonly name: string;
  readonly requestId: string;
  readonly payload: Uint8Array;
}

/** Events wait in memory: what has not run when the cloud ends is lost, unlike on AWS. */
export function createEventQueue(
  { env, records }: Pick<LambdaContext, "env" | "records">,
  invoker: Pick<Invoker, "run">,
): EventQueue {
  const closing = new AbortController();

  async function work(event: Event): Promise<void> {
    const expires = env.clock.now() + LONGEST_AGE_MS;
    const pauseAfter = pauses();
    for (;;) {
      const record = records.get(event.name);
      if (!record) return;
      await env.clock.sleep(Math.max(0, record.activeAt - env.clock.now()), closing.signal);
      const outcome = await attempt(record, event);
      if (outcome === "answered") return;
      const pause = pauseAfter(outcome);
      if (pause === undefined || env.clock.now() + pause > expires)
        throw new Error(`it ${outcome === "failed" ? "failed" : "was throttled"} to the end`);
      await env.clock.sleep(pause, closing.signal);
    }
  }

  /** @throws {AwsError} for what is not Lambda's own failure and does not pass */
  async function attempt(record: FunctionRecord, { requestId, payload }: Event): Promise<Outcome["kind"]> {
    try {
      return (await invoker.run(record, { requestId, payload, wantsLog: false })).kind;
    } catch (error) {
      if (error instanceof AwsError && error.status >= 500) return "throttled";
      throw error;
    }
  }

  return {
    add(record, requestId, payload) {
      work({ name: record.name, requestId, payload }).catch((error: unknown) => {
        if (!closing.signal.aborted) env.log(`lambda event for ${record.name} was dropped: ${String(error)}`);
      });
    },
    close: () => closing.abort(),
  };
}

/** How long an event waits after each attempt; undefined when that was the last one. */
function pauses(): (outcome: "failed" | "throttled") => number | undefined {
  let [failures, throttles] = [0, 0];
  return (outcome) =>
    outcome === "failed" ? RETRIES_MS[failures++] : Math.min(1000 * 2 ** throttles++, LONGEST_PAUSE_MS);
}
