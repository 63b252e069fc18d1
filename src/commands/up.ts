// `awsls up`: steps 1–6. Whatever is missing is made, whatever drifted is repaired, the rest is left.

import { apply, type Outcome } from "../stack/apply.ts";
import { COMPONENTS } from "../stack/components.ts";
import { requireUsableRole } from "../stack/given-role.ts";
import { requireOurs } from "../stack/observe.ts";
import { type Planned, planFor, requireChangeable } from "../stack/plan.ts";
import { chooseSettings, ownComponents } from "../stack/settings.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";

export interface UpResult {
  readonly stack: string;
  readonly url?: string;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
  /** Milliseconds. */
  readonly ms: number;
}

/**
 * Brings the whole stack to what the tutorial says.
 * @throws {Problem} `Foreign` and its like before anything is written; what AWS refused afterwards
 */
export async function up(context: StackContext): Promise<UpResult> {
  const { session, clock, dryRun } = context;
  const started = clock.now();
  const run = await look(context, COMPONENTS, { withCode: true });
  const components = ownComponents(run.inputs.settings);
  requireOurs(run, components);
  await requireUsableRole(run);
  const plan = await planFor(run, components);
  requireChangeable(plan);
  const { stack } = session.names;
  if (dryRun) return { stack, plan, outcomes: [], ms: clock.now() - started };
  chooseSettings(session.state, context.target, run.inputs.settings);
  const outcomes = await apply(run, components);
  const url = run.inputs.output("api")?.apiEndpoint;
  return { stack, plan, outcomes, ms: clock.now() - started, ...(url === undefined ? {} : { url }) };
}
