// The identity pool that the commands of users and guests work with.

import { componentOf } from "../stack/components.ts";
import { requireOurs } from "../stack/observe.ts";
import { type Pool, requirePool } from "./auth-pool.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";
import { stepMissing } from "./step-missing.ts";

export interface IdentityPoolHere {
  readonly identityPoolId: string;
  /** What the user pool is called as a login. */
  readonly provider: string;
  readonly userPool: Pool;
}

/**
 * As recorded, without a call; looked for where the state was lost.
 * @param command as typed
 * @throws {Problem} `StepMissing` naming `auth enable` or `identity enable`, `Foreign` and its like
 */
export async function requireIdentityPool(context: StackContext, command: string): Promise<IdentityPoolHere> {
  const userPool = await requirePool(context, command);
  const recorded = context.session.state.current().resources["identityPool"]?.attributes["identityPoolId"];
  const identityPoolId = recorded ?? (await findIdentityPool(context));
  if (identityPoolId === undefined) throw await stepMissing(context, command, "identity enable");
  return { identityPoolId, userPool, provider: userPool.issuer.slice("https://".length) };
}

async function findIdentityPool(context: StackContext): Promise<string | undefined> {
  const components = [componentOf("userPool"), componentOf("identityPool")];
  const run = await look(context, components, { withCode: [], unasked: "always" });
  requireOurs(run, components);
  return run.inputs.output("identityPool")?.identityPoolId;
}
