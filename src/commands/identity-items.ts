// `awsls identity items`: the table as a user or guest sees it, directly in DynamoDB, without the API.

import { Problem } from "../core/problem.ts";
import type { StackContext } from "./context.ts";
import { type CallerOptions, openIdentityCaller } from "./identity-caller.ts";
import { ownRowOf } from "./identity-write.ts";
import { type ItemsResult, scanTable } from "./table-items.ts";

export interface IdentityItemsResult extends ItemsResult {
  readonly kind: "user" | "guest";
  readonly identityId: string;
  /** Ids of the rows that are the caller's own. */
  readonly own: readonly string[];
}

/** @throws {Problem} `NotSignedIn`, `IdentityRefused`, `StepMissing` */
export async function identityItems(
  context: StackContext,
  options: Omit<CallerOptions, "command">,
): Promise<IdentityItemsResult> {
  const command = "identity items";
  const { kind, identityId, clients } = await openIdentityCaller(context, { ...options, command });
  try {
    const scanned = await scanTable(context, clients);
    if (scanned === undefined) throw new Problem("StepMissing", { command, first: "table create" });
    const { names } = context.session;
    const prefix = ownRowOf(identityId, "");
    const ids = scanned.items.map(({ id }) => String(id));
    const own = ids.filter((id) => id.startsWith(prefix));
    return { stack: names.stack, table: names.table, ...scanned, kind, identityId, own };
  } finally {
    clients.destroy();
  }
}
