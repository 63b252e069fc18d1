// How an endless command goes on through a moment without network, or while AWS throttles.

import { isProblem, type Problem } from "../core/problem.ts";
import type { StackContext } from "./context.ts";

export interface Looking<T> {
  readonly at: "log" | "table";
  /** Milliseconds between two looks when all is well. */
  readonly pollMs: number;
  look(): Promise<T>;
}

const LONGEST_PAUSE_MS = 60_000;
const PATIENCE_MS = 5 * 60_000;

/**
 * A look that is throttled, or finds no network, is tried again after a pause that doubles each time.
 * @returns a look that is "ended" when the local cloud is
 * @throws {Problem} the last one after 5 minutes, and at once what waiting does not mend
 */
export function patiently<T>(
  { emit, clock, signal, target }: StackContext,
  { at, pollMs, look }: Looking<T>,
): () => Promise<T | "ended"> {
  return async () => {
    let failedSince: number | undefined;
    for (let pause = pollMs * 2; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await look();
      } catch (error) {
        // `awsls down` elsewhere has ended it.
        if (isProblem(error, "EndpointUnreachable") && target.kind === "local") return "ended";
        failedSince ??= clock.now();
        if (!isPassing(error) || clock.now() - failedSince > PATIENCE_MS) throw error;
        emit({ type: "notice", code: "LookDelayed", data: { at, reason: reasonOf(error), seconds: pause / 1000 } });
        await clock.sleep(pause, signal);
      }
    }
  };
}

function isPassing(error: unknown): error is Problem<"EndpointUnreachable"> | Problem<"AwsRefused"> {
  if (isProblem(error, "EndpointUnreachable")) return true;
  if (!isProblem(error, "AwsRefused")) return false;
  const { code, status = 0 } = error.data;
  return status >= 500 || status === 429 || /Throttl|TooManyRequests|LimitExceeded/.test(code);
}

function reasonOf(error: Problem<"EndpointUnreachable"> | Problem<"AwsRefused">): string {
  return "reason" in error.data ? error.data.reason : error.data.code;
}
