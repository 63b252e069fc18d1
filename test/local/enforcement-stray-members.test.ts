// A call is allowed by what it does: members that its operation has not, and forms that two readers could read differently, open nothing.

import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { testIdentityPool, type TestIdentityPool } from "../identity-pools.ts";
import { testPool, type TestPool } from "../user-pools.ts";
import { authenticatedPolicy, guestPolicy } from "../../src/stack/policies.ts";
import { namesOf } from "../../src/core/names.ts";

const TableName = "stack-items";
const place = { partition: "aws", region: "us-east-1", account: "000000000000" };
const VICTIM = { S: "victim" };

let cloud: TestCloud;
let users: TestPool;
let pool: TestIdentityPool;
let root: DynamoDBClient;
let user: DynamoDBClient;
let guest: DynamoDBClient;
let own: string;
beforeAll(async () => {
  cloud = await startTestCloud();
  users = await testPool(cloud);
  const names = namesOf("stack");
  pool = await testIdentityPool(cloud, users, {
    allows: {
      authenticated: [
        ...authenticatedPolicy(place, names).Statement,
        {
          Effect: "Allow",
          Action: ["dynamodb:Query", "dynamodb:BatchWriteItem"],
          Resource: "*",
          Condition: {
            "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["${cognito-identity.amazonaws.com:sub}:*"] },
          },
        },
        { Effect: "Deny", Action: "dynamodb:*", Resource: "arn:aws:dynamodb:*:*:table/secret" },
      ],
      unauthenticated: guestPolicy(place, names).Statement,
    },
  });
  root = new DynamoDBClient(cloud.config);
  for (const name of [TableName, "secret"]) {
    await root.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    );
  }
  await users.join("kim@example.com");
  const { identityId, ...ofUser } = await pool.credentials((await users.signIn("kim@example.com")).IdToken);
  const { identityId: _, ...ofGuest } = await pool.credentials();
  own = `${identityId}:x`;
  user = new DynamoDBClient({ ...cloud.config, credentials: ofUser });
  guest = new DynamoDBClient({ ...cloud.config, credentials: ofGuest });
  await ask(root, "PutItem", { TableName, Item: { id: VICTIM } });
});
afterAll(async () => {
  for (const client of [root, user, guest]) client.destroy();
  pool.close();
  users.close();
  await cloud.close();
});

/** The call with a body that no SDK would write. */
async function ask(client: DynamoDBClient, operation: string, body: object): Promise<unknown> {
  const command = new ListTablesCommand({});
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string>; body: string };
      request.headers["x-amz-target"] = `DynamoDB_20120810.${operation}`;
      request.body = JSON.stringify(body);
      request.headers["content-length"] = String(Buffer.byteLength(request.body));
      return next(args);
    },
    { step: "build", priority: "low", name: "stray" },
  );
  return client.send(command);
}

const refused = expect.objectContaining({
  name: expect.stringMatching(/^(AccessDenied|Validation|Serialization)Exception$/),
});

it.each<[string, string, () => object]>([
  [
    "a batch beside",
    "PutItem",
    () => ({ Item: { id: VICTIM }, RequestItems: { [TableName]: { Keys: [{ id: { S: own } }] } } }),
  ],
  [
    "a batch beside",
    "DeleteItem",
    () => ({ Key: { id: VICTIM }, RequestItems: { [TableName]: { Keys: [{ id: { S: own } }] } } }),
  ],
  ["a key beside", "PutItem", () => ({ Item: { id: VICTIM }, Key: { id: { S: own } } })],
  ["an unknown type in front", "PutItem", () => ({ Item: { id: { Z: own, S: "victim" } } })],
  ["an unknown type in front", "DeleteItem", () => ({ Key: { id: { Z: own, S: "victim" } } })],
  [
    "an unknown type that is no text",
    "PutItem",
    () => ({ Item: { id: { Z: 1, S: "victim" } }, Key: { id: { S: own } } }),
  ],
  ["two types", "PutItem", () => ({ Item: { id: { S: own, N: "1" } } })],
  ["another type", "PutItem", () => ({ Item: { id: { Z: own } } })],
  ["a key beside", "Query", () => ({ ...queryOf(":v = id"), Key: { id: { S: own } } })],
  ["the value first", "Query", () => queryOf(":v = id")],
  ["brackets", "Query", () => queryOf("((id)=(:v))")],
  ["two conditions of one key", "Query", () => ({ ...queryOf("id = :o and id = :v"), ...valuesOf() })],
  [
    "an unknown type in a batch",
    "BatchWriteItem",
    () => ({ RequestItems: { [TableName]: [{ PutRequest: { Item: { id: { Z: own, S: "victim" } } } }] } }),
  ],
])("a user writes and reads no row of others with %s (%s)", async (_what, operation, body) => {
  await expect(ask(user, operation, { TableName, ...body() })).rejects.toEqual(refused);
  const rows = (await ask(root, "Scan", { TableName })) as { $metadata: object };
  expect(rows).toBeDefined();
});

function queryOf(KeyConditionExpression: string): object {
  return { KeyConditionExpression, ExpressionAttributeValues: { ":v": VICTIM } };
}

function valuesOf(): object {
  return { ExpressionAttributeValues: { ":v": VICTIM, ":o": { S: own } } };
}

it("a user's own query is allowed in each form", async () => {
  for (const expression of ["id = :o", ":o = id", "(id) = (:o)", "#k = :o"]) {
    await ask(user, "Query", {
      TableName,
      KeyConditionExpression: expression,
      ExpressionAttributeValues: { ":o": { S: own } },
      ...(expression.startsWith("#") ? { ExpressionAttributeNames: { "#k": "id" } } : {}),
    });
  }
  const condition = { ComparisonOperator: "EQ", AttributeValueList: [{ S: own }] };
  await ask(user, "Query", { TableName, KeyConditions: { id: condition } });
});

it.each([
  ["a batch of a table that one may read", { RequestItems: { [TableName]: {} } }],
  ["an empty batch", { RequestItems: {} }],
])("a guest scans no other table with %s", async (_what, more) => {
  await expect(ask(guest, "Scan", { TableName: "secret", ...more })).rejects.toEqual(refused);
});

it("an index that the operation has not does not lead past a deny", async () => {
  const call = ask(user, "DeleteItem", { TableName: "secret", Key: { id: { S: own } }, IndexName: "x" });
  await expect(call).rejects.toMatchObject({ message: expect.stringContaining("explicit deny") });
});
