// The two kinds of waiting that are ours: for a state to be reached, and for AWS to notice what was just made.

import type { Clock } from "../core/clock.ts";
import { Problem } from "../core/problem.ts";

export interface Pace {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What is waited for, as AWS's operation or state: goes into the time-out's words. */
  readonly doing: string;
  /** How long at most, in milliseconds; minutes unless given. */
  readonly forMs?: number;
  /** Called before each sleep with AWS's last word. */
  onWait(last: string): void;
}

const FIRST_MS = 500;
const LONGEST_MS = 5_000;
const GROWTH = 1.6;
/** IAM's own bound is unpublished; AWS says a role may take up to 15 minutes, most take seconds. */
const PROPAGATION_MS = 5 * 60_000;
const STATE_MS = 10 * 60_000;

/**
 * Sends again while AWS has not noticed yet what was just made (roles, policies, pools): 0.5 s growing to 5 s, for 5 minutes unless the pace says otherwise.
 * @throws whatever `isPropagating` does not recognise, and the last such error when the time is over
 */
export async function retryWhile<T>(
  isPropagating: (error: Error) => boolean,
  send: () => Promise<T>,
  pace: Pace,
): Promise<T> {
  const deadline = pace.clock.now() + (pace.forMs ?? PROPAGATION_MS);
  for (let wait = FIRST_MS; ; wait = Math.min(wait * GROWTH, LONGEST_MS)) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof Error) || !isPropagating(error) || pace.clock.now() + wait > deadline) throw error;
      pace.onWait(error.message);
      await pace.clock.sleep(wait, pace.signal);
    }
  }
}

/**
 * Reads until `isReached` says so. The first look is at once, for clouds that are faster than AWS.
 * @throws {Problem} `TimedOut` after 10 minutes or what the pace says, with AWS's last word
 */
export async function waitUntil<T>(
  read: () => Promise<T>,
  isReached: (seen: T) => boolean,
  describe: (seen: T) => string,
  pace: Pace,
): Promise<T> {
  const { forMs = STATE_MS } = pace;
  const deadline = pace.clock.now() + forMs;
  for (let wait = FIRST_MS / 2; ; wait = Math.min(wait * GROWTH, LONGEST_MS)) {
    const seen = await read();
    if (isReached(seen)) return seen;
    if (pace.clock.now() + wait > deadline) {
      throw new Problem("TimedOut", { doing: pace.doing, seconds: forMs / 1000, last: describe(seen) });
    }
    pace.onWait(describe(seen));
    await pace.clock.sleep(wait, pace.signal);
  }
}
