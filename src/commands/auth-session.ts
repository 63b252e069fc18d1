// Whoever is signed in: tokens that are good now, renewed without asking when they are old.

import {
  type AuthenticationResultType,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { NotSignedInReason } from "../core/sign-in.ts";
import { Problem } from "../core/problem.ts";
import { forgetTokens, readTokens, saveTokens, type Tokens, tokensPathOf } from "../state/tokens.ts";
import { expiryHere } from "./auth-claims.ts";
import { type Pool, requirePool } from "./auth-pool.ts";
import { forUser, isTokenRefused } from "./auth-refusal.ts";
import type { StackContext } from "./context.ts";

export interface SignedIn {
  readonly pool: Pool;
  readonly tokens: Tokens;
}

/** Renewed so long before its end: what is asked next takes its time, too. */
const MARGIN_MS = 60_000;

/**
 * The tokens of whoever is signed in, with an access token that is good for another minute at least.
 * @param command as typed
 * @throws {Problem} `NotSignedIn`, `TokensDamaged`, `StepMissing` without a pool
 */
export async function freshTokens(context: StackContext, command: string): Promise<SignedIn> {
  const pool = await requirePool(context, command);
  const tokens = requireTokens(context, pool, command);
  const isFresh = expiryHere(tokens) - MARGIN_MS > context.clock.now();
  return { pool, tokens: isFresh ? tokens : await renew(context, tokens, command) };
}

/**
 * A call with the access token. One that is refused is renewed once: it may have been revoked, or a clock been set.
 * @throws {Problem} `NotSignedIn` when the refresh token is refused, too
 */
export async function withAccessToken<T>(
  context: StackContext,
  command: string,
  call: (accessToken: string, signedIn: SignedIn) => Promise<T>,
): Promise<T> {
  const signedIn = await freshTokens(context, command);
  try {
    return await call(signedIn.tokens.accessToken, signedIn);
  } catch (error) {
    if (!isTokenRefused(error instanceof Problem ? error.cause : error)) throw error;
  }
  const tokens = await renew(context, signedIn.tokens, command);
  return call(tokens.accessToken, { ...signedIn, tokens });
}

/** @throws {Problem} `NotSignedIn` */
function requireTokens({ session, emit }: StackContext, pool: Pool, command: string): Tokens {
  const tokens = readTokens(session.state.path);
  if (tokens === undefined) throw notSignedIn("never", command);
  if (isOf(pool, tokens)) return tokens;
  emit({ type: "notice", code: "OtherTokens", data: { path: tokensPathOf(session.state.path) } });
  throw notSignedIn("other", command);
}

export function isOf({ userPoolId, clientId }: Pool, tokens: Tokens): boolean {
  return tokens.userPoolId === userPoolId && tokens.clientId === clientId;
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html */
async function renew(context: StackContext, tokens: Tokens, command: string): Promise<Tokens> {
  const { clientId, refreshToken } = tokens;
  const { session } = context;
  const request = new InitiateAuthCommand({
    AuthFlow: "REFRESH_TOKEN_AUTH",
    ClientId: clientId,
    AuthParameters: { REFRESH_TOKEN: refreshToken },
  });
  const answered = session.clients
    .get(CognitoIdentityProviderClient)
    .send(request)
    .catch((error: unknown) => {
      if (!isTokenRefused(error)) throw error;
      if (!context.dryRun) forgetTokens(session.state.path);
      throw notSignedIn("refused", command);
    });
  const { AuthenticationResult } = await forUser(context, { command }, answered);
  return keepTokens(context, tokens, AuthenticationResult);
}

/** @param before of the same user; a refreshed answer brings no new refresh token */
export function keepTokens(
  { session, clock, dryRun }: StackContext,
  before: Pick<Tokens, "userPoolId" | "clientId"> & { readonly refreshToken?: string },
  { IdToken = "", AccessToken = "", RefreshToken }: AuthenticationResultType = {},
): Tokens {
  const { userPoolId, clientId, refreshToken = "" } = before;
  const tokens: Tokens = {
    userPoolId,
    clientId,
    idToken: IdToken,
    accessToken: AccessToken,
    refreshToken: RefreshToken ?? refreshToken,
    receivedAt: clock.now(),
  };
  if (!dryRun) saveTokens(session.state.path, tokens);
  return tokens;
}

function notSignedIn(why: NotSignedInReason, command: string): Problem<"NotSignedIn"> {
  return new Problem("NotSignedIn", { why, command });
}
