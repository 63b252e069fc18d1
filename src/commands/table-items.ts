// `awsls table items`: what is in the table, read directly, without the API.

import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { Clients } from "../aws/clients.ts";
import { unlessMissing } from "../aws/errors.ts";
import { Problem } from "../core/problem.ts";
import { problemIn } from "../stack/observe.ts";
import type { StackContext } from "./context.ts";
import { type Item, toItem } from "./item.ts";
import type { Rights } from "../resources/rights.ts";

export const ITEM_RIGHTS: Rights = { itself: ["dynamodb:Scan"] };

/** Enough for a look; a learner's table is small and a Scan reads it all. */
const MOST = 1_000;

export interface ItemsResult {
  readonly stack: string;
  readonly table: string;
  readonly items: readonly Item[];
  /** There are more than were read. */
  readonly truncated: boolean;
}

/** @throws {Problem} `StepMissing` when there is no table */
export async function tableItems(context: StackContext): Promise<ItemsResult> {
  const { clients, names } = context.session;
  const scanned = await scanTable(context, clients);
  if (scanned === undefined) throw new Problem("StepMissing", { command: "table items", first: "table create" });
  return { stack: names.stack, table: names.table, ...scanned };
}

/**
 * @param clients by whose rights it is read
 * @returns undefined when there is no table
 */
export async function scanTable(
  { session }: StackContext,
  clients: Clients,
): Promise<Pick<ItemsResult, "items" | "truncated"> | undefined> {
  const { table: TableName } = session.names;
  const items: Item[] = [];
  let ExclusiveStartKey;
  do {
    const command: ScanCommand = new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey });
    const page = await unlessMissing(clients.get(DynamoDBClient).send(command), "ResourceNotFoundException").catch(
      (error: unknown) => {
        throw problemIn(session, { component: "table", name: TableName }, error);
      },
    );
    if (page === undefined) return undefined;
    items.push(...(page.Items ?? []).map(toItem));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && items.length < MOST);
  return { items, truncated: ExclusiveStartKey !== undefined };
}
