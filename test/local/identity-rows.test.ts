// Users and guests with credentials of an identity pool: what of a table is theirs, by the policies that the CLI gives their roles.

import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityClient, ListIdentityPoolsCommand } from "@aws-sdk/client-cognito-identity";
import { CognitoIdentityProviderClient, ListUserPoolsCommand } from "@aws-sdk/client-cognito-identity-provider";
import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { fromCognitoIdentityPool } from "@aws-sdk/credential-providers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminsPolicy, authenticatedPolicy, guestPolicy } from "../../src/stack/policies.ts";
import { namesOf } from "../../src/core/names.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { testIdentityPool, type TestIdentityPool } from "../identity-pools.ts";
import { testPool, type TestPool } from "../user-pools.ts";

const TableName = "stack-items";
const names = namesOf("stack");
const place = { partition: "aws", region: "us-east-1", account: "000000000000" };

let cloud: TestCloud;
let users: TestPool;
let pool: TestIdentityPool;
let root: DynamoDBClient;

interface Caller {
  readonly dynamodb: DynamoDBClient;
  readonly identityId: string;
  readonly config: object;
}
let user: Caller;
let other: Caller;
let guest: Caller;

async function callerOf(email?: string): Promise<Caller> {
  const token = email === undefined ? undefined : (await users.signIn(email)).IdToken;
  const { identityId, ...credentials } = await pool.credentials(token);
  const config = { ...cloud.config, credentials };
  return { identityId, config, dynamodb: new DynamoDBClient(config) };
}

beforeAll(async () => {
  cloud = await startTestCloud();
  users = await testPool(cloud);
  pool = await testIdentityPool(cloud, users, {
    allows: {
      authenticated: authenticatedPolicy(place, names).Statement,
      unauthenticated: guestPolicy(place, names).Statement,
    },
  });
  root = new DynamoDBClient(cloud.config);
  await root.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  for (const email of ["kim@example.com", "lee@example.com"]) await users.join(email);
  [user, other, guest] = [await callerOf("kim@example.com"), await callerOf("lee@example.com"), await callerOf()];
});
afterAll(async () => {
  for (const each of [user, other, guest]) each.dynamodb.destroy();
  root.destroy();
  pool.close();
  users.close();
  await cloud.close();
});

const put = (id: string): PutItemCommand => new PutItemCommand({ TableName, Item: { id: { S: id } } });
const get = (id: string): GetItemCommand => new GetItemCommand({ TableName, Key: { id: { S: id } } });
const remove = (id: string): DeleteItemCommand => new DeleteItemCommand({ TableName, Key: { id: { S: id } } });
const update = (id: string): UpdateItemCommand =>
  new UpdateItemCommand({
    TableName,
    Key: { id: { S: id } },
    UpdateExpression: "SET price = :p",
    ExpressionAttributeValues: { ":p": { N: "1" } },
  });

const denied = (action: string): object => ({
  name: "AccessDeniedException",
  $metadata: { httpStatusCode: 400 },
  message: expect.stringMatching(
    new RegExp(
      `^User: arn:aws:sts::.* is not authorized to perform: ${action} on resource: .* because no identity-based policy`,
    ),
  ),
});

async function isDenied(call: Promise<unknown>, action: string): Promise<void> {
  await expect(call).rejects.toMatchObject(denied(action));
}

describe("a user", () => {
  it("writes rows of the own identity", async () => {
    const id = `${user.identityId}:lamp`;
    await user.dynamodb.send(put(id));
    await user.dynamodb.send(update(id));
    expect((await user.dynamodb.send(get(id))).Item).toEqual({ id: { S: id }, price: { N: "1" } });
    await user.dynamodb.send(remove(id));
  });

  it("reads everybody's", async () => {
    await root.send(put("123"));
    expect((await user.dynamodb.send(get("123"))).Item).toEqual({ id: { S: "123" } });
    expect((await user.dynamodb.send(new ScanCommand({ TableName }))).Items).toContainEqual({ id: { S: "123" } });
  });

  it.each([
    ["somebody's row", () => "123"],
    ["the row of another identity", () => `${other.identityId}:lamp`],
    ["a row that looks alike", () => `${user.identityId}x:lamp`],
    ["a row whose key goes on", () => `x${user.identityId}:lamp`],
    ["the identity itself", () => user.identityId],
    ["a key with the variable's text", () => "${cognito-identity.amazonaws.com:sub}:lamp"],
  ])("does not write %s", async (_what, idOf) => {
    const id = idOf();
    await root.send(put(id));
    await isDenied(user.dynamodb.send(put(id)), "dynamodb:PutItem");
    await isDenied(user.dynamodb.send(update(id)), "dynamodb:UpdateItem");
    await isDenied(user.dynamodb.send(remove(id)), "dynamodb:DeleteItem");
    expect((await root.send(get(id))).Item).toEqual({ id: { S: id } });
  });

  it("does nothing else to the table, by any way of asking", async () => {
    const { dynamodb, identityId } = user;
    const own = { id: { S: `${identityId}:lamp` } };
    const RequestItems = { [TableName]: [{ PutRequest: { Item: own } }] };
    await isDenied(dynamodb.send(new BatchWriteItemCommand({ RequestItems })), "dynamodb:BatchWriteItem");
    const Keys = { RequestItems: { [TableName]: { Keys: [own] } } };
    await isDenied(dynamodb.send(new BatchGetItemCommand(Keys)), "dynamodb:BatchGetItem");
    const query = new QueryCommand({
      TableName,
      KeyConditionExpression: "id = :id",
      ExpressionAttributeValues: { ":id": own.id },
    });
    await isDenied(dynamodb.send(query), "dynamodb:Query");
    const Statement = `DELETE FROM "${TableName}" WHERE id = '${own.id.S}'`;
    await isDenied(dynamodb.send(new ExecuteStatementCommand({ Statement })), "dynamodb:ExecuteStatement");
    await isDenied(dynamodb.send(new DeleteTableCommand({ TableName })), "dynamodb:DeleteTable");
    await isDenied(dynamodb.send(new ListTablesCommand({})), "dynamodb:ListTables");
    await isDenied(dynamodb.send(new ScanCommand({ TableName: "other" })), "dynamodb:Scan");
  });
});

describe("a guest", () => {
  it("reads, and writes nothing, not even rows of the own identity", async () => {
    const { dynamodb, identityId } = guest;
    await dynamodb.send(new ScanCommand({ TableName }));
    await dynamodb.send(get("123"));
    for (const id of [`${identityId}:lamp`, "123"]) {
      await isDenied(dynamodb.send(put(id)), "dynamodb:PutItem");
      await isDenied(dynamodb.send(update(id)), "dynamodb:UpdateItem");
      await isDenied(dynamodb.send(remove(id)), "dynamodb:DeleteItem");
    }
  });

  it("is kept by AWS's own limit from other services, whatever the role says", async () => {
    const everything = [{ Effect: "Allow", Action: "*", Resource: "*" }];
    const lavish = await testIdentityPool(cloud, users, { allows: { unauthenticated: everything } });
    const config = { ...cloud.config, credentials: await lavish.credentials() };
    await new DynamoDBClient(config).send(new ListTablesCommand({}));
    const asked = new IAMClient(config).send(new ListRolesCommand({}));
    await expect(asked).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("because no session policy allows the iam:ListRoles action"),
    });
    lavish.close();
  });
});

it.each([
  ["lambda:ListFunctions", (c: object) => new LambdaClient(c).send(new ListFunctionsCommand({}))],
  ["logs:DescribeLogGroups", (c: object) => new CloudWatchLogsClient(c).send(new DescribeLogGroupsCommand({}))],
  ["apigateway:GET", (c: object) => new ApiGatewayV2Client(c).send(new GetApisCommand({}))],
  ["events:ListRules", (c: object) => new EventBridgeClient(c).send(new ListRulesCommand({}))],
  ["iam:ListRoles", (c: object) => new IAMClient(c).send(new ListRolesCommand({}))],
  [
    "cognito-idp:ListUserPools",
    (c: object) => new CognitoIdentityProviderClient(c).send(new ListUserPoolsCommand({ MaxResults: 1 })),
  ],
  [
    "cognito-identity:ListIdentityPools",
    (c: object) => new CognitoIdentityClient(c).send(new ListIdentityPoolsCommand({ MaxResults: 1 })),
  ],
])("a user may not call %s", async (action, call) => {
  await expect(call(user.config)).rejects.toMatchObject({
    name: expect.stringMatching(/^AccessDenied(Exception)?$/),
    message: expect.stringContaining(`is not authorized to perform: ${action} on resource: `),
  });
});

it("an administrator's role writes every row", async () => {
  const admins = await testIdentityPool(cloud, users, {
    allows: { authenticated: adminsPolicy(place, names).Statement },
  });
  const { identityId: _, ...credentials } = await admins.credentials((await users.signIn("kim@example.com")).IdToken);
  const dynamodb = new DynamoDBClient({ ...cloud.config, credentials });
  await dynamodb.send(put("anybody's"));
  await dynamodb.send(remove("anybody's"));
  await isDenied(dynamodb.send(new DeleteTableCommand({ TableName })), "dynamodb:DeleteTable");
  dynamodb.destroy();
  admins.close();
});

it.each([true, false])("the SDK's own provider gives the same (signed in: %s)", async (isSignedIn) => {
  const { endpoint, region } = cloud.config;
  const idToken = (await users.signIn("kim@example.com")).IdToken ?? "";
  const credentials = fromCognitoIdentityPool({
    identityPoolId: pool.IdentityPoolId,
    clientConfig: { endpoint, region },
    ...(isSignedIn ? { logins: { [pool.provider]: idToken } } : {}),
  });
  const { identityId } = await credentials();
  const dynamodb = new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 });
  await dynamodb.send(new ScanCommand({ TableName }));
  if (isSignedIn) {
    expect(identityId).toBe(user.identityId);
    await dynamodb.send(put(`${identityId}:by-the-sdk`));
  }
  await isDenied(dynamodb.send(put("of nobody")), "dynamodb:PutItem");
  dynamodb.destroy();
});
