// `awsls logs`: what a function wrote to its log, and with `-f` what it goes on writing.

import { parseLogLine } from "../core/log-line.ts";
import { LOGGED_FUNCTIONS, type LoggedFunction } from "../core/logged-functions.ts";
import { createLogMerge, type Merged, type MergeOptions, sortEvents } from "../core/log-merge.ts";
import type { Problem } from "../core/problem.ts";
import type { LogEvent, LogRow } from "../core/row.ts";
import { readLogEvents } from "../resources/logs/log-events.ts";
import { problemIn } from "../stack/observe.ts";
import type { TargetRecord } from "../state/state.ts";
import type { StackContext } from "./context.ts";
import { patiently } from "./patience.ts";
import { stepMissing } from "./step-missing.ts";

export interface LogsOptions {
  readonly function: LoggedFunction;
  /** Milliseconds since the epoch, or before now. */
  readonly since: { readonly at: number } | { readonly ago: number };
}

export interface LogsResult {
  readonly stack: string;
  readonly function: LoggedFunction;
  readonly logGroup: string;
  /** ISO 8601. */
  readonly since: string;
  readonly rows: readonly LogRow[];
}

/** FilterLogEvents is limited to a few calls a second for the whole account. */
const POLL_MS = 2_000;
/** Lambda's documentation: logs may take 5 to 10 minutes to show up. 20,000 lines are a few pages a look. */
const MERGE = { holdMs: POLL_MS, overlapMs: 10 * 60_000, remembered: 20_000 };
/** Most lines come within some seconds; on this machine at once. */
const SETTLED_MS = { aws: 10_000, endpoint: 10_000, local: 100 } as const;

/**
 * What is there now, in order.
 * @throws {Problem} `StepMissing` when there is no log group
 */
export async function logs(context: StackContext, options: LogsOptions): Promise<LogsResult> {
  const { session, clock } = context;
  const since = startOf(options, clock.now());
  const events = await readOrExplain(context, options.function, since);
  if (events === undefined) throw await missing(context, options);
  return {
    stack: session.names.stack,
    function: options.function,
    logGroup: groupOf(context, options),
    since: new Date(since).toISOString(),
    rows: sortEvents(events).map((event) => toRow(event, options.function)),
  };
}

/**
 * Emits a row for each line, the ones that are there first, until the signal or until the log group is gone. Every look
 * reaches back behind the youngest line. A line waits until the look after its first one, so that another one that comes
 * late gets its place before it; one that comes later still is emitted at once, marked `late`.
 * @throws {Problem} `StepMissing` when there is no log group to begin with
 */
export async function followLogs(context: StackContext, options: LogsOptions): Promise<void> {
  const { emit, clock, signal, target } = context;
  const logGroup = groupOf(context, options);
  const merge = createLogMerge(startOf(options, clock.now()), mergeOptions(target));
  const put = (events: readonly Merged[]): void => {
    for (const event of events) emit({ type: "row", row: toRow(event, options.function) });
  };
  const look = patiently(context, {
    at: "log",
    pollMs: POLL_MS,
    look: () => readOrExplain(context, options.function, merge.startTime()),
  });
  let isFollowing = false;
  try {
    for (;;) {
      // Not after it: a look takes its time, and reads one stream after the other.
      const lookedAt = clock.now();
      const found = await look();
      if (found === "ended" || (found === undefined && isFollowing)) {
        put(merge.rest());
        const why = found === "ended" ? "cloud" : "group";
        emit({ type: "notice", code: "LogEnded", data: { logGroup, why } });
        return;
      }
      if (found === undefined) throw await missing(context, options);
      if (!isFollowing) emit({ type: "notice", code: "Following", data: { logGroup } });
      isFollowing = true;
      put(merge.take(found, lookedAt));
      await clock.sleep(POLL_MS, signal);
    }
  } finally {
    put(merge.rest());
  }
}

async function readOrExplain(
  { session }: StackContext,
  name: LoggedFunction,
  since: number,
): Promise<LogEvent[] | undefined> {
  const logGroup = LOGGED_FUNCTIONS[name].logGroup(session.names);
  try {
    return await readLogEvents(session.clients, logGroup, since);
  } catch (error) {
    throw problemIn(session, { component: "logGroup", name: logGroup }, error);
  }
}

function groupOf({ session }: StackContext, options: LogsOptions): string {
  return LOGGED_FUNCTIONS[options.function].logGroup(session.names);
}

function missing(context: StackContext, options: LogsOptions): Promise<Problem> {
  return stepMissing(context, "logs", LOGGED_FUNCTIONS[options.function].madeBy);
}

/** CloudWatch Logs knows no time before 1970. */
function startOf({ since }: LogsOptions, now: number): number {
  return Math.max(0, "at" in since ? since.at : now - since.ago);
}

function mergeOptions({ kind }: TargetRecord): MergeOptions {
  return { ...MERGE, settledMs: SETTLED_MS[kind] };
}

function toRow(event: Merged, name: LoggedFunction): LogRow {
  const { timestamp, message } = event;
  return {
    kind: "log",
    function: name,
    time: new Date(timestamp).toISOString(),
    ...parseLogLine(message),
    ...event,
  };
}
