import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
  SetIdentityPoolRolesCommand,
  UpdateIdentityPoolCommand,
} from "@aws-sdk/client-cognito-identity";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient, ListRolesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type {
  AssumeRoleWithWebIdentityCommandInput,
  AssumeRoleWithWebIdentityCommandOutput,
} from "@aws-sdk/client-sts";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { testIdentityPool } from "../identity-pools.ts";
import type { TestIdentityPool } from "../identity-pools.ts";
import { shiftedClock } from "../shifted-clock.ts";
import { refusal, testPool } from "../user-pools.ts";
import type { TestPool } from "../user-pools.ts";

const ISSUER = "https://cognito-identity.amazonaws.com";
const MINUTE = 60_000;

const clock = shiftedClock();
let cloud: TestCloud;
let users: TestPool;
let pool: TestIdentityPool;
/** Has no credentials. */
let sts: STSClient;
let email: string;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  users = await testPool(cloud);
  pool = await testIdentityPool(cloud, users, { pool: { AllowClassicFlow: true } });
  sts = new STSClient({ ...cloud.config, credentials: () => Promise.reject(new Error("unsigned")) });
  email = "me@example.com";
  await users.join(email);
});
afterAll(async () => {
  sts.destroy();
  pool.close();
  users.close();
  await cloud.close();
});

const login = async (): Promise<Record<string, string>> => ({
  [pool.provider]: (await users.signIn(email)).IdToken ?? "",
});

async function openIdToken(
  Logins?: Record<string, string>,
  of: TestIdentityPool = pool,
): Promise<{ identityId: string; token: string }> {
  const { IdentityPoolId } = of;
  const { IdentityId = "" } = await of.anyone.send(new GetIdCommand({ IdentityPoolId, Logins }));
  const { Token = "" } = await of.anyone.send(new GetOpenIdTokenCommand({ IdentityId, Logins }));
  return { identityId: IdentityId, token: Token };
}

function assume(
  WebIdentityToken: string,
  input: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
): Promise<AssumeRoleWithWebIdentityCommandOutput> {
  const RoleArn = pool.roles.authenticated;
  return sts.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: "web", WebIdentityToken, ...input }),
  );
}

const decoded = (part: string | undefined): unknown =>
  JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));
const invalid = (message: string | RegExp): object => ({
  name: "InvalidIdentityTokenException",
  message: typeof message === "string" ? message : expect.stringMatching(message),
  $metadata: { httpStatusCode: 400 },
});
const DENIED = {
  name: "AccessDenied",
  message: "Not authorized to perform sts:AssumeRoleWithWebIdentity",
  $metadata: { httpStatusCode: 403 },
};

describe("GetOpenIdToken", () => {
  it("gives a token of ten minutes that says who it is, and how they came", async () => {
    const Logins = await login();
    const { identityId, token } = await openIdToken(Logins);
    const [header, claims] = token.split(".").slice(0, 2).map(decoded) as [object, { exp: number; iat: number }];
    expect(header).toEqual({ kid: "us-east-11", typ: "JWS", alg: "RS512" });
    const sub = (decoded(Object.values(Logins)[0]?.split(".")[1]) as { sub: string }).sub;
    expect(claims).toEqual({
      sub: identityId,
      aud: pool.IdentityPoolId,
      amr: ["authenticated", pool.provider, `${pool.provider}:CognitoSignIn:${sub}`],
      iss: ISSUER,
      [`${ISSUER}/identity-pool-arn`]: `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${pool.IdentityPoolId}`,
      exp: claims.iat + 600,
      iat: expect.any(Number),
    });
    expect(Math.abs(claims.iat * 1000 - clock.now())).toBeLessThan(5000);
  });

  it("says of a guest that nobody came", async () => {
    const { token } = await openIdToken();
    expect(decoded(token.split(".")[1])).toMatchObject({ amr: ["unauthenticated"] });
  });

  it("is refused where the basic flow is off, or roles are mapped; a pool that does not say lets it pass", async () => {
    const basic = await testIdentityPool(cloud, users);
    const { IdentityPoolId, roles, provider } = basic;
    await openIdToken(undefined, basic);
    const settings = {
      IdentityPoolId,
      IdentityPoolName: "basic",
      AllowUnauthenticatedIdentities: true,
      CognitoIdentityProviders: [{ ProviderName: provider, ClientId: users.ClientId }],
    };
    await basic.admin.send(new UpdateIdentityPoolCommand({ ...settings, AllowClassicFlow: false }));
    await expect(openIdToken(undefined, basic)).rejects.toMatchObject(
      refusal("InvalidParameterException", "Basic (classic) flow is not enabled, please use enhanced flow."),
    );
    await basic.admin.send(new UpdateIdentityPoolCommand({ ...settings, AllowClassicFlow: true }));
    await openIdToken(undefined, basic);
    const RoleMappings = {
      [`${provider}:${users.ClientId}`]: { Type: "Token", AmbiguousRoleResolution: "Deny" },
    } as const;
    await basic.admin.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: roles, RoleMappings }));
    await expect(openIdToken(undefined, basic)).rejects.toMatchObject(
      refusal(
        "InvalidParameterException",
        "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.",
      ),
    );
    basic.close();
  });

  it("wants the same proof as credentials do", async () => {
    const Logins = await login();
    const { identityId: IdentityId } = await openIdToken(Logins);
    await expect(pool.anyone.send(new GetOpenIdTokenCommand({ IdentityId }))).rejects.toMatchObject(
      refusal("NotAuthorizedException", `Access to Identity '${IdentityId}' is forbidden.`),
    );
    const tampered = { [pool.provider]: `${Logins[pool.provider]}A` };
    await expect(pool.anyone.send(new GetOpenIdTokenCommand({ IdentityId, Logins: tampered }))).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Invalid login token. Couldn't verify signed token."),
    );
  });
});

describe("AssumeRoleWithWebIdentity", () => {
  it("opens a session of the role for a user's token", async () => {
    const { identityId, token } = await openIdToken(await login());
    const opened = await assume(token);
    const name = pool.roles.authenticated.split("/").at(-1);
    const Arn = `arn:aws:sts::000000000000:assumed-role/${name}/web`;
    expect(opened).toMatchObject({
      SubjectFromWebIdentityToken: identityId,
      Audience: pool.IdentityPoolId,
      Provider: "cognito-identity.amazonaws.com",
      AssumedRoleUser: { Arn, AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:web$/) },
    });
    const { Credentials: given } = opened;
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? "",
      secretAccessKey: given?.SecretAccessKey ?? "",
      sessionToken: given?.SessionToken ?? "",
    };
    expect(await new STSClient({ ...cloud.config, credentials }).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn,
    });
    await new DynamoDBClient({ ...cloud.config, credentials }).send(new ListTablesCommand({}));
  });

  it("a signature does no harm", async () => {
    const { token } = await openIdToken();
    const signing = new STSClient(cloud.config);
    const RoleArn = pool.roles.unauthenticated;
    const command = new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: "web", WebIdentityToken: token });
    expect((await signing.send(command)).Credentials?.AccessKeyId).toMatch(/^ASIA/);
  });

  it("a guest of the basic flow has all that the role has, one of the enhanced flow AWS's limit, too", async () => {
    const iam = new IAMClient(cloud.config);
    const RoleName = pool.roles.unauthenticated.split("/").at(-1);
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["iam:ListRoles", "dynamodb:ListTables"], Resource: "*" }],
    });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "more", PolicyDocument }));
    const { identityId: IdentityId, token } = await openIdToken();
    const { Credentials: basic } = await assume(token, { RoleArn: pool.roles.unauthenticated });
    const { Credentials: enhanced } = await pool.anyone.send(new GetCredentialsForIdentityCommand({ IdentityId }));
    const listRoles = (accessKeyId = "", secretAccessKey = "", sessionToken = ""): Promise<unknown> => {
      const credentials = { accessKeyId, secretAccessKey, sessionToken };
      return new IAMClient({ ...cloud.config, credentials }).send(new ListRolesCommand({}));
    };
    await listRoles(basic?.AccessKeyId, basic?.SecretAccessKey, basic?.SessionToken);
    await expect(listRoles(enhanced?.AccessKeyId, enhanced?.SecretKey, enhanced?.SessionToken)).rejects.toThrow(
      /because no session policy allows the iam:ListRoles action$/,
    );
  });

  it.each([
    ["no JWT", () => Promise.resolve("nonsense"), /^The ID Token provided is not a valid JWT\./],
    ["no claims", () => Promise.resolve("a.b.c"), /^The ID Token provided is not a valid JWT\./],
    [
      "a user pool's ID token",
      async () => (await users.signIn(email)).IdToken ?? "",
      /^No OpenIDConnect provider found in your account for https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\//,
    ],
    ["one whose claims were changed", changed, /could not be validated/],
    ["one that somebody else signed", forged, /could not be validated/],
    ["one that nobody signed", unsigned, /could not be validated/],
  ])("refuses %s", async (_what, make, message) => {
    await expect(assume(await make())).rejects.toMatchObject(invalid(message));
  });

  it("refuses one that has expired", async () => {
    const { token } = await openIdToken(await login());
    clock.advance(10 * MINUTE);
    await expect(assume(token)).rejects.toMatchObject({
      name: "ExpiredTokenException",
      message: expect.stringMatching(
        /^Token expired: current date\/time \d+ must be before the expiration date\/time \d+$/,
      ),
      $metadata: { httpStatusCode: 400 },
    });
    clock.advance(-10 * MINUTE);
    await assume(token);
  });

  it("refuses a role that is not there, trusts another pool, another kind of login, or nobody of the web", async () => {
    const { token } = await openIdToken(await login());
    const other = await testIdentityPool(cloud, users);
    const iam = new IAMClient(cloud.config);
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
    });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "plain", AssumeRolePolicyDocument }));
    const missing = "arn:aws:iam::000000000000:role/missing";
    for (const RoleArn of [missing, other.roles.authenticated, pool.roles.unauthenticated, Role?.Arn]) {
      await expect(assume(token, { RoleArn })).rejects.toMatchObject(DENIED);
    }
    await expect(assume((await openIdToken()).token)).rejects.toMatchObject(DENIED);
    other.close();
  });

  it.each([
    [{ DurationSeconds: 899 }, "ValidationError", /durationSeconds/],
    [
      { DurationSeconds: 3601 },
      "ValidationError",
      /^The requested DurationSeconds exceeds the MaxSessionDuration set for this role\.$/,
    ],
    [{ RoleSessionName: "with space" }, "ValidationError", /roleSessionName/],
    [{ Policy: "{}" }, "MalformedPolicyDocumentException", /./],
  ])("refuses %j", async (input, name, message) => {
    const { token } = await openIdToken(await login());
    await expect(assume(token, input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  it("a session policy limits it", async () => {
    const { token } = await openIdToken(await login());
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "dynamodb:DescribeTable", Resource: "*" }],
    });
    const { Credentials: given, PackedPolicySize } = await assume(token, { Policy });
    expect(PackedPolicySize).toBeGreaterThan(0);
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? "",
      secretAccessKey: given?.SecretAccessKey ?? "",
      sessionToken: given?.SessionToken ?? "",
    };
    await expect(new DynamoDBClient({ ...cloud.config, credentials }).send(new ListTablesCommand({}))).rejects.toThrow(
      /no session policy allows/,
    );
  });
});

/** A token whose identity is another one. */
async function changed(): Promise<string> {
  const { token } = await openIdToken(await login());
  const [header, claims, signature] = token.split(".");
  const others = { ...(decoded(claims) as object), sub: "us-east-1:00000000-0000-0000-0000-000000000000" };
  return [header, Buffer.from(JSON.stringify(others)).toString("base64url"), signature].join(".");
}

async function forged(): Promise<string> {
  const { token } = await openIdToken(await login());
  const { privateKey, publicKey } = await generateKeyPair("RS512");
  const claims = decoded(token.split(".")[1]) as Record<string, unknown>;
  const header = { kid: "us-east-11", typ: "JWS", alg: "RS512", jwk: await exportJWK(publicKey) };
  return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
}

async function unsigned(): Promise<string> {
  const { token } = await openIdToken(await login());
  return `${Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url")}.${token.split(".")[1]}.`;
}
