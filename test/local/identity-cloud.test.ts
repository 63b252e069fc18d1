// Identity pools over a restart, on disk, and in the end.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  CreateIdentityPoolCommand,
  DeleteIdentityPoolCommand,
  DescribeIdentityPoolCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
} from "@aws-sdk/client-cognito-identity";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { testIdentityPool, type TestIdentityPool } from "../identity-pools.ts";
import { refusal, testPool, type TestPool } from "../user-pools.ts";

const EMAIL = "stay@example.com";

let cloud: TestCloud;
let users: TestPool;
let pool: TestIdentityPool;
beforeAll(async () => {
  cloud = await startTestCloud();
  users = await testPool(cloud);
  pool = await testIdentityPool(cloud, users, { pool: { AllowClassicFlow: true } });
  await users.join(EMAIL);
});
afterAll(async () => {
  pool.close();
  users.close();
  await cloud.close();
});

const signIn = async (): Promise<string> => (await users.signIn(EMAIL)).IdToken ?? "";
const files = (): readonly string[] =>
  readdirSync(join(cloud.folder, "cognito-identity")).map((file) => join(cloud.folder, "cognito-identity", file));

async function guestToken(): Promise<{ readonly IdentityId: string | undefined; readonly Token: string }> {
  const { IdentityId } = await pool.anyone.send(new GetIdCommand({ IdentityPoolId: pool.IdentityPoolId }));
  const { Token = "" } = await pool.anyone.send(new GetOpenIdTokenCommand({ IdentityId }));
  return { IdentityId, Token };
}

function assume(WebIdentityToken: string): Promise<unknown> {
  const command = { RoleArn: pool.roles.unauthenticated, RoleSessionName: "web", WebIdentityToken };
  return new STSClient(cloud.config).send(new AssumeRoleWithWebIdentityCommand(command));
}

describe("over a restart", () => {
  it("pools, identities, credentials and tokens stay", async () => {
    const { IdentityPoolId } = pool;
    const described = await pool.admin.send(new DescribeIdentityPoolCommand({ IdentityPoolId }));
    const user = await pool.credentials(await signIn());
    const { IdentityId, Token } = await guestToken();
    await cloud.cloud.close();
    cloud = await startTestCloud({ folder: cloud.folder });
    const { $metadata: _, ...now } = await pool.admin.send(new DescribeIdentityPoolCommand({ IdentityPoolId }));
    expect(now).toEqual({ ...described, $metadata: undefined });
    expect((await pool.credentials(await signIn())).identityId).toBe(user.identityId);
    await new DynamoDBClient({ ...cloud.config, credentials: user }).send(new ListTablesCommand({}));
    await pool.anyone.send(new GetOpenIdTokenCommand({ IdentityId }));
    await assume(Token);
  });

  it("no token and no credentials were ever written, and nobody else may read the files", async () => {
    const idToken = await signIn();
    const { secretAccessKey, sessionToken } = await pool.credentials(idToken);
    const { Token } = await guestToken();
    expect(files().length).toBeGreaterThan(2);
    for (const file of files()) {
      if (process.platform !== "win32") expect(statSync(file).mode & 0o777, file).toBe(0o600);
      const text = readFileSync(file, "utf8");
      for (const secret of [idToken, secretAccessKey, sessionToken, Token]) {
        expect(text.includes(secret), file).toBe(false);
      }
    }
  });
});

describe("in the end", () => {
  it("a deleted pool takes everything of it along, and nothing of others", async () => {
    const other = await testIdentityPool(cloud, users);
    await other.credentials();
    await other.credentials(await signIn());
    const { IdentityPoolId } = other;
    await other.admin.send(new DeleteIdentityPoolCommand({ IdentityPoolId }));
    for (const file of files()) expect(readFileSync(file, "utf8"), file).not.toContain(IdentityPoolId);
    await pool.credentials(await signIn());
    await expect(other.credentials()).rejects.toMatchObject(refusal("ResourceNotFoundException"));
    other.close();
  });

  it("a reset forgets all of it, tokens that were given included", async () => {
    const { Token } = await guestToken();
    expect((await cloud.control("POST", "reset")).ok).toBe(true);
    for (const file of files()) expect(readFileSync(file, "utf8"), file).toBe("{}");
    await expect(assume(Token)).rejects.toMatchObject({ name: "InvalidIdentityTokenException" });
    const settings = { IdentityPoolName: "next", AllowUnauthenticatedIdentities: true };
    const { IdentityPoolId } = await pool.admin.send(new CreateIdentityPoolCommand(settings));
    const { IdentityId } = await pool.anyone.send(new GetIdCommand({ IdentityPoolId }));
    const { Token: next = "" } = await pool.anyone.send(new GetOpenIdTokenCommand({ IdentityId }));
    expect(next.split(".")).toHaveLength(3);
    await expect(assume(Token)).rejects.toMatchObject({ name: "InvalidIdentityTokenException" });
  });
});
