// `awsls auth sign-out`: the user's tokens are revoked, and the file of them goes.

import {
  CognitoIdentityProviderClient,
  GlobalSignOutCommand,
  RevokeTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { isAwsError } from "../aws/errors.ts";
import { isProblem } from "../core/problem.ts";
import { forgetTokens, readTokens, type Tokens } from "../state/tokens.ts";
import { claimsOf, expiryHere } from "./auth-claims.ts";
import { forUser, isTokenRefused } from "./auth-refusal.ts";
import { freshTokens } from "./auth-session.ts";
import type { StackContext } from "./context.ts";

export interface SignOutResult {
  /** "here": Cognito knew of no sign-in any more; "nobody": there was nobody to sign out. */
  readonly signedOut: "everywhere" | "here" | "nobody";
  /** Of the user who was signed in. */
  readonly email?: string;
  /** Until then the API lets in whoever has the access token, in ISO 8601. */
  readonly accessTokenLivesUntil?: string;
}

const SCENE = { command: "auth sign-out" };

/**
 * @throws {Problem} when Cognito could not be asked: the tokens are still good then, and the file stays
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html
 */
export async function signOut(context: StackContext): Promise<SignOutResult> {
  const { path } = context.session.state;
  const found = readTokens(path);
  if (found === undefined) return { signedOut: "nobody" };
  const revoked = await revokeTokens(context, found).catch((error: unknown) => {
    if (isOver(error)) return undefined;
    throw error;
  });
  forgetTokens(path);
  const tokens = revoked ?? found;
  const { email } = claimsOf(tokens).caller;
  return {
    signedOut: revoked === undefined ? "here" : "everywhere",
    ...(email === undefined ? {} : { email }),
    accessTokenLivesUntil: new Date(expiryHere(tokens)).toISOString(),
  };
}

/**
 * The first call ends every sign-in of the user, the second this one: also where the access token is taken no longer.
 * @returns undefined when Cognito knew of no sign-in
 */
async function revokeTokens(context: StackContext, found: Tokens): Promise<Tokens | undefined> {
  const tokens = await tokensToRevoke(context, found);
  const client = context.session.clients.get(CognitoIdentityProviderClient);
  const everywhere = client.send(new GlobalSignOutCommand({ AccessToken: tokens.accessToken })).then(
    () => tokens,
    (error: unknown) => {
      if (isTokenRefused(error)) return undefined;
      throw error;
    },
  );
  const ended = await forUser(context, SCENE, everywhere);
  const revoked = client
    .send(new RevokeTokenCommand({ ClientId: tokens.clientId, Token: tokens.refreshToken }))
    .catch((error: unknown) => {
      // What was revoked just now may be no token to Cognito any more; a client may have revocation turned off.
      const isVain = isAwsError(error, "UnauthorizedException", "UnsupportedOperationException");
      if (!isVain && !isTokenRefused(error)) throw error;
    });
  await forUser(context, SCENE, revoked);
  return ended;
}

/** Of another pool than the stack's, too: they are as good there as ever. */
async function tokensToRevoke(context: StackContext, found: Tokens): Promise<Tokens> {
  try {
    return (await freshTokens(context, SCENE.command)).tokens;
  } catch (error) {
    if (isProblem(error, "StepMissing") || (isProblem(error, "NotSignedIn") && error.data.why === "other"))
      return found;
    throw error;
  }
}

/** Nobody is left who would take the tokens. */
function isOver(error: unknown): boolean {
  if (isProblem(error, "AuthRefused")) return error.data.why === "gone";
  return isProblem(error, "NotSignedIn");
}
