// The timer with the real executable: what a learner types, sees and gets wrong, and what is left afterwards.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EventBridgeClient, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import { LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TimerEnableResult } from "../../src/commands/timer-enable.ts";
import type { TimerInvokeResult } from "../../src/commands/timer-invoke.ts";
import type { TimerRow } from "../../src/commands/timer-rows.ts";
import type { TimerStatusResult } from "../../src/commands/timer-status.ts";
import { isProcessAlive } from "../../src/core/process.ts";
import type { ItemRow } from "../../src/core/row.ts";
import { openWorkplace, type Started, type Workplace } from "./awsls.ts";

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
    const enabled = await place.json<TimerEnableResult & { row?: TimerRow }>("timer", "enable", "--wait");
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

it("the local cloud keeps its speed until another one is given, and says it", { timeout: 60_000 }, async () => {
  const FAST = "Its schedules pass 60 times as fast.";
  expect((await place.awsls("local", "start", "--speed", "60")).stdout).toContain(FAST);
  await place.awsls("local", "stop");
  const { stderr } = await place.awsls("table", "create", "--local");
  expect(stderr).toMatch(/Local cloud started on \S+; its schedules pass 60 times as fast/);
  expect(place.cloud().speed).toBe(60);
  expect((await place.awsls("local", "status")).stdout).toContain(FAST);
  const refused = await place.awsls("local", "start", "--speed", "1");
  expect(refused).toMatchObject({ code: 3 });
  expect(refused.stderr).toMatch(/at speed 60; it cannot be given another port or speed/);
  await place.awsls("local", "stop");
  const slow = await place.awsls("local", "start", "--speed", "1");
  expect(slow.stdout).not.toContain("times as fast");
  await place.awsls("local", "stop");
  await place.awsls("local", "start");
  expect(place.cloud().speed).toBe(1);
});

it("without waiting it says when to expect a row, at the clock's own speed", async () => {
  await place.awsls("table", "create", "--local");
  const { stdout } = await timer("enable");
  expect(stdout).toMatch(
    /It runs first at about (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d \(UTC.*\)\. EventBridge may take a minute or so until it notices a change/,
  );
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

describe("enable --wait", () => {
  async function waiting(...args: string[]): Promise<Started & { stderr(): string }> {
    const started = place.start({}, "timer", "enable", "--rate", "1 day", "--wait", ...args);
    let stderr = "";
    started.child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    await vi.waitUntil(() => stderr.includes("Waiting for a row"), { timeout: 20_000 });
    return { ...started, stderr: () => stderr };
  }

  it("says until when, leaves the stack to other commands, and Ctrl-C ends the waiting alone", async () => {
    await place.awsls("table", "create", "--local");
    const { child, ended, stderr } = await waiting();
    expect(stderr()).toMatch(/due by about \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC.*\), at the longest until /);
    expect(await timer("disable")).toMatchObject({ code: 0 });
    expect(await timer("enable")).toMatchObject({ code: 0 });
    child.kill("SIGINT");
    const outcome = await ended;
    expect(outcome).toMatchObject({ code: 130, stdout: "" });
    expect(outcome.stderr).toContain("Interrupted while waiting for a row; the timer stays as it is.");
    expect(outcome.stderr).toContain("awsls timer watch");
    expect(outcome.stderr).not.toContain("awsls down");
    expect((await timer("status")).stdout).toContain("on, rate(1 day)");
  });

  it("ends when the stack is deleted meanwhile", async () => {
    await place.awsls("local", "start");
    await place.awsls("table", "create", "--local");
    const { ended } = await waiting("--json");
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    const { code, stdout } = await ended;
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "NoRow" } });
  });
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

it("somebody else's rule: what is advised is this command with another stack, and --adopt where there is one", async () => {
  await place.awsls("table", "create", "--local");
  const events = new EventBridgeClient(await place.clientConfig());
  await events.send(new PutRuleCommand({ Name: "dynamodb-1min-insert-timer", ScheduleExpression: "rate(1 hour)" }));
  events.destroy();
  const advised = async (verb: string): Promise<string> => {
    const { code, stderr } = await timer(verb);
    expect(code).toBe(3);
    return stderr.split("\n").find((line) => line.startsWith("→")) ?? "";
  };
  const name = (verb: string): string => `→ Use another name (\`awsls timer ${verb} --stack my-http-crud-tutorial\`)`;
  expect(await advised("enable")).toBe(`${name("enable")}, delete them yourself, or take them over with --adopt.`);
  expect(await advised("disable")).toBe(`${name("disable")}, or delete them yourself.`);
  expect(await advised("watch")).toBe(`${name("watch")}, or delete them yourself.`);
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
