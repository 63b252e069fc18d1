// The local cloud as commands see it: one of them however many start it, never mistaken for somebody else's server.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isProcessAlive } from "../../src/core/process.ts";
import type { CloudRecord } from "../../src/local/claim.ts";
import { openWorkplace, type Outcome, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

const record = (): CloudRecord => place.cloud();

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await vi.waitUntil(() => server.listening);
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function expectDone(outcomes: readonly Outcome[]): void {
  for (const { code, stderr } of outcomes) expect(code, stderr).toBe(0);
}

it(
  "commands that start it, and end it, at the same moment share one and leave nothing",
  { timeout: 60_000 },
  async () => {
    for (let round = 0; round < 3; round += 1) {
      const stacks = ["aa", "bb", "cc"];
      expectDone(await Promise.all(stacks.map((stack) => place.awsls("table", "create", "--local", "--stack", stack))));
      const { pid } = record();
      expectDone(await Promise.all(stacks.map((stack) => place.awsls("down", "--stack", stack))));
      expect(readdirSync(place.folder)).toEqual([]);
      expect(isProcessAlive(pid)).toBe(false);
    }
  },
);

it("whoever has taken the port of one that died is not told its key", async () => {
  await place.awsls("up", "--local");
  const { pid, port, secretAccessKey, url } = record();
  process.kill(pid, "SIGKILL");
  await vi.waitUntil(() => !isProcessAlive(pid));
  const seen: string[] = [];
  const other = createServer((request, response) => {
    seen.push(JSON.stringify([request.url, request.headers]));
    request.on("data", (chunk: Buffer) => seen.push(chunk.toString()));
    response.end('{"stopping":true,"holds":[]}');
  }).listen(port, "127.0.0.1");
  // Even if its process's number has been given away, too.
  writeFileSync(join(place.folder, ".awsls/local/cloud.json"), JSON.stringify({ ...record(), pid: process.pid }));
  expect((await place.awsls("local", "status")).stdout).toContain("Stopped");
  expect((await place.awsls("local", "env")).code).toBe(3);
  const up = await place.awsls("up");
  expect(up.code, up.stderr).toBe(0);
  expect(record().url).not.toBe(url);
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  other.close();
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.join("\n")).not.toContain(secretAccessKey);
});

it("one that a command started stays after `local start`", async () => {
  await place.awsls("up", "--local");
  const { pid } = record();
  expect((await place.awsls("local", "start")).stdout).toContain("until `local stop`");
  await place.awsls("down");
  expect(isProcessAlive(pid)).toBe(true);
  await place.awsls("local", "stop");
  expect(isProcessAlive(pid)).toBe(false);
});

it.skipIf(process.platform !== "linux")(
  "has nothing of the learner's environment: functions could read it",
  async () => {
    const secrets = { AWS_SECRET_ACCESS_KEY: "learner-secret", GITHUB_TOKEN: "learner-token" };
    await place.awslsWith(secrets, "local", "start");
    const environment = readFileSync(`/proc/${record().pid}/environ`, "utf8");
    expect(environment).not.toContain("learner");
  },
);

it("is managed on ports that fetch refuses, too", async () => {
  const { code } = await place.awsls("local", "start", "--port", "6669");
  expect(code).toBe(0);
  const { pid } = record();
  expect((await place.awsls("local", "status")).stdout).toContain("Running on http://127.0.0.1:6669");
  expect(await place.awsls("up", "--local")).toMatchObject({ code: 0 });
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect((await place.awsls("local", "stop")).stdout).toContain("Stopped");
  expect(isProcessAlive(pid)).toBe(false);
});

it("that runs is given no other port, rules or region; what it has is no contradiction", async () => {
  const first = await place.awsls("local", "start", "--any-credentials", "--speed", "60");
  expect(first.code).toBe(0);
  for (const { stdout } of [first, await place.awsls("local", "status")]) {
    expect(stdout).toContain("Its schedules pass 60 times as fast.");
    expect(stdout).toContain("It accepts every access key.");
  }
  const { pid, port, region } = record();
  const start = (...options: string[]): Promise<unknown> => place.json("local", "start", ...options);
  expect(await start("--port", String(port), "--region", region, "--any-credentials")).toMatchObject({ running: true });
  const otherPort = String(await freePort());
  expect(await start("--port", otherPort)).toMatchObject({ error: { code: "LocalCloudRuns" } });
  const conflict = { error: { code: "LocalRegion", data: { asked: "eu-west-1", recorded: region } } };
  expect(await start("--region", "eu-west-1")).toMatchObject(conflict);
  expect(record()).toMatchObject({ pid, port, region });
  // Its region is its data's, running or not; another port is fine once it is stopped.
  await place.awsls("local", "stop");
  expect(await start("--region", "eu-west-1")).toMatchObject(conflict);
  expect(await start("--port", otherPort)).toMatchObject({ running: true });
  expect(record().port).toBe(Number(otherPort));
  expect(await start("--any-credentials")).toMatchObject({ error: { code: "LocalCloudRuns" } });
});

it("its variables take the place of what a learner signed in with", async () => {
  await place.awsls("local", "start");
  const { stdout } = await place.awsls("local", "env");
  expect(stdout).toMatch(/unset [A-Z_ ]*AWS_SESSION_TOKEN|AWS_SESSION_TOKEN = \$null/);
  expect(stdout).toMatch(/unset [A-Z_ ]*AWS_PROFILE|AWS_PROFILE = \$null/);
});
