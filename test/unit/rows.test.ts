// How a log's rows look: colour and words, wide and narrow.

import { expect, it } from "vitest";
import { renderRow, type RowLook } from "../../src/cli/rows.ts";
import { en as text } from "../../src/cli/text/en.ts";
import { parseLogLine } from "../../src/core/log-line.ts";
import { Problem } from "../../src/core/problem.ts";
import type { LogRow } from "../../src/core/row.ts";

const ID = "8fc6f963-411b-58b5-8483-a32130c0f45d";
const NOON = new Date();
NOON.setHours(12, 5, 7, 9);

const PLAIN: RowLook = { text, paint: (_style, words) => words, columns: () => undefined };
const COLOURED: RowLook = { ...PLAIN, paint: (style, words) => `<${String(style)}>${words}</>` };

function row(message: string, more: Partial<LogRow> = {}): LogRow {
  const timestamp = NOON.getTime();
  const time = NOON.toISOString();
  const event = { eventId: "1", logStreamName: "s", timestamp, ingestionTime: timestamp, message };
  return { kind: "log", function: "crud", time, ...parseLogLine(message), ...event, ...more };
}

const console = (level: string, said: string): string => `2026-01-31T09:30:00.123Z\t${ID}\t${level}\t${said}\n`;

it("time, level, request, message; further lines below it", () => {
  expect(renderRow(row(console("INFO", "one\ntwo")), PLAIN)).toBe(`12:05:07.009  INFO    ${ID}  one\n    two`);
  expect(renderRow(row("raw\n"), PLAIN)).toBe("12:05:07.009          raw");
});

it("the day as well when it is not today", () => {
  const timestamp = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();
  expect(renderRow(row("raw\n", { timestamp }), PLAIN)).toBe("2026-01-02 03:04:05.006          raw");
});

it("on a narrow screen the request id is short", () => {
  expect(renderRow(row(console("INFO", "one")), { ...PLAIN, columns: () => 80 })).toContain("  8fc6f963  one");
});

it("an invocation is one line; START, END and INIT_START are none", () => {
  const report = `REPORT RequestId: ${ID}\tDuration: 3.09 ms\tBilled Duration: 164 ms\tMemory Size: 128 MB\tMax Memory Used: 65 MB\tInit Duration: 160.5 ms\tStatus: timeout\t\n`;
  expect(renderRow(row(report), PLAIN)).toBe(
    `12:05:07.009  REPORT  ${ID}  3.09 ms · billed 164 ms · 65 of 128 MB · cold start 160.5 ms · timeout`,
  );
  for (const message of [
    `START RequestId: ${ID} Version: $LATEST\n`,
    `END RequestId: ${ID}\n`,
    "INIT_START Runtime\n",
  ]) {
    expect(renderRow(row(message), PLAIN)).toBeUndefined();
  }
});

it("what is said of an invocation is broken between words, what the function said is left to the terminal", () => {
  const report = `REPORT RequestId: ${ID}\tDuration: 3.09 ms\tBilled Duration: 164 ms\tMemory Size: 128 MB\tMax Memory Used: 65 MB\tInit Duration: 446.53 ms\t\n`;
  expect(renderRow(row(report), { ...PLAIN, columns: () => 80 })).toBe(
    "12:05:07.009  REPORT  8fc6f963  3.09 ms · billed 164 ms · 65 of 128 MB · cold\n    start 446.53 ms",
  );
  const said = "word ".repeat(30).trim();
  expect(renderRow(row(console("INFO", said)), { ...PLAIN, columns: () => 60 })).toContain(said);
});

it("remarks of a watch are broken between words", () => {
  const doubt = "Error: no such key in this environment";
  const live = renderRow(
    { kind: "live", at: NOON.getTime(), function: "crud", sha256: "", ms: 300, doubt },
    { ...PLAIN, columns: () => 60 },
  );
  expect(live?.split("\n")).toEqual([
    "12:05:07 ✔ live in 300 ms; loading it here failed, so see",
    "  whether it answers: Error: no such key in this environment",
  ]);
});

it("errors stand out, also without colour; late ones say so", () => {
  const failed = row(console("ERROR", "bad"), { late: true });
  expect(renderRow(failed, COLOURED)).toContain("<red>bad</>");
  expect(renderRow(failed, PLAIN)).toBe(`12:05:07.009  ERROR   ${ID}  bad (late)`);
  const init =
    "INIT_REPORT Init Duration: 12.34 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError\n";
  expect(renderRow(row(init), PLAIN)).toContain("could not be loaded: error Runtime.ImportModuleError");
});

it("nothing that was logged commands the terminal", () => {
  expect(renderRow(row("a\u001b[2J\u009b2J\rb\n"), PLAIN)).toContain(String.raw`a\x1b[2J\x9b2J\x0db`);
});

it("a save that is refused says once that nothing was deployed, and once where the mistake is", () => {
  const file = "/home/me/handlers/crud/index.mjs";
  const at = NOON.getTime();
  const refused = (problem: Problem): string =>
    renderRow({ kind: "refused", at, function: "crud", problem }, PLAIN) ?? "";
  const syntax = refused(new Problem("HandlerSyntax", { file, details: `${file}:2\n  (=> 1\n\nSyntaxError: no` }));
  const unloadable = refused(
    new Problem("HandlerUnloadable", {
      folder: "/home/me/handlers/crud",
      errorType: "ReferenceError",
      message: "x is not defined",
      trace: ["ReferenceError: x is not defined", `    at file://${file}:2:1`],
    }),
  );
  for (const said of [syntax, unloadable]) {
    expect(said.match(/deployed/g)).toHaveLength(1);
    expect(said.match(/handlers\/crud/g)).toHaveLength(1);
    expect(said).toContain("index.mjs:2");
    expect(said).toContain("What was live before serves on.");
  }
  // Where Node does not name it, we do.
  expect(refused(new Problem("HandlerSyntax", { file, details: "SyntaxError: no" }))).toContain(file);
});
