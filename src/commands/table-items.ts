// `awsls table items`: what is in the table, read directly, without the API.

import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { unlessMissing } from "../aws/errors.ts";
import { Problem } from "../core/problem.ts";
import { problemIn } from "../stack/observe.ts";
import type { StackContext } from "./context.ts";
import { type Item, toItem } from "./item.ts";

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
  const items: Item[] = [];
  let ExclusiveStartKey;
  do {
    const command: ScanCommand = new ScanCommand({ TableName: names.table, ConsistentRead: true, ExclusiveStartKey });
    const page = await unlessMissing(clients.get(DynamoDBClient).send(command), "ResourceNotFoundException").catch(
      (error: unknown) => {
        throw problemIn(context.session, { component: "table", name: names.table }, error);
      },
    );
    if (page === undefined) throw new Problem("StepMissing", { command: "table items", first: "table create" });
    items.push(...(page.Items ?? []).map(toItem));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && items.length < MOST);
  return { stack: names.stack, table: names.table, items, truncated: ExclusiveStartKey !== undefined };
}
