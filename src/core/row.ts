// What an endless command puts out, one at a time and as soon as it is known. `--json` prints each as it stands, on a line.

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
  /** Whose log it is: `crud`. */
  readonly function: string;
  /** The timestamp in ISO 8601. */
  readonly time: string;
  /** It came after a younger one had been printed. */
  readonly late?: true;
}

export type Row = LogRow;
