// The runs of the timer's function, as its log tells of them.

import { parseLogLine } from "./log-line.ts";
import type { LogEvent } from "./row.ts";

export interface TimerRun {
  /** ISO 8601. */
  readonly at: string;
  readonly requestId: string;
  readonly durationMs?: number;
  /** The id of the row that it put. */
  readonly id?: string;
  /** Why it failed. */
  readonly error?: string;
}

/** In order; lines that belong to no run say nothing here. */
export function runsIn(events: readonly LogEvent[]): TimerRun[] {
  const runs = new Map<string, { at: number; run: Omit<TimerRun, "at"> }>();
  for (const { timestamp, message } of events) {
    const { requestId, type, level, text, report } = parseLogLine(message);
    if (requestId === undefined) continue;
    const { at, run } = runs.get(requestId) ?? { at: timestamp, run: { requestId } };
    const id = type === "output" ? /Put item (\d+)/.exec(text)?.[1] : undefined;
    const error = type === "output" && level === "ERROR" ? text.split("\n")[0] : report?.status;
    runs.set(requestId, {
      at: Math.min(at, timestamp),
      run: {
        ...run,
        ...(id === undefined ? {} : { id }),
        ...(report?.durationMs === undefined ? {} : { durationMs: report.durationMs }),
        // The first that was said: what follows is that it has failed.
        ...(error === undefined || run.error !== undefined ? {} : { error }),
      },
    });
  }
  return [...runs.values()]
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, run }) => ({ at: new Date(at).toISOString(), ...run }));
}
