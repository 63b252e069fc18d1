// AWS's own credential providers on the local cloud: they get credentials, use them, and renew them when they end.

import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetIdCommand, GetOpenIdTokenCommand } from "@aws-sdk/client-cognito-identity";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import {
  fromCognitoIdentity,
  fromCognitoIdentityPool,
  fromTemporaryCredentials,
  fromWebToken,
} from "@aws-sdk/credential-providers";
import type { AwsCredentialIdentity } from "@smithy/types";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { testIdentityPool, type TestIdentityPool } from "../identity-pools.ts";
import { testPool, type TestPool } from "../user-pools.ts";

const EMAIL = "kim@example.com";
const HOUR = 60 * 60 * 1000;
const ROOT = "arn:aws:iam::000000000000:root";

let cloud: TestCloud;
let users: TestPool;
let pool: TestIdentityPool;
/** Of the providers' own clients. */
let clientConfig: { readonly endpoint: string; readonly region: string };
beforeAll(async () => {
  cloud = await startTestCloud();
  users = await testPool(cloud);
  pool = await testIdentityPool(cloud, users, { pool: { AllowClassicFlow: true } });
  const { endpoint, region } = cloud.config;
  clientConfig = { endpoint, region };
  await users.join(EMAIL);
});
afterAll(async () => {
  pool.close();
  users.close();
  await cloud.close();
});
afterEach(() => vi.useRealTimers());

type Provider = () => Promise<AwsCredentialIdentity>;

const idToken = async (): Promise<string> => (await users.signIn(EMAIL)).IdToken ?? "";
/** For the cloud and the SDK alike. */
const letPass = (ms: number): void => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });

async function callerOf(credentials: Provider): Promise<string | undefined> {
  const sts = new STSClient({ ...cloud.config, credentials });
  return (await sts.send(new GetCallerIdentityCommand({}))).Arn?.split("assumed-role/")[1];
}

const sessionOf = (roleArn: string, name: string): string => `${roleArn.split("/").at(-1)}/${name}`;

/** A client that has them renewed is let in after they have ended; one that keeps the first is not. */
async function isRenewed(provider: Provider): Promise<void> {
  const kept = await provider();
  const renewing = new DynamoDBClient({ ...cloud.config, credentials: provider });
  await renewing.send(new ListTablesCommand({}));
  letPass(HOUR + 1000);
  await renewing.send(new ListTablesCommand({}));
  const { expiration: _, ...unaware } = kept;
  const keeping = new DynamoDBClient({ ...cloud.config, credentials: unaware });
  await expect(keeping.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: "ExpiredTokenException" });
}

describe("fromCognitoIdentityPool", () => {
  it("gives a guest the guests' role, and renews it for the same guest", async () => {
    const { IdentityPoolId: identityPoolId, roles } = pool;
    const provider = fromCognitoIdentityPool({ clientConfig, identityPoolId });
    expect(await callerOf(provider)).toBe(sessionOf(roles.unauthenticated, "CognitoIdentityCredentials"));
    const { identityId } = await provider();
    await isRenewed(provider);
    expect((await provider()).identityId).toBe(identityId);
  });

  it("gives a user the users' role, and renews it with a new ID token", async () => {
    const { IdentityPoolId: identityPoolId, roles, provider: name } = pool;
    const provider = fromCognitoIdentityPool({ clientConfig, identityPoolId, logins: { [name]: idToken } });
    expect(await callerOf(provider)).toBe(sessionOf(roles.authenticated, "CognitoIdentityCredentials"));
    await isRenewed(provider);
  });

  it("is refused with an ID token that has expired", async () => {
    const { IdentityPoolId: identityPoolId, provider: name } = pool;
    const logins = { [name]: await idToken() };
    letPass(HOUR + 1000);
    const provider = fromCognitoIdentityPool({ clientConfig, identityPoolId, logins });
    await expect(provider()).rejects.toThrow(/^Invalid login token\. Token expired: \d+ >= \d+$/);
  });
});

it("fromCognitoIdentity gives credentials of an identity that is known", async () => {
  const { IdentityPoolId, roles } = pool;
  const { IdentityId: identityId = "" } = await pool.anyone.send(new GetIdCommand({ IdentityPoolId }));
  const provider = fromCognitoIdentity({ clientConfig, identityId });
  expect(await callerOf(provider)).toBe(sessionOf(roles.unauthenticated, "CognitoIdentityCredentials"));
});

it("fromWebToken gives a session for an identity's token", async () => {
  const { IdentityPoolId, roles, provider: name } = pool;
  const Logins = { [name]: await idToken() };
  const { IdentityId } = await pool.anyone.send(new GetIdCommand({ IdentityPoolId, Logins }));
  const { Token = "" } = await pool.anyone.send(new GetOpenIdTokenCommand({ IdentityId, Logins }));
  const web = { clientConfig, roleArn: roles.authenticated, roleSessionName: "web", webIdentityToken: Token };
  const provider = fromWebToken(web);
  expect(await callerOf(provider)).toBe(sessionOf(roles.authenticated, "web"));
  await new DynamoDBClient({ ...cloud.config, credentials: provider }).send(new ListTablesCommand({}));
});

it("fromTemporaryCredentials goes from root to a role, and from there to another, and renews both", async () => {
  const [first, second] = [await makeRole("first", ROOT), await makeRole("second", "*")];
  const byRoot = fromTemporaryCredentials({
    clientConfig,
    masterCredentials: cloud.config.credentials,
    params: { RoleArn: first, RoleSessionName: "one" },
  });
  expect(await callerOf(byRoot)).toBe("first/one");
  const chained = fromTemporaryCredentials({
    clientConfig,
    masterCredentials: byRoot,
    params: { RoleArn: second, RoleSessionName: "two" },
  });
  expect(await callerOf(chained)).toBe("second/two");
  await isRenewed(chained);
});

async function makeRole(RoleName: string, AWS: string): Promise<string> {
  const iam = new IAMClient(cloud.config);
  const policyOf = (statement: object): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const AssumeRolePolicyDocument = policyOf({ Action: "sts:AssumeRole", Principal: { AWS } });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyDocument = policyOf({ Action: "dynamodb:ListTables", Resource: "*" });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "allows", PolicyDocument }));
  iam.destroy();
  return Role?.Arn ?? "";
}
