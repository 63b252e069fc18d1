// The user's own flows through the commands: what Cognito refuses, what is lost, what is old, whose clock is wrong.

import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  DeleteUserPoolCommand,
  SetUserPoolMfaConfigCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { statSync } from "node:fs";
import { TOTP } from "otpauth";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { answerChallenge, type Answering } from "../../src/commands/auth-challenges.ts";
import { enableAuth } from "../../src/commands/auth-enable.ts";
import { disableMfa, enableMfa } from "../../src/commands/auth-mfa.ts";
import { changePassword, forgotPassword, resetPassword } from "../../src/commands/auth-password.ts";
import { requirePool } from "../../src/commands/auth-pool.ts";
import { signIn, type SignInResult } from "../../src/commands/auth-sign-in.ts";
import { signOut } from "../../src/commands/auth-sign-out.ts";
import { confirm, resendCode, signUp } from "../../src/commands/auth-sign-up.ts";
import { token, whoami } from "../../src/commands/auth-whoami.ts";
import type { Entry, StackContext } from "../../src/commands/context.ts";
import { up } from "../../src/commands/up.ts";
import { forgetTokens, readTokens, tokensPathOf } from "../../src/state/tokens.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

const PASSWORD = "C0rrect-horse!";
const OTHER = "An0ther-horse!";
const HOUR = 3_600_000;

let cloud: TestCloud;
let stack: TestStack;
let cognito: CognitoIdentityProviderClient;
let UserPoolId: string;
beforeAll(async () => {
  cloud = await startTestCloud();
  cognito = new CognitoIdentityProviderClient(cloud.config);
  stack = openTestStack(cloud);
  await up(await stack.context());
  await enableAuth(await stack.context(), {});
  ({ userPoolId: UserPoolId } = await requirePool(await stack.context(), "test"));
});
afterEach(async () => {
  forgetTokens(stack.statePath);
  await cloud.endFaults();
});
afterAll(async () => {
  cognito.destroy();
  stack.close();
  await cloud.close();
});

interface Seat {
  /** What is entered, in this order for each. */
  readonly entered?: Partial<Record<Entry["of"], readonly string[]>>;
  /** Of an authenticator that has just been told the secret. */
  readonly hasAuthenticator?: boolean;
  /** How far this machine's clock is ahead. */
  readonly ahead?: number;
}

async function sit({ entered = {}, hasAuthenticator = false, ahead = 0 }: Seat = {}): Promise<StackContext> {
  const left = new Map(Object.entries({ password: [PASSWORD], ...entered }).map(([of, all]) => [of, [...all]]));
  const context = await stack.context();
  const now = (): number => Date.now() + ahead;
  return {
    ...context,
    clock: { ...context.clock, now },
    enter: ({ of, secret }) => {
      const given = left.get(of)?.shift();
      const shown = hasAuthenticator && secret !== undefined ? totpOf(secret.uri) : undefined;
      return Promise.resolve(given ?? shown);
    },
  };
}

function totpOf(uri: string, steps = 0): string {
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  return new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
}

let users = 0;

/** A user with that password, whom nobody has to confirm. */
async function newUser(password = PASSWORD): Promise<string> {
  const Username = `user-${(users += 1)}@example.com`;
  const UserAttributes = [
    { Name: "email", Value: Username },
    { Name: "email_verified", Value: "true" },
  ];
  await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS" }));
  await setPassword(Username, password);
  return Username;
}

async function setPassword(Username: string, Password: string): Promise<void> {
  await cognito.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }));
}

async function enterAs(email: string, seat: Seat = {}): Promise<SignInResult> {
  return signIn(await sit(seat), { email, flow: "srp" });
}

const operations = async (): Promise<string[]> => (await cloud.requests()).map(({ operation }) => operation);
const refused = (why: string): object => ({ code: "AuthRefused", data: { why } });

describe("signing in", () => {
  it.each(["srp", "password"] as const)("by %s keeps tokens that only their owner can read", async (flow) => {
    const email = await newUser();
    const result = await signIn(await sit(), { email, flow });
    expect(result).toMatchObject({ email, groups: [], challenges: [], tokensFile: tokensPathOf(stack.statePath) });
    if (process.platform !== "win32") expect(statSync(result.tokensFile).mode & 0o777).toBe(0o600);
    expect(await whoami(await sit())).toMatchObject({ email, username: result.username, userPoolId: UserPoolId });
  });

  it.each([-5 * HOUR, 5 * HOUR])("a machine whose clock is %i ms ahead proves by the server's time", async (ahead) => {
    const email = await newUser();
    await enterAs(email, { ahead });
    const answer = stack.events.findLast(
      (event) => event.type === "call" && event.operation === "RespondToAuthChallenge",
    );
    const { ChallengeResponses } = (answer as { input: { ChallengeResponses: Record<string, string> } }).input;
    expect(ChallengeResponses["TIMESTAMP"]).toMatch(/^\w{3} \w{3} [1-9]\d? \d\d:\d\d:\d\d UTC \d{4}$/);
    expect(Math.abs(Date.parse(ChallengeResponses["TIMESTAMP"] ?? "") - Date.now())).toBeLessThan(30_000);
    expect(ChallengeResponses["USERNAME"]).toMatch(/^[\da-f-]{36}$/);
    await cloud.clearRequests();
    await token(await sit({ ahead }), "access");
    expect(await operations()).not.toContain("InitiateAuth");
  });

  it.each([
    ["UserNotConfirmedException", "User is not confirmed.", "notConfirmed"],
    ["NotAuthorizedException", "Incorrect username or password.", "password"],
    ["NotAuthorizedException", "Password attempts exceeded", "attempts"],
    ["NotAuthorizedException", "User is disabled.", "disabled"],
    [
      "NotAuthorizedException",
      "Temporary password has expired and must be reset by an administrator.",
      "temporaryPassword",
    ],
    ["NotAuthorizedException", "Something new", "other"],
    ["UserNotFoundException", "User does not exist.", "unknownUser"],
    ["PasswordResetRequiredException", "Password reset required for the user", "resetRequired"],
    ["InvalidParameterException", "USER_SRP_AUTH is not enabled for the client.", "flow"],
    ["InvalidParameterException", "1 validation error detected: Value at 'username' failed", "invalid"],
    ["UserLambdaValidationException", "PreAuthentication failed with error no.", "trigger"],
    ["ResourceNotFoundException", "User pool client x does not exist.", "gone"],
    ["LimitExceededException", "Attempt limit exceeded, please try after some time.", "limit"],
    ["ForbiddenException", "Forbidden", "firewall"],
  ])("%s (%s) is %s, asked once", async (code, message, why) => {
    await cloud.failNext("InitiateAuth", { code, message, status: 400 });
    const attempt = enterAs("alice@example.com");
    await expect(attempt).rejects.toMatchObject({
      code: "AuthRefused",
      data: { why, email: "alice@example.com", message },
    });
  });

  it("throttling is waited out", async () => {
    const email = await newUser();
    await cloud.failNext("InitiateAuth", { code: "TooManyRequestsException", message: "Rate exceeded", status: 400 });
    expect(await enterAs(email)).toMatchObject({ email });
  });

  it("wrong passwords are wrong, and after some of them every password is", async () => {
    const email = await newUser();
    const wrong = async (): Promise<unknown> =>
      enterAs(email, { entered: { password: [OTHER] } }).catch((e: unknown) => e);
    for (let attempt = 1; attempt <= 5; attempt++) expect(await wrong()).toMatchObject(refused("password"));
    await expect(enterAs(email)).rejects.toMatchObject(refused("attempts"));
  });

  it("a session that took too long says so", async () => {
    const email = await newUser();
    const message = "Invalid session for the user, session is expired.";
    await cloud.failNext("RespondToAuthChallenge", { code: "NotAuthorizedException", message, status: 400 });
    await expect(enterAs(email)).rejects.toMatchObject(refused("session"));
  });

  it("a temporary password is replaced in the same sign-in", async () => {
    const email = await newUser();
    await cognito.send(new AdminSetUserPasswordCommand({ UserPoolId, Username: email, Password: OTHER }));
    const entered = { password: [OTHER], newPassword: [PASSWORD] };
    expect(await enterAs(email, { entered })).toMatchObject({ challenges: ["NEW_PASSWORD_REQUIRED"] });
    expect(await enterAs(email)).toMatchObject({ challenges: [] });
  });

  it("a pool that wants a second factor of everybody has it set up", async () => {
    const email = await newUser();
    const MfaConfiguration = async (mode: "ON" | "OPTIONAL"): Promise<unknown> =>
      cognito.send(
        new SetUserPoolMfaConfigCommand({
          UserPoolId,
          MfaConfiguration: mode,
          SoftwareTokenMfaConfiguration: { Enabled: true },
        }),
      );
    await MfaConfiguration("ON");
    try {
      await expect(enterAs(email)).rejects.toMatchObject({
        code: "ChallengeUnsupported",
        data: { challenge: "MFA_SETUP", why: "terminal" },
      });
      expect(await enterAs(email, { hasAuthenticator: true })).toMatchObject({ challenges: ["MFA_SETUP"] });
    } finally {
      await MfaConfiguration("OPTIONAL");
    }
  });

  it.each([
    [{ ChallengeName: "SMS_MFA" as const }, { challenge: "SMS_MFA", why: "unknown" }],
    [
      {
        ChallengeName: "NEW_PASSWORD_REQUIRED" as const,
        ChallengeParameters: { requiredAttributes: '["userAttributes.name"]' },
      },
      { challenge: "NEW_PASSWORD_REQUIRED", why: "attributes", wants: ["name"] },
    ],
    [
      { ChallengeName: "MFA_SETUP" as const, ChallengeParameters: { MFAS_CAN_SETUP: '["SMS_MFA"]' } },
      { challenge: "MFA_SETUP", why: "unknown" },
    ],
  ])("%o is named and not answered", async (step, data) => {
    const context = await sit();
    const pool = await requirePool(context, "test");
    const answering: Answering = { context, pool, scene: { command: "auth sign-in", email: "alice@example.com" } };
    await expect((async () => answerChallenge(answering, step))()).rejects.toMatchObject({
      code: "ChallengeUnsupported",
      data,
    });
  });
});

describe("tokens", () => {
  it("are renewed a minute before their end, without a question, and keep the refresh token", async () => {
    const email = await newUser();
    await enterAs(email);
    const before = readTokens(stack.statePath);
    await cloud.clearRequests();
    await token(await sit({ ahead: HOUR - 62_000 }), "access");
    expect(await operations()).not.toContain("InitiateAuth");
    const renewed = await token(await sit({ ahead: HOUR - 58_000 }), "access");
    expect(await operations()).toContain("InitiateAuth");
    const after = readTokens(stack.statePath);
    expect(after).toMatchObject({ accessToken: renewed.token, refreshToken: before?.refreshToken });
    expect(after?.accessToken).not.toBe(before?.accessToken);
  });

  it("that Cognito calls expired are renewed, whatever the clock says, and asked with again", async () => {
    await enterAs(await newUser());
    const message = "Access Token has expired";
    await cloud.failNext("GetUser", { code: "NotAuthorizedException", message, status: 400 });
    await cloud.clearRequests();
    expect(await disableMfa(await sit())).toEqual({ isOn: false, isChanged: false });
    expect((await operations()).filter((name) => name !== "GetCallerIdentity")).toEqual([
      "GetUser",
      "InitiateAuth",
      "GetUser",
    ]);
  });

  it.each([
    ["signed out by an administrator", AdminUserGlobalSignOutCommand],
    ["deleted", AdminDeleteUserCommand],
    ["disabled", AdminDisableUserCommand],
  ])("of a user who was %s are forgotten when they are renewed, and the user is told", async (_, Command) => {
    const Username = await newUser();
    await enterAs(Username);
    await cognito.send(new Command({ UserPoolId, Username }));
    const late = await sit({ ahead: HOUR });
    await expect(token(late, "access")).rejects.toMatchObject({ code: "NotSignedIn", data: { why: "refused" } });
    expect(readTokens(stack.statePath)).toBeUndefined();
    await expect(token(late, "access")).rejects.toMatchObject({ code: "NotSignedIn", data: { why: "never" } });
  });

  it("stay when Cognito cannot be asked", async () => {
    await enterAs(await newUser());
    await cloud.failNext("InitiateAuth", { code: "InternalErrorException", status: 500, times: 8 });
    await expect(token(await sit({ ahead: HOUR }), "access")).rejects.toMatchObject({ code: "AwsRefused" });
    expect(readTokens(stack.statePath)).toBeDefined();
    await cloud.clearFaults();
    await cloud.failNext("GlobalSignOut", { code: "InternalErrorException", status: 500, times: 8 });
    await expect(signOut(await sit())).rejects.toMatchObject({ code: "AwsRefused" });
    expect(readTokens(stack.statePath)).toBeDefined();
    await cloud.clearFaults();
  });

  it("of somebody who signs out are revoked, also where the client does not let one be revoked", async () => {
    const email = await newUser();
    await enterAs(email);
    await cloud.failNext("RevokeToken", { code: "UnsupportedOperationException", status: 400 });
    expect(await signOut(await sit())).toMatchObject({ signedOut: "everywhere", email });
    expect(readTokens(stack.statePath)).toBeUndefined();
  });
});

describe("a reply that is lost", () => {
  const lost = (operation: string): object => ({ code: "AuthUncertain", data: { operation } });

  it("of SignUp: not sent again; the second try says that the user is there", async () => {
    const entered = { newPassword: [PASSWORD] };
    await cloud.failNext("SignUp", { drop: "after" });
    await cloud.clearRequests();
    await expect(signUp(await sit({ entered }), "lost@example.com")).rejects.toMatchObject(lost("SignUp"));
    expect((await operations()).filter((name) => name === "SignUp")).toHaveLength(1);
    await expect(signUp(await sit({ entered }), "lost@example.com")).rejects.toMatchObject(refused("exists"));
  });

  it("of ChangePassword and ConfirmForgotPassword: which password holds, is not guessed", async () => {
    const email = await newUser();
    await enterAs(email);
    const entered = { currentPassword: [PASSWORD], newPassword: [OTHER] };
    await cloud.failNext("ChangePassword", { drop: "after" });
    await expect(changePassword(await sit({ entered }))).rejects.toMatchObject(lost("ChangePassword"));
    await forgotPassword(await sit(), email);
    await cloud.failNext("ConfirmForgotPassword", { drop: "before" });
    const reset = resetPassword(await sit({ entered }), email, "123456");
    await expect(reset).rejects.toMatchObject(lost("ConfirmForgotPassword"));
  });

  it("of a confirmation: sent again, and confirmed is confirmed", async () => {
    await signUp(await sit({ entered: { newPassword: [PASSWORD] } }), "twice@example.com");
    const { mails } = (await (await cloud.control("GET", "inbox")).json()) as { mails: { to: string; code: string }[] };
    const { code = "" } = mails.find(({ to }) => to === "twice@example.com") ?? {};
    await cloud.failNext("ConfirmSignUp", { drop: "after" });
    expect(await confirm(await sit(), "twice@example.com", code)).toMatchObject({ email: "twice@example.com" });
    expect(await enterAs("twice@example.com")).toMatchObject({ email: "twice@example.com" });
  });
});

describe("limits", () => {
  it.each([
    ["ForgotPassword", "Attempt limit exceeded, please try after some time.", "limit"],
    ["ConfirmForgotPassword", "Attempt limit exceeded, please try after some time.", "limit"],
    ["ResendConfirmationCode", "Exceeded daily email limit for the operation or the account.", "mailLimit"],
  ])("%s is not attempted again: %s", async (operation, message, why) => {
    const email = await newUser();
    await cloud.failNext(operation, { code: "LimitExceededException", message, status: 400 });
    await cloud.clearRequests();
    const calls: Record<string, (context: StackContext) => Promise<unknown>> = {
      ForgotPassword: (context) => forgotPassword(context, email),
      ConfirmForgotPassword: (context) => resetPassword(context, email, "123456"),
      ResendConfirmationCode: (context) => resendCode(context, email),
    };
    const call = calls[operation]?.(await sit({ entered: { newPassword: [PASSWORD] } }));
    await expect(call).rejects.toMatchObject(refused(why));
    expect((await operations()).filter((name) => name === operation)).toHaveLength(1);
  });
});

describe("a second factor", () => {
  it("takes the app's next code when the first was not taken, with the secret that it has", async () => {
    await enterAs(await newUser());
    const context = await sit({ hasAuthenticator: true });
    const codes = ["000000"];
    let uri = "";
    const enter: StackContext["enter"] = ({ secret }) => {
      uri = secret?.uri ?? uri;
      return Promise.resolve(codes.shift() ?? totpOf(uri));
    };
    expect(await enableMfa({ ...context, enter })).toEqual({ isOn: true, isChanged: true });
    expect(stack.events.filter((event) => event.type === "notice" && event.code === "CodeNotTaken")).toHaveLength(1);
    expect(await disableMfa(context)).toEqual({ isOn: false, isChanged: true });
  });

  it("wants its code once it is on; three wrong ones are enough", async () => {
    await enterAs(await newUser());
    const codes = ["000000", "000001", "000002", "000003"];
    const enter: StackContext["enter"] = () => Promise.resolve(codes.shift());
    await expect(enableMfa({ ...(await sit()), enter })).rejects.toMatchObject(refused("totp"));
    expect(codes).toEqual(["000003"]);
  });

  it("cannot be turned on by a code alone, before an app has the secret", async () => {
    await enterAs(await newUser());
    await expect(enableMfa(await sit(), "123456")).rejects.toMatchObject({ code: "AuthRefused" });
  });
});

it("the user's own calls are sent without anybody's credentials", async () => {
  await cloud.clearRequests();
  const entered = { currentPassword: [PASSWORD], newPassword: [PASSWORD, PASSWORD, OTHER] };
  await signUp(await sit({ entered }), "open@example.com");
  await resendCode(await sit(), "open@example.com");
  await confirm(await sit(), "open@example.com", "000000").catch(() => undefined);
  const email = await newUser();
  await enterAs(email);
  await enableMfa(await sit({ hasAuthenticator: true }));
  await disableMfa(await sit());
  await changePassword(await sit({ entered }));
  await forgotPassword(await sit(), email);
  await resetPassword(await sit({ entered }), email, "000000").catch(() => undefined);
  await token(await sit({ ahead: HOUR }), "access");
  await signOut(await sit());
  const signed = (await cloud.requests()).filter(({ principal }) => principal !== "").map(({ operation }) => operation);
  expect(new Set(signed)).toEqual(new Set(["GetCallerIdentity", "AdminCreateUser", "AdminSetUserPassword"]));
  const unsigned = (await cloud.requests()).filter(({ principal }) => principal === "");
  expect(new Set(unsigned.map(({ operation }) => operation))).toHaveProperty("size", 14);
});

it("tokens of a pool that is not the stack's any more are revoked with their file", async () => {
  const email = await newUser();
  await enterAs(email);
  const tokens = readTokens(stack.statePath);
  if (tokens === undefined) throw new Error("nobody is signed in");
  const { state } = (await sit()).session;
  const before = state.current();
  // As after another pool took its place.
  const userPool = { name: "users", status: "made" as const, attributes: { userPoolId: "us-east-1_another00" } };
  const another = { ...before, resources: { ...before.resources, userPool } };
  state.update(() => another);
  await cloud.clearRequests();
  try {
    expect(await signOut(await sit())).toMatchObject({ signedOut: "everywhere", email });
  } finally {
    state.update(() => before);
  }
  const called = (await cloud.requests()).map(({ operation }) => operation);
  expect(called).toEqual(expect.arrayContaining(["GlobalSignOut", "RevokeToken"]));
  expect(readTokens(stack.statePath)).toBeUndefined();
});

it("a pool that was removed by hand: told, and whoever was signed in is not any more", async () => {
  const email = await newUser();
  await enterAs(email);
  await cognito.send(new DeleteUserPoolCommand({ UserPoolId }));
  await expect(enterAs(email)).rejects.toMatchObject(refused("gone"));
  const entered = { currentPassword: [PASSWORD], newPassword: [OTHER] };
  await expect(changePassword(await sit({ entered }))).rejects.toMatchObject(refused("gone"));
  expect(await signOut(await sit())).toMatchObject({ signedOut: "here", email });
  expect(readTokens(stack.statePath)).toBeUndefined();
});
