// The Sid of a statement by the place that IAM gives of it.

import { expect, it } from "vitest";
import { sidWithin } from "../../src/commands/statement-text.ts";

const STATEMENTS = [
  { Sid: "ReadTable", Effect: "Allow", Action: "dynamodb:Scan", Resource: "*" },
  { Effect: "Deny", Action: "dynamodb:DeleteTable", Resource: "*" },
  { Sid: "WriteOwnRows", Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*" },
];
const SIDS = ["ReadTable", undefined, "WriteOwnRows"];

function placeOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** Where each statement's braces are. */
function bracesIn(text: string): { open: number; close: number }[] {
  const opens = [...text.matchAll(/\{(?=\s*"(Sid|Effect)")/g)].map(({ index }) => index);
  return opens.map((open) => ({ open, close: text.indexOf("}", open) }));
}

it.each([undefined, 2, 4])("with an indent of %s, from the brace or from behind the sign before it", (indent) => {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: STATEMENTS }, null, indent);
  const braces = bracesIn(text);
  expect(braces).toHaveLength(3);
  const found = (startOf: (open: number) => number): unknown[] =>
    braces.map(({ open, close }) => sidWithin(text, placeOf(text, startOf(open)), placeOf(text, close + 1)));
  expect(found((open) => open)).toEqual(SIDS);
  const behindSign = (open: number): number => text.slice(0, open).trimEnd().length;
  expect(found(behindSign)).toEqual(SIDS);
  expect(found((open) => behindSign(open) - 1)).toEqual(SIDS);
});

it("behind the bracket, in column 19 of line 3, as in AWS's own example", () => {
  const Action = ["codecommit:ListRepositories"];
  const text = JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "List", Action, Resource: "*" }] }, null, 4);
  expect(text.split("\n")[2]).toHaveLength(18);
  expect(sidWithin(text, { line: 3, column: 19 }, { line: 10, column: 10 })).toBe("List");
});

it("is none where there is no such place", () => {
  expect(sidWithin("", { line: 3, column: 19 }, { line: 9, column: 10 })).toBeUndefined();
});
