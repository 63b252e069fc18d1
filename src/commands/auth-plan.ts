// `--dry-run` of the user's own commands: which of Cognito's operations would be called.

import { requirePool } from "./auth-pool.ts";
import type { StackContext } from "./context.ts";

export interface AuthPlan {
  readonly userPoolId: string;
  /** As Cognito names them. */
  readonly planned: readonly string[];
}

/** @throws {Problem} `StepMissing` without a pool */
export async function planAuth(context: StackContext, command: string, planned: readonly string[]): Promise<AuthPlan> {
  const { userPoolId } = await requirePool(context, command);
  return { userPoolId, planned };
}
