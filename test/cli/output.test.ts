// What goes to stdout: one JSON document with `--json` whatever happens, help where it is asked for, and a stdout that is full.

import { mkdirSync, openSync, closeSync, writeFileSync, existsSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { BIN, cleanEnvironment, openWorkplace, run, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

interface Said {
  readonly error?: { readonly code: string; readonly data: object; readonly what: string; readonly todo?: string };
}

/** Two documents, or anything beside one, do not parse. */
const parse = (stdout: string): Said => JSON.parse(stdout) as Said;

describe("--json prints one document", () => {
  /** In an order in which each can do its work. */
  const KIM = "kim@example.com";
  const LEE = "lee@example.com";
  const JOURNEY =
    `local start, local status, local env, function eject, table create, function create, api create, routes create,
    integration create, routes attach, up, test, function invoke, logs, status, permissions, permissions --check, table show, table items, function show, api show, routes list,
    integration show, timer enable, timer status, timer invoke, timer disable, timer delete, auth enable, auth status,
    auth users create ${LEE}, auth users confirm ${LEE}, auth users list, auth group create admins, auth group add admins ${LEE},
    auth group list, auth group remove admins ${LEE}, auth group delete admins, auth users delete ${LEE}, auth inbox,
    auth sign-up ${KIM} --password-stdin, auth resend-code ${KIM}, auth confirm ${KIM} --code CODE, auth sign-in ${KIM} --password-stdin,
    auth whoami, auth token, auth change-password --password-stdin, auth forgot-password ${KIM},
    auth reset-password ${KIM} --code CODE --password-stdin, auth sign-in ${KIM} --password-stdin,
    identity enable --guests, identity status, identity credentials, identity credentials --guest --export, identity put lamp, identity items,
    identity remove lamp, identity delete, auth mfa enable, auth mfa disable, auth sign-out,
    auth disable, auth delete, routes detach, integration delete,
    routes delete, api delete, function delete, table delete, down,
    local reset, local stop`.split(/,\s+/);
  const PASSWORDS = "Correct-horse-1\nCorrect-horse-1\n";

  /** The newest code that was mailed. */
  async function mailedCode(): Promise<string> {
    const { mails } = await place.lever<{ mails: { code: string }[] }>("GET", "inbox");
    return mails.at(-1)?.code ?? "";
  }

  it("for every command that does its work", { timeout: 120_000 }, async () => {
    // Of an endless one each row is a document.
    const ending = COMMANDS.filter((command) => command.on !== "stack" || command.isEndless?.({}) !== true);
    const named = JOURNEY.flatMap((line) => ending.find(({ name }) => `${line} `.startsWith(`${name} `))?.name ?? []);
    expect([...new Set<string>(named)].toSorted()).toEqual(ending.map(({ name }) => name as string).toSorted());
    for (const command of JOURNEY) {
      const words = command.replace("CODE", command.includes("CODE") ? await mailedCode() : "").split(" ");
      const { code, stdout, stderr } = await place.awslsFed(PASSWORDS, ...words, "--json");
      expect(code, `${command}: ${stderr} ${stdout}`).toBe(0);
      expect(parse(stdout), command).not.toHaveProperty("error");
    }
  });

  it("for every command that fails, with its code and what to do", { timeout: 60_000 }, async () => {
    mkdirSync(join(place.folder, ".awsls"));
    writeFileSync(join(place.folder, ".awsls/http-crud-tutorial.json"), "{ half");
    for (const { name, on, arguments: named = [] } of COMMANDS) {
      const given = named.flatMap((flags) => (flags.startsWith("<") || flags === "[name]" ? [KIM] : []));
      const more = on === "local" ? ["--dry-run"] : given;
      const { code, stdout, stderr } = await place.awsls(...name.split(" "), ...more, "--json");
      const { error } = parse(stdout);
      expect([error?.code, code], name).toEqual(on === "local" ? ["InvalidOption", 2] : ["StateDamaged", 3]);
      expect(error, name).toMatchObject({ data: {}, what: expect.any(String), todo: expect.any(String) });
      expect(stderr, name).toBe("");
    }
  });

  it.each([
    ["an unknown command", "nonsense"],
    ["an unknown command of a noun", "table nonsense"],
    ["a noun alone", "table"],
    ["nothing at all", ""],
    ["an unknown option", "up --nonsense"],
    ["an option without its value", "up --stack"],
    ["a word too many", "up extra"],
    ["help on what there is not", "help nonsense"],
  ])("for %s", async (_case, command) => {
    const words = command.split(" ").filter((word) => word !== "");
    // In front: at the end it would be taken for a missing value.
    const { code, stdout } = await place.awsls("--json", ...words);
    expect(code).toBe(2);
    expect(parse(stdout).error).toMatchObject({ code: "Usage", data: {}, what: expect.stringMatching(/\w/) });
  });

  it("for a bug of ours", async () => {
    const broken = join(place.folder, "broken.cjs");
    writeFileSync(broken, 'require("node:fs").linkSync = () => { throw new TypeError("a bug"); };');
    const { code, stdout, stderr } = await run(["--require", broken, BIN, "up", "--local", "--json"], place.folder);
    expect(code).toBe(1);
    expect(parse(stdout).error).toMatchObject({ code: "Bug", data: {}, what: expect.stringContaining("a bug") });
    expect(stderr).toContain("This is a bug in awsls");
  });
});

describe("help", () => {
  it.each([
    ["help table create", "Usage: awsls table create [options]"],
    ["table create --help", "Usage: awsls table create [options]"],
    ["help table", "Usage: awsls table [options] [command]"],
    ["table --help", "Usage: awsls table [options] [command]"],
    ["table", "Usage: awsls table [options] [command]"],
    ["help up", "Usage: awsls up [options]"],
    ["help", "Usage: awsls [options] [command]"],
    ["", "Usage: awsls [options] [command]"],
  ])("%j is on stdout, exit 0", async (command, usage) => {
    const outcome = await place.awsls(...command.split(" ").filter((word) => word !== ""));
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout.split("\n")[0]).toBe(usage);
  });

  it("of a noun has its commands, of a command its options and where the common ones are", async () => {
    const noun = await place.awsls("help", "table");
    for (const verb of ["create", "show", "items", "delete"])
      expect(noun.stdout).toMatch(new RegExp(`^ {2}${verb} `, "m"));
    const command = await place.awsls("help", "table", "create");
    expect(command.stdout).toContain("step 1: the DynamoDB table");
    expect(command.stdout).toContain("--adopt");
    expect(command.stdout).toContain("`awsls --help`");
  });

  it("is named where an option cannot be: that of the command", async () => {
    expect((await place.awsls("logs", "nope", "--stack", "alice")).stderr).toContain("See `awsls help logs`.");
    expect((await place.awsls("local", "start", "--port", "x")).stderr).toContain("See `awsls help local start`.");
  });

  it("of a command that deletes says what --adopt deletes, and that nothing is asked without a terminal", async () => {
    expect((await place.awsls("help", "up")).stdout).toMatch(/--adopt +take over/);
    expect((await place.awsls("help", "routes", "detach")).stdout).toMatch(/--adopt +detach/);
    for (const command of ["down", "api delete", "timer delete"])
      expect((await place.awsls("help", ...command.split(" "))).stdout, command).toMatch(/--adopt +delete resources/);
    expect((await place.awsls("--help")).stdout.replaceAll(/\s+/g, " ")).toContain(
      "without a terminal, deleting is never asked",
    );
  });

  it.each(["help nonsense", "table nonsense", "help table nonsense", "help up down", "nonsense", "up extra"])(
    "%j is a mistake: named on stderr, exit 2",
    async (command) => {
      const { code, stdout, stderr } = await place.awsls(...command.split(" "));
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^error: (unknown command '.*nonsense'|unknown command 'up down'|too many arguments)/);
      expect(stderr).toContain("`awsls --help`");
    },
  );
});

describe.skipIf(!existsSync("/dev/full"))("a stdout that is full", () => {
  async function intoFull(...args: string[]): Promise<{ code: number | null; stderr: string }> {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: place.folder,
      env: cleanEnvironment(),
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child, "close");
    return { code: child.exitCode, stderr };
  }

  it("is said, exit 3, and what was done stays done", async () => {
    const made = await intoFull("up", "--local", "--json");
    for (const { code, stderr } of [
      made,
      await intoFull("status"),
      await intoFull("status", "--json"),
      await intoFull("--help"),
      await intoFull("help", "up"),
      await intoFull("table"),
      await intoFull("--version"),
      await intoFull("table", "--json"),
    ]) {
      expect(code, stderr).toBe(3);
      expect(stderr).toContain("could not be written to stdout");
      expect(stderr).toContain("ENOSPC");
      expect(stderr).not.toContain("bug");
    }
    expect(await place.awsls("test")).toMatchObject({ code: 0 });
    expect(await intoFull("down")).toMatchObject({ code: 3 });
    expect(existsSync(join(place.folder, ".awsls"))).toBe(false);
  });

  it("does not hide what went wrong", async () => {
    const { code, stderr } = await intoFull("up", "--stack", "Bad!", "--json");
    expect(code).toBe(2);
    expect(stderr).toContain('"Bad!" cannot be a stack\'s name.');
  });
});
