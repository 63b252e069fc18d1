// The learner's own code: ejected, edited, deployed from there, and never lost or overwritten.

import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EjectResult } from "../../src/commands/function-eject.ts";
import type { StatusResult } from "../../src/commands/status.ts";
import { openWorkplace, type Outcome, ROOT, run, type Workplace } from "./awsls.ts";

const ORIGINAL = readFileSync(join(ROOT, "handlers/crud/index.mjs"));

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

const own = (...parts: string[]): string => join(place.folder, "handlers", "crud", ...parts);
const statePath = (): string => join(place.folder, ".awsls", "http-crud-tutorial.json");
const eject = (...options: string[]): Promise<EjectResult> => place.json<EjectResult>("function", "eject", ...options);

/** What `GET /items` answers. */
async function answer(): Promise<string> {
  const { url } = await place.json<StatusResult>("status");
  return (await fetch(`${url ?? ""}/items`)).text();
}

const saying = (word: string): string => `export const handler = () => ({ statusCode: 200, body: "${word}" });\n`;

it("eject, edit, up: the copy is what the package has, and what is deployed, also after down", async () => {
  const { code, stdout } = await place.awsls("function", "eject", "--local");
  expect(code).toBe(0);
  expect(stdout).toContain(join("handlers", "crud", "index.mjs"));
  expect(stdout).toContain("awsls up --local");
  expect(readdirSync(own())).toEqual(["index.mjs"]);
  expect(readFileSync(own("index.mjs")).equals(ORIGINAL)).toBe(true);
  expect(await place.awsls("up", "--local")).toMatchObject({ code: 0 });
  expect(await place.awsls("test")).toMatchObject({ code: 0 });
  writeFileSync(own("index.mjs"), saying("mine"));
  const changed = await place.awsls("up");
  expect(changed.stdout).toContain("1 of 9 resources");
  expect(await answer()).toBe("mine");
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect((await place.awsls("status")).stderr).toContain("There is no stack");
  expect(await place.awsls("function", "create", "--local")).toMatchObject({ code: 3 });
  expect(await place.awsls("up", "--local")).toMatchObject({ code: 0 });
  expect(await answer()).toBe("mine");
  expect(readFileSync(own("index.mjs"), "utf8")).toBe(saying("mine"));
  await place.awsls("down");
  // And back: then nothing of ours is left but the learner's own file.
  expect(await eject("--undo")).toMatchObject({ outcome: "undone" });
  expect(readdirSync(place.folder)).toEqual(["handlers"]);
});

it("down of a cloud that was stopped remembers the code, too", async () => {
  await eject();
  await place.awsls("up", "--local");
  await place.awsls("local", "stop");
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  const state = JSON.parse(readFileSync(statePath(), "utf8")) as object;
  expect(state).toMatchObject({ resources: {}, settings: { code: { crud: "../handlers/crud" } } });
  expect(state).not.toHaveProperty("target");
  expect(readdirSync(join(place.folder, ".awsls")).toSorted()).toEqual([".gitignore", "http-crud-tutorial.json"]);
});

it("a second eject changes nothing and says so", async () => {
  await eject();
  writeFileSync(own("index.mjs"), saying("mine"));
  const again = await place.awsls("function", "eject", "crud");
  expect(again.code).toBe(0);
  expect(again.stdout).toContain("Nothing to do");
  expect(await eject("--use-existing")).toMatchObject({ outcome: "own" });
  expect(readFileSync(own("index.mjs"), "utf8")).toBe(saying("mine"));
});

it("each function's code for itself: the timer's beside the API's", async () => {
  await eject();
  const timer = await place.awsls("function", "eject", "timer");
  expect(timer.code).toBe(0);
  expect(timer.stdout).toContain(join("handlers", "timer", "index.mjs"));
  expect(timer.stdout).toContain("awsls timer enable");
  const original = readFileSync(join(ROOT, "handlers", "timer", "index.mjs"), "utf8");
  expect(readFileSync(join(place.folder, "handlers", "timer", "index.mjs"), "utf8")).toBe(original);
  const { settings } = JSON.parse(readFileSync(statePath(), "utf8")) as { settings: object };
  expect(settings).toEqual({ code: { crud: "../handlers/crud", timer: "../handlers/timer" } });
});

it("what is there already is not overwritten; it can be taken as it is", async () => {
  mkdirSync(own(), { recursive: true });
  writeFileSync(own("index.mjs"), saying("hers"));
  const refused = await place.awsls("function", "eject");
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain("--use-existing");
  // Not chosen, it is not deployed, but that is said.
  const up = await place.awsls("up", "--local");
  expect(up.code).toBe(0);
  expect(up.stderr).toContain(`${own()} is here`);
  expect(await answer()).toBe("[]");
  expect(await eject("--use-existing")).toMatchObject({ outcome: "taken" });
  expect((await place.awsls("up")).stderr).not.toContain("is here");
  expect(await answer()).toBe("hers");
  expect(await eject("--undo")).toMatchObject({ outcome: "undone" });
  expect(await eject("--undo")).toMatchObject({ outcome: "notEjected" });
  await place.awsls("up");
  expect(await answer()).toBe("[]");
  expect(readFileSync(own("index.mjs"), "utf8")).toBe(saying("hers"));
});

describe("in the way", () => {
  it.each([
    ["a file", () => writeFileSync(own(), "mine")],
    ["a folder without code", () => (mkdirSync(own()), writeFileSync(own("notes.txt"), "mine"))],
    ["a link to nothing", () => symlinkSync(join(place.folder, "nowhere"), own(), "junction")],
  ])("%s stays as it is", async (_what, put) => {
    mkdirSync(join(place.folder, "handlers"));
    put();
    const before = readdirSync(join(place.folder, "handlers"), { recursive: true });
    const refused = await place.awsls("function", "eject");
    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toContain(own());
    expect((await place.awsls("function", "eject", "--use-existing")).code).toBe(3);
    expect(readdirSync(join(place.folder, "handlers"), { recursive: true })).toEqual(before);
    expect(existsSync(join(place.folder, ".awsls"))).toBe(false);
  });

  it("a file named handlers", async () => {
    writeFileSync(join(place.folder, "handlers"), "mine");
    const { code, stderr } = await place.awsls("function", "eject");
    expect(code, stderr).toBe(3);
    expect(readFileSync(join(place.folder, "handlers"), "utf8")).toBe("mine");
  });

  it("an empty folder, or an untouched copy, is no reason to stop", async () => {
    mkdirSync(own(), { recursive: true });
    expect(await eject()).toMatchObject({ outcome: "copied" });
    rmSync(join(place.folder, ".awsls"), { recursive: true });
    expect(await eject()).toMatchObject({ outcome: "taken" });
  });
});

it("a lost folder: the problem names the ways out, and both work", async () => {
  await eject();
  await place.awsls("up", "--local");
  rmSync(join(place.folder, "handlers"), { recursive: true });
  const lost = await place.awsls("up");
  expect(lost.code).toBe(3);
  expect(lost.stderr).toContain(own());
  expect(lost.stderr).toContain("`awsls function eject`");
  expect(lost.stderr).toContain("`awsls function eject --undo`");
  expect(await eject()).toMatchObject({ outcome: "copied" });
  expect(await place.awsls("up")).toMatchObject({ code: 0 });
  // Only its index.mjs is lost: what is left is not touched.
  writeFileSync(own("notes.txt"), "mine");
  rmSync(own("index.mjs"));
  expect(await eject()).toMatchObject({ outcome: "copied" });
  expect(readdirSync(own())).toEqual(["index.mjs", "notes.txt"]);
  rmSync(join(place.folder, "handlers"), { recursive: true });
  expect(await eject("--undo")).toMatchObject({ outcome: "undone" });
  expect(await place.awsls("up")).toMatchObject({ code: 0 });
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
});

it("a lost folder: status shows all the rest, and what to do", async () => {
  await eject();
  writeFileSync(own("index.mjs"), saying("mine"));
  await place.awsls("up", "--local");
  const { url } = await place.json<StatusResult>("status");
  rmSync(join(place.folder, "handlers"), { recursive: true });
  const { code, stdout } = await place.awsls("status");
  expect(code).toBe(0);
  expect(stdout.match(/^✔ /gm)).toHaveLength(9);
  expect(stdout).toContain(`! The function's code is missing: ${own()}\n→ Put it back`);
  expect(stdout).toContain(`URL:   ${url ?? ""}/items\n`);
  const json = await place.json<StatusResult>("status");
  expect(json.resources.every(({ condition }) => condition === "exists")).toBe(true);
  expect(json.notCompared).toEqual([
    {
      function: "crud",
      problem: {
        code: "HandlerMissing",
        data: { file: own(), is: "ejected" },
        what: `The function's code is missing: ${own()}`,
        todo: expect.stringContaining("`awsls function eject --undo`") as string,
      },
    },
  ]);
  // With the state file lost, too: the package's code is not what it is compared with.
  rmSync(statePath());
  const lost = await place.json<StatusResult>("status");
  expect(JSON.stringify(lost.resources)).not.toContain("CodeSha256");
  expect(lost.notCompared).toMatchObject([{ function: "crud", problem: { code: "EjectedCodeLost" } }]);
});

it.skipIf(process.getuid?.() === 0)("a file that cannot be read", async () => {
  await eject();
  chmodSync(own("index.mjs"), 0);
  const { code, stderr } = await place.awsls("up", "--local");
  chmodSync(own("index.mjs"), 0o600);
  expect(code, stderr).toBe(3);
  expect(stderr).toContain("cannot be read");
});

it("a lost state file: the own code is found again by the function's tag, checked, and never replaced", async () => {
  await eject();
  writeFileSync(own("index.mjs"), saying("mine"));
  await place.awsls("up", "--local");
  rmSync(statePath());
  const broken = "export const handler = (=> 1;\n";
  writeFileSync(own("index.mjs"), broken);
  const refused = await place.awsls("up");
  expect(refused.code, refused.stderr).toBe(3);
  expect(refused.stderr).toContain("SyntaxError");
  writeFileSync(own("index.mjs"), saying("mine"));
  const found = await place.awsls("up");
  expect(found.stdout, found.stderr).toContain("Nothing to do");
  expect(readFileSync(statePath(), "utf8")).toContain("../handlers/crud");
  // In a folder that has it not: nothing is deployed over it.
  rmSync(statePath());
  renameSync(join(place.folder, "handlers"), join(place.folder, "elsewhere"));
  for (const command of [["up"], ["function", "create"]]) {
    const lost = await place.awsls(...command);
    expect(lost.code, lost.stderr).toBe(3);
    expect(lost.stderr).toContain(own());
  }
  expect(await answer()).toBe("mine");
  renameSync(join(place.folder, "elsewhere"), join(place.folder, "handlers"));
  expect((await place.awsls("up")).stdout).toContain("Nothing to do");
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
});

it("a project that is moved keeps its code; one with its state elsewhere has its own", async () => {
  const project = join(place.folder, "project");
  const moved = join(place.folder, "moved");
  mkdirSync(project);
  const bin = join(ROOT, "bin", "awsls.cjs");
  const awsls = (folder: string, ...args: string[]): Promise<Outcome> => run([bin, ...args], folder);
  await awsls(project, "function", "eject");
  writeFileSync(join(project, "handlers/crud/index.mjs"), saying("moved"));
  renameSync(project, moved);
  const up = await awsls(moved, "up", "--local");
  expect(up.code, up.stderr).toBe(0);
  const { url } = JSON.parse((await awsls(moved, "status", "--json")).stdout) as StatusResult;
  expect(await (await fetch(`${url ?? ""}/items`)).text()).toBe("moved");
  // From another folder, by its state.
  const other = await awsls(place.folder, "up", "--state", "moved/.awsls/http-crud-tutorial.json");
  expect(other.stdout, other.stderr).toContain("Nothing to do");
  expect(await awsls(moved, "down")).toMatchObject({ code: 0 });
});

it("in a clone of the repository that is the file that is deployed already", async () => {
  const clone = join(place.folder, "clone");
  for (const part of ["bin", "dist", "handlers", "package.json"])
    cpSync(join(ROOT, part), join(clone, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"), "junction");
  const awsls = (...args: string[]): Promise<Outcome> => run([join(clone, "bin/awsls.cjs"), ...args], clone);
  const { code, stdout } = await awsls("function", "eject");
  expect(code).toBe(0);
  expect(stdout).toContain("the package's own file");
  expect(existsSync(join(clone, ".awsls"))).toBe(false);
  writeFileSync(join(clone, "handlers/crud/index.mjs"), saying("clone"));
  const up = await awsls("up", "--local");
  expect(up.code, up.stderr).toBe(0);
  expect(up.stderr).not.toContain("is here");
  const { url } = JSON.parse((await awsls("status", "--json")).stdout) as StatusResult;
  expect(await (await fetch(`${url ?? ""}/items`)).text()).toBe("clone");
  expect(await awsls("down")).toMatchObject({ code: 0 });
});

it("what is deployed: every file, packages included; no hidden ones, no editor's, no links to folders", async () => {
  await eject();
  mkdirSync(own("node_modules", "greeting"), { recursive: true });
  mkdirSync(own(".git"));
  writeFileSync(own("node_modules/greeting/package.json"), '{"name":"greeting","main":"index.js"}');
  // Of others: not looked at for errors that Node does not meet.
  writeFileSync(own("node_modules/greeting/broken.js"), "(=>");
  writeFileSync(own("node_modules/greeting/index.js"), 'module.exports = "hello";');
  for (const name of [".env", ".git/config", "index.mjs~", "#index.mjs#", "index.mjs.swp"])
    writeFileSync(own(name), "(");
  const listing = `import greeting from "greeting";
import { readdirSync } from "node:fs";
export const handler = () => ({ statusCode: 200, body: greeting + readdirSync(import.meta.dirname).sort() });\n`;
  writeFileSync(own("index.mjs"), listing);
  const up = await place.awsls("up", "--local", "--bundle");
  expect(up.code, up.stderr).toBe(0);
  expect(await answer()).toBe("helloindex.mjs,node_modules");
  symlinkSync(own("node_modules"), own("vendor"), "junction");
  const refused = await place.awsls("up");
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain(own("vendor"));
  rmSync(own("vendor"));
  writeFileSync(own("node_modules/greeting/video.bin"), "");
  truncateSync(own("node_modules/greeting/video.bin"), 60 * 1024 * 1024);
  const large = await place.awsls("up");
  expect(large.code).toBe(3);
  expect(large.stderr).toContain("node_modules/greeting 60.0 MB");
  rmSync(own("node_modules"), { recursive: true });
  await place.awsls("down");
});

it("the tag says whose code it is, and stacks of older versions get no new one", async () => {
  await place.awsls("up", "--local");
  const lambda = new LambdaClient(await place.clientConfig());
  const tag = async (): Promise<string | undefined> =>
    (await lambda.send(new GetFunctionCommand({ FunctionName: "http-crud-tutorial-function" }))).Tags?.[
      "awsls:settings"
    ];
  expect(await tag()).toBe("bundle=no role=own");
  await eject();
  await place.awsls("up");
  expect(await tag()).toBe("bundle=no role=own code=ejected");
  await eject("--undo");
  await place.awsls("up");
  expect(await tag()).toBe("bundle=no role=own");
  lambda.destroy();
  await place.awsls("down");
});

it("bad words and a dry run", async () => {
  expect((await place.awsls("function", "eject", "other")).code).toBe(2);
  expect((await place.awsls("function", "eject", "--undo", "--use-existing")).code).toBe(2);
  expect((await place.awsls("function", "eject", "--dry-run")).stdout).toContain("nothing was");
  expect(readdirSync(place.folder)).toEqual([]);
});
