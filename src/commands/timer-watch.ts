// `awsls timer watch`: the timer's rows as they arrive.

import { Problem } from "../core/problem.ts";
import { componentOf } from "../stack/components.ts";
import { observe, requireOurs } from "../stack/observe.ts";
import { startRun } from "../stack/run.ts";
import type { StackContext } from "./context.ts";
import { patiently } from "./patience.ts";
import { stepMissing } from "./step-missing.ts";
import { scanTimerRows, type TimerRow } from "./timer-rows.ts";

export interface TimerWatchOptions {
  /** After so many rows it is enough. */
  readonly count: number;
}

const POLL_MS = 2_000;
/** A Scan of more than one page costs what it reads, and a row a minute need not be seen at once. */
const LARGE_POLL_MS = 10_000;
/** How far the function's clock may be from ours, and how late a row may be seen. */
const OVERLAP_MS = 60 * 60_000;

/**
 * Emits a row for each, until the signal, or until there are enough or the table is gone.
 * @throws {Problem} `StepMissing` without a rule or a table to begin with
 */
export async function watchTimer(context: StackContext, { count }: TimerWatchOptions): Promise<void> {
  const { emit, clock, signal, session } = context;
  await requireRule(context);
  const { table } = session.names;
  const look = patiently(context, {
    at: "table",
    pollMs: POLL_MS,
    look: () => scanTimerRows(context, clock.now() - OVERLAP_MS),
  });
  const first = await look();
  if (first === "ended" || first === undefined) {
    throw new Problem("StepMissing", { command: "timer watch", first: "table create" });
  }
  const known = new Set(first.rows.map(({ id }) => id));
  let last = first.rows.at(-1);
  emit({ type: "notice", code: "WatchingRows", data: { table } });
  for (let seen = 0, { pages } = first; seen < count;) {
    await clock.sleep(pages > 1 ? LARGE_POLL_MS : POLL_MS, signal);
    const found = await look();
    if (found === "ended" || found === undefined) {
      emit({ type: "notice", code: "RowsEnded", data: { table, why: found === undefined ? "table" : "cloud" } });
      return;
    }
    ({ pages } = found);
    // What is older is not looked for any more.
    for (const id of known) if (Number(id) < clock.now() - 2 * OVERLAP_MS) known.delete(id);
    for (const row of found.rows.filter(({ id }) => !known.has(id)).slice(0, count - seen)) {
      known.add(row.id);
      put(context, row, last);
      last = row;
      seen += 1;
    }
  }
}

/** A rule that is off has no rows to show, but may be turned on meanwhile. */
async function requireRule(context: StackContext): Promise<void> {
  const { session, settings, emit } = context;
  const run = startRun(session, { settings });
  const component = componentOf("timerRule");
  await observe(run, [component]);
  const live = run.inputs.output("timerRule");
  if (live === undefined) throw await stepMissing(context, "timer watch", "timer enable");
  requireOurs(run, [component]);
  const { ruleName: name, state } = live;
  if (state === "DISABLED") emit({ type: "notice", code: "TimerIsOff", data: { name } });
}

function put({ emit }: StackContext, { id, at, item }: TimerRow, last: TimerRow | undefined): void {
  const since = last === undefined ? {} : { sinceMs: at - last.at };
  emit({ type: "row", row: { kind: "item", id, time: new Date(at).toISOString(), item, ...since } });
}
