// Users, groups and mails with the real executable: what an administrator types, sees and gets wrong.

import { CognitoIdentityProviderClient, InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuthChangeResult } from "../../src/commands/auth-change.ts";
import type { InboxResult } from "../../src/commands/auth-inbox.ts";
import type { GroupsResult } from "../../src/commands/auth-groups.ts";
import type { UsersResult } from "../../src/commands/auth-users-list.ts";
import { openWorkplace, type Outcome, type Workplace } from "./awsls.ts";
import { onTerminal, PYTHON } from "./terminal.ts";

const KIM = "kim@example.com";
const LEE = "lee@example.com";
const PASSWORD = "Correct-horse-1";

let place: Workplace;
beforeAll(async () => {
  place = openWorkplace();
  await place.awsls("up", "--local");
  await place.awsls("auth", "enable", "--admins-only-delete");
}, 60_000);
afterAll(() => place.close());

const auth = (...args: string[]): Promise<Outcome> => place.awsls("auth", ...args);
const users = async (): Promise<UsersResult["users"]> => (await place.json<UsersResult>("auth", "users", "list")).users;
const inbox = async (...args: string[]): Promise<InboxResult["mails"]> =>
  (await place.json<InboxResult>("auth", "inbox", ...args)).mails;

async function said(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

async function refusal(code: number, outcome: Promise<Outcome>): Promise<string> {
  const { stdout, stderr, code: ended } = await outcome;
  expect({ code: ended, stdout }).toEqual({ code, stdout: "" });
  return stderr;
}

it("a user who is invited, listed, put into a group, taken out and deleted", { timeout: 60_000 }, async () => {
  expect(await said(auth("users", "list"))).toBe("There are no users yet.\n");
  expect(await said(auth("group", "list"))).toBe("There are no groups yet.\n");
  expect(await said(auth("users", "create", KIM))).toBe(
    [
      `${KIM} is a user now; Cognito mails a temporary password, good for 7 days.`,
      `Read it:  awsls auth inbox ${KIM}`,
      `Then the user signs in:  awsls auth sign-in ${KIM}`,
      "",
    ].join("\n"),
  );
  expect(await said(auth("users", "create", KIM))).toMatch(
    /^Nothing to do: kim@example.com is a user already\.\n.*--resend/,
  );
  const [mail, ...others] = await inbox();
  expect(others).toEqual([]);
  expect(mail).toMatchObject({ to: KIM, kind: "invitation", code: expect.stringMatching(/.{8,}/) });
  const shown = await said(auth("inbox", KIM));
  expect(shown).toContain(mail?.body);
  expect(shown.trimEnd().split("\n").at(-1)).toBe(`  Temporary password:  ${mail?.code}`);
  expect(await said(auth("inbox", LEE))).toBe(`No mail was sent to ${LEE}.\n`);

  expect(await said(auth("group", "create", "admins"))).toBe("There is a group admins now.\n");
  expect(await said(auth("group", "create", "admins"))).toContain("Nothing to do");
  expect(await said(auth("group", "add", "admins", KIM))).toContain(
    `${KIM} is in the group admins now.\nIt shows in tokens issued from now on: sign in again.`,
  );
  expect(await said(auth("group", "add", "admins", KIM))).toContain("Nothing to do");
  const [heading, row] = (await said(auth("users", "list"))).split("\n");
  expect(heading).toMatch(/^e-mail +status +verified +enabled +groups +created$/);
  expect(row).toMatch(/^kim@example.com +FORCE_CHANGE_PASSWORD +yes +yes +admins +\d{4}-\d\d-\d\d \d\d:\d\d$/);
  expect(await said(auth("group", "list"))).toMatch(/\nadmins .* 1: kim@example.com\n/);
  expect(await place.json<GroupsResult>("auth", "group", "list")).toMatchObject({
    groups: [{ name: "admins", members: [{ email: KIM }] }],
  });

  expect(await said(auth("group", "remove", "admins", KIM))).toContain(`${KIM} is no longer in the group admins.`);
  expect(await said(auth("group", "remove", "admins", KIM))).toContain("Nothing to do");
  expect(await said(auth("users", "delete", KIM))).toMatch(/^kim@example.com is deleted\.\nTokens that were issued/);
  expect(await said(auth("users", "delete", KIM))).toBe(`Nothing to do: there is no user ${KIM}.\n`);
  expect(await said(auth("group", "delete", "admins"))).toMatch(/^The group admins is deleted/);
  expect(await said(auth("group", "delete", "admins"))).toBe("Nothing to do: there is no group admins.\n");
  expect(await users()).toEqual([]);
});

it("a password from stdin is in no line, no mail and no state", async () => {
  const { code, stdout, stderr } = await place.awslsFed(
    `${PASSWORD}\n`,
    "auth",
    "users",
    "create",
    LEE,
    "--password-stdin",
    "--verbose",
  );
  expect(code).toBe(0);
  expect(stdout).toContain(`${LEE} is a user now, with the password that you gave; no mail was sent.`);
  expect(stderr).toContain("admin-set-user-password");
  expect(stdout + stderr).not.toContain(PASSWORD);
  expect(await inbox(LEE)).toEqual([]);
  const again = await refusal(3, place.awslsFed(`${PASSWORD}\n`, "auth", "users", "create", LEE, "--password-stdin"));
  expect(again).toContain(`${LEE} is a user already (CONFIRMED), whose password is left alone.`);
  expect(await said(auth("users", "confirm", LEE))).toContain("Nothing to do");
  await auth("users", "delete", LEE);
});

it("--dry-run does nothing, --json is one document", async () => {
  expect(await said(auth("users", "create", KIM, "--dry-run"))).toContain("(nothing was done)");
  expect(await said(auth("group", "create", "admins", "--dry-run"))).toContain("(nothing was)");
  expect(await users()).toEqual([]);
  expect(await place.json("auth", "users", "create", KIM)).toMatchObject({ email: KIM, outcome: "invited" });
  expect(await said(auth("users", "delete", KIM, "--dry-run"))).toMatch(
    /^This would be deleted \(nothing was\):\n {2}- user kim/,
  );
  expect(await place.json("auth", "users", "delete", KIM)).toMatchObject({
    deleted: [{ component: "user", name: KIM }],
  });
});

it(
  "--admins-only-delete: decided by the groups in the token, and the log has who called",
  { timeout: 60_000 },
  async () => {
    const enabled = await place.json<AuthChangeResult>("auth", "enable");
    const cognito = new CognitoIdentityProviderClient(await place.clientConfig());
    await place.awslsFed(`${PASSWORD}\n`, "auth", "users", "create", LEE, "--password-stdin");
    await auth("group", "create", "admins");
    const signIn = async (): Promise<string> => {
      const AuthParameters = { USERNAME: LEE, PASSWORD };
      const { AuthenticationResult } = await cognito.send(
        new InitiateAuthCommand({ ClientId: enabled.clientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters }),
      );
      return AuthenticationResult?.IdToken ?? "";
    };
    const remove = async (token: string): Promise<string> => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${enabled.url}/items/1`, { method: "DELETE", headers });
      return `${answer.status} ${await answer.text()}`;
    };
    const denied = '403 {"message":"Only members of the group admins may delete items"}';
    const before = await signIn();
    expect(await remove(before)).toBe(denied);
    await auth("group", "add", "admins", LEE);
    expect(await remove(before)).toBe(denied);
    const after = await signIn();
    expect(await remove(after)).toBe('200 "Deleted item 1"');
    await auth("group", "remove", "admins", LEE);
    expect(await remove(await signIn())).toBe(denied);
    const { stdout: log } = await place.awsls("logs");
    expect(log).toMatch(
      /DELETE \/items\/\{id\} called by \{"sub":"[0-9a-f-]{36}","user":"lee@example.com","groups":\[\]\}/,
    );
    expect(log).toContain('"user":"lee@example.com","groups":["admins"]}');
    for (const token of [before, after]) expect(log).not.toContain(token.split(".")[2]);
    cognito.destroy();
    await auth("group", "delete", "admins");
    await auth("users", "delete", LEE);
  },
);

describe("what is wrong", () => {
  it.each<[code: number, args: string[], what: RegExp, todo: RegExp]>([
    [2, ["users", "create", "kim"], /<email> cannot be "kim"/, /awsls help auth users create/],
    [2, ["users", "create"], /missing required argument 'email'/, /awsls help/],
    [2, ["group", "add", "admins"], /missing required argument 'email'/, /awsls help/],
    [2, ["group", "add", "two words", KIM], /<group> cannot be "two words"/, /awsls help auth group add/],
    [2, ["users", "create", KIM, "--resend", "--password-stdin"], /--resend: with --password-stdin/, /awsls help/],
    [2, ["users", "create", KIM, "--password-stdin"], /password is missing/, /awsls help/],
    [2, ["users", "frobnicate"], /unknown command 'frobnicate'/, /awsls --help/],
    [3, ["users", "confirm", KIM], /There is no user kim@example.com/, /auth users list/],
    [3, ["group", "add", "nowhere", KIM], /There is no user kim@example.com/, /auth users create/],
    [3, ["group", "remove", "nowhere", KIM], /There is no user kim@example.com/, /auth users list/],
    [
      3,
      ["users", "list", "--stack", "other"],
      /needs what `awsls table create --stack other` makes/,
      /awsls table create/,
    ],
  ])("%i: %j", async (code, args, what, todo) => {
    const stderr = await refusal(code, auth(...args));
    expect(stderr).toMatch(what);
    expect(stderr).toMatch(todo);
  });

  it("a group that is not there, with how to make it", async () => {
    await auth("users", "create", KIM);
    const stderr = await refusal(3, auth("group", "add", "nowhere", KIM));
    expect(stderr).toContain("There is no group nowhere.");
    expect(stderr).toContain("`awsls auth group create nowhere`");
    await auth("users", "delete", KIM);
  });

  it("a weak password: Cognito's words, and nobody is made", async () => {
    const stderr = await refusal(4, place.awslsFed("weak\n", "auth", "users", "create", KIM, "--password-stdin"));
    expect(stderr).toContain("Password did not conform with");
    expect(stderr).not.toContain("weak\n");
    expect(await users()).toEqual([]);
  });
});

it.skipIf(PYTHON === undefined)("on a terminal a deletion names whom, and asks", { timeout: 60_000 }, async () => {
  await auth("users", "create", KIM);
  await auth("group", "create", "admins");
  await auth("group", "add", "admins", KIM);
  const ask = { when: "Go on?", type: "n\r" };
  const group = await onTerminal(place.folder, ask, "auth", "group", "delete", "admins");
  expect(group.text).toContain("group admins (1 member)");
  expect(group.text).toContain("Nothing was deleted.");
  const user = await onTerminal(place.folder, { ...ask, type: "y\r" }, "auth", "users", "delete", KIM);
  expect(user.text).toContain(`user ${KIM} `);
  expect(user.text).toContain(`${KIM} is deleted.`);
  const nobody = await onTerminal(place.folder, { when: "Nothing", type: "" }, "auth", "users", "delete", KIM);
  expect(nobody.text).not.toContain("Go on?");
  await auth("group", "delete", "admins");
});

it.skipIf(PYTHON === undefined)("on a terminal of 60 columns a mail is readable", { timeout: 60_000 }, async () => {
  await auth("users", "create", KIM);
  const { text } = await onTerminal(place.folder, { when: "9999", type: "", columns: "60" }, "auth", "inbox", KIM);
  const lines = text.trimEnd().split("\r\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(lines.at(-1)).toMatch(/^ {2}Temporary password: {2}\S+$/);
  await auth("users", "delete", KIM);
});
