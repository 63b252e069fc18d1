// `--dry-run` of the commands of users and guests: which operations would be called. GetId makes an identity: it is not called.

import type { StackContext } from "./context.ts";
import { requireIdentityPool } from "./identity-pool.ts";

export interface IdentityPlan {
  readonly identityPoolId: string;
  /** As AWS names them. */
  readonly planned: readonly string[];
}

/** @throws {Problem} `StepMissing` without an identity pool */
export async function planIdentity(
  context: StackContext,
  command: string,
  calls: readonly string[],
): Promise<IdentityPlan> {
  const { identityPoolId } = await requireIdentityPool(context, command);
  return { identityPoolId, planned: ["GetId", "GetCredentialsForIdentity", ...calls] };
}
