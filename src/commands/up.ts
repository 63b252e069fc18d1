// `awsls up`: steps 1–6. Whatever is missing is made, whatever drifted is repaired, the rest is left.

import { apply, type Outcome } from "../stack/apply.ts";
import { COMPONENTS, LAST_STEP } from "../stack/components.ts";
import { observe, requireOurs } from "../stack/observe.ts";
import { type Planned, planFor } from "../stack/plan.ts";
import { startRun } from "../stack/run.ts";
import { chooseSettings, ownComponents, recoverSettings } from "../stack/settings.ts";
import type { StackContext } from "./context.ts";

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
  // A syntax error is known before any call.
  let code = await context.packageCrud(context.settings);
  let run = startRun(session, { step: LAST_STEP, settings: context.settings, code });
  await observe(
    run,
    COMPONENTS.filter(({ id }) => id !== "role" || context.settings.roleArn === undefined),
  );
  const settings = recoverSettings(run, context.settings);
  if (settings !== context.settings) {
    code = await context.packageCrud(settings);
    run = run.withSettings(settings, code);
  }
  const components = ownComponents(settings);
  requireOurs(run, components);
  const plan = await planFor(run, components);
  const { stack } = session.names;
  if (dryRun) return { stack, plan, outcomes: [], ms: clock.now() - started };
  chooseSettings(session.state, context.target, settings);
  const outcomes = await apply(run, components);
  const url = run.inputs.output("api")?.apiEndpoint;
  return { stack, plan, outcomes, ms: clock.now() - started, ...(url === undefined ? {} : { url }) };
}
