// Which rights a DynamoDB call needs, on which tables, and the condition keys by which a policy may narrow them.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html

import { own } from "../own.ts";
import { AwsError } from "../service.ts";
import type { ConditionKeys, Json, JsonObject, Need } from "../service.ts";
import { attributesIn } from "./attribute-names.ts";
import type { Engine } from "./engine.ts";
import { tableNameOf } from "./request.ts";

type ArnOf = (tableName: string) => string;

/** Reads that say which attributes they want. */
const SELECTING: ReadonlySet<string> = new Set(["BatchGetItem", "GetItem", "Query", "Scan"]);
/** Of these a call names an index, and how many attributes it selects. */
const SEARCHES: ReadonlySet<string> = new Set(["Query", "Scan"]);
/** Writes that may give back what was there. */
const RETURNING: ReadonlySet<string> = new Set(["DeleteItem", "PutItem", "UpdateItem"]);
const BATCHES: ReadonlySet<string> = new Set(["BatchGetItem", "BatchWriteItem"]);

/**
 * A batch needs the right on each of its tables; ListTables, which is about none, on `*`. Of the input only what that operation
 * has counts: the engine drops every other member, and must not do what another one was allowed for.
 * @param engine for the condition keys; undefined when nobody asks for them
 * @throws {AwsError} `ValidationException` for a row whose key cannot be told
 */
export async function needsOf(
  operation: string,
  input: JsonObject,
  arnOf: ArnOf,
  engine: Engine | undefined,
): Promise<Need[]> {
  const action = `dynamodb:${operation}`;
  const { RequestItems: batch, TableName: name } = input;
  const index = SEARCHES.has(operation) ? textOf(input["IndexName"]) : undefined;
  const need = async (given: string, part: JsonObject): Promise<Need> => {
    const tableName = tableNameOf(given, arnOf(""));
    const resource = index === undefined ? arnOf(tableName) : `${arnOf(tableName)}/index/${index}`;
    return { action, resource, ...(engine && { keys: await keysOf(operation, { tableName, index }, part, engine) }) };
  };
  if (BATCHES.has(operation)) {
    const tables = isObject(batch) ? Object.entries(batch) : [];
    if (tables.length === 0) return [{ action, resource: "*" }];
    return Promise.all(tables.map(([table, part]) => need(table, batchPart(part, input))));
  }
  return typeof name === "string" && name !== "" ? [await need(name, input)] : [{ action, resource: "*" }];
}

/** What a batch says of one table; BatchWriteItem has a list of requests there. */
function batchPart(part: Json | undefined, { ReturnConsumedCapacity: capacity }: JsonObject): JsonObject {
  const ofTable: JsonObject = Array.isArray(part) ? { Requests: part } : isObject(part) ? part : {};
  return capacity === undefined ? ofTable : { ...ofTable, ReturnConsumedCapacity: capacity };
}

interface Partitioned {
  readonly tableName: string;
  readonly index: string | undefined;
}

/** A Scan has no leading keys, which is not the same as an unknown one; transactions and PartiQL this cloud has not. */
async function keysOf(operation: string, of: Partitioned, input: JsonObject, engine: Engine): Promise<ConditionKeys> {
  return {
    "dynamodb:Attributes": attributesIn(input),
    "dynamodb:EnclosingOperation": [],
    "dynamodb:FullTableScan": [],
    "dynamodb:LeadingKeys": await leadingKeys(operation, of, input, engine),
    "dynamodb:ReturnConsumedCapacity": textOf(input["ReturnConsumedCapacity"]) ?? "NONE",
    "dynamodb:ReturnValues": RETURNING.has(operation) ? (textOf(input["ReturnValues"]) ?? "NONE") : [],
    "dynamodb:Select": SELECTING.has(operation) ? selectOf(operation, input) : [],
  };
}

function selectOf(operation: string, input: JsonObject): string {
  const { Select: select, ProjectionExpression: projection, AttributesToGet: listed, IndexName: index } = input;
  const isProjected = typeof projection === "string" || Array.isArray(listed);
  if (SEARCHES.has(operation) && typeof select === "string") {
    if (select !== "SPECIFIC_ATTRIBUTES" || isProjected) return select;
    throw invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  }
  if (isProjected) return "SPECIFIC_ATTRIBUTES";
  return SEARCHES.has(operation) && index !== undefined ? "ALL_PROJECTED_ATTRIBUTES" : "ALL_ATTRIBUTES";
}

/** The values of the partition key that a call names; none of a table that is not there. */
async function leadingKeys(
  operation: string,
  { tableName, index }: Partitioned,
  input: JsonObject,
  engine: Engine,
): Promise<string[]> {
  if (operation === "Scan") return [];
  const name = await engine.partitionKey(tableName, index);
  if (name === undefined) return [];
  if (operation === "Query") return [valueOf(queriedValue(name, input))];
  return rowsOf(operation, input).map((row) => valueOf(isObject(row) ? own(row, name) : undefined));
}

/** Items and keys of a call, or of a batch's one table; of an operation that is about no row, none. */
function rowsOf(operation: string, input: JsonObject): (Json | undefined)[] {
  switch (operation) {
    case "PutItem":
      return [input["Item"]];
    case "GetItem":
    case "UpdateItem":
    case "DeleteItem":
      return [input["Key"]];
    case "BatchGetItem":
      return listOf(input["Keys"]);
    case "BatchWriteItem":
      return listOf(input["Requests"]).flatMap(({ PutRequest: put, DeleteRequest: removal }) => [
        ...(isObject(put) ? [put["Item"]] : []),
        ...(isObject(removal) ? [removal["Key"]] : []),
      ]);
    default:
      return [];
  }
}

/** A key is a text, a number or bytes, and nothing beside: else the engine might read another value than the policy did. */
function valueOf(value: Json | undefined): string {
  const [first, ...others] = isObject(value) ? Object.entries(value) : [];
  const [type = "", text] = first ?? [];
  if (others.length === 0 && ["S", "N", "B"].includes(type) && typeof text === "string") return text;
  throw invalid("The provided key element does not match the schema");
}

/** What a Query compares the partition key with, in one of its two forms. */
function queriedValue(name: string, input: JsonObject): Json | undefined {
  const { KeyConditions: conditions, KeyConditionExpression: expression } = input;
  if (isObject(conditions) && expression === undefined) {
    const condition = own(conditions, name);
    const values = isObject(condition) && condition["ComparisonOperator"] === "EQ" && condition["AttributeValueList"];
    return Array.isArray(values) && values.length === 1 ? values[0] : undefined;
  }
  if (typeof expression !== "string" || conditions !== undefined) return undefined;
  const [names, values] = [input["ExpressionAttributeNames"], input["ExpressionAttributeValues"]];
  const compared = expression.split(/\band\b/i).flatMap((part) => {
    const [left = "", right = "", ...more] = part.replaceAll(/[()\s]/g, "").split("=");
    if (more.length > 0 || !/^[#:]?\w+$/.test(left) || !/^[#:]?\w+$/.test(right)) return [];
    const [attribute, value] = left.startsWith(":") ? [right, left] : [left, right];
    const called = attribute.startsWith("#") && isObject(names) ? own(names, attribute) : attribute;
    return called === name && value.startsWith(":") ? [value] : [];
  });
  const [value, ...others] = compared;
  return value !== undefined && others.length === 0 && isObject(values) ? own(values, value) : undefined;
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", 400, message);
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
