// `awsls up`: steps 1–6. Whatever is missing is made, whatever drifted is repaired, the rest is left.

import { apply, type Outcome } from "../stack/apply.ts";
import { COMPONENTS } from "../stack/components.ts";
import { requireUsableRole } from "../stack/given-role.ts";
import { requireOurs } from "../stack/observe.ts";
import { type Planned, planFor, requireChangeable } from "../stack/plan.ts";
import { chooseSettings, ownComponents } from "../stack/settings.ts";
import { endTakeover } from "../stack/takeover.ts";
import type { StackContext } from "./context.ts";
import { look, requireOwnCode } from "./look.ts";
import { agreeToTakeOver, markTakeovers } from "./takeover.ts";

export interface UpResult {
  readonly stack: string;
  readonly url?: string;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
  /** The user did not want what is somebody else's to be taken over: nothing was done. */
  readonly declined: boolean;
  /** Milliseconds, without the question. */
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
  requireOwnCode(context, run);
  await requireUsableRole(run);
  const plan = markTakeovers(run, await planFor(run, components));
  requireChangeable(plan);
  const { stack } = session.names;
  const nothingDone = { stack, plan, outcomes: [], declined: false, ms: clock.now() - started };
  if (dryRun) return nothingDone;
  if (!(await agreeToTakeOver(context, run, plan))) return { ...nothingDone, declined: true };
  const resumed = clock.now();
  chooseSettings(session.state, context.target, run.inputs.settings);
  const outcomes = await apply(run, components);
  endTakeover(session.state, components);
  const url = run.inputs.output("api")?.apiEndpoint;
  const ms = nothingDone.ms + clock.now() - resumed;
  return { stack, plan, outcomes, declined: false, ms, ...(url === undefined ? {} : { url }) };
}
