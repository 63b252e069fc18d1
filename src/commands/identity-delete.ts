// `awsls identity delete`: nobody gets AWS credentials any more; users, their pool and the rows stay.

import { IDENTITY } from "../stack/identity-components.ts";
import { forgetGuest } from "../state/guest.ts";
import type { StackContext } from "./context.ts";
import { removeComponents, type RemovalResult } from "./removal.ts";

/** @throws {Problem} `LeftBehind` when something could not be deleted */
export async function deleteIdentity(context: StackContext): Promise<RemovalResult> {
  const result = await removeComponents(context, IDENTITY);
  if (!context.dryRun && !result.declined) forgetGuest(context.session.state.path);
  return result;
}
