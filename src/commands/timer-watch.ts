// `awsls timer watch`: the timer's rows as they arrive.

import { Problem } from "../core/problem.ts";
import { isOn } from "../resources/events/rule-state.ts";
import { componentOf } from "../stack/components.ts";
import { observe, requireOurs } from "../stack/observe.ts";
import { startRun } from "../stack/run.ts";
import type { StackContext } from "./context.ts";
import { stepMissing } from "./step-missing.ts";
import { lookForRows } from "./timer-look.ts";
import type { TimerRow } from "./timer-rows.ts";

export interface TimerWatchOptions {
  /** After so many rows it is enough. */
  readonly count: number;
}

/**
 * Emits a row for each, until the signal, or until there are enough or the table is gone.
 * @throws {Problem} `StepMissing` without a rule or a table to begin with
 */
export async function watchTimer(context: StackContext, { count }: TimerWatchOptions): Promise<void> {
  const { emit, session } = context;
  await requireRule(context);
  const { table } = session.names;
  const rows = lookForRows(context);
  const first = await rows.next();
  if (typeof first === "string") throw new Problem("StepMissing", { command: "timer watch", first: "table create" });
  let last = first.at(-1);
  emit({ type: "notice", code: "WatchingRows", data: { table } });
  for (let seen = 0; seen < count;) {
    await rows.pause();
    const found = await rows.next();
    if (typeof found === "string") return emit({ type: "notice", code: "RowsEnded", data: { table, why: found } });
    for (const row of found.slice(0, count - seen)) {
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
  if (!isOn(state)) emit({ type: "notice", code: "TimerIsOff", data: { name } });
}

function put({ emit }: StackContext, { id, at, item }: TimerRow, last: TimerRow | undefined): void {
  const since = last === undefined ? {} : { sinceMs: at - last.at };
  emit({ type: "row", row: { kind: "item", id, time: new Date(at).toISOString(), item, ...since } });
}
