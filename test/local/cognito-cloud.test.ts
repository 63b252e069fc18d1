// User pools as part of a cloud: kept over restarts, secret where they must be, gone with a reset, reached by whom they may.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  AssociateSoftwareTokenCommand,
  CreateGroupCommand,
  CreateUserPoolDomainCommand,
  DeleteUserPoolCommand,
  ForgotPasswordCommand,
  GetUserCommand,
  InitiateAuthCommand,
  SetUserPoolMfaConfigCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { PASSWORD, refusal, testPool } from "../user-pools.ts";
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

const wellKnown = (document: string, init?: RequestInit) =>
  fetch(`${cloud.cloud.url}/${pool.UserPoolId}/.well-known/${document}`, init);

describe("a pool", () => {
  it("has its keys and its configuration where anybody may read them, with AWS's issuer", async () => {
    const jwks = (await (await wellKnown("jwks.json")).json()) as { keys: Record<string, string>[] };
    expect(jwks.keys).toHaveLength(2);
    for (const key of jwks.keys) {
      expect(key).toEqual({
        alg: "RS256",
        e: "AQAB",
        kid: expect.stringMatching(/=$/),
        kty: "RSA",
        n: expect.stringMatching(/^[\w-]{342}$/),
        use: "sig",
      });
    }
    const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${pool.UserPoolId}`;
    expect(await (await wellKnown("openid-configuration")).json()).toMatchObject({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ["RS256"],
      subject_types_supported: ["public"],
    });
  });

  it("says nothing else there, of no other pool, and to no foreign page", async () => {
    const other = await fetch(`${cloud.cloud.url}/us-east-1_None00000/.well-known/jwks.json`);
    expect(other.status).toBe(404);
    expect((await wellKnown("jwks.json", { method: "POST" })).status).toBe(405);
    expect((await wellKnown("secrets.json")).status).not.toBe(200);
    expect((await wellKnown("jwks.json", { headers: { origin: "https://example.com" } })).status).toBe(403);
    expect((await wellKnown("jwks.json", { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
    expect((await wellKnown("jwks.json", { headers: { origin: "http://localhost:3000" } })).status).toBe(200);
  });

  it("is in the inventory", async () => {
    const { holds } = (await (await cloud.control("GET", "inventory")).json()) as { holds: string[] };
    expect(holds).toContain(`arn:aws:cognito-idp:us-east-1:000000000000:userpool/${pool.UserPoolId}`);
  });
});

describe("a public call", () => {
  const signUp = (headers: Record<string, string>) =>
    fetch(cloud.cloud.url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSCognitoIdentityProviderService.SignUp",
        ...headers,
      },
      body: JSON.stringify({ ClientId: pool.ClientId, Username: "fetch@example.com", Password: "weak" }),
    });

  it("needs no key, also from a page of this machine", async () => {
    for (const headers of [{}, { origin: "http://localhost:5173" }, { authorization: "Bearer something" }]) {
      const response = await signUp(headers);
      expect([response.status, await response.json()]).toEqual([
        400,
        {
          __type: "InvalidPasswordException",
          message: "Password did not conform with policy: Password not long enough",
        },
      ]);
    }
  });

  it("is not for pages of others", async () => {
    expect((await signUp({ origin: "https://example.com" })).status).toBe(403);
  });

  it("that AWS has and this cloud has not is named", async () => {
    const response = await signUp({ "x-amz-target": "AWSCognitoIdentityProviderService.StartWebAuthnRegistration" });
    // Whether it is a public one is not known here: it wants a key first.
    expect(await response.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
    const command = new CreateUserPoolDomainCommand({ UserPoolId: pool.UserPoolId, Domain: "mine" });
    await expect(pool.admin.send(command)).rejects.toMatchObject(
      refusal("UnknownOperationException", "The local cloud does not implement cognito-idp CreateUserPoolDomain"),
    );
  });
});

describe("over a restart", () => {
  it("users, passwords, tokens, codes, mails and keys stay", async () => {
    await pool.join("stay@example.com");
    await pool.anyone.send(
      new SignUpCommand({ ClientId: pool.ClientId, Username: "half@example.com", Password: PASSWORD }),
    );
    const { AccessToken, RefreshToken = "" } = await pool.signIn("stay@example.com");
    const mails = await (await cloud.control("GET", "inbox")).json();
    const jwks = await (await wellKnown("jwks.json")).json();
    await cloud.cloud.close();
    cloud = await startTestCloud({ folder: cloud.folder });
    expect(await (await cloud.control("GET", "inbox")).json()).toEqual(mails);
    expect(await (await wellKnown("jwks.json")).json()).toEqual(jwks);
    expect((await pool.anyone.send(new GetUserCommand({ AccessToken }))).UserAttributes).toContainEqual({
      Name: "email",
      Value: "stay@example.com",
    });
    await pool.signIn("stay@example.com");
    const refreshed = await pool.anyone.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: RefreshToken },
      }),
    );
    expect(refreshed.AuthenticationResult?.IdToken).toBeDefined();
  });

  it("no password and no token was ever written, and nobody else may read the files", async () => {
    const { AccessToken = "", RefreshToken = "" } = await pool.signIn("stay@example.com");
    const folder = join(cloud.folder, "cognito-idp");
    const files = readdirSync(folder);
    expect(files).toEqual(expect.arrayContaining(["users.json", "keys.json", "grants.json", "outbox.json"]));
    for (const file of files) {
      const path = join(folder, file);
      if (process.platform !== "win32") expect(statSync(path).mode & 0o777, file).toBe(0o600);
      const text = readFileSync(path, "utf8");
      for (const secret of [PASSWORD, AccessToken, RefreshToken]) expect(text.includes(secret), file).toBe(false);
    }
  });
});

describe("in the end", () => {
  it("a deleted pool takes everything of it along, and nothing of others", async () => {
    const other = await testPool(cloud);
    await other.join("gone@example.com");
    await other.admin.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId: other.UserPoolId,
        MfaConfiguration: "OPTIONAL",
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    );
    const { AccessToken } = await other.signIn("gone@example.com");
    await other.anyone.send(new AssociateSoftwareTokenCommand({ AccessToken }));
    await other.anyone.send(new ForgotPasswordCommand({ ClientId: other.ClientId, Username: "gone@example.com" }));
    await other.admin.send(new CreateGroupCommand({ UserPoolId: other.UserPoolId, GroupName: "g" }));
    await other.admin.send(new DeleteUserPoolCommand({ UserPoolId: other.UserPoolId }));
    const folder = join(cloud.folder, "cognito-idp");
    for (const file of readdirSync(folder)) {
      expect(readFileSync(join(folder, file), "utf8"), file).not.toContain(other.UserPoolId);
    }
    await pool.signIn("stay@example.com");
    await expect(other.signIn("gone@example.com")).rejects.toMatchObject(refusal("ResourceNotFoundException"));
    other.close();
  });

  it("a reset forgets all of it", async () => {
    expect((await cloud.control("POST", "reset")).ok).toBe(true);
    const folder = join(cloud.folder, "cognito-idp");
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), "utf8"), file).toBe("{}");
    expect(await (await cloud.control("GET", "inbox")).json()).toEqual({ mails: [] });
    expect((await wellKnown("jwks.json")).status).toBe(404);
    await expect(pool.signIn("stay@example.com")).rejects.toMatchObject(refusal("ResourceNotFoundException"));
  });
});
