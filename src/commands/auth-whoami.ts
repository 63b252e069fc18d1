// `awsls auth whoami` and `auth token`: what the tokens of whoever is signed in say, and the tokens themselves.

import { type Caller, claimsOf, expiryHere } from "./auth-claims.ts";
import { freshTokens } from "./auth-session.ts";
import type { StackContext } from "./context.ts";

export interface WhoamiResult extends Caller {
  readonly userPoolId: string;
  readonly scopes: readonly string[];
  /** When ID and access token end by this machine's clock, in ISO 8601. */
  readonly expiresAt: string;
  /** Until then, from now. */
  readonly expiresInSeconds: number;
  readonly idTokenClaims: Readonly<Record<string, unknown>>;
  readonly accessTokenClaims: Readonly<Record<string, unknown>>;
}

/** @throws {Problem} `NotSignedIn` */
export async function whoami(context: StackContext): Promise<WhoamiResult> {
  const { pool, tokens } = await freshTokens(context, "auth whoami");
  const { caller, scopes, id, access } = claimsOf(tokens);
  const expiry = expiryHere(tokens);
  return {
    ...caller,
    userPoolId: pool.userPoolId,
    scopes,
    expiresAt: new Date(expiry).toISOString(),
    expiresInSeconds: Math.round((expiry - context.clock.now()) / 1000),
    idTokenClaims: id,
    accessTokenClaims: access,
  };
}

export interface TokenResult {
  readonly use: "access" | "id";
  readonly token: string;
  readonly expiresAt: string;
}

/** @throws {Problem} `NotSignedIn` */
export async function token(context: StackContext, use: TokenResult["use"]): Promise<TokenResult> {
  const { tokens } = await freshTokens(context, "auth token");
  return {
    use,
    token: use === "id" ? tokens.idToken : tokens.accessToken,
    expiresAt: new Date(expiryHere(tokens)).toISOString(),
  };
}
