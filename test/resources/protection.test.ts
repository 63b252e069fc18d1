// Protection against deletion: named before anything is deleted, lifted only by whoever may say yes.

import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  PutLogGroupDeletionProtectionCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Answer, Question, StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { deleteStep } from "../../src/commands/step-delete.ts";
import { up } from "../../src/commands/up.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

const TableName = "http-crud-tutorial-items";
const logGroupIdentifier = "/aws/lambda/http-crud-tutorial-function";
const READING = /^(Get|List|Describe)/;

let cloud: TestCloud;
let stack: TestStack;
let asked: Question[] = [];
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());
beforeEach(async () => {
  asked = [];
  stack = openTestStack(cloud);
  await up(await stack.context());
});
afterEach(async () => {
  stack.close();
  await cloud.control("POST", "reset");
});

const PROTECTED = [
  [
    "table",
    TableName,
    "DeletionProtectionEnabled",
    () => new DynamoDBClient(cloud.config).send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true })),
  ],
  [
    "logGroup",
    logGroupIdentifier,
    "deletionProtectionEnabled",
    () =>
      new CloudWatchLogsClient(cloud.config).send(
        new PutLogGroupDeletionProtectionCommand({ logGroupIdentifier, deletionProtectionEnabled: true }),
      ),
  ],
] as const;

async function answering(answer: Answer, more: Partial<StackContext> = {}): Promise<StackContext> {
  const ask = (question: Question): Promise<Answer> => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  return { ...(await stack.context()), ask, ...more };
}

async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
  await cloud.clearRequests();
  await work();
  return (await cloud.requests()).map(({ operation }) => operation).filter((operation) => !READING.test(operation));
}

async function holds(): Promise<unknown[]> {
  return ((await (await cloud.control("GET", "inventory")).json()) as { holds: unknown[] }).holds;
}

it.each(PROTECTED)("a protected %s: with nobody to ask nothing is deleted", async (resource, name, field, protect) => {
  await protect();
  const before = await holds();
  const refusal = { code: "Protected", exitCode: 3, data: { resource, name, field } };
  const writes = await writesOf(async () => {
    await expect(down(await answering("unasked"))).rejects.toMatchObject(refusal);
    const noun = resource === "table" ? "table" : "function";
    await expect(deleteStep(await answering("unasked"), noun)).rejects.toMatchObject(refusal);
  });
  expect(writes).toEqual([]);
  expect(await holds()).toEqual(before);
});

it.each(PROTECTED)(
  "a protected %s is named in the question; a no leaves it, a yes takes it",
  async (resource, name, field, protect) => {
    await protect();
    expect(await writesOf(async () => down(await answering("no")))).toEqual([]);
    const [question] = asked;
    if (question?.about !== "removal") throw new Error("not asked");
    expect(question.resources.filter(({ protectedBy }) => protectedBy !== undefined)).toEqual([
      { component: resource, name, protectedBy: field },
    ]);
    await down(await answering("yes"));
    expect(await holds()).toEqual([]);
  },
);

it("a dry run names it and lifts nothing", async () => {
  const [[, , field, protect]] = PROTECTED;
  await protect();
  let planned: unknown;
  expect(await writesOf(async () => ({ planned } = await down(await answering("unasked", { dryRun: true }))))).toEqual(
    [],
  );
  expect(planned).toContainEqual({ component: "table", name: TableName, protectedBy: field });
});

it("what is not protected goes without a question, as before", async () => {
  await down(await answering("unasked"));
  expect(await holds()).toEqual([]);
});

async function protections(): Promise<unknown> {
  const { Table } = await new DynamoDBClient(cloud.config).send(new DescribeTableCommand({ TableName }));
  const { logGroups } = await new CloudWatchLogsClient(cloud.config).send(new DescribeLogGroupsCommand({}));
  return [Table?.DeletionProtectionEnabled, logGroups?.[0]?.deletionProtectionEnabled];
}

const takenOff = (): unknown[] =>
  stack.events.flatMap((event) => (event.type === "notice" && event.code === "ProtectionOff" ? [event.data] : []));

it("what AWS refuses to delete is protected again, and asked about again", async () => {
  for (const [, , , protect] of PROTECTED) await protect();
  const refused = { code: "AccessDeniedException", status: 400, message: "no" };
  await cloud.failNext("DeleteTable", refused);
  await cloud.failNext("DeleteLogGroup", refused);
  await expect(down(await answering("yes"))).rejects.toMatchObject({ code: "LeftBehind" });
  expect(await protections()).toEqual([true, true]);
  expect(takenOff()).toEqual([]);
  await expect(down(await answering("unasked"))).rejects.toMatchObject({ code: "Protected" });
  await down(await answering("yes"));
  expect(await holds()).toEqual([]);
});

it("a protection that cannot be put back, or that may not be wanted back, is said to be off", async () => {
  for (const [, , , protect] of PROTECTED) await protect();
  const refused = { code: "AccessDeniedException", status: 400, message: "no" };
  await cloud.failNext("DeleteTable", refused);
  await cloud.failNext("UpdateTable", { delayMs: 1 });
  await cloud.failNext("UpdateTable", refused);
  // Whether AWS did it is not known.
  await cloud.failNext("DeleteLogGroup", { code: "ServiceUnavailableException", status: 503, times: 9 });
  await expect(down(await answering("yes"))).rejects.toMatchObject({ code: "LeftBehind" });
  await cloud.clearFaults();
  expect(await protections()).toEqual([false, false]);
  expect(takenOff()).toEqual(
    expect.arrayContaining(PROTECTED.map(([resource, name, field]) => ({ resource, name, field }))),
  );
  await down(await answering("unasked"));
  expect(await holds()).toEqual([]);
});
