// Which role an identity gets. https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html

import type { JsonObject } from "../service.ts";
import { invalidConfiguration, notAuthorized } from "./errors.ts";
import type { Login } from "./logins.ts";
import type { IdentityPool } from "./records.ts";

interface Rule {
  readonly Claim: string;
  readonly MatchType: "Equals" | "Contains" | "StartsWith" | "NotEqual";
  readonly Value: string;
  readonly RoleARN: string;
}

/**
 * @param asked `CustomRoleArn`: one of those that the token names
 * @throws {AwsError} `InvalidIdentityPoolConfigurationException` for a pool without a role for it, `NotAuthorizedException`
 */
export function chooseRole(pool: IdentityPool, login: Login | undefined, asked: string | undefined): string {
  const mapping = login === undefined ? undefined : mappingOf(pool, login);
  const ofToken = mapping?.["Type"] === "Token" && login !== undefined ? rolesIn(login) : [];
  if (asked !== undefined) {
    if (ofToken.includes(asked)) return asked;
    throw notAuthorized("CustomRoleArn is not one of the roles of the token.");
  }
  const mapped = mapping && login && mappedRole(mapping, login, ofToken);
  if (mapped !== undefined) return mapped;
  if (login !== undefined && mapping?.["AmbiguousRoleResolution"] === "Deny") {
    throw notAuthorized(`The ambiguous role mapping rules for: ${mappedName(login)} denied this request.`);
  }
  const role = pool.roles[login === undefined ? "unauthenticated" : "authenticated"];
  if (role === undefined) throw invalidConfiguration();
  return role;
}

function mappingOf({ roleMappings }: IdentityPool, login: Login): JsonObject | undefined {
  return roleMappings[mappedName(login)] as JsonObject | undefined;
}

/** What role mappings call a user pool: by its client. */
function mappedName({ provider, claims }: Login): string {
  return `${provider}:${claims.aud ?? ""}`;
}

function mappedRole(mapping: JsonObject, login: Login, ofToken: readonly string[]): string | undefined {
  if (mapping["Type"] === "Token") {
    const { "cognito:preferred_role": preferred } = login.claims;
    return typeof preferred === "string" ? preferred : ofToken.length === 1 ? ofToken[0] : undefined;
  }
  const { Rules: rules = [] } = (mapping["RulesConfiguration"] ?? {}) as { Rules?: Rule[] };
  return rules.find((rule) => isMet(rule, login.claims[rule.Claim]))?.RoleARN;
}

function rolesIn({ claims }: Login): readonly string[] {
  const { "cognito:roles": roles } = claims;
  return Array.isArray(roles) ? roles.map(String) : [];
}

/** The first rule that is met counts. A claim of several values meets it with any of them. */
function isMet({ MatchType, Value }: Rule, claim: unknown): boolean {
  if (claim === undefined) return false;
  const values = (Array.isArray(claim) ? claim : [claim]).map(String);
  switch (MatchType) {
    case "Equals":
      return values.includes(Value);
    case "NotEqual":
      return !values.includes(Value);
    case "StartsWith":
      return values.some((each) => each.startsWith(Value));
    case "Contains":
      return values.some((each) => each.includes(Value));
  }
}
