// Identity pools where AWS is awkward: lost replies, roles that are too fresh, calls that replace, logins that were made anew, names that are not unique.

import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  DescribeIdentityPoolCommand,
  type DescribeIdentityPoolCommandOutput,
  GetIdCommand,
  GetIdentityPoolRolesCommand,
  ListIdentityPoolsCommand,
  type RoleMapping,
  SetIdentityPoolRolesCommand,
  UpdateIdentityPoolCommand,
} from "@aws-sdk/client-cognito-identity";
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolCommand,
  GetGroupCommand,
  type GroupType,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  ListUsersInGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { GetRoleCommand, GetRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { enableAuth } from "../../src/commands/auth-enable.ts";
import type { Question, StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { deleteIdentity } from "../../src/commands/identity-delete.ts";
import { enableIdentity, type IdentityEnableOptions } from "../../src/commands/identity-enable.ts";
import { status } from "../../src/commands/status.ts";
import { deleteStep } from "../../src/commands/step-delete.ts";
import { up } from "../../src/commands/up.ts";
import type { Settings } from "../../src/state/state.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

const READING = /^(Get|List|Describe)/;
const NAME = "http-crud-tutorial";
const POOL = `${NAME}-identities`;
const roleArn = (kind: string): string => `arn:aws:iam::000000000000:role/${NAME}-${kind}-role`;

let cloud: TestCloud;
let stack: TestStack;
let identity: CognitoIdentityClient;
let cognito: CognitoIdentityProviderClient;
let iam: IAMClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  identity = new CognitoIdentityClient(cloud.config);
  cognito = new CognitoIdentityProviderClient(cloud.config);
  iam = new IAMClient(cloud.config);
});
afterAll(async () => {
  for (const client of [identity, cognito, iam]) client.destroy();
  await cloud.close();
});
beforeEach(async () => {
  stack = openTestStack(cloud);
  await up(await stack.context());
  await enableAuth(await stack.context(), {});
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
const adopting = async (): Promise<StackContext> => {
  const usual = await context();
  return { ...usual, session: { ...usual.session, adopt: true } };
};
const enable = async (options: IdentityEnableOptions = {}): ReturnType<typeof enableIdentity> =>
  enableIdentity(await context(), options);
const makeUp = async (): ReturnType<typeof up> => up(await context());
const settings = async (): Promise<Settings> => (await context()).session.state.current().settings;

async function operationsOf(work: () => Promise<unknown>): Promise<string[]> {
  await cloud.clearRequests();
  await work();
  return (await cloud.requests()).map(({ operation }) => operation);
}

const writesOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await operationsOf(work)).filter((operation) => !READING.test(operation)).toSorted();

async function pools(): Promise<string[]> {
  const { IdentityPools = [] } = await identity.send(new ListIdentityPoolsCommand({ MaxResults: 60 }));
  return IdentityPools.flatMap(({ IdentityPoolId }) => IdentityPoolId ?? []);
}

async function thePool(): Promise<DescribeIdentityPoolCommandOutput> {
  const [IdentityPoolId] = await pools();
  return identity.send(new DescribeIdentityPoolCommand({ IdentityPoolId }));
}

async function theRoles(): Promise<{ Roles: Record<string, string>; RoleMappings?: Record<string, RoleMapping> }> {
  const [IdentityPoolId] = await pools();
  const { Roles = {}, RoleMappings } = await identity.send(new GetIdentityPoolRolesCommand({ IdentityPoolId }));
  return { Roles, ...(RoleMappings === undefined ? {} : { RoleMappings }) };
}

async function userPoolId(): Promise<string> {
  const { UserPools = [] } = await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }));
  return UserPools[0]?.Id ?? "";
}

/** What the identity pool calls the user pool, and whoever signs in by its client. */
async function logins(): Promise<{ provider: string; clientId: string; login: string }> {
  const UserPoolId = await userPoolId();
  const { UserPoolClients = [] } = await cognito.send(new ListUserPoolClientsCommand({ UserPoolId }));
  const provider = `cognito-idp.${cloud.config.region}.amazonaws.com/${UserPoolId}`;
  const clientId = UserPoolClients[0]?.ClientId ?? "";
  return { provider, clientId, login: `${provider}:${clientId}` };
}

/** Of the stack's roles, those that are for identities. */
async function identityRoles(): Promise<string[]> {
  return (await holds()).filter((arn) => ["authenticated", "guest", "admins"].some((kind) => arn === roleArn(kind)));
}

async function holds(): Promise<string[]> {
  return ((await (await cloud.control("GET", "inventory")).json()) as { holds: string[] }).holds;
}

async function group(): Promise<GroupType | undefined> {
  const command = new GetGroupCommand({ UserPoolId: await userPoolId(), GroupName: "admins" });
  return cognito.send(command).then(
    ({ Group }) => Group,
    () => undefined,
  );
}

async function join(email: string): Promise<void> {
  const of = { UserPoolId: await userPoolId(), Username: email };
  await cognito.send(new AdminCreateUserCommand({ ...of, MessageAction: "SUPPRESS" }));
  await cognito.send(new AdminAddUserToGroupCommand({ ...of, GroupName: "admins" }));
}

const conditions = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await status(await context())).resources.map(({ subject, condition }) => [subject.component, condition]),
  );
const whole = { identityPool: "exists", authenticatedRole: "exists", identityPoolRoles: "exists" };

describe("enable", () => {
  it("takes at most 13 calls, four of them writes", async () => {
    const made = await operationsOf(() => enable());
    expect(made.length).toBeLessThanOrEqual(13);
    expect(made.filter((operation) => !READING.test(operation))).toHaveLength(4);
  });

  it("without the table says which command comes first", async () => {
    await deleteStep(await context(), "table");
    const missing = { code: "StepMissing", data: { command: "identity enable", first: "table create" } };
    await expect(enable()).rejects.toMatchObject(missing);
    expect(await pools()).toEqual([]);
  });

  it.each(["before", "after"] as const)("a lost reply (%s it was done) ends with one of each", async (drop) => {
    for (const operation of [
      "CreateIdentityPool",
      "CreateRole",
      "PutRolePolicy",
      "SetIdentityPoolRoles",
      "CreateGroup",
    ]) {
      await cloud.failNext(operation, { drop });
    }
    const { identityPoolId } = await enable({ admins: true });
    expect(await pools()).toEqual([identityPoolId]);
    expect(await conditions()).toMatchObject({ ...whole, adminsRole: "exists", adminsGroup: "exists" });
  });

  it("a refusal stops it: a second time it goes on where it stopped, and so does `up`", async () => {
    await cloud.failNext("PutRolePolicy", { code: "AccessDenied", status: 403, message: "no" });
    await expect(enable()).rejects.toMatchObject({ code: "AwsRefused", data: { operation: "PutRolePolicy" } });
    expect((await settings()).identity).toEqual({ guests: false, admins: false });
    expect(await writesOf(makeUp)).toEqual(["PutRolePolicy"]);
    expect(await conditions()).toMatchObject(whole);
  });

  it("a role that Cognito does not know yet is waited for; a right that is missing is not", async () => {
    const message = `Access to Role '${roleArn("authenticated")}' is forbidden.`;
    await cloud.failNext("SetIdentityPoolRoles", { code: "NotAuthorizedException", status: 400, message, times: 3 });
    await enable();
    expect(await conditions()).toMatchObject(whole);
    expect(stack.events).toContainEqual(
      expect.objectContaining({ type: "waiting", waiting: { for: "propagation", last: message } }),
    );
    const provider = "(cognito-idp.x:y) is not a valid RoleMapping ProviderName or is not a configured provider.";
    await cloud.failNext("SetIdentityPoolRoles", { code: "InvalidParameterException", status: 400, message: provider });
    await enable({ admins: true });
    expect(await theRoles()).toHaveProperty("RoleMappings");
    const denied = "User: x is not authorized to perform: iam:PassRole on resource: y";
    const fault = { code: "AccessDeniedException", status: 400, message: denied, times: 2 };
    await cloud.failNext("SetIdentityPoolRoles", fault);
    const refused = operationsOf(async () => {
      await expect(enable({ admins: false })).rejects.toMatchObject({ data: { operation: "SetIdentityPoolRoles" } });
    });
    expect((await refused).filter((operation) => operation === "SetIdentityPoolRoles")).toHaveLength(1);
    await cloud.clearFaults();
  });
});

describe("guests", () => {
  it("guests have a role as long as they are let in, and what is not said stays", async () => {
    await enable();
    expect(await identityRoles()).toEqual([roleArn("authenticated")]);
    await enable({ guests: true });
    expect((await thePool()).AllowUnauthenticatedIdentities).toBe(true);
    expect((await theRoles()).Roles).toEqual({
      authenticated: roleArn("authenticated"),
      unauthenticated: roleArn("guest"),
    });
    expect(await writesOf(() => enable())).toEqual([]);
    const { removed } = await enable({ guests: false });
    expect(removed).toEqual([{ component: "guestRole", name: `${NAME}-guest-role` }]);
    expect((await thePool()).AllowUnauthenticatedIdentities).toBe(false);
    expect(await theRoles()).toEqual({ Roles: { authenticated: roleArn("authenticated") } });
    expect(await identityRoles()).toEqual([roleArn("authenticated")]);
    expect(await conditions()).not.toHaveProperty("guestRole");
    expect(await writesOf(() => enable())).toEqual([]);
  });

  it("without guests somebody else's role for them stays: the pool lets none in", async () => {
    await enable();
    const [IdentityPoolId] = await pools();
    const Roles = { authenticated: roleArn("authenticated"), unauthenticated: "arn:aws:iam::000000000000:role/mine" };
    await identity.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles }));
    expect(await writesOf(makeUp)).toEqual([]);
    expect((await theRoles()).Roles).toEqual(Roles);
  });
});

describe("the group admins", () => {
  it("has a role that may write every row, for users of this pool who signed in", async () => {
    const { identityPoolId } = await enable({ admins: true });
    const RoleName = `${NAME}-admins-role`;
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
    expect(trust).toContain(`"cognito-identity.amazonaws.com:aud":"${identityPoolId}"`);
    expect(trust).toContain('"cognito-identity.amazonaws.com:amr":"authenticated"');
    const policy = new GetRolePolicyCommand({ RoleName, PolicyName: "awsls-least-privilege" });
    const { PolicyDocument = "" } = await iam.send(policy);
    const Resource = `arn:aws:dynamodb:us-east-1:000000000000:table/${NAME}-items`;
    const writes = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
    expect(JSON.parse(decodeURIComponent(PolicyDocument))).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Sid: "ReadTable", Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Scan"], Resource },
        { Sid: "WriteAnyRow", Effect: "Allow", Action: writes, Resource },
      ],
    });
  });

  it("with members stays with them, and nobody says that it goes", async () => {
    await enable({ admins: true });
    await join("kim@example.com");
    const asked: Question[] = [];
    const ask: StackContext["ask"] = (question) => {
      asked.push(question);
      return Promise.resolve("yes");
    };
    expect((await enable({ admins: false })).removed.map(({ component }) => component)).toEqual(["adminsRole"]);
    await enable({ admins: true });
    const { deleted } = await deleteIdentity(await context({ ask }));
    expect(deleted.map(({ component }) => component)).not.toContain("adminsGroup");
    expect(JSON.stringify(asked)).not.toContain("adminsGroup");
    const of = { UserPoolId: await userPoolId(), GroupName: "admins" };
    expect((await cognito.send(new ListUsersInGroupCommand(of))).Users).toHaveLength(1);
    expect(await identityRoles()).toEqual([]);
    expect(await conditions()).not.toHaveProperty("adminsGroup");
    expect(await writesOf(makeUp)).toEqual([]);
  });

  it("is nothing to a stack whose admins have no role", async () => {
    await cognito.send(new CreateGroupCommand({ UserPoolId: await userPoolId(), GroupName: "admins" }));
    expect(await operationsOf(() => enable())).not.toContain("GetGroup");
    expect((await group())?.RoleArn).toBeUndefined();
  });
});

describe("what others added", () => {
  it("providers, mappings, roles and tags stay where AWS replaces all of them", async () => {
    await enable();
    const { login } = await logins();
    const { IdentityPoolTags, CognitoIdentityProviders = [], ...read } = await thePool();
    const other = { ProviderName: "cognito-idp.us-east-1.amazonaws.com/us-east-1_another01", ClientId: "theirs" };
    const [IdentityPoolId] = await pools();
    await identity.send(
      new UpdateIdentityPoolCommand({
        ...read,
        IdentityPoolId,
        IdentityPoolName: POOL,
        AllowUnauthenticatedIdentities: false,
        CognitoIdentityProviders: [{ ...other, ServerSideTokenCheck: false }, ...CognitoIdentityProviders],
        IdentityPoolTags: { ...IdentityPoolTags, mine: "1" },
      }),
    );
    const theirs = { Type: "Token", AmbiguousRoleResolution: "Deny" } as const;
    const mapping = `${other.ProviderName}:${other.ClientId}`;
    await identity.send(
      new SetIdentityPoolRolesCommand({ IdentityPoolId, ...(await theRoles()), RoleMappings: { [mapping]: theirs } }),
    );
    expect(await writesOf(makeUp)).toEqual([]);
    await enable({ guests: true, admins: true });
    const after = await thePool();
    expect(after.CognitoIdentityProviders?.[0]).toMatchObject({ ...other, ServerSideTokenCheck: false });
    expect(after.IdentityPoolTags).toMatchObject({ mine: "1", "awsls:settings": "guests=yes admins=yes" });
    expect(Object.keys((await theRoles()).RoleMappings ?? {})).toEqual([mapping, login]);
    await enable({ admins: false });
    expect((await theRoles()).RoleMappings).toEqual({ [mapping]: theirs });
  });
});

describe("made anew by hand", () => {
  it.each([
    ["the user pool", async () => cognito.send(new DeleteUserPoolCommand({ UserPoolId: await userPoolId() }))],
    [
      "its client",
      async () => {
        const { clientId: ClientId } = await logins();
        return cognito.send(new DeleteUserPoolClientCommand({ UserPoolId: await userPoolId(), ClientId }));
      },
    ],
  ])("%s: the pool takes the new one's tokens alone, and maps no others", async (_what, remove) => {
    const { identityPoolId } = await enable({ admins: true });
    await remove();
    await makeUp();
    const { provider, clientId, login } = await logins();
    expect(await pools()).toEqual([identityPoolId]);
    expect((await thePool()).CognitoIdentityProviders).toEqual([
      { ProviderName: provider, ClientId: clientId, ServerSideTokenCheck: true },
    ]);
    expect(Object.keys((await theRoles()).RoleMappings ?? {})).toEqual([login]);
    expect(await group()).toMatchObject({ RoleArn: roleArn("admins") });
    expect(await writesOf(makeUp)).toEqual([]);
  });
});

describe("with the state file lost", () => {
  it("a pool made twice by a lost reply becomes one again, unless somebody has an identity in the other", async () => {
    await enable({ guests: true });
    const { IdentityPoolId: _id, IdentityPoolName = "", ...first } = await thePool();
    const twice = async (): Promise<string> => {
      const again = { ...first, IdentityPoolName, AllowUnauthenticatedIdentities: true };
      return (await identity.send(new CreateIdentityPoolCommand(again))).IdentityPoolId ?? "";
    };
    await twice();
    expect(await writesOf(makeUp)).toEqual(["DeleteIdentityPool"]);
    expect(await pools()).toHaveLength(1);
    const IdentityPoolId = await twice();
    await identity.send(new GetIdCommand({ IdentityPoolId }));
    expect(await writesOf(makeUp)).toEqual([]);
    expect(await pools()).toHaveLength(2);
    expect((await conditions())["identityPool"]).toBe("drifted");
    await down(await context());
    expect(await pools()).toEqual([]);
  });
});

describe("of this name, but not this stack's", () => {
  const foreign = async (): Promise<string> => {
    const pool = { IdentityPoolName: POOL, AllowUnauthenticatedIdentities: true };
    return (await identity.send(new CreateIdentityPoolCommand(pool))).IdentityPoolId ?? "";
  };

  it("a pool is named and not touched, and is nothing to a stack without one", async () => {
    const id = await foreign();
    await expect(enable()).rejects.toMatchObject({
      code: "Foreign",
      data: { resources: [{ resource: "identityPool", name: POOL, id }] },
    });
    expect(await writesOf(makeUp)).toEqual([]);
    expect(await conditions()).not.toHaveProperty("identityPool");
    await down(await context());
    expect(await pools()).toEqual([id]);
  });

  it("a pool is taken over with --adopt, and of several none", async () => {
    const id = await foreign();
    const { identityPoolId } = await enableIdentity(await adopting(), {});
    expect(identityPoolId).toBe(id);
    expect(await conditions()).toMatchObject(whole);
    expect((await thePool()).AllowUnauthenticatedIdentities).toBe(false);
    await deleteIdentity(await context());
    await foreign();
    await foreign();
    await expect(enableIdentity(await adopting(), {})).rejects.toMatchObject({ code: "NotUnique" });
  });
});

it("a stack without it makes no call for it, with sign-in or without; down takes at most 25", async () => {
  await down(await context());
  const calls = await operationsOf(async () => {
    await makeUp();
    await makeUp();
  });
  const ask: StackContext["ask"] = () => Promise.resolve("unasked");
  const ofDown = await operationsOf(async () => down(await context({ ask })));
  expect(ofDown.filter((name) => name !== "DescribeTable").length).toBeLessThanOrEqual(25);
  const withSignIn = await operationsOf(async () => {
    await makeUp();
    await enableAuth(await context(), {});
    await makeUp();
  });
  const all = [...calls, ...ofDown, ...withSignIn];
  expect(all.filter((name) => name.includes("Identit") && name !== "GetCallerIdentity")).toEqual([]);
});
