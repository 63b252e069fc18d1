// `awsls identity put` and `identity remove`: what a user or guest may write, seen by trying, and why.

import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { isAwsError } from "../aws/errors.ts";
import { Problem } from "../core/problem.ts";
import { problemIn } from "../stack/observe.ts";
import type { StackContext } from "./context.ts";
import { type CallerOptions, type IdentityCaller, identityOf, openIdentityCaller } from "./identity-caller.ts";
import { denialOf } from "./identity-attempt.ts";
import { type Reason, reasonFor } from "./identity-reason.ts";

export interface WriteOptions extends Omit<CallerOptions, "command"> {
  readonly name?: string;
  /** Any row, also one that is not the caller's. */
  readonly id?: string;
  readonly price?: number;
}

export interface WriteResult {
  readonly operation: "put" | "remove";
  readonly kind: IdentityCaller["kind"];
  readonly identityId: string;
  readonly id: string;
  /** `dynamodb:PutItem` */
  readonly action: string;
  readonly allowed: boolean;
  /** AWS's own words, where it was denied. */
  readonly message?: string;
  readonly reason: Reason;
}

const PRICE = 100;

/**
 * @throws {Problem} `NotSignedIn`, `IdentityRefused`, `StepMissing`
 * @returns also when it is denied: that is what was to be seen
 */
export async function identityWrite(
  context: StackContext,
  operation: WriteResult["operation"],
  options: WriteOptions,
): Promise<WriteResult> {
  const command = `identity ${operation}`;
  const caller = await openIdentityCaller(context, { guest: options.guest, command });
  try {
    const { kind, identityId } = caller;
    const id = options.id ?? ownRowOf(identityId, options.name ?? "");
    const action = operation === "put" ? "dynamodb:PutItem" : "dynamodb:DeleteItem";
    const { roleName } = await identityOf(context, caller);
    const asked = { roleName, identityId, action, id };
    const denial = await denialOf(context, asked, () => send(context, caller, operation, { ...options, id }));
    const isAllowed = denial === undefined;
    const why = denial ?? { reason: await reasonFor(context, asked) };
    return { operation, kind, identityId, id, action, allowed: isAllowed, ...why };
  } finally {
    caller.clients.destroy();
  }
}

/** The id of a row that belongs to an identity: what its policy's condition looks for. */
export function ownRowOf(identityId: string, name: string): string {
  return `${identityId}:${name}`;
}

async function send(
  context: StackContext,
  { clients }: IdentityCaller,
  operation: WriteResult["operation"],
  { id, name, price = PRICE }: WriteOptions & { readonly id: string },
): Promise<void> {
  const { table: TableName } = context.session.names;
  const client = clients.get(DynamoDBClient);
  const row = { id: { S: id }, name: { S: name ?? id }, price: { N: String(price) } };
  try {
    if (operation === "put") await client.send(new PutItemCommand({ TableName, Item: row }));
    else await client.send(new DeleteItemCommand({ TableName, Key: { id: row.id } }));
  } catch (error) {
    if (isAwsError(error, "ResourceNotFoundException")) {
      throw new Problem("StepMissing", { command: `identity ${operation}`, first: "table create" });
    }
    throw problemIn(context.session, { component: "table", name: TableName }, error);
  }
}
