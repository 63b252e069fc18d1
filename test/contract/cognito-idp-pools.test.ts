// User pools and app clients: the SDK's own client against the local cloud.

import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ListTagsForResourceCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  paginateListUserPools,
  SetUserPoolMfaConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type {
  CreateUserPoolClientCommandInput,
  CreateUserPoolCommandInput,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { refusal, testPool } from "../user-pools.ts";

let cloud: TestCloud;
let idp: CognitoIdentityProviderClient;
/** A pool for everything that does not change it for the others. */
let UserPoolId: string;
let Arn: string;

beforeAll(async () => {
  cloud = await startTestCloud();
  idp = new CognitoIdentityProviderClient(cloud.config);
  const { UserPool } = await create();
  UserPoolId = UserPool?.Id ?? "";
  Arn = UserPool?.Arn ?? "";
});
afterAll(async () => {
  idp.destroy();
  await cloud.close();
});

const create = (input: Partial<CreateUserPoolCommandInput> = {}) =>
  idp.send(new CreateUserPoolCommand({ PoolName: "users", ...input }));
const describePool = async (id = UserPoolId) =>
  (await idp.send(new DescribeUserPoolCommand({ UserPoolId: id }))).UserPool ?? {};
const MISSING = refusal("ResourceNotFoundException", "User pool us-east-1_None00000 does not exist.");
const NONE = { UserPoolId: "us-east-1_None00000" };

describe("a user pool", () => {
  it("is made with AWS's defaults", async () => {
    expect(UserPoolId).toMatch(/^us-east-1_[0-9A-Za-z]{9}$/);
    const pool = await describePool();
    expect(pool).toMatchObject({
      Id: UserPoolId,
      Name: "users",
      Arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${UserPoolId}`,
      CreationDate: expect.any(Date),
      LastModifiedDate: expect.any(Date),
      Policies: {
        PasswordPolicy: {
          MinimumLength: 8,
          RequireUppercase: true,
          RequireLowercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
          TemporaryPasswordValidityDays: 7,
        },
        SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD"] },
      },
      DeletionProtection: "INACTIVE",
      MfaConfiguration: "OFF",
      EstimatedNumberOfUsers: 0,
      EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
      VerificationMessageTemplate: { DefaultEmailOption: "CONFIRM_WITH_CODE" },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
      AccountRecoverySetting: {
        RecoveryMechanisms: [
          { Priority: 1, Name: "verified_email" },
          { Priority: 2, Name: "verified_phone_number" },
        ],
      },
      UserPoolTier: "ESSENTIALS",
      UserPoolTags: {},
    });
    expect(pool).not.toHaveProperty("UsernameAttributes");
    expect(pool.SchemaAttributes?.find(({ Name }) => Name === "sub")).toEqual({
      Name: "sub",
      AttributeDataType: "String",
      DeveloperOnlyAttribute: false,
      Mutable: false,
      Required: true,
      StringAttributeConstraints: { MinLength: "1", MaxLength: "2048" },
    });
    expect(pool.SchemaAttributes).toHaveLength(21);
  });

  it("keeps what it is made with, for good or until it is updated", async () => {
    const made = await create({
      PoolName: "mine",
      UsernameAttributes: ["email"],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ["email"],
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true } },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: "verified_email" }] },
      UserPoolTags: { a: "1" },
      UserPoolTier: "LITE",
      DeletionProtection: "ACTIVE",
      EmailVerificationSubject: "Hello",
      EmailVerificationMessage: "Your code: {####}",
    });
    const id = made.UserPool?.Id ?? "";
    const pool = await describePool(id);
    expect(pool).toEqual(made.UserPool);
    expect(pool).toMatchObject({
      UsernameAttributes: ["email"],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ["email"],
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true, RequireSymbols: false } },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: "verified_email" }] },
      UserPoolTags: { a: "1" },
      UserPoolTier: "LITE",
      VerificationMessageTemplate: { EmailSubject: "Hello", EmailMessage: "Your code: {####}" },
    });
    await expect(idp.send(new DeleteUserPoolCommand({ UserPoolId: id }))).rejects.toMatchObject(
      refusal("InvalidParameterException", /deletion protection is activated/),
    );
    // Replaces: all but the members that cannot change go back to what they are in a new pool.
    await idp.send(new UpdateUserPoolCommand({ UserPoolId: id }));
    const updated = await describePool(id);
    expect(updated).toMatchObject({
      Name: "mine",
      UsernameAttributes: ["email"],
      UsernameConfiguration: { CaseSensitive: false },
      Policies: { PasswordPolicy: { MinimumLength: 8, RequireSymbols: true } },
      DeletionProtection: "INACTIVE",
      UserPoolTags: {},
      UserPoolTier: "ESSENTIALS",
    });
    expect(updated.AutoVerifiedAttributes).toBeUndefined();
    expect(updated.VerificationMessageTemplate).toEqual({ DefaultEmailOption: "CONFIRM_WITH_CODE" });
    await idp.send(new DeleteUserPoolCommand({ UserPoolId: id }));
    await expect(describePool(id)).rejects.toMatchObject(refusal("ResourceNotFoundException"));
  });

  it("takes back what was read, and is what it was", async () => {
    const before = await describePool();
    const { Policies, AdminCreateUserConfig, EmailConfiguration, LambdaConfig, AccountRecoverySetting } = before;
    const read = { Policies, EmailConfiguration, LambdaConfig, AccountRecoverySetting };
    await expect(
      idp.send(new UpdateUserPoolCommand({ UserPoolId, ...read, AdminCreateUserConfig })),
    ).rejects.toMatchObject(
      refusal(
        "InvalidParameterException",
        "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
      ),
    );
    const { UnusedAccountValidityDays: _, ...config } = AdminCreateUserConfig ?? {};
    await idp.send(new UpdateUserPoolCommand({ UserPoolId, ...read, AdminCreateUserConfig: config }));
    expect(await describePool()).toEqual({ ...before, LastModifiedDate: expect.any(Date) });
  });

  it.each([
    ["no name", { PoolName: "" }],
    ["a name that is none", { PoolName: "a/b" }],
    ["a policy out of range", { Policies: { PasswordPolicy: { MinimumLength: 5 } } }],
    ["a message without a code", { EmailVerificationMessage: "Hello there" }],
    ["text messages", { AutoVerifiedAttributes: ["phone_number"] }],
    ["users who sign in with a phone number", { UsernameAttributes: ["phone_number"] }],
  ] as const)("is not made with %s", async (_case, input) => {
    await expect(create(input as Partial<CreateUserPoolCommandInput>)).rejects.toMatchObject(
      refusal("InvalidParameterException"),
    );
  });

  it.each([
    ["Schema", { Schema: [{ Name: "team", AttributeDataType: "String" }] }],
    ["LambdaConfig", { LambdaConfig: { PreSignUp: "arn:aws:lambda:us-east-1:000000000000:function:f" } }],
    ["AliasAttributes", { AliasAttributes: ["email"] }],
    ["SmsConfiguration", { SmsConfiguration: { SnsCallerArn: "arn:aws:iam::000000000000:role/sms" } }],
  ] as const)("names what this cloud does not act on: %s", async (member, input) => {
    await expect(create(input as unknown as Partial<CreateUserPoolCommandInput>)).rejects.toMatchObject(
      refusal(
        "UnknownOperationException",
        `The local cloud does not implement ${member} of cognito-idp CreateUserPool`,
      ),
    );
  });

  it("cannot be made with a second factor that needs text messages", async () => {
    for (const MfaConfiguration of ["OPTIONAL", "ON"] as const) {
      await expect(create({ MfaConfiguration })).rejects.toMatchObject(
        refusal(
          "InvalidParameterException",
          "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
        ),
      );
    }
  });

  it("is listed page by page, without tags", async () => {
    for (const PoolName of ["list-a", "list-b"]) await create({ PoolName });
    const names: unknown[] = [];
    for await (const page of paginateListUserPools({ client: idp, pageSize: 1 }, { MaxResults: 1 })) {
      expect(page.UserPools).toHaveLength(1);
      names.push(...(page.UserPools ?? []).map(({ Name }) => Name));
    }
    expect(names).toEqual(["users", "list-a", "list-b"]);
    const { UserPools = [], NextToken } = await idp.send(new ListUserPoolsCommand({ MaxResults: 60 }));
    expect(UserPools[0]).toEqual({
      Id: UserPoolId,
      Name: "users",
      LambdaConfig: {},
      CreationDate: expect.any(Date),
      LastModifiedDate: expect.any(Date),
    });
    expect(NextToken).toBeUndefined();
    for (const input of [{ MaxResults: 61 }, { MaxResults: 0 }, { MaxResults: 1, NextToken: "nonsense" }]) {
      await expect(idp.send(new ListUserPoolsCommand(input))).rejects.toMatchObject(
        refusal("InvalidParameterException"),
      );
    }
    for (const { Id, Name } of UserPools) {
      if (Name !== "users") await idp.send(new DeleteUserPoolCommand({ UserPoolId: Id }));
    }
  });

  it("that is not there is named", async () => {
    for (const command of [
      new DescribeUserPoolCommand(NONE),
      new UpdateUserPoolCommand(NONE),
      new DeleteUserPoolCommand(NONE),
      new GetUserPoolMfaConfigCommand(NONE),
      new SetUserPoolMfaConfigCommand(NONE),
      new ListUserPoolClientsCommand(NONE),
    ]) {
      await expect(idp.send(command)).rejects.toMatchObject(MISSING);
    }
  });

  it("is tagged and untagged by its ARN", async () => {
    await idp.send(new TagResourceCommand({ ResourceArn: Arn, Tags: { a: "1", b: "2" } }));
    await idp.send(new UntagResourceCommand({ ResourceArn: Arn, TagKeys: ["a", "never"] }));
    expect((await idp.send(new ListTagsForResourceCommand({ ResourceArn: Arn }))).Tags).toEqual({ b: "2" });
    expect(await describePool()).toMatchObject({ UserPoolTags: { b: "2" } });
    const other = `${Arn.slice(0, -UserPoolId.length)}us-east-1_None00000`;
    await expect(idp.send(new ListTagsForResourceCommand({ ResourceArn: other }))).rejects.toMatchObject(MISSING);
    await expect(
      idp.send(new TagResourceCommand({ ResourceArn: Arn, Tags: { "aws:mine": "1" } })),
    ).rejects.toMatchObject(refusal("InvalidParameterException"));
    await expect(
      idp.send(new TagResourceCommand({ ResourceArn: "no-arn-at-all-but-long", Tags: {} })),
    ).rejects.toMatchObject(refusal("InvalidParameterException"));
  });
});

describe("a pool's second factor", () => {
  const set = (input: object) => idp.send(new SetUserPoolMfaConfigCommand({ UserPoolId, ...input }));
  const get = async () => {
    const { $metadata: _, ...config } = await idp.send(new GetUserPoolMfaConfigCommand({ UserPoolId }));
    return config;
  };

  it("is turned on for authenticator apps, survives an update that names it, and off again", async () => {
    expect(await get()).toEqual({ MfaConfiguration: "OFF" });
    const on = { MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: { Enabled: true } };
    expect(await set(on)).toMatchObject(on);
    expect(await get()).toEqual(on);
    await idp.send(new UpdateUserPoolCommand({ UserPoolId, MfaConfiguration: "OPTIONAL" }));
    expect(await get()).toEqual(on);
    await set({ MfaConfiguration: "OFF" });
    expect(await describePool()).toMatchObject({ MfaConfiguration: "OFF" });
    await expect(idp.send(new UpdateUserPoolCommand({ UserPoolId, MfaConfiguration: "ON" }))).rejects.toMatchObject(
      refusal("InvalidParameterException", /^SMS configuration/),
    );
  });

  it.each([
    ["without a method", { MfaConfiguration: "ON" }],
    ["off and with a method", { MfaConfiguration: "OFF", SoftwareTokenMfaConfiguration: { Enabled: true } }],
    ["of another word", { MfaConfiguration: "MAYBE" }],
  ])("is refused %s", async (_case, input) => {
    await expect(set(input)).rejects.toMatchObject(refusal("InvalidParameterException"));
  });

  it("names the methods that this cloud does not have", async () => {
    await expect(set({ MfaConfiguration: "ON", EmailMfaConfiguration: { Message: "{####}" } })).rejects.toMatchObject(
      refusal("UnknownOperationException", /EmailMfaConfiguration of cognito-idp/),
    );
  });
});

describe("an app client", () => {
  const createClient = async (input: Partial<CreateUserPoolClientCommandInput> = {}) => {
    const { UserPoolClient } = await idp.send(
      new CreateUserPoolClientCommand({ UserPoolId, ClientName: "web", ...input }),
    );
    return UserPoolClient ?? {};
  };
  const describeClient = async (ClientId: string | undefined) =>
    (await idp.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }))).UserPoolClient;

  it("is made with AWS's defaults, and is gone when it is deleted", async () => {
    const client = await createClient();
    expect(client).toMatchObject({
      UserPoolId,
      ClientName: "web",
      ClientId: expect.stringMatching(/^[0-9a-z]{26}$/),
      RefreshTokenValidity: 30,
      TokenValidityUnits: {},
      EnableTokenRevocation: true,
      AuthSessionValidity: 3,
      PreventUserExistenceErrors: "LEGACY",
      CreationDate: expect.any(Date),
    });
    expect(client).not.toHaveProperty("ClientSecret");
    expect(await describeClient(client.ClientId)).toEqual(client);
    await idp.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId: client.ClientId }));
    for (const again of [DescribeUserPoolClientCommand, DeleteUserPoolClientCommand]) {
      const command = new again({ UserPoolId, ClientId: client.ClientId });
      await expect(idp.send(command)).rejects.toMatchObject(
        refusal("ResourceNotFoundException", `User pool client ${client.ClientId} does not exist.`),
      );
    }
  });

  it("is replaced by an update: what is not given is as in a new one", async () => {
    const { ClientId } = await createClient({
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      PreventUserExistenceErrors: "ENABLED",
      EnableTokenRevocation: false,
      AccessTokenValidity: 10,
      TokenValidityUnits: { AccessToken: "minutes" },
      SupportedIdentityProviders: ["COGNITO"],
    });
    await idp.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId, RefreshTokenValidity: 5 }));
    const updated = await describeClient(ClientId);
    expect(updated).toMatchObject({
      ClientName: "web",
      RefreshTokenValidity: 5,
      ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"],
      PreventUserExistenceErrors: "LEGACY",
      EnableTokenRevocation: true,
      TokenValidityUnits: {},
    });
    expect(updated).not.toHaveProperty("AccessTokenValidity");
  });

  it.each([
    ["an access token of two days", { AccessTokenValidity: 2, TokenValidityUnits: { AccessToken: "days" } }],
    ["an ID token of one minute", { IdTokenValidity: 1, TokenValidityUnits: { IdToken: "minutes" } }],
    ["a refresh token of half an hour", { RefreshTokenValidity: 30, TokenValidityUnits: { RefreshToken: "minutes" } }],
    [
      "a refresh token that ends before the access token",
      {
        RefreshTokenValidity: 2,
        AccessTokenValidity: 3,
        TokenValidityUnits: { RefreshToken: "hours" },
      },
    ],
    ["old and new names of flows", { ExplicitAuthFlows: ["USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }],
    ["a flow that is none", { ExplicitAuthFlows: ["ALLOW_ANYTHING"] }],
    ["another identity provider", { SupportedIdentityProviders: ["Google"] }],
    ["sessions of an hour", { AuthSessionValidity: 60 }],
  ])("is not made with %s", async (_case, input) => {
    await expect(createClient(input as Partial<CreateUserPoolClientCommandInput>)).rejects.toMatchObject(
      refusal("InvalidParameterException"),
    );
  });

  it.each([
    ["GenerateSecret", { GenerateSecret: true }],
    ["AllowedOAuthFlows", { AllowedOAuthFlows: ["code"] }],
    ["ReadAttributes", { ReadAttributes: ["email"] }],
    ["RefreshTokenRotation.Feature", { RefreshTokenRotation: { Feature: "ENABLED" } }],
  ])("names what this cloud does not act on: %s", async (member, input) => {
    await expect(createClient(input as Partial<CreateUserPoolClientCommandInput>)).rejects.toMatchObject(
      refusal(
        "UnknownOperationException",
        `The local cloud does not implement ${member} of cognito-idp CreateUserPoolClient`,
      ),
    );
  });

  it("is listed page by page with its pool's others, and is no other pool's", async () => {
    const other = await testPool(cloud);
    const ids = [(await createClient()).ClientId, (await createClient()).ClientId];
    const listed: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await idp.send(new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 1, NextToken }));
      expect(page.UserPoolClients).toHaveLength(1);
      listed.push(page.UserPoolClients?.[0]?.ClientId);
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    expect(listed).toEqual(expect.arrayContaining(ids));
    expect(listed).not.toContain(other.ClientId);
    await expect(describeClient(other.ClientId)).rejects.toMatchObject(refusal("ResourceNotFoundException"));
    await idp.send(new DeleteUserPoolCommand({ UserPoolId: other.UserPoolId }));
    await expect(
      idp.send(new DescribeUserPoolClientCommand({ UserPoolId: other.UserPoolId, ClientId: other.ClientId })),
    ).rejects.toMatchObject(refusal("ResourceNotFoundException"));
    other.close();
  });
});
