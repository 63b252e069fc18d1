// Signing in, further steps: the proof of SRP, a new password, a one-time password, the second factor that was set up.

import type { JsonObject, Operation, Shape } from "../service.ts";
import { changedAttributes, readAttributes } from "./attributes.ts";
import { isStillOf } from "./challenges.ts";
import type { Challenge, ChallengeName } from "./challenges.ts";
import { requireClient, resourceIn } from "./context.ts";
import type { CognitoContext, Place } from "./context.ts";
import {
  codeMismatch,
  expiredCode,
  invalidParameter,
  isDisabled,
  notAuthorized,
  passwordResetRequired,
  wrongPassword,
} from "./errors.ts";
import { mapOf, textIn } from "./input.ts";
import { afterNewPassword, afterPassword, signedIn } from "./next-step.ts";
import { requireGoodPassword } from "./password-policy.ts";
import { savePassword } from "./passwords.ts";
import type { User } from "./records.ts";
import { CLIENT_ID, POOL_ID, PUBLIC, SESSION } from "./shapes.ts";
import { isProof, srpIdentity } from "./srp.ts";
import { isTimely } from "./srp-time.ts";
import { stepOf } from "./totp.ts";
import { requireFreeEmail, saveUser, userKey } from "./users.ts";

const CHALLENGES = [
  "SMS_MFA",
  "EMAIL_OTP",
  "SOFTWARE_TOKEN_MFA",
  "SELECT_MFA_TYPE",
  "MFA_SETUP",
  "PASSWORD_VERIFIER",
  "CUSTOM_CHALLENGE",
  "SELECT_CHALLENGE",
  "DEVICE_SRP_AUTH",
  "DEVICE_PASSWORD_VERIFIER",
  "ADMIN_NO_SRP_AUTH",
  "NEW_PASSWORD_REQUIRED",
  "SMS_OTP",
  "PASSWORD",
  "WEB_AUTHN",
  "PASSWORD_SRP",
];
const RESPONSE: Readonly<Record<string, Shape>> = {
  ...PUBLIC,
  ClientId: CLIENT_ID,
  ChallengeName: { type: "string", required: true, values: CHALLENGES },
  ChallengeResponses: { type: "map", of: { type: "string", isSensitive: true } },
  Session: SESSION,
};
/** https://docs.oracle.com/javase/8/docs/api/java/text/SimpleDateFormat.html of what AWS's refusal names. */
const TIMESTAMP = /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{1,2}:\d{2}:\d{2} [A-Z]{3,4} \d{4}$/;

export function respondOperations(context: CognitoContext): Record<string, Operation> {
  return {
    RespondToAuthChallenge: { input: RESPONSE, unsigned: true, run: (input) => respond(context, input) },
    AdminRespondToAuthChallenge: {
      input: { ...RESPONSE, UserPoolId: POOL_ID, ContextData: { type: "structure" } },
      resource: resourceIn(context),
      run: (input) => respond(context, input),
    },
  };
}

/** An answer to a challenge that is open. */
interface Answer {
  readonly place: Place;
  /** A session string, or PASSWORD_VERIFIER's secret block. */
  readonly session: string;
  readonly challenge: Challenge;
  readonly responses: Readonly<Record<string, string>>;
}

function respond(context: CognitoContext, input: JsonObject): Promise<JsonObject> {
  const place = requireClient(context, input);
  const responses = mapOf(input["ChallengeResponses"]);
  const name = textIn(input, "ChallengeName");
  requireResponse(responses, "USERNAME");
  switch (name) {
    case "PASSWORD_VERIFIER":
      return verifyPassword(context, place, responses);
    case "NEW_PASSWORD_REQUIRED":
      requireResponse(responses, "NEW_PASSWORD");
      return setNewPassword(context, openAnswer(context, place, input, name, responses));
    case "SOFTWARE_TOKEN_MFA":
      requireResponse(responses, "SOFTWARE_TOKEN_MFA_CODE");
      return verifyOneTimePassword(context, openAnswer(context, place, input, name, responses));
    case "MFA_SETUP":
      return finishSetup(context, openAnswer(context, place, input, name, responses));
    default:
      throw invalidParameter(`The local cloud does not implement the challenge ${name}`);
  }
}

/** @throws {AwsError} `NotAuthorizedException` for a session that is not of this challenge, client and user, or no longer */
function openAnswer(
  context: CognitoContext,
  place: Place,
  input: JsonObject,
  name: ChallengeName,
  responses: Answer["responses"],
): Answer {
  const session = textIn(input, "Session");
  if (session === "") throw invalidParameter("Missing required parameter Session");
  const challenge = context.challenges.find(session);
  if (challenge === undefined) throw notAuthorized("Invalid session for the user, session is expired.");
  const isOurs = challenge.name === name && challenge.clientId === place.client.id;
  // The real user name: an e-mail address is none.
  if (!isOurs || challenge.username !== responses["USERNAME"]) throw notAuthorized("Invalid session for the user.");
  return { place, session, challenge, responses };
}

function verifyPassword(context: CognitoContext, place: Place, responses: Answer["responses"]): Promise<JsonObject> {
  const { pool, client } = place;
  const secretBlock = requireResponse(responses, "PASSWORD_CLAIM_SECRET_BLOCK");
  const signature = requireResponse(responses, "PASSWORD_CLAIM_SIGNATURE");
  const timestamp = requireResponse(responses, "TIMESTAMP");
  if (!TIMESTAMP.test(timestamp)) {
    throw invalidParameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.");
  }
  const challenge = context.challenges.find(secretBlock);
  context.challenges.end(secretBlock);
  if (challenge?.srp === undefined || challenge.clientId !== client.id) throw wrongPassword();
  const { username, srp } = challenge;
  context.attempts.requireUnlocked(pool.id, username);
  const isRight = isProof(srpIdentity(pool.id, username), srp.stored, srp.half, { secretBlock, timestamp, signature });
  const user = context.users.get(userKey(pool.id, username));
  // The password may have become another one since the challenge was made.
  const isCurrent = user?.password?.verifier === srp.stored.verifier;
  const isNow = isTimely(timestamp, context.env.clock.now());
  if (user === undefined || !isCurrent || !isRight || !isNow || responses["USERNAME"] !== username) {
    context.attempts.failed(pool.id, username);
    throw wrongPassword();
  }
  return afterPassword(context, place, user);
}

async function setNewPassword(context: CognitoContext, answer: Answer): Promise<JsonObject> {
  const { place, session, responses } = answer;
  const user = requireChallenged(context, answer);
  if (user.status !== "FORCE_CHANGE_PASSWORD") throw notAuthorized("Invalid session for the user.");
  const password = responses["NEW_PASSWORD"] ?? "";
  requireGoodPassword(place.pool, password);
  const given = Object.entries(responses).flatMap(([key, Value]) =>
    key.startsWith("userAttributes.") ? [{ Name: key.slice("userAttributes.".length), Value }] : [],
  );
  const added = readAttributes(given, false);
  const provided = Object.keys(added).find((name) => user.attributes[name] !== undefined);
  if (provided !== undefined) throw notAuthorized(`Cannot modify an already provided ${provided}`);
  if (added["email"] !== undefined) requireFreeEmail(context, place.pool, user, added["email"]);
  const attributes = changedAttributes(user.attributes, added);
  context.challenges.end(session);
  const changed = savePassword(context, { ...user, attributes }, password, "CONFIRMED");
  return afterNewPassword(context, place, changed);
}

async function verifyOneTimePassword(context: CognitoContext, answer: Answer): Promise<JsonObject> {
  const { place, session, responses } = answer;
  const user = requireChallenged(context, answer);
  const { softwareToken } = user;
  if (softwareToken === undefined) throw notAuthorized("Invalid session for the user.");
  context.attempts.requireUnlocked(place.pool.id, user.username);
  const step = stepOf(softwareToken.secret, responses["SOFTWARE_TOKEN_MFA_CODE"] ?? "", context.env.clock.now());
  if (step === undefined) {
    context.attempts.failed(place.pool.id, user.username);
    throw codeMismatch("Invalid code received for user");
  }
  if (step <= softwareToken.lastStep) throw expiredCode("Your software token has already been used once.");
  context.challenges.end(session);
  const changed = saveUser(context, { ...user, softwareToken: { ...softwareToken, lastStep: step } });
  return signedIn(context, place, changed);
}

/** After AssociateSoftwareToken and VerifySoftwareToken with the session of this challenge. */
async function finishSetup(context: CognitoContext, answer: Answer): Promise<JsonObject> {
  const user = requireChallenged(context, answer);
  if (answer.challenge.isSetUp !== true) throw notAuthorized("Invalid session for the user.");
  context.challenges.end(answer.session);
  return signedIn(context, answer.place, user);
}

/** The user of an open challenge, as long as there is one who may sign in. */
function requireChallenged(context: CognitoContext, { challenge, session }: Answer): User {
  const user = context.users.get(userKey(challenge.poolId, challenge.username));
  if (user === undefined) throw wrongPassword();
  if (user.isEnabled && isStillOf(challenge, user) && user.status !== "RESET_REQUIRED") return user;
  context.challenges.end(session);
  if (user.status === "RESET_REQUIRED") throw passwordResetRequired();
  throw user.isEnabled ? notAuthorized("Invalid session for the user.") : isDisabled();
}

function requireResponse(responses: Answer["responses"], name: string): string {
  const value = responses[name];
  if (value === undefined || value === "") throw invalidParameter(`Missing required parameter ${name}`);
  return value;
}
