// Long lines on a narrow terminal.

import fc from "fast-check";
import { expect, it } from "vitest";
import { wrapped, wrappedText } from "../../src/cli/wrapped.ts";

it("breaks between words, further lines below the first", () => {
  expect(wrapped("Ctrl-C ends this; the stack stays.", 20, "  ", "    ")).toEqual([
    "  Ctrl-C ends this;",
    "    the stack stays.",
  ]);
});

it("a command stays whole as long as a line has room for it", () => {
  const todo = "Give one, run `aws configure set region x`, or use --local.";
  expect(wrapped(todo, 36)).toEqual(["Give one, run", "`aws configure set region x`, or use", "--local."]);
  expect(wrapped(todo, 20)).toEqual(["Give one, run `aws", "configure set region", "x`, or use --local."]);
});

it("a word that is too long stays whole; with no columns, or 0, nothing is broken", () => {
  expect(wrapped("see http://127.0.0.1:44487/items now", 10)).toEqual(["see", "http://127.0.0.1:44487/items", "now"]);
  for (const columns of [undefined, 0]) expect(wrapped("one two", columns)).toEqual(["one two"]);
});

it("each line of a text keeps its indent, and what is aligned stays so", () => {
  expect(wrappedText("one two three\n  four five\n    at  x", 9, "  ")).toBe(
    "one two\n  three\n  four\n    five\n    at  x",
  );
});

it("loses no word, and is as narrow as its words allow", () => {
  const word = fc.stringMatching(/^[a-z`]{1,12}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 1, max: 40 }), (words, columns) => {
      const lines = wrapped(words.join(" "), columns, "", "  ");
      expect(lines.flatMap((line) => line.trim().split(" "))).toEqual(words);
      for (const line of lines) if (line.trim().includes(" ")) expect(line.length).toBeLessThanOrEqual(columns);
    }),
  );
});
