// User pool, client, authorizer and the routes' protection, changed or deleted by hand.

import {
  DeleteAuthorizerCommand,
  GetAuthorizersCommand,
  GetRoutesCommand,
  UpdateAuthorizerCommand,
  UpdateRouteCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  DeleteUserPoolClientCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  SetUserPoolMfaConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateUserPoolClientCommand,
  type UpdateUserPoolClientRequest,
  UpdateUserPoolCommand,
  type UpdateUserPoolRequest,
  type UserPoolClientType,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { ROUTE_KEYS } from "../../../src/stack/components.ts";
import { anyText, anything, type ByHand, NAME } from "./by-hand.ts";
import type { DriftRow, KeptRow } from "./row.ts";

async function pool({ cognito }: ByHand): Promise<UserPoolType> {
  const { UserPools = [] } = await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }));
  const UserPoolId = UserPools[0]?.Id;
  return (await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool ?? {};
}

async function client(aws: ByHand): Promise<UserPoolClientType> {
  const { Id: UserPoolId } = await pool(aws);
  const { UserPoolClients = [] } = await aws.cognito.send(new ListUserPoolClientsCommand({ UserPoolId }));
  const ClientId = UserPoolClients[0]?.ClientId;
  const command = new DescribeUserPoolClientCommand({ UserPoolId, ClientId });
  return (await aws.cognito.send(command)).UserPoolClient ?? {};
}

/** As the console does: all of it is sent again. */
const updatePool =
  (change: Partial<UpdateUserPoolRequest>) =>
  async (aws: ByHand): Promise<void> => {
    const { Id, Name: PoolName, AdminCreateUserConfig, ...read } = await pool(aws);
    const { Policies, AutoVerifiedAttributes, AccountRecoverySetting, MfaConfiguration, UserPoolTags } = read;
    const { VerificationMessageTemplate, DeletionProtection } = read;
    const kept = { Policies, AutoVerifiedAttributes, AccountRecoverySetting, MfaConfiguration, UserPoolTags };
    const admin = { AllowAdminCreateUserOnly: AdminCreateUserConfig?.AllowAdminCreateUserOnly };
    const others = { VerificationMessageTemplate, DeletionProtection, AdminCreateUserConfig: admin };
    await aws.cognito.send(new UpdateUserPoolCommand({ UserPoolId: Id, PoolName, ...kept, ...others, ...change }));
  };

const updateClient =
  (change: Partial<UpdateUserPoolClientRequest>) =>
  async (aws: ByHand): Promise<void> => {
    const { CreationDate: _c, LastModifiedDate: _m, ClientSecret: _s, ...kept } = await client(aws);
    const { UserPoolId, ClientId } = kept;
    await aws.cognito.send(new UpdateUserPoolClientCommand({ ...kept, UserPoolId, ClientId, ...change }));
  };

async function authorizerId({ gateway, apiId }: ByHand): Promise<string> {
  const { Items = [] } = await gateway.send(new GetAuthorizersCommand({ ApiId: await apiId() }));
  return Items[0]?.AuthorizerId ?? "";
}

const updateAuthorizer =
  (change: (aws: ByHand) => Promise<object>) =>
  async (aws: ByHand): Promise<unknown> => {
    const authorizer = { ApiId: await aws.apiId(), AuthorizerId: await authorizerId(aws) };
    return aws.gateway.send(new UpdateAuthorizerCommand({ ...authorizer, ...(await change(aws)) }));
  };

async function openRoutes(aws: ByHand, keys: readonly string[]): Promise<void> {
  const ApiId = await aws.apiId();
  for (const key of keys) {
    const RouteId = await aws.routeId(key);
    await aws.gateway.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: "NONE" }));
  }
}

const opened = (key: string): Record<string, [unknown, unknown]> => ({
  [`${key}.AuthorizationType`]: ["NONE", "JWT"],
  [`${key}.AuthorizerId`]: [undefined, anyText],
});

export const AUTH_FIELDS: readonly DriftRow[] = [
  {
    member: "UserPoolSpec.name",
    what: "the pool's name",
    by: updatePool({ PoolName: "mine" }),
    seen: { userPool: { PoolName: ["mine", `${NAME}-users`] } },
    writes: ["UpdateUserPool"],
  },
  {
    member: "UserPoolSpec.tags",
    what: "a tag of the pool",
    by: async (aws) => {
      const { Arn: ResourceArn } = await pool(aws);
      return aws.cognito.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["awsls:component"] }));
    },
    seen: { userPool: { Tags: [{ "awsls:component": undefined }, { "awsls:component": "userPool" }] } },
    writes: ["TagResource"],
  },
  {
    what: "how long a password has to be",
    by: updatePool({
      Policies: {
        PasswordPolicy: {
          MinimumLength: 6,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
          TemporaryPasswordValidityDays: 7,
        },
      },
    }),
    seen: { userPool: { "Policies.PasswordPolicy.MinimumLength": [6, 8] } },
    writes: ["UpdateUserPool"],
  },
  {
    what: "e-mail addresses that are not verified",
    by: updatePool({ AutoVerifiedAttributes: [] }),
    seen: { userPool: { AutoVerifiedAttributes: [[], ["email"]] } },
    writes: ["UpdateUserPool"],
  },
  {
    what: "who may sign up",
    by: updatePool({ AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } }),
    seen: { userPool: { "AdminCreateUserConfig.AllowAdminCreateUserOnly": [true, false] } },
    writes: ["UpdateUserPool"],
  },
  {
    what: "MFA turned off",
    by: async (aws) => {
      const { Id: UserPoolId } = await pool(aws);
      return aws.cognito.send(new SetUserPoolMfaConfigCommand({ UserPoolId, MfaConfiguration: "OFF" }));
    },
    seen: {
      userPool: {
        MfaConfiguration: ["OFF", "OPTIONAL"],
        "SoftwareTokenMfaConfiguration.Enabled": [false, true],
      },
    },
    writes: ["SetUserPoolMfaConfig"],
  },
  {
    what: "the client's name",
    by: updateClient({ ClientName: "mine" }),
    seen: { userPoolClient: { ClientName: ["mine", `${NAME}-client`] } },
    writes: ["UpdateUserPoolClient"],
  },
  {
    what: "how the client may sign in",
    by: updateClient({ ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }),
    seen: {
      userPoolClient: {
        ExplicitAuthFlows: [
          ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
          ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"],
        ],
      },
    },
    writes: ["UpdateUserPoolClient"],
  },
  {
    what: "whether the client tells who exists",
    by: updateClient({ PreventUserExistenceErrors: "LEGACY" }),
    seen: { userPoolClient: { PreventUserExistenceErrors: ["LEGACY", "ENABLED"] } },
    writes: ["UpdateUserPoolClient"],
  },
  {
    what: "whether tokens can be revoked",
    by: updateClient({ EnableTokenRevocation: false }),
    seen: { userPoolClient: { EnableTokenRevocation: [false, true] } },
    writes: ["UpdateUserPoolClient"],
  },
  {
    member: "AuthorizerSpec.name",
    what: "the authorizer's name",
    by: updateAuthorizer(() => Promise.resolve({ Name: "mine" })),
    seen: { authorizer: { Name: ["mine", `${NAME}-authorizer`] } },
    writes: ["UpdateAuthorizer"],
  },
  {
    member: "AuthorizerSpec.audience",
    what: "whose tokens are let in",
    by: updateAuthorizer(async (aws) => ({
      JwtConfiguration: {
        Issuer: `https://cognito-idp.${aws.region}.amazonaws.com/${(await pool(aws)).Id}`,
        Audience: ["somebody"],
      },
    })),
    seen: { authorizer: { "JwtConfiguration.Audience": [["somebody"], [anyText]] } },
    writes: ["UpdateAuthorizer"],
  },
  {
    what: "where the token is looked for",
    by: updateAuthorizer(() => Promise.resolve({ IdentitySource: ["$request.header.X-Token"] })),
    seen: { authorizer: { IdentitySource: [["$request.header.X-Token"], ["$request.header.Authorization"]] } },
    writes: ["UpdateAuthorizer"],
  },
  {
    member: "RoutesSpec.protection",
    what: "a route that is open",
    by: (aws) => openRoutes(aws, ["PUT /items"]),
    seen: { routes: opened("PUT /items") },
    writes: ["UpdateRoute"],
  },
];

/** The identity pool is to take tokens of another client, and to map those. */
const OTHER_LOGIN = {
  identityPool: { CognitoIdentityProviders: [[anything], [anything]] },
  identityPoolRoles: { RoleMappings: [anything, anything] },
} as const;

export const AUTH_DELETIONS: readonly DriftRow[] = [
  {
    what: "the authorizer",
    async by(aws) {
      await openRoutes(aws, ROUTE_KEYS);
      const authorizer = { ApiId: await aws.apiId(), AuthorizerId: await authorizerId(aws) };
      return aws.gateway.send(new DeleteAuthorizerCommand(authorizer));
    },
    seen: {
      authorizer: "missing",
      routes: Object.assign({}, ...ROUTE_KEYS.map(opened)) as ReturnType<typeof opened>,
    },
    writes: ["CreateAuthorizer", "UpdateRoute", "UpdateRoute", "UpdateRoute", "UpdateRoute"],
  },
  {
    what: "the client",
    async by(aws) {
      const { UserPoolId, ClientId } = await client(aws);
      return aws.cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId }));
    },
    seen: {
      userPoolClient: "missing",
      authorizer: { "JwtConfiguration.Audience": [[anyText], [anyText]] },
      ...OTHER_LOGIN,
    },
    writes: ["CreateUserPoolClient", "SetIdentityPoolRoles", "UpdateAuthorizer", "UpdateIdentityPool"],
  },
  {
    what: "the user pool",
    by: async (aws) => aws.cognito.send(new DeleteUserPoolCommand({ UserPoolId: (await pool(aws)).Id })),
    seen: {
      userPool: "missing",
      userPoolClient: "missing",
      authorizer: {
        "JwtConfiguration.Issuer": [anyText, anyText],
        "JwtConfiguration.Audience": [[anyText], [anyText]],
      },
      ...OTHER_LOGIN,
      adminsGroup: "missing",
    },
    writes: [
      "CreateGroup",
      "CreateUserPool",
      "CreateUserPoolClient",
      "SetIdentityPoolRoles",
      "SetUserPoolMfaConfig",
      "UpdateAuthorizer",
      "UpdateIdentityPool",
    ],
  },
];

export const AUTH_KEPT: readonly KeptRow[] = [
  {
    what: "what the pool writes in its mails, beside a setting of ours",
    by: updatePool({
      VerificationMessageTemplate: {
        DefaultEmailOption: "CONFIRM_WITH_CODE",
        EmailSubject: "mine",
        EmailMessage: "{####} is mine",
      },
    }),
    look: async (aws) => (await pool(aws)).VerificationMessageTemplate,
    beside: "how long a password has to be",
  },
  {
    what: "a tag of the pool",
    by: async (aws) => {
      const { Arn: ResourceArn } = await pool(aws);
      return aws.cognito.send(new TagResourceCommand({ ResourceArn, Tags: { mine: "1" } }));
    },
    look: async (aws) => (await pool(aws)).UserPoolTags?.["mine"],
    beside: "who may sign up",
  },
  {
    what: "the pool's protection against deletion",
    by: updatePool({ DeletionProtection: "ACTIVE" }),
    look: async (aws) => (await pool(aws)).DeletionProtection,
    beside: "e-mail addresses that are not verified",
    undo: updatePool({ DeletionProtection: "INACTIVE" }),
  },
  {
    what: "how long the client's tokens hold",
    by: updateClient({ AccessTokenValidity: 30, TokenValidityUnits: { AccessToken: "minutes" } }),
    look: async (aws) => {
      const { AccessTokenValidity, TokenValidityUnits } = await client(aws);
      return { AccessTokenValidity, unit: TokenValidityUnits?.AccessToken };
    },
    beside: "whether the client tells who exists",
  },
  {
    what: "the scopes of a route",
    by: async (aws) => {
      const [ApiId, RouteId] = [await aws.apiId(), await aws.routeId("PUT /items")];
      return aws.gateway.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationScopes: ["mine"] }));
    },
    look: async (aws) => {
      const { Items = [] } = await aws.gateway.send(new GetRoutesCommand({ ApiId: await aws.apiId() }));
      return Items.find(({ RouteKey }) => RouteKey === "PUT /items")?.AuthorizationScopes;
    },
    beside: "a route that leads nowhere",
  },
];
