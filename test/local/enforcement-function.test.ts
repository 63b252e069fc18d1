// The tutorial's function, whose role loses a right: what its API's callers are told, and what stands in its log.

import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { up } from "../../src/commands/up.ts";
import { DEFAULT_STACK, namesOf } from "../../src/core/names.ts";
import { crudPolicy, POLICY_NAME as PolicyName } from "../../src/stack/policies.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { ACCOUNT } from "../role-sessions.ts";
import { openTestStack, type TestStack } from "../session.ts";

const names = namesOf(DEFAULT_STACK);
const RoleName = names.role;
const POLICY = crudPolicy({ partition: "aws", region: "us-east-1", account: ACCOUNT }, names);
const STATEMENTS = POLICY.Statement as readonly { readonly Action: string | readonly string[] }[];
let cloud: TestCloud;
let stack: TestStack;
let url: string;

beforeAll(async () => {
  cloud = await startTestCloud();
  stack = openTestStack(cloud);
  url = (await up(await stack.context())).url ?? "";
});
afterAll(async () => {
  stack.close();
  await cloud.close();
});

async function ask(method: string, path: string, body?: object): Promise<[number, string]> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return [response.status, await response.text()];
}

const put = (id: string) => ask("PUT", "/items", { id, price: 1, name: "n" });

/** The role's policy without some of its actions. */
async function without(...actions: string[]): Promise<void> {
  const PolicyDocument = JSON.stringify({
    ...POLICY,
    Statement: STATEMENTS.map(({ Action, ...statement }) => ({
      ...statement,
      Action: [Action].flat().filter((action) => !actions.includes(action)),
    })).filter(({ Action }) => Action.length > 0),
  });
  await new IAMClient(cloud.config).send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
}

async function logged(): Promise<string> {
  const logs = new CloudWatchLogsClient(cloud.config);
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: names.logGroup }));
  return events.map(({ message }) => message).join("");
}

it("the stack's role has this policy", async () => {
  const get = new GetRolePolicyCommand({ RoleName, PolicyName });
  const { PolicyDocument = "" } = await new IAMClient(cloud.config).send(get);
  expect(JSON.parse(decodeURIComponent(PolicyDocument))).toEqual(POLICY);
});

it("without PutItem a PUT fails and all else works; with it again, it works at once", async () => {
  expect(await put("1")).toEqual([200, '"Put item 1"']);
  await without("dynamodb:PutItem");
  expect((await put("2"))[0]).toBe(500);
  expect((await ask("GET", "/items"))[0]).toBe(200);
  expect((await ask("GET", "/items/1"))[0]).toBe(200);
  const table = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${names.table}`;
  await expect
    .poll(logged)
    .toContain(
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/${names.function} is not authorized to perform: dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    );
  expect((await ask("DELETE", "/items/1"))[0]).toBe(200);
  await without();
  expect((await put("2"))[0]).toBe(200);
});

it.each([
  ["GetItem", () => ask("GET", "/items/2")],
  ["Scan", () => ask("GET", "/items")],
  ["DeleteItem", () => ask("DELETE", "/items/2")],
])("without %s that route fails alone", async (action, call) => {
  await without(`dynamodb:${action}`);
  expect((await call())[0]).toBe(500);
  expect((await put("2"))[0]).toBe(200);
  await without();
  expect((await call())[0]).toBe(200);
});

it("without the right to log the function works, and writes nothing", async () => {
  await expect.poll(logged).toContain("START RequestId");
  await without("logs:PutLogEvents");
  const before = await logged();
  expect((await put("3"))[0]).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await logged()).toBe(before);
  await without();
  expect((await put("3"))[0]).toBe(200);
  await expect.poll(logged).not.toBe(before);
});

it("a policy may ask for the function that calls", async () => {
  const { FunctionArn = "" } = await new LambdaClient(cloud.config).send(
    new GetFunctionConfigurationCommand({ FunctionName: names.function }),
  );
  const only = (arn: string): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: POLICY.Statement.map((statement) => ({
        ...statement,
        Condition: { ArnEquals: { "lambda:SourceFunctionArn": arn } },
      })),
    });
  const iam = new IAMClient(cloud.config);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: only(`${FunctionArn}2`) }));
  expect((await put("4"))[0]).toBe(500);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: only(FunctionArn) }));
  expect((await put("4"))[0]).toBe(200);
});
