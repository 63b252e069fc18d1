// Tokens as AWS's own verifier sees them: good ones are good, with every claim, and no other is.

import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import {
  AdminAddUserToGroupCommand,
  AdminUpdateUserAttributesCommand,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { shiftedClock } from "../shifted-clock.ts";
import { testPool } from "../user-pools.ts";
import type { TestPool } from "../user-pools.ts";

const AWS = "https://cognito-idp.us-east-1.amazonaws.com";
const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
/** Two hours behind: what it issues has expired by the verifier's clock. */
const slow = shiftedClock(-2 * 3_600_000);

interface Tokens {
  readonly AccessToken: string;
  readonly IdToken: string;
}

let cloud: TestCloud;
let pool: TestPool;
let tokens: Tokens;

beforeAll(async () => {
  cloud = await startTestCloud();
  pool = await testPool(cloud);
  await pool.join("ann@example.com");
  tokens = await tokensOf(pool);
});
afterAll(async () => {
  pool.close();
  await cloud.close();
});

async function tokensOf(of: TestPool, name = "ann@example.com"): Promise<Tokens> {
  const { AccessToken = "", IdToken = "" } = await of.signIn(name);
  return { AccessToken, IdToken };
}

/** Fetches keys where the tokens' issuer says, but from the local cloud. */
function verify(tokenUse: "id" | "access", token: string, { UserPoolId, ClientId } = pool, url = cloud.cloud.url) {
  const fetcher = {
    fetch: async (uri: string) => (await fetch(uri.replace(AWS, url))).arrayBuffer(),
  };
  const verifier = CognitoJwtVerifier.create(
    { userPoolId: UserPoolId, tokenUse, clientId: ClientId },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
  return verifier.verify(token);
}

describe("aws-jwt-verify", () => {
  it("accepts an ID token, which has all of Cognito's claims", async () => {
    const claims = await verify("id", tokens.IdToken);
    const iat = Math.floor(Date.now() / 1000);
    expect(claims).toEqual({
      sub: claims["cognito:username"],
      email_verified: true,
      iss: `${AWS}/${pool.UserPoolId}`,
      "cognito:username": UUID,
      origin_jti: UUID,
      aud: pool.ClientId,
      event_id: UUID,
      token_use: "id",
      auth_time: expect.any(Number),
      exp: claims.iat + 3600,
      iat: expect.closeTo(iat, -2),
      jti: UUID,
      email: "ann@example.com",
    });
    expect(headerOf(tokens.IdToken)).toEqual({ kid: expect.stringMatching(/^[\w+/]{43}=$/), alg: "RS256" });
  });

  it("accepts an access token, which has all of Cognito's claims", async () => {
    const claims = await verify("access", tokens.AccessToken);
    expect(claims).toEqual({
      sub: claims.username,
      iss: `${AWS}/${pool.UserPoolId}`,
      client_id: pool.ClientId,
      origin_jti: UUID,
      event_id: UUID,
      token_use: "access",
      scope: "aws.cognito.signin.user.admin",
      auth_time: claims.iat,
      exp: claims.iat + 3600,
      iat: expect.any(Number),
      jti: UUID,
      username: UUID,
    });
    expect(headerOf(tokens.AccessToken).kid).not.toBe(headerOf(tokens.IdToken).kid);
  });

  it("accepts those of a refresh, which belong to the same sign-in", async () => {
    const { RefreshToken = "", AccessToken = "" } = await pool.signIn("ann@example.com");
    const before = await verify("access", AccessToken);
    const { AuthenticationResult } = await pool.anyone.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: RefreshToken },
      }),
    );
    const after = await verify("access", AuthenticationResult?.AccessToken ?? "");
    const { iat: _iat, exp: _exp, jti, ...same } = after;
    expect(before).toMatchObject(same);
    expect(before.jti).not.toBe(jti);
  });

  it("still accepts a signed-out access token: only Cognito knows that it is revoked", async () => {
    const { AccessToken } = await tokensOf(pool);
    await pool.anyone.send(new GlobalSignOutCommand({ AccessToken }));
    await verify("access", AccessToken);
  });

  it("refuses each token for the other's use", async () => {
    await expect(verify("id", tokens.AccessToken)).rejects.toThrow("Token use not allowed");
    await expect(verify("access", tokens.IdToken)).rejects.toThrow("Token use not allowed");
  });

  it("refuses a token of another client, and of another pool", async () => {
    await expect(verify("id", tokens.IdToken, { ...pool, ClientId: "other" })).rejects.toThrow(
      /^Client ID \("audience"\) not allowed/,
    );
    await expect(verify("access", tokens.AccessToken, { ...pool, ClientId: "other" })).rejects.toThrow(
      "Client ID not allowed",
    );
    const other = await testPool(cloud);
    await other.join("ann@example.com");
    const theirs = await tokensOf(other);
    await verify("id", theirs.IdToken, other);
    await expect(verify("id", theirs.IdToken)).rejects.toThrow("issuer not configured");
    const { iss, aud } = payloadOf(tokens.IdToken);
    const payload = encode({ ...payloadOf(theirs.IdToken), iss, aud });
    const forged = `${tokens.IdToken.split(".")[0]}.${payload}.${theirs.IdToken.split(".")[2]}`;
    await expect(verify("id", forged)).rejects.toThrow("Invalid signature");
    other.close();
  });

  it("refuses one that has expired", async () => {
    const late = await startTestCloud({ clock: slow });
    const lateUrl = late.cloud.url;
    const own = await testPool(late, { clock: slow });
    await own.join("ann@example.com");
    const { IdToken } = await tokensOf(own);
    await expect(verify("id", IdToken, own, lateUrl)).rejects.toThrow("Token expired");
    own.close();
    await late.close();
  });

  it.each(["header", "payload", "signature"])("refuses one whose %s was touched", async (part) => {
    const parts = tokens.IdToken.split(".");
    const [header = "", payload = "", signature = ""] = parts;
    const touched = {
      header: `${encode({ ...headerOf(tokens.IdToken), typ: "JWT" })}.${payload}.${signature}`,
      payload: `${header}.${encode({ ...payloadOf(tokens.IdToken), "cognito:groups": ["admins"] })}.${signature}`,
      signature: `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
    }[part];
    await expect(verify("id", touched ?? "")).rejects.toThrow("Invalid signature");
  });

  it("refuses one that is not signed, signed with the public key, or with somebody's own", async () => {
    const header = headerOf(tokens.IdToken);
    const payload = encode({ ...payloadOf(tokens.IdToken), "cognito:groups": ["admins"] });
    await expect(verify("id", `${encode({ ...header, alg: "none" })}.${payload}.`)).rejects.toThrow();
    const jwks = (await (await fetch(`${cloud.cloud.url}/${pool.UserPoolId}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    const jwk = jwks.keys.find(({ kid }) => kid === header.kid) ?? {};
    const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
    const symmetric = `${encode({ ...header, alg: "HS256" })}.${payload}`;
    const mac = createHmac("sha256", pem).update(symmetric).digest("base64url");
    await expect(verify("id", `${symmetric}.${mac}`)).rejects.toThrow();
    const own = createPrivateKey(
      generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }),
    );
    const asymmetric = `${encode(header)}.${payload}`;
    const signature = sign("RSA-SHA256", Buffer.from(asymmetric), own).toString("base64url");
    await expect(verify("id", `${asymmetric}.${signature}`)).rejects.toThrow("Invalid signature");
  });
});

describe("claims", () => {
  it("name the groups that a user is in when they are issued, and the role of the first", async () => {
    const { UserPoolId, admin } = pool;
    await pool.join("adam@example.com");
    const before = payloadOf((await tokensOf(pool, "adam@example.com")).AccessToken);
    expect(before).not.toHaveProperty("cognito:groups");
    const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
    for (const [GroupName, Precedence, RoleArn] of [
      ["readers", undefined, undefined],
      ["writers", 10, role("writers")],
      ["admins", 1, role("admins")],
    ] as const) {
      await admin.send(new CreateGroupCommand({ UserPoolId, GroupName, Precedence, RoleArn }));
      await admin.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName, Username: "adam@example.com" }));
    }
    const { AccessToken, IdToken } = await tokensOf(pool, "adam@example.com");
    const groups = ["admins", "writers", "readers"];
    expect(payloadOf(IdToken)).toMatchObject({
      "cognito:groups": groups,
      "cognito:roles": [role("admins"), role("writers")],
      "cognito:preferred_role": role("admins"),
    });
    expect(payloadOf(AccessToken)).toMatchObject({ "cognito:groups": groups });
    expect(payloadOf(AccessToken)).not.toHaveProperty("cognito:roles");
  });

  it.each([
    ["a group without a precedence", [[undefined, "a"]], undefined],
    [
      "two that come first with one role",
      [
        [0, "a"],
        [0, "a"],
      ],
      "a",
    ],
    [
      "two that come first with two roles",
      [
        [0, "a"],
        [0, "b"],
      ],
      undefined,
    ],
    [
      "one that comes before another",
      [
        [7, "a"],
        [2, "b"],
      ],
      "b",
    ],
    [
      "one before a group without a precedence",
      [
        [undefined, "a"],
        [9, "b"],
      ],
      "b",
    ],
  ] as const)("prefer no role but that of who comes first: %s", async (what, groups, preferred) => {
    const { UserPoolId, admin } = pool;
    const Username = `${what.replace(/\W/g, "-")}@example.com`;
    await pool.join(Username);
    const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
    for (const [index, [Precedence, name]] of groups.entries()) {
      const GroupName = `${what.replace(/\W/g, "-")}-${index}`;
      await admin.send(new CreateGroupCommand({ UserPoolId, GroupName, Precedence, RoleArn: role(name) }));
      await admin.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName, Username }));
    }
    const claims: Record<string, unknown> = { ...payloadOf((await tokensOf(pool, Username)).IdToken) };
    expect(claims["cognito:preferred_role"]).toBe(preferred === undefined ? undefined : role(preferred));
    expect(claims["cognito:roles"]).toHaveLength(groups.length);
  });

  it("say of attributes what they are, in the ID token alone", async () => {
    await pool.join("eve@example.com");
    const attributes = { name: "Eve", address: "Main Street 1", updated_at: "1700000000", email_verified: "false" };
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
    const { UserPoolId } = pool;
    await pool.admin.send(
      new AdminUpdateUserAttributesCommand({ UserPoolId, Username: "eve@example.com", UserAttributes }),
    );
    const { AccessToken, IdToken } = await tokensOf(pool, "eve@example.com");
    expect(payloadOf(IdToken)).toMatchObject({
      name: "Eve",
      address: { formatted: "Main Street 1" },
      updated_at: 1_700_000_000,
      email_verified: false,
    });
    expect(payloadOf(AccessToken)).not.toHaveProperty("name");
  });

  it("last as long as the client says, and name no sign-in when it revokes no tokens", async () => {
    const { UserPoolId, ClientId, admin } = pool;
    const ExplicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH" as const, "ALLOW_REFRESH_TOKEN_AUTH" as const];
    const { UserPoolClient } = await admin.send(
      new CreateUserPoolClientCommand({ UserPoolId, ClientName: "short", ExplicitAuthFlows }),
    );
    const client = { UserPoolId, ClientId: UserPoolClient?.ClientId, ExplicitAuthFlows };
    await admin.send(
      new UpdateUserPoolClientCommand({
        ...client,
        AccessTokenValidity: 5,
        IdTokenValidity: 1800,
        TokenValidityUnits: { AccessToken: "minutes", IdToken: "seconds" },
        EnableTokenRevocation: false,
      }),
    );
    const { AuthenticationResult } = await pool.anyone.send(
      new InitiateAuthCommand({
        ClientId: client.ClientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: "ann@example.com", PASSWORD: "Correct-horse-1" },
      }),
    );
    const access = payloadOf(AuthenticationResult?.AccessToken ?? "");
    const id = payloadOf(AuthenticationResult?.IdToken ?? "");
    expect([AuthenticationResult?.ExpiresIn, access.exp - access.iat, id.exp - id.iat]).toEqual([300, 300, 1800]);
    expect([access, id].some((claims) => "origin_jti" in claims)).toBe(false);
    expect(access).toMatchObject({ client_id: client.ClientId });
    expect(client.ClientId).not.toBe(ClientId);
  });
});

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
}

function headerOf(token: string): { readonly kid: string } {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8"));
}

function payloadOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
