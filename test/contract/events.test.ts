// EventBridge: the SDK's own client against the local cloud, and rules that really run functions.

import { readFileSync, writeFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import { AddPermissionCommand, DeleteFunctionCommand } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { testFunctions } from "../functions.ts";
import type { TestFunctions } from "../functions.ts";

let cloud: TestCloud;
let events: EventBridgeClient;
let functions: TestFunctions;
beforeAll(async () => {
  cloud = await startTestCloud({ speed: 240 });
  events = new EventBridgeClient(cloud.config);
  functions = await testFunctions(cloud);
});
afterAll(async () => {
  events.destroy();
  await cloud.close();
});
afterEach(async () => {
  for (const { Name = "" } of (await events.send(new ListRulesCommand({}))).Rules ?? []) {
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    if (Targets.length > 0) {
      await events.send(new RemoveTargetsCommand({ Rule: Name, Ids: Targets.map(({ Id = "" }) => Id) }));
    }
    await events.send(new DeleteRuleCommand({ Name }));
  }
});

const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f";
const ARN = "arn:aws:events:us-east-1:000000000000:rule/minute";
const put = (input: Partial<ConstructorParameters<typeof PutRuleCommand>[0]> = {}): Promise<unknown> =>
  events.send(new PutRuleCommand({ Name: "minute", ScheduleExpression: "rate(1 day)", ...input }));
const INVALID = { name: "ValidationException", $metadata: { httpStatusCode: 400 } };
const MISSING = {
  name: "ResourceNotFoundException",
  message: "Rule none does not exist on EventBus default.",
  $metadata: { httpStatusCode: 400 },
};

describe("a rule", () => {
  it("is on unless told otherwise, described, listed by prefix and in pages", async () => {
    expect(await put({ Description: "1minute timer" })).toMatchObject({ RuleArn: ARN });
    expect(await events.send(new DescribeRuleCommand({ Name: "minute" }))).toMatchObject({
      Name: "minute",
      Arn: ARN,
      State: "ENABLED",
      ScheduleExpression: "rate(1 day)",
      Description: "1minute timer",
      EventBusName: "default",
      CreatedBy: "000000000000",
    });
    for (const Name of ["other-a", "other-b"]) await put({ Name });
    const first = await events.send(new ListRulesCommand({ NamePrefix: "other", Limit: 1 }));
    expect(first.Rules?.map(({ Name }) => Name)).toEqual(["other-a"]);
    const second = await events.send(new ListRulesCommand({ NamePrefix: "other", NextToken: first.NextToken }));
    expect(second.Rules?.map(({ Name }) => Name)).toEqual(["other-b"]);
    expect(second.NextToken).toBeUndefined();
  });

  it("is replaced by PutRule: what is not given is gone, a disabled one is on again, its tags and targets stay", async () => {
    await put({ Description: "x", State: "DISABLED", Tags: [{ Key: "a", Value: "1" }] });
    await events.send(new PutTargetsCommand({ Rule: "minute", Targets: [{ Id: "1", Arn: FUNCTION }] }));
    await put({ ScheduleExpression: "rate(2 days)", Tags: [{ Key: "a", Value: "2" }] });
    const rule = await events.send(new DescribeRuleCommand({ Name: "minute" }));
    expect(rule).toMatchObject({ State: "ENABLED", ScheduleExpression: "rate(2 days)" });
    expect(rule.Description).toBeUndefined();
    const { Tags } = await events.send(new ListTagsForResourceCommand({ ResourceARN: ARN }));
    expect(Tags).toEqual([{ Key: "a", Value: "1" }]);
    expect((await events.send(new ListTargetsByRuleCommand({ Rule: "minute" }))).Targets).toHaveLength(1);
  });

  it("is turned off and on", async () => {
    await put();
    for (const [command, State] of [
      [new DisableRuleCommand({ Name: "minute" }), "DISABLED"],
      [new EnableRuleCommand({ Name: "minute" }), "ENABLED"],
    ] as const) {
      await events.send(command);
      expect(await events.send(new DescribeRuleCommand({ Name: "minute" }))).toMatchObject({ State });
    }
  });

  it.each([
    ["no schedule", { ScheduleExpression: undefined }],
    ["a schedule that is none", { ScheduleExpression: "rate(1 minutes)" }],
    ["a name that is none", { Name: "a b" }],
    ["an event pattern, which this cloud does not act on", { EventPattern: "{}" }],
  ])("%s is refused", async (_case, input) => {
    await expect(put(input)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  it("that is not there: named, but deleted without a word", async () => {
    for (const command of [
      new DescribeRuleCommand({ Name: "none" }),
      new EnableRuleCommand({ Name: "none" }),
      new DisableRuleCommand({ Name: "none" }),
    ]) {
      await expect(events.send(command)).rejects.toMatchObject(MISSING);
    }
    await expect(events.send(new ListTargetsByRuleCommand({ Rule: "none" }))).rejects.toMatchObject(MISSING);
    await events.send(new DeleteRuleCommand({ Name: "none" }));
    await expect(events.send(new DescribeRuleCommand({ Name: "none", EventBusName: "mine" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Event bus mine does not exist.",
    });
  });

  it("is tagged and untagged by its ARN", async () => {
    await put();
    await events.send(
      new TagResourceCommand({
        ResourceARN: ARN,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "2" },
        ],
      }),
    );
    await events.send(new UntagResourceCommand({ ResourceARN: ARN, TagKeys: ["a"] }));
    const { Tags } = await events.send(new ListTagsForResourceCommand({ ResourceARN: ARN }));
    expect(Tags).toEqual([{ Key: "b", Value: "2" }]);
    await expect(events.send(new ListTagsForResourceCommand({ ResourceARN: `${ARN}-x` }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

describe("targets", () => {
  it("are put, replaced by their id, listed, found by function, removed; a rule that has some stays", async () => {
    await put();
    const target = (Input: string): PutTargetsCommand =>
      new PutTargetsCommand({ Rule: "minute", Targets: [{ Id: "1", Arn: FUNCTION, Input }] });
    expect(await events.send(target('"a"'))).toMatchObject({ FailedEntryCount: 0, FailedEntries: [] });
    await events.send(target('"b"'));
    await events.send(
      new PutTargetsCommand({
        Rule: "minute",
        Targets: ['"c"', '"b"'].map((Input) => ({ Id: "1", Arn: FUNCTION, Input })),
      }),
    );
    expect((await events.send(new ListTargetsByRuleCommand({ Rule: "minute" }))).Targets).toEqual([
      { Id: "1", Arn: FUNCTION, Input: '"b"' },
    ]);
    const found = await events.send(new ListRuleNamesByTargetCommand({ TargetArn: FUNCTION }));
    expect(found.RuleNames).toEqual(["minute"]);
    await expect(events.send(new DeleteRuleCommand({ Name: "minute" }))).rejects.toMatchObject({
      ...INVALID,
      message: "Rule can't be deleted since it has targets.",
    });
    const removed = await events.send(new RemoveTargetsCommand({ Rule: "minute", Ids: ["1", "never"] }));
    expect(removed).toMatchObject({ FailedEntryCount: 0 });
    await events.send(new DeleteRuleCommand({ Name: "minute" }));
  });

  it("are five at most, and functions", async () => {
    await put();
    const targets = (count: number, more = {}): PutTargetsCommand =>
      new PutTargetsCommand({
        Rule: "minute",
        Targets: Array.from({ length: count }, (_, n) => ({ Id: String(n), Arn: FUNCTION, ...more })),
      });
    await expect(events.send(targets(6))).rejects.toMatchObject({ name: "LimitExceededException" });
    for (const more of [
      { Arn: "f" },
      { RoleArn: "arn:aws:iam::000000000000:role/r" },
      { Input: "{" },
      { InputPath: "$" },
    ]) {
      await expect(events.send(targets(1, more))).rejects.toMatchObject(INVALID);
    }
    await events.send(targets(5));
  });
});

describe("a rule that is due", () => {
  const folder = mkdtempSync(join(tmpdir(), "awsls-events-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A function that writes down what it is given, in a file of its own. */
  async function recorder(name: string): Promise<() => { time: string; resources: string[] }[]> {
    const file = join(folder, `${name}.jsonl`);
    writeFileSync(file, "");
    const code = `import { appendFileSync } from "node:fs";
export const handler = async (event) => appendFileSync(${JSON.stringify(file)}, JSON.stringify(event) + "\\n");`;
    await functions.create(name, code);
    return () =>
      existsSync(file)
        ? readFileSync(file, "utf8")
            .trim()
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line) as { time: string; resources: string[] })
        : [];
  }

  const allow = (FunctionName: string, SourceArn: string): Promise<unknown> =>
    functions.lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: "events",
        Action: "lambda:InvokeFunction",
        Principal: "events.amazonaws.com",
        SourceArn,
      }),
    );

  it("invokes its function with AWS's event, as long as it is on and allowed to", async () => {
    const seen = await recorder("ticker");
    const arn = FUNCTION.replace(/f$/, "ticker");
    await put({ ScheduleExpression: "rate(1 minute)" });
    await events.send(new PutTargetsCommand({ Rule: "minute", Targets: [{ Id: "1", Arn: arn }] }));
    // Four rounds without the permission: silence, as on AWS.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(seen()).toEqual([]);
    await allow("ticker", ARN);
    await expect.poll(() => seen().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
    expect(seen()[0]).toEqual({
      version: "0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: "000000000000",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      region: "us-east-1",
      resources: [ARN],
      detail: {},
    });
    await events.send(new DisableRuleCommand({ Name: "minute" }));
    await new Promise((resolve) => setTimeout(resolve, 400));
    const runs = seen().length;
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(seen()).toHaveLength(runs);
    await functions.lambda.send(new DeleteFunctionCommand({ FunctionName: "ticker" }));
  });
});
