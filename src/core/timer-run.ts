// The runs of the timer's function, as its log tells of them.

import { parseLogLine } from "./log-line.ts";
import type { LogEvent, LogLine } from "./row.ts";

export interface TimerRun {
  /** When its last attempt began, in ISO 8601. */
  readonly at: string;
  readonly requestId: string;
  /** How often it was tried, if more than once: Lambda tries an event that failed again, under the same request id. */
  readonly attempts?: number;
  readonly durationMs?: number;
  /** The id of the row that it put. */
  readonly id?: string;
  /** Why it failed. */
  readonly error?: string;
}

interface Attempt {
  readonly at: number;
  readonly number: number;
  readonly says: Omit<TimerRun, "at" | "requestId" | "attempts">;
}

/** In order; of each its last attempt. Lines that belong to no run say nothing here. */
export function runsIn(events: readonly LogEvent[]): TimerRun[] {
  const runs = new Map<string, Attempt>();
  for (const { timestamp, message } of events.toSorted((a, b) => a.timestamp - b.timestamp)) {
    const line = parseLogLine(message);
    if (line.requestId !== undefined) runs.set(line.requestId, afterLine(runs.get(line.requestId), line, timestamp));
  }
  return [...runs]
    .toSorted(([, a], [, b]) => a.at - b.at)
    .map(([requestId, { at, number, says }]) => ({
      at: new Date(at).toISOString(),
      requestId,
      ...(number > 1 ? { attempts: number } : {}),
      ...says,
    }));
}

/** The id in `Put item 1790000000000`, what the timer's own handler says and answers; none when the code is another one. */
export function putId(text: string): string | undefined {
  return /Put item (\d+)/.exec(text)?.[1];
}

function afterLine(before: Attempt | undefined, line: LogLine, timestamp: number): Attempt {
  if (before === undefined) return { at: timestamp, number: 1, says: saidIn(line, {}) };
  if (line.type === "start") return { at: timestamp, number: before.number + 1, says: {} };
  return { ...before, says: saidIn(line, before.says) };
}

function saidIn({ type, level, text, report }: LogLine, before: Attempt["says"]): Attempt["says"] {
  const id = type === "output" ? putId(text) : undefined;
  const error = type === "output" && level === "ERROR" ? text.split("\n")[0] : report?.status;
  return {
    ...before,
    ...(id === undefined ? {} : { id }),
    ...(report?.durationMs === undefined ? {} : { durationMs: report.durationMs }),
    // The first that was said: what follows is that it has failed.
    ...(error === undefined || before.error !== undefined ? {} : { error }),
  };
}
