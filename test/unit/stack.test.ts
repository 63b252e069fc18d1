import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownerOf as ownerOfArn } from "../../src/aws/identity.ts";
import { createOnce, UncertainOutcome } from "../../src/aws/uncertain.ts";
import { retryWhile, waitUntil } from "../../src/aws/wait.ts";
import type { Change } from "../../src/core/change.ts";
import type { Clock } from "../../src/core/clock.ts";
import { namesOf } from "../../src/core/names.ts";
import { lambdaFunction } from "../../src/resources/lambda/function.ts";
import { checkSyntax, packageCode } from "../../src/stack/code.ts";
import { requireChangeable } from "../../src/stack/plan.ts";
import { type Owner, ownershipOf, tagsOf, traceOf } from "../../src/stack/ownership.ts";

const OWNER: Owner = { stack: "alice", region: "us-east-1", owner: "arn:aws:iam::1:user/a", origin: "a@b" };
describe("whose it is", () => {
  const tags = tagsOf(OWNER, "table");
  it.each([
    ["all tags match", tags, "none", "ours"],
    ["no tags, not recorded", {}, "none", "foreign"],
    ["no tags yet, an intent recorded", {}, "intent", "ours"],
    ["tags taken off by hand", {}, "made", "ours"],
    ["another stack's tags, though recorded", { ...tags, "awsls:stack": "bob" }, "made", "foreign"],
    ["another region", { ...tags, "awsls:region": "eu-west-1" }, "none", "foreign"],
    ["another machine, not recorded", { ...tags, "awsls:origin": "x@y" }, "none", "other-origin"],
    ["another machine, recorded here", { ...tags, "awsls:origin": "x@y" }, "made", "ours"],
    ["another machine, about to be made here", { ...tags, "awsls:origin": "x@y" }, "intent", "ours"],
    ["made here as somebody else", { ...tags, "awsls:owner": "arn:aws:iam::1:root" }, "made", "ours"],
    ["somebody else's, not recorded", { ...tags, "awsls:owner": "arn:aws:iam::1:root" }, "none", "foreign"],
    ["somebody else's, an intent recorded", { ...tags, "awsls:owner": "arn:aws:iam::1:root" }, "intent", "foreign"],
    ["tags unreadable, not recorded", "unreadable", "none", "unknown"],
    ["tags unreadable, recorded", "unreadable", "made", "ours"],
    ["a child", "untaggable", "none", "ours"],
  ] as const)("%s", (_case, its, trace, whose) => {
    expect(ownershipOf(OWNER, { live: {}, tags: its }, trace).whose).toBe(whose);
  });

  it.each([
    ["nothing recorded", undefined, "apiId", "none"],
    ["the recorded one", { status: "made", attributes: { apiId: "a" } }, "apiId", "made"],
    ["another one of its name", { status: "made", attributes: { apiId: "b" } }, "apiId", "none"],
    ["an intent of what has tags at once", { status: "intent", attributes: {} }, "apiId", "none"],
    ["an intent of what has them later", { status: "intent", attributes: {} }, undefined, "intent"],
    ["made, of what has no such id", { status: "made", attributes: {} }, undefined, "made"],
  ] as const)("its trace in the state: %s", (_case, recorded, identity, trace) => {
    expect(traceOf(recorded && { name: "alice-api", ...recorded }, { apiId: "a" }, identity)).toBe(trace);
  });

  it("leaves out a session's changing part, but keeps the person of IAM Identity Center", () => {
    expect(ownerOfArn("arn:aws:sts::1:assumed-role/Admin/1712345")).toBe("arn:aws:sts::1:assumed-role/Admin");
    expect(ownerOfArn("arn:aws:sts::1:assumed-role/AWSReservedSSO_dev_0123/kim")).toMatch(/kim$/);
    expect(ownerOfArn("arn:aws:iam::1:user/kim")).toBe("arn:aws:iam::1:user/kim");
  });
});

describe("a function that AWS could not make or update", () => {
  const spec = {
    functionName: "f",
    description: "",
    runtime: "nodejs24.x",
    handler: "index.handler",
    memorySize: 256,
    timeout: 15,
    architecture: "x86_64",
    roleArn: "arn:aws:iam::1:role/r",
    environment: {},
    code: { sha256: "s", zip: new Uint8Array() },
    tags: {},
  } as const;
  const { code, tags, ...same } = spec;
  const live = {
    ...same,
    functionArn: "a",
    packageType: "Zip",
    codeSha256: code.sha256,
    state: "Active",
    lastUpdateStatus: "Successful",
  };
  const changes = (more: Partial<typeof live>): unknown[] =>
    lambdaFunction.diff(spec, { live: { ...live, ...more }, tags });

  it("is made again when it Failed, sent again when its last update did, left alone when it works", () => {
    expect(changes({})).toEqual([]);
    expect(changes({ state: "Failed" })).toEqual([{ field: "State", from: "Failed", to: "Active", replace: true }]);
    expect(changes({ lastUpdateStatus: "Failed" })).toEqual([
      { field: "LastUpdateStatus", from: "Failed", to: "Successful" },
    ]);
  });

  it("is a container image: AWS takes no zip in its place, and nobody's work is deleted for that", () => {
    const image = changes({ packageType: "Image" });
    expect(image).toEqual([{ field: "PackageType", from: "Image", to: "Zip" }]);
    const subject = { component: "function", name: "f" };
    const plan = [{ subject, action: "update", changes: image as Change[] }] as const;
    expect(() => requireChangeable(plan)).toThrow(
      expect.objectContaining({ code: "Protected", data: { resource: "function", name: "f", field: "PackageType" } }),
    );
  });

  it("keeps an environment that AWS does not show: sending ours would replace it whole", () => {
    const wanted = { ...spec, environment: { TABLE_NAME: "t" } };
    const { environment: _none, ...unseen } = live;
    expect(lambdaFunction.diff(wanted, { live: unseen, tags })).toEqual([]);
    expect(lambdaFunction.diff(wanted, { live, tags })).toHaveLength(1);
  });
});

describe("names", () => {
  it.each(["local", "Alice", "1st", "a".repeat(37), "x-eventtestfunction", "a_b", ""])("refuses %j", (stack) => {
    expect(() => namesOf(stack)).toThrow(expect.objectContaining({ code: "InvalidStackName", exitCode: 2 }));
  });
  it("are the tutorial's own for the default stack", () => {
    expect(namesOf("http-crud-tutorial")).toMatchObject({
      table: "http-crud-tutorial-items",
      function: "http-crud-tutorial-function",
      timerFunction: "eventTestFunction",
      timerRole: "eventTestFunction-role",
      timerLogGroup: "/aws/lambda/eventTestFunction",
      timerRule: "dynamodb-1min-insert-timer",
    });
  });
  it("of another stack begin with its own, the timer's too, and are as short as AWS wants them", () => {
    const names = namesOf("a".repeat(36));
    for (const [which, name] of Object.entries(names)) {
      expect(name).toContain("a".repeat(36));
      if (!/LogGroup$/i.test(which)) expect(name.length, which).toBeLessThanOrEqual(64);
    }
    expect(namesOf("alice")).toMatchObject({
      timerFunction: "alice-eventTestFunction",
      timerRole: "alice-eventTestFunction-role",
      timerRule: "alice-dynamodb-1min-insert-timer",
    });
  });
});

describe("the packaged code", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "awsls-code-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is the same bytes on every machine and at every time", async () => {
    writeFileSync(join(folder, "index.mjs"), "export const handler = () => 1;\n", { mode: 0o600 });
    writeFileSync(join(folder, "a.txt"), "a");
    const { sha256 } = await packageCode({ folder });
    utimesSync(join(folder, "index.mjs"), 1, 1);
    expect((await packageCode({ folder })).sha256).toBe(sha256);
    // A constant: another zip library, Node or time zone must not change it unnoticed.
    expect(sha256).toBe("bYNYdCo3pNllFZNxgnDqlfaCQnZzd3MbyX252ILO8lM=");
  });

  it("needs an index.mjs", async () => {
    await expect(packageCode({ folder })).rejects.toMatchObject({ code: "HandlerMissing" });
  });

  it("with a syntax error is refused with Node's words", async () => {
    writeFileSync(join(folder, "index.mjs"), "export const handler = (=> 1;\n");
    await expect(checkSyntax({ folder })).rejects.toMatchObject({
      code: "HandlerSyntax",
      data: { details: expect.stringContaining("SyntaxError") as string },
    });
  });
});

describe("waiting", () => {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  };
  const { signal } = new AbortController();
  const pace = { clock, signal, doing: "x", onWait: () => undefined };
  beforeEach(() => {
    now = 0;
  });

  it("retries only what is recognised, for at least two minutes", async () => {
    const fail = (): Promise<never> => Promise.reject(new Error("not yet"));
    await expect(retryWhile(() => false, fail, pace)).rejects.toThrow("not yet");
    expect(now).toBe(0);
    await expect(retryWhile(() => true, fail, pace)).rejects.toThrow("not yet");
    expect(now).toBeGreaterThanOrEqual(120_000);
  });

  it("ends with AWS's last word when a state is never reached", async () => {
    const wait = waitUntil(
      () => Promise.resolve("CREATING"),
      (seen) => seen === "ACTIVE",
      (seen) => seen,
      pace,
    );
    await expect(wait).rejects.toMatchObject({ code: "TimedOut", data: { last: "CREATING" } });
  });

  it("makes an uncertain thing once: found ones are taken, absent ones made again", async () => {
    let tries = 0;
    const lost = (): Promise<string> => Promise.reject(new UncertainOutcome("CreateApi", new Error("reset")));
    await expect(createOnce({ make: lost, find: () => Promise.resolve("found"), clock, signal })).resolves.toBe(
      "found",
    );
    const second = (): Promise<string> => (++tries === 1 ? lost() : Promise.resolve("made"));
    await expect(createOnce({ make: second, find: () => Promise.resolve(undefined), clock, signal })).resolves.toBe(
      "made",
    );
    expect(tries).toBe(2);
  });
});
