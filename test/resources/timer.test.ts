// The timer through the commands: made, unchanged, turned off and on, taken along by up and down, deleted; and what is not its own.

import { rmSync } from "node:fs";
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, GetFunctionCommand, GetPolicyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { down } from "../../src/commands/down.ts";
import { status } from "../../src/commands/status.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { deleteTimer } from "../../src/commands/timer-delete.ts";
import { disableTimer } from "../../src/commands/timer-disable.ts";
import { enableTimer, type TimerEnableResult } from "../../src/commands/timer-enable.ts";
import { invokeTimer } from "../../src/commands/timer-invoke.ts";
import { timerStatus, type TimerStatusResult } from "../../src/commands/timer-status.ts";
import { up } from "../../src/commands/up.ts";
import type { Settings } from "../../src/state/state.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST, testFunctions } from "../functions.ts";
import { openTestStack, type TestStack } from "../session.ts";

const RULE = "dynamodb-1min-insert-timer";
const FUNCTION = "eventTestFunction";
const TABLE = "http-crud-tutorial-items";
const READING = /^(Get|List|Describe)/;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let cloud: TestCloud;
let stack: TestStack;
let events: EventBridgeClient;
let lambda: LambdaClient;
let iam: IAMClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  [events, lambda, iam] = [
    new EventBridgeClient(cloud.config),
    new LambdaClient(cloud.config),
    new IAMClient(cloud.config),
  ];
});
afterAll(async () => {
  for (const client of [events, lambda, iam]) client.destroy();
  await cloud.close();
});
beforeEach(() => {
  stack = openTestStack(cloud);
});
afterEach(async () => {
  try {
    await cloud.endFaults();
  } finally {
    stack.close();
    await cloud.control("POST", "reset");
  }
});

const table = async (): Promise<unknown> => createStep(await stack.context(), "table");
const enable = async (schedule?: string, more: Partial<Settings> = {}): Promise<TimerEnableResult> =>
  enableTimer(await stack.context(more), schedule === undefined ? {} : { schedule });
const disable = async (): Promise<unknown> => disableTimer(await stack.context());
const remove = async (): ReturnType<typeof deleteTimer> => deleteTimer(await stack.context());
const settings = async (): Promise<Settings> => (await stack.context()).session.state.current().settings;
const describeRule = async (): Promise<object> => {
  const { $metadata: _, ...rule } = await events.send(new DescribeRuleCommand({ Name: RULE }));
  return rule;
};

async function operationsOf(work: () => Promise<unknown>): Promise<string[]> {
  await cloud.clearRequests();
  await work();
  return (await cloud.requests()).map(({ operation }) => operation);
}

const writesOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await operationsOf(work)).filter((operation) => !READING.test(operation));

async function holds(): Promise<string[]> {
  return ((await (await cloud.control("GET", "inventory")).json()) as { holds: string[] }).holds;
}

const conditions = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await status(await stack.context())).resources.map(({ subject, condition }) => [subject.component, condition]),
  );

const TIMER = ["timerRole", "timerLogGroup", "timerFunction", "timerRule", "timerPermission", "timerTarget"];
const allAre = (condition: string): Record<string, string> => Object.fromEntries(TIMER.map((id) => [id, condition]));
const timerConditions = async (): Promise<Record<string, string>> =>
  Object.fromEntries(Object.entries(await conditions()).filter(([id]) => TIMER.includes(id)));

describe("enable", () => {
  it("makes six things with one write each, in at most 14 calls; a second time there is no write", async () => {
    await table();
    const polls = new Set(["GetFunctionConfiguration"]);
    const made = (await operationsOf(() => enable())).filter((operation) => !polls.has(operation));
    expect(made.length).toBeLessThanOrEqual(14);
    expect(made.filter((operation) => !READING.test(operation)).toSorted()).toEqual([
      "AddPermission",
      "CreateFunction",
      "CreateLogGroup",
      "CreateRole",
      "PutRetentionPolicy",
      "PutRolePolicy",
      "PutRule",
      "PutTargets",
    ]);
    // Nothing fires in vain: the target is last.
    expect(made.at(-1)).toBe("PutTargets");
    expect(made.indexOf("AddPermission")).toBeGreaterThan(made.indexOf("PutRule"));
    expect(await timerConditions()).toEqual(allAre("exists"));
    expect(await writesOf(() => enable())).toEqual([]);
  });

  it("is as the tutorial has it: rule, target, permission and a role that may put rows and write its log", async () => {
    await table();
    await enable();
    expect(await describeRule()).toMatchObject({
      ScheduleExpression: "rate(1 minute)",
      Description: "1minute timer",
      State: "ENABLED",
      EventBusName: "default",
    });
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: FUNCTION }));
    expect(Configuration).toMatchObject({
      Runtime: "nodejs24.x",
      Role: "arn:aws:iam::000000000000:role/eventTestFunction-role",
      Environment: { Variables: { TABLE_NAME: TABLE } },
    });
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: RULE }));
    expect(Targets).toEqual([{ Id: "awsls-timer", Arn: Configuration?.FunctionArn }]);
    const { Policy = "" } = await lambda.send(new GetPolicyCommand({ FunctionName: FUNCTION }));
    const { Statement } = JSON.parse(Policy) as { Statement: object[] };
    expect(Statement).toHaveLength(1);
    expect(Statement[0]).toMatchObject({ Principal: { Service: "events.amazonaws.com" } });
    expect((Statement[0] as { Condition: object }).Condition).toEqual({
      ArnLike: { "AWS:SourceArn": `arn:aws:events:${cloud.config.region}:000000000000:rule/${RULE}` },
    });
    const { PolicyDocument = "" } = await iam.send(
      new GetRolePolicyCommand({ RoleName: "eventTestFunction-role", PolicyName: "awsls-least-privilege" }),
    );
    const document = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: object[] };
    expect(document.Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["dynamodb:PutItem"],
        Resource: `arn:aws:dynamodb:${cloud.config.region}:000000000000:table/${TABLE}`,
      },
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `arn:aws:logs:${cloud.config.region}:000000000000:log-group:/aws/lambda/${FUNCTION}:*`,
      },
    ]);
  });

  it("without a table says which command comes first, and makes nothing", async () => {
    await expect(enable()).rejects.toMatchObject({ code: "StepMissing", data: { first: "table create" } });
    await table();
    await new DynamoDBClient(cloud.config).send(new DeleteTableCommand({ TableName: TABLE }));
    await expect(enable()).rejects.toMatchObject({ code: "StepMissing", data: { first: "table create" } });
    expect(await holds()).toEqual([]);
    expect((await settings()).timer).toBeUndefined();
  });

  it("another schedule changes the rule alone, and is kept by a command without one", async () => {
    await table();
    await enable("rate(5 minutes)");
    expect(await writesOf(() => enable())).toEqual([]);
    expect(await writesOf(() => enable("cron(0/10 * * * ? *)"))).toEqual(["PutRule"]);
    expect(await describeRule()).toMatchObject({ ScheduleExpression: "cron(0/10 * * * ? *)", State: "ENABLED" });
    expect((await settings()).timer).toMatchObject({ schedule: "cron(0/10 * * * ? *)", enabled: true });
  });

  it("a dry run names the six and makes none", async () => {
    await table();
    const result = await enableTimer({ ...(await stack.context()), dryRun: true }, {});
    expect(result.plan.map(({ subject, action }) => `${action} ${subject.component}`)).toEqual(
      TIMER.map((id) => `create ${id}`),
    );
    expect(await holds()).toHaveLength(1);
  });

  it("is interrupted by a refusal: a second time it goes on where it stopped", async () => {
    await table();
    await cloud.failNext("PutTargets", { code: "AccessDeniedException", status: 403, message: "no" });
    await expect(enable()).rejects.toMatchObject({ code: "AwsRefused", data: { operation: "PutTargets" } });
    // The setting was written before, so that `up` finishes it, too.
    expect((await settings()).timer).toMatchObject({ schedule: "rate(1 minute)", enabled: true });
    expect(await writesOf(() => enable())).toEqual(["PutTargets"]);
  });

  it.each(["before", "after"] as const)("a lost reply (%s it was done) ends with one of each", async (drop) => {
    await table();
    for (const operation of ["CreateRole", "CreateFunction", "PutRule", "AddPermission", "PutTargets"]) {
      await cloud.failNext(operation, { drop });
    }
    await enable();
    expect(await timerConditions()).toEqual(allAre("exists"));
    expect((await events.send(new ListTargetsByRuleCommand({ Rule: RULE }))).Targets).toHaveLength(1);
  });

  it("uses a role that was given, and makes none", async () => {
    await table();
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: "given", AssumeRolePolicyDocument: LAMBDA_TRUST }),
    );
    const roleArn = Role?.Arn ?? "";
    await enable(undefined, { roleArn });
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: FUNCTION }));
    expect(Configuration?.Role).toBe(roleArn);
    expect(await writesOf(() => enable())).toEqual([]);
    rmSync(stack.statePath);
    // Lost, it is read back from the timer's own function.
    expect(await writesOf(() => enable())).toEqual([]);
    await down(await stack.context());
    expect(await holds()).toEqual(["arn:aws:iam::000000000000:role/given"]);
  });
});

describe("disable", () => {
  it("turns the rule off with one call and keeps everything; enable is one call, too", async () => {
    await table();
    await enable("rate(5 minutes)");
    expect(await writesOf(disable)).toEqual(["DisableRule"]);
    expect(await describeRule()).toMatchObject({ State: "DISABLED", ScheduleExpression: "rate(5 minutes)" });
    expect(await writesOf(disable)).toEqual([]);
    expect(await timerConditions()).toEqual(allAre("exists"));
    expect(await writesOf(() => enable())).toEqual(["EnableRule"]);
    expect(await describeRule()).toMatchObject({ State: "ENABLED", ScheduleExpression: "rate(5 minutes)" });
  });

  it("`up` keeps it off, also when it repairs the rule, and puts it off again when a hand turned it on", async () => {
    await table();
    await enable();
    await disable();
    await up(await stack.context());
    expect(await describeRule()).toMatchObject({ State: "DISABLED" });
    await events.send(new PutRuleCommand({ Name: RULE, ScheduleExpression: "rate(1 hour)", State: "DISABLED" }));
    expect(await writesOf(async () => up(await stack.context()))).toEqual(["PutRule"]);
    expect(await describeRule()).toMatchObject({ State: "DISABLED", ScheduleExpression: "rate(1 minute)" });
    // What somebody does who knows no better: without a state PutRule turns it on.
    await events.send(new PutRuleCommand({ Name: RULE, ScheduleExpression: "rate(1 minute)" }));
    expect((await conditions())["timerRule"]).toBe("drifted");
    await up(await stack.context());
    expect(await describeRule()).toMatchObject({ State: "DISABLED", Description: "1minute timer" });
  });

  it("without a timer says which command comes first, and a dry run changes nothing", async () => {
    await table();
    await expect(disable()).rejects.toMatchObject({ code: "StepMissing", data: { first: "timer enable" } });
    await enable();
    await disableTimer({ ...(await stack.context()), dryRun: true });
    expect(await describeRule()).toMatchObject({ State: "ENABLED" });
  });
});

describe("the next run", () => {
  const MINUTE_MS = 60_000;
  const DAY_MS = 24 * 60 * MINUTE_MS;
  /** As somebody would see it so much later. */
  async function nextAfter(ms: number): Promise<Pick<TimerStatusResult, "next" | "nextWithin">> {
    const usual = await stack.context();
    const { next, nextWithin } = await timerStatus({ ...usual, clock: { ...usual.clock, now: () => Date.now() + ms } });
    return { ...(next === undefined ? {} : { next }), ...(nextWithin === undefined ? {} : { nextWithin }) };
  }
  const since = async (): Promise<number> => Date.parse((await settings()).timer?.since ?? "");

  it("of a rate counts from when the rule was made, turned on or changed, not from when it is asked", async () => {
    await table();
    const before = Date.now();
    const { due = "" } = await enable("rate(1 day)");
    expect(await since()).toBeGreaterThanOrEqual(before);
    expect(Date.parse(due)).toBe((await since()) + DAY_MS);
    expect(await nextAfter(0)).toEqual({ next: due });
    expect(await nextAfter(30 * MINUTE_MS)).toEqual({ next: due });
    expect(await nextAfter(DAY_MS)).toEqual({ next: new Date((await since()) + 2 * DAY_MS).toISOString() });
    const first = await since();
    await pause(5);
    await enable("rate(2 days)");
    expect(await since()).toBeGreaterThan(first);
    await disable();
    expect(await nextAfter(0)).toEqual({});
    const second = await since();
    await pause(5);
    await enable();
    expect(await since()).toBeGreaterThan(second);
  });

  it("is not moved by a run by hand, nor by enabling what is on already or an `up`", async () => {
    await table();
    const { due } = await enable("rate(3 hours)");
    await invokeTimer(await stack.context(), {});
    expect((await enable()).due).toBeUndefined();
    await up(await stack.context());
    expect(await nextAfter(MINUTE_MS)).toEqual({ next: due });
  });

  it("is unknown with the state lost, and of a rate that somebody edited: within a period; of cron it is known", async () => {
    await table();
    await enable("rate(1 day)");
    await events.send(new PutRuleCommand({ Name: RULE, ScheduleExpression: "rate(2 days)" }));
    expect(await nextAfter(0)).toEqual({ nextWithin: "2 days" });
    rmSync(stack.statePath);
    expect(await nextAfter(0)).toEqual({ nextWithin: "2 days" });
    await enable("cron(0 9 1 1 ? 2190)");
    rmSync(stack.statePath);
    expect(await nextAfter(0)).toEqual({ next: "2190-01-01T09:00:00.000Z" });
  });
});

describe("delete", () => {
  it("goes in order, looks again for the log group, and leaves table and rows", async () => {
    await table();
    await enable();
    const operations = await operationsOf(remove);
    const writes = operations.filter((operation) => !READING.test(operation));
    expect(writes.slice(0, 4)).toEqual(["DisableRule", "RemoveTargets", "DeleteRule", "DeleteFunction"]);
    expect(writes.slice(4).toSorted()).toEqual(["DeleteLogGroup", "DeleteRole", "DeleteRolePolicy"]);
    expect(operations.lastIndexOf("DescribeLogGroups")).toBeGreaterThan(operations.indexOf("DeleteLogGroup"));
    expect(await holds()).toEqual([expect.stringContaining(`table/${TABLE}`)]);
    expect((await settings()).timer).toBeUndefined();
    expect((await remove()).deleted).toEqual([]);
    expect(await timerConditions()).toEqual({});
    await up(await stack.context());
    expect((await holds()).join(" ")).not.toContain(FUNCTION);
  });

  it("what could not go is said to be left over, made by no `up`, and gone with the next delete", async () => {
    await up(await stack.context());
    await enable();
    await cloud.failNext("DeleteFunction", { code: "AccessDeniedException", status: 403, message: "no" });
    await expect(remove()).rejects.toMatchObject({ code: "LeftBehind" });
    const seen = await status(await stack.context());
    expect(await timerConditions()).toEqual({
      timerFunction: "leftover",
      timerRole: "leftover",
      timerLogGroup: "leftover",
      timerPermission: "leftover",
    });
    expect(seen.next).toBe("timer delete");
    await up(await stack.context());
    await expect(describeRule()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await remove();
    expect(await timerConditions()).toEqual({});
  });

  it("a rule that is left over can be turned off, and is no timer again for that", async () => {
    await up(await stack.context());
    await enable("rate(5 minutes)");
    await cloud.failNext("DisableRule", { code: "AccessDeniedException", status: 403, message: "no" });
    await expect(remove()).rejects.toMatchObject({ code: "LeftBehind" });
    expect(await describeRule()).toMatchObject({ State: "ENABLED" });
    expect(await writesOf(disable)).toEqual(["DisableRule"]);
    expect(await describeRule()).toMatchObject({ State: "DISABLED", ScheduleExpression: "rate(5 minutes)" });
    expect((await settings()).timer).toBeUndefined();
    expect(await timerConditions()).toMatchObject({ timerRule: "leftover" });
    await up(await stack.context());
    expect(await timerConditions()).toMatchObject({ timerRule: "leftover" });
    await remove();
    expect(await timerConditions()).toEqual({});
  });

  it("a log group that a late run makes anew goes, too", async () => {
    await table();
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: "given", AssumeRolePolicyDocument: LAMBDA_TRUST }),
    );
    await enable(undefined, { roleArn: Role?.Arn ?? "" });
    const logs = new CloudWatchLogsClient(cloud.config);
    const { session, ...context } = await stack.context();
    const { endpoint: _ours, ...connection } = session.clients.connection;
    // As if the cloud were AWS, which makes it while late lines are waited for.
    const lateRun = async (): Promise<void> =>
      void (await logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${FUNCTION}` })));
    const clock = { ...session.clock, sleep: lateRun };
    await deleteTimer({ ...context, session: { ...session, clock, clients: { ...session.clients, connection } } });
    expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
    logs.destroy();
  });
});

describe("up, status and down", () => {
  it("take it along: made again, repaired, shown, deleted", async () => {
    await up(await stack.context());
    await enable();
    const { outcomes } = await up(await stack.context());
    expect(outcomes).toHaveLength(15);
    expect(outcomes.every(({ outcome }) => outcome === "none")).toBe(true);
    expect((await status(await stack.context())).timer).toMatchObject({ schedule: "rate(1 minute)", enabled: true });
    expect((await status(await stack.context())).next).toBe("test");
    const gone = await operationsOf(async () => down(await stack.context()));
    // Nothing runs any more when the table goes.
    expect(gone.indexOf("DeleteTable")).toBeGreaterThan(gone.indexOf("DeleteFunction"));
    expect(gone.indexOf("DeleteTable")).toBeGreaterThan(gone.indexOf("DeleteRule"));
    expect(await holds()).toEqual([]);
    expect((await settings()).timer).toBeUndefined();
  });

  it("with the state lost, `up` finds it again with its schedule and its switch", async () => {
    await up(await stack.context());
    await enable("rate(5 minutes)");
    await disable();
    rmSync(stack.statePath);
    expect((await status(await stack.context())).timer).toMatchObject({ schedule: "rate(5 minutes)", enabled: false });
    expect(await writesOf(async () => up(await stack.context()))).toEqual([]);
    expect((await settings()).timer).toMatchObject({ schedule: "rate(5 minutes)", enabled: false });
    rmSync(stack.statePath);
    await down(await stack.context());
    expect(await holds()).toEqual([]);
  });

  it("with the state lost and a step made since, `up` finds it again all the same", async () => {
    await up(await stack.context());
    await enable("rate(5 minutes)");
    rmSync(stack.statePath);
    await table();
    expect(await timerConditions()).toEqual(allAre("exists"));
    expect((await status(await stack.context())).timer).toMatchObject({ schedule: "rate(5 minutes)", enabled: true });
    expect(await writesOf(async () => up(await stack.context()))).toEqual([]);
    expect((await settings()).timer).toMatchObject({ schedule: "rate(5 minutes)", enabled: true });
    expect(await timerConditions()).toEqual(allAre("exists"));
  });

  it("with the state lost, one that could not be deleted is left over, and comes back with no `up`", async () => {
    await up(await stack.context());
    await enable();
    rmSync(stack.statePath);
    await table();
    await cloud.failNext("DeleteRule", { code: "AccessDeniedException", status: 403, message: "no" });
    await expect(remove()).rejects.toMatchObject({ code: "LeftBehind" });
    await up(await stack.context());
    expect((await timerConditions())["timerRule"]).toBe("leftover");
    await remove();
    expect(await timerConditions()).toEqual({});
  });

  it("with the state lost, enable keeps what the rule has", async () => {
    await table();
    await enable("rate(5 minutes)");
    rmSync(stack.statePath);
    expect(await writesOf(() => enable())).toEqual([]);
    expect((await settings()).timer).toMatchObject({ schedule: "rate(5 minutes)", enabled: true });
  });

  it("`up` looks for it with one call where the state was lost, and with none where nothing is there or all is known", async () => {
    const looks = async (): Promise<string[]> =>
      (await operationsOf(async () => up(await stack.context()))).filter((operation) => /Rule|Target/.test(operation));
    expect(await looks()).toEqual([]);
    expect(await looks()).toEqual([]);
    rmSync(stack.statePath);
    expect(await looks()).toEqual(["DescribeRule"]);
    expect(await looks()).toEqual([]);
  });

  it("whoever may not look at rules can go on without a timer, and is told when there is one", async () => {
    const deny = (): Promise<void> =>
      cloud.failNext("DescribeRule", { code: "AccessDeniedException", status: 403, message: "no", times: 9 });
    await deny();
    await up(await stack.context());
    await status(await stack.context());
    await down(await stack.context());
    await cloud.clearFaults();
    await table();
    await enable();
    await deny();
    await expect(up(await stack.context())).rejects.toMatchObject({ code: "AwsRefused" });
    await cloud.clearFaults();
  });

  it("two timers in two stacks do not know each other", async () => {
    const alice = openTestStack(cloud, { stack: "alice" });
    try {
      await table();
      await enable();
      await createStep(await alice.context(), "table");
      await enableTimer(await alice.context(), { schedule: "rate(2 hours)" });
      const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: `alice-${RULE}` }));
      expect(Targets?.[0]?.Arn).toMatch(/:alice-eventTestFunction$/);
      expect(await writesOf(() => enable())).toEqual([]);
      await remove();
      const rule = await events.send(new DescribeRuleCommand({ Name: `alice-${RULE}` }));
      expect(rule).toMatchObject({ State: "ENABLED", ScheduleExpression: "rate(2 hours)" });
      await down(await alice.context());
    } finally {
      alice.close();
    }
  });
});

describe("somebody else's", () => {
  const theirs = async (): Promise<void> => {
    await events.send(new PutRuleCommand({ Name: RULE, ScheduleExpression: "rate(1 hour)", Description: "mine" }));
  };

  it("a rule of its name is refused and stays as it is: PutRule would replace it without a word", async () => {
    await theirs();
    await table();
    const before = await describeRule();
    await expect(enable()).rejects.toMatchObject({ code: "Foreign", data: { resources: [{ resource: "timerRule" }] } });
    expect(await describeRule()).toEqual(before);
    expect((await settings()).timer).toBeUndefined();
  });

  it("is none of a stack's business that has no timer: not named, not touched", async () => {
    await theirs();
    await up(await stack.context());
    expect(await timerConditions()).toEqual({});
    const removed = await down(await stack.context());
    expect(removed.leftAlone).toEqual([]);
    expect(await holds()).toEqual([expect.stringContaining(`rule/${RULE}`)]);
  });

  it("is taken over with --adopt: one target, our schedule, and gone with the stack", async () => {
    await table();
    await enable();
    const FunctionArn = (await lambda.send(new GetFunctionCommand({ FunctionName: FUNCTION }))).Configuration
      ?.FunctionArn;
    await remove();
    // As the console leaves it behind when only the function was deleted.
    await theirs();
    await events.send(new PutTargetsCommand({ Rule: RULE, Targets: [{ Id: "Id1234", Arn: FunctionArn }] }));
    const usual = await stack.context();
    const adopting = { ...usual, session: { ...usual.session, adopt: true } };
    await enableTimer(adopting, { schedule: "rate(1 minute)" });
    expect(await describeRule()).toMatchObject({ ScheduleExpression: "rate(1 minute)", Description: "1minute timer" });
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: RULE }));
    expect(Targets?.map(({ Id }) => Id)).toEqual(["Id1234"]);
    expect(await timerConditions()).toEqual(allAre("exists"));
    await down(await stack.context());
    expect(await holds()).toEqual([]);
  });

  it("a whole timer made by hand becomes ours with --adopt: its code is kept, its role loses what it need not do", async () => {
    await table();
    const byHand = await testFunctions(cloud, "eventTestFunction-role");
    await byHand.create(FUNCTION, "export const handler = async () => 'theirs';");
    await theirs();
    const FunctionArn = `arn:aws:lambda:${cloud.config.region}:000000000000:function:${FUNCTION}`;
    const SourceArn = `arn:aws:events:${cloud.config.region}:000000000000:rule/${RULE}`;
    await events.send(new PutTargetsCommand({ Rule: RULE, Targets: [{ Id: "Id1234", Arn: FunctionArn }] }));
    const permission = { FunctionName: FUNCTION, Action: "lambda:InvokeFunction", Principal: "events.amazonaws.com" };
    await lambda.send(new AddPermissionCommand({ ...permission, StatementId: "AWSEvents_1", SourceArn }));
    await lambda.send(
      new AddPermissionCommand({ ...permission, StatementId: "another", SourceArn: `${SourceArn}-of-theirs` }),
    );
    await expect(enable()).rejects.toMatchObject({
      code: "Foreign",
      data: { resources: ["timerRole", "timerFunction", "timerRule"].map((resource) => ({ resource })) },
    });
    const usual = await stack.context();
    const adopting = { ...usual, session: { ...usual.session, adopt: true } };
    const { keptCode = [] } = await enableTimer(adopting, {});
    expect(keptCode).toHaveLength(1);
    expect(await timerConditions()).toEqual(allAre("exists"));
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: "eventTestFunction-role" }));
    expect(PolicyNames).toEqual(["awsls-least-privilege"]);
    const { Policy = "" } = await lambda.send(new GetPolicyCommand({ FunctionName: FUNCTION }));
    const { Statement } = JSON.parse(Policy) as { Statement: { Sid: string }[] };
    expect(Statement.map(({ Sid }) => Sid).toSorted()).toEqual(["another", "awsls-timer"]);
    await down(await stack.context());
    for (const client of [byHand.iam, byHand.lambda]) client.destroy();
    expect((await holds()).filter((arn) => !arn.includes("role/"))).toEqual([]);
  });
});
