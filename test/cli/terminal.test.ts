// On a real terminal: Ctrl-C through a pseudo-terminal, and output into a reader that stops reading.

import { DynamoDBClient, ListTablesCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { leaveBehind } from "../resources/console.ts";
import type { UpResult } from "../../src/commands/up.ts";
import { zipOf } from "../zip.ts";
import { BIN, cleanEnvironment, openWorkplace, type Workplace } from "./awsls.ts";
import { CTRL_C, onTerminal, PYTHON, type Typing } from "./terminal.ts";

/** On a terminal on which no line of it is broken. */
const answer = (letter: string): Typing => ({ when: "Go on?", type: `${letter}\r`, columns: "100" });

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

describe.skipIf(PYTHON === undefined)("Ctrl-C", () => {
  // A terminal of 0 columns is one that does not know its size.
  it.each([
    ["250", "80"],
    ["500", "0"],
    ["Local cloud started", "40"],
    ["created", "80"],
    ["function     created", "80"],
  ])("at %s, %s columns: state saved, up goes on, down leaves nothing", async (when, columns) => {
    const { code, text } = await onTerminal(place.folder, { when, type: CTRL_C, columns }, "up", "--local");
    expect([0, 130]).toContain(code);
    const state = join(place.folder, ".awsls/http-crud-tutorial.json");
    // A signal that finds no listener yet, or none any more, ends it without a word.
    if (code === 130 && !text.endsWith("ended by the system")) expect(text).toContain("Interrupted");
    if (existsSync(state)) expect(() => JSON.parse(readFileSync(state, "utf8")) as unknown).not.toThrow();
    const resumed = await place.awsls("up", "--local");
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
  });
});

describe.skipIf(PYTHON === undefined)("a narrow terminal", () => {
  it("breaks what is said between words, and no command; a pipe is left as it is", async () => {
    const args = ["up", "--region", "eu-west-1", "--state", "my-own.json"];
    const { code, text } = await onTerminal(place.folder, { when: "0", type: "", columns: "60" }, ...args);
    expect(code).toBe(3);
    // What the spinner writes is not seen.
    const seen = text.slice(text.indexOf("✖"));
    const lines = seen.split("\r\n").filter((line) => line !== "");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    const piped = (await place.awsls(...args)).stderr;
    expect(piped.trimEnd().split("\n")).toHaveLength(2);
    expect(lines.map((line) => line.trim()).join(" ")).toBe(piped.trimEnd().replaceAll("\n", " "));
    expect(lines.length).toBeGreaterThan(2);
  });
});

describe.skipIf(PYTHON === undefined)("the question before deleting", () => {
  it("Ctrl-C at it deletes nothing, exit 130, no stack trace", async () => {
    await place.awsls("up", "--local");
    const { code, text } = await onTerminal(place.folder, { when: "Go on?", type: CTRL_C }, "down");
    expect(code).toBe(130);
    expect(text).toContain("Go on?");
    expect(text).not.toContain("bug");
    expect(await place.awsls("test")).toMatchObject({ code: 0 });
    await place.awsls("down");
  });

  it("nothing but a yes is one", async () => {
    await place.awsls("table", "create", "--local");
    for (const word of ["n", "", "yess"]) {
      const { code, text } = await onTerminal(place.folder, { when: "Go on?", type: `${word}\r` }, "down");
      expect(code, word).toBe(0);
      expect(text, word).toContain("table http-crud-tutorial-items (with all its rows)");
      expect(text, word).toContain("Nothing was deleted.");
    }
    expect(await place.awsls("table", "show")).toMatchObject({ code: 0 });
    const agreed = await onTerminal(place.folder, { when: "Go on?", type: "y\r" }, "down");
    expect(agreed.code).toBe(0);
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("is asked before the data of a stopped cloud goes, too, and by `local reset`", async () => {
    await place.awsls("table", "create", "--local");
    await place.awsls("local", "stop");
    const stopped = await onTerminal(place.folder, { when: "Go on?", type: "n\r" }, "down");
    expect(stopped.text).toContain("Nothing was deleted.");
    await place.awsls("local", "start");
    const kept = await onTerminal(place.folder, { when: "Go on?", type: "n\r" }, "local", "reset");
    expect(kept.code).toBe(0);
    expect(kept.text).toContain("Nothing was deleted.");
    expect((await onTerminal(place.folder, { when: "Go on?", type: CTRL_C }, "local", "reset")).code).toBe(130);
    expect(await place.awsls("table", "show")).toMatchObject({ code: 0 });
    const emptied = await onTerminal(place.folder, { when: "Go on?", type: "y\r" }, "local", "reset");
    expect(emptied.code).toBe(0);
    expect(emptied.text).toContain("of all stacks");
    expect((await place.awsls("table", "show")).code).toBe(3);
    // With --yes nothing is asked.
    const agreed = await onTerminal(place.folder, { when: "Go on?", type: CTRL_C }, "local", "reset", "--yes");
    expect(agreed.text).not.toContain("Go on?");
    expect(agreed.code).toBe(0);
  });
});

describe.skipIf(PYTHON === undefined)("the question before taking over", () => {
  it("tells what changes; no leaves everything, yes takes it", async () => {
    await place.awsls("local", "start");
    const config = await place.clientConfig();
    const left = await leaveBehind({ config: { ...config, maxAttempts: 1 } });
    const adopt = ["up", "--local", "--adopt"];
    const no = await onTerminal(place.folder, answer("n"), ...adopt);
    expect(no.code).toBe(0);
    expect(no.text).toContain("8 resources not made by awsls are taken over:");
    expect(no.text).toContain("its code is replaced; MemorySize, Runtime, Timeout and Environment change");
    // However the terminal breaks it.
    const unbroken = no.text.replaceAll(/\s+/g, " ");
    expect(unbroken).toMatch(/The function's code of now is saved first, as \S*\.replaced-[0-9a-f]{12}\.zip/);
    expect(no.text).toContain("What the console made for the role alone is deleted, unless something else uses it.");
    expect(no.text).toContain("This takes over 8 resources and deletes 2 policies. Go on?");
    expect(no.text).toContain("Nothing was changed.");
    // The same ones everywhere.
    const dry = (await place.awsls(...adopt, "--dry-run")).stdout;
    const titles = dry.split("\n").flatMap((line) => /^ {2}[~=] (.*) \(taken over\)$/.exec(line)?.[1] ?? []);
    expect(titles).toContain(`HTTP API http-crud-tutorial-api ${left.apiId}`);
    expect(dry).toContain("Timeout: 3 → 15");
    expect(dry).toContain("8 resources not made by awsls are taken over.");
    const asked = no.text.split(/\r?\n/).flatMap((line) => /^ {2}(?=\w)(?!aws )(.+)/.exec(line)?.[1] ?? []);
    expect(asked.map((line, at) => line.startsWith(`${titles[at] ?? ""}:`))).toEqual(titles.map(() => true));
    const { plan } = await place.json<UpResult>(...adopt, "--dry-run");
    expect(plan.filter(({ takesOver }) => takesOver)).toHaveLength(titles.length);
    expect((await place.awsls("status", "--local")).stdout).toContain(`http-crud-tutorial-api ${left.apiId}`);
    expect((await place.awsls("down", "--adopt", "--dry-run")).stdout).toContain(
      `http-crud-tutorial-api ${left.apiId}`,
    );
    expect(await place.awsls("up", "--local")).toMatchObject({ code: 3 });
    const yes = await onTerminal(place.folder, answer("y"), "up", "--local", "--adopt");
    expect(yes.code, yes.text).toBe(0);
    expect(await place.awsls("test")).toMatchObject({ code: 0 });
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    const { TableNames } = await new DynamoDBClient(config).send(new ListTablesCommand({}));
    expect(TableNames).toEqual([]);
  });
});

describe.skipIf(PYTHON === undefined)("the question before detaching somebody else's routes", () => {
  it("says what it does to the API, and claims nothing else; the next command is one that is not refused", async () => {
    await place.awsls("local", "start");
    const left = await leaveBehind({ config: { ...(await place.clientConfig()), maxAttempts: 1 } });
    const detach = ["routes", "detach", "--local"];
    for (const options of [[], ["--dry-run"]]) {
      const refused = await place.awsls(...detach, ...options);
      expect([refused.code, refused.stdout]).toEqual([3, ""]);
      expect(refused.stderr).toContain(`HTTP API http-crud-tutorial-api ${left.apiId}`);
    }
    expect((await place.awsls(...detach, "--adopt", "--dry-run")).stdout).toMatch(/^4 routes would be detached/);
    const wide = { ...answer("y"), columns: "240" };
    const { code, text } = await onTerminal(place.folder, wide, ...detach, "--adopt");
    expect(code, text).toBe(0);
    expect(text).toContain("the API stops answering there");
    expect(text).not.toMatch(/tags|taken over|takes over/);
    const next = /awsls (routes attach .*--adopt.*)/.exec(text)?.[1]?.trim() ?? "";
    expect(await place.awsls(...next.split(" "))).toMatchObject({ code: 0 });
    expect(await place.awsls("down", "--local", "--adopt")).toMatchObject({ code: 0 });
    await place.awsls("local", "stop");
  });
});

describe.skipIf(PYTHON === undefined)("a role that another function uses", () => {
  it("is taken over by a yes that was typed, not by --yes; the function is named everywhere", async () => {
    await place.awsls("local", "start");
    const config = await place.clientConfig();
    const { roleArn: Role } = await leaveBehind({ config: { ...config, maxAttempts: 1 } });
    await new LambdaClient(config).send(
      new CreateFunctionCommand({
        FunctionName: "report",
        Role,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: zipOf({ "index.mjs": "export const handler = async () => 1;" }) },
      }),
    );
    const used = "other functions use it, too, and lose what it no longer allows: report";
    expect((await place.awsls("up", "--local", "--adopt", "--dry-run")).stdout).toContain(used);
    for (const options of [[], ["--yes"]]) {
      const refused = await place.awsls("up", "--local", "--adopt", ...options);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain("report");
      expect(refused.stderr).toContain(`--role-arn ${Role}`);
    }
    const agreed = { when: "tutorial-role is not", type: "", columns: "100" };
    const yes = await onTerminal(place.folder, agreed, "up", "--local", "--adopt", "--yes");
    expect(yes.code).toBe(3);
    expect(yes.text).toContain("--yes is no answer to that");
    expect(yes.text).not.toContain("Nobody is here");
    const { code, text } = await onTerminal(place.folder, answer("y"), "up", "--local", "--adopt");
    expect(code, text).toBe(0);
    // However the terminal breaks it.
    expect(text.replaceAll(/\s+/g, " ")).toContain(used);
    const ended = await place.awsls("down");
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain("role http-crud-tutorial-role stays: report uses it, too.");
    expect(ended.stdout).not.toContain("Nothing of this stack is left.");
    await place.awsls("local", "stop");
  });
});

describe.skipIf(PYTHON === undefined)("a table that is protected against deletion", () => {
  it("is named in the question; elsewhere down refuses, and --yes lifts it", async () => {
    await place.awsls("up", "--local");
    const dynamodb = new DynamoDBClient(await place.clientConfig());
    const TableName = "http-crud-tutorial-items";
    await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
    const { code, text } = await onTerminal(place.folder, { when: "Go on?", type: CTRL_C, columns: "100" }, "down");
    expect(code).toBe(130);
    expect(text).toContain(
      `${TableName} (with all its rows; protected against deletion;\r\n    DeletionProtectionEnabled is taken off first)`,
    );
    const refused = await place.awsls("down");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("--yes");
    expect(await place.awsls("test")).toMatchObject({ code: 0 });
    expect((await place.awsls("down", "--dry-run")).stdout).toContain("protected against deletion");
    expect(await place.awsls("down", "--yes")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
  });
});

describe.skipIf(PYTHON === undefined)("an endless command", () => {
  it("Ctrl-C is how it ends: 130, and not a word about it; request ids are short on a narrow screen", async () => {
    await place.awsls("up", "--local");
    await place.awsls("function", "invoke");
    const { code, text } = await onTerminal(place.folder, { when: "REPORT", type: CTRL_C }, "logs", "-f");
    expect(code).toBe(130);
    expect(text).toContain("Following /aws/lambda/http-crud-tutorial-function");
    expect(text).toMatch(/REPORT {2}[0-9a-f]{8} {2}[\d.]+ ms/);
    expect(text).not.toMatch(/Interrupted|✖|→/);
    await place.awsls("down");
  });
});

it.skipIf(process.platform === "win32")("piped into head: no stack trace", () => {
  mkdirSync(join(place.folder, "sub"));
  const output = execFileSync("sh", ["-c", `"${process.execPath}" "${BIN}" --help 2>&1 | head -1`], {
    cwd: place.folder,
    env: cleanEnvironment(),
    encoding: "utf8",
  });
  expect(output).toBe("Usage: awsls [options] [command]\n");
});
