// What `auth enable` and `auth disable` share: other settings of sign-in, and everything that follows from them.

import type { Outcome } from "../stack/apply.ts";
import { AUTH_COMPONENTS, protectedBy } from "../stack/auth-components.ts";
import type { ComponentId } from "../stack/component.ts";
import { componentOf, LAST_STEP, ROUTE_KEYS } from "../stack/components.ts";
import { requireUsableRole } from "../stack/given-role.ts";
import { requireOurs } from "../stack/observe.ts";
import { type Planned, planFor, requireChangeable } from "../stack/plan.ts";
import type { Run } from "../stack/run.ts";
import { isChosen } from "../stack/settings.ts";
import type { Settings } from "../state/state.ts";
import { bringAbout, type Prepared } from "./bring-about.ts";
import type { StackContext } from "./context.ts";
import { look, requireOwnCode } from "./look.ts";
import { waitForRoutes } from "./route-probe.ts";
import { stepMissing } from "./step-missing.ts";
import { markTakeovers } from "./takeover.ts";

type AuthSettings = NonNullable<Settings["auth"]>;

export interface AuthChangeResult {
  readonly stack: string;
  readonly auth: AuthSettings;
  /** Routes that want a token from now on. */
  readonly protectedRoutes: readonly string[];
  readonly userPoolId?: string;
  readonly clientId?: string;
  readonly url?: string;
  /** The function's code is the learner's: who may delete is up to it. */
  readonly hasOwnCode: boolean;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
  /** The user did not want what is somebody else's to be taken over: nothing was done. */
  readonly declined: boolean;
  /** Where the code is kept that a takeover replaced. */
  readonly keptCode?: readonly string[];
}

export interface AuthChange {
  /** As typed. */
  readonly command: string;
  /** What it stands on, and the command that makes it. */
  readonly needs: readonly ComponentId[];
  readonly maker: string;
  /** The settings, from those before; undefined when the stack has no sign-in that could be changed. */
  choose(before: AuthSettings | undefined): AuthSettings | undefined;
}

/** Of the routes only who may call them is changed. */
const STEP = LAST_STEP - 1;
const CHANGED = [componentOf("routes"), ...AUTH_COMPONENTS];
const SEEN = [componentOf("api"), ...CHANGED];
/** Who may delete is a rule of the function's own. */
const RULED = [componentOf("role"), componentOf("function")];

/**
 * Returns when the routes answer as they should: auto-deploy is not instant.
 * @throws {Problem} `StepMissing` before anything is made, `RoutesNotLive` when a route stays as it was
 */
export async function changeAuth(context: StackContext, change: AuthChange): Promise<AuthChangeResult> {
  const { prepared, ...brought } = await bringAbout(context, () => prepare(context, change));
  const { inputs } = prepared.run;
  const { auth } = inputs.settings;
  if (auth === undefined) throw new Error(`${change.command} chose nothing`);
  const protectedRoutes = protectedBy(auth, ROUTE_KEYS);
  // Also when nothing was changed: an earlier run may have ended before the routes were live.
  if (brought.outcomes.length > 0) await waitForRoutes(context, prepared.run);
  const url = inputs.output("api")?.apiEndpoint;
  const { userPoolId } = inputs.output("userPool") ?? {};
  const { clientId } = inputs.output("userPoolClient") ?? {};
  return {
    stack: context.session.names.stack,
    auth,
    protectedRoutes,
    ...(userPoolId === undefined ? {} : { userPoolId }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(url === undefined ? {} : { url }),
    hasOwnCode: inputs.settings.code?.crud !== undefined,
    plan: prepared.plan,
    ...brought,
  };
}

async function prepare(context: StackContext, change: AuthChange): Promise<Prepared> {
  const first = await look(context, SEEN, { step: STEP, withCode: [], unasked: "always" });
  await requireNeeds(context, first, change);
  const before = first.inputs.settings;
  const auth = change.choose(before.auth);
  if (auth === undefined) throw await stepMissing(context, change.command, change.maker);
  const settings: Settings = { ...before, auth };
  const isRuled = before.auth?.adminsOnlyDelete === true || auth.adminsOnlyDelete;
  const seen = isRuled ? await lookAtFunction(context, change) : first;
  const run = seen.over({ settings, code: seen.inputs.code, step: STEP });
  const own = (isRuled ? [...SEEN, ...RULED] : SEEN).filter((component) => isChosen(component, settings));
  requireOurs(run, own);
  const components = isRuled ? [componentOf("function"), ...CHANGED] : CHANGED;
  const plan = await markTakeovers(run, await planFor(run, components));
  requireChangeable(plan);
  return { run, components, plan };
}

async function lookAtFunction(context: StackContext, change: AuthChange): Promise<Run> {
  const seen = await look(context, [...RULED, ...SEEN], { step: STEP, withCode: ["crud"], unasked: "always" });
  await requireNeeds(context, seen, { ...change, needs: ["function"], maker: "function create" });
  requireOwnCode(context, seen, "crud");
  await requireUsableRole(seen, "crud");
  return seen;
}

async function requireNeeds(context: StackContext, seen: Run, { command, needs, maker }: AuthChange): Promise<void> {
  if (needs.some((id) => !seen.observed.has(id))) throw await stepMissing(context, command, maker);
}
