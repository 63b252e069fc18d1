// What is said of a takeover before it is agreed to: whose, what becomes of it, and on how many lines.

import { describe, expect, it } from "vitest";
import { groupsOf, takeoverLines } from "../../src/cli/takeover-lines.ts";
import { takeover } from "../../src/cli/text/en/takeover.ts";
import type { Change } from "../../src/core/change.ts";
import type { TakenOver } from "../../src/core/event.ts";

const UUID = "5f3c8a6e-0c5e-4c8e-9d0b-6a1f3b2c4d5e";
const OTHER = { stack: "other", region: "us-east-1", owner: "arn:aws:iam::1:user/kim", origin: "kim@there" };
const change = (field: string, from?: unknown, to?: unknown): Change => ({ field, from, to });
const TAGS = change("Tags", {}, { "awsls:stack": "s" });
const lines = (resources: readonly TakenOver[], columns: number): string[] =>
  takeoverLines(resources, takeover, ({ resource, name }) => `${resource} ${name}`, columns);

describe("what becomes of it", () => {
  const attached = [`AWSLambdaBasicExecutionRole-${UUID}`, "mine"];
  const deleted = [`arn:aws:iam::1:policy/service-role/AWSLambdaBasicExecutionRole-${UUID}`];
  it.each<[string, readonly Change[], string]>([
    ["table", [TAGS], "only its tags change"],
    ["stage", [change("Description", "", "d"), TAGS], "only description and tags change"],
    ["integration", [], "stays as it is"],
    ["routes", [], "stay as they are"],
    [
      "routes",
      [
        change("GET /items", undefined, "t"),
        change("PUT /items.Target", "a", "b"),
        change("DELETE /items/{id}.Target"),
      ],
      "2 point to the integration; 1 is added",
    ],
    [
      "role",
      [
        change("Description", "", "d"),
        change("PolicyDocument", undefined, {}),
        change("PolicyNames", ["inline"]),
        change("AttachedPolicies", attached),
        change("PolicyArn", deleted),
        TAGS,
      ],
      "may do only what the function needs; policies inline and AWSLambdaBasicExecutionRole-5f3c… are deleted; policy mine is taken off",
    ],
    ["logGroup", [change("retentionInDays", undefined, 7)], "lines older than 7 days are deleted"],
    ["logGroup", [change("retentionInDays", 365, 7)], "lines older than 7 days are deleted"],
    ["logGroup", [change("retentionInDays", 1, 7)], "lines are kept for 7 days"],
    [
      "function",
      [
        change("Timeout", 3, 15),
        change("CodeSha256", "a", "b"),
        change("Environment.TABLE_NAME", undefined, "t"),
        TAGS,
      ],
      "its code is replaced; Timeout and Environment change",
    ],
    ["function", [{ ...change("Role", "A", "B"), replace: true }], "deleted and made again"],
    ["permission", [change("Sid", ["by-hand"], "ours")], "replaces the statement by-hand"],
    ["permission", [change("Sid", ["ours", "a", "b"], "ours")], "replaces the statements a and b"],
    ["permission", [change("Sid", [], "ours")], "is added"],
  ])("%s %j", (resource, changes, words) => {
    expect(takeover.becomes({ resource, changes })).toBe(words);
  });
});

describe("the list", () => {
  const table: TakenOver = { resource: "table", name: "items", changes: [TAGS] };
  const code: TakenOver = {
    resource: "function",
    name: "f",
    changes: [change("CodeSha256", "a", "b")],
    keptCode: ".awsls/f.zip",
  };

  it("has a line a resource, whose they are, and how to keep the code", () => {
    expect(lines([table, { ...code, belongsTo: OTHER }], Infinity)).toEqual([
      "1 resource not made by awsls is taken over:",
      "  table items: only its tags change",
      "1 resource of stack other in us-east-1, made by arn:aws:iam::1:user/kim from kim@there, is taken over:",
      "  function f: its code is replaced",
      "The function's code of now is saved first, as .awsls/f.zip",
      "All get this stack's tags. --dry-run shows each change.",
    ]);
  });

  it("breaks between words on a narrow terminal, what becomes of it below its name", () => {
    expect(lines([table], 30)).toEqual([
      "1 resource not made by awsls",
      "is taken over:",
      "  table items:",
      "      only its tags change",
      "All get this stack's tags.",
      "--dry-run shows each change.",
    ]);
  });

  it.each([
    [
      ["table", "routes", "integration", "permission"],
      "All but routes, integration and permission get this stack's tags. ",
    ],
    [["api", "timerPermission", "permission"], "All but permission get this stack's tags. "],
    [["routes"], ""],
  ])("says of %j which get tags", (components, tags) => {
    expect(takeover.tags(components)).toBe(`${tags}--dry-run shows each change.`);
  });

  it("is in the order of the plan, each maker once", () => {
    const theirs = { ...table, belongsTo: { ...OTHER } };
    const groups = groupsOf([theirs, code, { ...code, belongsTo: OTHER }]);
    expect(groups.map(({ belongsTo, resources }) => [belongsTo?.stack, resources.length])).toEqual([
      ["other", 2],
      [undefined, 1],
    ]);
  });
});
