// What lets nobody into somebody else's account: sessions, codes and addresses hold for what they were given for, and no longer.

import {
  AdminCreateUserCommand,
  AdminResetUserPasswordCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  AssociateSoftwareTokenCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SetUserMFAPreferenceCommand,
  SetUserPoolMfaConfigCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openCollection } from "../../src/local/store.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { PASSWORD, testPool, type TestPool } from "../user-pools.ts";

const ANN = "ann@example.com";
const TEMPORARY = "Temporary-1!";
const ANOTHER = "Another-one-2";

let cloud: TestCloud;
let pool: TestPool;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());
beforeEach(async () => {
  pool = await testPool(cloud);
  const { UserPoolId, admin } = pool;
  const SoftwareTokenMfaConfiguration = { Enabled: true };
  await admin.send(
    new SetUserPoolMfaConfigCommand({ UserPoolId, MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration }),
  );
  return () => pool.close();
});

interface Asked {
  readonly Session: string;
  readonly USERNAME: string;
}

const begin = async (USERNAME: string, password: string): Promise<Asked> => {
  const { Session = "", ChallengeParameters = {} } = await pool.anyone.send(
    new InitiateAuthCommand({
      ClientId: pool.ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME, PASSWORD: password },
    }),
  );
  return { Session, USERNAME: ChallengeParameters["USER_ID_FOR_SRP"] ?? "" };
};
const answer = (
  ChallengeName: "NEW_PASSWORD_REQUIRED" | "SOFTWARE_TOKEN_MFA",
  { Session, USERNAME }: Asked,
  more: Record<string, string>,
) =>
  pool.anyone.send(
    new RespondToAuthChallengeCommand({
      ClientId: pool.ClientId,
      ChallengeName,
      Session,
      ChallengeResponses: { USERNAME, ...more },
    }),
  );
const invite = (Username: string) =>
  pool.admin.send(
    new AdminCreateUserCommand({
      UserPoolId: pool.UserPoolId,
      Username,
      TemporaryPassword: TEMPORARY,
      MessageAction: "SUPPRESS",
    }),
  );

/** @returns the secret of the app */
async function useApp(): Promise<string> {
  const { AccessToken } = await pool.signIn(ANN);
  const { SecretCode = "" } = await pool.anyone.send(new AssociateSoftwareTokenCommand({ AccessToken }));
  await pool.anyone.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode: codeOf(SecretCode) }));
  await pool.anyone.send(
    new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } }),
  );
  return SecretCode;
}

const codeOf = (secret: string): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate();

it("whoever has the password guesses no second factor: only a whole sign-in ends the counting", async () => {
  await pool.join(ANN);
  await useApp();
  let locked = false;
  for (let round = 0; round < 4 && !locked; round += 1) {
    const asked = await begin(ANN, PASSWORD).catch((error: unknown) => error);
    locked = asked instanceof Error && asked.message === "Password attempts exceeded";
    if (locked) break;
    for (let guess = 0; guess < 4; guess += 1) {
      const wrong = answer("SOFTWARE_TOKEN_MFA", asked as Asked, { SOFTWARE_TOKEN_MFA_CODE: "000000" });
      const { message } = (await wrong.catch((error: unknown) => error)) as Error;
      locked ||= message === "Password attempts exceeded";
    }
  }
  expect(locked).toBe(true);
});

it("a temporary password's second session is void once its owner has chosen a password", async () => {
  await invite(ANN);
  const [owner, intruder] = [await begin(ANN, TEMPORARY), await begin(ANN, TEMPORARY)];
  await answer("NEW_PASSWORD_REQUIRED", owner, { NEW_PASSWORD: PASSWORD });
  await expect(answer("NEW_PASSWORD_REQUIRED", intruder, { NEW_PASSWORD: ANOTHER })).rejects.toMatchObject({
    name: "NotAuthorizedException",
  });
  expect((await pool.signIn(ANN)).AccessToken).toBeDefined();
});

it("a session that the old password opened is void with the new one", async () => {
  await pool.join(ANN);
  const secret = await useApp();
  const asked = await begin(ANN, PASSWORD);
  const { UserPoolId } = pool;
  await pool.admin.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username: ANN, Password: ANOTHER, Permanent: true }),
  );
  await expect(answer("SOFTWARE_TOKEN_MFA", asked, { SOFTWARE_TOKEN_MFA_CODE: codeOf(secret) })).rejects.toMatchObject({
    name: "NotAuthorizedException",
    message: "Invalid session for the user.",
  });
});

it("nobody takes an address with a new password that is somebody's, or that was given", async () => {
  await invite("mal@example.com");
  await pool.join(ANN);
  const asked = await begin("mal@example.com", TEMPORARY);
  await expect(
    answer("NEW_PASSWORD_REQUIRED", asked, { NEW_PASSWORD: ANOTHER, "userAttributes.email": ANN }),
  ).rejects.toMatchObject({ name: "NotAuthorizedException", message: "Cannot modify an already provided email" });
  expect((await pool.signIn(ANN)).AccessToken).toBeDefined();
});

it("a code proves nothing of another address than it went to", async () => {
  await pool.join(ANN);
  await pool.anyone.send(new ForgotPasswordCommand({ ClientId: pool.ClientId, Username: ANN }));
  const ConfirmationCode = await pool.codeFor(ANN);
  const UserAttributes = [
    { Name: "email", Value: "new@example.com" },
    { Name: "email_verified", Value: "true" },
  ];
  const { UserPoolId, ClientId } = pool;
  await pool.admin.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username: ANN, UserAttributes }));
  await expect(
    pool.anyone.send(
      new ConfirmForgotPasswordCommand({ ClientId, Username: "new@example.com", ConfirmationCode, Password: ANOTHER }),
    ),
  ).rejects.toMatchObject({ name: "ExpiredCodeException" });
});

it("a password that is to be reset signs nobody in, whatever was begun before", async () => {
  await pool.join(ANN);
  await useApp();
  const asked = await begin(ANN, PASSWORD);
  await pool.admin.send(new AdminResetUserPasswordCommand({ UserPoolId: pool.UserPoolId, Username: ANN }));
  await expect(answer("SOFTWARE_TOKEN_MFA", asked, { SOFTWARE_TOKEN_MFA_CODE: "123456" })).rejects.toMatchObject({
    name: expect.stringMatching(/^(NotAuthorizedException|PasswordResetRequiredException)$/) as string,
  });
});

it("keys that a kill has left of a deleted pool are nobody's", async () => {
  const { UserPoolId } = pool;
  const jwks = async (): Promise<number> =>
    (await fetch(`${cloud.cloud.url}/${UserPoolId}/.well-known/jwks.json`)).status;
  expect(await jwks()).toBe(200);
  const { url } = cloud.cloud;
  // As a kill right after the pool's own record was deleted would leave it.
  const other = await startTestCloud();
  await other.cloud.close();
  const keys = openCollection<object>(cloud.folder, "cognito-idp/keys");
  openCollection<object>(other.folder, "cognito-idp/keys").update(keys.entries());
  const again = await startTestCloud({ folder: other.folder });
  const left = await fetch(`${again.cloud.url}/${UserPoolId}/.well-known/jwks.json`);
  expect([left.status, url === again.cloud.url]).toEqual([404, false]);
  await again.close();
});
