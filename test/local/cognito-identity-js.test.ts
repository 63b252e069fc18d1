// Amazon's own browser library against the local user pools: it brings its own SRP and keeps its own session.

import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";
import type { CognitoUserSession, IAuthenticationCallback } from "amazon-cognito-identity-js";
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

describe("amazon-cognito-identity-js", () => {
  it("signs in with SRP, and not with another password", async () => {
    const { sub } = await pool.join("srp@example.com");
    const user = userOf(pool, "Srp@Example.com");
    const outcome = await signIn(user);
    expect(outcome.step).toBe("onSuccess");
    expect(user.getUsername()).toBe(sub);
    await expect(signIn(userOf(pool, "srp@example.com"), "Wrong-horse-1")).rejects.toMatchObject({
      code: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
    await expect(signIn(userOf(pool, "nobody@example.com"))).rejects.toMatchObject({
      code: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
  });
});
