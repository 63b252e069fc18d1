// What a token still stands for: who came with an access token, what a refresh token is good for, and signing out.

import type { JWTPayload } from "jose";
import type { JsonObject } from "../service.ts";
import type { CognitoContext, Place } from "./context.ts";
import { isDisabled, notAuthorized, userNotFound } from "./errors.ts";
import { textIn } from "./input.ts";
import type { Grant, User } from "./records.ts";
import { hashOf, issuerOf } from "./tokens.ts";
import { userKey } from "./users.ts";

/** Who calls with an access token. */
export interface SignedIn extends Place {
  readonly user: User;
  readonly eventId: string;
}

/**
 * Who the access token of a call belongs to: signed by a pool of this cloud, not expired, not revoked, its user there.
 * @throws {AwsError} `NotAuthorizedException`, `UserNotFoundException`
 */
export async function requireSignedIn(context: CognitoContext, input: JsonObject): Promise<SignedIn> {
  const token = textIn(input, "AccessToken");
  const pool = context.pools.get(poolIdIn(context, token));
  if (pool === undefined) throw notAuthorized("Invalid Access Token");
  const claims = await context.keys.open(pool.id, token);
  if (claims["token_use"] !== "access" || claims.iss !== issuerOf(context.env.region, pool.id)) {
    throw notAuthorized("Invalid Access Token");
  }
  const eventId = String(claims["event_id"]);
  const grant = context.grants.get(eventId);
  const user = context.users.get(userKey(pool.id, String(claims["username"])));
  if (user === undefined || user.sub !== claims.sub) throw userNotFound();
  if (!user.isEnabled) throw isDisabled();
  if (grant === undefined || grant.isRevoked) throw notAuthorized("Access Token has been revoked");
  const client = context.clients.get(grant.clientId);
  if (client === undefined) throw notAuthorized("Invalid Access Token");
  return { pool, client, user, eventId };
}

export interface Refreshable {
  readonly eventId: string;
  readonly grant: Grant;
  readonly user: User;
}

/**
 * What a refresh token of that client stands for.
 * @throws {AwsError} `NotAuthorizedException`
 */
export function requireRefreshable(context: CognitoContext, place: Place, refreshToken: string): Refreshable {
  const found = findGrant(context, refreshToken);
  if (found === undefined || found.grant.clientId !== place.client.id) throw notAuthorized("Invalid Refresh Token");
  const { grant } = found;
  if (grant.isRevoked) throw notAuthorized("Refresh Token has been revoked");
  if (grant.expiresAt <= context.env.clock.now()) throw notAuthorized("Refresh Token has expired");
  const user = context.users.get(userKey(grant.poolId, grant.username));
  if (user === undefined || user.sub !== grant.sub) throw notAuthorized("Refresh Token has been revoked");
  if (!user.isEnabled) throw isDisabled();
  return { ...found, user };
}

export function findGrant(
  { grants }: CognitoContext,
  refreshToken: string,
): { readonly eventId: string; readonly grant: Grant } | undefined {
  const hash = hashOf(refreshToken);
  const found = [...grants.entries()].find(([, { refreshHash }]) => refreshHash === hash);
  return found && { eventId: found[0], grant: found[1] };
}

export function revoke({ grants, env }: CognitoContext, eventId: string, grant: Grant): void {
  grants.set(eventId, revoked(grant, env.clock.now()));
}

/** Every sign-in of a user, on every device. */
export function revokeAll({ grants, env }: CognitoContext, { poolId, username }: User): void {
  const own = [...grants.entries()].filter(
    ([, grant]) => grant.poolId === poolId && grant.username === username && !grant.isRevoked,
  );
  grants.update(own.map(([eventId, grant]) => [eventId, revoked(grant, env.clock.now())]));
}

function revoked(grant: Grant, now: number): Grant {
  return { ...grant, isRevoked: true, expiresAt: Math.min(grant.expiresAt, now) };
}

/** Which pool to ask about a token that nobody has verified yet. */
function poolIdIn({ env }: CognitoContext, token: string): string {
  const prefix = issuerOf(env.region, "");
  const { iss = "" } = payloadOf(token);
  return typeof iss === "string" && iss.startsWith(prefix) ? iss.slice(prefix.length) : "";
}

function payloadOf(token: string): JWTPayload {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return typeof payload === "object" && payload !== null ? (payload as JWTPayload) : {};
  } catch {
    return {};
  }
}
