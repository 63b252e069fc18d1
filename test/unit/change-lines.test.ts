// Changes as people read them.

import { expect, it } from "vitest";
import { changeLines } from "../../src/cli/change-lines.ts";

const lines = (from: unknown, to: unknown): string[] => changeLines({ field: "F", from, to }, "none", "  ");

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
