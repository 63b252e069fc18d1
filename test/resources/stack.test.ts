// The whole stack through the commands: made, unchanged, repaired, made again, refused, removed twice; and lost replies.

import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  UpdateApiCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { down } from "../../src/commands/down.ts";
import { status } from "../../src/commands/status.ts";
import { up } from "../../src/commands/up.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

let cloud: TestCloud;
let stack: TestStack;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());
beforeEach(() => {
  stack = openTestStack(cloud);
});
afterEach(async () => {
  try {
    await cloud.endFaults();
  } finally {
    await down(await stack.context());
    stack.close();
  }
});

const READING = /^(Get|List|Describe)/;
const NAME = "http-crud-tutorial";

async function writes(): Promise<string[]> {
  return (await cloud.requests()).map(({ operation }) => operation).filter((operation) => !READING.test(operation));
}

async function conditions(): Promise<string[]> {
  return (await status(await stack.context())).resources.map(({ condition }) => condition);
}

const ALL_THERE = Array.from({ length: 9 }, () => "exists");

const WRITES =
  "AddPermission CreateApi CreateFunction CreateIntegration CreateLogGroup CreateRole CreateRoute CreateRoute " +
  "CreateRoute CreateRoute CreateStage CreateTable PutRetentionPolicy PutRolePolicy";

it("creates everything with one write each, within 24 calls; a second run makes none, within 16", async () => {
  await cloud.clearRequests();
  const made = await up(await stack.context());
  expect(made.outcomes.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 9 }, () => "create"));
  expect((await writes()).toSorted().join(" ")).toBe(WRITES);
  const polls = new Set(["GetFunctionConfiguration", "DescribeTable"]);
  expect((await cloud.requests()).filter(({ operation }) => !polls.has(operation)).length).toBeLessThanOrEqual(24);
  expect(await conditions()).toEqual(ALL_THERE);
  await cloud.clearRequests();
  const again = await up(await stack.context());
  expect(again.outcomes.every(({ outcome }) => outcome === "none")).toBe(true);
  expect(await writes()).toEqual([]);
  const reads = (await cloud.requests()).length;
  expect(reads).toBeLessThanOrEqual(16);
  // It did look at every component.
  expect(reads).toBeGreaterThanOrEqual(ALL_THERE.length);
});

it("repairs changes made behind our back, and only those", async () => {
  await up(await stack.context());
  await new IAMClient(cloud.config).send(
    new PutRolePolicyCommand({
      RoleName: `${NAME}-role`,
      PolicyName: "awsls-least-privilege",
      PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    }),
  );
  await new CloudWatchLogsClient(cloud.config).send(
    new PutRetentionPolicyCommand({ logGroupName: `/aws/lambda/${NAME}-function`, retentionInDays: 30 }),
  );
  const lambda = new LambdaClient(cloud.config);
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: `${NAME}-function`,
      Timeout: 3,
      Environment: { Variables: { TABLE_NAME: "other", MINE: "stays" } },
    }),
  );
  const gateway = new ApiGatewayV2Client(cloud.config);
  const { Items: [api] = [] } = await gateway.send(new GetApisCommand({}));
  await gateway.send(
    new UpdateApiCommand({ ApiId: api?.ApiId ?? "", CorsConfiguration: { AllowOrigins: ["https://a.example"] } }),
  );
  const repaired = await up(await stack.context());
  const updated = repaired.outcomes
    .filter(({ outcome }) => outcome === "update")
    .map(({ subject }) => subject.component);
  expect(updated.toSorted((a, b) => a.localeCompare(b))).toEqual(["api", "function", "logGroup", "role"]);
  expect(await conditions()).toEqual(ALL_THERE);
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: `${NAME}-function` }));
  expect(Configuration?.Environment?.Variables).toEqual({ TABLE_NAME: `${NAME}-items`, MINE: "stays" });
});

it("makes again what disappeared, with what hung on it", async () => {
  await up(await stack.context());
  await new DynamoDBClient(cloud.config).send(new DeleteTableCommand({ TableName: `${NAME}-items` }));
  await new LambdaClient(cloud.config).send(new DeleteFunctionCommand({ FunctionName: `${NAME}-function` }));
  expect((await status(await stack.context())).urlNeeds).toEqual(["table", "function", "permission"]);
  const { outcomes } = await up(await stack.context());
  const made = outcomes.filter(({ outcome }) => outcome === "create").map(({ subject }) => subject.component);
  expect(made.toSorted((a, b) => a.localeCompare(b))).toEqual(["function", "permission", "table"]);
  expect(await conditions()).toEqual(ALL_THERE);
  expect((await status(await stack.context())).urlNeeds).toEqual([]);
});

it("a role made again under its name means that the function is replaced", async () => {
  await up(await stack.context());
  const iam = new IAMClient(cloud.config);
  const RoleName = `${NAME}-role`;
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "awsls-least-privilege" }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
  const AssumeRolePolicyDocument = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Tags: Role?.Tags }));
  const { outcomes } = await up(await stack.context());
  const byComponent = Object.fromEntries(outcomes.map(({ subject, outcome }) => [subject.component, outcome]));
  expect(byComponent).toMatchObject({ role: "update", function: "replace", permission: "create", table: "none" });
  expect(await conditions()).toEqual(ALL_THERE);
});

it("refuses a table of its name that is not ours: named, untouched, nothing else made", async () => {
  const dynamodb = new DynamoDBClient(cloud.config);
  const TableName = `${NAME}-items`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  await cloud.clearRequests();
  await expect(up(await stack.context())).rejects.toMatchObject({
    code: "Foreign",
    data: { resources: [{ resource: "table", name: TableName }] },
  });
  await down(await stack.context());
  expect(await writes()).toEqual([]);
  await dynamodb.send(new DeleteTableCommand({ TableName }));
});

it("with the state lost, finds its own by tags; another origin stops and names both", async () => {
  await up(await stack.context({ architecture: "arm64" }));
  rmSync(stack.statePath);
  const { outcomes } = await up(await stack.context());
  expect(outcomes.every(({ outcome }) => outcome === "none")).toBe(true);
  const elsewhere = openTestStack(cloud, { origin: "somebody@elsewhere" });
  await expect(up(await elsewhere.context())).rejects.toMatchObject({
    code: "OtherOrigin",
    data: { origin: "tester@here" },
  });
  await expect(down(await elsewhere.context())).rejects.toMatchObject({ code: "OtherOrigin" });
  elsewhere.close();
});

it("removes everything, twice", async () => {
  await up(await stack.context());
  await down(await stack.context());
  const { TableNames } = await new DynamoDBClient(cloud.config).send(new ListTablesCommand({}));
  const { Roles } = await new IAMClient(cloud.config).send(new ListRolesCommand({}));
  const { Functions } = await new LambdaClient(cloud.config).send(new ListFunctionsCommand({}));
  const { Items } = await new ApiGatewayV2Client(cloud.config).send(new GetApisCommand({}));
  const { logGroups } = await new CloudWatchLogsClient(cloud.config).send(new DescribeLogGroupsCommand({}));
  expect([TableNames, Roles, Functions, Items, logGroups]).toEqual([[], [], [], [], []]);
  expect((await down(await stack.context())).deleted).toEqual([]);
});

it("a branch that cannot go does not stop the others; the next down finishes", async () => {
  await up(await stack.context());
  await cloud.failNext("DeleteFunction", { code: "AccessDeniedException", status: 403, message: "no" });
  await expect(down(await stack.context())).rejects.toMatchObject({ code: "LeftBehind", exitCode: 5 });
  const { TableNames } = await new DynamoDBClient(cloud.config).send(new ListTablesCommand({}));
  expect(TableNames).toEqual([]);
  await down(await stack.context());
  const { Functions } = await new LambdaClient(cloud.config).send(new ListFunctionsCommand({}));
  expect(Functions).toEqual([]);
});

it.each(["before", "after"] as const)(
  "a lost reply (connection dropped %s it was done) ends with exactly one of each",
  async (drop) => {
    for (const operation of [
      "CreateApi",
      "CreateIntegration",
      "CreateRoute",
      "CreateTable",
      "CreateRole",
      "CreateFunction",
      "AddPermission",
    ]) {
      await cloud.failNext(operation, { drop, times: 1 });
    }
    await up(await stack.context());
    const gateway = new ApiGatewayV2Client(cloud.config);
    const { Items: apis = [] } = await gateway.send(new GetApisCommand({}));
    expect(apis).toHaveLength(1);
    const ApiId = apis[0]?.ApiId ?? "";
    expect((await gateway.send(new GetIntegrationsCommand({ ApiId }))).Items).toHaveLength(1);
    expect((await gateway.send(new GetRoutesCommand({ ApiId }))).Items).toHaveLength(4);
    const { Policy = "{}" } = await new LambdaClient(cloud.config).send(
      new GetPolicyCommand({ FunctionName: `${NAME}-function` }),
    );
    expect((JSON.parse(Policy) as { Statement: unknown[] }).Statement).toHaveLength(1);
    expect(await conditions()).toEqual(ALL_THERE);
  },
);

it("waits out a role that Lambda does not know yet", async () => {
  const message = "The role defined for the function cannot be assumed by Lambda.";
  await cloud.failNext("CreateFunction", { code: "InvalidParameterValueException", status: 400, message, times: 3 });
  await up(await stack.context());
  const waits = stack.events.filter((event) => event.type === "waiting" && event.waiting.for === "propagation");
  expect(waits).toHaveLength(3);
  expect(waits[0]).toMatchObject({ subject: { component: "function" }, waiting: { last: message } });
});
