// Shapes of members that several operations have, as AWS's reference prints them.

import type { Shape } from "../service.ts";

const ID_PATTERN = "[\\w-]+:[0-9a-f-]+";
const PROVIDER_PATTERN = "[\\w._:/-]+";

export const POOL_ID: Shape = { type: "string", required: true, min: 1, max: 55, pattern: ID_PATTERN };
export const IDENTITY_ID: Shape = { type: "string", required: true, min: 1, max: 55, pattern: ID_PATTERN };
export const LOGINS: Shape = {
  type: "map",
  max: 10,
  keys: { type: "string", min: 1, max: 128 },
  of: { type: "string", min: 1, max: 50_000, isSensitive: true },
};
export const MAX_RESULTS: Shape = { type: "integer", required: true, min: 1, max: 60 };
export const TOKEN: Shape = { type: "string", min: 1, max: 65_535, pattern: "[\\S]+" };
export const ROLE_ARN: Shape = { type: "string", min: 20, max: 2048 };
export const TAGS: Shape = {
  type: "map",
  keys: { type: "string", min: 1, max: 128 },
  of: { type: "string", max: 256 },
};

/** What CreateIdentityPool and UpdateIdentityPool have in common. */
export const SETTINGS: Readonly<Record<string, Shape>> = {
  IdentityPoolName: { type: "string", required: true, min: 1, max: 128, pattern: "[\\w\\s+=,.@-]+" },
  AllowUnauthenticatedIdentities: { type: "boolean", required: true },
  AllowClassicFlow: { type: "boolean" },
  CognitoIdentityProviders: {
    type: "list",
    of: {
      type: "structure",
      members: {
        ProviderName: { type: "string", min: 1, max: 128, pattern: PROVIDER_PATTERN },
        ClientId: { type: "string", min: 1, max: 128, pattern: "[\\w_]+" },
        ServerSideTokenCheck: { type: "boolean" },
      },
    },
  },
  IdentityPoolTags: TAGS,
};
/** Logins other than by a user pool. */
export const NOT_IMPLEMENTED = [
  "SupportedLoginProviders",
  "DeveloperProviderName",
  "OpenIdConnectProviderARNs",
  "SamlProviderARNs",
] as const;

export const ROLES: Shape = {
  type: "map",
  required: true,
  max: 2,
  keys: { type: "string", min: 1, max: 128, pattern: "(un)?authenticated" },
  of: ROLE_ARN,
};
const MAPPING_RULE: Shape = {
  type: "structure",
  members: {
    Claim: { type: "string", required: true, min: 1, max: 64, pattern: "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+" },
    MatchType: { type: "string", required: true, values: ["Equals", "Contains", "StartsWith", "NotEqual"] },
    Value: { type: "string", required: true, min: 1, max: 128 },
    RoleARN: { ...ROLE_ARN, required: true },
  },
};
export const ROLE_MAPPINGS: Shape = {
  type: "map",
  max: 10,
  keys: { type: "string", min: 1, max: 128 },
  of: {
    type: "structure",
    members: {
      Type: { type: "string", required: true, values: ["Token", "Rules"] },
      AmbiguousRoleResolution: { type: "string", values: ["AuthenticatedRole", "Deny"] },
      RulesConfiguration: {
        type: "structure",
        members: { Rules: { type: "list", required: true, min: 1, max: 25, of: MAPPING_RULE } },
      },
    },
  },
};
