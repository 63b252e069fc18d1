// The timer with the real executable: what a learner types, sees and gets wrong, and what is left afterwards.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TimerEnableResult } from "../../src/commands/timer-enable.ts";
import type { TimerInvokeResult } from "../../src/commands/timer-invoke.ts";
import type { TimerStatusResult } from "../../src/commands/timer-status.ts";
import { isProcessAlive } from "../../src/core/process.ts";
import type { ItemRow } from "../../src/core/row.ts";
import { openWorkplace, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

const timer = (...args: string[]): ReturnType<Workplace["awsls"]> => place.awsls("timer", ...args);

it(
  "enable, watch, status, invoke, logs, disable, up, enable, delete, down: nothing is left",
  { timeout: 60_000 },
  async () => {
    await place.awsls("local", "start", "--speed", "60");
    await place.awsls("up", "--local");
    const enabled = await place.json<TimerEnableResult>("timer", "enable", "--wait");
    expect(enabled).toMatchObject({ schedule: "rate(1 minute)", row: { item: { price: 1000, name: "item name" } } });
    expect(enabled.row?.item["id"]).toBe(enabled.row?.id);

    const watched = await timer("watch", "--count", "2", "--json");
    expect(watched.code).toBe(0);
    const rows = watched.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as ItemRow);
    expect(rows.map(({ kind, item }) => `${kind} ${String(item["price"])}`)).toEqual(["item 1000", "item 1000"]);
    // A minute of the schedule is a second here.
    expect(rows[1]?.sinceMs).toBeGreaterThan(500);
    expect(rows[1]?.sinceMs).toBeLessThan(2_500);

    const invoked = await place.json<TimerInvokeResult>("timer", "invoke");
    expect(invoked.answer?.payload).toBe(`Put item ${String(invoked.row?.["id"])}`);
    const logged = await place.awsls("logs", "timer");
    expect(logged.stdout).toContain(`Put item ${String(invoked.row?.["id"])}`);

    const seen = await timer("status");
    expect(seen.stdout).toContain("Rule dynamodb-1min-insert-timer: on, rate(1 minute)");
    expect(seen.stdout).toContain("by a Scan");
    expect(seen.stdout).toMatch(/\n {2}\d\d:\d\d:\d\d {2}row \d{13} /);
    expect(seen.stdout).not.toContain("!");

    expect((await timer("disable")).stdout).toContain(
      "The timer is off; everything stays. On again:  awsls timer enable",
    );
    expect((await timer("disable")).stdout).toContain("Nothing to do");
    const up = await place.json<{ outcomes: { outcome: string }[] }>("up");
    expect(up.outcomes.filter(({ outcome }) => outcome !== "none")).toEqual([]);
    expect((await place.awsls("status")).stdout).toContain("Timer: rate(1 minute), disabled");
    expect((await timer("status")).stdout).toContain("off, rate(1 minute)");
    expect((await timer("enable", "--rate", "5 minutes")).stdout).toContain("The timer is on: rate(5 minutes).");
    expect((await timer("enable")).stdout).toContain("Nothing to do: the timer is on already: rate(5 minutes).");

    expect((await timer("delete")).stdout).toContain("4 resources deleted");
    expect((await timer("delete")).stdout).toContain("Nothing to do");
    expect(await place.awsls("test")).toMatchObject({ code: 0 });
    await timer("enable");
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(await place.holds()).toEqual([]);
    expect(readdirSync(join(place.folder, ".awsls")).toSorted()).toEqual([".gitignore", "local"]);
  },
);

it("without waiting it says when to expect a row, at the clock's own speed", async () => {
  await place.awsls("table", "create", "--local");
  const { stdout } = await timer("enable");
  expect(stdout).toMatch(/It runs first at about \d\d:\d\d:\d\d\. EventBridge may take a minute or so/);
  expect(stdout).toContain("awsls timer watch");
  const { next, troubles } = await place.json<TimerStatusResult>("timer", "status");
  expect(troubles).toEqual([]);
  expect(Date.parse(next ?? "") - Date.now()).toBeLessThan(61_000);
});

it("watch goes on until Ctrl-C, and ends without a word", async () => {
  await place.awsls("table", "create", "--local");
  await timer("enable");
  const { child, ended } = place.start({}, "timer", "watch");
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  await vi.waitUntil(() => stderr.includes("Ctrl-C ends"), { timeout: 10_000 });
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});

it("a missing permission is silent but in `timer status`, which says what repairs it", async () => {
  await place.awsls("table", "create", "--local");
  await timer("enable");
  const lambda = new LambdaClient(await place.clientConfig());
  await lambda.send(new RemovePermissionCommand({ FunctionName: "eventTestFunction", StatementId: "awsls-timer" }));
  lambda.destroy();
  const { code, stdout } = await timer("status");
  expect(code).toBe(0);
  expect(stdout).toContain("! EventBridge may not invoke the function, and says so nowhere but here.");
  expect(stdout).toContain("`awsls timer enable` repairs it");
});

it("a dry run starts nothing, makes nothing and shows each part", async () => {
  await place.awsls("table", "create", "--local");
  const { stdout } = await timer("enable", "--dry-run");
  expect(stdout.match(/^ {2}\+ /gm)).toHaveLength(6);
  expect(await place.holds()).toHaveLength(1);
  await timer("enable");
  expect((await timer("disable", "--dry-run")).stdout).toContain("State: ENABLED → DISABLED");
  expect((await timer("invoke", "--dry-run")).stdout).toContain('"Scheduled Event"');
  expect((await timer("delete", "--dry-run")).stdout).toContain("rule dynamodb-1min-insert-timer");
  expect((await timer("status")).stdout).toContain(": on,");
});

it("down of a stack whose cloud does not run deletes the timer's data, too", async () => {
  await place.awsls("table", "create", "--local");
  await timer("enable");
  const { pid } = place.cloud();
  process.kill(pid, "SIGKILL");
  await vi.waitUntil(() => !isProcessAlive(pid));
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
});

it("--verbose shows EventBridge's calls as the aws command has them", async () => {
  await place.awsls("table", "create", "--local");
  const { stderr } = await timer("enable", "--verbose");
  expect(stderr).toContain(
    "aws events put-rule --name dynamodb-1min-insert-timer --description '1minute timer' --schedule-expression 'rate(1 minute)' --state ENABLED",
  );
  expect(stderr).toContain("aws events put-targets --rule dynamodb-1min-insert-timer --targets ");
});

describe("what is wrong is said before any call, with what to do", () => {
  it.each([
    [["enable", "--rate", "1 minutes"], 2, "rate(1 minute)"],
    [["enable", "--schedule", "cron(0 0 31 2 ? *)"], 2, "no such time"],
    [["enable", "--schedule", "cron(* * * * *)"], 2, "six fields"],
    [["enable", "--rate", "1 hour", "--schedule", "rate(1 hour)"], 2, "give --rate or --schedule"],
    [["watch", "--count", "none"], 2, "whole number"],
    [["enable", "--local"], 3, "awsls table create --local"],
    [["disable"], 3, "There is no stack"],
  ])("timer %j", async (args, code, words) => {
    const outcome = await timer(...args);
    expect(outcome).toMatchObject({ code, stdout: "" });
    expect(outcome.stderr).toContain(words);
    expect(readdirSync(place.folder)).toEqual([]);
  });
});

it("code of the learner's own runs, and a mistake in it is found before it is deployed", async () => {
  await place.awsls("table", "create", "--local");
  await place.awsls("function", "eject", "timer");
  const file = join(place.folder, "handlers", "timer", "index.mjs");
  writeFileSync(file, "export const handler = async () => 'mine';\n");
  await timer("enable");
  const invoked = await place.json<TimerInvokeResult>("timer", "invoke");
  expect(invoked.answer?.payload).toBe("mine");
  expect(invoked.row).toBeUndefined();
  writeFileSync(file, "export const handler = async () => {\n");
  const broken = await timer("enable");
  expect(broken.code).toBe(3);
  expect(broken.stderr).toContain("syntax error");
  expect((await place.awsls("up")).code).toBe(3);
  const state = readFileSync(join(place.folder, ".awsls", "http-crud-tutorial.json"), "utf8");
  expect(state).toContain('"timer": "../handlers/timer"');
});
