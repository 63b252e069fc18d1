// Users change a password that they know, and replace one that they have forgotten.

import type { JsonObject, Operation } from "../service.ts";
import { hidesUsers } from "./client-settings.ts";
import { deliveryTo, sendCode } from "./code-mail.ts";
import { requireClient } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { codeMismatch, invalidParameter, isDisabled, notAuthorized, userNotFound, wrongPassword } from "./errors.ts";
import { requireSignedIn } from "./grants.ts";
import { objectOf, objectsOf, textIn } from "./input.ts";
import { requireGoodPassword } from "./password-policy.ts";
import type { User, UserPool, UserStatus } from "./records.ts";
import { ACCESS_TOKEN, CLIENT_ID, CODE, PASSWORD, PUBLIC, USERNAME } from "./shapes.ts";
import { isPassword, srpIdentity, storePassword } from "./srp.ts";
import { findUser, saveUser } from "./users.ts";

const OF_USER = { ...PUBLIC, ClientId: CLIENT_ID, Username: USERNAME };

export function passwordOperations(context: CognitoContext): Record<string, Operation> {
  return {
    ChangePassword: {
      input: {
        AccessToken: { ...ACCESS_TOKEN, required: true },
        PreviousPassword: PASSWORD,
        ProposedPassword: { ...PASSWORD, required: true },
      },
      unsigned: true,
      run: (input) => changePassword(context, input),
    },
    ForgotPassword: {
      input: OF_USER,
      notImplemented: ["SecretHash"],
      unsigned: true,
      run: (input) => forgotPassword(context, input),
    },
    ConfirmForgotPassword: {
      input: { ...OF_USER, ConfirmationCode: CODE, Password: { ...PASSWORD, required: true } },
      notImplemented: ["SecretHash"],
      unsigned: true,
      run: (input) => confirmForgotPassword(context, input),
    },
  };
}

/** Whatever the user had to do about the old one is done. */
export function savePassword(context: CognitoContext, user: User, password: string, status: UserStatus): User {
  const { passwordExpiresAt: _, ...kept } = user;
  const stored = storePassword(srpIdentity(user.poolId, user.username), password);
  return saveUser(context, { ...kept, password: stored, status });
}

/** @throws {AwsError} for a user whose password cannot be reset, with what is in the way */
export function requireResettable(pool: UserPool, user: User): void {
  const mechanisms = objectsOf(objectOf(pool.settings["AccountRecoverySetting"])["RecoveryMechanisms"]);
  if (!mechanisms.some(({ Name }) => Name === "verified_email")) {
    throw notAuthorized("Contact administrator to reset password.");
  }
  if (user.status === "FORCE_CHANGE_PASSWORD") {
    throw notAuthorized("User password cannot be reset in the current state.");
  }
  if (user.attributes["email"] === undefined || user.attributes["email_verified"] !== "true") {
    throw invalidParameter(
      "Cannot reset password for the user as there is no registered/verified email or phone_number",
    );
  }
}

async function changePassword(context: CognitoContext, input: JsonObject): Promise<JsonObject> {
  const { pool, user } = await requireSignedIn(context, input);
  const proposed = textIn(input, "ProposedPassword");
  context.attempts.count(pool.id, user.username, "ChangePassword");
  const identity = srpIdentity(pool.id, user.username);
  const isRight = user.password !== undefined && isPassword(identity, user.password, textIn(input, "PreviousPassword"));
  if (!isRight) throw wrongPassword();
  requireGoodPassword(pool, proposed);
  savePassword(context, user, proposed, user.status);
  return {};
}

function forgotPassword(context: CognitoContext, input: JsonObject): JsonObject {
  const { pool, client } = requireClient(context, input);
  const name = textIn(input, "Username");
  const user = findUser(context, pool, name);
  context.attempts.count(pool.id, user?.username ?? name, "ForgotPassword");
  if (user === undefined || !user.isEnabled) {
    if (hidesUsers(client)) return { CodeDeliveryDetails: deliveryTo(pool, name) };
    throw user === undefined ? userNotFound("Username/client id combination not found.") : isDisabled();
  }
  requireResettable(pool, user);
  return { CodeDeliveryDetails: sendCode(context, pool, user, "reset") };
}

function confirmForgotPassword(context: CognitoContext, input: JsonObject): JsonObject {
  const { pool, client } = requireClient(context, input);
  const name = textIn(input, "Username");
  const password = textIn(input, "Password");
  const user = findUser(context, pool, name);
  context.attempts.count(pool.id, user?.username ?? name, "ConfirmForgotPassword");
  requireGoodPassword(pool, password);
  if (user === undefined || !user.isEnabled) {
    if (hidesUsers(client)) throw codeMismatch();
    throw user === undefined ? userNotFound("Username/client id combination not found.") : isDisabled();
  }
  context.codes.redeem(pool.id, user.username, "reset", textIn(input, "ConfirmationCode"));
  savePassword(context, user, password, "CONFIRMED");
  context.attempts.succeeded(pool.id, user.username);
  return {};
}
