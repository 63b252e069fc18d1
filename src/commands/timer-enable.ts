// `awsls timer enable`: a function that puts a row into the table, run by an EventBridge rule; made, repaired, turned on.

import { Problem } from "../core/problem.ts";
import { nextRun } from "../core/schedule.ts";
import { findTable } from "../resources/dynamodb/table.ts";
import type { Outcome } from "../stack/apply.ts";
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
import { scanTimerRows, type TimerRow } from "./timer-rows.ts";

export interface TimerEnableOptions {
  /** As EventBridge takes it; what was chosen before if not given, else every minute. */
  readonly schedule?: string;
  /** Returns when the first row is there. */
  readonly wait: boolean;
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
  /** When the schedule is due first, in ISO 8601; a local cloud that is faster than the clock does not know. */
  readonly due?: string;
  /** The first one since, when it was waited for. */
  readonly row?: TimerRow;
}

/**
 * @throws {Problem} `StepMissing` without a table, before anything is made; `NoRow` when none came
 */
export async function enableTimer(context: StackContext, options: TimerEnableOptions): Promise<TimerEnableResult> {
  const { session, clock, dryRun, localSpeed = 1 } = context;
  const isWaiting = options.wait && !dryRun;
  // Known by their ids, not by a time: the function's clock is not ours.
  const before = isWaiting ? await knownRows(context) : new Set<string>();
  const { prepared, ...brought } = await bringAbout(context, () => prepare(context, options));
  const { schedule = DEFAULT_SCHEDULE } = prepared.run.inputs.settings.timer ?? {};
  const due = nextRun(schedule, new Date(clock.now()));
  const row = isWaiting && !brought.declined ? await firstRow(context, before, due) : undefined;
  return {
    stack: session.names.stack,
    schedule,
    plan: prepared.plan,
    ...brought,
    ...(due === undefined || localSpeed > 1 ? {} : { due: due.toISOString() }),
    ...(row === undefined ? {} : { row }),
  };
}

async function prepare(context: StackContext, options: TimerEnableOptions): Promise<Prepared> {
  await requireTable(startRun(context.session, { settings: context.settings }));
  const seen = await look(context, TIMER_COMPONENTS, { withCode: [], unasked: "always" });
  const settings: Settings = { ...seen.inputs.settings, timer: { schedule: scheduleIn(seen, options), enabled: true } };
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

/** Rows of the last hour are enough: the next one is younger, also by a clock that differs. */
const KNOWN_MS = 60 * 60_000;
const POLL_MS = 2_000;
/** After a schedule was due: until EventBridge notices a new rule, and starts the function for the first time. */
const LATE_MS = 3 * 60_000;

async function knownRows(context: StackContext): Promise<Set<string>> {
  const found = await scanTimerRows(context, context.clock.now() - KNOWN_MS);
  return new Set(found?.rows.map(({ id }) => id));
}

/** @throws {Problem} `NoRow` */
async function firstRow(context: StackContext, before: ReadonlySet<string>, due: Date | undefined): Promise<TimerRow> {
  const { session, clock, signal, emit } = context;
  const { table: name } = session.names;
  const subject = { component: "table", name };
  const started = clock.now();
  const deadline = Math.max(started, due?.getTime() ?? 0) + LATE_MS;
  emit({ type: "started", subject, action: "read" });
  try {
    for (;;) {
      const found = await scanTimerRows(context, started - KNOWN_MS);
      const row = found?.rows.find(({ id }) => !before.has(id));
      if (row !== undefined) return row;
      const seconds = Math.round((clock.now() - started) / 1000);
      if (found === undefined || clock.now() >= deadline) throw new Problem("NoRow", { name, seconds });
      emit({ type: "waiting", subject, waiting: { for: "row" } });
      await clock.sleep(POLL_MS, signal);
    }
  } finally {
    emit({ type: "finished", subject, outcome: "none", changes: [], ms: clock.now() - started });
  }
}
