// `awsls identity enable`: an identity pool that gives users and guests AWS credentials of their own; made, repaired, changed.

import type { Subject } from "../core/event.ts";
import type { Outcome } from "../stack/apply.ts";
import { AUTH_COMPONENTS } from "../stack/auth-components.ts";
import { componentOf } from "../stack/components.ts";
import { IDENTITY_COMPONENTS, ONLY_FOR_ADMINS } from "../stack/identity-components.ts";
import { observe, ownershipIn, requireOurs } from "../stack/observe.ts";
import { type Planned, planFor, requireChangeable } from "../stack/plan.ts";
import { planRemoval, remove } from "../stack/remove.ts";
import type { Run } from "../stack/run.ts";
import { isChosen } from "../stack/settings.ts";
import type { Settings } from "../state/state.ts";
import { bringAbout, type Prepared } from "./bring-about.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";
import { stepMissing } from "./step-missing.ts";
import { markTakeovers } from "./takeover.ts";

type IdentitySettings = NonNullable<Settings["identity"]>;

/** What is not given stays as it was chosen before. */
export type IdentityEnableOptions = Partial<IdentitySettings>;

export interface IdentityEnableResult {
  readonly stack: string;
  readonly identity: IdentitySettings;
  readonly identityPoolId?: string;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
  /** What the settings ask for no longer: deleted, or to be deleted (`--dry-run`). */
  readonly removed: readonly Subject[];
  /** The user did not want what is somebody else's to be taken over: nothing was done. */
  readonly declined: boolean;
}

const DEFAULTS: IdentitySettings = { guests: false, admins: false };
/** It stands on the user pool and its client. */
const NEEDED = AUTH_COMPONENTS.filter(({ id }) => id === "userPool" || id === "userPoolClient");
const SEEN = [...NEEDED, ...IDENTITY_COMPONENTS];

/** @throws {Problem} `StepMissing` without a user pool, before anything is made; `Foreign` and its like */
export async function enableIdentity(
  context: StackContext,
  options: IdentityEnableOptions,
): Promise<IdentityEnableResult> {
  const { prepared, ...brought } = await bringAbout(context, () => prepare(context, options));
  const { run, plan } = prepared;
  const identity = run.inputs.settings.identity ?? DEFAULTS;
  const isDone = !context.dryRun && !brought.declined;
  const surplus = surplusIn(run);
  if (isDone && surplus.length > 0) await remove(run, await planRemoval(run, ONLY_FOR_ADMINS));
  const identityPoolId = run.inputs.output("identityPool")?.identityPoolId;
  return {
    stack: context.session.names.stack,
    identity,
    ...(identityPoolId === undefined ? {} : { identityPoolId }),
    plan,
    removed: surplus,
    ...brought,
  };
}

async function prepare(context: StackContext, options: IdentityEnableOptions): Promise<Prepared> {
  const seen = await look(context, SEEN, { withCode: [], unasked: "always" });
  const before = seen.inputs.settings;
  if (before.auth === undefined || NEEDED.some(({ id }) => !seen.observed.has(id))) {
    throw await stepMissing(context, "identity enable", "auth enable");
  }
  const settings: Settings = { ...before, identity: { ...DEFAULTS, ...before.identity, ...options } };
  const run = seen.over({ settings });
  const components = IDENTITY_COMPONENTS.filter((component) => isChosen(component, settings));
  // Only now it is known that the stack is to have them.
  await observe(
    run,
    components.filter(({ id }) => !run.observed.has(id)),
  );
  requireOurs(run, [...NEEDED, ...components]);
  const plan = await markTakeovers(run, await planFor(run, components));
  requireChangeable(plan);
  return { run, components, plan };
}

/** Of the admins' own role what is there, and should be no longer. */
function surplusIn(run: Run): Subject[] {
  return ONLY_FOR_ADMINS.map(componentOf)
    .filter((component) => !isChosen(component, run.inputs.settings))
    .filter(({ id }) => ownershipIn(run, id)?.whose === "ours")
    .map(run.subjectOf);
}
