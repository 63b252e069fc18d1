// `awsls timer status`: the rule, its runs, the rows, and what keeps it from running; AWS itself says nothing of that.

import { nextRun, rateOf } from "../core/schedule.ts";
import { runsIn, type TimerRun } from "../core/timer-run.ts";
import type { Rule } from "../resources/events/rule.ts";
import { isOn } from "../resources/events/rule-state.ts";
import { readLogEvents } from "../resources/logs/log-events.ts";
import type { Component, ComponentId } from "../stack/component.ts";
import { ownershipIn, problemIn } from "../stack/observe.ts";
import { planFor } from "../stack/plan.ts";
import type { Run } from "../stack/run.ts";
import { isChosen } from "../stack/settings.ts";
import { DEFAULT_SCHEDULE, TIMER_COMPONENTS } from "../stack/timer-components.ts";
import type { Settings } from "../state/state.ts";
import { asDeployed, notCompared, type NotCompared, packagedCodes, type UnreadCode } from "./code-here.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";
import { type StatusRow, toRow } from "./status.ts";
import { stepMissing } from "./step-missing.ts";
import { scanTimerRows } from "./timer-rows.ts";
import { type TimerTrouble, troublesIn } from "./timer-troubles.ts";

export interface TimerStatusResult {
  readonly stack: string;
  /** As AWS has it; none when there is no rule of ours. */
  readonly rule?: { readonly name: string; readonly isOn: boolean; readonly schedule?: string };
  readonly resources: readonly StatusRow[];
  readonly troubles: readonly TimerTrouble[];
  /** Its code when it cannot be read, and why. */
  readonly notCompared: readonly NotCompared[];
  /** Of the last hour, as the log has them, in order. */
  readonly runs: readonly TimerRun[];
  /** About when it runs next, in ISO 8601. */
  readonly next?: string;
  /** Of a rate of which is not known since when it counts: `1 day`, the longest that it can take until it runs next. */
  readonly nextWithin?: string;
  /** Of the local cloud, when it is faster than the clock. */
  readonly speed?: number;
  /** How many were put in the last hour, and how much of the table was read to count them; none without a table. */
  readonly rows?: { readonly lastHour: number; readonly pages: number };
}

const HOUR_MS = 60 * 60_000;

/** @throws {Problem} `StepMissing` when there is no timer */
export async function timerStatus(context: StackContext): Promise<TimerStatusResult> {
  const { session, clock, localSpeed = 1 } = context;
  const since = clock.now() - HOUR_MS;
  const unread: UnreadCode = new Map();
  const run = await lookAtTimer(context, unread);
  const [plan, runs, found] = await Promise.all([
    planFor(run, ownTimer(run)),
    readRuns(context, since),
    scanTimerRows(context, since),
  ]);
  const resources = plan.map((planned) => toRow(run, planned));
  const live = isOurs(run, "timerRule") ? run.inputs.output("timerRule") : undefined;
  return {
    stack: session.names.stack,
    ...(live === undefined ? {} : { rule: shown(live) }),
    resources,
    troubles: troublesIn({
      rows: resources,
      runs,
      hasTable: found !== undefined,
      rule: live,
      target: run.inputs.output("timerTarget"),
      chosen: run.inputs.settings.timer,
      now: clock.now(),
      speed: localSpeed,
    }),
    notCompared: notCompared(unread),
    runs,
    ...(localSpeed > 1 ? { speed: localSpeed } : nextOf(live, run.inputs.settings, new Date(clock.now()))),
    ...(found === undefined ? {} : { rows: { lastHour: found.rows.length, pages: found.pages } }),
  };
}

/** Also at what is left of one that was to be deleted. */
async function lookAtTimer(context: StackContext, unread: UnreadCode): Promise<Run> {
  const seen = await look(context, TIMER_COMPONENTS, { withCode: [], unasked: "always" });
  const { settings } = seen.inputs;
  const isThere = settings.timer !== undefined || TIMER_COMPONENTS.some(({ id }) => isOurs(seen, id));
  if (!isThere) throw await stepMissing(context, "timer status", "timer enable");
  const { scheduleExpression: schedule = DEFAULT_SCHEDULE, state = "ENABLED" } = seen.inputs.output("timerRule") ?? {};
  const whole = { ...settings, timer: settings.timer ?? { schedule, enabled: isOn(state) } };
  const code = await packagedCodes(context, whole, ["timer"], unread);
  return seen.over({ settings: whole, code: { ...code, ...asDeployed(seen, unread) } });
}

function ownTimer(run: Run): readonly Component[] {
  return TIMER_COMPONENTS.filter((component) => isChosen(component, run.inputs.settings));
}

function isOurs(run: Run, id: ComponentId): boolean {
  return ownershipIn(run, id)?.whose === "ours";
}

function shown({ ruleName: name, state, scheduleExpression: schedule }: Rule): TimerStatusResult["rule"] & object {
  return { name, isOn: isOn(state), ...(schedule === undefined ? {} : { schedule }) };
}

/** None without a log group: nothing has run. */
async function readRuns({ session }: StackContext, since: number): Promise<TimerRun[]> {
  const { timerLogGroup: name } = session.names;
  try {
    return runsIn((await readLogEvents(session.clients, name, since)) ?? []);
  } catch (error) {
    throw problemIn(session, { component: "timerLogGroup", name }, error);
  }
}

/** A rate counts from when it began, whoever runs the function meanwhile. */
function nextOf(
  live: Rule | undefined,
  { timer }: Settings,
  now: Date,
): Pick<TimerStatusResult, "next" | "nextWithin"> {
  if (live?.scheduleExpression === undefined || !isOn(live.state)) return {};
  const rate = rateOf(live.scheduleExpression);
  const isAsChosen = timer?.enabled === true && timer.schedule === live.scheduleExpression;
  const since = isAsChosen ? timer.since : undefined;
  if (rate !== undefined && since === undefined) return { nextWithin: rate };
  const next = nextRun(live.scheduleExpression, now, new Date(since ?? now));
  return next === undefined ? {} : { next: next.toISOString() };
}
