// Calls that take a right beside their own: handing a role to a service, tagging what is made, API Gateway's own role.

import { ApiGatewayV2Client, CreateApiCommand } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  SetIdentityPoolRolesCommand,
} from "@aws-sdk/client-cognito-identity";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST, testFunctions } from "../functions.ts";
import type { TestFunctions } from "../functions.ts";
import { ACCOUNT, allowing, testRole } from "../role-sessions.ts";
import type { TestRole } from "../role-sessions.ts";
import { zipOf } from "../zip.ts";

let cloud: TestCloud;
let functions: TestFunctions;
let role: TestRole;

beforeAll(async () => {
  cloud = await startTestCloud();
  functions = await testFunctions(cloud);
  role = await testRole(cloud, "caller", allowing("sts:GetCallerIdentity"));
});
afterAll(() => cloud.close());

/** Everything of these services but that one right. */
async function withoutRight(right: string, ...others: object[]): Promise<void> {
  const services = ["apigateway:*", "cognito-identity:*", "dynamodb:*", "events:*", "iam:*", "lambda:*", "logs:*"];
  await role.may(allowing(services), { ...allowing(right), Effect: "Deny" }, ...others);
}

const functionOf = (FunctionName: string, more: object = {}) =>
  new LambdaClient(role.config).send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: functions.roleArn,
      Code: { ZipFile: zipOf({ "index.mjs": "export const handler = () => {};" }) },
      ...more,
    }),
  );

describe("iam:PassRole", () => {
  const passing = (service: string) =>
    allowing("iam:PassRole", { Condition: { StringEquals: { "iam:PassedToService": service } } });
  const refused = (Role: string) => ({
    name: "AccessDeniedException",
    message: `User: ${role.sessionArn} is not authorized to perform: iam:PassRole on resource: ${Role} because no identity-based policy allows the iam:PassRole action`,
  });

  it("is needed to make a function with a role, and to give it another", async () => {
    await role.may(allowing("lambda:*"));
    await expect(functionOf("passed")).rejects.toMatchObject(refused(functions.roleArn));
    await role.may(allowing("lambda:*"), passing("cognito-identity.amazonaws.com"));
    await expect(functionOf("passed")).rejects.toMatchObject(refused(functions.roleArn));
    await role.may(allowing("lambda:*"), passing("lambda.amazonaws.com"));
    await functionOf("passed");
    await functions.settled("passed");
    await role.may(allowing("lambda:*"));
    const lambda = new LambdaClient(role.config);
    const change = (more: object) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "passed", ...more }));
    await expect(change({ Role: functions.roleArn })).rejects.toMatchObject(refused(functions.roleArn));
    await change({ Description: "the same role" });
  });

  it("may be limited to what will have the role", async () => {
    const pass = (name: string): object =>
      allowing("iam:PassRole", {
        Condition: { ArnLike: { "iam:AssociatedResourceArn": `arn:aws:lambda:*:*:function:${name}` } },
      });
    await role.may(allowing("lambda:*"), pass("other"));
    await expect(functionOf("mine")).rejects.toMatchObject(refused(functions.roleArn));
    await role.may(allowing("lambda:*"), pass("mine"));
    await functionOf("mine");
  });

  it("is needed for each role of an identity pool", async () => {
    const client = new CognitoIdentityClient(role.config);
    await role.may(allowing("cognito-identity:*"));
    const { IdentityPoolId } = await client.send(
      new CreateIdentityPoolCommand({ IdentityPoolName: "p", AllowUnauthenticatedIdentities: true }),
    );
    const set = () =>
      client.send(
        new SetIdentityPoolRolesCommand({
          IdentityPoolId,
          Roles: { authenticated: role.arn, unauthenticated: role.arn },
        }),
      );
    await expect(set()).rejects.toMatchObject(refused(role.arn));
    await role.may(allowing("cognito-identity:*"), passing("cognito-identity.amazonaws.com"));
    await set();
  });
});

describe("whoever makes something with tags needs the right to tag it", () => {
  const Tags = [{ Key: "team", Value: "blue" }];
  let number = 0;
  const name = (): string => `tagged-${(number += 1)}`;
  const table = (tags: object) =>
    new DynamoDBClient(role.config).send(
      new CreateTableCommand({
        TableName: name(),
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        ...tags,
      }),
    );
  const roleOf = (tags: object) =>
    new IAMClient(role.config).send(
      new CreateRoleCommand({ RoleName: name(), AssumeRolePolicyDocument: LAMBDA_TRUST, ...tags }),
    );
  const rule = (tags: object) =>
    new EventBridgeClient(role.config).send(
      new PutRuleCommand({ Name: name(), ScheduleExpression: "rate(1 day)", State: "DISABLED", ...tags }),
    );
  const group = (tags: object) =>
    new CloudWatchLogsClient(role.config).send(new CreateLogGroupCommand({ logGroupName: name(), ...tags }));

  it.each<[string, (tags: object) => Promise<unknown>, object]>([
    ["dynamodb:TagResource", table, { Tags }],
    ["iam:TagRole", roleOf, { Tags }],
    ["lambda:TagResource", (tags) => functionOf(name(), tags), { Tags: { team: "blue" } }],
    ["events:TagResource", rule, { Tags }],
  ])("%s", async (right, make, tags) => {
    await withoutRight(right);
    await expect(make(tags)).rejects.toThrow(`is not authorized to perform: ${right} on resource: `);
    await make({});
    await withoutRight("sts:AssumeRole");
    await make(tags);
  });

  it("of log groups: one of two rights will do", async () => {
    await withoutRight("logs:Tag*");
    const tags = { tags: { team: "blue" } };
    await expect(group(tags)).rejects.toThrow("perform: logs:TagResource on resource: ");
    for (const right of ["logs:TagResource", "logs:TagLogGroup"]) {
      await withoutRight(right);
      await group(tags);
    }
  });
});

describe("the first API of an account", () => {
  const make = (tags?: Record<string, string>) =>
    new ApiGatewayV2Client(role.config).send(
      new CreateApiCommand({ Name: "a", ProtocolType: "HTTP", ...(tags && { Tags: tags }) }),
    );

  it("needs the right to make API Gateway's own role, whose refusal names nothing", async () => {
    await withoutRight("iam:CreateServiceLinkedRole");
    const missing = {
      name: "AccessDeniedException",
      message: "Caller does not have permissions to create a Service Linked Role.",
    };
    await expect(make()).rejects.toMatchObject(missing);
    const forIt = allowing("iam:CreateServiceLinkedRole", {
      Resource: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway`,
      Condition: { StringEquals: { "iam:AWSServiceName": "ops.apigateway.amazonaws.com" } },
    });
    await role.may(allowing("apigateway:*"), forIt);
    await make();
    await role.may(allowing("apigateway:*"));
    await make();
  });

  it("and any API with tags the right to tag what is not there yet", async () => {
    const apis = { Resource: "arn:aws:apigateway:us-east-1::/apis" };
    await role.may(allowing("apigateway:POST", apis));
    await expect(make({ team: "blue" })).rejects.toThrow(
      "apigateway:POST on resource: arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fv2%2Fapis%2F* because",
    );
    await make();
  });
});

it("GetFunction leaves tags out for whoever may not list them, and says so", async () => {
  await functions.create("labelled", "export const handler = () => {};", { Tags: { team: "blue" } });
  const get = (config = role.config) =>
    new LambdaClient(config).send(new GetFunctionCommand({ FunctionName: "labelled" }));
  await role.may(allowing("lambda:GetFunction"));
  const without = await get();
  expect([without.Tags, without.TagsError]).toEqual([
    undefined,
    {
      ErrorCode: "AccessDeniedException",
      Message: `User: ${role.sessionArn} is not authorized to perform: lambda:ListTags on resource: arn:aws:lambda:us-east-1:${ACCOUNT}:function:labelled because no identity-based policy allows the lambda:ListTags action`,
    },
  ]);
  await role.may(allowing(["lambda:GetFunction", "lambda:ListTags"]));
  const { Tags, TagsError } = await get();
  expect([Tags, TagsError]).toEqual([{ team: "blue" }, undefined]);
  const limited = await role.session({
    Policy: JSON.stringify({ Version: "2012-10-17", Statement: allowing("lambda:GetFunction") }),
  });
  expect((await get(limited)).TagsError?.Message).toContain("no session policy allows");
});
