// `down` and `delete`: what goes is what was agreed to, and what is somebody else's stays.

import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Answer, Question, StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { up } from "../../src/commands/up.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { leaveBehind } from "./console.ts";

const TableName = "http-crud-tutorial-items";
const FunctionName = "http-crud-tutorial-function";

let cloud: TestCloud;
let stack: TestStack;
let dynamodb: DynamoDBClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  dynamodb = new DynamoDBClient(cloud.config);
});
afterAll(() => cloud.close());
beforeEach(() => {
  stack = openTestStack(cloud);
});
afterEach(async () => {
  stack.close();
  await cloud.control("POST", "reset");
});

async function holds(): Promise<unknown[]> {
  return ((await (await cloud.control("GET", "inventory")).json()) as { holds: unknown[] }).holds;
}

/** Answers yes; before the first answer, `meanwhile` happens. */
async function asking(meanwhile: () => Promise<unknown>): Promise<{ context: StackContext; asked: Question[] }> {
  const asked: Question[] = [];
  const ask = async (question: Question): Promise<Answer> => {
    asked.push(question);
    if (asked.length === 1) await meanwhile();
    return "yes";
  };
  return { context: { ...(await stack.context()), ask }, asked };
}

const namesIn = (question: Question | undefined): string[] =>
  question?.about === "removal" ? question.resources.map(({ component }) => component) : [];

it("a table that somebody else made under its name while the question waited is asked about no more, and stays", async () => {
  await up(await stack.context());
  const { context, asked } = await asking(async () => {
    await dynamodb.send(new DeleteTableCommand({ TableName }));
    const AttributeDefinitions = [{ AttributeName: "id", AttributeType: "S" as const }];
    const KeySchema = [{ AttributeName: "id", KeyType: "HASH" as const }];
    const Tags = [{ Key: "awsls:stack", Value: "other" }];
    const table = { TableName, AttributeDefinitions, KeySchema, BillingMode: "PAY_PER_REQUEST" as const, Tags };
    const remake = (): Promise<unknown> => dynamodb.send(new CreateTableCommand(table));
    await expect.poll(() => remake().then(() => "made", String)).toBe("made");
  });
  const { leftAlone } = await down(context);
  expect(asked.map(namesIn)).toEqual([
    ["table", "role", "logGroup", "function", "api"],
    ["role", "logGroup", "function", "api"],
  ]);
  expect(leftAlone).toEqual([{ component: "table", name: TableName }]);
  expect(await holds()).toEqual([expect.stringContaining(TableName)]);
});

it("what did not change is asked about once", async () => {
  await up(await stack.context());
  const { context, asked } = await asking(() => Promise.resolve());
  await down(context);
  expect(asked).toHaveLength(1);
  expect(await holds()).toEqual([]);
});

it("what is taken over only in part is still somebody else's: without --adopt it stays", async () => {
  await leaveBehind(cloud);
  const usual = await stack.context();
  await cloud.failNext("UpdateRole", { code: "AccessDenied", status: 403 });
  await cloud.failNext("UpdateFunctionConfiguration", { code: "AccessDeniedException", status: 403 });
  await cloud.failNext("UpdateApi", { code: "AccessDeniedException", status: 403 });
  const adopting = { ...usual, session: { ...usual.session, adopt: true } };
  await expect(up(adopting)).rejects.toMatchObject({ code: "StepsFailed" });

  const { leftAlone, deleted } = await down(await stack.context());
  expect(leftAlone.map(({ component }) => component)).toEqual(["role", "function", "api"]);
  expect(deleted.map(({ component }) => component)).toEqual(["table", "logGroup"]);
  const { Roles = [] } = await new IAMClient(cloud.config).send(new ListRolesCommand({}));
  expect(Roles).toHaveLength(1);
  const { Configuration } = await new LambdaClient(cloud.config).send(new GetFunctionCommand({ FunctionName }));
  expect(Configuration?.FunctionName).toBe(FunctionName);
});

describe("on AWS, a log line may come after its group was deleted, and AWS makes the group anew", () => {
  /** As if the cloud were AWS: late lines are waited for there alone. */
  function onAws({ session, ...context }: StackContext, adopt: boolean): { context: StackContext; slept: number[] } {
    const slept: number[] = [];
    const clock = { ...session.clock, sleep: (ms: number) => Promise.resolve(void slept.push(ms)) };
    const { endpoint: _ours, ...connection } = session.clients.connection;
    const clients = { ...session.clients, connection };
    return { context: { ...context, session: { ...session, clients, clock, adopt } }, slept };
  }

  const waitsForLines = (): number =>
    stack.events.filter((event) => event.type === "waiting" && event.waiting.for === "lateLines").length;

  it("a role of ours may not do that: nothing is waited for", async () => {
    await up(await stack.context());
    const { context } = onAws(await stack.context(), false);
    await down(context);
    expect(waitsForLines()).toBe(0);
  });

  it.each([
    ["that is taken over", async () => void (await leaveBehind(cloud, { logGroup: true })), true],
    [
      "that was given",
      async () => {
        const { roleArn } = await leaveBehind(cloud, { logGroup: true });
        await up(await adopted({ roleArn }));
      },
      false,
    ],
  ])("a role %s may: ten seconds", async (_which, prepare, adopt) => {
    await prepare();
    const { context, slept } = onAws(await stack.context(), adopt);
    await down(context);
    expect(waitsForLines()).toBe(1);
    expect(slept).toContain(10_000);
  });

  async function adopted(settings: { roleArn: string }): Promise<StackContext> {
    const context = await stack.context(settings);
    return { ...context, session: { ...context.session, adopt: true } };
  }
});
