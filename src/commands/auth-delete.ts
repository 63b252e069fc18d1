// `awsls auth delete`: the pool goes with its users, and every route is open again.

import { AUTH } from "../stack/auth-components.ts";
import { dropDeleteRule } from "../stack/delete-rule.ts";
import { startRun } from "../stack/run.ts";
import { forgetTokens } from "../state/tokens.ts";
import type { StackContext } from "./context.ts";
import { removeComponents, type RemovalResult } from "./removal.ts";

/** @throws {Problem} `LeftBehind` when something could not be deleted */
export async function deleteAuth(context: StackContext): Promise<RemovalResult> {
  const result = await removeComponents(context, AUTH);
  const isDone = !context.dryRun && !result.declined;
  if (isDone) forgetTokens(context.session.state.path);
  if (isDone) await dropDeleteRule(startRun(context.session, { settings: context.session.state.current().settings }));
  return result;
}
