// Rules and their targets against answers that the local cloud never gives: entries that fail, members of others.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createClients, type Clients } from "../../src/aws/clients.ts";
import { type Rule, rule, type RuleSpec } from "../../src/resources/events/rule.ts";
import { target } from "../../src/resources/events/target.ts";
import type { Scope } from "../../src/resources/resource.ts";

type Answer = Readonly<Record<string, unknown>> & { readonly __type?: string };

let server: Server;
let clients: Clients;
let scope: Scope;
/** What EventBridge answers to each operation, one call after the other; then {}. */
let answers: Record<string, Answer[]>;
let calls: { readonly operation: string; readonly input: Record<string, unknown> }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.once("end", () => {
      const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      calls.push({ operation, input: JSON.parse(body) as Record<string, unknown> });
      const answer = answers[operation]?.shift() ?? {};
      response.writeHead(answer.__type === undefined ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const connection = { region: "us-east-1", endpoint: `http://127.0.0.1:${port}`, credentials };
  clients = createClients({ connection, emit: () => undefined, signal });
  let now = 0;
  scope = {
    clients,
    clock: { now: () => now, sleep: (ms) => Promise.resolve(void (now += ms)) },
    signal,
    place: { region: "us-east-1", account: "123456789012", partition: "aws" },
    takesOver: false,
    waiting: () => undefined,
    stays: () => undefined,
    oneAtATime: (_lock, call) => call(),
  };
});
afterAll(() => {
  clients.destroy();
  server.close();
});
beforeEach(() => {
  answers = {};
  calls = [];
});

const ARN = "arn:aws:lambda:us-east-1:123456789012:function:f";
const SPEC = { ruleName: "r", targetId: "t", functionArn: ARN };
const failed = (ErrorCode: string): Answer => ({
  FailedEntryCount: 1,
  FailedEntries: [{ TargetId: "t", ErrorCode, ErrorMessage: "no" }],
});
const nothing = (): void => undefined;
const operations = (): string[] => calls.map(({ operation }) => operation);

it("a target that AWS could not put, with HTTP 200, is a refusal with AWS's words", async () => {
  answers = { PutTargets: [failed("ManagedRuleException")] };
  await expect(target.reconcile(scope, SPEC, undefined, nothing)).rejects.toMatchObject({
    code: "AwsRefused",
    data: { service: "events", operation: "PutTargets", code: "ManagedRuleException", message: "no", name: "r" },
  });
  answers = { RemoveTargets: [failed("InternalException")] };
  await expect(
    target.remove(scope, { ruleName: "r", targetId: "t", functionArn: ARN, whole: {} as never, twins: [] }),
  ).rejects.toMatchObject({ data: { operation: "RemoveTargets", code: "InternalException" } });
});

it("what failed because of somebody else's edit is sent again, and so is what a new rule does not know yet", async () => {
  answers = {
    PutTargets: [
      failed("ConcurrentModificationException"),
      { __type: "ConcurrentModificationException" },
      { __type: "ResourceNotFoundException" },
      { FailedEntryCount: 0 },
    ],
  };
  await target.reconcile(scope, SPEC, undefined, nothing);
  expect(operations()).toEqual(["PutTargets", "PutTargets", "PutTargets", "PutTargets"]);
});

it("a target is replaced with what others set in it, also one that has another id but calls this function", async () => {
  const theirs = { Id: "Id123", Arn: ARN, Input: "{}", RetryPolicy: { MaximumRetryAttempts: 3 } };
  answers = {
    ListTargetsByRule: [{ Targets: [{ Id: "x", Arn: `${ARN}-other` }], NextToken: "2" }, { Targets: [theirs] }],
  };
  const observed = await target.read(scope, SPEC);
  expect(observed?.live).toMatchObject({ targetId: "Id123", functionArn: ARN });
  if (observed === undefined) return;
  expect(target.diff(SPEC, observed)).toEqual([]);
  const moved = { ...observed, live: { ...observed.live, functionArn: "old" } };
  await target.reconcile(scope, SPEC, moved, nothing);
  expect(calls.at(-1)).toEqual({ operation: "PutTargets", input: { Rule: "r", Targets: [theirs] } });
});

const RULE_SPEC: RuleSpec = {
  ruleName: "r",
  description: "d",
  scheduleExpression: "rate(1 minute)",
  state: "DISABLED",
  tags: { a: "1" },
};
const LIVE: Rule = {
  ruleName: "r",
  ruleArn: "arn:r",
  description: "d",
  scheduleExpression: "rate(1 minute)",
  state: "DISABLED",
  eventPattern: '{"source":["mine"]}',
  roleArn: "arn:role",
};
const seen = (more: Partial<Rule>): { live: Rule; tags: Record<string, string> } => ({
  live: { ...LIVE, ...more },
  tags: { a: "1" },
});

it("PutRule sends what was read with what differs, so that a disabled rule stays off and others' members stay", async () => {
  await rule.reconcile(scope, RULE_SPEC, seen({ description: "mine" }), nothing);
  expect(calls).toEqual([
    {
      operation: "PutRule",
      input: {
        Name: "r",
        Description: "d",
        ScheduleExpression: "rate(1 minute)",
        State: "DISABLED",
        EventPattern: LIVE.eventPattern,
        RoleArn: LIVE.roleArn,
      },
    },
  ]);
});

it.each([
  ["off, when only that differs", { state: "ENABLED" }, "DISABLED", ["DisableRule"]],
  ["on, when only that differs", {}, "ENABLED", ["EnableRule"]],
  ["on with another schedule", { scheduleExpression: undefined }, "ENABLED", ["PutRule"]],
  [
    "nothing, in a state of which this knows nothing but that it is on",
    { state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" },
    "ENABLED",
    [],
  ],
] as const)("%s", async (_case, more, state, expected) => {
  await rule.reconcile(scope, { ...RULE_SPEC, state }, seen(more), nothing);
  expect(operations()).toEqual(expected);
});

it("a rule goes: off, without targets, then away, again while its targets are still seen", async () => {
  answers = {
    ListTargetsByRule: [
      {
        Targets: [
          { Id: "t", Arn: ARN },
          { Id: "mine", Arn: ARN },
        ],
      },
    ],
    DeleteRule: [{ __type: "ValidationException", message: "Rule can't be deleted since it has targets." }],
  };
  await rule.remove(scope, { ...LIVE, state: "ENABLED" });
  expect(operations()).toEqual(["DisableRule", "ListTargetsByRule", "RemoveTargets", "DeleteRule", "DeleteRule"]);
  expect(calls[2]?.input).toEqual({ Rule: "r", Ids: ["t", "mine"] });
});

it("a rule that is gone already goes without a word", async () => {
  const gone = { __type: "ResourceNotFoundException" };
  answers = { DisableRule: [gone], ListTargetsByRule: [gone], DeleteRule: [gone] };
  await rule.remove(scope, { ...LIVE, state: "ENABLED" });
  expect(operations()).toEqual(["DisableRule", "ListTargetsByRule", "DeleteRule"]);
});

it("tags that may not be read are not taken for none", async () => {
  answers = { DescribeRule: [{ Name: "r", Arn: "arn:r" }], ListTagsForResource: [{ __type: "AccessDeniedException" }] };
  expect((await rule.read(scope, { ruleName: "r" }))?.tags).toBe("unreadable");
});
