// Changes as people read them.

import { expect, it } from "vitest";
import { changeLines } from "../../src/cli/change-lines.ts";

const WORDS = { noValue: "none", codeDiffers: "other code" };
const lines = (from: unknown, to: unknown): string[] => changeLines({ field: "F", from, to }, WORDS, "  ");

it.each([
  ["numbers", 3, 15, "3 → 15"],
  ["nothing", undefined, "a", "none → a"],
  ["an empty text", "", "a", "none → a"],
  ["an empty list", [], ["a", "b"], "none → a, b"],
  ["tags", { a: undefined }, { a: "1", b: "2" }, "none → a=1, b=2"],
  ["a tag that is one of several", { a: undefined, b: "0" }, { a: "1", b: "2" }, "a=, b=0 → a=1, b=2"],
  ["no", false, true, "false → true"],
  ["a document", { S: ["*"] }, { S: [] }, '{"S":["*"]} → {"S":[]}'],
])("%s", (_what, from, to, line) => {
  expect(lines(from, to)).toEqual([`  F: ${line}`]);
});

it("what is long gets lines of its own", () => {
  const long = "x".repeat(51);
  expect(lines("a", long)).toEqual(["  F:", "      a", `    → ${long}`]);
});

it("somebody else's text commands no terminal, and passes for no line of ours", () => {
  const theirs = "\u001b[31mred\u001b]0;owned\u0007\u009b2J\n  + table";
  const shown = String.raw`\x1b[31mred\x1b]0;owned\x07\x9b2J\n  + table`;
  expect(lines(theirs, 1)).toEqual([`  F: ${shown} → 1`]);
  expect(lines({ a: theirs }, { a: "b" })).toEqual([`  F: a=${shown} → a=b`]);
  // As JSON escapes them, and it leaves some.
  expect(lines({ a: [theirs] }, 1).join("")).toContain(String.raw`\u0007\x9b2J\n`);
});

it("of code no hashes", () => {
  expect(changeLines({ field: "CodeSha256", from: "56gw", to: "j/Ul" }, WORDS, "  ")).toEqual(["  other code"]);
});
