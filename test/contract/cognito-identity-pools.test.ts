import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  DeleteIdentityPoolCommand,
  DescribeIdentityCommand,
  DescribeIdentityPoolCommand,
  GetIdentityPoolRolesCommand,
  GetIdCommand,
  ListIdentitiesCommand,
  ListIdentityPoolsCommand,
  ListTagsForResourceCommand,
  LookupDeveloperIdentityCommand,
  SetIdentityPoolRolesCommand,
  SetPrincipalTagAttributeMapCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateIdentityPoolCommand,
} from "@aws-sdk/client-cognito-identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { testIdentityPool } from "../identity-pools.ts";
import type { TestIdentityPool } from "../identity-pools.ts";
import { refusal, testPool } from "../user-pools.ts";
import type { TestPool } from "../user-pools.ts";

let cloud: TestCloud;
let users: TestPool;
let pool: TestIdentityPool;
beforeAll(async () => {
  cloud = await startTestCloud();
  users = await testPool(cloud);
  pool = await testIdentityPool(cloud, users);
});
afterAll(async () => {
  pool.close();
  users.close();
  await cloud.close();
});

describe("identity pools", () => {
  const arn = (): string => `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${pool.IdentityPoolId}`;

  it("CreateIdentityPool gives an id of its region, and says nothing of what was not given", async () => {
    const made = await pool.admin.send(
      new CreateIdentityPoolCommand({ IdentityPoolName: "plain", AllowUnauthenticatedIdentities: false }),
    );
    expect(made).toEqual({
      $metadata: expect.anything(),
      IdentityPoolId: expect.stringMatching(/^us-east-1:[0-9a-f-]{36}$/),
      IdentityPoolName: "plain",
      AllowUnauthenticatedIdentities: false,
      IdentityPoolTags: {},
    });
    const again = await pool.admin.send(
      new CreateIdentityPoolCommand({ IdentityPoolName: "plain", AllowUnauthenticatedIdentities: false }),
    );
    expect(again.IdentityPoolId).not.toBe(made.IdentityPoolId);
    for (const { IdentityPoolId } of [made, again]) {
      await pool.admin.send(new DeleteIdentityPoolCommand({ IdentityPoolId }));
    }
  });

  it.each([
    [{ IdentityPoolName: "a/b", AllowUnauthenticatedIdentities: true }, "ValidationException"],
    [
      {
        IdentityPoolName: "a",
        AllowUnauthenticatedIdentities: true,
        CognitoIdentityProviders: [{ ProviderName: "example.com", ClientId: "x" }],
      },
      "InvalidParameterException",
    ],
    [
      { IdentityPoolName: "a", AllowUnauthenticatedIdentities: true, IdentityPoolTags: { "aws:x": "y" } },
      "InvalidParameterException",
    ],
  ])("CreateIdentityPool refuses %j", async (input, name) => {
    await expect(pool.admin.send(new CreateIdentityPoolCommand(input))).rejects.toMatchObject(refusal(name));
  });

  it("UpdateIdentityPool replaces what was set, but for the tags", async () => {
    const { IdentityPoolId } = await pool.admin.send(
      new CreateIdentityPoolCommand({
        IdentityPoolName: "before",
        AllowUnauthenticatedIdentities: true,
        AllowClassicFlow: true,
        CognitoIdentityProviders: [{ ProviderName: pool.provider, ClientId: users.ClientId }],
        IdentityPoolTags: { team: "blue" },
      }),
    );
    await pool.admin.send(
      new UpdateIdentityPoolCommand({
        IdentityPoolId,
        IdentityPoolName: "after",
        AllowUnauthenticatedIdentities: false,
      }),
    );
    expect(await pool.admin.send(new DescribeIdentityPoolCommand({ IdentityPoolId }))).toEqual({
      $metadata: expect.anything(),
      IdentityPoolId,
      IdentityPoolName: "after",
      AllowUnauthenticatedIdentities: false,
      IdentityPoolTags: { team: "blue" },
    });
    await pool.admin.send(new DeleteIdentityPoolCommand({ IdentityPoolId }));
    await expect(pool.admin.send(new DescribeIdentityPoolCommand({ IdentityPoolId }))).rejects.toMatchObject(
      refusal("ResourceNotFoundException", `IdentityPool '${IdentityPoolId}' not found.`),
    );
  });

  it("ListIdentityPools comes in pages, without tags", async () => {
    const extra = await Promise.all(
      ["one", "two"].map((IdentityPoolName) =>
        pool.admin.send(new CreateIdentityPoolCommand({ IdentityPoolName, AllowUnauthenticatedIdentities: false })),
      ),
    );
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await pool.admin.send(new ListIdentityPoolsCommand({ MaxResults: 2, NextToken }));
      expect(page.IdentityPools?.length).toBeLessThanOrEqual(2);
      names.push(...(page.IdentityPools ?? []).map(({ IdentityPoolName }) => IdentityPoolName));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(new Set(names)).toEqual(new Set(["identities", "one", "two"]));
    for (const { IdentityPoolId } of extra) await pool.admin.send(new DeleteIdentityPoolCommand({ IdentityPoolId }));
    await expect(pool.admin.send(new ListIdentityPoolsCommand({ MaxResults: 61 }))).rejects.toMatchObject(
      refusal("ValidationException"),
    );
    await expect(
      pool.admin.send(new ListIdentityPoolsCommand({ MaxResults: 1, NextToken: "nonsense" })),
    ).rejects.toMatchObject(refusal("InvalidParameterException"));
  });

  it("tags are added, replaced and taken off", async () => {
    await pool.admin.send(new TagResourceCommand({ ResourceArn: arn(), Tags: { a: "1", b: "2" } }));
    await pool.admin.send(new TagResourceCommand({ ResourceArn: arn(), Tags: { b: "3" } }));
    await pool.admin.send(new UntagResourceCommand({ ResourceArn: arn(), TagKeys: ["a"] }));
    const { Tags } = await pool.admin.send(new ListTagsForResourceCommand({ ResourceArn: arn() }));
    expect(Tags).toEqual({ b: "3" });
    await expect(pool.admin.send(new ListTagsForResourceCommand({ ResourceArn: `${arn()}0` }))).rejects.toMatchObject(
      refusal("ResourceNotFoundException"),
    );
  });

  it("SetIdentityPoolRoles replaces roles and mappings", async () => {
    const { IdentityPoolId } = await pool.admin.send(
      new CreateIdentityPoolCommand({
        IdentityPoolName: "roles",
        AllowUnauthenticatedIdentities: false,
        CognitoIdentityProviders: [{ ProviderName: pool.provider, ClientId: users.ClientId }],
      }),
    );
    const RoleMappings = {
      [`${pool.provider}:${users.ClientId}`]: { Type: "Token", AmbiguousRoleResolution: "AuthenticatedRole" },
    } as const;
    const set = (input: object): Promise<unknown> =>
      pool.admin.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: {}, ...input }));
    const get = (): Promise<object> => pool.admin.send(new GetIdentityPoolRolesCommand({ IdentityPoolId }));
    await set({ Roles: pool.roles, RoleMappings });
    expect(await get()).toMatchObject({ Roles: pool.roles, RoleMappings });
    await set({ Roles: { authenticated: pool.roles.authenticated } });
    const now = await get();
    expect(now).toMatchObject({ Roles: { authenticated: pool.roles.authenticated } });
    expect(now).not.toHaveProperty("RoleMappings");
    await expect(set({ Roles: { nobody: pool.roles.authenticated } })).rejects.toMatchObject(
      refusal("ValidationException"),
    );
    const mapped = `${pool.provider}:${users.ClientId}`;
    await expect(set({ RoleMappings: { [mapped]: { Type: "Token" } } })).rejects.toMatchObject(
      refusal("InvalidParameterException", /AmbiguousRoleResolution/),
    );
    const rules = { Type: "Rules", AmbiguousRoleResolution: "Deny" };
    await expect(set({ RoleMappings: { [mapped]: rules } })).rejects.toMatchObject(
      refusal("InvalidParameterException", /RulesConfiguration/),
    );
    for (const provider of [pool.provider, `${pool.provider}:another`, "accounts.google.com"]) {
      const mapping = { Type: "Token", AmbiguousRoleResolution: "Deny" };
      await expect(set({ RoleMappings: { [provider]: mapping } })).rejects.toMatchObject(
        refusal(
          "InvalidParameterException",
          `${provider} is not a valid RoleMapping ProviderName or is not a configured provider.`,
        ),
      );
    }
    await pool.admin.send(new DeleteIdentityPoolCommand({ IdentityPoolId }));
  });

  it("what it does not implement it refuses by name", async () => {
    await expect(
      pool.admin.send(
        new CreateIdentityPoolCommand({
          IdentityPoolName: "a",
          AllowUnauthenticatedIdentities: true,
          DeveloperProviderName: "login.example",
        }),
      ),
    ).rejects.toThrow(/DeveloperProviderName/);
    const { IdentityPoolId } = pool;
    await expect(pool.admin.send(new LookupDeveloperIdentityCommand({ IdentityPoolId }))).rejects.toMatchObject(
      refusal("UnknownOperationException", /LookupDeveloperIdentity$/),
    );
    const attributes = { IdentityPoolId, IdentityProviderName: pool.provider, UseDefaults: true };
    await expect(pool.admin.send(new SetPrincipalTagAttributeMapCommand(attributes))).rejects.toMatchObject(
      refusal("UnknownOperationException", /SetPrincipalTagAttributeMap$/),
    );
  });

  it("DeleteIdentityPool takes its identities along, and the second one finds nothing", async () => {
    const gone = await testIdentityPool(cloud, users);
    const { IdentityPoolId } = gone;
    const { IdentityId } = await gone.anyone.send(new GetIdCommand({ IdentityPoolId }));
    const remove = (): Promise<unknown> => gone.admin.send(new DeleteIdentityPoolCommand({ IdentityPoolId }));
    await remove();
    const missing = refusal("ResourceNotFoundException", `IdentityPool '${IdentityPoolId}' not found.`);
    await expect(remove()).rejects.toMatchObject(missing);
    await expect(gone.admin.send(new ListIdentitiesCommand({ IdentityPoolId, MaxResults: 1 }))).rejects.toMatchObject(
      missing,
    );
    await expect(gone.admin.send(new DescribeIdentityCommand({ IdentityId }))).rejects.toMatchObject(
      refusal("ResourceNotFoundException"),
    );
    gone.close();
  });
});

it("they are in the inventory and gone with a reset", async () => {
  const other = await startTestCloud();
  const client = new CognitoIdentityClient(other.config);
  const { IdentityPoolId } = await client.send(
    new CreateIdentityPoolCommand({ IdentityPoolName: "a", AllowUnauthenticatedIdentities: true }),
  );
  const holds = async (): Promise<unknown> => (await other.control("GET", "inventory")).json();
  expect(await holds()).toMatchObject({
    holds: [`arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${IdentityPoolId}`],
  });
  await other.control("POST", "reset");
  expect(await holds()).toMatchObject({ holds: [] });
  await other.close();
});
