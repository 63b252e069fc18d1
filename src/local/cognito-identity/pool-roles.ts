// Which role a pool's identities get: by the kind of their login, or by what their token says.

import type { JsonObject, Operation } from "../service.ts";
import { passingRole } from "../further-needs.ts";
import { mapIn, requirePool, resourceIn, textIn, textOf } from "./context.ts";
import type { IdentityContext } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import type { IdentityPool } from "./records.ts";
import { POOL_ID, ROLE_MAPPINGS, ROLES } from "./shapes.ts";

export function poolRoleOperations(context: IdentityContext): Record<string, Operation> {
  const resource = resourceIn(context);
  return {
    // Replaces both.
    SetIdentityPoolRoles: {
      input: { IdentityPoolId: POOL_ID, Roles: ROLES, RoleMappings: ROLE_MAPPINGS },
      // IAM knows no resource of it. Its words without PassRole: awslabs/aws-api-gateway-developer-portal#11.
      alsoNeeds: (input) => rolesIn(input).flatMap((arn) => passingRole(arn, "cognito-identity.amazonaws.com")),
      run(input) {
        const pool = requirePool(context, textIn(input, "IdentityPoolId"));
        const roleMappings = mappingsIn(input, providersOf(pool));
        context.pools.set(pool.id, { ...pool, roles: mapIn(input, "Roles"), roleMappings });
        return undefined;
      },
    },
    GetIdentityPoolRoles: {
      input: { IdentityPoolId: POOL_ID },
      resource,
      run(input) {
        const { id, roles, roleMappings } = requirePool(context, textIn(input, "IdentityPoolId"));
        const mappings = Object.keys(roleMappings).length === 0 ? {} : { RoleMappings: roleMappings };
        return { IdentityPoolId: id, Roles: { ...roles }, ...mappings };
      },
    },
  };
}

/** Those of both kinds of login, and those of rules. */
function rolesIn(input: JsonObject): string[] {
  const mappings = Object.values((input["RoleMappings"] ?? {}) as Record<string, JsonObject>);
  const rules = mappings.flatMap(({ RulesConfiguration: configuration }) => {
    const { Rules: listed = [] } = (configuration ?? {}) as { Rules?: JsonObject[] };
    return listed.map(({ RoleARN: role }) => String(role));
  });
  return [...new Set([...Object.values(mapIn(input, "Roles")), ...rules])];
}

/**
 * @param known what its providers are called
 * @see https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_RoleMapping.html
 */
function mappingsIn({ RoleMappings: mappings }: JsonObject, known: readonly string[]): JsonObject {
  const all = (mappings ?? {}) as Record<string, JsonObject>;
  for (const [provider, mapping] of Object.entries(all)) {
    if (!known.includes(provider)) {
      throw invalidParameter(`${provider} is not a valid RoleMapping ProviderName or is not a configured provider.`);
    }
    const { Type: type, AmbiguousRoleResolution: ambiguous, RulesConfiguration: rules } = mapping;
    if (ambiguous === undefined) {
      throw invalidParameter(`AmbiguousRoleResolution is required for the role mapping of ${provider}.`);
    }
    if (type === "Rules" && rules === undefined) {
      throw invalidParameter(`RulesConfiguration is required for the role mapping of ${provider}.`);
    }
  }
  return all;
}

/** A user pool by its client, as role mappings name it. */
function providersOf({ settings }: IdentityPool): readonly string[] {
  const providers = (settings["CognitoIdentityProviders"] ?? []) as JsonObject[];
  return providers.map((each) => `${textOf(each, "ProviderName") ?? ""}:${textOf(each, "ClientId") ?? ""}`);
}
