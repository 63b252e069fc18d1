// Users, groups and mails as lines: in columns, on a narrow terminal, and with what others wrote in them.

import { describe, expect, it } from "vitest";
import type { Words } from "../../src/cli/render.ts";
import {
  renderGroups,
  renderInbox,
  renderUserConfirm,
  renderUserCreate,
  renderUsers,
} from "../../src/cli/render-auth-admin.ts";
import { tableLines } from "../../src/cli/table-lines.ts";
import { en as text } from "../../src/cli/text/en.ts";
import type { ListedUser } from "../../src/commands/auth-users-list.ts";
import type { Mail } from "../../src/commands/context.ts";

const words = (columns?: number): Words => ({
  text,
  awsls: (command) => `awsls ${command}`,
  look: { text, paint: (_style, painted) => painted, columns: () => columns },
});

const user = (email: string, more: Partial<ListedUser> = {}): ListedUser => ({
  username: "0a1b2c3d",
  email,
  status: "CONFIRMED",
  emailVerified: true,
  enabled: true,
  createdAt: new Date(2026, 10, 26, 8, 5, 3).toISOString(),
  groups: [],
  ...more,
});

const mail = (more: Partial<Mail> = {}): Mail => ({
  userPoolId: "us-east-1_a",
  at: new Date(2026, 0, 2, 3, 4, 5).toISOString(),
  to: "kim@example.com",
  subject: "Your verification code",
  body: "Your confirmation code is 123456",
  code: "123456",
  kind: "sign-up",
  ...more,
});

describe("users", () => {
  it("stand in columns below a heading", () => {
    const users = [
      user("kim@example.com", { groups: ["admins", "users"] }),
      user("newcomer@example.com", { status: "FORCE_CHANGE_PASSWORD", emailVerified: false, enabled: false }),
    ];
    expect(renderUsers({ stack: "s", userPoolId: "p", users }, words())).toEqual([
      "e-mail                status                 verified  enabled  groups        created",
      "kim@example.com       CONFIRMED              yes       yes      admins users  2026-11-26 08:05",
      "newcomer@example.com  FORCE_CHANGE_PASSWORD  no        no       -             2026-11-26 08:05",
    ]);
  });

  it("are none at first", () => {
    expect(renderUsers({ stack: "s", userPoolId: "p", users: [] }, words())).toEqual(["There are no users yet."]);
  });

  it.each([
    ["local", "invited", "Read it:  awsls auth inbox kim@example.com"],
    ["aws", "invited", expect.stringContaining("spam")],
    ["aws", "invitedAgain", expect.stringContaining("spam")],
  ] as const)("on %s it is said where the mail is (%s)", (kind, outcome, where) => {
    const result = { stack: "s", email: "kim@example.com", outcome, planned: false };
    const [, ...more] = renderUserCreate(result, { kind, region: "r", account: "1" }, words());
    expect(more).toEqual([where, "Then the user signs in:  awsls auth sign-in kim@example.com"]);
  });

  it("one who was made by an administrator is not confirmed by one", () => {
    const told = (outcome: "verified" | "unchanged"): string =>
      renderUserConfirm(
        { stack: "s", email: "kim@example.com", outcome, status: "FORCE_CHANGE_PASSWORD", planned: false },
        words(),
      ).join("\n");
    expect(told("unchanged")).not.toContain("is confirmed");
    expect(told("unchanged")).toContain("the first sign-in");
    expect(told("verified")).toContain("verified from now on.\nThat user was made by an administrator");
  });
});

it("groups name a few of their members, and how many there are", () => {
  const members = ["a", "b", "c", "d", "e"].map((name) => user(`${name}@x.kr`));
  const group = (name: string, of: readonly ListedUser[]) => ({ name, members: of });
  expect(
    renderGroups({ stack: "s", userPoolId: "p", groups: [group("admins", members), group("z", [])] }, words()),
  ).toEqual([
    "group   created  members",
    "admins           5: a@x.kr, b@x.kr, c@x.kr and 2 more",
    "z                none",
  ]);
});

describe("mails", () => {
  it("each with its time, whose it is, and its code on a line of its own", () => {
    const mails = [mail(), mail({ kind: "invitation", subject: "Welcome", body: "one\ntwo", code: "Ab1." })];
    const lines = renderInbox({ stack: "s", mails }, undefined, words());
    expect(lines).toEqual([
      expect.stringMatching(/^2026-01-02 03:04:05 \(UTC.*\) {2}kim@example\.com$/),
      "  Your verification code",
      "  Your confirmation code is 123456",
      "  Code:  123456",
      "",
      expect.stringContaining("kim@example.com"),
      "  Welcome",
      "  one\n  two",
      "  Temporary password:  Ab1.",
    ]);
  });

  it("fit a terminal of 60 columns", () => {
    const body = "Your username is kim.with.a.long.name@example.com and your temporary password is Ab1.cd2-ef3.";
    const lines = renderInbox({ stack: "s", mails: [mail({ subject: body, body })] }, undefined, words(60));
    const longest = Math.max(...lines.flatMap((line) => line.split("\n")).map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(60);
    expect(lines.join("\n").replaceAll(/\s+/g, " ")).toContain(body);
  });

  it("are none to somebody who got none", () => {
    expect(renderInbox({ stack: "s", mails: [] }, "kim@example.com", words())).toEqual([
      "No mail was sent to kim@example.com.",
    ]);
  });
});

it("a cell with a line feed is no further row", () => {
  expect(tableLines(["a", "b"], [["1\n2", "3"]], undefined)).toEqual(["a     b", String.raw`1\n2  3`]);
});
