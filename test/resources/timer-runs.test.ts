// The timer at work, on a local cloud whose minutes take a quarter of a second: rows, what is said of them, and what keeps them away.

import { CloudWatchLogsClient, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  DisableRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  DeleteFunctionCommand,
  LambdaClient,
  RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createClients } from "../../src/aws/clients.ts";
import type { StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { logs } from "../../src/commands/logs.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { enableTimer, type TimerEnableResult } from "../../src/commands/timer-enable.ts";
import { invokeTimer } from "../../src/commands/timer-invoke.ts";
import type { TimerRow } from "../../src/commands/timer-rows.ts";
import { timerStatus, type TimerStatusResult } from "../../src/commands/timer-status.ts";
import { knownRows, waitForRow } from "../../src/commands/timer-wait.ts";
import { watchTimer } from "../../src/commands/timer-watch.ts";
import { explain } from "../../src/cli/text/catalogue.ts";
import { problems } from "../../src/cli/text/en/problems.ts";
import { isProblem } from "../../src/core/problem.ts";
import type { ItemRow } from "../../src/core/row.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST, LOGGING } from "../functions.ts";
import { openTestStack, type TestStack } from "../session.ts";

const RULE = "dynamodb-1min-insert-timer";
const FunctionName = "eventTestFunction";
const TableName = "http-crud-tutorial-items";
const PERIOD_MS = 250;

let cloud: TestCloud;
let stack: TestStack;
let dynamodb: DynamoDBClient;
let events: EventBridgeClient;
let lambda: LambdaClient;
beforeAll(async () => {
  cloud = await startTestCloud({ speed: 240 });
  dynamodb = new DynamoDBClient(cloud.config);
  events = new EventBridgeClient(cloud.config);
  lambda = new LambdaClient(cloud.config);
});
afterAll(async () => {
  for (const client of [dynamodb, events, lambda]) client.destroy();
  await cloud.close();
});
beforeEach(async () => {
  stack = openTestStack(cloud);
  await createStep(await context(), "table");
});
afterEach(async () => {
  await down(await context());
  stack.close();
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** With pauses that are short, but are some. */
async function context(): Promise<StackContext> {
  const usual = await stack.context();
  const clock = { now: Date.now, sleep: () => pause(20) };
  return { ...usual, clock, session: { ...usual.session, clock } };
}

async function enable(): Promise<TimerEnableResult & { row: TimerRow }> {
  const known = await knownRows(await context());
  const result = await enableTimer(await context(), {});
  return { ...result, row: await waitForRow(await context(), { schedule: result.schedule, known }) };
}
const seen = async (): Promise<TimerStatusResult> => timerStatus(await context());
const rowIds = async (): Promise<string[]> =>
  ((await dynamodb.send(new ScanCommand({ TableName }))).Items ?? []).map(({ id }) => id?.S ?? "").toSorted();
const emitted = (): ItemRow[] =>
  stack.events.flatMap((event) => (event.type === "row" && event.row.kind === "item" ? [event.row] : []));
const notices = (): string[] => stack.events.flatMap((event) => (event.type === "notice" ? [event.code] : []));

describe("enable --wait", () => {
  it("returns the first new row; the same id is in the table and in the log", async () => {
    await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: String(Date.now() - 1000) } } }));
    const [old = ""] = await rowIds();
    const { row } = await enable();
    expect(row.item).toEqual({ id: row.id, price: 1000, name: "item name" });
    expect(row.id).not.toBe(old);
    expect(await rowIds()).toContain(row?.id);
    const { rows } = await logs(await context(), { function: "timer", since: { ago: 60_000 } });
    expect(rows.filter(({ text }) => text === `Put item ${row?.id}`)).toHaveLength(1);
  });

  it("goes on through a look that AWS throttles, and has its last moment at the cloud's own speed", async () => {
    const { schedule } = await enableTimer(await context(), {});
    const { session, ...usual } = await context();
    const { emit, signal } = usual;
    // As if the SDK had tried for as long as it does.
    const clients = createClients({ connection: session.clients.connection, emit, signal, maxAttempts: 1 });
    const known = new Set(await rowIds());
    await cloud.failNext("Scan", { code: "ThrottlingException", status: 400, message: "slow down" });
    const throttled = { ...usual, session: { ...session, clients }, localSpeed: 240 };
    const row = await waitForRow(throttled, { schedule, known });
    clients.destroy();
    expect(row.item).toMatchObject({ price: 1000 });
    expect(notices()).toContain("LookDelayed");
    const [said] = stack.events.flatMap((event) =>
      event.type === "notice" && event.code === "WaitingForRow" ? [event.data] : [],
    );
    expect(Date.parse(said?.until ?? "") - Date.now()).toBeLessThan(25_000);
  });

  it("says when none comes, and status why: here the function's role may not put any", async () => {
    const iam = new IAMClient(cloud.config);
    const RoleName = "idle";
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));
    // May write its log, and nothing else.
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [LOGGING] });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "log", PolicyDocument }));
    const { session, ...usual } = await stack.context({ roleArn: Role?.Arn ?? "" });
    let now = Date.now();
    const clock = { now: () => now, sleep: () => pause(100).then(() => void (now += 30_000)) };
    const idle = { ...usual, clock, session: { ...session, clock } };
    const { schedule } = await enableTimer(idle, {});
    await expect(waitForRow(idle, { schedule, known: new Set() })).rejects.toMatchObject({
      code: "NoRow",
      exitCode: 4,
      data: { name: TableName },
    });
    await vi.waitUntil(async () => (await seen()).troubles.includes("failing"), { timeout: 10_000, interval: 100 });
    expect((await seen()).runs.at(-1)?.error).toMatch(/AccessDenied/);
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "log" }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    iam.destroy();
  });
});

describe("watch", () => {
  it("emits each new row once, in order, with the time since the one before, and ends after so many", async () => {
    await enable();
    await watchTimer(await context(), { count: 3 });
    const rows = emitted();
    expect(rows).toHaveLength(3);
    expect(rows.map(({ id }) => id)).toEqual([...new Set(rows.map(({ id }) => id))].toSorted());
    for (const [index, { id, time, item, sinceMs }] of rows.entries()) {
      expect(item).toEqual({ id, price: 1000, name: "item name" });
      expect(time).toBe(new Date(Number(id)).toISOString());
      if (index > 0) expect(sinceMs).toBe(Number(id) - Number(rows[index - 1]?.id));
    }
    expect(notices()).toContain("WatchingRows");
  });

  it("does not take a number of 13 digits for a time that is still to come", async () => {
    await enable();
    const watching = watchTimer(await context(), { count: 2 });
    await vi.waitUntil(() => notices().includes("WatchingRows"));
    await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: "8801234567890" } } }));
    await watching;
    expect(emitted().map(({ id }) => id)).not.toContain("8801234567890");
    expect(emitted().every(({ sinceMs = 0 }) => sinceMs >= 0)).toBe(true);
    expect((await seen()).rows?.lastHour).toBeLessThan((await rowIds()).length);
  });

  it("is silent about a missing permission, as AWS is, and ends when the table is deleted", async () => {
    await enable();
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: "awsls-timer" }));
    await pause(2 * PERIOD_MS);
    const watching = watchTimer(await context(), { count: Infinity });
    await pause(3 * PERIOD_MS);
    expect(emitted()).toEqual([]);
    await dynamodb.send(new DeleteTableCommand({ TableName }));
    await watching;
    expect(notices()).toContain("RowsEnded");
  });

  it("of a rule that is off says so, and goes on when it is turned on", async () => {
    await enable();
    await events.send(new DisableRuleCommand({ Name: RULE }));
    const watching = watchTimer(await context(), { count: 1 });
    await vi.waitUntil(() => notices().includes("WatchingRows"));
    expect(notices()).toContain("TimerIsOff");
    await enableTimer(await context(), {});
    await watching;
    expect(emitted()).toHaveLength(1);
  });

  it("without a timer names the command that comes first", async () => {
    await expect(watchTimer(await context(), { count: 1 })).rejects.toMatchObject({
      code: "StepMissing",
      data: { first: "timer enable" },
    });
  });
});

describe("status", () => {
  it("has rule, runs with their rows, and how many rows there are", async () => {
    const { row } = await enable();
    const { rule, runs, rows, troubles, next, resources } = await seen();
    expect(rule).toEqual({ name: RULE, isOn: true, schedule: "rate(1 minute)" });
    expect(runs.map(({ id }) => id)).toContain(row?.id);
    expect(runs.every(({ error }) => error === undefined)).toBe(true);
    expect(rows?.lastHour).toBeGreaterThan(0);
    expect(troubles).toEqual([]);
    expect(Date.parse(next ?? "")).toBeGreaterThan(Date.now() - 1000);
    expect(resources.every(({ condition }) => condition === "exists")).toBe(true);
  });

  it("says that EventBridge may not invoke the function", async () => {
    await enable();
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: "awsls-timer" }));
    const atItsSpeed = async (): Promise<TimerStatusResult> => timerStatus({ ...(await context()), localSpeed: 240 });
    await vi.waitUntil(async () => (await atItsSpeed()).troubles.includes("permission"), { timeout: 5_000 });
    expect((await atItsSpeed()).troubles).toEqual(["permission"]);
    await enable();
    expect((await seen()).troubles).toEqual([]);
  });

  it("does not say so when the last run came all the same, by somebody else's statement", async () => {
    await enable();
    const permission = { FunctionName, Action: "lambda:InvokeFunction", Principal: "events.amazonaws.com" };
    await lambda.send(new AddPermissionCommand({ ...permission, StatementId: "theirs" }));
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: "awsls-timer" }));
    await pause(4 * PERIOD_MS);
    expect((await timerStatus({ ...(await context()), localSpeed: 240 })).troubles).toEqual(["statement"]);
  });

  it("says that another target calls the function, too: each time it runs twice", async () => {
    await enable();
    const { Targets: [ours] = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: RULE }));
    await events.send(new PutTargetsCommand({ Rule: RULE, Targets: [{ Id: "Id1234", Arn: ours?.Arn }] }));
    expect((await seen()).troubles).toEqual(["twice"]);
    await events.send(new RemoveTargetsCommand({ Rule: RULE, Ids: ["Id1234"] }));
    expect((await seen()).troubles).toEqual([]);
  });

  it("says why a run failed when the table was deleted under it", async () => {
    await enable();
    await dynamodb.send(new DeleteTableCommand({ TableName }));
    await vi.waitUntil(async () => (await seen()).troubles.includes("failing"), { timeout: 10_000, interval: 100 });
    const { troubles, runs, rows } = await seen();
    expect(troubles).toEqual(["table", "failing"]);
    expect(runs.at(-1)?.error).toMatch(/ResourceNotFoundException/);
    expect(rows).toBeUndefined();
  });

  it.each([
    ["the function deleted", () => lambda.send(new DeleteFunctionCommand({ FunctionName })), ["function"]],
    [
      "the role's policy deleted",
      () =>
        new IAMClient(cloud.config).send(
          new DeleteRolePolicyCommand({ RoleName: "eventTestFunction-role", PolicyName: "awsls-least-privilege" }),
        ),
      ["role"],
    ],
    [
      "the log group deleted",
      () =>
        new CloudWatchLogsClient(cloud.config).send(
          new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${FunctionName}` }),
        ),
      ["logGroup"],
    ],
    ["the rule turned off", () => events.send(new DisableRuleCommand({ Name: RULE })), ["off"]],
    [
      "the rule edited",
      () => events.send(new PutRuleCommand({ Name: RULE, ScheduleExpression: "rate(3 hours)" })),
      [] as string[],
    ],
  ])("%s by hand", async (_case, byHand, expected) => {
    await enable();
    await byHand();
    const { troubles, rule, resources } = await seen();
    // A run that was under way may have failed as well.
    expect(troubles.filter((trouble) => trouble !== "failing")).toEqual(expected);
    expect(resources.some(({ condition }) => condition !== "exists")).toBe(true);
    if (expected.length === 0) expect(rule?.schedule).toBe("rate(3 hours)");
  });

  it("of a stack without one names the command that makes it", async () => {
    await expect(seen()).rejects.toMatchObject({ code: "StepMissing", data: { first: "timer enable" } });
  });
});

describe("invoke", () => {
  it("sends the rule's event: the answer, the row as stored, the log, all of one id", async () => {
    await enable();
    const { answer, row } = await invokeTimer(await context(), {});
    const id = String(row?.["id"]);
    expect(answer?.payload).toBe(`Put item ${id}`);
    expect(row).toEqual({ id, price: 1000, name: "item name" });
    expect(answer?.log.some(({ text }) => text === `Put item ${id}`)).toBe(true);
  });

  it("that fails says what to do about the timer, not about the API's function", async () => {
    await enable();
    await dynamodb.send(new DeleteTableCommand({ TableName }));
    const failure: unknown = await invokeTimer(await context(), {}).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "FunctionFailed", data: { handler: "timer" } });
    const { todo = "" } = isProblem(failure, "FunctionFailed") ? explain(problems, failure) : {};
    expect(todo).toContain("`awsls logs timer`");
    expect(todo).toContain("`awsls timer status`");
    expect(todo).not.toMatch(/awsls up|`awsls logs`/);
  });

  it("without a timer names the command that comes first", async () => {
    await expect(invokeTimer(await context(), {})).rejects.toMatchObject({ data: { first: "timer enable" } });
  });
});

it("`down` while the rule fires leaves nothing, and nothing comes back", { timeout: 60_000 }, async () => {
  for (let round = 0; round < 5; round++) {
    await createStep(await context(), "table");
    await enable();
    // At another moment of the period each time.
    await pause((round * PERIOD_MS) / 5);
    await down(await context());
    await pause(2 * PERIOD_MS);
    expect(await (await cloud.control("GET", "inventory")).json()).toEqual({ holds: [] });
  }
});
