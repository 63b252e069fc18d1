// What follows a right password: another one, a second factor, or the tokens.

import type { JsonObject } from "../service.ts";
import type { Challenge, ChallengeName } from "./challenges.ts";
import { sessionMinutes } from "./client-settings.ts";
import type { CognitoContext, Place } from "./context.ts";
import { isDisabled, notAuthorized, passwordResetRequired, userNotConfirmed } from "./errors.ts";
import type { User } from "./records.ts";
import { issueTokens } from "./tokens.ts";

/** @throws {AwsError} for a user who may not sign in */
export async function afterPassword(context: CognitoContext, place: Place, user: User): Promise<JsonObject> {
  if (!user.isEnabled) throw isDisabled();
  if (user.status === "RESET_REQUIRED") throw passwordResetRequired();
  if (user.status === "UNCONFIRMED") throw userNotConfirmed();
  if (user.status === "FORCE_CHANGE_PASSWORD") return newPasswordChallenge(context, place, user);
  return afterNewPassword(context, place, user);
}

/** The second factor if the pool and the user have one. */
export async function afterNewPassword(context: CognitoContext, place: Place, user: User): Promise<JsonObject> {
  const { mfa } = place.pool;
  const hasFactor = user.softwareToken !== undefined;
  if (mfa.configuration !== "OFF" && hasFactor && (user.usesSoftwareToken || mfa.configuration === "ON")) {
    const FRIENDLY_DEVICE_NAME = user.softwareToken.friendlyName;
    return challenge(context, place, user, "SOFTWARE_TOKEN_MFA", { FRIENDLY_DEVICE_NAME });
  }
  if (mfa.configuration === "ON") {
    return challenge(context, place, user, "MFA_SETUP", { MFAS_CAN_SETUP: JSON.stringify(["SOFTWARE_TOKEN_MFA"]) });
  }
  return signedIn(context, place, user);
}

/** Only this ends a lock-out: a right password without its second factor is no sign-in. */
export async function signedIn(context: CognitoContext, place: Place, user: User): Promise<JsonObject> {
  context.attempts.succeeded(place.pool.id, user.username);
  return { ChallengeParameters: {}, AuthenticationResult: await issueTokens(context, place, user) };
}

function newPasswordChallenge(context: CognitoContext, place: Place, user: User): JsonObject {
  if ((user.passwordExpiresAt ?? Infinity) <= context.env.clock.now()) {
    throw notAuthorized("Temporary password has expired and must be reset by an administrator.");
  }
  return challenge(context, place, user, "NEW_PASSWORD_REQUIRED", {
    requiredAttributes: "[]",
    userAttributes: JSON.stringify(user.attributes),
  });
}

function challenge(
  context: CognitoContext,
  { pool, client }: Place,
  { username, sub, password }: User,
  name: ChallengeName,
  parameters: Readonly<Record<string, string>>,
): JsonObject {
  const open: Challenge = {
    name,
    poolId: pool.id,
    clientId: client.id,
    username,
    given: { sub, verifier: password?.verifier },
  };
  return {
    ChallengeName: name,
    Session: context.challenges.open(open, sessionMinutes(client)),
    ChallengeParameters: { USER_ID_FOR_SRP: username, ...parameters },
  };
}
