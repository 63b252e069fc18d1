// `awsls timer enable`: a function that puts a row into the table, run by an EventBridge rule; made, repaired, turned on.

import { Problem } from "../core/problem.ts";
import { nextRun } from "../core/schedule.ts";
import { findTable } from "../resources/dynamodb/table.ts";
import type { Outcome } from "../stack/apply.ts";
import { timerSettings } from "../stack/add-ons.ts";
import { componentOf } from "../stack/components.ts";
import { requireUsableRole } from "../stack/given-role.ts";
import { observe, ownershipIn, problemOf, requireOurs } from "../stack/observe.ts";
import { type Planned, planFor } from "../stack/plan.ts";
import { type Run, startRun } from "../stack/run.ts";
import { isChosen } from "../stack/settings.ts";
import { DEFAULT_SCHEDULE, TIMER_COMPONENTS } from "../stack/timer-components.ts";
import type { Settings } from "../state/state.ts";
import { bringAbout, type Prepared } from "./bring-about.ts";
import type { StackContext } from "./context.ts";
import { look, requireOwnCode } from "./look.ts";
import { markTakeovers } from "./takeover.ts";

export interface TimerEnableOptions {
  /** As EventBridge takes it; what was chosen before if not given, else every minute. */
  readonly schedule?: string;
}

export interface TimerEnableResult {
  readonly stack: string;
  readonly schedule: string;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
  /** The user did not want what is somebody else's to be taken over: nothing was done. */
  readonly declined: boolean;
  /** Where the code is kept that a takeover replaced. */
  readonly keptCode?: readonly string[];
  /**
   * When the schedule is due first, in ISO 8601, if the rule was made or changed now; a local cloud that is faster than the
   * clock does not know.
   */
  readonly due?: string;
}

/** @throws {Problem} `StepMissing` without a table, before anything is made */
export async function enableTimer(context: StackContext, options: TimerEnableOptions): Promise<TimerEnableResult> {
  const { session, clock, localSpeed = 1 } = context;
  const { prepared, ...brought } = await bringAbout(context, () => prepare(context, options));
  const { schedule = DEFAULT_SCHEDULE } = prepared.run.inputs.settings.timer ?? {};
  const isWritten = brought.outcomes.some(
    ({ subject, outcome }) => subject.component === "timerRule" && outcome !== "none",
  );
  const now = new Date(clock.now());
  const { since = now } = session.state.current().settings.timer ?? {};
  const due = isWritten && localSpeed === 1 ? nextRun(schedule, now, new Date(since)) : undefined;
  return {
    stack: session.names.stack,
    schedule,
    plan: prepared.plan,
    ...brought,
    ...(due === undefined ? {} : { due: due.toISOString() }),
  };
}

async function prepare(context: StackContext, options: TimerEnableOptions): Promise<Prepared> {
  await requireTable(startRun(context.session, { settings: context.settings }));
  const seen = await look(context, TIMER_COMPONENTS, { withCode: [], unasked: "always" });
  const before = seen.inputs.settings;
  const settings: Settings = { ...before, timer: timerSettings(before.timer, scheduleIn(seen, options), true) };
  const run = seen.over({ settings, code: { timer: await context.packageHandler("timer", settings) } });
  const components = TIMER_COMPONENTS.filter((component) => isChosen(component, settings));
  requireOurs(run, components);
  requireOwnCode(context, run, "timer");
  await requireUsableRole(run, "timer");
  return { run, components, plan: await markTakeovers(run, await planFor(run, components)) };
}

/** Its tags are read only when nothing else tells whose it is. */
async function requireTable(run: Run): Promise<void> {
  const component = componentOf("table");
  const isRecorded = run.inputs.recorded("table")?.status === "made";
  if (!isRecorded) {
    await observe(run, [component]);
    requireOurs(run, [component]);
  }
  const found = isRecorded
    ? await findTable(run.scopeOf(component), run.inputs.names.table).catch((error: unknown) => {
        throw problemOf(run, component, error);
      })
    : run.inputs.output("table");
  if (found === undefined || found.tableStatus === "DELETING") {
    throw new Problem("StepMissing", { command: "timer enable", first: "table create" });
  }
}

/** A rule of ours that the settings do not know keeps what it has. */
function scheduleIn(seen: Run, { schedule }: TimerEnableOptions): string {
  const isOurs = ownershipIn(seen, "timerRule")?.whose === "ours";
  const live = isOurs ? seen.inputs.output("timerRule")?.scheduleExpression : undefined;
  return schedule ?? seen.inputs.settings.timer?.schedule ?? live ?? DEFAULT_SCHEDULE;
}
