// The identity pool through the commands: made, unchanged, other settings, taken along by up and down, deleted; and what is not its own.

import { rmSync } from "node:fs";
import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  DeleteIdentityPoolCommand,
  DescribeIdentityPoolCommand,
  GetIdentityPoolRolesCommand,
  ListIdentityPoolsCommand,
  SetIdentityPoolRolesCommand,
  UntagResourceCommand,
  UpdateIdentityPoolCommand,
} from "@aws-sdk/client-cognito-identity";
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  GetGroupCommand,
  ListUserPoolsCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deleteAuth } from "../../src/commands/auth-delete.ts";
import { disableAuth } from "../../src/commands/auth-disable.ts";
import { enableAuth } from "../../src/commands/auth-enable.ts";
import type { StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { deleteIdentity } from "../../src/commands/identity-delete.ts";
import {
  enableIdentity,
  type IdentityEnableOptions,
  type IdentityEnableResult,
} from "../../src/commands/identity-enable.ts";
import { identityStatus } from "../../src/commands/identity-status.ts";
import { status } from "../../src/commands/status.ts";
import { up } from "../../src/commands/up.ts";
import type { Settings } from "../../src/state/state.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST } from "../functions.ts";
import { openTestStack, type TestStack } from "../session.ts";

const READING = /^(Get|List|Describe)/;
const POOL = "http-crud-tutorial-identities";
const role = (kind: string): string => `http-crud-tutorial-${kind}-role`;
const arnOf = (kind: string): string => `arn:aws:iam::000000000000:role/${role(kind)}`;

let cloud: TestCloud;
let stack: TestStack;
let identity: CognitoIdentityClient;
let users: CognitoIdentityProviderClient;
let iam: IAMClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  identity = new CognitoIdentityClient(cloud.config);
  users = new CognitoIdentityProviderClient(cloud.config);
  iam = new IAMClient(cloud.config);
});
afterAll(async () => {
  for (const client of [identity, users, iam]) client.destroy();
  await cloud.close();
});
beforeEach(async () => {
  stack = openTestStack(cloud);
  await up(await context());
  await enableAuth(await context(), {});
});
afterEach(async () => {
  try {
    await cloud.endFaults();
  } finally {
    stack.close();
    await cloud.control("POST", "reset");
  }
});

const context = async (more: Partial<StackContext> = {}): Promise<StackContext> => ({
  ...(await stack.context()),
  ...more,
});
const enable = async (options: IdentityEnableOptions = {}): Promise<IdentityEnableResult> =>
  enableIdentity(await context(), options);
const makeUp = async (): ReturnType<typeof up> => up(await context());
const settings = async (): Promise<Settings> => (await context()).session.state.current().settings;

async function operationsOf(work: () => Promise<unknown>): Promise<string[]> {
  await cloud.clearRequests();
  await work();
  return (await cloud.requests()).map(({ operation }) => operation);
}

const writesOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await operationsOf(work)).filter((operation) => !READING.test(operation));

async function pools(): Promise<string[]> {
  const { IdentityPools = [] } = await identity.send(new ListIdentityPoolsCommand({ MaxResults: 60 }));
  return IdentityPools.flatMap(({ IdentityPoolId }) => IdentityPoolId ?? []);
}

async function thePool(): Promise<string> {
  const [id = "", ...others] = await pools();
  expect(others).toEqual([]);
  return id;
}

async function userPool(): Promise<string> {
  const { UserPools = [] } = await users.send(new ListUserPoolsCommand({ MaxResults: 60 }));
  return UserPools[0]?.Id ?? "";
}

async function rolesOf(IdentityPoolId: string): Promise<{ Roles?: object; RoleMappings?: object }> {
  const { Roles, RoleMappings } = await identity.send(new GetIdentityPoolRolesCommand({ IdentityPoolId }));
  return { ...(Roles === undefined ? {} : { Roles }), ...(RoleMappings === undefined ? {} : { RoleMappings }) };
}

async function roleNames(): Promise<string[]> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  return Roles.map(({ RoleName = "" }) => RoleName);
}

const parsed = (document: string | undefined): unknown => JSON.parse(decodeURIComponent(document ?? ""));

describe("enable", () => {
  it("makes a pool bound to the user pool's client, and roles for its identities alone", async () => {
    const { identityPoolId } = await enable({ guests: true });
    const id = await thePool();
    expect(identityPoolId).toBe(id);
    const described = await identity.send(new DescribeIdentityPoolCommand({ IdentityPoolId: id }));
    expect(described).toMatchObject({
      IdentityPoolName: POOL,
      AllowUnauthenticatedIdentities: true,
      AllowClassicFlow: false,
      CognitoIdentityProviders: [
        {
          ProviderName: `cognito-idp.us-east-1.amazonaws.com/${await userPool()}`,
          ClientId: expect.any(String),
          ServerSideTokenCheck: true,
        },
      ],
      IdentityPoolTags: { "awsls:stack": "http-crud-tutorial", "awsls:component": "identityPool" },
    });
    expect(await rolesOf(id)).toEqual({
      Roles: { authenticated: arnOf("authenticated"), unauthenticated: arnOf("guest") },
    });
    for (const [kind, amr] of [
      ["authenticated", "authenticated"],
      ["guest", "unauthenticated"],
    ] as const) {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: role(kind) }));
      expect(parsed(Role?.AssumeRolePolicyDocument)).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: "cognito-identity.amazonaws.com" },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
              StringEquals: { "cognito-identity.amazonaws.com:aud": id },
              "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr },
            },
          },
        ],
      });
      expect(Role?.Tags).toContainEqual({ Key: "awsls:component", Value: `${kind}Role` });
    }
  });

  it("lets users read the table and write rows of their own, guests read", async () => {
    await enable({ guests: true });
    const policyOf = async (kind: string): Promise<unknown> => {
      const command = new GetRolePolicyCommand({ RoleName: role(kind), PolicyName: "awsls-least-privilege" });
      return parsed((await iam.send(command)).PolicyDocument);
    };
    const Resource = "arn:aws:dynamodb:us-east-1:000000000000:table/http-crud-tutorial-items";
    const reading = { Sid: "ReadTable", Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Scan"], Resource };
    expect(await policyOf("guest")).toEqual({ Version: "2012-10-17", Statement: [reading] });
    expect(await policyOf("authenticated")).toEqual({
      Version: "2012-10-17",
      Statement: [
        reading,
        {
          Sid: "WriteOwnRows",
          Effect: "Allow",
          Action: ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
          Resource,
          Condition: {
            "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["${cognito-identity.amazonaws.com:sub}:*"] },
            Null: { "dynamodb:LeadingKeys": "false" },
          },
        },
      ],
    });
  });

  it("makes the pool before its roles, and nothing a second time", async () => {
    const writes = await writesOf(enable);
    expect(writes.indexOf("CreateIdentityPool")).toBe(0);
    expect(writes.toSorted()).toEqual(["CreateIdentityPool", "CreateRole", "PutRolePolicy", "SetIdentityPoolRoles"]);
    expect(await writesOf(enable)).toEqual([]);
    expect(await writesOf(makeUp)).toEqual([]);
  });

  it("shows what it would make, and makes nothing, for a dry run", async () => {
    const writes = await writesOf(async () => {
      const { plan, outcomes } = await enableIdentity(await context({ dryRun: true }), { admins: true });
      expect(outcomes).toEqual([]);
      expect(plan.map(({ subject, action }) => [subject.component, action])).toEqual([
        ["identityPool", "create"],
        ["authenticatedRole", "create"],
        ["adminsRole", "create"],
        ["identityPoolRoles", "create"],
        ["adminsGroup", "create"],
      ]);
    });
    expect(writes).toEqual([]);
    expect((await settings()).identity).toBeUndefined();
  });

  it("lets guests in and out again, and keeps what was chosen", async () => {
    const guests = async (): Promise<boolean | undefined> => {
      const command = new DescribeIdentityPoolCommand({ IdentityPoolId: await thePool() });
      return (await identity.send(command)).AllowUnauthenticatedIdentities;
    };
    await enable({ guests: true });
    expect(await guests()).toBe(true);
    await enable({ admins: true });
    expect(await guests()).toBe(true);
    expect(await writesOf(() => enable({ guests: false }))).toEqual([
      "UpdateIdentityPool",
      "SetIdentityPoolRoles",
      "DeleteRolePolicy",
      "DeleteRole",
    ]);
    expect(await guests()).toBe(false);
    expect((await settings()).identity).toEqual({ guests: false, admins: true });
  });

  it("needs a user pool first", async () => {
    await deleteAuth(await context());
    await expect(enable()).rejects.toMatchObject({ data: { command: "identity enable", first: "auth enable" } });
    expect(await pools()).toEqual([]);
    await down(await context());
    await expect(enable()).rejects.toMatchObject({ code: "StepMissing", data: { first: "table create" } });
  });

  it("waits for roles that AWS has not noticed yet", async () => {
    await cloud.failNext("SetIdentityPoolRoles", {
      code: "NotAuthorizedException",
      message: `Access to Role '${role("authenticated")}' is forbidden.`,
    });
    await enable();
    expect(await rolesOf(await thePool())).toMatchObject({ Roles: { authenticated: arnOf("authenticated") } });
    expect(stack.events).toContainEqual(
      expect.objectContaining({ type: "waiting", waiting: expect.objectContaining({ for: "propagation" }) }),
    );
  });

  it.each(["before", "after"] as const)("makes one pool when the reply is lost %s it was made", async (drop) => {
    await cloud.failNext("CreateIdentityPool", { drop });
    await enable();
    await thePool();
    expect(await writesOf(enable)).toEqual([]);
  });

  it("removes the copy that a lost reply and a lost state have left", async () => {
    await enable();
    const IdentityPoolId = await thePool();
    const {
      $metadata: _,
      IdentityPoolId: _id,
      ...described
    } = await identity.send(new DescribeIdentityPoolCommand({ IdentityPoolId }));
    await identity.send(
      new CreateIdentityPoolCommand({ ...described, IdentityPoolName: POOL, AllowUnauthenticatedIdentities: false }),
    );
    await enable();
    expect(await pools()).toEqual([IdentityPoolId]);
  });
});

describe("admins", () => {
  const groupOf = async (): Promise<object> => {
    const command = new GetGroupCommand({ UserPoolId: await userPool(), GroupName: "admins" });
    return (await users.send(command)).Group ?? {};
  };

  it("have a role of their own, which their tokens name", async () => {
    await enable({ admins: true });
    expect(await groupOf()).toMatchObject({ RoleArn: arnOf("admins") });
    const { RoleMappings } = await rolesOf(await thePool());
    expect(Object.values(RoleMappings ?? {})).toEqual([
      { Type: "Token", AmbiguousRoleResolution: "AuthenticatedRole" },
    ]);
    expect(await writesOf(() => enable({ admins: true }))).toEqual([]);
  });

  it("lose it again: role, mapping and the empty group of our making go", async () => {
    await enable({ admins: true });
    const { removed } = await enable({ admins: false });
    expect(removed.map(({ component }) => component)).toEqual(["adminsGroup", "adminsRole"]);
    expect(await rolesOf(await thePool())).not.toHaveProperty("RoleMappings");
    expect(await roleNames()).not.toContain(role("admins"));
    await expect(groupOf()).rejects.toThrow("Group not found");
    expect(await writesOf(enable)).toEqual([]);
    expect((await status(await context())).resources.map(({ condition }) => condition)).not.toContain("leftover");
  });

  it("stay in a group that has members, or that somebody made", async () => {
    const UserPoolId = await userPool();
    await users.send(new CreateGroupCommand({ UserPoolId, GroupName: "admins", Description: "mine", Precedence: 3 }));
    await enable({ admins: true });
    expect(await groupOf()).toMatchObject({ RoleArn: arnOf("admins"), Description: "mine", Precedence: 3 });
    const Username = "kim@example.com";
    await users.send(new AdminCreateUserCommand({ UserPoolId, Username }));
    await users.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName: "admins", Username }));
    await enable({ admins: false });
    expect(await groupOf()).toMatchObject({ Description: "mine" });
    expect(await roleNames()).not.toContain(role("admins"));
  });
});

describe("later", () => {
  it("up repairs what differs, and leaves what others added", async () => {
    await enable({ admins: true });
    const IdentityPoolId = await thePool();
    const { $metadata: _, ...described } = await identity.send(new DescribeIdentityPoolCommand({ IdentityPoolId }));
    const { UserPool: theirs } = await users.send(new CreateUserPoolCommand({ PoolName: "theirs" }));
    const other = { ProviderName: `cognito-idp.us-east-1.amazonaws.com/${theirs?.Id}`, ClientId: "theirs" };
    await identity.send(
      new UpdateIdentityPoolCommand({
        ...described,
        IdentityPoolId,
        IdentityPoolName: POOL,
        AllowUnauthenticatedIdentities: true,
        AllowClassicFlow: true,
        CognitoIdentityProviders: [other],
      }),
    );
    const mapping = { Type: "Token", AmbiguousRoleResolution: "Deny" } as const;
    await identity.send(
      new SetIdentityPoolRolesCommand({
        IdentityPoolId,
        Roles: { authenticated: arnOf("guest") },
        RoleMappings: { [`${other.ProviderName}:theirs`]: mapping },
      }),
    );
    expect((await writesOf(makeUp)).toSorted()).toEqual(["SetIdentityPoolRoles", "UpdateIdentityPool"]);
    expect(await identity.send(new DescribeIdentityPoolCommand({ IdentityPoolId }))).toMatchObject({
      AllowUnauthenticatedIdentities: false,
      AllowClassicFlow: false,
      CognitoIdentityProviders: [
        expect.objectContaining(other),
        expect.objectContaining({ ServerSideTokenCheck: true }),
      ],
    });
    const { Roles, RoleMappings } = await rolesOf(IdentityPoolId);
    expect(Roles).toEqual({ authenticated: arnOf("authenticated") });
    expect(Object.keys(RoleMappings ?? {})).toHaveLength(2);
    expect(RoleMappings).toMatchObject({ [`${other.ProviderName}:theirs`]: mapping });
    expect(await writesOf(makeUp)).toEqual([]);
  });

  it("a user pool that was made anew is followed: its tokens count, those of the old one no longer", async () => {
    await enable();
    await users.send(new DeleteUserPoolCommand({ UserPoolId: await userPool() }));
    await makeUp();
    const { CognitoIdentityProviders } = await identity.send(
      new DescribeIdentityPoolCommand({ IdentityPoolId: await thePool() }),
    );
    expect(CognitoIdentityProviders?.map(({ ProviderName }) => ProviderName)).toEqual([
      `cognito-idp.us-east-1.amazonaws.com/${await userPool()}`,
    ]);
  });

  it("a pool or role that was removed by hand is made again, and trusted again", async () => {
    await enable({ guests: true });
    await identity.send(new DeleteIdentityPoolCommand({ IdentityPoolId: await thePool() }));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: role("guest"), PolicyName: "awsls-least-privilege" }));
    await iam.send(new DeleteRoleCommand({ RoleName: role("guest") }));
    await makeUp();
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: role("authenticated") }));
    expect(JSON.stringify(parsed(Role?.AssumeRolePolicyDocument))).toContain(await thePool());
    expect(await rolesOf(await thePool())).toMatchObject({ Roles: { unauthenticated: arnOf("guest") } });
    expect(await writesOf(makeUp)).toEqual([]);
  });

  it.each([true, false])(
    "with the state lost, what was chosen is found again (its tag there: %s)",
    async (isTagged) => {
      await enable({ guests: true, admins: true });
      if (!isTagged) {
        const ResourceArn = `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${await thePool()}`;
        await identity.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["awsls:settings"] }));
      }
      rmSync(stack.statePath);
      await enable();
      expect((await settings()).identity).toEqual({ guests: true, admins: true });
      await thePool();
      rmSync(stack.statePath);
      expect(await writesOf(makeUp)).toEqual([]);
      expect((await settings()).identity).toEqual({ guests: true, admins: true });
    },
  );

  it("sign-in may be switched off, but not deleted under it", async () => {
    await enable();
    await disableAuth(await context());
    expect(await writesOf(makeUp)).toEqual([]);
    await expect(deleteAuth(await context())).rejects.toMatchObject({
      code: "IdentitiesLeft",
      data: { command: "auth delete", first: "identity delete" },
    });
    await deleteIdentity(await context());
    await deleteAuth(await context());
    expect(await roleNames()).toEqual(["http-crud-tutorial-role"]);
  });

  it("delete removes pool and roles, and up makes none", async () => {
    await enable({ guests: true, admins: true });
    const { deleted } = await deleteIdentity(await context());
    expect(deleted.map(({ component }) => component).toSorted()).toEqual([
      "adminsGroup",
      "adminsRole",
      "authenticatedRole",
      "guestRole",
      "identityPool",
    ]);
    expect(await pools()).toEqual([]);
    expect(await roleNames()).toEqual(["http-crud-tutorial-role"]);
    expect((await settings()).identity).toBeUndefined();
    expect(await writesOf(makeUp)).toEqual([]);
    expect((await deleteIdentity(await context())).deleted).toEqual([]);
  });

  it.each([true, false])("down leaves nothing (its state there: %s)", async (isThere) => {
    await enable({ guests: true, admins: true });
    if (!isThere) rmSync(stack.statePath);
    await down(await context());
    expect(await (await cloud.control("GET", "inventory")).json()).toEqual({ holds: [] });
  });

  it("status shows it, and what is left of one that was to be deleted", async () => {
    await expect(identityStatus(await context())).rejects.toMatchObject({ data: { first: "identity enable" } });
    await enable({ guests: true });
    const shown = await identityStatus(await context());
    expect(shown).toMatchObject({ identity: { guests: true, admins: false }, identityPoolId: await thePool() });
    expect(shown.resources.map(({ subject, condition }) => [subject.component, condition])).toEqual([
      ["identityPool", "exists"],
      ["authenticatedRole", "exists"],
      ["guestRole", "exists"],
      ["identityPoolRoles", "exists"],
    ]);
    expect(shown.roles.map(({ name }) => name)).toEqual([role("authenticated"), role("guest")]);
    expect((await status(await context())).identity).toEqual({ guests: true, admins: false });
    await cloud.failNext("DeleteRole", { code: "ServiceFailure", status: 400, times: 2 });
    await expect(deleteIdentity(await context())).rejects.toMatchObject({ code: "LeftBehind" });
    const { resources, next } = await status(await context());
    expect(resources.filter(({ condition }) => condition === "leftover").length).toBeGreaterThan(0);
    expect(next).toBe("identity delete");
    await deleteIdentity(await context());
    expect(await roleNames()).toEqual(["http-crud-tutorial-role"]);
  });
});

describe("what is somebody else's", () => {
  it("a pool of the name is not touched", async () => {
    const { IdentityPoolId } = await identity.send(
      new CreateIdentityPoolCommand({ IdentityPoolName: POOL, AllowUnauthenticatedIdentities: true }),
    );
    await expect(enable()).rejects.toMatchObject({ code: "Foreign" });
    await down(await context());
    expect(await pools()).toEqual([IdentityPoolId]);
  });

  it("a role of the name is not touched", async () => {
    await iam.send(new CreateRoleCommand({ RoleName: role("guest"), AssumeRolePolicyDocument: LAMBDA_TRUST }));
    await expect(enable({ guests: true })).rejects.toMatchObject({ code: "Foreign" });
    expect(await pools()).toEqual([]);
  });

  it("is taken over with --adopt", async () => {
    await identity.send(
      new CreateIdentityPoolCommand({ IdentityPoolName: POOL, AllowUnauthenticatedIdentities: true }),
    );
    await iam.send(new CreateRoleCommand({ RoleName: role("guest"), AssumeRolePolicyDocument: LAMBDA_TRUST }));
    const usual = await context();
    await enableIdentity({ ...usual, session: { ...usual.session, adopt: true } }, { guests: true });
    const IdentityPoolId = await thePool();
    expect(await rolesOf(IdentityPoolId)).toMatchObject({ Roles: { unauthenticated: arnOf("guest") } });
    expect(await writesOf(enable)).toEqual([]);
    await down(await context());
    expect(await (await cloud.control("GET", "inventory")).json()).toEqual({ holds: [] });
  });
});
