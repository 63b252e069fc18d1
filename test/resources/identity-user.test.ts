// What users and guests do with AWS credentials of their own: allowed, denied, and why; and what keeps them from having any.

import { existsSync, readFileSync, statSync } from "node:fs";
import {
  CognitoIdentityClient,
  DeleteIdentitiesCommand,
  DeleteIdentityPoolCommand,
  ListIdentitiesCommand,
} from "@aws-sdk/client-cognito-identity";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addToPoolGroup } from "../../src/commands/auth-groups.ts";
import { down } from "../../src/commands/down.ts";
import { deleteIdentity } from "../../src/commands/identity-delete.ts";
import { planIdentity } from "../../src/commands/identity-plan.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { KIM, openUserStack, type UserStack } from "../identity-user.ts";

const TableName = "http-crud-tutorial-items";
const POLICY = "awsls-least-privilege";
const role = (kind: string): string => `http-crud-tutorial-${kind}-role`;

let cloud: TestCloud;
let user: UserStack;
let identity: CognitoIdentityClient;
let iam: IAMClient;
let dynamodb: DynamoDBClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  identity = new CognitoIdentityClient(cloud.config);
  iam = new IAMClient(cloud.config);
  dynamodb = new DynamoDBClient(cloud.config);
});
afterAll(async () => {
  for (const client of [identity, iam, dynamodb]) client.destroy();
  await cloud.close();
});
beforeEach(async () => {
  user = await openUserStack(cloud);
});
afterEach(async () => {
  try {
    await cloud.endFaults();
  } finally {
    user.stack.close();
    await cloud.control("POST", "reset");
  }
});

async function thePool(): Promise<string> {
  const { identityPoolId } = await planIdentity(await user.context(), "identity credentials", []);
  return identityPoolId;
}

const refused = (why: string): object => ({ code: "IdentityRefused", data: expect.objectContaining({ why }) });

describe("credentials", () => {
  it("of whoever is signed in are a session of the users' role, for an hour", async () => {
    await user.enter();
    const given = await user.credentials();
    expect(given).toMatchObject({
      kind: "user",
      arn: `arn:aws:sts::000000000000:assumed-role/${role("authenticated")}/CognitoIdentityCredentials`,
      role: role("authenticated"),
      region: "us-east-1",
      endpoint: cloud.cloud.url,
    });
    expect(given.expiresInSeconds).toBeGreaterThan(3500);
    expect((await user.credentials()).identityId).toBe(given.identityId);
  });

  it("of a guest are of the guests' role, and the guest stays the same", async () => {
    const { kind, identityId, role: guestRole } = await user.credentials(true);
    expect([kind, guestRole]).toEqual(["guest", role("guest")]);
    expect((await user.credentials(true)).identityId).toBe(identityId);
    const path = user.stack.statePath.replace(/\.json$/, ".guest");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await identity.send(new DeleteIdentitiesCommand({ IdentityIdsToDelete: [identityId] }));
    expect((await user.credentials(true)).identityId).not.toBe(identityId);
    await deleteIdentity(await user.context());
    expect(existsSync(path)).toBe(false);
  });

  it("are in no event and not in the state", async () => {
    await user.enter();
    const { credentials: given } = await user.credentials();
    const seen = JSON.stringify(user.stack.events) + readFileSync(user.stack.statePath, "utf8");
    for (const secret of [given.secretAccessKey, given.sessionToken]) expect(seen).not.toContain(secret);
  });

  it("need somebody who is signed in", async () => {
    await expect(user.credentials()).rejects.toMatchObject({
      code: "NotSignedIn",
      data: { command: "identity credentials" },
    });
  });

  it("are not for guests where they are off, whom the pool knew before", async () => {
    await user.credentials(true);
    await user.enable({ guests: false });
    await expect(user.credentials(true)).rejects.toMatchObject(refused("guests"));
  });

  it("need an identity pool", async () => {
    await deleteIdentity(await user.context());
    await expect(user.credentials(true)).rejects.toMatchObject({
      code: "StepMissing",
      data: { command: "identity credentials", first: "identity enable" },
    });
  });

  it("are waited for as long as AWS has not noticed the roles", async () => {
    const code = "InvalidIdentityPoolConfigurationException";
    await cloud.failNext("GetCredentialsForIdentity", { code, times: 2 });
    await user.credentials(true);
    expect(user.stack.events).toContainEqual(
      expect.objectContaining({ type: "waiting", waiting: expect.objectContaining({ for: "propagation" }) }),
    );
  });

  it("are not waited for when a role was deleted by hand: it is named", async () => {
    const RoleName = role("guest");
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: POLICY }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await expect(user.credentials(true)).rejects.toMatchObject(refused("broken"));
    await expect(user.credentials(true)).rejects.toMatchObject({
      data: { resources: [{ component: "guestRole", name: RoleName }] },
    });
    await user.up();
    await user.credentials(true);
  });

  it("are not to be had of a pool that was deleted by hand: it is named", async () => {
    await user.enter();
    await identity.send(new DeleteIdentityPoolCommand({ IdentityPoolId: await thePool() }));
    for (const guest of [true, false]) await expect(user.credentials(guest)).rejects.toMatchObject(refused("broken"));
    await user.up();
    await user.credentials();
  });

  it("a dry run makes no identity", async () => {
    const { planned } = await planIdentity(await user.context(), "identity put", ["PutItem"]);
    expect(planned).toEqual(["GetId", "GetCredentialsForIdentity", "PutItem"]);
    const list = new ListIdentitiesCommand({ IdentityPoolId: await thePool(), MaxResults: 60 });
    expect((await identity.send(list)).Identities).toEqual([]);
  });
});

describe("rows", () => {
  it("of the own identity are put and removed, by the statement that says so", async () => {
    await user.enter();
    const { identityId } = await user.credentials();
    const own = `${identityId}:lamp`;
    const by = { is: "allowedBy", policy: POLICY, statement: "WriteOwnRows" };
    expect(await user.put({ name: "lamp", price: 3 })).toEqual({
      operation: "put",
      kind: "user",
      identityId,
      id: own,
      action: "dynamodb:PutItem",
      allowed: true,
      reason: by,
    });
    await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: "123" } } }));
    const seen = await user.items();
    expect(seen.items).toContainEqual({ id: own, name: "lamp", price: 3 });
    expect(seen.items).toHaveLength(2);
    expect(seen.own).toEqual([own]);
    expect(await user.remove()).toMatchObject({ allowed: true, action: "dynamodb:DeleteItem", reason: by });
    expect((await user.items(true)).items).toEqual([{ id: "123" }]);
  });

  it("of others are denied, for no statement allows it", async () => {
    await user.enter();
    const { identityId } = await user.credentials();
    for (const id of ["123", `${identityId}x:lamp`, identityId]) {
      expect(await user.put({ id })).toMatchObject({
        id,
        allowed: false,
        message: expect.stringContaining("because no identity-based policy allows the dynamodb:PutItem action"),
        reason: { is: "noStatement", role: role("authenticated") },
      });
      expect(await user.remove({ id })).toMatchObject({ allowed: false, reason: { is: "noStatement" } });
    }
  });

  it("a guest puts and removes none", async () => {
    for (const result of [
      await user.put({ name: "lamp", guest: true }),
      await user.remove({ name: "lamp", guest: true }),
    ]) {
      expect(result).toMatchObject({
        kind: "guest",
        allowed: false,
        reason: { is: "noStatement", role: role("guest") },
      });
    }
  });

  it("an admin puts and removes every one, after another sign-in", async () => {
    await user.enable({ admins: true });
    await user.enter();
    await addToPoolGroup(await user.context(), { group: "admins", email: KIM });
    expect(await user.put({ id: "123" })).toMatchObject({ allowed: false });
    await user.enter();
    const by = { is: "allowedBy", policy: POLICY, statement: "WriteAnyRow" };
    expect(await user.put({ id: "123" })).toMatchObject({ allowed: true, reason: by });
    expect(await user.remove({ id: "123" })).toMatchObject({ allowed: true, reason: by });
    await user.enable({ admins: false });
    expect(await user.put({ id: "123" })).toMatchObject({ allowed: false });
    expect(await user.put()).toMatchObject({ allowed: true, reason: { statement: "WriteOwnRows" } });
  });

  it("a statement that denies is named by its policy", async () => {
    await user.enter();
    const denial = { Effect: "Deny", Action: "dynamodb:PutItem", Resource: "*" };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [denial] });
    await iam.send(new PutRolePolicyCommand({ RoleName: role("authenticated"), PolicyName: "denial", PolicyDocument }));
    expect(await user.put()).toMatchObject({
      allowed: false,
      message: expect.stringContaining("with an explicit deny in an identity-based policy"),
      reason: { is: "deniedBy", policy: "denial" },
    });
  });

  it("why is not guessed by whoever may not ask IAM", async () => {
    await user.enter();
    await cloud.failNext("SimulatePrincipalPolicy", { code: "AccessDenied", status: 403 });
    expect(await user.put()).toMatchObject({
      allowed: true,
      reason: { is: "unknown", right: "iam:SimulatePrincipalPolicy" },
    });
  });

  it("without a table are none", async () => {
    await user.enter();
    await down(await user.context());
    await expect(user.put()).rejects.toMatchObject({ code: "StepMissing" });
  });
});
