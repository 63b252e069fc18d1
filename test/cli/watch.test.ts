// `up --watch`: what is saved is live soon afterwards, what is broken is not, and nothing is in anybody's way meanwhile.

import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isProcessAlive } from "../../src/core/process.ts";
import type { Row } from "../../src/core/row.ts";
import type { LoggedRequest } from "../../src/local/request-log.ts";
import { openWorkplace, type Outcome, processesOn, ROOT, type Workplace } from "./awsls.ts";
import { CTRL_C, onTerminal, PYTHON } from "./terminal.ts";

/** Milliseconds. The promise is about one second; a busy machine gets more. */
const SOON = { timeout: 10_000, interval: 10 };

let place: Workplace;
let running: Watching | undefined;
beforeEach(async () => {
  place = openWorkplace();
  await place.awsls("function", "eject");
});
afterEach(async () => {
  running?.stop();
  await running?.ended;
  running = undefined;
  await place.close();
});

interface Watching {
  readonly url: string;
  rows(kind: Row["kind"]): Row[];
  stop(): void;
  readonly ended: Promise<Outcome>;
}

const file = (): string => join(place.folder, "handlers", "crud", "index.mjs");
const saying = (word: string): string => `export const handler = () => ({ statusCode: 200, body: "${word}" });\n`;
const answerOf = async (url: string): Promise<string> => (await fetch(`${url}/items`)).text();

/** Returns once the folder is watched. */
async function watch(...options: string[]): Promise<Watching> {
  const { child, ended } = place.start({}, "up", "--local", "--watch", "--json", ...options);
  let printed = "";
  child.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  // Whole lines alone, each of them JSON.
  const all = (): Row[] =>
    printed
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Row);
  const rows = (kind: Row["kind"]): Row[] => all().filter((row) => row.kind === kind);
  await vi.waitUntil(() => rows("watching").length > 0, { timeout: 30_000 });
  const [first] = rows("watching");
  const url = first?.kind === "watching" ? first.url : "";
  running = { url, rows, ended, stop: () => void child.kill("SIGINT") };
  return running;
}

/** @returns milliseconds from the save until the URL answers with it */
async function saved({ url, rows }: Watching, word: string, save: (text: string) => void = write): Promise<number> {
  const before = rows("live").length;
  const started = performance.now();
  save(saying(word));
  await vi.waitUntil(async () => (await answerOf(url)) === word, SOON);
  const ms = performance.now() - started;
  await vi.waitUntil(() => rows("live").length > before, SOON);
  return ms;
}

const write = (text: string): void => writeFileSync(file(), text);

async function calls(operation: string): Promise<number> {
  const { requests } = await place.lever<{ requests: LoggedRequest[] }>("GET", "requests");
  return requests.filter((request) => request.operation === operation).length;
}

it("a save is live within about a second, however it is saved", { timeout: 60_000 }, async () => {
  const watching = await watch();
  const { rows } = watching;
  const ways: Record<string, (text: string) => void> = {
    "written in place": write,
    "renamed over it": (text) => {
      writeFileSync(`${file()}.tmp`, text);
      renameSync(`${file()}.tmp`, file());
    },
    "as vim does": (text) => {
      writeFileSync(join(file(), "..", "4913"), "");
      rmSync(join(file(), "..", "4913"));
      renameSync(file(), `${file()}~`);
      write(text);
      rmSync(`${file()}~`);
    },
    "deleted and made again": (text) => {
      rmSync(file());
      write(text);
    },
    "a folder changed for another": (text) => {
      const folder = join(file(), "..");
      renameSync(folder, `${folder}.old`);
      mkdirSync(folder);
      write(text);
      rmSync(`${folder}.old`, { recursive: true });
    },
  };
  const figures: string[] = [];
  for (const [way, save] of Object.entries(ways)) {
    const ms = await saved(watching, way, save);
    figures.push(`${way} ${Math.round(ms)} ms`);
    expect(ms, way).toBeLessThan(SOON.timeout);
  }
  process.stdout.write(`from save to answer: ${figures.join(", ")}\n`);
  expect(rows("live")).toHaveLength(figures.length);
  expect(rows("refused")).toEqual([]);
  expect(await calls("UpdateFunctionCode")).toBe(figures.length);
});

it("a broken save is shown with its line and the old code serves on; the next good one is live", async () => {
  const watching = await watch();
  const { url, rows } = watching;
  await saved(watching, "good");
  write(`${saying("good")}export const broken = (=> 1;\n`);
  await vi.waitUntil(() => rows("refused").length === 1, SOON);
  const [refused] = rows("refused");
  expect(JSON.stringify(refused)).toContain("index.mjs:2");
  expect(JSON.stringify(refused)).toContain("SyntaxError");
  expect(await answerOf(url)).toBe("good");
  expect(await calls("UpdateFunctionCode")).toBe(1);
  // Back to what is deployed: nothing has to be sent, and that it is live again is said all the same.
  write(saying("good"));
  await vi.waitUntil(() => rows("live").length === 2, SOON);
  expect(await calls("UpdateFunctionCode")).toBe(1);
  await saved(watching, "better");
  rmSync(file());
  await vi.waitUntil(() => rows("refused").length === 2, SOON);
  expect(JSON.stringify(rows("refused")[1])).toContain("HandlerMissing");
  expect(await answerOf(url)).toBe("better");
  await saved(watching, "best");
});

describe("a handler that parses but cannot be loaded", () => {
  it.each([
    ["an import that there is none of", 'import "@aws-sdk/client-dynamo";', "@aws-sdk/client-dynamo"],
    ["a name that a module does not export", 'import { Dynamo } from "@aws-sdk/client-dynamodb";', "Dynamo"],
    ["a name that is not defined", "tabel();", "index.mjs:1"],
    ["no handler", "export const handlr = 1;", "HandlerNotFound"],
    ["an error of its own", 'throw new Error("boom at load");', "boom at load"],
    ["a module of Node's that there is none of", 'import "node:nope";', "node:nope"],
    ["its end", "process.exit(3);", "exit status 3"],
  ])("%s: the old one serves on", async (what, code, words) => {
    const watching = await watch();
    const { url, rows } = watching;
    write(what === "no handler" ? code : `${code}\n${saying("bad")}`);
    await vi.waitUntil(() => rows("refused").length === 1, SOON);
    expect(JSON.stringify(rows("refused"))).toContain(words);
    expect(JSON.stringify(rows("refused"))).not.toContain("awsls-load-");
    expect(await answerOf(url)).toBe("[]");
    await saved(watching, "good");
  });

  const ASKS = `if (!process.env.MINE) throw new Error("MINE is not set");\n`;

  it("for a reason that is this machine's alone, as what up deployed: it is deployed, and the doubt is said", async () => {
    write(ASKS + saying("before"));
    const { url, rows } = await watch();
    write(ASKS + saying("doubtful"));
    await vi.waitUntil(() => rows("live").length === 1, SOON);
    expect(JSON.stringify(rows("live"))).toContain("MINE is not set");
    expect(await answerOf(url)).toContain("Internal Server Error");
  });

  it("what it does while it is loaded sees no credentials, and its processes end with it", async () => {
    const watching = await watch();
    const marker = join(place.folder, "seen.json");
    const spy = `import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
const names = Object.keys(process.env).filter((name) => /KEY|TOKEN|PROFILE/.test(name));
if (!existsSync(${JSON.stringify(marker)})) {
  const { pid } = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { cwd: ${JSON.stringify(place.folder)} });
  writeFileSync(${JSON.stringify(marker)}, JSON.stringify({ names, pid }));
}\n`;
    await saved(watching, "spied", (text) => write(spy + text));
    const { names, pid } = JSON.parse(readFileSync(marker, "utf8")) as { names: string[]; pid: number };
    expect(names).toEqual([]);
    if (process.platform !== "win32") await vi.waitUntil(() => !isProcessAlive(pid), SOON);
  });
});

it("after many saves nothing has piled up", { timeout: 60_000 }, async () => {
  const watching = await watch();
  for (let n = 0; n < 15; n++) await saved(watching, `save ${n}`);
  watching.stop();
  expect((await watching.ended).stderr).not.toContain("Warning");
});

it("what was saved without a change makes no call; nor does an editor's own file", async () => {
  const watching = await watch();
  await saved(watching, "same");
  await place.lever("DELETE", "requests");
  write(saying("same"));
  writeFileSync(join(file(), "..", ".index.mjs.swp"), "x");
  writeFileSync(`${file()}~`, "x");
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { requests } = await place.lever<{ requests: LoggedRequest[] }>("GET", "requests");
  expect(requests).toEqual([]);
});

it("saves while one is being deployed: the last is deployed, and once", async () => {
  const watching = await watch();
  const { rows } = watching;
  await place.lever("POST", "faults", { operation: "UpdateFunctionCode", times: 1, delayMs: 1500 });
  write(saying("first"));
  await vi.waitUntil(async () => (await place.lever<{ faults: object[] }>("GET", "faults")).faults.length === 0, SOON);
  for (const word of ["second", "third"]) {
    write(saying(word));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await saved(watching, "last");
  await vi.waitUntil(() => rows("live").length === 2, SOON);
  expect(await calls("UpdateFunctionCode")).toBe(2);
});

it("what AWS refuses is shown, and the next save is another try", async () => {
  const watching = await watch();
  const { url, rows } = watching;
  const fault = {
    operation: "UpdateFunctionCode",
    times: 1,
    status: 403,
    code: "AccessDeniedException",
    message: "no",
  };
  await place.lever("POST", "faults", fault);
  write(saying("refused"));
  await vi.waitUntil(() => rows("refused").length === 1, SOON);
  expect(JSON.stringify(rows("refused"))).toContain("AccessDenied");
  expect(await answerOf(url)).toBe("[]");
  // Also when nothing was changed since.
  await saved(watching, "refused");
});

it("other commands work meanwhile, and down in another terminal ends it", async () => {
  const { rows, ended } = await watch();
  expect(await place.awsls("test")).toMatchObject({ code: 0 });
  expect((await place.awsls("up")).stdout).toContain("Nothing to do");
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(await ended).toMatchObject({ code: 0 });
  expect(rows("gone")).toHaveLength(1);
  expect(processesOn(place.folder)).toEqual([]);
  expect(existsSync(join(place.folder, ".awsls", "local"))).toBe(false);
});

it("a function that is deleted otherwise ends it at the next save", async () => {
  const { rows, ended } = await watch();
  const lambda = new LambdaClient(await place.clientConfig());
  await lambda.send(new DeleteFunctionCommand({ FunctionName: "http-crud-tutorial-function" }));
  lambda.destroy();
  write(saying("nobody"));
  expect(await ended).toMatchObject({ code: 0 });
  expect(rows("gone")).toHaveLength(1);
});

it("ejected while the package's own is watched: the copy is watched from then on", async () => {
  await place.awsls("function", "eject", "--undo");
  rmSync(join(place.folder, "handlers"), { recursive: true });
  const watching = await watch();
  const { rows } = watching;
  expect(rows("watching")[0]).toMatchObject({ folder: join(ROOT, "handlers", "crud") });
  await place.awsls("function", "eject");
  await vi.waitUntil(() => rows("watching").length === 2, SOON);
  expect(rows("watching")[1]).toMatchObject({ folder: join(file(), "..") });
  await saved(watching, "ejected");
});

it("nothing is watched with --dry-run", async () => {
  expect((await place.awsls("up", "--local", "--watch", "--dry-run")).code).toBe(2);
});

describe("its end", () => {
  it.skipIf(process.platform === "win32")("by a signal: 130, nothing on stderr that calls it a failure", async () => {
    const { stop, ended } = await watch();
    stop();
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(130);
    expect(stderr).not.toContain("Interrupted");
    expect(await place.awsls("test")).toMatchObject({ code: 0 });
  });

  it.skipIf(PYTHON === undefined)(
    "by Ctrl-C on a terminal: no process and no lock is left, the stack stays",
    async () => {
      const { code, text } = await onTerminal(
        place.folder,
        { when: "Ctrl-C ends", type: CTRL_C },
        "up",
        "--local",
        "--watch",
      );
      expect(code, text).toBe(130);
      expect(stripVTControlCharacters(text)).not.toContain("Interrupted");
      expect(existsSync(join(place.folder, ".awsls", "http-crud-tutorial.lock"))).toBe(false);
      expect(processesOn(place.folder)).toEqual(process.platform === "linux" ? [place.cloud().pid] : []);
      expect(readFileSync(file(), "utf8")).toContain("Every page of the table");
      expect(await place.awsls("test")).toMatchObject({ code: 0 });
    },
  );
});

it("the timer's code, too, when the stack has one", { timeout: 60_000 }, async () => {
  await place.awsls("up", "--local");
  await place.awsls("timer", "enable");
  await place.awsls("function", "eject", "timer");
  const { rows } = await watch();
  await vi.waitUntil(() => rows("watching").length === 2, SOON);
  const saysTimer = "export const handler = () => 'from the timer';\n";
  writeFileSync(join(place.folder, "handlers", "timer", "index.mjs"), saysTimer);
  await vi.waitUntil(() => rows("live").length > 0, SOON);
  expect(rows("live")).toMatchObject([{ function: "timer" }]);
  const { stdout } = await place.awsls("timer", "invoke", "--json");
  expect(stdout).toContain("from the timer");
});
