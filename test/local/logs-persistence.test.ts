// Logs on disk: what functions wrote is there after a restart, even when a kill cut a line off.

import { appendFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { createLogs } from "../../src/local/logs/service.ts";
import type { CloudEnvironment, JsonObject } from "../../src/local/service.ts";
import { openCollection } from "../../src/local/store.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "awsls-logs-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function open() {
  const env: CloudEnvironment = {
    region: "us-east-1",
    accountId: "000000000000",
    partition: "aws",
    folder,
    clock: systemClock,
    log: () => {},
    endpoint: () => "",
    collection: (name) => openCollection(folder, name),
  };
  const { service, sink } = createLogs(env);
  return {
    service,
    sink,
    async call(operation: string, input: JsonObject): Promise<JsonObject> {
      const run = service.operations[operation]?.run;
      const call = { service: "logs", operation, requestId: "", headers: {}, signal: new AbortController().signal };
      return (await run?.(input, { ...call, principal: { kind: "root", arn: "", userId: "" } })) as JsonObject;
    },
  };
}

async function messages(logs: ReturnType<typeof open>, logGroupName: string): Promise<string[]> {
  const { events } = (await logs.call("FilterLogEvents", { logGroupName })) as unknown as {
    events: { message: string }[];
  };
  return events.map(({ message }) => message);
}

const EVENT = { timestamp: 1_800_000_000_000, message: "START\n한국 \u{1F600}" };

it("keeps groups and events over a restart", async () => {
  const before = open();
  before.sink.ensureGroup("g");
  before.sink.ensureStream("g", "s");
  before.sink.append("g", "s", [EVENT]);
  await before.service.close?.();

  const after = open();
  expect(after.sink.hasGroup("g")).toBe(true);
  expect(await messages(after, "g")).toEqual([EVENT.message]);
  after.sink.append("g", "s", [{ ...EVENT, message: "END" }]);
  expect(await messages(after, "g")).toEqual([EVENT.message, "END"]);
});

it("writes behind by itself, without anybody reading", async () => {
  const before = open();
  before.sink.ensureGroup("g");
  before.sink.append("g", "s", [EVENT]);
  await expect.poll(() => messages(open(), "g")).toEqual([EVENT.message]);
});

it("goes on after a line that a kill cut off", async () => {
  const before = open();
  before.sink.ensureGroup("g");
  before.sink.append("g", "s", [EVENT]);
  await before.service.close?.();
  const id = (await readdir(join(folder, "logs"))).find((entry) => !entry.endsWith(".json")) ?? "";
  const [file = ""] = await readdir(join(folder, "logs", id));
  await appendFile(join(folder, "logs", id, file), '[1800000000001,1800000000001,"cut o');

  const after = open();
  after.sink.append("g", "s", [{ ...EVENT, message: "END" }]);
  expect(await messages(after, "g")).toEqual([EVENT.message, "END"]);
});

it("does not bring back a deleted group by a late line", async () => {
  const logs = open();
  logs.sink.ensureGroup("g");
  logs.sink.append("g", "s", [EVENT]);
  await logs.call("DeleteLogGroup", { logGroupName: "g" });
  logs.sink.append("g", "s", [EVENT]);
  await logs.service.close?.();
  expect(logs.sink.hasGroup("g")).toBe(false);
  expect(await readdir(join(folder, "logs"))).toEqual(["groups.json"]);
});

it("forgets everything on reset", async () => {
  const logs = open();
  logs.sink.ensureGroup("g");
  logs.sink.append("g", "s", [EVENT]);
  await logs.service.reset?.();
  expect(await logs.call("DescribeLogGroups", {})).toEqual({ logGroups: [] });
  logs.sink.ensureGroup("g");
  expect(await messages(logs, "g")).toEqual([]);
});
