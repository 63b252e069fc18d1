import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  SetIdentityPoolRolesCommand,
} from "@aws-sdk/client-cognito-identity";
import type { MappingRule, RoleMapping } from "@aws-sdk/client-cognito-identity";
import { AdminAddUserToGroupCommand, CreateGroupCommand } from "@aws-sdk/client-cognito-identity-provider";
import { CreateRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { testIdentityPool, trustOf } from "../identity-pools.ts";
import type { TestIdentityPool } from "../identity-pools.ts";
import { refusal, testPool } from "../user-pools.ts";
import type { TestPool } from "../user-pools.ts";

const BROKEN = refusal(
  "InvalidIdentityPoolConfigurationException",
  "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
);

let cloud: TestCloud;
let users: TestPool;
let iam: IAMClient;
/** Of each test's own. */
let pool: TestIdentityPool;
let email: string;
let count = 0;
beforeAll(async () => {
  cloud = await startTestCloud();
  users = await testPool(cloud);
  iam = new IAMClient(cloud.config);
});
afterAll(async () => {
  iam.destroy();
  users.close();
  await cloud.close();
});
beforeEach(async () => {
  pool = await testIdentityPool(cloud, users);
  count += 1;
  email = `user${count}@example.com`;
  await users.join(email);
});
afterEach(() => pool.close());

/** Of a new sign-in, so that it has all groups. */
const idToken = async (): Promise<string> => (await users.signIn(email)).IdToken ?? "";

/** The name of the role that the user gets. */
async function roleGiven(CustomRoleArn?: string): Promise<string | undefined> {
  const Logins = { [pool.provider]: await idToken() };
  const { IdentityPoolId } = pool;
  const { IdentityId } = await pool.anyone.send(new GetIdCommand({ IdentityPoolId, Logins }));
  const { Credentials: given } = await pool.anyone.send(
    new GetCredentialsForIdentityCommand({ IdentityId, Logins, CustomRoleArn }),
  );
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretKey ?? "",
    sessionToken: given?.SessionToken ?? "",
  };
  const sts = new STSClient({ ...cloud.config, credentials });
  return (await sts.send(new GetCallerIdentityCommand({}))).Arn?.split("/")[1];
}

/** A role for signed-in users of the pool. */
async function makeRole(name: string, trust = trustOf(pool.IdentityPoolId, "authenticated")): Promise<string> {
  const command = new CreateRoleCommand({ RoleName: `${name}-${count}`, AssumeRolePolicyDocument: trust });
  return (await iam.send(command)).Role?.Arn ?? "";
}

async function joinGroup(name: string, RoleArn?: string, Precedence?: number): Promise<void> {
  const [UserPoolId, GroupName] = [users.UserPoolId, `${name}-${count}`];
  await users.admin.send(new CreateGroupCommand({ UserPoolId, GroupName, RoleArn, Precedence }));
  await users.admin.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName, Username: email }));
}

async function map(mapping: RoleMapping): Promise<void> {
  const { IdentityPoolId, roles, provider } = pool;
  const RoleMappings = { [`${provider}:${users.ClientId}`]: mapping };
  await pool.admin.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: roles, RoleMappings }));
}

const denied = (): object =>
  refusal(
    "NotAuthorizedException",
    `The ambiguous role mapping rules for: ${pool.provider}:${users.ClientId} denied this request.`,
  );
const authenticated = (): string | undefined => pool.roles.authenticated.split("/").at(-1);

describe("roles by token", () => {
  it("the preferred one comes first, else the only one, else the pool's own or none", async () => {
    await map({ Type: "Token", AmbiguousRoleResolution: "AuthenticatedRole" });
    expect(await roleGiven()).toBe(authenticated());
    await map({ Type: "Token", AmbiguousRoleResolution: "Deny" });
    await expect(roleGiven()).rejects.toMatchObject(denied());
    await joinGroup("one", await makeRole("one"));
    expect(await roleGiven()).toBe(`one-${count}`);
    // Of two, neither comes first.
    await joinGroup("two", await makeRole("two"));
    await expect(roleGiven()).rejects.toMatchObject(denied());
    await map({ Type: "Token", AmbiguousRoleResolution: "AuthenticatedRole" });
    expect(await roleGiven()).toBe(authenticated());
    await joinGroup("first", await makeRole("first"), 1);
    expect(await roleGiven()).toBe(`first-${count}`);
  });

  it("a group without a role changes nothing", async () => {
    await map({ Type: "Token", AmbiguousRoleResolution: "Deny" });
    await joinGroup("none", undefined, 0);
    await expect(roleGiven()).rejects.toMatchObject(denied());
    await joinGroup("one", await makeRole("one"), 5);
    expect(await roleGiven()).toBe(`one-${count}`);
  });

  it("a pool that does not map looks at no group", async () => {
    await joinGroup("one", await makeRole("one"), 1);
    expect(await roleGiven()).toBe(authenticated());
  });

  it("CustomRoleArn is one that the token names, and none other", async () => {
    await map({ Type: "Token", AmbiguousRoleResolution: "Deny" });
    const [one, two, foreign] = [await makeRole("one"), await makeRole("two"), await makeRole("foreign")];
    await joinGroup("one", one);
    await joinGroup("two", two);
    expect(await roleGiven(two)).toBe(`two-${count}`);
    await expect(roleGiven(foreign)).rejects.toMatchObject(refusal("NotAuthorizedException"));
    await expect(roleGiven(pool.roles.authenticated)).rejects.toMatchObject(refusal("NotAuthorizedException"));
  });

  it("a guest gets the guests' role whatever is mapped", async () => {
    await map({ Type: "Token", AmbiguousRoleResolution: "Deny" });
    expect((await pool.credentials()).accessKeyId).toMatch(/^ASIA/);
  });

  it.each([
    ["another pool", () => trustOf("us-east-1:00000000-0000-0000-0000-000000000000", "authenticated")],
    ["guests", () => trustOf(pool.IdentityPoolId, "unauthenticated")],
    [
      "Lambda",
      () =>
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
    ],
  ])("a role that trusts %s is given to nobody", async (_whom, trust) => {
    await map({ Type: "Token", AmbiguousRoleResolution: "AuthenticatedRole" });
    await joinGroup("one", await makeRole("one", trust()), 1);
    await expect(roleGiven()).rejects.toMatchObject(BROKEN);
  });

  it("a role that does not trust the pool any more is given to nobody, from the next call on", async () => {
    expect(await roleGiven()).toBe(authenticated());
    const RoleName = authenticated();
    const PolicyDocument = trustOf("us-east-1:00000000-0000-0000-0000-000000000000", "authenticated");
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    await expect(roleGiven()).rejects.toMatchObject(BROKEN);
  });
});

describe("roles by rules", () => {
  const byRules = async (rules: readonly Omit<MappingRule, "RoleARN">[]): Promise<void> => {
    const RoleARN = await makeRole("ruled");
    const Rules = rules.map((rule) => ({ ...rule, RoleARN }));
    await map({ Type: "Rules", AmbiguousRoleResolution: "Deny", RulesConfiguration: { Rules } });
  };

  it.each([
    ["Equals", "whole", true],
    ["Equals", "start", false],
    ["NotEqual", "whole", false],
    ["NotEqual", "start", true],
    ["StartsWith", "start", true],
    ["StartsWith", "middle", false],
    ["Contains", "middle", true],
    ["Contains", "none", false],
  ] as const)("%s the %s of the e-mail address", async (MatchType, part, isMet) => {
    const Value = { whole: email, start: email.slice(0, 4), middle: "@example", none: "@example.org" }[part];
    await byRules([{ Claim: "email", MatchType, Value }]);
    if (isMet) expect(await roleGiven()).toBe(`ruled-${count}`);
    else await expect(roleGiven()).rejects.toMatchObject(denied());
  });

  it("a claim of several values meets a rule with any of them, one that is not there meets none", async () => {
    await joinGroup("staff");
    await byRules([{ Claim: "cognito:groups", MatchType: "Contains", Value: `staff-${count}` }]);
    expect(await roleGiven()).toBe(`ruled-${count}`);
    await map({
      Type: "Rules",
      AmbiguousRoleResolution: "Deny",
      RulesConfiguration: {
        Rules: [{ Claim: "custom:none", MatchType: "NotEqual", Value: "x", RoleARN: pool.roles.authenticated }],
      },
    });
    await expect(roleGiven()).rejects.toMatchObject(denied());
  });

  it("the first rule that is met counts", async () => {
    const [first, second] = [await makeRole("first"), await makeRole("second")];
    const rule = { Claim: "email", MatchType: "Contains", Value: "@" } as const;
    const Rules = [
      { ...rule, Value: "nobody", RoleARN: second },
      { ...rule, RoleARN: first },
      { ...rule, RoleARN: second },
    ];
    await map({ Type: "Rules", AmbiguousRoleResolution: "Deny", RulesConfiguration: { Rules } });
    expect(await roleGiven()).toBe(`first-${count}`);
  });
});
