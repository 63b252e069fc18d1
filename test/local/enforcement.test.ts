// Policies at work: of the session, of the resource, over conditions of the single call, in AWS's words.

import { AttachRolePolicyCommand, CreateRoleCommand, DeleteRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { AddPermissionCommand, InvokeCommand, LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST, testFunctions } from "../functions.ts";
import { ACCOUNT, allowing, denying, documentOf, testRole } from "../role-sessions.ts";
import type { TestRole } from "../role-sessions.ts";

const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/items`;
const FunctionName = "echo";
let cloud: TestCloud;
let role: TestRole;
let lambda: LambdaClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  const root = new DynamoDBClient(cloud.config);
  for (const TableName of ["items", "others"]) {
    await root.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    );
  }
  const functions = await testFunctions(cloud);
  lambda = functions.lambda;
  await functions.create(FunctionName, "export const handler = async () => 'hello';");
  role = await testRole(cloud, "caller", allowing("sts:GetCallerIdentity"));
});
afterAll(() => cloud.close());

const get = (config: TestCloud["config"], TableName = "items") =>
  new DynamoDBClient(config).send(new GetItemCommand({ TableName, Key: { id: { S: "1" } } }));

/** AWS's sentence, to its end. */
function sentence(action: string, resource: string, why: string): object {
  const message = `User: ${role.sessionArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
  return { name: "AccessDeniedException", message };
}

/** A call's outcome under a policy: the code of the error, or nothing. */
async function outcome(call: () => Promise<unknown>, ...statements: object[]): Promise<string | undefined> {
  await role.may(...statements);
  return call().then(
    () => undefined,
    (error: Error) => error.name,
  );
}

describe("AWS says which kind of policy keeps a caller out", () => {
  const action = "dynamodb:GetItem";

  it("the role's, which does not allow it or denies it", async () => {
    await role.may(allowing("dynamodb:Scan"));
    await expect(get(role.config)).rejects.toMatchObject(
      sentence(action, TABLE, `because no identity-based policy allows the ${action} action`),
    );
    await role.may(allowing("dynamodb:*"), denying(action));
    await expect(get(role.config)).rejects.toMatchObject(
      sentence(action, TABLE, "with an explicit deny in an identity-based policy"),
    );
  });

  it("the session's own, which takes away and gives nothing", async () => {
    await role.may(allowing("dynamodb:GetItem"));
    await get(await role.session({ Policy: documentOf(allowing("dynamodb:*")) }));
    const scanning = await role.session({ Policy: documentOf(allowing("dynamodb:Scan")) });
    await expect(get(scanning)).rejects.toMatchObject(
      sentence(action, TABLE, `because no session policy allows the ${action} action`),
    );
    await expect(new DynamoDBClient(scanning).send(new ScanCommand({ TableName: "items" }))).rejects.toMatchObject(
      sentence("dynamodb:Scan", TABLE, "because no identity-based policy allows the dynamodb:Scan action"),
    );
    const denied = await role.session({ Policy: documentOf(allowing("*"), denying(action)) });
    await expect(get(denied)).rejects.toMatchObject(
      sentence(action, TABLE, "with an explicit deny in a session policy"),
    );
  });

  it("in the words of the service that is asked", async () => {
    await role.may(allowing("sts:GetCallerIdentity"));
    const deleting = new IAMClient(role.config).send(new DeleteRoleCommand({ RoleName: "caller" }));
    await expect(deleting).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: ${role.sessionArn} is not authorized to perform: iam:DeleteRole on resource: role caller because no identity-based policy allows the iam:DeleteRole action`,
      $metadata: { httpStatusCode: 403 },
    });
  });
});

it("what a policy says counts from the next call on, for a session that is under way", async () => {
  expect(await outcome(() => get(role.config), allowing("dynamodb:GetItem"))).toBeUndefined();
  expect(await outcome(() => get(role.config), allowing("dynamodb:Scan"))).toBe("AccessDeniedException");
  expect(await outcome(() => get(role.config), allowing("dynamodb:GetItem"))).toBeUndefined();
});

describe("a function's own policy", () => {
  const invoke = (config = role.config) => new LambdaClient(config).send(new InvokeCommand({ FunctionName }));
  const permit = (StatementId: string, Principal: string) =>
    lambda.send(new AddPermissionCommand({ FunctionName, StatementId, Action: "lambda:InvokeFunction", Principal }));
  const withdraw = (StatementId: string) => lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }));

  it("lets a role in that has no right of its own, and no longer when it is withdrawn", async () => {
    await role.may(allowing("sts:GetCallerIdentity"));
    await expect(invoke()).rejects.toMatchObject({ name: "AccessDeniedException" });
    await permit("role", role.arn);
    expect((await invoke()).StatusCode).toBe(200);
    const limited = await role.session({ Policy: documentOf(allowing("dynamodb:*")) });
    await expect(invoke(limited)).rejects.toThrow("because no session policy allows the lambda:InvokeFunction action");
    await withdraw("role");
    await expect(invoke()).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("that names the account leaves it to the role's policies, one that names everybody does not", async () => {
    await role.may(allowing("sts:GetCallerIdentity"));
    await permit("account", ACCOUNT);
    await expect(invoke()).rejects.toMatchObject({ name: "AccessDeniedException" });
    await withdraw("account");
    await permit("all", "*");
    expect((await invoke()).StatusCode).toBe(200);
    await role.may(denying("lambda:*"));
    await expect(invoke()).rejects.toThrow("with an explicit deny in an identity-based policy");
    await withdraw("all");
  });

  it("and a policy for the function are not one for its versions", async () => {
    await role.may(allowing("lambda:InvokeFunction", { Resource: `arn:aws:lambda:*:*:function:${FunctionName}` }));
    expect((await invoke()).StatusCode).toBe(200);
    const qualified = new InvokeCommand({ FunctionName, Qualifier: "$LATEST" });
    await expect(new LambdaClient(role.config).send(qualified)).rejects.toThrow(
      `:function:${FunctionName}:$LATEST because`,
    );
  });
});

describe("conditions over the single call", () => {
  const reading = (Condition: object): object => allowing("dynamodb:*", { Condition });
  const dynamodb = (): DynamoDBClient => new DynamoDBClient(role.config);

  it.each<[string, object, boolean]>([
    ["from this machine", { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } }, true],
    ["from elsewhere", { NotIpAddress: { "aws:SourceIp": "127.0.0.0/8" } }, false],
    ["until later", { DateLessThan: { "aws:CurrentTime": "2100-01-01T00:00:00Z" } }, true],
    ["since later", { DateGreaterThan: { "aws:CurrentTime": "2100-01-01T00:00:00Z" } }, false],
    ["with a newer session", { DateGreaterThan: { "aws:TokenIssueTime": "2100-01-01T00:00:00Z" } }, false],
    ["by the SDK", { StringLike: { "aws:UserAgent": "aws-sdk-js/*" } }, true],
    ["by that session", { StringLike: { "aws:userid": "AROA*:ada" } }, true],
    ["by another session", { StringLike: { "aws:userid": "AROA*:bob" } }, false],
    ["that another service knows", { Null: { "lambda:FunctionArn": "true" } }, true],
  ])("let reading %s", async (_when, Condition, isLet) => {
    expect(await outcome(() => get(role.config), reading(Condition))).toBe(isLet ? undefined : "AccessDeniedException");
  });

  it("of DynamoDB: which attributes a call names, by the first part of their paths", async () => {
    const only = reading({ "ForAllValues:StringEquals": { "dynamodb:Attributes": ["id", "name"] } });
    const set = (UpdateExpression: string, ExpressionAttributeNames?: Record<string, string>) => () =>
      dynamodb().send(
        new UpdateItemCommand({
          TableName: "items",
          Key: { id: { S: "1" } },
          UpdateExpression,
          ...(ExpressionAttributeNames && { ExpressionAttributeNames }),
          ExpressionAttributeValues: { ":name": { S: "x" } },
        }),
      );
    expect(await outcome(set("SET #n = :name", { "#n": "name" }), only)).toBeUndefined();
    expect(await outcome(set("SET price = :name"), only)).toBe("AccessDeniedException");
    expect(await outcome(set("SET price.#n = :name", { "#n": "name" }), only)).toBe("AccessDeniedException");
    expect(await outcome(set("SET #p[0] = :name", { "#p": "price" }), only)).toBe("AccessDeniedException");
    expect(await outcome(set("SET #n = if_not_exists(price, :name)", { "#n": "name" }), only)).toBe(
      "AccessDeniedException",
    );
  });

  it("of DynamoDB: whether whole items are asked for", async () => {
    const parts = reading({ StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" } });
    const scan = (more: object) => () => dynamodb().send(new ScanCommand({ TableName: "items", ...more }));
    expect(await outcome(scan({ ProjectionExpression: "id" }), parts)).toBeUndefined();
    expect(await outcome(scan({}), parts)).toBe("AccessDeniedException");
  });

  it("of DynamoDB: the partition that a query reads", async () => {
    const own = reading({
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["1"] },
      Null: { "dynamodb:LeadingKeys": "false" },
    });
    const query = (id: string) => () =>
      dynamodb().send(
        new QueryCommand({
          TableName: "items",
          KeyConditionExpression: "#i = :i",
          ExpressionAttributeNames: { "#i": "id" },
          ExpressionAttributeValues: { ":i": { S: id } },
        }),
      );
    expect(await outcome(query("1"), own)).toBeUndefined();
    expect(await outcome(query("12"), own)).toBe("AccessDeniedException");
  });

  it("of a batch: each of its tables by itself", async () => {
    const Keys = [{ id: { S: "1" } }];
    const both = (): Promise<unknown> =>
      dynamodb().send(new BatchGetItemCommand({ RequestItems: { items: { Keys }, others: { Keys } } }));
    await role.may(allowing("dynamodb:BatchGetItem", { Resource: TABLE }));
    await expect(both()).rejects.toMatchObject(
      sentence(
        "dynamodb:BatchGetItem",
        TABLE.replace("items", "others"),
        "because no identity-based policy allows the dynamodb:BatchGetItem action",
      ),
    );
    const tables = { Resource: [TABLE, TABLE.replace("items", "others")] };
    expect(await outcome(both, allowing("dynamodb:BatchGetItem", tables))).toBeUndefined();
  });

  it("of tags that a request has", async () => {
    const rule = (value: string) => () =>
      new EventBridgeClient(role.config).send(
        new PutRuleCommand({
          Name: "r",
          ScheduleExpression: "rate(1 day)",
          State: "DISABLED",
          Tags: [{ Key: "owner", Value: value }],
        }),
      );
    const own = allowing("events:*", {
      Condition: {
        StringEquals: { "aws:RequestTag/owner": "ada" },
        "ForAllValues:StringEquals": { "aws:TagKeys": "owner" },
      },
    });
    expect(await outcome(rule("ada"), own)).toBeUndefined();
    expect(await outcome(rule("bob"), own)).toBe("AccessDeniedException");
    const unlessBobs = denying("events:*", { Condition: { StringEquals: { "aws:RequestTag/owner": "bob" } } });
    const untagged = () =>
      new EventBridgeClient(role.config).send(
        new PutRuleCommand({ Name: "r", ScheduleExpression: "rate(1 day)", State: "DISABLED" }),
      );
    expect(await outcome(untagged, allowing("events:*"), unlessBobs)).toBeUndefined();
    expect(await outcome(rule("bob"), allowing("events:*"), unlessBobs)).toBe("AccessDeniedException");
  });

  it("a tag of a resource is unknown here: a deny over it applies, an allow does not", async () => {
    const owned = { Condition: { StringEquals: { "aws:ResourceTag/owner": "ada" } } };
    expect(await outcome(() => get(role.config), allowing("dynamodb:*", owned))).toBe("AccessDeniedException");
    expect(await outcome(() => get(role.config), allowing("dynamodb:*"), denying("dynamodb:*", owned))).toBe(
      "AccessDeniedException",
    );
  });

  it("of a rule's targets, of a function's callers, of a role's policies", async () => {
    const events = new EventBridgeClient(role.config);
    const aim = (name: string) => () =>
      events.send(
        new PutTargetsCommand({
          Rule: "r",
          Targets: [{ Id: "1", Arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}` }],
        }),
      );
    const targets = allowing("events:*", {
      Condition: { ArnLike: { "events:TargetArn": "arn:aws:lambda:*:*:function:e*" } },
    });
    expect(await outcome(aim("echo"), targets)).toBeUndefined();
    expect(await outcome(aim("other"), targets)).toBe("AccessDeniedException");

    const permit = (StatementId: string, Principal: string) => () =>
      new LambdaClient(role.config).send(
        new AddPermissionCommand({ FunctionName, StatementId, Action: "lambda:InvokeFunction", Principal }),
      );
    const apis = allowing("lambda:*", {
      Condition: { StringEquals: { "lambda:Principal": "apigateway.amazonaws.com" } },
    });
    expect(await outcome(permit("a", "apigateway.amazonaws.com"), apis)).toBeUndefined();
    expect(await outcome(permit("b", "*"), apis)).toBe("AccessDeniedException");

    await new IAMClient(cloud.config).send(
      new CreateRoleCommand({ RoleName: "given", AssumeRolePolicyDocument: LAMBDA_TRUST }),
    );
    const attach = (name: string) => () =>
      new IAMClient(role.config).send(
        new AttachRolePolicyCommand({ RoleName: "given", PolicyArn: `arn:aws:iam::aws:policy/${name}` }),
      );
    const logging = "service-role/AWSLambdaBasicExecutionRole";
    const policies = allowing("iam:*", {
      Condition: { ArnLike: { "iam:PolicyARN": `arn:aws:iam::aws:policy/${logging}` } },
    });
    expect(await outcome(attach(logging), policies)).toBeUndefined();
    expect(await outcome(attach("AdministratorAccess"), policies)).toBe("AccessDenied");
  });
});
