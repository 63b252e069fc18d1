// `awsls auth delete`: the pool goes with its users, and every route is open again.

import { isProblem } from "../core/problem.ts";
import type { FunctionSpec } from "../resources/lambda/function.ts";
import { AUTH, deleteRuleOf } from "../stack/auth-components.ts";
import { changeFunction } from "../stack/change-function.ts";
import { startRun } from "../stack/run.ts";
import { forgetTokens } from "../state/tokens.ts";
import type { StackContext } from "./context.ts";
import { removeComponents, type RemovalResult } from "./removal.ts";

/** @throws {Problem} `LeftBehind` when something could not be deleted */
export async function deleteAuth(context: StackContext): Promise<RemovalResult> {
  const result = await removeComponents(context, AUTH);
  if (context.dryRun || result.declined) return result;
  const { state } = context.session;
  forgetTokens(state.path);
  const { settings } = state.current();
  const run = startRun(context.session, { settings });
  // Nobody is left who could be let through.
  const withoutRule = ({ environment }: FunctionSpec): Partial<FunctionSpec> => ({
    environment: { ...environment, ...deleteRuleOf(settings) },
  });
  await changeFunction(run, "crud", withoutRule, "update").catch((error: unknown) => {
    // Somebody else's function has no rule of ours.
    if (!isProblem(error, "Foreign")) throw error;
  });
  return result;
}
