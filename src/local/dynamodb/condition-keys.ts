// What policies can ask of a call to DynamoDB: which partition keys it names, and which attributes.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html

import type { ConditionKeys, Json, JsonObject } from "../service.ts";
import { AwsError } from "../service.ts";
import type { Engine } from "./engine.ts";
import { tableNameOf } from "./request.ts";

/** A row that a call names, or a query's partition, with the table it is of. */
interface Named {
  readonly table: string;
  readonly value: Json | undefined;
}

/**
 * A key is there only where the call has it: a Scan names no partition key, and so has no `dynamodb:LeadingKeys`.
 * @param tables what the ARNs of this cloud's tables begin with
 */
export async function conditionKeysOf(
  engine: Engine,
  operation: string,
  input: JsonObject,
  tables: string,
): Promise<ConditionKeys> {
  const [leading, attributes] = [await leadingKeys(engine, operation, input, tables), attributesIn(operation, input)];
  const { Select: select, ReturnValues: returned } = input;
  return {
    "dynamodb:LeadingKeys": leading,
    "dynamodb:Attributes": attributes,
    "dynamodb:Select": typeof select === "string" ? select : [],
    "dynamodb:ReturnValues": typeof returned === "string" ? returned : [],
    "dynamodb:ReturnConsumedCapacity": textIn(input, "ReturnConsumedCapacity") ?? [],
    "dynamodb:EnclosingOperation": [],
  };
}

async function leadingKeys(engine: Engine, operation: string, input: JsonObject, tables: string): Promise<string[]> {
  const named = namedBy(operation, input, tables);
  const keys = await Promise.all(named.map(({ table }) => partitionKeyOf(engine, table, textIn(input, "IndexName"))));
  return named.flatMap(({ value }, index) => {
    const key = keys[index];
    if (key === undefined) return [];
    const found = operation === "Query" ? queriedKey(input, key) : objectOf(value)[key];
    const [text] = Object.values(objectOf(found));
    return typeof text === "string" ? [text] : [];
  });
}

function namedBy(operation: string, input: JsonObject, tables: string): Named[] {
  const table = tableNameOf(textIn(input, "TableName") ?? "", tables);
  switch (operation) {
    case "PutItem":
      return [{ table, value: input["Item"] }];
    case "GetItem":
    case "UpdateItem":
    case "DeleteItem":
      return [{ table, value: input["Key"] }];
    case "Query":
      return [{ table, value: undefined }];
    case "BatchGetItem":
    case "BatchWriteItem":
      return Object.entries(objectOf(input["RequestItems"])).flatMap(([name, request]) =>
        rowsIn(request).map((value) => ({ table: tableNameOf(name, tables), value })),
      );
    default:
      return [];
  }
}

/** Of a batch's one table: `Keys` of a read, `PutRequest` and `DeleteRequest` of a write. */
function rowsIn(request: Json | undefined): Json[] {
  const reads = objectOf(request)["Keys"];
  const writes = Array.isArray(request) ? request.map(objectOf) : [];
  return [
    ...(Array.isArray(reads) ? reads : []),
    ...writes.flatMap(({ PutRequest, DeleteRequest }) => [
      ...(PutRequest === undefined ? [] : [objectOf(PutRequest)["Item"] ?? null]),
      ...(DeleteRequest === undefined ? [] : [objectOf(DeleteRequest)["Key"] ?? null]),
    ]),
  ];
}

/** The value that a query compares the partition key with, in either way of asking. */
function queriedKey(input: JsonObject, key: string): Json | undefined {
  const { KeyConditions: conditions, KeyConditionExpression: expression } = input;
  const listed = objectOf(objectOf(conditions)[key])["AttributeValueList"];
  if (Array.isArray(listed)) return listed[0];
  if (typeof expression !== "string") return undefined;
  const names = objectOf(input["ExpressionAttributeNames"]);
  for (const [, name = "", value = ""] of expression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)) {
    if ((names[name] ?? name) === key) return objectOf(input["ExpressionAttributeValues"])[value];
  }
  return undefined;
}

/** Undefined for a table or an index that is not there: DynamoDB says so itself. */
async function partitionKeyOf(
  engine: Engine,
  TableName: string,
  index: string | undefined,
): Promise<string | undefined> {
  const described = await engine.call("DescribeTable", { TableName }).catch((error: unknown) => {
    if (error instanceof AwsError) return {};
    throw error;
  });
  const table = objectOf(objectOf(described)["Table"]);
  const indexes = [table["GlobalSecondaryIndexes"], table["LocalSecondaryIndexes"]].flatMap((each) =>
    Array.isArray(each) ? each.map(objectOf) : [],
  );
  const of = index === undefined ? table : (indexes.find(({ IndexName }) => IndexName === index) ?? {});
  const schema = Array.isArray(of["KeySchema"]) ? of["KeySchema"].map(objectOf) : [];
  const hash = schema.find(({ KeyType }) => KeyType === "HASH");
  return hash === undefined ? undefined : textIn(hash, "AttributeName");
}

/** Top-level attributes that the call names; none for one that takes whole items. */
function attributesIn(operation: string, input: JsonObject): string[] {
  const names = objectOf(input["ExpressionAttributeNames"]);
  const listed = input["AttributesToGet"];
  const expressions = ["ProjectionExpression", "UpdateExpression", "ConditionExpression", "FilterExpression"]
    .flatMap((member) => (textIn(input, member) ?? "").match(/#\w+|\b[A-Za-z_]\w*(?=\s*[=<>,)]|$)/g) ?? [])
    .map((name) => String(names[name] ?? name))
    .filter((name) => !name.startsWith("#"));
  const written = operation === "PutItem" ? Object.keys(objectOf(input["Item"])) : [];
  const keyed = Object.keys(objectOf(input["Key"]));
  return [...new Set([...written, ...keyed, ...expressions, ...(Array.isArray(listed) ? listed.map(String) : [])])];
}

function textIn(input: JsonObject, member: string): string | undefined {
  const value = input[member];
  return typeof value === "string" ? value : undefined;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
