// What AWS takes in a request that dynalite does not: null members and ARNs of tables.

import { crc32 } from "node:zlib";
import { AwsError } from "../service.ts";
import type { Json, JsonObject } from "../service.ts";
import { CONDITION_FAILURE, wantsFailedItem } from "./condition-failure.ts";
import type { Answer } from "./engine.ts";

export interface Prepared {
  readonly body: Uint8Array;
  /** The answer, with tables called as the request called them. */
  restore(answer: Answer): Answer;
  /** The input of a write that wants to see the item when its condition fails. */
  readonly showsFailedItem?: JsonObject;
}

/** Hardly any request holds one of them, and all others go on as they came, unread. */
const MARKS = ["null", '"arn:', CONDITION_FAILURE];
/** Members whose own members are keyed by table. */
const BY_TABLE: ReadonlySet<string> = new Set([
  "RequestItems",
  "Responses",
  "UnprocessedKeys",
  "UnprocessedItems",
  "ItemCollectionMetrics",
]);
/** Members that are maps: a null in one is a value that is missing, not a member that is absent. */
const MAPS: ReadonlySet<string> = new Set([
  "AttributeUpdates",
  "ExclusiveStartKey",
  "Expected",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "Item",
  "Key",
  "KeyConditions",
  "Keys",
  "M",
  "QueryFilter",
  "RequestItems",
  "ScanFilter",
]);

/**
 * @param tables what the ARNs of this cloud's tables begin with
 * @throws {AwsError} `SerializationException` for JSON that is no object
 */
export function prepare(body: Uint8Array, tables: string): Prepared {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const asItIs: Prepared = { body, restore: (answer) => answer };
  if (!MARKS.some((mark) => bytes.includes(mark))) return asItIs;
  let parsed: Json;
  try {
    parsed = JSON.parse(bytes.toString("utf8")) as Json;
  } catch {
    return asItIs;
  }
  const input = withoutNull(parsed, false);
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new AwsError("SerializationException", 400, "Start of structure or map found where not expected.");
  }
  const given = new Map<string, string>();
  const named = renamed(input, (name) => {
    const table = tableNameOf(name, tables);
    if (table !== name) given.set(table, name);
    return table;
  });
  return {
    body: Buffer.from(JSON.stringify(named)),
    restore: (answer) => (given.size === 0 ? answer : restored(answer, given)),
    ...(wantsFailedItem(named) && { showsFailedItem: named }),
  };
}

/** AWS takes a table's ARN as well as its name. Another account's or region's stays what it is: no name. */
export function tableNameOf(given: string, tables: string): string {
  return given.startsWith(tables) ? given.slice(tables.length) : given;
}

function restored(answer: Answer, given: ReadonlyMap<string, string>): Answer {
  if (answer.status >= 400) return answer;
  const output = renamed(JSON.parse(answer.body) as JsonObject, (name) => given.get(name) ?? name);
  const body = JSON.stringify(output);
  return { ...answer, body, crc32: String(crc32(body)) };
}

function renamed(input: JsonObject, rename: (name: string) => string): JsonObject {
  const entries = Object.entries(input).map(([member, value]): [string, Json | undefined] => {
    if (member === "TableName" && typeof value === "string") return [member, rename(value)];
    if (!BY_TABLE.has(member) || typeof value !== "object" || value === null) return [member, value];
    return [member, Object.fromEntries(Object.entries(value).map(([name, of]) => [rename(name), of]))];
  });
  return Object.fromEntries(entries);
}

/**
 * AWS reads a member that is null as absent. In a map or a list something stands there nevertheless: an empty value,
 * which is refused in DynamoDB's own words.
 */
function withoutNull(value: Json, isMap: boolean): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => (element === null ? {} : withoutNull(element, isMap)));
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member !== null && member !== undefined) members.push([name, withoutNull(member, !isMap && MAPS.has(name))]);
    else if (isMap) members.push([name, {}]);
  }
  return Object.fromEntries(members);
}
