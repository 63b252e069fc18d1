// Log events of overlapping looks, each one once and in order. An event may come after a younger one: streams are written by
// different processes, and CloudWatch Logs shows what it got only some seconds later.

import type { LogEvent } from "./row.ts";

export interface MergeOptions {
  /** How long an event waits for others before it, in milliseconds since it was seen first. */
  readonly holdMs: number;
  /** Nothing older than an event of this age is expected any more: it need not wait. */
  readonly settledMs: number;
  /** How far each look reaches back behind the youngest event. */
  readonly overlapMs: number;
  /** Events remembered at most; beyond, looks reach back less. */
  readonly remembered: number;
}

export interface Merged extends LogEvent {
  readonly late?: true;
}

export interface LogMerge {
  /** Where the next look begins: later than every event that was forgotten. */
  startTime(): number;
  /** Takes what a look that began then has found; gives what can be printed now, in order. */
  take(found: readonly LogEvent[], lookedAt: number): Merged[];
  /** Everything that still waits, in order: nothing more is coming. */
  rest(): Merged[];
}

interface Waiting {
  readonly event: LogEvent;
  readonly seenAt: number;
}

/** As CloudWatch Logs orders events: by time, then by when it got them; what is equal stays as it came. */
export function compareEvents(a: LogEvent, b: LogEvent): number {
  return a.timestamp - b.timestamp || a.ingestionTime - b.ingestionTime;
}

/** Each event once, in order. */
export function sortEvents(events: readonly LogEvent[]): LogEvent[] {
  return [...new Map(events.map((event) => [event.eventId, event])).values()].toSorted(compareEvents);
}

/** @param since the first look's start */
export function createLogMerge(since: number, options: MergeOptions): LogMerge {
  const { holdMs, settledMs, overlapMs, remembered } = options;
  /** Timestamps of all events that a look may give again. */
  const known = new Map<string, number>();
  let waiting: Waiting[] = [];
  let from = since;
  // By CloudWatch Logs' own clock: ours may be wrong, and a function may claim any time.
  let youngest = 0;
  let last: LogEvent | undefined;

  function forget(): void {
    from = Math.max(from, youngest - overlapMs);
    if (known.size > remembered) {
      const oldest = [...known.values()].toSorted((a, b) => a - b).at(known.size - remembered - 1);
      if (oldest !== undefined) from = Math.max(from, oldest + 1);
    }
    for (const [id, timestamp] of known) if (timestamp < from) known.delete(id);
  }

  function release(count: number): Merged[] {
    return waiting.splice(0, count).map(({ event }) => {
      const isLate = last !== undefined && compareEvents(event, last) < 0;
      if (!isLate) last = event;
      return isLate ? { ...event, late: true } : event;
    });
  }

  return {
    startTime: () => from,
    take(found, lookedAt) {
      for (const event of found) {
        if (event.timestamp < from || known.has(event.eventId)) continue;
        known.set(event.eventId, event.timestamp);
        youngest = Math.max(youngest, event.ingestionTime);
        waiting.push({ event, seenAt: lookedAt });
      }
      waiting = waiting.toSorted((a, b) => compareEvents(a.event, b.event));
      // What stands before one that need not wait goes with it, in its place.
      const lastRipe = waiting.findLastIndex(({ event, seenAt }) => {
        const hasMissedItsPlace = last !== undefined && compareEvents(event, last) < 0;
        return hasMissedItsPlace || seenAt <= lookedAt - holdMs || event.timestamp <= lookedAt - settledMs;
      });
      const ready = release(lastRipe + 1);
      forget();
      return ready;
    },
    rest: () => release(waiting.length),
  };
}
