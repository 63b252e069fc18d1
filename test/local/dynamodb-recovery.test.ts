// The tables on disk: over a restart, after a kill -9, and after a kill in the middle of making or deleting one.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { recoverTables } from "../../src/local/dynamodb/recovery.ts";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

let folder: string;
let running: TestCloud | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "awsls-tables-"));
});

afterEach(async () => {
  await running?.cloud.close();
  running = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<DynamoDBClient> {
  running = await startTestCloud({ folder });
  return new DynamoDBClient(running.config);
}

async function restart(): Promise<DynamoDBClient> {
  await running?.cloud.close();
  return start();
}

async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      Tags: [{ Key: "awsls:stack", Value: "s" }],
      DeletionProtectionEnabled: true,
    }),
  );
  await vi.waitFor(async () => expect(await statusOf(client, TableName)).toBe("ACTIVE"), { interval: 2 });
}

async function statusOf(client: DynamoDBClient, TableName: string): Promise<string | undefined> {
  return (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
}

function put(client: DynamoDBClient, TableName: string, id: string) {
  return client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
}

/** The table's record as dynalite keeps it, changed behind its back: what a kill leaves. */
async function setStatus(TableName: string, TableStatus: string): Promise<void> {
  const fromDynalite = createRequire(createRequire(import.meta.url).resolve("dynalite"));
  const { Level } = fromDynalite("level");
  const db = new Level(join(folder, "dynamodb", "tables"), { valueEncoding: "json" });
  const record = await db.get(`table~${TableName}`);
  await db.put(`table~${TableName}`, { ...record, TableStatus });
  await db.close();
}

describe("a restart", () => {
  it("keeps tables, items, tags and protection", async () => {
    const before = await start();
    await createTable(before, "kept");
    await put(before, "kept", "한");
    const after = await restart();
    const { Table } = await after.send(new DescribeTableCommand({ TableName: "kept" }));
    expect(Table).toMatchObject({ TableStatus: "ACTIVE", DeletionProtectionEnabled: true });
    const read = await after.send(new GetItemCommand({ TableName: "kept", Key: { id: { S: "한" } } }));
    expect(read.Item).toEqual({ id: { S: "한" } });
    const listed = await after.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }));
    expect(listed.Tags).toEqual([{ Key: "awsls:stack", Value: "s" }]);
  });

  it("finishes what was being made", async () => {
    const before = await start();
    await createTable(before, "making");
    await put(before, "making", "1");
    await running?.cloud.close();
    await setStatus("making", "CREATING");
    const after = await start();
    expect(await statusOf(after, "making")).toBe("ACTIVE");
    expect((await after.send(new ScanCommand({ TableName: "making" }))).Count).toBe(1);
  });

  it("finishes what was being deleted, and nothing else", async () => {
    const before = await start();
    await createTable(before, "leaving");
    await createTable(before, "leaving-not");
    await put(before, "leaving", "1");
    await put(before, "leaving-not", "1");
    await running?.cloud.close();
    await setStatus("leaving", "DELETING");
    const after = await start();
    expect((await after.send(new ListTablesCommand({}))).TableNames).toEqual(["leaving-not"]);
    expect((await after.send(new ScanCommand({ TableName: "leaving-not" }))).Count).toBe(1);
    await createTable(after, "leaving");
    expect((await after.send(new ScanCommand({ TableName: "leaving" }))).Count).toBe(0);
  });
});

it("forgets everything on reset, and goes on", async () => {
  const client = await start();
  await createTable(client, "gone");
  await put(client, "gone", "1");
  expect((await running?.control("POST", "reset"))?.ok).toBe(true);
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([]);
  await createTable(client, "gone");
  expect((await client.send(new ScanCommand({ TableName: "gone" }))).Count).toBe(0);
});

it("says who is in the way when another process has the tables open", async () => {
  await createTable(await start(), "held");
  const noWait = { ...systemClock, sleep: async () => {} };
  await expect(recoverTables(join(folder, "dynamodb", "tables"), noWait)).rejects.toThrow(
    /another process has it open/,
  );
});

it("keeps every acknowledged item through kill -9", async () => {
  const client = await start();
  await createTable(client, "killed");
  await running?.cloud.close();
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("writer.mjs", import.meta.url)), join(folder, "dynamodb", "tables")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let acknowledged = 0;
  for await (const chunk of child.stdout) {
    acknowledged = Number(String(chunk).trim().split("\n").at(-1));
    if (acknowledged >= 100) break;
  }
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  const after = await start();
  const { Count = 0 } = await after.send(new ScanCommand({ TableName: "killed" }));
  expect(acknowledged).toBeGreaterThanOrEqual(100);
  expect(Count).toBeGreaterThanOrEqual(acknowledged);
});
