// What AWS refuses users and guests, and what the commands make of it: why, what is waited for, what is to be done.

import { readFileSync, writeFileSync } from "node:fs";
import { CognitoIdentityClient, UpdateIdentityPoolCommand } from "@aws-sdk/client-cognito-identity";
import {
  AdminDisableUserCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { planIdentity } from "../../src/commands/identity-plan.ts";
import { requireIdentityPool } from "../../src/commands/identity-pool.ts";
import { POLICY_NAME, trustOf } from "../../src/stack/policies.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { KIM, openUserStack, type UserStack } from "../identity-user.ts";
import { shiftedClock } from "../shifted-clock.ts";
import { testPool } from "../user-pools.ts";

const DENIED = "AccessDeniedException";
const role = (kind: string): string => `http-crud-tutorial-${kind}-role`;

let cloud: TestCloud;
let user: UserStack;
let iam: IAMClient;
let identity: CognitoIdentityClient;
let users: CognitoIdentityProviderClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  iam = new IAMClient(cloud.config);
  identity = new CognitoIdentityClient(cloud.config);
  users = new CognitoIdentityProviderClient(cloud.config);
});
afterAll(async () => {
  for (const client of [iam, identity, users]) client.destroy();
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

const putPolicy = (kind: string, Statement: readonly object[], space?: number): Promise<unknown> =>
  iam.send(
    new PutRolePolicyCommand({
      RoleName: role(kind),
      PolicyName: POLICY_NAME,
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }, null, space),
    }),
  );
const broken = (component: string): object => ({
  code: "IdentityRefused",
  data: expect.objectContaining({ why: "broken", resources: [expect.objectContaining({ component })] }),
});
async function userPoolId(): Promise<string> {
  return (await requireIdentityPool(await user.context(), "test")).userPool.userPoolId;
}

describe("why a write was denied", () => {
  it("is what limits the session where AWS says so, whatever the role allows", async () => {
    await user.enter();
    for (const [by, words] of [
      ["session policy", "because no session policy allows the dynamodb:PutItem action"],
      ["session policy", "with an explicit deny in a session policy"],
      ["permissions boundary", "because no permissions boundary allows the dynamodb:PutItem action"],
      [
        "service control policy",
        "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p",
      ],
    ]) {
      const message = `User: X is not authorized to perform: dynamodb:PutItem on resource: Y ${words}`;
      await cloud.failNext("PutItem", { code: DENIED, message });
      const reason = { is: "limited", by, role: role("authenticated") };
      expect(await user.put()).toMatchObject({ allowed: false, message, reason });
    }
  });

  it("is known by AWS's words, too, where IAM may not be asked", async () => {
    await user.enter();
    await cloud.failNext("SimulatePrincipalPolicy", { code: "AccessDenied", status: 403 });
    expect(await user.put({ id: "123" })).toMatchObject({
      allowed: false,
      reason: { is: "noStatement", role: role("authenticated") },
    });
  });

  it("is not guessed where neither AWS's words nor IAM tell", async () => {
    await user.enter();
    await cloud.failNext("PutItem", { code: DENIED, message: "not authorized" });
    await cloud.failNext("SimulatePrincipalPolicy", { code: "ServiceFailure", status: 400, message: "not now" });
    expect(await user.put()).toMatchObject({ allowed: false, reason: { is: "unknown", message: "not now" } });
  });

  it("is a policy that was just written as long as IAM would allow it: it is waited for", async () => {
    await user.enter();
    for (const operation of ["PutItem", "Scan"]) await cloud.failNext(operation, { code: DENIED, times: 2 });
    expect(await user.put()).toMatchObject({ allowed: true, reason: { statement: "WriteOwnRows" } });
    expect(await user.items()).toMatchObject({ allowed: true, items: [{ name: "lamp" }] });
    const waits = user.stack.events.filter(({ type }) => type === "waiting");
    expect(waits).toContainEqual(expect.objectContaining({ waiting: expect.objectContaining({ for: "propagation" }) }));
  });
});

describe("the statement that decided", () => {
  it("is found in a policy of many lines, and has no name where it has no Sid", async () => {
    await user.enter();
    const on = { Effect: "Allow", Resource: "*" };
    const named = { ...on, Sid: "Mine", Action: "dynamodb:PutItem" };
    await putPolicy("authenticated", [{ ...on, Sid: "First", Action: "dynamodb:Scan" }, named], 4);
    expect(await user.put()).toMatchObject({ reason: { is: "allowedBy", policy: POLICY_NAME, statement: "Mine" } });
    await putPolicy("authenticated", [named, { ...on, Action: "dynamodb:DeleteItem" }], 2);
    expect((await user.remove()).reason).toEqual({ is: "allowedBy", policy: POLICY_NAME });
  });

  it("is known by its policy alone to whoever may not read that", async () => {
    await user.enter();
    await cloud.failNext("GetRolePolicy", { code: "AccessDenied", status: 403 });
    expect((await user.put()).reason).toEqual({ is: "allowedBy", policy: POLICY_NAME });
  });
});

it("a table that may not be read says why, until up has repaired the role", async () => {
  await putPolicy("guest", [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" }]);
  expect(await user.items(true)).toMatchObject({
    kind: "guest",
    allowed: false,
    items: [],
    action: "dynamodb:Scan",
    message: expect.stringContaining("no identity-based policy allows the dynamodb:Scan action"),
    reason: { is: "noStatement", role: role("guest") },
  });
  await user.up();
  expect(await user.items(true)).toMatchObject({ allowed: true });
});

describe("somebody whose token the pool takes no longer", () => {
  it.each(["GetId", "GetCredentialsForIdentity"])("gets another one when %s calls it expired", async (operation) => {
    await user.enter();
    const before = await user.credentials();
    const message = "Invalid login token. Token expired: 1446742058 >= 1446727732";
    await cloud.failNext(operation, { code: "NotAuthorizedException", message });
    expect(await user.credentials()).toMatchObject({ kind: "user", identityId: before.identityId });
    expect(user.stack.events).toContainEqual(expect.objectContaining({ operation: "InitiateAuth" }));
  });

  it.each([
    ["was signed out elsewhere", AdminUserGlobalSignOutCommand],
    ["was disabled", AdminDisableUserCommand],
  ])("is told to sign in when it %s, or to go on as a guest", async (_what, Command) => {
    await user.enter();
    await users.send(new Command({ UserPoolId: await userPoolId(), Username: KIM }));
    await expect(user.credentials()).rejects.toMatchObject({
      code: "NotSignedIn",
      data: { why: "refused", command: "identity credentials", guests: true },
    });
  });

  it("has tokens of another pool: neither they nor their refresh are taken", async () => {
    await user.enter();
    const path = user.stack.statePath.replace(/\.json$/, ".tokens");
    const mine = JSON.parse(readFileSync(path, "utf8")) as object;
    const other = await testPool(cloud);
    await other.join(KIM);
    const { IdToken: idToken, AccessToken: accessToken, RefreshToken: refreshToken } = await other.signIn(KIM);
    writeFileSync(path, JSON.stringify({ ...mine, idToken, accessToken, refreshToken }));
    await expect(user.put()).rejects.toMatchObject({ code: "NotSignedIn", data: { why: "refused" } });
    other.close();
  });
});

describe("what somebody changed by hand is named", () => {
  it.each([
    ["the user pool", { AllowUnauthenticatedIdentities: true }, false],
    ["guests", { AllowUnauthenticatedIdentities: false }, true],
  ])("a pool that takes %s no longer", async (_what, settings, guest) => {
    await user.enter();
    const { identityPoolId: IdentityPoolId } = await planIdentity(await user.context(), "test", []);
    const IdentityPoolName = "http-crud-tutorial-identities";
    await identity.send(new UpdateIdentityPoolCommand({ IdentityPoolId, IdentityPoolName, ...settings }));
    await expect(user.credentials(guest)).rejects.toMatchObject(broken("identityPool"));
    await user.up();
    expect(await user.credentials(guest)).toMatchObject({ kind: guest ? "guest" : "user" });
  });

  it.each([
    ["another pool", "us-east-1:00000000-0000-4000-8000-000000000000", "authenticated"],
    ["another kind of login", undefined, "unauthenticated"],
  ] as const)("a role that trusts %s", async (_what, poolId, kind) => {
    await user.enter();
    const { identityPoolId } = await planIdentity(await user.context(), "test", []);
    const PolicyDocument = JSON.stringify(trustOf(poolId ?? identityPoolId, kind));
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: role("authenticated"), PolicyDocument }));
    await expect(user.credentials()).rejects.toMatchObject(broken("authenticatedRole"));
    await user.up();
    await user.credentials();
  });
});

it("credentials are refused after their hour", async () => {
  const clock = shiftedClock();
  const other = await startTestCloud({ clock });
  const userThere = await openUserStack(other);
  await userThere.enter();
  const scan = new ScanCommand({ TableName: "http-crud-tutorial-items" });
  const overAnHour = 3_601_000;
  const given = [await userThere.credentials(), await userThere.credentials(true)];
  for (const { credentials } of given) {
    const dynamodb = new DynamoDBClient({ ...other.config, credentials });
    await dynamodb.send(scan);
    dynamodb.destroy();
  }
  clock.advance(overAnHour);
  for (const { credentials } of given) {
    const dynamodb = new DynamoDBClient({ ...other.config, credentials, systemClockOffset: overAnHour });
    await expect(dynamodb.send(scan)).rejects.toMatchObject({ name: "ExpiredTokenException" });
    dynamodb.destroy();
  }
  userThere.stack.close();
  await other.close();
});
