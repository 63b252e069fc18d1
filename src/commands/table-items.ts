// `awsls table items`: what is in the table, read directly, without the API.

import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { toProblem, unlessMissing } from "../aws/errors.ts";
import { Problem } from "../core/problem.ts";
import type { StackContext } from "./context.ts";

/** Enough for a look; a learner's table is small and a Scan reads it all. */
const MOST = 1_000;

export interface ItemsResult {
  readonly stack: string;
  readonly table: string;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  /** There are more than were read. */
  readonly truncated: boolean;
}

/** @throws {Problem} `StepMissing` when there is no table */
export async function tableItems(context: StackContext): Promise<ItemsResult> {
  const { clients, names } = context.session;
  const items: Record<string, unknown>[] = [];
  let ExclusiveStartKey;
  do {
    const command: ScanCommand = new ScanCommand({ TableName: names.table, ConsistentRead: true, ExclusiveStartKey });
    const page = await unlessMissing(clients.get(DynamoDBClient).send(command), "ResourceNotFoundException").catch(
      (error: unknown) => {
        throw (
          toProblem(error, { endpoint: clients.connection.endpoint, resource: "table", name: names.table }) ?? error
        );
      },
    );
    if (page === undefined) throw new Problem("StepMissing", { command: "table items", first: "table create" });
    for (const item of page.Items ?? []) {
      items.push(Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)])));
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && items.length < MOST);
  return { stack: names.stack, table: names.table, items, truncated: ExclusiveStartKey !== undefined };
}

/** DynamoDB's `{"S": "x"}` as a learner thinks of it. Numbers beyond JavaScript's stay text. */
function plain(value: object): unknown {
  const [[type, content] = []] = Object.entries(value);
  if (type === "N")
    return Number.isSafeInteger(Number(content)) || String(Number(content)) === content ? Number(content) : content;
  if (type === "M" && typeof content === "object") {
    return Object.fromEntries(
      Object.entries(content as object).map(([name, member]) => [name, plain(member as object)]),
    );
  }
  if (type === "L" && Array.isArray(content)) return content.map((each) => plain(each as object));
  if (type === "NULL") return null;
  if (type === "B" && content instanceof Uint8Array) return Buffer.from(content).toString("base64");
  if (type === "BS" && Array.isArray(content))
    return content.map((each) => Buffer.from(each as Uint8Array).toString("base64"));
  return content;
}
