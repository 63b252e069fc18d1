// What is said where something is somebody else's, or may be: it is true, and says what to do.

import { describe, expect, it } from "vitest";
import { wordsOf } from "../../src/cli/ask-on-terminal.ts";
import { renderDetach } from "../../src/cli/render.ts";
import { en as text } from "../../src/cli/text/en.ts";
import { explain, say } from "../../src/cli/text/catalogue.ts";
import type { DetachResult } from "../../src/commands/step-delete.ts";
import { type OtherUsers, Problem } from "../../src/core/problem.ts";

const MAKER = {
  stack: "http-crud-tutorial",
  region: "us-east-1",
  owner: "arn:aws:iam::1:user/kim",
  origin: "kim@there",
};
const MADE = "stack http-crud-tutorial in us-east-1, made by arn:aws:iam::1:user/kim from kim@there";

describe("detaching routes", () => {
  const words = {
    text,
    awsls: (command: string) => `awsls ${command}`,
    look: { text, paint: (_: unknown, line: string) => line, columns: () => undefined },
  };
  const result = { stack: "s", planned: 0, detached: 0, declined: false, next: "routes attach --adopt" };
  const lines = (more: Partial<DetachResult>, dryRun = false): string =>
    renderDetach({ ...result, ...more }, dryRun, words).join("\n");

  it("says what was done, what would be, and what that does to the API", () => {
    expect(lines({ detached: 4 })).toBe(
      "4 routes detached: the API does not answer there until you attach them again:  awsls routes attach --adopt",
    );
    expect(lines({ planned: 1 }, true)).toBe(
      "1 route would be detached (nothing was): the API would stop answering there.",
    );
    expect(lines({}, true)).toBe("Nothing would change.");
    expect(lines({ planned: 4, declined: true })).toBe("Nothing was changed.");
    expect(lines({})).toBe("Nothing to do: no route has a target.");
  });

  it.each([
    [{}, "not made by awsls"],
    [{ belongsTo: MAKER }, MADE],
  ])("asks with the consequence, of an API of %j", (belongsTo, whose) => {
    const api = { resource: "api", name: "n", id: "abc", ...belongsTo };
    expect(wordsOf({ about: "detach", stack: "s", routes: 4, api }, text)).toBe(
      `This takes the integration off 4 routes of the HTTP API n abc (${whose}): the API stops answering there. It stays whose it is. Go on? [y/N] `,
    );
  });
});

describe("several APIs of one name", () => {
  it("may all be of this very stack, made on other machines", () => {
    const candidates = [{ id: "a", createdAt: "2026-01-31T09:30:00Z", belongsTo: MAKER }, { id: "b" }];
    const data = { resource: "api", name: "n", stack: "http-crud-tutorial", candidates };
    const { what, details } = explain(text.problems, new Problem("NotUnique", data));
    expect(what).toContain("There are 2 HTTP APIs named n, none of them made here:");
    expect(details).toBe(`  a  made 2026-01-31 09:30 UTC  (${MADE})\n  b`);
  });

  it("are all named where one is left alone", () => {
    const data = { resource: "api", name: "n", id: "a", others: ["b", "c"], belongsTo: MAKER };
    expect(say(text.notices, { type: "notice", code: "LeftAlone", data }, 80)).toBe(
      `HTTP API n a is not this stack's and stays (one of 3 of that name; also b, c; ${MADE}).`,
    );
  });
});

describe("a role that others use, too", () => {
  const said = (users: OtherUsers, answer: "beforehand" | "unasked"): string => {
    const problem = new Problem("RoleShared", { name: "r", roleArn: "arn:r", users, answer });
    return Object.values(explain(text.problems, problem)).join("\n");
  };

  it.each([[["f"]], ["unknown"]] as const)("is not taken over by --yes, which was given; used by %j", (users) => {
    expect(said(users, "beforehand")).toContain("--yes is no answer to that; nothing was changed.");
    expect(said(users, "beforehand")).toContain("Without --yes, on a terminal, you are asked.");
    expect(said(users, "beforehand")).not.toContain("Nobody");
  });

  it.each([[["f"]], ["unknown"]] as const)("is not taken over where nobody is; used by %j", (users) => {
    expect(said(users, "unasked")).toContain("Nobody is here to be asked; nothing was changed.");
    expect(said(users, "unasked")).toContain("On a terminal you are asked.");
    expect(said(users, "unasked")).not.toContain("--yes");
  });

  it("the missing right has the same name in the question, the refusal and a removal", () => {
    const missing = "could not be checked, for the right lambda:ListFunctions is missing";
    const data = { resource: "role", name: "r", users: "unknown" } as const;
    expect(said("unknown", "unasked")).toContain(missing);
    expect(text.takeover.usedToo("unknown")).toContain(missing);
    expect(say(text.notices, { type: "notice", code: "UsedByOthers", data }, 80)).toContain(missing);
    const used = { ...data, users: ["f", "g"] };
    expect(say(text.notices, { type: "notice", code: "UsedByOthers", data: used }, 80)).toBe(
      "role r stays: f, g use it, too.",
    );
  });
});
