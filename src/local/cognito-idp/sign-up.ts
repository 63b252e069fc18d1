// Users who make themselves: sign-up, its code, and another code.

import type { JsonObject, Operation } from "../service.ts";
import { readAttributes, requireEmail } from "./attributes.ts";
import { hidesUsers } from "./client-settings.ts";
import { deliveryTo, sendCode, verifiesEmail } from "./code-mail.ts";
import { requireClient } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { expiredCode, invalidParameter, notAuthorized, userNotFound } from "./errors.ts";
import { objectOf, textIn } from "./input.ts";
import { requireGoodPassword } from "./password-policy.ts";
import type { User, UserPool } from "./records.ts";
import { ATTRIBUTES, CLIENT_ID, CODE, PASSWORD, PUBLIC, USERNAME } from "./shapes.ts";
import { srpIdentity, storePassword } from "./srp.ts";
import { findUser, newUser, saveUser, signsInWithEmail } from "./users.ts";

const OF_USER = { ...PUBLIC, ClientId: CLIENT_ID, Username: USERNAME };

export function signUpOperations(context: CognitoContext): Record<string, Operation> {
  return {
    SignUp: {
      input: { ...OF_USER, Password: PASSWORD, UserAttributes: ATTRIBUTES, ValidationData: ATTRIBUTES },
      notImplemented: ["SecretHash"],
      unsigned: true,
      run: (input) => signUp(context, input),
    },
    ConfirmSignUp: {
      input: { ...OF_USER, ConfirmationCode: CODE, ForceAliasCreation: { type: "boolean" } },
      notImplemented: ["SecretHash"],
      unsigned: true,
      run: (input) => confirmSignUp(context, input),
    },
    ResendConfirmationCode: {
      input: OF_USER,
      notImplemented: ["SecretHash"],
      unsigned: true,
      run: (input) => resendConfirmationCode(context, input),
    },
  };
}

function signUp(context: CognitoContext, input: JsonObject): JsonObject {
  const { pool } = requireClient(context, input);
  const name = textIn(input, "Username");
  const password = textIn(input, "Password");
  if (objectOf(pool.settings["AdminCreateUserConfig"])["AllowAdminCreateUserOnly"] === true) {
    throw notAuthorized("SignUp is not permitted for this user pool");
  }
  const attributes = readAttributes(input["UserAttributes"], false);
  requireNameFits(pool, name, attributes);
  requireGoodPassword(pool, password);
  const made = newUser(context, pool, name, attributes);
  const { email } = made.attributes;
  const user: User = {
    ...made,
    attributes: email === undefined ? made.attributes : { ...made.attributes, email_verified: "false" },
    status: "UNCONFIRMED",
    password: storePassword(srpIdentity(pool.id, made.username), password),
  };
  saveUser(context, user);
  const isSent = email !== undefined && verifiesEmail(pool);
  return {
    UserConfirmed: false,
    UserSub: user.sub,
    ...(isSent && { CodeDeliveryDetails: sendCode(context, pool, user, "sign-up") }),
  };
}

function confirmSignUp(context: CognitoContext, input: JsonObject): JsonObject {
  const { pool, client } = requireClient(context, input);
  const name = textIn(input, "Username");
  const user = findUser(context, pool, name);
  context.attempts.count(pool.id, user?.username ?? name, "ConfirmSignUp");
  if (user === undefined) {
    throw hidesUsers(client) ? expiredCode() : userNotFound("Username/client id combination not found.");
  }
  requireUnconfirmed(user);
  context.codes.redeem(pool.id, user.username, "sign-up", textIn(input, "ConfirmationCode"));
  const attributes = { ...user.attributes, email_verified: "true" };
  saveUser(context, { ...user, attributes, status: "CONFIRMED" });
  return {};
}

function resendConfirmationCode(context: CognitoContext, input: JsonObject): JsonObject {
  const { pool, client } = requireClient(context, input);
  const name = textIn(input, "Username");
  const user = findUser(context, pool, name);
  context.attempts.count(pool.id, user?.username ?? name, "ResendConfirmationCode");
  if (user === undefined || (!user.isEnabled && hidesUsers(client))) {
    if (!hidesUsers(client)) throw userNotFound("Username/client id combination not found.");
    return { CodeDeliveryDetails: deliveryTo(pool, name) };
  }
  if (user.status !== "UNCONFIRMED") throw invalidParameter("User is already confirmed.");
  if (user.attributes["email"] === undefined || !verifiesEmail(pool)) {
    throw invalidParameter("Auto verification not turned on.");
  }
  return { CodeDeliveryDetails: sendCode(context, pool, user, "sign-up") };
}

/** @throws {AwsError} `NotAuthorizedException` */
export function requireUnconfirmed({ status }: User): void {
  if (status !== "UNCONFIRMED") throw notAuthorized(`User cannot be confirmed. Current status is ${status}`);
}

/** @throws {AwsError} `InvalidParameterException` where users sign in with an address and the name is none, or another */
export function requireNameFits(pool: UserPool, name: string, attributes: Readonly<Record<string, string>>): void {
  if (!signsInWithEmail(pool)) return;
  if (!name.includes("@")) throw invalidParameter("Username should be an email.");
  requireEmail(name);
  const { email = name } = attributes;
  if (email.toLowerCase() !== name.toLowerCase()) {
    throw invalidParameter("The email attribute must be the username that is signed up with.");
  }
}
