// `awsls identity items`: the table as a user or guest sees it, directly in DynamoDB, without the API.

import { Problem } from "../core/problem.ts";
import type { StackContext } from "./context.ts";
import { type Denial, denialOf } from "./identity-attempt.ts";
import { type CallerOptions, type IdentityCaller, identityOf, openIdentityCaller } from "./identity-caller.ts";
import { ownRowOf } from "./identity-write.ts";
import { type ItemsResult, scanTable } from "./table-items.ts";

const ACTION = "dynamodb:Scan";

export interface IdentityItemsResult extends ItemsResult, Partial<Denial> {
  readonly kind: IdentityCaller["kind"];
  readonly identityId: string;
  readonly action: typeof ACTION;
  readonly allowed: boolean;
  /** Ids of the rows that are the caller's own. */
  readonly own: readonly string[];
}

/**
 * @throws {Problem} `NotSignedIn`, `IdentityRefused`, `StepMissing`
 * @returns also when it is denied
 */
export async function identityItems(
  context: StackContext,
  options: Omit<CallerOptions, "command">,
): Promise<IdentityItemsResult> {
  const caller = await openIdentityCaller(context, { ...options, command: "identity items" });
  try {
    const { kind, identityId } = caller;
    const { roleName } = await identityOf(context, caller);
    let scanned = NOTHING;
    const denial = await denialOf(context, { roleName, identityId, action: ACTION }, async () => {
      scanned = await scan(context, caller);
    });
    const { table, stack } = context.session.names;
    const prefix = ownRowOf(identityId, "");
    const own = scanned.items.map(({ id }) => String(id)).filter((id) => id.startsWith(prefix));
    const allowed = denial === undefined;
    return { stack, table, ...scanned, kind, identityId, own, action: ACTION, allowed, ...denial };
  } finally {
    caller.clients.destroy();
  }
}

type Scanned = Pick<ItemsResult, "items" | "truncated">;
const NOTHING: Scanned = { items: [], truncated: false };

async function scan(context: StackContext, { clients }: IdentityCaller): Promise<Scanned> {
  const scanned = await scanTable(context, clients);
  if (scanned === undefined) throw new Problem("StepMissing", { command: "identity items", first: "table create" });
  return scanned;
}
