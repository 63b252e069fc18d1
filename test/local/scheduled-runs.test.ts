// Rules of a whole cloud, on a clock that is moved on: runs of real functions, their retries, restarts, no permission.

import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { testFunctions } from "../functions.ts";
import type { TestFunctions } from "../functions.ts";
import { shiftedClock } from "../shifted-clock.ts";
import type { ShiftedClock } from "../shifted-clock.ts";

const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:ticker";
const RULE = "arn:aws:events:us-east-1:000000000000:rule/minute";
const EVERY_MINUTE = "cron(* * * * ? *)";
/** Long enough for a run that should not have been. */
const QUIET_MS = 700;

interface Run {
  readonly event: Record<string, unknown> & { readonly time: string; readonly id: string };
  readonly requestId: string;
}

const folder = mkdtempSync(join(tmpdir(), "awsls-runs-"));
const record = join(folder, "runs.jsonl");
let clock: ShiftedClock;
let cloud: TestCloud;
let functions: TestFunctions;
let log: string[];

async function start(shift = 0, data?: string): Promise<void> {
  clock = shiftedClock(shift);
  log = [];
  cloud = await startTestCloud({
    clock,
    log: (line) => void log.push(line),
    ...(data !== undefined && { folder: data }),
  });
}

/** A function that writes down what it gets, and a rule for it. */
async function makeRule(expression: string, end = ""): Promise<void> {
  functions = await testFunctions(cloud);
  await functions.create(
    "ticker",
    `import { appendFileSync } from "node:fs";
export const handler = async (event, { awsRequestId: requestId }) => {
  appendFileSync(${JSON.stringify(record)}, JSON.stringify({ event, requestId }) + "\\n");
  ${end}
};`,
  );
  const events = new EventBridgeClient(cloud.config);
  await events.send(new PutRuleCommand({ Name: "minute", ScheduleExpression: expression }));
  await events.send(new PutTargetsCommand({ Rule: "minute", Targets: [{ Id: "1", Arn: FUNCTION }] }));
  events.destroy();
}

async function allow(): Promise<void> {
  await functions.lambda.send(
    new AddPermissionCommand({
      FunctionName: "ticker",
      StatementId: "events",
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
      SourceArn: RULE,
    }),
  );
}

function runs(): Run[] {
  return readFileSync(record, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Run);
}

async function untilRuns(count: number): Promise<void> {
  await expect.poll(() => runs().length, { timeout: 10_000 }).toBe(count);
}

beforeEach(async () => {
  writeFileSync(record, "");
  await start();
  // None of them crosses a minute by itself.
  clock.nextMinute();
});
afterEach(() => cloud.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a rule that is due each minute runs its function each minute, once, with AWS's event", async () => {
  await makeRule(EVERY_MINUTE);
  await allow();
  const minutes: number[] = [];
  for (const count of [1, 2]) {
    minutes.push(clock.nextMinute());
    await untilRuns(count);
    await pause(QUIET_MS);
    expect(runs()).toHaveLength(count);
  }
  expect(runs().map(({ event }) => event)).toEqual(
    minutes.map((minute) => ({
      version: "0",
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: "000000000000",
      time: new Date(minute).toISOString().replace(".000Z", "Z"),
      region: "us-east-1",
      resources: [RULE],
      detail: {},
    })),
  );
  expect(new Set(runs().map(({ event }) => event.id)).size).toBe(2);
});

it("a rule that may not invoke its function is silent: the cloud's log alone knows", async () => {
  await makeRule(EVERY_MINUTE);
  clock.nextMinute();
  await expect.poll(() => log).toContainEqual(`rule minute: ${FUNCTION} denied`);
  await pause(QUIET_MS);
  expect(runs()).toEqual([]);
  await allow();
  clock.nextMinute();
  await untilRuns(1);
});

it("a run that fails is tried twice more, one minute later and two minutes after that, with the same event", async () => {
  const due = new Date((Math.floor(clock.now() / 60_000) + 1) * 60_000);
  await makeRule(`cron(${due.getUTCMinutes()} ${due.getUTCHours()} * * ? *)`, `throw new Error("not today");`);
  await allow();
  let before = clock.nextMinute();
  await untilRuns(1);
  for (const [count, minutes] of [
    [2, 1],
    [3, 2],
  ] as const) {
    while (runs().length < count) {
      clock.advance(1000);
      await pause(10);
    }
    const waited = (clock.now() - before) / 60_000;
    expect([waited >= minutes, waited < minutes + 1]).toEqual([true, true]);
    before = clock.now();
  }
  clock.advance(10 * 60_000);
  await pause(QUIET_MS);
  expect(runs()).toHaveLength(3);
  expect(new Set(runs().map(({ requestId, event }) => `${requestId} ${event.id}`)).size).toBe(1);
});

it("a cloud that was stopped for ten minutes goes on with the next one, and makes up for none", async () => {
  await makeRule(EVERY_MINUTE);
  await allow();
  clock.nextMinute();
  await untilRuns(1);
  await cloud.cloud.close();
  await start(clock.now() - Date.now() + 10 * 60_000, cloud.folder);
  await pause(QUIET_MS);
  expect(runs()).toHaveLength(1);
  clock.nextMinute();
  await untilRuns(2);
  await pause(QUIET_MS);
  expect(runs()).toHaveLength(2);
});
