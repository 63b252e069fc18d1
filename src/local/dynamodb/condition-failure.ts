// The item that did not meet a write's condition: AWS sends it with its refusal when asked, dynalite does not.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html

import { crc32 } from "node:zlib";
import { AwsError } from "../service.ts";
import type { JsonObject } from "../service.ts";
import type { Answer, Engine } from "./engine.ts";

export const CONDITION_FAILURE = "ReturnValuesOnConditionCheckFailure";
const VALUES = ["ALL_OLD", "NONE"];

/** @throws {AwsError} ValidationException for a value that AWS does not know */
export function wantsFailedItem({ [CONDITION_FAILURE]: wanted = "NONE" }: JsonObject): boolean {
  if (typeof wanted === "string" && VALUES.includes(wanted)) return wanted === "ALL_OLD";
  const message = `1 validation error detected: Value '${String(wanted)}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [${VALUES.join(", ")}]`;
  throw new AwsError("ValidationException", 400, message);
}

/**
 * A refused condition's answer with the item in it, as it is now: between the two somebody else may have written.
 * @param write input of the PutItem, UpdateItem or DeleteItem that was refused
 */
export async function withFailedItem(engine: Engine, write: JsonObject, refused: Answer): Promise<Answer> {
  const refusal = JSON.parse(refused.body) as JsonObject;
  if (!String(refusal["__type"]).endsWith("#ConditionalCheckFailedException")) return refused;
  const { TableName } = write;
  const Key = write["Key"] ?? (await keyOf(engine, write));
  const { Item } = await engine.call("GetItem", { TableName, Key, ConsistentRead: true });
  if (Item === undefined) return refused;
  const body = JSON.stringify({ ...refusal, Item });
  return { ...refused, body, crc32: String(crc32(body)) };
}

/** The key of the item that a PutItem brings. */
async function keyOf(engine: Engine, { TableName, Item }: JsonObject): Promise<JsonObject> {
  const { Table } = await engine.call("DescribeTable", { TableName });
  // Both are as DynamoDB demands: the condition was looked at.
  const { KeySchema } = Table as { KeySchema: { AttributeName: string }[] };
  return Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, (Item as JsonObject)[AttributeName]]));
}
