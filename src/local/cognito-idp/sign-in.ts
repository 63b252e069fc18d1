// Signing in, first step: a password, SRP's A, or a refresh token.

import type { JsonObject, Operation, Shape } from "../service.ts";
import { allowsFlow, hidesUsers, sessionMinutes } from "./client-settings.ts";
import { requireClient, resourceIn } from "./context.ts";
import type { CognitoContext, Place } from "./context.ts";
import { invalidParameter, passwordResetRequired, userNotConfirmed, userNotFound, wrongPassword } from "./errors.ts";
import { requireRefreshable } from "./grants.ts";
import { mapOf, textIn } from "./input.ts";
import { afterPassword } from "./next-step.ts";
import { nobody } from "./nobody.ts";
import type { User } from "./records.ts";
import { CLIENT_ID, POOL_ID, PUBLIC, SESSION } from "./shapes.ts";
import { answerTo, isPassword, srpIdentity } from "./srp.ts";
import { tokensOf } from "./tokens.ts";
import { findUser } from "./users.ts";

const FLOWS = [
  "USER_SRP_AUTH",
  "REFRESH_TOKEN_AUTH",
  "REFRESH_TOKEN",
  "CUSTOM_AUTH",
  "ADMIN_NO_SRP_AUTH",
  "USER_PASSWORD_AUTH",
  "ADMIN_USER_PASSWORD_AUTH",
  "USER_AUTH",
];
const AUTH: Readonly<Record<string, Shape>> = {
  ...PUBLIC,
  AuthFlow: { type: "string", required: true, values: FLOWS },
  AuthParameters: { type: "map", of: { type: "string", isSensitive: true } },
  ClientId: CLIENT_ID,
  Session: SESSION,
};

export function signInOperations(context: CognitoContext): Record<string, Operation> {
  return {
    InitiateAuth: { input: AUTH, unsigned: true, run: (input) => initiateAuth(context, input, false) },
    AdminInitiateAuth: {
      input: { ...AUTH, UserPoolId: POOL_ID, ContextData: { type: "structure" } },
      resource: resourceIn(context),
      run: (input) => initiateAuth(context, input, true),
    },
    GetTokensFromRefreshToken: {
      input: { ClientId: CLIENT_ID, RefreshToken: { type: "string", required: true }, ClientMetadata: { type: "map" } },
      notImplemented: ["ClientSecret", "DeviceKey"],
      unsigned: true,
      run: (input) => refresh(context, requireClient(context, input), { REFRESH_TOKEN: textIn(input, "RefreshToken") }),
    },
  };
}

/** AuthParameters, by AWS's names. */
type Parameters = Readonly<Record<string, string>>;

function initiateAuth(context: CognitoContext, input: JsonObject, isAdmin: boolean): Promise<JsonObject> | JsonObject {
  const place = requireClient(context, input);
  const parameters = mapOf(input["AuthParameters"]);
  switch (textIn(input, "AuthFlow")) {
    case "USER_PASSWORD_AUTH":
      if (isAdmin) break;
      requireFlow(place, "USER_PASSWORD_AUTH flow not enabled for this client", "USER_PASSWORD_AUTH");
      return signInWithPassword(context, place, parameters);
    case "ADMIN_NO_SRP_AUTH":
    case "ADMIN_USER_PASSWORD_AUTH":
      if (!isAdmin) break;
      requireFlow(place, "Auth flow not enabled for this client", "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH");
      return signInWithPassword(context, place, parameters);
    case "USER_SRP_AUTH":
      requireFlow(place, "USER_SRP_AUTH is not enabled for the client.", "USER_SRP_AUTH");
      return signInWithSrp(context, place, parameters);
    case "REFRESH_TOKEN":
    case "REFRESH_TOKEN_AUTH":
      requireFlow(place, "REFRESH_TOKEN_AUTH flow not enabled for this client", "REFRESH_TOKEN_AUTH");
      return refresh(context, place, parameters);
    case "CUSTOM_AUTH":
    case "USER_AUTH":
      throw invalidParameter(`The local cloud does not implement ${textIn(input, "AuthFlow")}`);
  }
  throw invalidParameter("Initiate Auth method not supported.");
}

function requireFlow({ client }: Place, message: string, ...flows: string[]): void {
  if (!allowsFlow(client, ...flows, ...flows.map((flow) => `ALLOW_${flow}`))) throw invalidParameter(message);
}

function signInWithPassword(context: CognitoContext, place: Place, parameters: Parameters): Promise<JsonObject> {
  const { pool } = place;
  const name = parameterOf(parameters, "USERNAME");
  const password = parameterOf(parameters, "PASSWORD");
  const user = requirePresent(context, place, name);
  if (user?.status === "UNCONFIRMED") throw userNotConfirmed();
  // The same name and work for nobody in both flows, so that neither lock nor time tells.
  const { username, stored } = credentialsOf(context, place, name, user);
  context.attempts.requireUnlocked(pool.id, username);
  const isRight = isPassword(srpIdentity(pool.id, username), stored, password);
  if (user?.password === undefined || !isRight) {
    context.attempts.failed(pool.id, username);
    throw wrongPassword();
  }
  return afterPassword(context, place, user);
}

function signInWithSrp(context: CognitoContext, place: Place, parameters: Parameters): JsonObject {
  const { pool, client } = place;
  const name = parameterOf(parameters, "USERNAME");
  const srpA = parameterOf(parameters, "SRP_A");
  const user = requirePresent(context, place, name);
  const { username, stored } = credentialsOf(context, place, name, user);
  const half = answerTo(srpA, stored);
  if (half === undefined) throw invalidParameter("SRP_A is not valid.");
  const challenge = { poolId: pool.id, clientId: client.id, username, srp: { half, stored } };
  return {
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeParameters: {
      SALT: stored.salt,
      SECRET_BLOCK: context.challenges.open({ name: "PASSWORD_VERIFIER", ...challenge }, sessionMinutes(client)),
      SRP_B: half.B.toString(16),
      USERNAME: username,
      USER_ID_FOR_SRP: username,
    },
  };
}

async function refresh(context: CognitoContext, place: Place, parameters: Parameters): Promise<JsonObject> {
  const { eventId, grant, user } = requireRefreshable(context, place, parameterOf(parameters, "REFRESH_TOKEN"));
  const tokens = await tokensOf(context, place, user, eventId, grant);
  return { AuthenticationResult: tokens, ChallengeParameters: {} };
}

/** @throws {AwsError} `UserNotFoundException` where the client says so, `PasswordResetRequiredException` */
function requirePresent(context: CognitoContext, { pool, client }: Place, name: string): User | undefined {
  const user = findUser(context, pool, name);
  if (user === undefined && !hidesUsers(client)) throw userNotFound();
  if (user?.status === "RESET_REQUIRED") throw passwordResetRequired();
  return user;
}

/** Of somebody who is not there, or has no password, always the same ones. */
function credentialsOf(context: CognitoContext, { pool }: Place, name: string, user: User | undefined) {
  if (user?.password !== undefined) return { username: user.username, stored: user.password };
  const simulated = nobody(context.keys.secret(pool.id), name);
  return { ...simulated, username: user?.username ?? simulated.username };
}

function parameterOf(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === "") throw invalidParameter(`Missing required parameter ${name}`);
  return value;
}
