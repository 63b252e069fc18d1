// The local cloud as the process that a command starts: its file, its one-per-folder rule, its ends.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateRoleCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isProcessAlive } from "../../src/core/process.ts";
import type { CloudRecord } from "../../src/local/claim.ts";
import { testFunctions } from "../functions.ts";

const ENTRY = fileURLToPath(new URL("../../dist/local-cloud.js", import.meta.url));
const TRUST =
  '{"Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}';

let folder: string;
let started: ChildProcess[];

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "awsls-process-")), "local");
  started = [];
});
afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  await Promise.all(started.map(ended));
  await rm(join(folder, ".."), { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  output(): string;
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [ENTRY, "--folder", folder, ...args]);
  started.push(child);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

/** The exit code, or the signal that ended the process. */
async function ended(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode ?? child.signalCode;
}

async function readRecord(): Promise<CloudRecord> {
  return JSON.parse(await readFile(join(folder, "cloud.json"), "utf8"));
}

/** Waits until the process has said where it listens. */
async function listening({ child }: Started): Promise<CloudRecord> {
  const isPublished = async (): Promise<boolean> => (await readRecord().catch(() => undefined))?.pid === child.pid;
  await expect.poll(isPublished, { timeout: 10_000, interval: 20 }).toBe(true);
  return readRecord();
}

function post(record: CloudRecord, path: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${record.secretAccessKey}` };
  return fetch(`${record.url}/_awsls/${path}`, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
}

function iamOf({ url, region, accessKeyId, secretAccessKey }: CloudRecord): IAMClient {
  return new IAMClient({ endpoint: url, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
}

/** The tables' engine may be writing files there just now. */
function removeFolder(): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 10 });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

describe("the local cloud's process", () => {
  it("says in cloud.json, to its owner alone, how to reach it, and takes that back when it is stopped", async () => {
    const cloud = start("--started-by", "command", "--region", "ap-northeast-2");
    const record = await listening(cloud);
    expect(record).toEqual({
      pid: cloud.child.pid,
      url: `http://127.0.0.1:${record.port}`,
      port: expect.any(Number),
      region: "ap-northeast-2",
      accountId: "000000000000",
      accessKeyId: expect.stringMatching(/^AKIA/),
      secretAccessKey: expect.any(String),
      startedBy: "command",
      portsChanged: [],
      anyCredentials: false,
      speed: 1,
      node: process.versions.node,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    if (process.platform !== "win32") expect((await stat(join(folder, "cloud.json"))).mode & 0o777).toBe(0o600);
    expect((await post(record, "stop")).status).toBe(200);
    expect(await ended(cloud.child)).toBe(0);
    expect(await exists(join(folder, "cloud.json"))).toBe(false);
    expect(await exists(join(folder, "settings.json"))).toBe(true);
    expect(cloud.output()).not.toContain(record.secretAccessKey);
  });

  it("deletes its whole data folder when it is told to", async () => {
    const cloud = start();
    await post(await listening(cloud), "stop", { erase: true });
    expect(await ended(cloud.child)).toBe(0);
    expect(await exists(folder)).toBe(false);
  });

  it("keeps data, key and port over a stop and over kill -9", async () => {
    const first = start();
    const before = await listening(first);
    await iamOf(before).send(new CreateRoleCommand({ RoleName: "kept", AssumeRolePolicyDocument: TRUST }));
    first.child.kill("SIGKILL");
    await ended(first.child);
    const second = start();
    const between = await listening(second);
    await post(between, "stop");
    await ended(second.child);
    const after = await listening(start());
    for (const record of [between, after]) {
      expect({ ...record, pid: 0 }).toEqual({ ...before, pid: 0 });
    }
    expect((await iamOf(after).send(new GetRoleCommand({ RoleName: "kept" }))).Role?.RoleName).toBe("kept");
  });

  it("that is kept is the user's own, also when a command starts it again after it died, until it is stopped", async () => {
    const first = start("--started-by", "command");
    const record = await listening(first);
    expect((await post(record, "keep")).status).toBe(200);
    expect((await readRecord()).startedBy).toBe("user");
    first.child.kill("SIGKILL");
    await ended(first.child);
    const second = start("--started-by", "command");
    const again = await listening(second);
    expect(again.startedBy).toBe("user");
    await post(again, "stop");
    await ended(second.child);
    expect((await listening(start("--started-by", "command"))).startedBy).toBe("command");
  });

  it("takes another port when its own is taken, says so and keeps to it", async () => {
    const first = start();
    const before = await listening(first);
    await post(before, "stop");
    await ended(first.child);
    const other = createServer().listen(before.port, "127.0.0.1");
    await once(other, "listening");
    const second = start();
    const changed = await listening(second);
    expect(changed.portsChanged).toEqual([{ from: before.port, to: changed.port }]);
    expect(changed.port).not.toBe(before.port);
    expect(second.output()).toContain(`port ${before.port} is taken, using ${changed.port}`);
    await post(changed, "stop");
    await ended(second.child);
    other.close();
    const after = await listening(start());
    expect([after.port, after.portsChanged]).toEqual([changed.port, []]);
  });

  it("is the only one of its folder", async () => {
    const first = start();
    const record = await listening(first);
    const second = start();
    expect(await ended(second.child)).toBe(3);
    expect(second.output()).toContain(`process ${first.child.pid} already runs`);
    expect(await readRecord()).toEqual(record);
  });

  it("is the only one of its folder also when two start at once", async () => {
    const both = [start(), start()];
    const first = await Promise.race(both.map(async ({ child }) => [child, await ended(child)] as const));
    expect(first[1]).toBe(3);
    const survivor = both.find(({ child }) => child !== first[0]);
    if (!survivor) throw new Error("both ended");
    expect((await listening(survivor)).pid).toBe(survivor.child.pid);
  });

  it("takes over from a process that is gone, also when another one has its id by now", async () => {
    const first = start();
    const before = await listening(first);
    first.child.kill("SIGKILL");
    await ended(first.child);
    // This test's own process lives, but nothing listens at the recorded port.
    await writeFile(join(folder, "cloud.lock"), String(process.pid));
    await writeFile(join(folder, "cloud.json"), JSON.stringify({ ...before, pid: process.pid }));
    expect((await listening(start())).accessKeyId).toBe(before.accessKeyId);
  });

  it("ends itself when its folder has vanished, and does not bring it back", async () => {
    const cloud = start();
    await listening(cloud);
    await removeFolder();
    const since = performance.now();
    expect(await ended(cloud.child)).toBe(0);
    expect(performance.now() - since).toBeLessThan(5000);
    expect(await exists(folder)).toBe(false);
  });

  it("ends itself as soon with a function at work, which does not outlive it", async () => {
    const cloud = start();
    const { url: endpoint, region, accessKeyId, secretAccessKey } = await listening(cloud);
    const credentials = { accessKeyId, secretAccessKey };
    const { create, invoke } = await testFunctions({ config: { endpoint, region, credentials, maxAttempts: 1 } });
    const code = `import { writeFileSync } from "node:fs";
    export const handler = async ({ file }) => {
      writeFileSync(file, String(process.pid));
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    };`;
    await create("busy", code, { Timeout: 60 });
    const file = join(folder, "..", "pid");
    // The first one: its log group is still to be made, which fails once the folder is gone.
    const unanswered = invoke("busy", { file }).catch(() => "cut off");
    await expect.poll(() => exists(file), { timeout: 5000 }).toBe(true);
    // The thread that watches over the process needs the folder as it starts.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const pid = Number(await readFile(file, "utf8"));
    await removeFolder();
    const since = performance.now();
    expect(await ended(cloud.child)).toBe(0);
    expect(performance.now() - since).toBeLessThan(5000);
    expect(await exists(folder)).toBe(false);
    expect(await unanswered).toBe("cut off");
    expect(isProcessAlive(pid)).toBe(false);
  });

  it("ends itself when cloud.json names another process, and leaves the file to that one", async () => {
    const cloud = start();
    const record = { ...(await listening(cloud)), pid: 1 };
    await writeFile(join(folder, "cloud.json"), JSON.stringify(record));
    expect(await ended(cloud.child)).toBe(0);
    expect(await readRecord()).toEqual(record);
  });

  it.skipIf(process.platform === "win32").each(["SIGTERM", "SIGINT"] as const)("ends cleanly on %s", async (signal) => {
    const cloud = start();
    await listening(cloud);
    cloud.child.kill(signal);
    expect(await ended(cloud.child)).toBe(0);
    expect(await exists(join(folder, "cloud.json"))).toBe(false);
  });

  it("refuses another region than its data's, and options that it does not know", async () => {
    const first = start();
    await post(await listening(first), "stop");
    await ended(first.child);
    const second = start("--region", "eu-west-1");
    expect(await ended(second.child)).toBe(4);
    expect(second.output()).toContain("belongs to us-east-1, not to eu-west-1");
    const third = start("--nonsense");
    expect(await ended(third.child)).toBe(1);
    expect(third.output()).toContain("--nonsense");
    expect(third.output()).not.toContain("at ");
  });
});
