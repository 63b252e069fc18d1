// The timer's handler as Lambda would call it, on the local cloud's DynamoDB.

import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

type Handler = typeof import("../../handlers/timer/index.mjs").handler;

const TableName = "http-crud-tutorial-items";
let cloud: TestCloud;
let client: DynamoDBClient;
let handler: Handler;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = new DynamoDBClient(cloud.config);
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  vi.stubEnv("AWS_ENDPOINT_URL", cloud.cloud.url);
  vi.stubEnv("AWS_REGION", cloud.config.region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", cloud.config.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", cloud.config.credentials.secretAccessKey);
  vi.stubEnv("TABLE_NAME", TableName);
  // The handler reads its environment once, when it is loaded.
  ({ handler } = await import("../../handlers/timer/index.mjs"));
});

afterAll(async () => {
  client.destroy();
  vi.unstubAllEnvs();
  await cloud.close();
});

it("puts one row a run: its id is the time, and the same in the row, the answer and the log", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const before = Date.now();
  const answer = await handler();
  const id = /^Put item (\d{13})$/.exec(answer)?.[1] ?? "";
  expect(Number(id)).toBeGreaterThanOrEqual(before);
  expect(Number(id)).toBeLessThanOrEqual(Date.now());
  const { Items } = await client.send(new ScanCommand({ TableName }));
  expect(Items).toEqual([{ id: { S: id }, price: { N: "1000" }, name: { S: "item name" } }]);
  expect(log.mock.calls).toEqual([[answer]]);
  log.mockRestore();
});

it("throws what DynamoDB refuses: the run has failed, and no row is claimed", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await client.send(new DeleteTableCommand({ TableName }));
  await expect(handler()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});
