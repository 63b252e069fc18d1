// The tutorial's steps one by one: `table create` … `routes attach`.

import { Problem } from "../core/problem.ts";
import type { Outcome } from "../stack/apply.ts";
import { protectedBy } from "../stack/auth-components.ts";
import { ROUTE_KEYS } from "../stack/components.ts";
import { requireUsableRole } from "../stack/given-role.ts";
import { type Step, stepOf, STEPS } from "../stack/steps.ts";
import { requireOurs, withNeeds } from "../stack/observe.ts";
import { type Planned, planFor, requireChangeable } from "../stack/plan.ts";
import type { Run } from "../stack/run.ts";
import { ownComponents } from "../stack/settings.ts";
import { bringAbout, type Prepared } from "./bring-about.ts";
import type { StackContext } from "./context.ts";
import { look, requireOwnCode } from "./look.ts";
import { findUndone } from "./step-missing.ts";
import { markTakeovers } from "./takeover.ts";

export interface StepResult {
  readonly stack: string;
  readonly step: number;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
  /** The user did not want what is somebody else's to be taken over: nothing was done. */
  readonly declined: boolean;
  /** Where the code is kept that a takeover replaced. */
  readonly keptCode?: readonly string[];
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
  const { prepared, ...brought } = await bringAbout(context, () => prepare(context, step));
  const { run, plan } = prepared;
  const url = brought.outcomes.length === 0 ? undefined : run.inputs.output("api")?.apiEndpoint;
  const { stack } = context.session.names;
  const result = { stack, step: step.number, plan, ...brought, next: commandAfter(step) };
  return { ...result, ...(url === undefined ? {} : { url }) };
}

async function prepare(context: StackContext, step: Step): Promise<Prepared> {
  const isDeploying = step.makes.includes("function");
  const involved = withNeeds([...step.makes, ...step.after], step.number);
  // Whether the routes want a token must be known before they are made.
  const unasked = step.makes.includes("routes") ? { unasked: "whenLost" as const } : {};
  const run = await look(context, involved, { step: step.number, withCode: isDeploying ? ["crud"] : [], ...unasked });
  await requirePredecessors(run, step);
  const own = ownComponents(run.inputs.settings);
  requireOurs(
    run,
    involved.filter((component) => own.includes(component)),
  );
  if (isDeploying) {
    requireOwnCode(context, run, "crud");
    await requireUsableRole(run, "crud");
  }
  const components = own.filter(({ id }) => step.makes.includes(id));
  const plan = await markTakeovers(run, await planFor(run, components));
  requireChangeable(plan);
  return { run, components, plan };
}

/** When something is missing that this step stands on, the very first missing step is the one to name. */
async function requirePredecessors(run: Run, step: Step): Promise<void> {
  requireAuthorizer(run, step);
  if (step.after.every((id) => run.observed.has(id))) return;
  const first = await findUndone(run);
  if (first !== undefined) throw new Problem("StepMissing", { command: step.command, first });
}

/** Routes that want a token are never open, not even until the next `up`. */
function requireAuthorizer({ inputs, observed }: Run, { makes, command }: Step): void {
  const { auth } = inputs.settings;
  if (auth === undefined || !makes.includes("routes") || observed.has("authorizer")) return;
  if (protectedBy(auth, ROUTE_KEYS).length > 0) throw new Problem("StepMissing", { command, first: "up" });
}

function commandAfter(step: Step): string {
  return STEPS.find(({ number }) => number === step.number + 1)?.command ?? "test";
}
