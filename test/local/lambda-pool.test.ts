// Processes under load: how many run, who waits, who is turned away, when they end.

import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteRoleCommand, DeleteRolePolicyCommand } from "@aws-sdk/client-iam";
import { PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { testFunctions } from "../functions.ts";
import type { TestFunctions } from "../functions.ts";
import { isProcessAlive } from "../../src/core/process.ts";
import { createPool } from "../../src/local/lambda/pool.ts";
import type { Pool, PoolOptions } from "../../src/local/lambda/pool.ts";
import type { FunctionProcess, ProcessEvents } from "../../src/local/lambda/function-process.ts";
import type { Outcome, PendingInvocation } from "../../src/local/lambda/invocation.ts";

let cloud: TestCloud;
let functions: TestFunctions;

beforeAll(async () => {
  cloud = await startTestCloud();
  functions = await testFunctions(cloud);
});
afterAll(() => cloud.close());

/** Answers with its process and how long it took. */
const WAITS = `export const handler = async ({ ms }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return process.pid;
};`;

test("short requests share few processes, long ones run side by side up to what is reserved", async () => {
  await functions.create("waits", WAITS, { Timeout: 10 });
  const many = async (count: number, ms: number): Promise<unknown[]> =>
    Promise.all(Array.from({ length: count }, async () => (await functions.invoke("waits", { ms })).payload));
  await many(1, 0);
  // One, unless this machine is so busy that somebody waited 100 ms.
  expect(new Set(await many(16, 1)).size).toBeLessThan(5);
  await functions.lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: "waits", ReservedConcurrentExecutions: 16 }),
  );
  // Sixteen processes for sixteen requests: none waited for another's end.
  await expect.poll(async () => new Set(await many(16, 1000)).size, { timeout: 15_000 }).toBe(16);
});

test("new code takes the place of the old one after what that is doing", async () => {
  const codeFolders = (): number => readdirSync(join(cloud.folder, "lambda", "code")).length;
  const before = codeFolders();
  await functions.create("renewed", WAITS.replace("process.pid", "'old'"), { Timeout: 10 });
  await functions.invoke("renewed", { ms: 0 });
  const running = functions.invoke("renewed", { ms: 300 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await functions.update("renewed", WAITS.replace("process.pid", "'new'"));
  expect((await functions.invoke("renewed", { ms: 0 })).payload).toBe("new");
  expect((await running).payload).toBe("old");
  await expect.poll(() => codeFolders() - before).toBe(1);
});

test("processes that cannot be started any more leave nothing, and those there are serve on", async () => {
  const scratchFolders = (): number => readdirSync(join(cloud.folder, "lambda", "scratch")).length;
  const { iam, roleArn } = await testFunctions(cloud, "deleted-role");
  await functions.create("orphan", WAITS, { Timeout: 10, Role: roleArn });
  const before = scratchFolders();
  const running = [1, 2, 3].map(() => functions.invoke("orphan", { ms: 250 }));
  // One was started; the role goes before the others have waited long enough for a second.
  await expect.poll(scratchFolders).toBe(before + 1);
  await iam.send(new DeleteRolePolicyCommand({ RoleName: "deleted-role", PolicyName: "function" }));
  await iam.send(new DeleteRoleCommand({ RoleName: "deleted-role" }));
  for (const answer of running) expect((await answer).error).toBeUndefined();
  expect(scratchFolders()).toBe(before + 1);
});

test.skipIf(process.platform === "win32")(
  "no process outlives a cloud that was killed, not even one that spins",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "awsls-killed-"));
    const own = spawn(process.execPath, ["dist/local-cloud.js", "--folder", folder], { stdio: "ignore" });
    try {
      const file = join(folder, "cloud.json");
      await expect.poll(() => readFile(file, "utf8").catch(() => ""), { timeout: 5000 }).not.toBe("");
      const { url, accessKeyId, secretAccessKey } = JSON.parse(await readFile(file, "utf8")) as Record<string, string>;
      const config = {
        region: "us-east-1",
        endpoint: url ?? "",
        credentials: { accessKeyId: accessKeyId ?? "", secretAccessKey: secretAccessKey ?? "" },
        maxAttempts: 1,
      } as const;
      const there = await testFunctions({ ...cloud, config });
      await there.create(
        "spins",
        "export const handler = async (e) => { if (e.spin) for (;;); return process.pid; };",
        {
          Timeout: 60,
        },
      );
      const pid = Number((await there.invoke("spins")).payload);
      there.invoke("spins", { spin: true }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(isProcessAlive(pid)).toBe(true);
      own.kill("SIGKILL");
      await expect.poll(() => isProcessAlive(pid), { timeout: 3000 }).toBe(false);
    } finally {
      own.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    }
  },
);

/** A pool over processes that are none. */
function fakePool(options: Partial<PoolOptions> = {}): {
  pool: Pool;
  started: { process: FunctionProcess; events: ProcessEvents; ran: PendingInvocation[]; isEnded: boolean }[];
  ask(): Promise<Outcome>;
} {
  const started: ReturnType<typeof fakePool>["started"] = [];
  const pool = createPool({
    timings: { anotherAfterMs: 20, queueMs: 120, idleMs: 60 },
    startsAtOnce: 8,
    steady: 2,
    limit: () => 10,
    start(events) {
      const ran: PendingInvocation[] = [];
      let end = (): void => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const entry = {
        process: {
          stale: false,
          idleSince: performance.now(),
          served: 0,
          run: (invocation: PendingInvocation) => void ran.push(invocation),
          end() {
            if (entry.isEnded) return;
            entry.isEnded = true;
            events.gone(entry.process);
            end();
          },
          ended,
        },
        events,
        ran,
        isEnded: false,
      };
      started.push(entry);
      return entry.process;
    },
    ...options,
  });
  const ask = (): Promise<Outcome> =>
    new Promise((settle) => {
      const request = { requestId: "r", payload: new Uint8Array(), wantsLog: false, trace: "" };
      pool.run({ ...request, since: performance.now(), settle });
    });
  return { pool, started, ask };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("another process starts only when somebody has waited, and never beyond the limit", async () => {
  const { pool, started, ask } = fakePool({ limit: () => 3 });
  const answers = Array.from({ length: 5 }, ask);
  expect(started).toHaveLength(1);
  await pause(60);
  expect(started).toHaveLength(3);
  for (const { process, events } of started) events.free(process);
  expect(started.map(({ ran }) => ran.length)).toEqual([1, 1, 1]);
  // The two left over wait no longer than allowed.
  expect(await answers[4]).toEqual({ kind: "throttled" });
  expect(await answers[3]).toEqual({ kind: "throttled" });
  await pool.close();
});

test("who waits for a process that is loading is not turned away, who waits behind them is", async () => {
  const { pool, started, ask } = fakePool({ startsAtOnce: 2 });
  const answers = Array.from({ length: 3 }, ask);
  const isSettled = answers.map(() => false);
  answers.forEach((answer, index) => void answer.then(() => (isSettled[index] = true)));
  await pause(250);
  expect(started).toHaveLength(2);
  expect(isSettled).toEqual([false, false, true]);
  for (const { process, events } of started) events.free(process);
  expect(started.map(({ ran }) => ran.length)).toEqual([1, 1]);
  await pool.close();
});

test("nobody waits any more: no other process starts", async () => {
  const { pool, started, ask } = fakePool();
  void ask();
  const [first] = started;
  if (!first) throw new Error("no process was started");
  await pause(15);
  first.events.free(first.process);
  await pause(40);
  expect(started).toHaveLength(1);
  await pool.close();
});

test("a queue that never runs empty gets a second process, though nobody waits long", async () => {
  // No more than two, for on a busy machine somebody does wait long.
  const { pool, started, ask } = fakePool({ limit: () => 2 });
  void ask();
  const [first] = started;
  if (!first) throw new Error("no process was started");
  for (let round = 0; round < 10; round++) {
    void ask();
    await pause(5);
    first.events.free(first.process);
  }
  expect(started).toHaveLength(2);
  await pool.close();
});

test("the process that has worked most goes on, so that the others can end", async () => {
  const { pool, started, ask } = fakePool();
  for (let n = 0; n < 2; n++) void ask();
  await pause(30);
  const [first, second] = started;
  if (!first || !second) throw new Error("two processes were to be started");
  Object.assign(first.process, { served: 5 });
  for (const { process, events } of [second, first]) events.free(process);
  for (const { process, events } of [first, second]) events.free(process);
  void ask();
  expect([first.ran.length, second.ran.length]).toEqual([2, 1]);
  await pool.close();
});

test("a process that could not load answers one of those who wait, and another is tried for the next", async () => {
  const { pool, started, ask } = fakePool();
  const answers = [ask(), ask()];
  const failure: Outcome = { kind: "failed", payload: Buffer.from("{}") };
  for (const index of [0, 1]) {
    const entry = started[index];
    if (!entry) throw new Error(`process ${index} was not started`);
    entry.events.failedInit(entry.process, failure, () => "");
    entry.process.end();
    expect(await answers[index]).toEqual(failure);
  }
  expect(started).toHaveLength(2);
  await pool.close();
});

test("idle processes end, the one that worked last stays longest", async () => {
  const { pool, started, ask } = fakePool();
  void ask();
  const [first] = started;
  if (!first) throw new Error("no process was started");
  first.events.free(first.process);
  first.process.idleSince = performance.now();
  first.events.free(first.process);
  await expect.poll(() => first.isEnded, { timeout: 1000 }).toBe(true);
  expect(pool.size).toBe(0);
  await pool.close();
});
