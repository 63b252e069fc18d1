import * as fs from "node:fs";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireLock } from "../../src/state/lock.ts";
import { emptyState, isEmpty, parseState, printState, type State } from "../../src/state/state.ts";
import { endState, openState, removeFolderIfEmpty } from "../../src/state/store.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awsls-state-"));
  path = join(folder, ".awsls", "demo.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const WITH_TABLE: State = {
  ...emptyState("demo"),
  target: { kind: "aws", region: "us-east-1", account: "123456789012" },
  resources: { table: { name: "demo-items", status: "made", attributes: {} } },
};

describe("the state file", () => {
  it("comes back as it was saved, with mode 0600 and a .gitignore beside it", () => {
    openState(path, "demo").update(() => WITH_TABLE);
    expect(openState(path, "demo").current()).toEqual(WITH_TABLE);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, ".awsls", ".gitignore"), "utf8")).toBe("*\n");
  });

  it("creates nothing until there is something to record", () => {
    openState(path, "demo").update((state) => ({ ...state, settings: { bundle: true } }));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is a stack's as long as it says that there is a timer, also when nothing else is recorded", () => {
    const settings = { timer: { schedule: "rate(1 minute)", enabled: false } };
    openState(path, "demo").update((state) => ({ ...state, settings }));
    const { timer } = openState(path, "demo").current().settings;
    expect(timer).toEqual({ schedule: "rate(1 minute)", enabled: false });
    expect(isEmpty(openState(path, "demo").current())).toBe(false);
  });

  it("on a full disk keeps the old file whole and no half one", () => {
    openState(path, "demo").update(() => WITH_TABLE);
    const before = readFileSync(path, "utf8");
    const full = {
      ...fs,
      writeSync: () => {
        throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      },
    };
    const store = openState(path, "demo", full);
    expect(() => store.update((state) => ({ ...state, settings: { bundle: true } }))).toThrow(
      expect.objectContaining({ code: "DiskFull", exitCode: 3 }),
    );
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readdirSync(join(folder, ".awsls")).toSorted()).toEqual([".gitignore", "demo.json"]);
  });

  it.each([
    ["", "empty", ""],
    ["{ half", "notJson", "JSON"],
    ["{}", "notState", ""],
    ["[]", "notState", ""],
    ["null", "notState", ""],
    ['{"version":1,"stack":"demo","settings":{},"resources":{"table":{}}}', "misshapen", "resources.table"],
  ])("damaged (%s) is an error that says how, never empty", (text, is, details) => {
    expect(() => parseState(text, path, "demo")).toThrow(
      expect.objectContaining({
        code: "StateDamaged",
        data: { path, is, details: expect.stringContaining(details) as string },
      }),
    );
  });

  it("of another stack is said to be that", () => {
    const other = printState(emptyState("other"));
    expect(() => parseState(other, path, "demo")).toThrow(
      expect.objectContaining({ code: "StateOfOther", data: { path, stack: "other" } }),
    );
  });

  it("of a newer version is not touched", () => {
    expect(() => parseState('{"version":2}', path, "demo")).toThrow(expect.objectContaining({ code: "StateNewer" }));
  });

  it("prints any state so that it parses to the same", () => {
    // Our own words for AWS's members; JavaScript's own (`__proto__`, `constructor`) are not among them.
    const attributes = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string());
    const recorded = fc.record({ name: fc.string(), status: fc.constantFrom("intent", "made"), attributes });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), recorded), (resources) => {
        const state: State = { ...emptyState("demo"), resources };
        expect(parseState(printState(state), path, "demo").resources).toEqual(state.resources);
      }),
    );
  });

  it("takes its folder with it when it goes", () => {
    const state = openState(path, "demo");
    state.update(() => WITH_TABLE);
    endState(state);
    removeFolderIfEmpty(join(folder, ".awsls"));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("the lock", () => {
  const lock = (): string => join(folder, "demo.lock");
  const holder = { id: "x", host: hostname(), command: "up", since: "2026-01-01T00:00:00.000Z" };

  it("is refused with the holder's name while the holder lives, free afterwards", () => {
    const mine = acquireLock(lock(), "up", 0);
    expect(() => acquireLock(lock(), "down", 0)).toThrow(
      expect.objectContaining({
        code: "StateLocked",
        data: expect.objectContaining({ command: "up", pid: process.pid }) as object,
      }),
    );
    mine.release();
    acquireLock(lock(), "down", 0).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of a dead process is taken over, and named", () => {
    writeFileSync(lock(), JSON.stringify({ ...holder, pid: 2 ** 22 + 1 }));
    const taken = acquireLock(lock(), "up", 0);
    expect(taken.takenOverFrom).toMatchObject({ command: "up", pid: 2 ** 22 + 1 });
    taken.release();
  });

  it("of another machine is never taken: whether its holder lives cannot be seen", () => {
    writeFileSync(lock(), JSON.stringify({ ...holder, host: "elsewhere", pid: 1 }));
    expect(() => acquireLock(lock(), "up", 0)).toThrow(expect.objectContaining({ code: "StateLocked" }));
  });

  it("that somebody else claimed meanwhile is not released by us", () => {
    const mine = acquireLock(lock(), "up", 0);
    writeFileSync(lock(), JSON.stringify({ ...holder, pid: process.pid }));
    mine.release();
    expect(readdirSync(folder)).toEqual(["demo.lock"]);
  });
});
