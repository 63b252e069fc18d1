// The top-level attributes that a DynamoDB call names, for `dynamodb:Attributes`.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html

import { own } from "../own.ts";
import type { Json, JsonObject } from "../service.ts";

const EXPRESSIONS = [
  "ConditionExpression",
  "FilterExpression",
  "KeyConditionExpression",
  "ProjectionExpression",
  "UpdateExpression",
];
/** Maps whose keys are attributes. */
const MAPS = ["AttributeUpdates", "Expected", "Item", "Key", "KeyConditions", "QueryFilter", "ScanFilter"];
/** None of them can be an attribute's name in an expression: they are reserved. */
const WORDS: ReadonlySet<string> = new Set("ADD AND BETWEEN DELETE IN NOT OR REMOVE SET".split(" "));

export function attributesIn(input: JsonObject): string[] {
  const names = isMap(input["ExpressionAttributeNames"]) ? input["ExpressionAttributeNames"] : {};
  const listed = Array.isArray(input["AttributesToGet"]) ? input["AttributesToGet"].map(String) : [];
  const mapped = [...MAPS.map((member) => input[member]), ...partsOf(input)].flatMap(keysOf);
  const expressed = EXPRESSIONS.flatMap((member) => namesIn(String(input[member] ?? ""))).map((name) =>
    String(own(names, name) ?? name),
  );
  return [...new Set([...mapped, ...listed, ...expressed])];
}

/** The keys and items of a batch. */
function partsOf({ Keys: keys, Requests: requests }: JsonObject): (Json | undefined)[] {
  const written = (Array.isArray(requests) ? requests : []).flatMap((request) => {
    const [change] = isMap(request) ? Object.values(request) : [];
    return isMap(change) ? Object.values(change) : [];
  });
  return [...(Array.isArray(keys) ? keys : []), ...written];
}

/** First parts of paths: no values (`:v`), no functions (`size(…)`), nothing behind a dot or within brackets. */
function namesIn(expression: string): string[] {
  return [...expression.matchAll(/([.:[]?)\s*(#?\w+)(\s*\()?/g)].flatMap(([, before, name = "", call]) =>
    before !== "" || WORDS.has(name.toUpperCase()) || call !== undefined ? [] : [name],
  );
}

function keysOf(value: Json | undefined): string[] {
  return isMap(value) ? Object.keys(value) : [];
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
