// A client's settings: the members of CreateUserPoolClient and UpdateUserPoolClient, and AWS's defaults.

import type { JsonObject, Shape, Unimplemented } from "../service.ts";
import { invalidParameter } from "./errors.ts";
import { objectOf, textOf, textsOf } from "./input.ts";
import type { UserPoolClient } from "./records.ts";

const UNIT: Shape = { type: "string", values: ["seconds", "minutes", "hours", "days"] };
const FLOWS = [
  "ADMIN_NO_SRP_AUTH",
  "CUSTOM_AUTH_FLOW_ONLY",
  "USER_PASSWORD_AUTH",
  "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  "ALLOW_CUSTOM_AUTH",
  "ALLOW_USER_PASSWORD_AUTH",
  "ALLOW_USER_SRP_AUTH",
  "ALLOW_REFRESH_TOKEN_AUTH",
  "ALLOW_USER_AUTH",
];
/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
const DEFAULT_FLOWS = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"];

export const CLIENT_SETTINGS: Readonly<Record<string, Shape>> = {
  RefreshTokenValidity: { type: "integer", min: 0, max: 315_360_000 },
  AccessTokenValidity: { type: "integer", min: 0, max: 86_400 },
  IdTokenValidity: { type: "integer", min: 0, max: 86_400 },
  TokenValidityUnits: { type: "structure", members: { AccessToken: UNIT, IdToken: UNIT, RefreshToken: UNIT } },
  ExplicitAuthFlows: { type: "list", of: { type: "string", values: FLOWS } },
  SupportedIdentityProviders: { type: "list", of: { type: "string", min: 1, max: 32 } },
  PreventUserExistenceErrors: { type: "string", values: ["LEGACY", "ENABLED"] },
  EnableTokenRevocation: { type: "boolean" },
  AuthSessionValidity: { type: "integer", min: 3, max: 15 },
  RefreshTokenRotation: {
    type: "structure",
    members: { Feature: { type: "string", required: true, values: ["ENABLED", "DISABLED"] } },
  },
};

export const CLIENT_NOT_IMPLEMENTED: readonly Unimplemented[] = [
  "ReadAttributes",
  "WriteAttributes",
  "CallbackURLs",
  "LogoutURLs",
  "DefaultRedirectURI",
  "AllowedOAuthFlows",
  "AllowedOAuthScopes",
  "AllowedOAuthFlowsUserPoolClient",
  "AnalyticsConfiguration",
  "EnablePropagateAdditionalUserContextData",
  { member: "RefreshTokenRotation.Feature", unless: "DISABLED" },
];

/**
 * The settings of a client that is made or replaced with these members.
 * @throws {AwsError} `InvalidParameterException` for flows that exclude each other and times out of range
 */
export function toClientSettings(input: JsonObject): JsonObject {
  const flows = textsOf(input["ExplicitAuthFlows"]);
  requireFlowsFit(flows);
  if (textsOf(input["SupportedIdentityProviders"]).some((name) => name !== "COGNITO")) {
    throw invalidParameter("The local cloud's user pools have no identity provider but COGNITO");
  }
  const given = Object.fromEntries(Object.keys(CLIENT_SETTINGS).map((name) => [name, input[name]]));
  const settings: JsonObject = {
    ...given,
    ExplicitAuthFlows: flows.length > 0 ? flows : DEFAULT_FLOWS,
    RefreshTokenValidity: input["RefreshTokenValidity"] ?? 30,
    TokenValidityUnits: input["TokenValidityUnits"] ?? {},
    PreventUserExistenceErrors: input["PreventUserExistenceErrors"] ?? "LEGACY",
    EnableTokenRevocation: input["EnableTokenRevocation"] ?? true,
    EnablePropagateAdditionalUserContextData: false,
    AuthSessionValidity: input["AuthSessionValidity"] ?? 3,
  };
  requireValiditiesFit(settings);
  return settings;
}

export function allowsFlow({ settings }: UserPoolClient, ...names: string[]): boolean {
  return textsOf(settings["ExplicitAuthFlows"]).some((flow) => names.includes(flow));
}

export function hidesUsers({ settings }: UserPoolClient): boolean {
  return settings["PreventUserExistenceErrors"] === "ENABLED";
}

export function revokesTokens({ settings }: UserPoolClient): boolean {
  return settings["EnableTokenRevocation"] === true;
}

/** Minutes between one step of a sign-in and the next. */
export function sessionMinutes({ settings }: UserPoolClient): number {
  return Number(settings["AuthSessionValidity"]);
}

export type TokenKind = "AccessToken" | "IdToken" | "RefreshToken";

/** How long such a token is good, in seconds. */
export function validityOf(settings: JsonObject, kind: TokenKind): number {
  const isRefresh = kind === "RefreshToken";
  const unit = textOf(objectOf(settings["TokenValidityUnits"]), kind) ?? (isRefresh ? "days" : "hours");
  // 0 is AWS's way to say the default: 30 days, one hour.
  const value = Number(settings[`${kind}Validity`] ?? 0);
  return value === 0 ? (isRefresh ? 30 * SECONDS.days : SECONDS.hours) : value * SECONDS[unit as Unit];
}

type Unit = keyof typeof SECONDS;
const SECONDS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

function requireFlowsFit(flows: readonly string[]): void {
  const modern = flows.filter((flow) => flow.startsWith("ALLOW_"));
  if (modern.length > 0 && modern.length < flows.length) {
    throw invalidParameter("The ALLOW_ prefix cannot be used in conjunction with legacy ExplicitAuthFlows values.");
  }
}

function requireValiditiesFit(settings: JsonObject): void {
  const access = validityOf(settings, "AccessToken");
  const id = validityOf(settings, "IdToken");
  const refresh = validityOf(settings, "RefreshToken");
  const isShort = (seconds: number): boolean => seconds >= 5 * SECONDS.minutes && seconds <= SECONDS.days;
  if (!isShort(access) || !isShort(id)) {
    throw invalidParameter("Invalid range for token validity: access and ID tokens take 5 minutes to 1 day.");
  }
  if (refresh < SECONDS.hours || refresh > 3650 * SECONDS.days) {
    throw invalidParameter("Invalid range for token validity: refresh tokens take 60 minutes to 3,650 days.");
  }
  if (refresh < Math.max(access, id)) {
    throw invalidParameter("Refresh token validity must be longer than that of access and ID tokens.");
  }
}
