// What an endless command puts out, one at a time and as soon as it is known. `--json` prints each as it stands, on a line.

/** One event of a log group. */
export interface LogRow {
  readonly kind: "log";
  /** As CloudWatch Logs has it. */
  readonly timestamp: number;
  readonly message: string;
}

export type Row = LogRow;
