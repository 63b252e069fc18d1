// A clock for clouds whose minutes need not be waited for: the real time, and more of it whenever a test says so.

import { systemClock } from "../src/core/clock.ts";
import type { Clock } from "../src/core/clock.ts";

export interface ShiftedClock extends Clock {
  /** Sleeps whose end has come by that are over. */
  advance(ms: number): void;
  /** To the next full minute; gives it. */
  nextMinute(): number;
}

/** @param shift milliseconds that it is ahead from the beginning */
export function shiftedClock(shift = 0): ShiftedClock {
  let ahead = shift;
  let moved = new AbortController();
  const now = (): number => Date.now() + ahead;

  function advance(ms: number): void {
    ahead += ms;
    const before = moved;
    moved = new AbortController();
    before.abort();
  }

  return {
    now,
    advance,
    nextMinute() {
      advance(60_000 - (now() % 60_000));
      return now() - (now() % 60_000);
    },
    async sleep(ms, signal) {
      const end = now() + ms;
      do {
        const woken = AbortSignal.any([moved.signal, ...(signal ? [signal] : [])]);
        await systemClock.sleep(end - now(), woken).catch(() => signal?.throwIfAborted());
      } while (now() < end);
    },
  };
}
