// Users and groups through the commands: made, unchanged, refused, deleted twice; pages, lost replies, what Cognito refuses.

import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  CreateGroupCommand,
  DeleteUserPoolCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  addToPoolGroup,
  createPoolGroup,
  deletePoolGroup,
  listPoolGroups,
  removeFromPoolGroup,
} from "../../src/commands/auth-groups.ts";
import { readInbox } from "../../src/commands/auth-inbox.ts";
import { confirmPoolUser } from "../../src/commands/auth-users-confirm.ts";
import { createPoolUser, type UserCreateOptions, type UserCreateResult } from "../../src/commands/auth-users-create.ts";
import { deletePoolUser } from "../../src/commands/auth-users-delete.ts";
import { listPoolUsers } from "../../src/commands/auth-users-list.ts";
import type { Question, StackContext } from "../../src/commands/context.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { PASSWORD, testPool, type TestPool } from "../user-pools.ts";

const KIM = "kim@example.com";
const READING = /^(Get|List|Describe|AdminGet|AdminList)/;

let cloud: TestCloud;
let pool: TestPool;
let stack: TestStack;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());
beforeEach(async () => {
  pool = await testPool(cloud);
  stack = openTestStack(cloud, { entries: { newPassword: PASSWORD } });
  await cloud.clearRequests();
});
afterEach(async () => {
  try {
    await cloud.endFaults();
  } finally {
    stack.close();
    pool.close();
    await cloud.control("POST", "reset");
  }
});

/** With the pool as recorded. */
async function context(more: Partial<StackContext> = {}): Promise<StackContext> {
  const made = await stack.context();
  const recorded = (name: string, attributes: Record<string, string>) => ({
    name,
    status: "made" as const,
    attributes,
  });
  made.session.state.update((before) => ({
    ...before,
    resources: {
      userPool: recorded("users", { userPoolId: pool.UserPoolId }),
      userPoolClient: recorded("client", { clientId: pool.ClientId }),
    },
  }));
  return { ...made, ...more };
}

async function writes(): Promise<string[]> {
  const operations = (await cloud.requests()).map(({ operation }) => operation);
  await cloud.clearRequests();
  return operations.filter((operation) => !READING.test(operation));
}

const invite = async (email = KIM, more: Partial<UserCreateOptions> = {}): Promise<UserCreateResult> =>
  createPoolUser(await context(), { email, hasPassword: false, resend: false, ...more });
const createWithPassword = (email = KIM): Promise<UserCreateResult> => invite(email, { hasPassword: true });
const signUp = (Username = KIM) =>
  pool.anyone.send(new SignUpCommand({ ClientId: pool.ClientId, Username, Password: PASSWORD }));
const live = (Username = KIM) => pool.admin.send(new AdminGetUserCommand({ UserPoolId: pool.UserPoolId, Username }));
const attributesOf = async (email = KIM): Promise<Record<string, string | undefined>> =>
  Object.fromEntries(((await live(email)).UserAttributes ?? []).map(({ Name, Value }) => [Name, Value]));

describe("users create", () => {
  it("mails a temporary password that the first sign-in takes, and is done once", async () => {
    expect(await invite()).toMatchObject({ email: KIM, outcome: "invited", planned: false });
    expect(await writes()).toEqual(["AdminCreateUser"]);
    expect(await attributesOf()).toMatchObject({ email: KIM, email_verified: "true" });
    const AuthParameters = { USERNAME: KIM, PASSWORD: await pool.codeFor(KIM) };
    const { ChallengeName } = await pool.anyone.send(
      new InitiateAuthCommand({ ClientId: pool.ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters }),
    );
    expect(ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
    expect(await invite("KIM@example.com")).toMatchObject({ outcome: "unchanged", status: "FORCE_CHANGE_PASSWORD" });
    expect(await writes()).toEqual(["InitiateAuth"]);
    expect(await pool.mailsTo(KIM)).toHaveLength(1);
  });

  it("with --resend mails another one, and makes the user who is not there", async () => {
    expect(await invite(KIM, { resend: true })).toMatchObject({ outcome: "invited" });
    const first = await pool.codeFor(KIM);
    expect(await invite(KIM, { resend: true })).toMatchObject({ outcome: "invitedAgain" });
    expect(await pool.mailsTo(KIM)).toHaveLength(2);
    expect(await pool.codeFor(KIM)).not.toBe(first);
  });

  it("with a password sends no mail, and the user signs in with it", async () => {
    expect(await createWithPassword()).toMatchObject({ outcome: "created" });
    expect(await writes()).toEqual(["AdminCreateUser", "AdminSetUserPassword"]);
    expect(await pool.mailsTo(KIM)).toEqual([]);
    expect(await pool.signIn(KIM)).toHaveProperty("AccessToken");
    expect(await live()).toMatchObject({ UserStatus: "CONFIRMED" });
  });

  it("gives one who was invited the password, but changes nobody's own", async () => {
    await invite();
    expect(await createWithPassword()).toMatchObject({ outcome: "passwordSet" });
    expect(await pool.signIn(KIM)).toHaveProperty("AccessToken");
    await cloud.clearRequests();
    const taken = { code: "UserExists", data: { email: KIM, status: "CONFIRMED" }, exitCode: 3 };
    await expect(createWithPassword()).rejects.toMatchObject(taken);
    await expect(invite(KIM, { resend: true })).rejects.toMatchObject(taken);
    expect(await invite()).toMatchObject({ outcome: "unchanged", status: "CONFIRMED" });
    expect(await writes()).toEqual([]);
  });

  it("refuses a weak password before there is a user", async () => {
    const enter = (): Promise<string> => Promise.resolve("weak");
    const weak = createPoolUser(await context({ enter }), { email: KIM, hasPassword: true, resend: false });
    await expect(weak).rejects.toMatchObject({ code: "AuthRefused", data: { why: "policy" } });
    await expect(live()).rejects.toMatchObject({ name: "UserNotFoundException" });
  });

  it("goes on where it was cut off between user and password", async () => {
    await cloud.failNext("AdminSetUserPassword", { code: "InternalErrorException", status: 400 });
    await expect(createWithPassword()).rejects.toMatchObject({ code: "AwsRefused" });
    expect(await createWithPassword()).toMatchObject({ outcome: "passwordSet" });
    expect(await pool.signIn(KIM)).toHaveProperty("AccessToken");
  });

  it("a lost reply makes one user, who is counted as made", async () => {
    await cloud.failNext("AdminCreateUser", { drop: "after" });
    expect(await createWithPassword()).toMatchObject({ outcome: "created" });
    expect((await listPoolUsers(await context())).users.map(({ email }) => email)).toEqual([KIM]);
    expect(await pool.signIn(KIM)).toHaveProperty("AccessToken");
  });

  it("a user whom somebody made in this moment is left as is", async () => {
    await cloud.failNext("AdminGetUser", {
      code: "UserNotFoundException",
      status: 400,
      message: "User does not exist.",
    });
    await pool.join(KIM);
    expect(await invite()).toMatchObject({ outcome: "unchanged" });
    await cloud.failNext("AdminGetUser", {
      code: "UserNotFoundException",
      status: 400,
      message: "User does not exist.",
    });
    await expect(createWithPassword()).rejects.toMatchObject({ code: "UserExists" });
    expect(await pool.signIn(KIM)).toHaveProperty("AccessToken");
  });

  it.each([
    ["CodeDeliveryFailureException", "Unable to deliver email", "MailNotSent"],
    ["LimitExceededException", "Exceeded daily email limit for the operation or the account.", "MailNotSent"],
    ["LimitExceededException", "Number of users exceeded", "AuthRefused"],
    ["UserLambdaValidationException", "PreSignUp failed", "AuthRefused"],
    ["OperationNotEnabledException", "no sentence of ours", "AwsRefused"],
  ])("%s: %s", async (code, message, problem) => {
    await cloud.failNext("AdminCreateUser", { code, message, status: 400 });
    await expect(invite()).rejects.toMatchObject({ code: problem, exitCode: 4 });
  });

  it("in a dry run nothing is done", async () => {
    const options = { email: KIM, hasPassword: true, resend: false };
    expect(await createPoolUser(await context({ dryRun: true }), options)).toMatchObject({
      outcome: "created",
      planned: true,
    });
    expect(await writes()).toEqual([]);
  });
});

describe("users confirm", () => {
  it("confirms a sign-up, verifies the address, and is done once", async () => {
    await signUp();
    await cloud.clearRequests();
    const confirm = async () => confirmPoolUser(await context(), KIM);
    expect(await confirm()).toMatchObject({ outcome: "confirmed", status: "UNCONFIRMED" });
    expect(await writes()).toEqual(["AdminConfirmSignUp", "AdminUpdateUserAttributes"]);
    expect(await attributesOf()).toMatchObject({ email_verified: "true" });
    expect(await pool.signIn(KIM)).toHaveProperty("AccessToken");
    await cloud.clearRequests();
    expect(await confirm()).toMatchObject({ outcome: "unchanged", status: "CONFIRMED" });
    expect(await writes()).toEqual([]);
  });

  it("goes on where it was cut off, and takes no lost reply for a failure", async () => {
    await signUp();
    await cloud.failNext("AdminConfirmSignUp", { drop: "after" });
    await cloud.failNext("AdminUpdateUserAttributes", { code: "InternalErrorException", status: 400 });
    await expect(confirmPoolUser(await context(), KIM)).rejects.toMatchObject({ code: "AwsRefused" });
    expect(await live()).toMatchObject({ UserStatus: "CONFIRMED" });
    expect(await confirmPoolUser(await context(), KIM)).toMatchObject({ outcome: "verified" });
    expect(await attributesOf()).toMatchObject({ email_verified: "true" });
  });

  it("nobody, and nothing in a dry run", async () => {
    await expect(confirmPoolUser(await context(), KIM)).rejects.toMatchObject({ code: "UserUnknown", exitCode: 3 });
    await signUp();
    await cloud.clearRequests();
    expect(await confirmPoolUser(await context({ dryRun: true }), KIM)).toMatchObject({
      outcome: "confirmed",
      planned: true,
    });
    expect(await writes()).toEqual([]);
  });
});

describe("users delete", () => {
  it("asks, naming the user, and deletes once", async () => {
    await createWithPassword();
    const { Username } = await live();
    const asked: Question[] = [];
    const answering = (answer: "yes" | "no") => ({
      ask: (question: Question) => {
        asked.push(question);
        return Promise.resolve(answer);
      },
    });
    expect(await deletePoolUser(await context(answering("no")), KIM)).toMatchObject({ declined: true, deleted: [] });
    expect(await live()).toMatchObject({ Username });
    expect(await deletePoolUser(await context(answering("yes")), "KIM@example.com")).toMatchObject({
      deleted: [{ component: "user", name: KIM }],
    });
    const question = {
      about: "removal",
      stack: "http-crud-tutorial",
      resources: [{ component: "user", name: KIM, id: Username }],
    };
    expect(asked).toEqual([question, question]);
    await cloud.clearRequests();
    expect(await deletePoolUser(await context(), KIM)).toMatchObject({ deleted: [], planned: [] });
    expect(await writes()).toEqual([]);
  });

  it("takes nobody else who has that address by the time of the answer", async () => {
    await createWithPassword();
    let questions = 0;
    const ask = async (): Promise<"yes" | "no"> => {
      questions += 1;
      if (questions > 1) return "no";
      await deletePoolUser(await context(), KIM);
      await createWithPassword();
      return "yes";
    };
    expect(await deletePoolUser(await context({ ask }), KIM)).toMatchObject({ declined: true });
    expect(questions).toBe(2);
    expect(await live()).toMatchObject({ UserStatus: "CONFIRMED" });
  });

  it("a lost reply is no failure, a dry run deletes nobody", async () => {
    await createWithPassword();
    expect(await deletePoolUser(await context({ dryRun: true }), KIM)).toMatchObject({ planned: [{ name: KIM }] });
    expect(await live()).toMatchObject({ UserStatus: "CONFIRMED" });
    await cloud.failNext("AdminDeleteUser", { drop: "after" });
    expect(await deletePoolUser(await context(), KIM)).toMatchObject({ deleted: [{ name: KIM }] });
  });
});

describe("groups", () => {
  const add = async (group = "admins", email = KIM) => addToPoolGroup(await context(), { group, email });
  const remove = async (group = "admins", email = KIM) => removeFromPoolGroup(await context(), { group, email });
  const create = async (group = "admins") => createPoolGroup(await context(), group);

  it("made, filled, emptied and deleted, each once", async () => {
    await createWithPassword();
    await cloud.clearRequests();
    expect(await create()).toMatchObject({ group: "admins", outcome: "created" });
    expect(await add()).toMatchObject({ group: "admins", email: KIM, outcome: "added" });
    expect(await writes()).toEqual(["CreateGroup", "AdminAddUserToGroup"]);
    expect(await create()).toMatchObject({ outcome: "unchanged" });
    expect(await add("admins", "KIM@example.com")).toMatchObject({ outcome: "unchanged" });
    expect(await writes()).toEqual([]);
    expect((await listPoolGroups(await context())).groups).toMatchObject([
      { name: "admins", members: [{ email: KIM }] },
    ]);
    expect((await listPoolUsers(await context())).users).toMatchObject([{ email: KIM, groups: ["admins"] }]);
    const { AccessToken = "" } = await pool.signIn(KIM);
    const claims = JSON.parse(Buffer.from(AccessToken.split(".")[1] ?? "", "base64url").toString()) as object;
    expect(claims).toMatchObject({ "cognito:groups": ["admins"] });
    await cloud.clearRequests();
    expect(await remove()).toMatchObject({ outcome: "removed" });
    expect(await writes()).toEqual(["AdminRemoveUserFromGroup"]);
    expect(await remove()).toMatchObject({ outcome: "unchanged" });
    expect(await remove("nowhere")).toMatchObject({ outcome: "unchanged" });
    expect(await writes()).toEqual([]);
    expect(await deletePoolGroup(await context(), "admins")).toMatchObject({ deleted: [{ name: "admins" }] });
    expect(await writes()).toEqual(["DeleteGroup"]);
    expect(await deletePoolGroup(await context(), "admins")).toMatchObject({ deleted: [], planned: [] });
    expect(await writes()).toEqual([]);
    expect((await listPoolGroups(await context())).groups).toEqual([]);
  });

  it("a mistyped user or group is said, also where a right is to be taken away", async () => {
    await createWithPassword();
    await expect(add("nowhere")).rejects.toMatchObject({ code: "GroupUnknown", data: { group: "nowhere" } });
    await create();
    await expect(add("admins", "kin@example.com")).rejects.toMatchObject({
      code: "UserUnknown",
      data: { email: "kin@example.com" },
    });
    await expect(remove("admins", "kin@example.com")).rejects.toMatchObject({ code: "UserUnknown" });
  });

  it("the question before deleting says how many are in it, and is asked again when that changes", async () => {
    await create();
    await createWithPassword();
    const counts: (number | undefined)[] = [];
    const ask = async (question: Question): Promise<"yes"> => {
      counts.push(question.about === "removal" ? question.resources[0]?.members : undefined);
      if (counts.length === 1) await add();
      return "yes";
    };
    expect(await deletePoolGroup(await context({ ask }), "admins")).toMatchObject({ deleted: [{ name: "admins" }] });
    expect(counts).toEqual([0, 1]);
    expect(await live()).toMatchObject({ UserStatus: "CONFIRMED" });
  });

  it("one that somebody makes or deletes in this moment is no failure", async () => {
    const missing = { code: "ResourceNotFoundException", status: 400, message: "Group not found." };
    await create();
    await cloud.failNext("GetGroup", missing);
    expect(await create()).toMatchObject({ outcome: "created" });
    await cloud.failNext("DeleteGroup", missing);
    expect(await deletePoolGroup(await context(), "admins")).toMatchObject({ deleted: [{ name: "admins" }] });
    await createWithPassword();
    await cloud.failNext("AdminAddUserToGroup", missing);
    await expect(add()).rejects.toMatchObject({ code: "GroupUnknown" });
  });

  it("in a dry run nothing is done, and what would fail fails", async () => {
    await createWithPassword();
    await cloud.clearRequests();
    const dry = await context({ dryRun: true });
    expect(await createPoolGroup(dry, "admins")).toMatchObject({ outcome: "created", planned: true });
    await expect(addToPoolGroup(dry, { group: "admins", email: KIM })).rejects.toMatchObject({ code: "GroupUnknown" });
    expect(await writes()).toEqual([]);
    await create();
    expect(await addToPoolGroup(dry, { group: "admins", email: KIM })).toMatchObject({
      outcome: "added",
      planned: true,
    });
    expect(await deletePoolGroup(dry, "admins")).toMatchObject({ planned: [{ name: "admins", members: 0 }] });
    expect(await writes()).toEqual(["CreateGroup"]);
  });
});

it("lists go on to the last page", { timeout: 30_000 }, async () => {
  const { admin, UserPoolId } = pool;
  const many = Array.from({ length: 61 }, (_, index) => String(index).padStart(2, "0"));
  for (const number of many) {
    const Username = `user${number}@example.com`;
    await admin.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: "SUPPRESS" }));
    await admin.send(new CreateGroupCommand({ UserPoolId, GroupName: `group${number}` }));
    await addToPoolGroup(await context(), { group: "group00", email: Username });
    await addToPoolGroup(await context(), { group: `group${number}`, email: "user00@example.com" });
  }
  const { groups } = await listPoolGroups(await context());
  expect(groups.map(({ name }) => name)).toEqual(many.map((number) => `group${number}`));
  expect(groups[0]?.members).toHaveLength(61);
  const { users } = await listPoolUsers(await context());
  expect(users.map(({ email }) => email)).toEqual(many.map((number) => `user${number}@example.com`));
  expect(users[0]?.groups).toHaveLength(61);
  // The membership is on the second page of the user's groups.
  expect(await addToPoolGroup(await context(), { group: "group60", email: "user00@example.com" })).toMatchObject({
    outcome: "unchanged",
  });
});

it("a pool that was removed by hand: what makes it again is named", async () => {
  await pool.admin.send(new DeleteUserPoolCommand({ UserPoolId: pool.UserPoolId }));
  const missing = (command: string) => ({ code: "StepMissing", data: { command, first: "auth enable" } });
  await expect(listPoolUsers(await context())).rejects.toMatchObject(missing("auth users list"));
  await expect(invite()).rejects.toMatchObject(missing("auth users create"));
  await expect(deletePoolUser(await context(), KIM)).rejects.toMatchObject(missing("auth users delete"));
  await expect(createPoolGroup(await context(), "admins")).rejects.toMatchObject(missing("auth group create"));
  await expect(deletePoolGroup(await context(), "admins")).rejects.toMatchObject(missing("auth group delete"));
});

it("a right that is missing is named, with the pool", async () => {
  await cloud.failNext("ListUsers", { code: "AccessDeniedException", status: 400, message: "cognito-idp:ListUsers" });
  await expect(listPoolUsers(await context())).rejects.toMatchObject({
    code: "AwsRefused",
    data: { resource: "userPool", name: pool.UserPoolId, message: "cognito-idp:ListUsers" },
  });
});

describe("inbox", () => {
  it("has this pool's mails, in order, of one address if asked", async () => {
    const other = await testPool(cloud);
    await invite();
    await invite("lee@example.com");
    await other.join("kim@example.com");
    other.close();
    const inbox = async () => ((await (await cloud.control("GET", "inbox")).json()) as { mails: [] }).mails;
    const all = await readInbox(await context({ inbox }));
    expect(all.mails.map(({ to, kind }) => `${to} ${kind}`)).toEqual([
      "kim@example.com invitation",
      "lee@example.com invitation",
    ]);
    expect((await readInbox(await context({ inbox }), "KIM@example.com")).mails).toHaveLength(1);
  });

  it("is not there where mails really go out", async () => {
    const target = { kind: "aws" as const, region: "us-east-1", account: "1" };
    await expect(readInbox(await context({ target }))).rejects.toMatchObject({
      code: "NoInbox",
      data: { kind: "aws" },
    });
  });
});
