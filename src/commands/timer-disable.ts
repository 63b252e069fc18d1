// `awsls timer disable`: the rule is off, everything stays.

import type { Outcome } from "../stack/apply.ts";
import { timerSettings } from "../stack/add-ons.ts";
import { componentOf } from "../stack/components.ts";
import { requireOurs } from "../stack/observe.ts";
import { type Planned, planFor } from "../stack/plan.ts";
import { DEFAULT_SCHEDULE } from "../stack/timer-components.ts";
import { bringAbout, type Prepared } from "./bring-about.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";
import { stepMissing } from "./step-missing.ts";

export interface TimerDisableResult {
  readonly stack: string;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
}

/** @throws {Problem} `StepMissing` without a rule */
export async function disableTimer(context: StackContext): Promise<TimerDisableResult> {
  const { prepared, outcomes } = await bringAbout(context, () => prepare(context));
  return { stack: context.session.names.stack, plan: prepared.plan, outcomes };
}

async function prepare(context: StackContext): Promise<Prepared> {
  const components = [componentOf("timerRule")];
  const seen = await look(context, components, { withCode: [], unasked: "always" });
  const live = seen.inputs.output("timerRule");
  if (live === undefined) throw await stepMissing(context, "timer disable", "timer enable");
  requireOurs(seen, components);
  const { settings } = seen.inputs;
  const schedule = settings.timer?.schedule ?? live.scheduleExpression ?? DEFAULT_SCHEDULE;
  const run = seen.over({ settings: { ...settings, timer: timerSettings(settings.timer, schedule, false) } });
  const prepared = { run, components, plan: await planFor(run, components) };
  // What is left of one that was to be deleted is no timer of the stack again: no `up` makes the rest of it.
  return settings.timer === undefined ? { ...prepared, recorded: settings } : prepared;
}
