// `awsls up`: steps 1–6, timer and sign-in when the stack has them. Whatever is missing is made, whatever drifted is repaired, the rest is left.

import { HANDLERS } from "../core/names.ts";
import type { Outcome } from "../stack/apply.ts";
import { protectedBy } from "../stack/auth-components.ts";
import { COMPONENTS } from "../stack/components.ts";
import { requireUsableRole } from "../stack/given-role.ts";
import { requireOurs } from "../stack/observe.ts";
import { type Planned, planFor, requireChangeable } from "../stack/plan.ts";
import { ownComponents } from "../stack/settings.ts";
import { bringAbout, type Prepared } from "./bring-about.ts";
import type { StackContext } from "./context.ts";
import { look, requireOwnCode } from "./look.ts";
import { waitForRoutes } from "./route-probe.ts";
import { markTakeovers } from "./takeover.ts";

export interface UpResult {
  readonly stack: string;
  readonly url?: string;
  /** Whoever lists the items needs a token. */
  readonly wantsToken: boolean;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
  /** The user did not want what is somebody else's to be taken over: nothing was done. */
  readonly declined: boolean;
  /** Where the code is kept that a takeover replaced. */
  readonly keptCode?: readonly string[];
  /** Milliseconds, without the question. */
  readonly ms: number;
}

/**
 * Brings the whole stack to what the tutorial says.
 * @throws {Problem} `Foreign` and its like before anything is written; what AWS refused afterwards
 */
export async function up(context: StackContext): Promise<UpResult> {
  const { session, clock } = context;
  const started = clock.now();
  let asked = 0;
  const ask: StackContext["ask"] = async (question) => {
    const began = clock.now();
    const answer = await context.ask(question);
    asked += clock.now() - began;
    return answer;
  };
  const { prepared, ...brought } = await bringAbout({ ...context, ask }, () => prepare(context));
  const isServed = brought.outcomes.some(isOfServing);
  if (isServed && prepared.run.inputs.settings.auth !== undefined) await waitForRoutes(context, prepared.run);
  const url = brought.outcomes.length === 0 ? undefined : prepared.run.inputs.output("api")?.apiEndpoint;
  const ms = clock.now() - started - asked;
  const { stack } = session.names;
  const { auth } = prepared.run.inputs.settings;
  const wantsToken = auth !== undefined && protectedBy(auth, ["GET /items"]).length > 0;
  return { stack, wantsToken, plan: prepared.plan, ...brought, ms, ...(url === undefined ? {} : { url }) };
}

/** What decides whether a route wants a token already. */
function isOfServing({ subject, outcome }: Outcome): boolean {
  return outcome !== "none" && ["routes", "authorizer", "stage"].includes(subject.component);
}

async function prepare(context: StackContext): Promise<Prepared> {
  const run = await look(context, COMPONENTS, { withCode: HANDLERS, unasked: "whenLost" });
  const { settings } = run.inputs;
  const components = ownComponents(settings);
  requireOurs(run, components);
  requireOwnCode(context, run, "crud");
  if (settings.timer !== undefined) requireOwnCode(context, run, "timer");
  await requireUsableRole(run, "crud");
  const plan = await markTakeovers(run, await planFor(run, components));
  requireChangeable(plan);
  return { run, components, plan };
}
