// What signed-in users do with their accounts: look, sign out everywhere, give one device up, leave.

import type { JsonObject, Operation, Shape } from "../service.ts";
import { revokesTokens } from "./client-settings.ts";
import { requireClient } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { invalidParameter, unauthorized, unsupportedOperation, unsupportedTokenType } from "./errors.ts";
import { findGrant, requireSignedIn, revoke, revokeAll } from "./grants.ts";
import { textIn } from "./input.ts";
import type { User } from "./records.ts";
import { ACCESS_TOKEN, CLIENT_ID } from "./shapes.ts";
import { attributesOf, mfaOf, userKey } from "./users.ts";

const SIGNED_IN: Readonly<Record<string, Shape>> = { AccessToken: { ...ACCESS_TOKEN, required: true } };

export function accountOperations(context: CognitoContext): Record<string, Operation> {
  return {
    GetUser: {
      input: SIGNED_IN,
      unsigned: true,
      async run(input) {
        const { user } = await requireSignedIn(context, input);
        return { Username: user.username, UserAttributes: attributesOf(user), ...mfaOf(user) };
      },
    },
    DeleteUser: {
      input: SIGNED_IN,
      unsigned: true,
      async run(input) {
        const { user } = await requireSignedIn(context, input);
        forgetUser(context, user);
        return undefined;
      },
    },
    GlobalSignOut: {
      input: SIGNED_IN,
      unsigned: true,
      async run(input) {
        const { user } = await requireSignedIn(context, input);
        revokeAll(context, user);
        return {};
      },
    },
    RevokeToken: {
      input: {
        Token: { ...ACCESS_TOKEN, required: true },
        ClientId: CLIENT_ID,
      },
      notImplemented: ["ClientSecret"],
      unsigned: true,
      run: (input) => revokeToken(context, input),
    },
  };
}

/** With everything that was sent to the user or issued for it. */
export function forgetUser(context: CognitoContext, user: User): void {
  revokeAll(context, user);
  context.users.delete(userKey(user.poolId, user.username));
  context.codes.forget(user.poolId, user.username);
  context.attempts.forget(user.poolId, user.username);
}

/** The tokens of one sign-in; the user's others stay. One that is revoked already is no error. */
function revokeToken(context: CognitoContext, input: JsonObject): JsonObject {
  const { client } = requireClient(context, input);
  const token = textIn(input, "Token");
  if (!revokesTokens(client)) throw unsupportedOperation("Token revocation is not enabled for this client");
  // ID and access tokens have three parts.
  if (token.split(".").length === 3) throw unsupportedTokenType("Only refresh tokens can be revoked");
  const found = findGrant(context, token);
  if (found === undefined) throw invalidParameter("Invalid Refresh Token");
  if (found.grant.clientId !== client.id) throw unauthorized("Refresh Token was not issued to this client");
  revoke(context, found.eventId, found.grant);
  return {};
}
