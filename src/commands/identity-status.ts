// `awsls identity status`: the pool and its roles as AWS has them, and who gets credentials for what.

import type { PolicyDocument } from "../resources/iam/role.ts";
import { componentOf } from "../stack/components.ts";
import { IDENTITY_COMPONENTS } from "../stack/identity-components.ts";
import { ownershipIn } from "../stack/observe.ts";
import { planFor } from "../stack/plan.ts";
import { isChosen } from "../stack/settings.ts";
import type { Settings } from "../state/state.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";
import { type StatusRow, toRow } from "./status.ts";
import { stepMissing } from "./step-missing.ts";

export interface IdentityStatusResult {
  readonly stack: string;
  /** As chosen; none for what is left of one that was to be deleted. */
  readonly identity?: NonNullable<Settings["identity"]>;
  readonly resources: readonly StatusRow[];
  readonly identityPoolId?: string;
  /** What each role may do, as its policy is now: its name, and the policy's statements. */
  readonly roles: readonly { readonly name: string; readonly policy: unknown }[];
}

const ROLES = ["authenticatedRole", "guestRole", "adminsRole"] as const;
const SEEN = [componentOf("userPool"), componentOf("userPoolClient"), ...IDENTITY_COMPONENTS];

/** @throws {Problem} `StepMissing` when the stack has no identity pool */
export async function identityStatus(context: StackContext): Promise<IdentityStatusResult> {
  const run = await look(context, SEEN, { withCode: [], unasked: "always" });
  const { identity } = run.inputs.settings;
  const ours = IDENTITY_COMPONENTS.filter(({ id }) => ownershipIn(run, id)?.whose === "ours");
  if (identity === undefined && ours.length === 0) {
    throw await stepMissing(context, "identity status", "identity enable");
  }
  const isShown = (component: (typeof ours)[number]): boolean =>
    identity === undefined || isChosen(component, run.inputs.settings) || ours.includes(component);
  const plan = await planFor(run, IDENTITY_COMPONENTS.filter(isShown));
  const identityPoolId = run.inputs.output("identityPool")?.identityPoolId;
  return {
    stack: context.session.names.stack,
    ...(identity === undefined ? {} : { identity }),
    resources: plan.map((planned) => toRow(run, planned)),
    ...(identityPoolId === undefined ? {} : { identityPoolId }),
    roles: ROLES.flatMap((id) => {
      const live = run.inputs.output(id);
      return live === undefined ? [] : [{ name: live.roleName, policy: live.policy as PolicyDocument | undefined }];
    }),
  };
}
