// Authenticator apps: a secret is given out, a code of it proves that it has arrived, and the user turns it on.

import type { JsonObject, Operation, Shape } from "../service.ts";
import { isStillOf } from "./challenges.ts";
import type { Challenge } from "./challenges.ts";
import { sessionMinutes } from "./client-settings.ts";
import { requirePool, resourceIn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { invalidParameter, notAuthorized, softwareTokenNotFound, wrongSetupCode } from "./errors.ts";
import { requireSignedIn } from "./grants.ts";
import { objectOf, textIn, textOf } from "./input.ts";
import type { User, UserPool } from "./records.ts";
import { ACCESS_TOKEN, POOL_ID, SESSION, USERNAME } from "./shapes.ts";
import { newSecret, stepOf } from "./totp.ts";
import { requireUser, saveUser, userKey } from "./users.ts";

const SOFTWARE_TOKEN_SETTINGS: Shape = {
  type: "structure",
  members: { Enabled: { type: "boolean" }, PreferredMfa: { type: "boolean" } },
};
const OTHER_FACTORS = ["SMSMfaSettings", "EmailMfaSettings", "WebAuthnMfaSettings"];

export function softwareTokenOperations(context: CognitoContext): Record<string, Operation> {
  return {
    AssociateSoftwareToken: {
      input: { AccessToken: ACCESS_TOKEN, Session: SESSION },
      unsigned: true,
      run: (input) => associateSoftwareToken(context, input),
    },
    VerifySoftwareToken: {
      input: {
        AccessToken: ACCESS_TOKEN,
        Session: SESSION,
        UserCode: { type: "string", required: true, min: 6, max: 6, pattern: "[0-9]+", isSensitive: true },
        FriendlyDeviceName: { type: "string", max: 131_072 },
      },
      unsigned: true,
      run: (input) => verifySoftwareToken(context, input),
    },
    SetUserMFAPreference: {
      input: { AccessToken: { ...ACCESS_TOKEN, required: true }, SoftwareTokenMfaSettings: SOFTWARE_TOKEN_SETTINGS },
      notImplemented: OTHER_FACTORS,
      unsigned: true,
      async run(input) {
        const { user } = await requireSignedIn(context, input);
        return setPreference(context, user, input);
      },
    },
    AdminSetUserMFAPreference: {
      input: { UserPoolId: POOL_ID, Username: USERNAME, SoftwareTokenMfaSettings: SOFTWARE_TOKEN_SETTINGS },
      notImplemented: OTHER_FACTORS,
      resource: resourceIn(context),
      run(input) {
        const user = requireUser(context, requirePool(context, input), textIn(input, "Username"));
        return setPreference(context, user, input);
      },
    },
  };
}

/** The one before it goes on to work until the new one is verified. */
async function associateSoftwareToken(context: CognitoContext, input: JsonObject): Promise<JsonObject> {
  const secret = newSecret();
  if (input["AccessToken"] !== undefined) {
    const { pool, user } = await requireSignedIn(context, input);
    requireSoftwareTokens(pool);
    saveUser(context, { ...user, pendingSecret: secret });
    return { SecretCode: secret };
  }
  const setup = requireSetup(context, input);
  requireUnset(context, setup);
  return { SecretCode: secret, Session: goOn(context, input, { ...setup, secret }) };
}

async function verifySoftwareToken(context: CognitoContext, input: JsonObject): Promise<JsonObject> {
  if (input["AccessToken"] !== undefined) {
    const { pool, user } = await requireSignedIn(context, input);
    requireSoftwareTokens(pool);
    accept(context, user, user.pendingSecret, input);
    return { Status: "SUCCESS" };
  }
  const setup = requireSetup(context, input);
  const user = requireUnset(context, setup);
  const accepted = accept(context, user, setup.secret, input);
  saveUser(context, { ...accepted, usesSoftwareToken: true });
  return { Status: "SUCCESS", Session: goOn(context, input, { ...setup, isSetUp: true }) };
}

function accept(context: CognitoContext, user: User, secret: string | undefined, input: JsonObject): User {
  if (secret === undefined) throw softwareTokenNotFound("Software Token MFA has not been associated with the user.");
  const step = stepOf(secret, textIn(input, "UserCode"), context.env.clock.now());
  if (step === undefined) throw wrongSetupCode();
  const { pendingSecret: _, ...kept } = user;
  const friendlyName = textOf(input, "FriendlyDeviceName") ?? "";
  return saveUser(context, { ...kept, softwareToken: { secret, friendlyName, lastStep: step } });
}

function setPreference(context: CognitoContext, user: User, input: JsonObject): JsonObject {
  const settings = objectOf(input["SoftwareTokenMfaSettings"]);
  const isEnabled = settings["Enabled"] === true;
  const isPreferred = settings["PreferredMfa"] === true;
  if ((isEnabled || isPreferred) && user.softwareToken === undefined) {
    throw invalidParameter("User has not set up software token mfa");
  }
  if (input["SoftwareTokenMfaSettings"] === undefined) return {};
  if (isPreferred && !isEnabled) throw invalidParameter("Cannot set a disabled MFA method as preferred");
  saveUser(context, { ...user, usesSoftwareToken: isEnabled, prefersSoftwareToken: isPreferred });
  return {};
}

/** @throws {AwsError} `SoftwareTokenMFANotFoundException` */
function requireSoftwareTokens({ mfa }: UserPool): void {
  if (mfa.configuration === "OFF" || !mfa.isSoftwareTokenEnabled) {
    throw softwareTokenNotFound("Software Token MFA is not enabled by the userPool.");
  }
}

/** The MFA_SETUP challenge whose session the call has. */
function requireSetup(context: CognitoContext, input: JsonObject): Challenge {
  const session = textOf(input, "Session");
  if (session === undefined) throw invalidParameter("Missing required parameter AccessToken or Session");
  const challenge = context.challenges.find(session);
  if (challenge?.name !== "MFA_SETUP") throw notAuthorized("Invalid session for the user, session is expired.");
  return challenge;
}

/** Whoever has set up a second factor meanwhile keeps it. */
function requireUnset(context: CognitoContext, setup: Challenge): User {
  const user = context.users.get(userKey(setup.poolId, setup.username));
  if (user === undefined || !isStillOf(setup, user) || user.softwareToken !== undefined) {
    throw notAuthorized("Invalid session for the user.");
  }
  return user;
}

/** The next session string in place of the one that the call had. */
function goOn(context: CognitoContext, input: JsonObject, challenge: Challenge): string {
  const client = context.clients.get(challenge.clientId);
  if (client === undefined) throw notAuthorized("Invalid session for the user.");
  context.challenges.end(textIn(input, "Session"));
  return context.challenges.open(challenge, sessionMinutes(client));
}
