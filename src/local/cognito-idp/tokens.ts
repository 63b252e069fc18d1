// The tokens that a sign-in gives, with the claims that Cognito puts in.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html

import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import type { JsonObject } from "../service.ts";
import { revokesTokens, validityOf } from "./client-settings.ts";
import type { CognitoContext, Place } from "./context.ts";
import { groupsOf } from "./memberships.ts";
import type { Grant, User } from "./records.ts";

export const ADMIN_SCOPE = "aws.cognito.signin.user.admin";
/** What the header of Cognito's refresh tokens says. */
const REFRESH_HEADER = { cty: "JWT", enc: "A256GCM", alg: "RSA-OAEP" };
/** An access token that was refreshed at the last moment outlives its refresh token. */
const LONGEST_ACCESS_MS = 86_400_000;

/** The form that AWS gives it, wherever this cloud listens. */
export function issuerOf(region: string, poolId: string): string {
  return `https://cognito-idp.${region}.amazonaws.com/${poolId}`;
}

/** A new sign-in's AuthenticationResult. */
export async function issueTokens(context: CognitoContext, place: Place, user: User): Promise<JsonObject> {
  const refreshToken = newRefreshToken();
  const now = context.env.clock.now();
  const eventId = randomUUID();
  const grant: Grant = {
    poolId: place.pool.id,
    clientId: place.client.id,
    username: user.username,
    sub: user.sub,
    originJti: randomUUID(),
    authenticatedAt: now,
    expiresAt: now + validityOf(place.client.settings, "RefreshToken") * 1000,
    refreshHash: hashOf(refreshToken),
    isRevoked: false,
  };
  prune(context);
  context.grants.set(eventId, grant);
  return { ...(await tokensOf(context, place, user, eventId, grant)), RefreshToken: refreshToken };
}

/** The ID and access token of a sign-in, as a refresh gives them. */
export async function tokensOf(
  { env, keys, groups }: CognitoContext,
  { pool, client }: Place,
  user: User,
  eventId: string,
  grant: Grant,
): Promise<JsonObject> {
  const now = Math.floor(env.clock.now() / 1000);
  const lifetime = validityOf(client.settings, "AccessToken");
  const member = groupsOf(groups, user);
  const common: JWTPayload = {
    sub: user.sub,
    ...(member.length > 0 && { "cognito:groups": member.map(({ name }) => name) }),
    iss: issuerOf(env.region, pool.id),
    ...(revokesTokens(client) && { origin_jti: grant.originJti }),
    event_id: eventId,
    auth_time: Math.floor(grant.authenticatedAt / 1000),
    iat: now,
  };
  const access = {
    ...common,
    client_id: client.id,
    token_use: "access",
    scope: ADMIN_SCOPE,
    exp: now + lifetime,
    jti: randomUUID(),
    username: user.username,
  };
  const id = {
    ...common,
    ...rolesOf(member),
    "cognito:username": user.username,
    aud: client.id,
    token_use: "id",
    exp: now + validityOf(client.settings, "IdToken"),
    jti: randomUUID(),
    ...attributeClaims(user),
  };
  const [AccessToken, IdToken] = await Promise.all([
    keys.sign(pool.id, "access", access),
    keys.sign(pool.id, "id", id),
  ]);
  return { AccessToken, ExpiresIn: lifetime, TokenType: "Bearer", IdToken };
}

export function hashOf(refreshToken: string): string {
  return createHash("sha256").update(refreshToken).digest("hex");
}

/**
 * The role of the group that comes first is the preferred one, unless two of them come first with different roles, or none does:
 * a group without a precedence comes before nobody.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
 */
function rolesOf(member: ReturnType<typeof groupsOf>): JWTPayload {
  const withRole = member.flatMap(({ roleArn, precedence }) =>
    roleArn === undefined ? [] : [{ roleArn, precedence }],
  );
  if (withRole.length === 0) return {};
  const first = withRole[0]?.precedence;
  const preferred = new Set(withRole.filter((each) => each.precedence === first).map(({ roleArn }) => roleArn));
  return {
    "cognito:roles": withRole.map(({ roleArn }) => roleArn),
    ...(first !== undefined && preferred.size === 1 && { "cognito:preferred_role": [...preferred][0] }),
  };
}

function attributeClaims({ attributes }: User): JWTPayload {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      if (name.endsWith("_verified")) return [name, value === "true"];
      if (name === "updated_at") return [name, Number(value)];
      return [name, name === "address" ? { formatted: value } : value];
    }),
  );
}

/** Opaque to its owner: five parts of bytes, as long as Cognito's. What it stands for is in the grant. */
function newRefreshToken(): string {
  const header = Buffer.from(JSON.stringify(REFRESH_HEADER));
  return [header, ...[256, 12, 820, 16].map((size) => randomBytes(size))]
    .map((part) => part.toString("base64url"))
    .join(".");
}

function prune({ grants, env }: CognitoContext): void {
  const now = env.clock.now();
  const dead = [...grants.entries()].filter(([, { expiresAt }]) => expiresAt + LONGEST_ACCESS_MS < now);
  grants.update(dead.map(([eventId]) => [eventId, undefined]));
}
