// Who somebody is by the ID tokens that came along, in the words in which identity pools refuse them.

import type { IdTokenClaims } from "../service.ts";
import type { IdentityContext } from "./context.ts";
import { invalidLogin, unsupportedProvider } from "./errors.ts";
import type { IdentityPool } from "./records.ts";

/** A login that holds. */
export interface Login {
  /** `cognito-idp.<region>.amazonaws.com/<user pool id>` */
  readonly provider: string;
  readonly claims: IdTokenClaims;
}

interface Provider {
  readonly ProviderName?: string;
  readonly ClientId?: string;
  readonly ServerSideTokenCheck?: boolean;
}

/**
 * Every token is checked: one that does not hold refuses the whole call.
 * @param logins provider → ID token
 * @throws {AwsError} `NotAuthorizedException`
 */
export async function requireLogins(
  context: IdentityContext,
  pool: IdentityPool,
  logins: Readonly<Record<string, string>>,
): Promise<readonly Login[]> {
  return Promise.all(
    Object.entries(logins).map(async ([provider, token]) => ({
      provider,
      claims: await requireClaims(context, pool, provider, token),
    })),
  );
}

async function requireClaims(
  { env, idTokens }: IdentityContext,
  pool: IdentityPool,
  provider: string,
  token: string,
): Promise<IdTokenClaims> {
  const { CognitoIdentityProviders: known } = pool.settings;
  const ofName = ((known ?? []) as Provider[]).filter(({ ProviderName }) => ProviderName === provider);
  if (ofName.length === 0) throw unsupportedProvider();
  const opened = await idTokens.open(provider, token);
  if (opened.outcome === "foreign") throw invalidLogin("Issuer doesn't match providerName");
  if (opened.outcome === "malformed") throw invalidLogin("Not a Cognito token.");
  if (opened.outcome !== "opened") throw invalidLogin("Couldn't verify signed token.");
  const { claims } = opened;
  // Access tokens have none.
  if (claims.aud === undefined || claims.token_use !== "id") throw invalidLogin("Missing a required claim: aud");
  const named = ofName.find(({ ClientId }) => ClientId === claims.aud);
  if (named === undefined) throw unsupportedProvider();
  const now = Math.floor(env.clock.now() / 1000);
  if (now >= claims.exp) throw invalidLogin(`Token expired: ${now} >= ${claims.exp}`);
  if (named.ServerSideTokenCheck === true && !idTokens.isCurrent(provider, claims)) {
    throw invalidLogin("Token has been revoked.");
  }
  return claims;
}
