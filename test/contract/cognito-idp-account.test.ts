// What signed-in users do with their accounts: the SDK's own client, without credentials, against the local cloud.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  AssociateSoftwareTokenCommand,
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  CreateUserPoolClientCommand,
  DeleteUserCommand,
  DeleteUserPoolCommand,
  ForgotPasswordCommand,
  GetUserAttributeVerificationCodeCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  SetUserMFAPreferenceCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserAttributesCommand,
  UpdateUserPoolCommand,
  VerifySoftwareTokenCommand,
  VerifyUserAttributeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { shiftedClock } from "../shifted-clock.ts";
import { PASSWORD, refusal, testPool } from "../user-pools.ts";
import type { TestPool } from "../user-pools.ts";

const HOUR = 3_600_000;
const clock = shiftedClock();
let cloud: TestCloud;
let pool: TestPool;
let ClientId: string;
let UserPoolId: string;

beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  pool = await testPool(cloud, { clock });
  ({ ClientId, UserPoolId } = pool);
});
afterAll(async () => {
  pool.close();
  await cloud.close();
});

const getUser = (AccessToken = "") => pool.anyone.send(new GetUserCommand({ AccessToken }));
const attributesOf = async (AccessToken: string | undefined) =>
  Object.fromEntries(((await getUser(AccessToken)).UserAttributes ?? []).map(({ Name = "", Value }) => [Name, Value]));
const refresh = (RefreshToken: string | undefined) =>
  pool.anyone.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: RefreshToken ?? "" },
    }),
  );
const REVOKED = refusal("NotAuthorizedException", "Access Token has been revoked");
const REFRESH_REVOKED = refusal("NotAuthorizedException", "Refresh Token has been revoked");
const WRONG = refusal("NotAuthorizedException", "Incorrect username or password.");

describe("an access token", () => {
  it("shows its user", async () => {
    const { sub } = await pool.join("me@example.com");
    const { AccessToken } = await pool.signIn("me@example.com");
    const user = await getUser(AccessToken);
    expect(user).toMatchObject({ Username: sub });
    expect(user).not.toHaveProperty("UserMFASettingList");
    expect(await attributesOf(AccessToken)).toEqual({ sub, email: "me@example.com", email_verified: "true" });
  });

  it("is needed: no other token, none of another pool, none that was touched, none that has expired", async () => {
    await pool.join("tokens@example.com");
    const { AccessToken = "", IdToken = "" } = await pool.signIn("tokens@example.com");
    const INVALID = refusal("NotAuthorizedException", "Invalid Access Token");
    for (const token of ["nonsense", IdToken, "e30.e30.x"]) {
      await expect(getUser(token)).rejects.toMatchObject(INVALID);
    }
    const [header, payload = "", signature] = AccessToken.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const forged = Buffer.from(JSON.stringify({ ...claims, username: "root" })).toString("base64url");
    await expect(getUser(`${header}.${forged}.${signature}`)).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Could not verify signature for Access Token"),
    );
    const other = await testPool(cloud, { clock });
    await other.join("tokens@example.com");
    const { AccessToken: theirs } = await other.signIn("tokens@example.com");
    expect((await getUser(theirs)).Username).not.toBe(claims.username);
    await pool.admin.send(new DeleteUserPoolCommand({ UserPoolId: other.UserPoolId }));
    await expect(getUser(theirs)).rejects.toMatchObject(INVALID);
    other.close();
    clock.advance(HOUR);
    await expect(getUser(AccessToken)).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Access Token has expired"),
    );
  });

  it("ends with the global sign-out, together with its refresh token and all others of the user", async () => {
    await pool.join("out@example.com");
    const [first, second] = [await pool.signIn("out@example.com"), await pool.signIn("out@example.com")];
    await pool.anyone.send(new GlobalSignOutCommand({ AccessToken: first.AccessToken }));
    for (const { AccessToken, RefreshToken } of [first, second]) {
      await expect(getUser(AccessToken)).rejects.toMatchObject(REVOKED);
      await expect(refresh(RefreshToken)).rejects.toMatchObject(REFRESH_REVOKED);
    }
    const later = await pool.signIn("out@example.com");
    await getUser(later.AccessToken);
    await pool.admin.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username: "out@example.com" }));
    await expect(getUser(later.AccessToken)).rejects.toMatchObject(REVOKED);
  });

  it("ends with its own refresh token, and the others go on", async () => {
    await pool.join("one@example.com");
    const [first, second] = [await pool.signIn("one@example.com"), await pool.signIn("one@example.com")];
    const { AuthenticationResult } = await refresh(first.RefreshToken);
    const revoke = (input: object) => pool.anyone.send(new RevokeTokenCommand({ ClientId, Token: "", ...input }));
    for (let twice = 0; twice < 2; twice += 1) await revoke({ Token: first.RefreshToken });
    for (const token of [first.AccessToken, AuthenticationResult?.AccessToken]) {
      await expect(getUser(token)).rejects.toMatchObject(REVOKED);
    }
    await expect(refresh(first.RefreshToken)).rejects.toMatchObject(REFRESH_REVOKED);
    await getUser(second.AccessToken);
    await refresh(second.RefreshToken);
    await expect(revoke({ Token: second.AccessToken })).rejects.toMatchObject(refusal("UnsupportedTokenTypeException"));
    const { UserPoolClient } = await pool.admin.send(
      new CreateUserPoolClientCommand({ UserPoolId, ClientName: "other", EnableTokenRevocation: false }),
    );
    await expect(revoke({ Token: second.RefreshToken, ClientId: UserPoolClient?.ClientId })).rejects.toMatchObject(
      refusal("UnsupportedOperationException"),
    );
  });

  it("is worth nothing when its user is disabled or deleted, and is not the next user's of that name", async () => {
    await pool.join("left@example.com");
    const user = { UserPoolId, Username: "left@example.com" };
    const { AccessToken, RefreshToken } = await pool.signIn("left@example.com");
    await pool.admin.send(new AdminDisableUserCommand(user));
    await expect(getUser(AccessToken)).rejects.toMatchObject(refusal("NotAuthorizedException", "User is disabled."));
    await pool.admin.send(new AdminEnableUserCommand(user));
    await expect(getUser(AccessToken)).rejects.toMatchObject(REVOKED);
    await expect(refresh(RefreshToken)).rejects.toMatchObject(REFRESH_REVOKED);
    const again = await pool.signIn("left@example.com");
    await pool.admin.send(new AdminDeleteUserCommand(user));
    await pool.join("left@example.com");
    await expect(getUser(again.AccessToken)).rejects.toMatchObject(
      refusal("UserNotFoundException", "User does not exist."),
    );
    await expect(refresh(again.RefreshToken)).rejects.toMatchObject(REFRESH_REVOKED);
  });

  it("that was revoked is remembered until it has expired", async () => {
    const { sub } = await pool.join("kept@example.com");
    const { AccessToken } = await pool.signIn("kept@example.com");
    await pool.anyone.send(new GlobalSignOutCommand({ AccessToken }));
    const revoked = () => {
      const grants = JSON.parse(readFileSync(join(cloud.folder, "cognito-idp", "grants.json"), "utf8"));
      const all = Object.values<{ username: string; isRevoked: boolean }>(grants);
      return all.filter(({ username, isRevoked }) => username === sub && isRevoked).length;
    };
    clock.advance(24 * HOUR - 60_000);
    await pool.signIn("kept@example.com");
    expect(revoked()).toBe(1);
    clock.advance(120_000);
    await pool.signIn("kept@example.com");
    expect(revoked()).toBe(0);
  });

  it("lets its user delete itself", async () => {
    await pool.join("bye@example.com");
    const { AccessToken } = await pool.signIn("bye@example.com");
    await pool.anyone.send(new DeleteUserCommand({ AccessToken }));
    await expect(
      pool.admin.send(new AdminGetUserCommand({ UserPoolId, Username: "bye@example.com" })),
    ).rejects.toMatchObject(refusal("UserNotFoundException"));
  });
});

describe("attributes", () => {
  const update = (AccessToken: string | undefined, attributes: Readonly<Record<string, string>>) => {
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
    return pool.anyone.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes }));
  };

  it("change at once; a new address is verified by its code", async () => {
    await pool.join("move@example.com");
    const { AccessToken } = await pool.signIn("move@example.com");
    expect((await update(AccessToken, { name: "Mo" })).CodeDeliveryDetailsList).toEqual([]);
    const { CodeDeliveryDetailsList } = await update(AccessToken, { email: "moved@example.com" });
    expect(CodeDeliveryDetailsList).toEqual([
      { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "m***@e***" },
    ]);
    expect(await attributesOf(AccessToken)).toMatchObject({ name: "Mo", email_verified: "false" });
    const first = await pool.codeFor("moved@example.com");
    const ask = { AccessToken, AttributeName: "email" };
    await pool.anyone.send(new GetUserAttributeVerificationCodeCommand(ask));
    const verify = (Code: string) => pool.anyone.send(new VerifyUserAttributeCommand({ ...ask, Code }));
    const code = await pool.codeFor("moved@example.com");
    await expect(verify(first === code ? "none" : first)).rejects.toMatchObject(refusal("CodeMismatchException"));
    await verify(code);
    expect(await attributesOf(AccessToken)).toMatchObject({ email_verified: "true" });
    await expect(verify(code)).rejects.toMatchObject(refusal("ExpiredCodeException"));
    await pool.signIn("moved@example.com");
    await expect(pool.signIn("move@example.com")).rejects.toMatchObject(WRONG);
  });

  it.each([
    [{ email_verified: "true" }, "NotAuthorizedException"],
    [{ email: "me@example.com" }, "AliasExistsException"],
    [{ email: "" }, "InvalidParameterException"],
    [{ email: "nonsense" }, "InvalidParameterException"],
    [{ phone_number: "12" }, "InvalidParameterException"],
    [{ sub: "x" }, "InvalidParameterException"],
    [{ "custom:team": "x" }, "InvalidParameterException"],
  ])("refuse %o", async (attributes, name) => {
    const { AccessToken } = await pool.signIn("moved@example.com");
    await expect(update(AccessToken, attributes)).rejects.toMatchObject(refusal(name));
  });
});

describe("passwords", () => {
  it("are changed by those who know them, five times an hour", async () => {
    await pool.join("change@example.com");
    const { AccessToken } = await pool.signIn("change@example.com");
    const change = (PreviousPassword: string, ProposedPassword: string) =>
      pool.anyone.send(new ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword }));
    await expect(change("Wrong-horse-1", "Another-horse-1")).rejects.toMatchObject(WRONG);
    await expect(change(PASSWORD, "weak")).rejects.toMatchObject(refusal("InvalidPasswordException"));
    await change(PASSWORD, "Another-horse-1");
    await pool.signIn("change@example.com", "Another-horse-1");
    await expect(pool.signIn("change@example.com")).rejects.toMatchObject(WRONG);
    for (let n = 0; n < 2; n += 1) await expect(change("Wrong-horse-1", PASSWORD)).rejects.toMatchObject(WRONG);
    await expect(change("Another-horse-1", PASSWORD)).rejects.toMatchObject(refusal("LimitExceededException"));
  });

  const forgot = (Username: string, client = ClientId) =>
    pool.anyone.send(new ForgotPasswordCommand({ ClientId: client, Username }));
  const confirm = (Username: string, ConfirmationCode: string, Password = "Another-horse-1", client = ClientId) =>
    pool.anyone.send(new ConfirmForgotPasswordCommand({ ClientId: client, Username, ConfirmationCode, Password }));
  const EXPIRED = refusal("ExpiredCodeException", "Invalid code provided, please request a code again.");
  const MISMATCH = refusal("CodeMismatchException", "Invalid verification code provided, please try again.");

  it("that are forgotten are replaced with the code of the last mail, within the hour, once", async () => {
    await pool.join("forgot@example.com");
    await expect(confirm("forgot@example.com", "123456")).rejects.toMatchObject(EXPIRED);
    expect(await forgot("forgot@example.com")).toMatchObject({ CodeDeliveryDetails: { Destination: "f***@e***" } });
    const old = (await pool.mailsTo("forgot@example.com")).at(-1);
    expect(old).toMatchObject({ kind: "reset", body: `Your password reset code is ${old?.code}` });
    clock.advance(HOUR);
    await expect(confirm("forgot@example.com", old?.code ?? "")).rejects.toMatchObject(EXPIRED);
    await forgot("forgot@example.com");
    const code = await pool.codeFor("forgot@example.com");
    await expect(confirm("forgot@example.com", "none")).rejects.toMatchObject(MISMATCH);
    await expect(confirm("forgot@example.com", code, "weak")).rejects.toMatchObject(
      refusal("InvalidPasswordException"),
    );
    await confirm("Forgot@example.com", code);
    await pool.signIn("forgot@example.com", "Another-horse-1");
    await expect(confirm("forgot@example.com", code)).rejects.toMatchObject(EXPIRED);
  });

  it("of nobody look as if they could be replaced", async () => {
    expect(await forgot("nobody@example.com")).toMatchObject({
      CodeDeliveryDetails: { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "n***@e***" },
    });
    await expect(confirm("nobody@example.com", "123456")).rejects.toMatchObject(MISMATCH);
    const { UserPoolClient } = await pool.admin.send(
      new CreateUserPoolClientCommand({ UserPoolId, ClientName: "legacy" }),
    );
    const unknown = refusal("UserNotFoundException", "Username/client id combination not found.");
    const legacy = UserPoolClient?.ClientId;
    await expect(forgot("nobody@example.com", legacy)).rejects.toMatchObject(unknown);
    await expect(confirm("nobody@example.com", "1", PASSWORD, legacy)).rejects.toMatchObject(unknown);
  });

  it("are not asked for without end, nor guessed", async () => {
    await pool.join("many@example.com");
    for (let n = 0; n < 20; n += 1) await forgot("many@example.com");
    const LIMIT = refusal("LimitExceededException", "Attempt limit exceeded, please try after some time.");
    await expect(forgot("many@example.com")).rejects.toMatchObject(LIMIT);
    for (let n = 0; n < 15; n += 1) await expect(confirm("many@example.com", "none")).rejects.toMatchObject(MISMATCH);
    await expect(confirm("many@example.com", await pool.codeFor("many@example.com"))).rejects.toMatchObject(LIMIT);
  });

  it("are the administrator's to reset where the pool says so", async () => {
    const own = await testPool(cloud, {
      clock,
      pool: { AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: "admin_only" }] } },
    });
    await own.join("a@example.com");
    await expect(forgot("a@example.com", own.ClientId)).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Contact administrator to reset password."),
    );
    own.close();
  });
});

describe("an authenticator app", () => {
  const totp = (secret: string | undefined, steps = 0): string =>
    new TOTP({ secret: Secret.fromBase32(secret ?? "") }).generate({ timestamp: clock.now() + steps * 30_000 });
  const setPoolMfa = (MfaConfiguration: "OFF" | "ON" | "OPTIONAL") =>
    pool.admin.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId,
        MfaConfiguration,
        ...(MfaConfiguration !== "OFF" && { SoftwareTokenMfaConfiguration: { Enabled: true } }),
      }),
    );
  const start = (USERNAME: string) =>
    pool.anyone.send(
      new InitiateAuthCommand({
        ClientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME, PASSWORD },
      }),
    );
  const answer = (Session: string | undefined, USERNAME: string, code: string) =>
    pool.anyone.send(
      new RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: "SOFTWARE_TOKEN_MFA",
        Session,
        ChallengeResponses: { USERNAME, SOFTWARE_TOKEN_MFA_CODE: code },
      }),
    );
  const prefer = (AccessToken: string | undefined, settings: object) =>
    pool.anyone.send(new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings: settings }));

  it("is not for a pool without a second factor", async () => {
    await pool.join("early@example.com");
    const { AccessToken } = await pool.signIn("early@example.com");
    await expect(pool.anyone.send(new AssociateSoftwareTokenCommand({ AccessToken }))).rejects.toMatchObject(
      refusal("SoftwareTokenMFANotFoundException", "Software Token MFA is not enabled by the userPool."),
    );
    await expect(prefer(AccessToken, { Enabled: true })).rejects.toMatchObject(
      refusal("InvalidParameterException", "User has not set up software token mfa"),
    );
  });

  it("is set up, turned on, asked for at sign-in, and turned off", async () => {
    await setPoolMfa("OPTIONAL");
    const { sub } = await pool.join("totp@example.com");
    const { AccessToken } = await pool.signIn("totp@example.com");
    const verify = (UserCode: string) =>
      pool.anyone.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode, FriendlyDeviceName: "phone" }));
    await expect(verify("123456")).rejects.toMatchObject(refusal("SoftwareTokenMFANotFoundException"));
    const { SecretCode } = await pool.anyone.send(new AssociateSoftwareTokenCommand({ AccessToken }));
    expect(SecretCode).toMatch(/^[A-Z2-7]{32}$/);
    await expect(verify(totp(SecretCode, 5))).rejects.toMatchObject(
      refusal("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"),
    );
    const code = totp(SecretCode);
    expect(await verify(code)).toMatchObject({ Status: "SUCCESS" });
    // Until it is turned on the password is enough.
    expect((await start("totp@example.com")).ChallengeName).toBeUndefined();
    await prefer(AccessToken, { Enabled: true, PreferredMfa: true });
    expect(await getUser(AccessToken)).toMatchObject({
      PreferredMfaSetting: "SOFTWARE_TOKEN_MFA",
      UserMFASettingList: ["SOFTWARE_TOKEN_MFA"],
    });
    const challenge = await start("totp@example.com");
    expect(challenge).toMatchObject({
      ChallengeName: "SOFTWARE_TOKEN_MFA",
      Session: expect.any(String),
      ChallengeParameters: { USER_ID_FOR_SRP: sub, FRIENDLY_DEVICE_NAME: "phone" },
    });
    const { Session } = challenge;
    await expect(answer(Session, sub, totp(SecretCode, 5))).rejects.toMatchObject(
      refusal("CodeMismatchException", "Invalid code received for user"),
    );
    await expect(answer(Session, sub, code)).rejects.toMatchObject(
      refusal("ExpiredCodeException", "Your software token has already been used once."),
    );
    await expect(answer(Session, "totp@example.com", totp(SecretCode, 1))).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Invalid session for the user."),
    );
    const { AuthenticationResult } = await answer(Session, sub, totp(SecretCode, 1));
    expect(AuthenticationResult?.AccessToken).toBeDefined();
    await expect(answer(Session, sub, totp(SecretCode, 1))).rejects.toMatchObject(refusal("NotAuthorizedException"));
    const used = await start("totp@example.com");
    await expect(answer(used.Session, sub, totp(SecretCode, 1))).rejects.toMatchObject(refusal("ExpiredCodeException"));
    clock.advance(3 * 60_000);
    await expect(answer(used.Session, sub, totp(SecretCode))).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Invalid session for the user, session is expired."),
    );
    await prefer(AuthenticationResult?.AccessToken, { Enabled: false });
    expect((await start("totp@example.com")).AuthenticationResult).toBeDefined();
  });

  it("is not guessed", async () => {
    const { sub } = await pool.join("guess@example.com");
    const { AccessToken } = await pool.signIn("guess@example.com");
    const { SecretCode } = await pool.anyone.send(new AssociateSoftwareTokenCommand({ AccessToken }));
    await pool.anyone.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode: totp(SecretCode) }));
    await prefer(AccessToken, { Enabled: true });
    const { Session } = await start("guess@example.com");
    for (let n = 0; n < 5; n += 1) {
      await expect(answer(Session, sub, totp(SecretCode, 100 + n))).rejects.toMatchObject(
        refusal("CodeMismatchException"),
      );
    }
    await expect(answer(Session, sub, totp(SecretCode, 1))).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Password attempts exceeded"),
    );
    clock.advance(1_000);
    expect((await answer(Session, sub, totp(SecretCode, 1))).AuthenticationResult).toBeDefined();
  });

  it("is set up during the sign-in where the pool demands it", async () => {
    const { sub } = await pool.join("must@example.com");
    await setPoolMfa("ON");
    const challenge = await start("must@example.com");
    expect(challenge).toMatchObject({
      ChallengeName: "MFA_SETUP",
      ChallengeParameters: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]', USER_ID_FOR_SRP: sub },
    });
    const finish = (Session: string | undefined) =>
      pool.anyone.send(
        new RespondToAuthChallengeCommand({
          ClientId,
          ChallengeName: "MFA_SETUP",
          Session,
          ChallengeResponses: { USERNAME: sub },
        }),
      );
    await expect(finish(challenge.Session)).rejects.toMatchObject(refusal("NotAuthorizedException"));
    const associated = await pool.anyone.send(new AssociateSoftwareTokenCommand({ Session: challenge.Session }));
    const verify = (UserCode: string, Session = associated.Session) =>
      pool.anyone.send(new VerifySoftwareTokenCommand({ Session, UserCode }));
    await expect(verify("123456", challenge.Session)).rejects.toMatchObject(refusal("NotAuthorizedException"));
    await expect(verify(totp(associated.SecretCode, 9))).rejects.toMatchObject(
      refusal("EnableSoftwareTokenMFAException"),
    );
    const verified = await verify(totp(associated.SecretCode));
    expect(verified.Status).toBe("SUCCESS");
    expect((await finish(verified.Session)).AuthenticationResult?.AccessToken).toBeDefined();
    await expect(finish(verified.Session)).rejects.toMatchObject(refusal("NotAuthorizedException"));
    const next = await start("must@example.com");
    expect(next.ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
    clock.advance(30_000);
    expect((await answer(next.Session, sub, totp(associated.SecretCode))).AuthenticationResult).toBeDefined();
    await pool.admin.send(new UpdateUserPoolCommand({ UserPoolId, AutoVerifiedAttributes: ["email"] }));
    expect((await start("must@example.com")).AuthenticationResult).toBeDefined();
  });
});
