// `awsls identity enable`: an identity pool that gives users and guests AWS credentials of their own; made, repaired, changed.

import type { Subject } from "../core/event.ts";
import { Problem } from "../core/problem.ts";
import type { Outcome } from "../stack/apply.ts";
import type { Component, ComponentId } from "../stack/component.ts";
import { componentOf } from "../stack/components.ts";
import { IDENTITY_COMPONENTS, OPTIONAL } from "../stack/identity-components.ts";
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
/** What its roles are for. */
const TABLE = componentOf("table");
/** Whose tokens it takes. */
const LOGIN = [componentOf("userPool"), componentOf("userPoolClient")];
const NEEDED = [TABLE, ...LOGIN];
const SEEN = [...NEEDED, ...IDENTITY_COMPONENTS];

/** @throws {Problem} `IdentityPartition`, `StepMissing` without user pool or table, before anything is made; `Foreign` and its like */
export async function enableIdentity(
  context: StackContext,
  options: IdentityEnableOptions,
): Promise<IdentityEnableResult> {
  const { prepared, ...brought } = await bringAbout(context, () => prepare(context, options));
  const { run, plan } = prepared;
  const identity = run.inputs.settings.identity ?? DEFAULTS;
  const removed = brought.declined ? [] : await removeSurplus(context, run);
  const identityPoolId = run.inputs.output("identityPool")?.identityPoolId;
  return {
    stack: context.session.names.stack,
    identity,
    ...(identityPoolId === undefined ? {} : { identityPoolId }),
    plan,
    removed,
    ...brought,
  };
}

async function prepare(context: StackContext, options: IdentityEnableOptions): Promise<Prepared> {
  const { partition } = context.session.place;
  if (partition !== "aws") throw new Problem("IdentityPartition", { partition });
  const seen = await look(context, SEEN, { withCode: [], unasked: "always" });
  const before = seen.inputs.settings;
  const isMissing = ({ id }: Component): boolean => !seen.observed.has(id);
  if (before.auth === undefined || LOGIN.some(isMissing)) {
    throw await stepMissing(context, "identity enable", "auth enable");
  }
  if (isMissing(TABLE)) throw await stepMissing(context, "identity enable", "table create");
  const settings: Settings = { ...before, identity: { ...DEFAULTS, ...before.identity, ...options } };
  const run = seen.over({ settings });
  const components = IDENTITY_COMPONENTS.filter((component) => isChosen(component, settings));
  // Only now it is known that the stack is to have them; the pool was looked for already.
  await observe(
    run,
    components.filter(({ id }) => id !== "identityPool" && !run.observed.has(id)),
  );
  requireOurs(run, [...NEEDED, ...components]);
  const plan = await markTakeovers(run, await planFor(run, components));
  requireChangeable(plan);
  return { run, components, plan };
}

/** What is there of guests and admins, and should be no longer. */
async function removeSurplus(context: StackContext, run: Run): Promise<readonly Subject[]> {
  const surplus = OPTIONAL.filter((id) => isSurplus(run, id));
  if (surplus.length === 0) return [];
  const removing = run.over({ settings: run.inputs.settings, removes: true });
  const plan = await planRemoval(removing, surplus);
  if (context.dryRun) return plan.going.map(run.subjectOf);
  return (await remove(removing, plan)).deleted;
}

function isSurplus(run: Run, id: ComponentId): boolean {
  return !isChosen(componentOf(id), run.inputs.settings) && ownershipIn(run, id)?.whose === "ours";
}
