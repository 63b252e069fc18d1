// The tutorial's steps one by one: `table create` … `routes attach`.

import { Problem } from "../core/problem.ts";
import { apply, type Outcome } from "../stack/apply.ts";
import type { ComponentId } from "../stack/component.ts";
import { commandThatMakes, type Step, stepOf, STEPS } from "../stack/steps.ts";
import { observe, requireOurs, withNeeds } from "../stack/observe.ts";
import { type Planned, planFor } from "../stack/plan.ts";
import { type Run, startRun } from "../stack/run.ts";
import { chooseSettings, ownComponents, recoverSettings } from "../stack/settings.ts";
import type { StackContext } from "./context.ts";

export interface StepResult {
  readonly stack: string;
  readonly step: number;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
  /** The command that comes next, without `awsls`. */
  readonly next: string;
  readonly url?: string;
}

/**
 * Does one step; fields of later steps are left as they are.
 * @throws {Problem} `StepMissing` naming the command that comes first
 */
export async function createStep(context: StackContext, noun: string): Promise<StepResult> {
  const step = stepOf(noun);
  const { session, dryRun } = context;
  let run = await look(context, step, context.settings);
  const settings = recoverSettings(run, context.settings);
  if (settings !== context.settings) {
    run = run.withSettings(settings, step.makes.includes("function") ? await context.packageCrud(settings) : undefined);
  }
  requirePredecessors(run, step);
  const mine = withNeeds(step.makes, step.number);
  const own = ownComponents(settings);
  requireOurs(
    run,
    mine.filter((component) => own.includes(component)),
  );
  const components = own.filter(({ id }) => step.makes.includes(id));
  const plan = await planFor(run, components);
  const result = { stack: session.names.stack, step: step.number, plan, next: commandAfter(step) };
  if (dryRun) return { ...result, outcomes: [] };
  chooseSettings(session.state, context.target, settings);
  const outcomes = await apply(run, components);
  const url = run.inputs.output("api")?.apiEndpoint;
  return { ...result, outcomes, ...(url === undefined ? {} : { url }) };
}

async function look(context: StackContext, step: Step, settings: StackContext["settings"]): Promise<Run> {
  // The code is checked before any call.
  const code = step.makes.includes("function") ? await context.packageCrud(settings) : undefined;
  const run = startRun(context.session, { step: step.number, settings, code });
  const looked = withNeeds([...step.makes, ...step.after], step.number);
  await observe(
    run,
    looked.filter(({ id }) => id !== "role" || settings.roleArn === undefined),
  );
  return run;
}

function requirePredecessors(run: Run, step: Step): void {
  const missing = step.after.find((id: ComponentId) => !run.observed.has(id));
  if (missing === undefined) return;
  throw new Problem("StepMissing", { command: step.command, first: commandThatMakes(missing) });
}

function commandAfter(step: Step): string {
  return STEPS.find(({ number }) => number === step.number + 1)?.command ?? "test";
}
