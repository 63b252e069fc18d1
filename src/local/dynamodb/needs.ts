// Which rights a DynamoDB call needs, on which tables, and the condition keys by which a policy may narrow them.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html

import type { ConditionKeys, Json, JsonObject, Need } from "../service.ts";
import { attributesIn } from "./attribute-names.ts";
import type { Engine } from "./engine.ts";
import { tableNameOf } from "./request.ts";

type ArnOf = (tableName: string) => string;

/** Reads that say which attributes they want. */
const SELECTING: ReadonlySet<string> = new Set(["BatchGetItem", "GetItem", "Query", "Scan"]);
/** Writes that may give back what was there. */
const RETURNING: ReadonlySet<string> = new Set(["DeleteItem", "PutItem", "UpdateItem"]);

/**
 * A batch needs the right on each of its tables; ListTables, which is about none, on `*`.
 * @param engine for the condition keys; undefined when nobody asks for them
 */
export async function needsOf(
  operation: string,
  input: JsonObject,
  arnOf: ArnOf,
  engine: Engine | undefined,
): Promise<Need[]> {
  const action = `dynamodb:${operation}`;
  const { RequestItems: batch, TableName: name, IndexName: index } = input;
  const need = async (given: string, part: JsonObject): Promise<Need> => {
    const tableName = tableNameOf(given, arnOf(""));
    const resource = typeof index === "string" ? `${arnOf(tableName)}/index/${index}` : arnOf(tableName);
    return { action, resource, ...(engine && { keys: await keysOf(operation, tableName, part, engine) }) };
  };
  if (isObject(batch) && Object.keys(batch).length > 0) {
    return Promise.all(Object.entries(batch).map(([table, part]) => need(table, batchPart(part, input))));
  }
  return typeof name === "string" && name !== "" ? [await need(name, input)] : [{ action, resource: "*" }];
}

/** What a batch says of one table; BatchWriteItem has a list of requests there. */
function batchPart(part: Json | undefined, { ReturnConsumedCapacity: capacity }: JsonObject): JsonObject {
  const own: JsonObject = Array.isArray(part) ? { Requests: part } : isObject(part) ? part : {};
  return capacity === undefined ? own : { ...own, ReturnConsumedCapacity: capacity };
}

/** A Scan has no leading keys, which is not the same as an unknown one; transactions and PartiQL this cloud has not. */
async function keysOf(operation: string, table: string, input: JsonObject, engine: Engine): Promise<ConditionKeys> {
  return {
    "dynamodb:Attributes": attributesIn(input),
    "dynamodb:EnclosingOperation": [],
    "dynamodb:FullTableScan": [],
    "dynamodb:LeadingKeys": operation === "Scan" ? [] : await leadingKeys(table, input, engine),
    "dynamodb:ReturnConsumedCapacity": textOf(input["ReturnConsumedCapacity"]) ?? "NONE",
    "dynamodb:ReturnValues": RETURNING.has(operation) ? (textOf(input["ReturnValues"]) ?? "NONE") : [],
    "dynamodb:Select": SELECTING.has(operation) ? selectOf(input) : [],
  };
}

function selectOf(input: JsonObject): string {
  const { Select: select, ProjectionExpression: projection, AttributesToGet: listed, IndexName: index } = input;
  if (typeof select === "string") return select;
  if (projection !== undefined || listed !== undefined) return "SPECIFIC_ATTRIBUTES";
  return index === undefined ? "ALL_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES";
}

/** The values of the partition key that a call names; none of a table that is not there. */
async function leadingKeys(table: string, input: JsonObject, engine: Engine): Promise<string[]> {
  const name = await engine.partitionKey(table, textOf(input["IndexName"]));
  if (name === undefined) return [];
  return [...itemsIn(input).map((item) => item[name]), queriedValue(name, input)].flatMap((value) => {
    const [text] = isObject(value) ? Object.values(value) : [];
    return typeof text === "string" ? [text] : [];
  });
}

/** Items and keys, of a single call and of a batch. */
function itemsIn({ Item: item, Key: key, Keys: keys, Requests: requests }: JsonObject): JsonObject[] {
  const written = listOf(requests).flatMap((request) => [
    ...(isObject(request["PutRequest"]) ? [request["PutRequest"]["Item"]] : []),
    ...(isObject(request["DeleteRequest"]) ? [request["DeleteRequest"]["Key"]] : []),
  ]);
  return [item, key, ...listOf(keys), ...written].filter((each) => isObject(each));
}

/** What a Query compares the partition key with, in either of its two forms. */
function queriedValue(name: string, input: JsonObject): Json | undefined {
  const { KeyConditions: conditions, KeyConditionExpression: expression } = input;
  const condition = isObject(conditions) ? conditions[name] : undefined;
  if (isObject(condition)) return listOf(condition["AttributeValueList"])[0];
  const [names, values] = [input["ExpressionAttributeNames"], input["ExpressionAttributeValues"]];
  for (const [, left = "", right = ""] of String(expression ?? "").matchAll(/(#?\w+)\s*=\s*(:\w+)/g)) {
    const attribute = left.startsWith("#") && isObject(names) ? names[left] : left;
    if (attribute === name && isObject(values)) return values[right];
  }
  return undefined;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((each) => isObject(each)) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
