// What an endless command puts out, one at a time and as soon as it is known. `--json` prints each as it stands, on a line.

import type { HandlerName } from "./names.ts";
import type { Problem } from "./problem.ts";

/** An event as CloudWatch Logs has it. */
export interface LogEvent {
  /** The same in every answer. */
  readonly eventId: string;
  readonly logStreamName: string;
  /** When it was written, in milliseconds since the epoch. */
  readonly timestamp: number;
  /** When CloudWatch Logs got it. */
  readonly ingestionTime: number;
  readonly message: string;
}

/** The last line of an invocation, or of a process's start (`initReport`). */
export interface InvocationReport {
  readonly durationMs?: number;
  readonly billedDurationMs?: number;
  readonly memorySizeMb?: number;
  readonly maxMemoryUsedMb?: number;
  /** Only where the process was started for it: a cold start. */
  readonly initDurationMs?: number;
  /** `timeout`, `error`; absent when all went well. */
  readonly status?: string;
  readonly errorType?: string;
}

/** What an event's message says. */
export interface LogLine {
  /** `output` is the function's own; the others are the platform's. */
  readonly type: "output" | "start" | "end" | "report" | "initStart" | "initReport" | "platform";
  readonly level?: string;
  readonly requestId?: string;
  /** Without what the other members say; several lines stay one. */
  readonly text: string;
  readonly report?: InvocationReport;
}

export interface LogRow extends LogEvent, LogLine {
  readonly kind: "log";
  /** Whose log it is. */
  readonly function: HandlerName;
  /** The timestamp in ISO 8601. */
  readonly time: string;
  /** It came after a younger one had been printed. */
  readonly late?: true;
}

/** The stack is up, and the folder is watched from now on. */
export interface WatchingRow {
  readonly kind: "watching";
  readonly at: number;
  /** Whose code it is. */
  readonly function: HandlerName;
  readonly folder: string;
  /** The API's; the items are at `/items` below it. */
  readonly url: string;
}

/** What was saved is what answers. */
export interface LiveRow {
  readonly kind: "live";
  readonly at: number;
  /** Whose code it is. */
  readonly function: HandlerName;
  /** As Lambda's CodeSha256. */
  readonly sha256: string;
  /** Milliseconds since the save was noticed. */
  readonly ms: number;
  /** Loading it failed here, for a reason that need not be one where it runs. */
  readonly doubt?: string;
}

/** What was saved was not deployed; what was live before still is. */
export interface RefusedRow {
  readonly kind: "refused";
  readonly at: number;
  /** Whose code it is. */
  readonly function: HandlerName;
  readonly problem: Problem;
}

/** There is nothing any more that could be deployed to. */
export interface GoneRow {
  readonly kind: "gone";
  readonly at: number;
  readonly stack: string;
}

/** The timer has put a row into the table. */
export interface ItemRow {
  readonly kind: "item";
  /** When it was put, in milliseconds since the epoch, as text. */
  readonly id: string;
  /** The same in ISO 8601. */
  readonly time: string;
  readonly item: Readonly<Record<string, unknown>>;
  /** Milliseconds since the row before it; none before the first. */
  readonly sinceMs?: number;
}

export type Row = LogRow | WatchingRow | LiveRow | RefusedRow | GoneRow | ItemRow;
