// Amazon's own browser library against the local user pools: it brings its own SRP and keeps its own session.

import {
  AdminCreateUserCommand,
  GetUserCommand,
  SetUserPoolMfaConfigCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool } from "amazon-cognito-identity-js";
import type { CognitoUserSession, IAuthenticationCallback, ISignUpResult } from "amazon-cognito-identity-js";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { PASSWORD, testPool } from "../user-pools.ts";
import type { TestPool } from "../user-pools.ts";

let cloud: TestCloud;
let pool: TestPool;

beforeAll(async () => {
  cloud = await startTestCloud();
  pool = await testPool(cloud);
});
afterAll(async () => {
  pool.close();
  await cloud.close();
});

function userOf({ UserPoolId, ClientId }: TestPool, Username: string): CognitoUser {
  const Pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint: cloud.cloud.url });
  return new CognitoUser({ Username, Pool });
}

/** How a sign-in goes on, by the name of the callback. */
type Outcome =
  | { readonly step: "onSuccess"; readonly session: CognitoUserSession }
  | { readonly step: "totpRequired" | "newPasswordRequired" | "mfaSetup" };

function outcomeOf(act: (callbacks: IAuthenticationCallback) => void): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    act({
      onSuccess: (session) => resolve({ step: "onSuccess", session }),
      onFailure: (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
      totpRequired: () => resolve({ step: "totpRequired" }),
      newPasswordRequired: () => resolve({ step: "newPasswordRequired" }),
      mfaSetup: () => resolve({ step: "mfaSetup" }),
    });
  });
}

function signIn(user: CognitoUser, Password = PASSWORD): Promise<Outcome> {
  const details = new AuthenticationDetails({ Username: user.getUsername(), Password });
  return outcomeOf((callbacks) => user.authenticateUser(details, callbacks));
}

/** A callback of the library's, as a promise of what it is given. */
function answerOf<T>(act: (callback: (error: Error | undefined | null, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    act((error, result) => (error ? reject(error) : resolve(result as T)));
  });
}

async function signedIn(user: CognitoUser, password = PASSWORD): Promise<CognitoUserSession> {
  const outcome = await signIn(user, password);
  if (outcome.step !== "onSuccess") throw new Error(`the sign-in asks for ${outcome.step}`);
  return outcome.session;
}

const WRONG = { code: "NotAuthorizedException", message: "Incorrect username or password." };
const later = (steps: number) => Date.now() + steps * 30_000;

describe("amazon-cognito-identity-js", () => {
  it("signs in with SRP, and not with another password, nor as nobody", async () => {
    const { sub } = await pool.join("srp@example.com");
    const user = userOf(pool, "Srp@Example.com");
    const session = await signedIn(user);
    expect([session.isValid(), user.getUsername()]).toEqual([true, sub]);
    expect(session.getIdToken().payload).toMatchObject({ sub, email: "srp@example.com", aud: pool.ClientId });
    await expect(signIn(userOf(pool, "srp@example.com"), "Wrong-horse-1")).rejects.toMatchObject(WRONG);
    await expect(signIn(userOf(pool, "nobody@example.com"))).rejects.toMatchObject(WRONG);
  });

  // The proof has numbers of another length now and then, and the library pads them in its own way.
  it("agrees on the proof every time", async () => {
    await pool.join("often@example.com", "Påsswörd-한글-1");
    for (let n = 0; n < 8; n += 1) await signedIn(userOf(pool, "often@example.com"), "Påsswörd-한글-1");
  });

  it("signs up, confirms, changes the password and an attribute, and leaves", async () => {
    const { UserPoolId, ClientId } = pool;
    const userPool = new CognitoUserPool({ UserPoolId, ClientId, endpoint: cloud.cloud.url });
    const name = new CognitoUserAttribute({ Name: "name", Value: "Sue" });
    const made = await answerOf<ISignUpResult>((callback) =>
      userPool.signUp("sue@example.com", PASSWORD, [name], [], callback),
    );
    expect(made.userConfirmed).toBe(false);
    const user = userOf(pool, "sue@example.com");
    await expect(signIn(user)).rejects.toMatchObject({ code: "UserNotConfirmedException" });
    await answerOf((callback) => user.resendConfirmationCode(callback));
    const code = await pool.codeFor("sue@example.com");
    await answerOf((callback) => user.confirmRegistration(code, false, callback));
    await signedIn(user);
    await answerOf((callback) => user.changePassword(PASSWORD, "Another-horse-1", callback));
    const nickname = new CognitoUserAttribute({ Name: "nickname", Value: "S" });
    await answerOf((callback) => user.updateAttributes([nickname], callback));
    const attributes = await answerOf<CognitoUserAttribute[]>((callback) => user.getUserAttributes(callback));
    const shown = Object.fromEntries(attributes.map((each) => [each.getName(), each.getValue()]));
    expect(shown).toMatchObject({ name: "Sue", nickname: "S", email: "sue@example.com", email_verified: "true" });
    await answerOf((callback) => user.deleteUser(callback));
    await expect(signIn(userOf(pool, "sue@example.com"), "Another-horse-1")).rejects.toMatchObject(WRONG);
  });

  it("replaces a forgotten password", async () => {
    await pool.join("forgot@example.com");
    const user = userOf(pool, "forgot@example.com");
    await new Promise((onSuccess, onFailure) => {
      user.forgotPassword({ onSuccess, onFailure });
    });
    const code = await pool.codeFor("forgot@example.com");
    await new Promise((onSuccess, onFailure) => {
      user.confirmPassword(code, "Another-horse-1", { onSuccess, onFailure });
    });
    await signedIn(userOf(pool, "forgot@example.com"), "Another-horse-1");
  });

  it("sets a new password where a temporary one was", async () => {
    const { UserPoolId } = pool;
    const TemporaryPassword = "Temporary-1";
    await pool.admin.send(new AdminCreateUserCommand({ UserPoolId, Username: "new@example.com", TemporaryPassword }));
    const user = userOf(pool, "new@example.com");
    expect((await signIn(user, TemporaryPassword)).step).toBe("newPasswordRequired");
    const outcome = await outcomeOf((callbacks) => user.completeNewPasswordChallenge(PASSWORD, {}, callbacks));
    expect(outcome.step).toBe("onSuccess");
    await signedIn(userOf(pool, "new@example.com"));
  });

  it("refreshes its session, and ends it everywhere", async () => {
    await pool.join("out@example.com");
    const user = userOf(pool, "out@example.com");
    const session = await signedIn(user);
    const refreshed = await answerOf<CognitoUserSession>((callback) =>
      user.refreshSession(session.getRefreshToken(), callback),
    );
    expect(refreshed.getAccessToken().getJwtToken()).not.toBe(session.getAccessToken().getJwtToken());
    expect(refreshed.getAccessToken().payload["auth_time"]).toBe(session.getAccessToken().payload["auth_time"]);
    const other = userOf(pool, "out@example.com");
    await signedIn(other);
    await new Promise((onSuccess, onFailure) => {
      user.globalSignOut({ onSuccess, onFailure });
    });
    const again = answerOf((callback) => user.refreshSession(session.getRefreshToken(), callback));
    await expect(again).rejects.toMatchObject({ message: "Refresh Token has been revoked" });
    const shown = answerOf((callback) => other.getUserData(callback, { bypassCache: true }));
    await expect(shown).rejects.toMatchObject({ message: "Access Token has been revoked" });
  });

  it("revokes its own session alone when it signs out", async () => {
    await pool.join("leave@example.com");
    const [user, other] = [userOf(pool, "leave@example.com"), userOf(pool, "leave@example.com")];
    const [session] = [await signedIn(user), await signedIn(other)];
    await new Promise<void>((resolve) => {
      user.signOut(resolve);
    });
    const AccessToken = session.getAccessToken().getJwtToken();
    await expect(pool.anyone.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
      message: "Access Token has been revoked",
    });
    await answerOf((callback) => other.getUserData(callback, { bypassCache: true }));
  });

  it("sets an authenticator app up, and signs in with its codes", async () => {
    await pool.admin.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId: pool.UserPoolId,
        MfaConfiguration: "OPTIONAL",
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    );
    await pool.join("mfa@example.com");
    const user = userOf(pool, "mfa@example.com");
    await signedIn(user);
    const secret = await new Promise<string>((resolve, onFailure) => {
      user.associateSoftwareToken({ associateSecretCode: resolve, onFailure });
    });
    const code = (steps: number) =>
      new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: later(steps) });
    const verify = (digits: string) =>
      new Promise((onSuccess, onFailure) => {
        user.verifySoftwareToken(digits, "phone", { onSuccess, onFailure });
      });
    await expect(verify(code(9))).rejects.toMatchObject({ code: "EnableSoftwareTokenMFAException" });
    await verify(code(-1));
    const settings = { PreferredMfa: true, Enabled: true };
    await answerOf((callback) => user.setUserMfaPreference(null, settings, callback));
    const again = userOf(pool, "mfa@example.com");
    expect((await signIn(again)).step).toBe("totpRequired");
    const send = (digits: string) =>
      outcomeOf((callbacks) => again.sendMFACode(digits, callbacks, "SOFTWARE_TOKEN_MFA"));
    await expect(send(code(9))).rejects.toMatchObject({ code: "CodeMismatchException" });
    expect((await send(code(0))).step).toBe("onSuccess");
  });
});
