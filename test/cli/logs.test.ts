// Logs and test events with the real executable on the local cloud: read, followed under load, cut off, interrupted.

import { LambdaClient, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { LogRow } from "../../src/core/row.ts";
import { zipOf } from "../zip.ts";
import { BIN, cleanEnvironment, openWorkplace, type Workplace } from "./awsls.ts";

const FUNCTION = "http-crud-tutorial-function";
/** Says what it was called with, on three lines; throws or sleeps when asked. */
const CHATTY = `
import { setTimeout } from "node:timers/promises";
export const handler = async ({ rawPath, throws, sleeps }) => {
  console.log("called", rawPath);
  if (sleeps) await setTimeout(sleeps);
  if (throws) throw new RangeError("as you asked\\u001b[2J");
  console.warn("two\\nlines");
  return { statusCode: 200, body: rawPath };
};`;

let place: Workplace;
let url: string;
beforeAll(async () => {
  place = openWorkplace();
  const up = await place.awsls("up", "--local", "--json");
  url = (JSON.parse(up.stdout) as { url: string }).url;
  await place.awsls("test");
}, 60_000);
afterAll(() => place.close());

async function deploy(code: string): Promise<void> {
  const lambda = new LambdaClient(await place.clientConfig());
  const ZipFile = zipOf({ "index.mjs": code });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: FUNCTION, ZipFile }));
  lambda.destroy();
}

interface Following {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<number | null>;
}

function follow(...args: string[]): Following {
  const child = spawn(process.execPath, [BIN, "logs", "-f", ...args], {
    cwd: place.folder,
    env: cleanEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

const rowsOf = (text: string): LogRow[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LogRow);

describe("logs", () => {
  it("one line an invocation, the first a cold start; as JSON every event", async () => {
    const { code, stdout, stderr } = await place.awsls("logs");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} {2}REPORT {2}[0-9a-f-]{36} {2}[\d.]+ ms · billed \d+ ms · \d+ of 256 MB · cold start [\d.]+ ms$/,
    );
    expect(lines.slice(1).join("\n")).not.toContain("cold start");
    const { rows } = JSON.parse((await place.awsls("logs", "crud", "--json")).stdout) as { rows: LogRow[] };
    expect(rows.filter(({ type }) => type === "start")).toHaveLength(6);
    expect(rows.filter(({ type }) => type === "report")).toHaveLength(6);
    const times = rows.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it.each([
    [["logs", "other"], "other"],
    [["logs", "--since", "soon"], "soon"],
    [["logs", "--since", "2026-13-01"], "2026-13-01"],
    [["logs", "-f", "--since", "10"], "10"],
    [["logs", "crud", "more"], "too many arguments"],
    [["function", "invoke", "--payload", "{no"], "{no"],
    [["function", "invoke", "--payload", "@nowhere.json"], "@nowhere.json"],
    [["function", "invoke", "--payload", "@big.json"], "6 MB"],
  ])("%j is refused before any call", async (args, named) => {
    writeFileSync(join(place.folder, "big.json"), JSON.stringify("x".repeat(6 * 1024 * 1024)));
    const { code, stdout, stderr } = await place.awsls(...args, "--verbose");
    rmSync(join(place.folder, "big.json"));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(named);
    expect(stderr).not.toMatch(/^aws /m);
  });

  it("of a stack that has none: the step that comes first", async () => {
    const { code, stderr } = await place.awsls("logs", "-f", "--stack", "bob", "--local");
    expect(code).toBe(3);
    expect(stderr).toContain("table create");
    const json = await place.awsls("logs", "-f", "--stack", "bob", "--local", "--json");
    expect(json.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: "StepMissing" } });
  });
});

describe("logs -f", () => {
  beforeEach(() => deploy(CHATTY));

  it("200 requests in bursts: nothing lost, nothing twice, in order, as JSON lines; Ctrl-C ends it without a word", async () => {
    const { child, stdout, stderr, ended } = follow("--json", "--since", "1s");
    await vi.waitUntil(() => stderr().includes("Following"), { timeout: 10_000 });
    for (let burst = 0; burst < 20; burst += 1) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => fetch(`${url}/items/${burst}-${index}`).then(({ status }) => status)),
      );
      expect(new Set(answers)).toEqual(new Set([200]));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const reports = (): number => stdout().split('"type":"report"').length - 1;
    await vi.waitUntil(() => reports() >= 200, { timeout: 10_000 });
    child.kill("SIGINT");
    expect(await ended).toBe(process.platform === "win32" ? null : 130);
    expect(stderr()).toBe(`Following /aws/lambda/${FUNCTION}; Ctrl-C ends.\n`);
    const rows = rowsOf(stdout());
    const of = (type: string): LogRow[] => rows.filter((row) => row.type === type);
    const called = of("output").flatMap(({ text }) => (text.startsWith("called") ? [text] : []));
    expect(new Set(called).size).toBe(200);
    expect(called).toHaveLength(200);
    for (const type of ["start", "end", "report"]) {
      expect(new Set(of(type).map(({ requestId }) => requestId)).size).toBe(200);
      expect(of(type)).toHaveLength(200);
    }
    expect(new Set(rows.map(({ eventId }) => eventId)).size).toBe(rows.length);
    const times = rows.filter(({ late }) => late !== true).map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(rows.filter(({ late }) => late === true).length).toBeLessThan(5);
    const { stdout: whole } = await place.awsls("logs", "--json");
    const all = (JSON.parse(whole) as { rows: LogRow[] }).rows;
    expect(all.filter(({ text }) => text.startsWith("called"))).toHaveLength(200);
  }, 60_000);

  it("what the handler says appears soon, with its level, several lines together", async () => {
    const { child, stdout, stderr, ended } = follow("--since", "1s");
    await vi.waitUntil(() => stderr().includes("Following"), { timeout: 10_000 });
    const started = performance.now();
    await fetch(`${url}/items/soon`);
    await vi.waitUntil(() => stdout().includes("called /items/soon"), { timeout: 5_000, interval: 10 });
    // A look every 2 s, and the time that this busy machine takes.
    expect(performance.now() - started).toBeLessThan(3_500);
    await vi.waitUntil(() => stdout().includes("REPORT"), { timeout: 5_000 });
    child.kill("SIGINT");
    await ended;
    expect(stdout()).toMatch(
      / {2}INFO {4}[0-9a-f-]{36} {2}called \/items\/soon\n.* {2}WARN {4}[0-9a-f-]{36} {2}two\n {4}lines\n/,
    );
  }, 30_000);

  it.skipIf(process.platform === "win32")(
    "a reader that has seen enough ends it, silently",
    async () => {
      await fetch(`${url}/items/1`);
      const script = `"${process.execPath}" "${BIN}" logs -f --json; echo "exit $?" >&2`;
      const output = execFileSync("sh", ["-c", `{ ${script}; } 2>errors | head -2; cat errors; rm errors`], {
        cwd: place.folder,
        env: cleanEnvironment(),
        encoding: "utf8",
      });
      const [first, second, ...others] = output.trimEnd().split("\n");
      for (const line of [first, second]) expect(JSON.parse(line ?? "")).toMatchObject({ kind: "log" });
      expect(others).toEqual([`Following /aws/lambda/${FUNCTION}; Ctrl-C ends.`, "exit 0"]);
    },
    30_000,
  );
});

it.skipIf(!existsSync("/dev/full"))("logs -f on a full disk is no success", () => {
  const script = `"${process.execPath}" "${BIN}" logs -f > /dev/full; echo "exit $?"`;
  const output = execFileSync("sh", ["-c", `{ ${script}; } 2>&1`], {
    cwd: place.folder,
    env: cleanEnvironment(),
    encoding: "utf8",
  });
  expect(output).toMatch(/could not be written to stdout[^]*exit 3\n$/);
});

describe("function invoke", () => {
  beforeEach(() => deploy(CHATTY));

  it("the answer and the end of the log; a payload from a file", async () => {
    writeFileSync(join(place.folder, "event.json"), '\uFEFF{"rawPath":"/from/file"}');
    const { code, stdout } = await place.awsls("function", "invoke", "--payload", "@event.json");
    rmSync(join(place.folder, "event.json"));
    expect(code).toBe(0);
    expect(stdout).toContain("HTTP 200");
    expect(stdout).toContain('{\n  "statusCode": 200,\n  "body": "/from/file"\n}');
    expect(stdout).toMatch(/INFO {4}[0-9a-f-]{36} {2}called \/from\/file/);
    expect(stdout).toMatch(/REPORT {2}[0-9a-f-]{36} {2}[\d.]+ ms/);
    const { answer } = JSON.parse((await place.awsls("function", "invoke", "--json")).stdout) as {
      answer: { payload: unknown };
    };
    expect(answer.payload).toEqual({ statusCode: 200, body: "/items" });
  });

  it("one that throws: exit 5, its error and its log, and nothing in it commands the terminal", async () => {
    const { code, stdout, stderr } = await place.awsls("function", "invoke", "--payload", '{"throws":true}');
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
    expect(stderr).toContain("RangeError: as you asked");
    expect(stderr).toContain("called undefined");
    expect(stderr).not.toContain("\u001B");
    expect((await place.awsls("logs", "--since", "10s")).stdout).not.toContain("\u001B");
    const json = await place.awsls("function", "invoke", "--payload", '{"throws":true}', "--json");
    expect(json.code).toBe(5);
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: "FunctionFailed", data: { errorType: "RangeError" } },
    });
  });
});

it("function show: this machine's Node on the local cloud", async () => {
  expect((await place.awsls("function", "show")).stdout).toContain(`Node.js ${process.versions.node} of this machine`);
});

it("down while it is followed: says so and ends", async () => {
  const { stderr, ended } = follow();
  await vi.waitUntil(() => stderr().includes("Following"), { timeout: 10_000 });
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(await ended).toBe(0);
  expect(stderr()).toMatch(/has been deleted|has ended/);
}, 60_000);
