// What the call log tells of each call.

import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { up } from "../../src/commands/up.ts";
import type { CallEvent } from "../../src/core/event.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

let cloud: TestCloud;
let alice: TestStack;
beforeAll(async () => {
  cloud = await startTestCloud();
  alice = openTestStack(cloud, { stack: "alice" });
});
afterAll(async () => {
  alice.close();
  await cloud.close();
});

const lastCall = (): CallEvent | undefined =>
  alice.events.findLast((event): event is CallEvent => event.type === "call");

it("whether there is another page", async () => {
  await up(await alice.context());
  const bob = openTestStack(cloud, { stack: "bob" });
  await up(await bob.context());
  bob.close();
  const { clients } = (await alice.context()).session;
  await clients.get(CloudWatchLogsClient).send(new DescribeLogGroupsCommand({ limit: 1 }));
  expect(lastCall()).toMatchObject({ operation: "DescribeLogGroups", isPartial: true });
  await clients.get(CloudWatchLogsClient).send(new DescribeLogGroupsCommand({}));
  expect(lastCall()).not.toHaveProperty("isPartial");
  await clients.get(DynamoDBClient).send(new ListTablesCommand({ Limit: 1 }));
  expect(lastCall()).toMatchObject({ operation: "ListTables", isPartial: true });
});
