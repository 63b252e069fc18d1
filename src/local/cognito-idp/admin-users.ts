// Users as administrators handle them: made with an invitation, looked at, changed, switched off, deleted.

import type { JsonObject, Operation } from "../service.ts";
import { forgetUser } from "./account.ts";
import { changedAttributes, readAttributes } from "./attributes.ts";
import { sendInvitation } from "./code-mail.ts";
import { requirePool, resourceIn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { invalidParameter, unsupportedUserState } from "./errors.ts";
import { revokeAll } from "./grants.ts";
import { textIn, textOf, textsOf } from "./input.ts";
import { requireGoodPassword, temporaryPassword, temporaryValidity } from "./password-policy.ts";
import type { User, UserPool } from "./records.ts";
import { ATTRIBUTES, METADATA, PASSWORD, POOL_ID, USERNAME } from "./shapes.ts";
import { requireNameFits, requireUnconfirmed } from "./sign-up.ts";
import { srpIdentity, storePassword } from "./srp.ts";
import { attributesOf, mfaOf, newUser, requireFreeEmail, requireUser, saveUser, stateOf, toUserType } from "./users.ts";

const OF_USER = { UserPoolId: POOL_ID, Username: USERNAME };

export function adminUserOperations(context: CognitoContext): Record<string, Operation> {
  const resource = resourceIn(context);
  const userIn = (input: JsonObject): User =>
    requireUser(context, requirePool(context, input), textIn(input, "Username"));
  return {
    AdminCreateUser: {
      input: {
        ...OF_USER,
        UserAttributes: ATTRIBUTES,
        ValidationData: ATTRIBUTES,
        TemporaryPassword: PASSWORD,
        ForceAliasCreation: { type: "boolean" },
        MessageAction: { type: "string", values: ["RESEND", "SUPPRESS"] },
        DesiredDeliveryMediums: { type: "list", of: { type: "string", values: ["SMS", "EMAIL"] } },
        ClientMetadata: METADATA,
      },
      notImplemented: ["ForceAliasCreation"],
      resource,
      run: (input) => adminCreateUser(context, input),
    },
    AdminGetUser: {
      input: OF_USER,
      resource,
      run(input) {
        const user = userIn(input);
        return { Username: user.username, UserAttributes: attributesOf(user), ...stateOf(user), ...mfaOf(user) };
      },
    },
    AdminDeleteUser: {
      input: OF_USER,
      resource,
      run(input) {
        forgetUser(context, userIn(input));
        return undefined;
      },
    },
    // The address stays unverified: nobody has proved that it is the user's.
    AdminConfirmSignUp: {
      input: { ...OF_USER, ClientMetadata: METADATA },
      resource,
      run(input) {
        const user = userIn(input);
        requireUnconfirmed(user);
        saveUser(context, { ...user, status: "CONFIRMED" });
        return {};
      },
    },
    AdminUpdateUserAttributes: {
      input: { ...OF_USER, UserAttributes: { ...ATTRIBUTES, required: true }, ClientMetadata: METADATA },
      resource,
      run(input) {
        const pool = requirePool(context, input);
        const user = userIn(input);
        const given = readAttributes(input["UserAttributes"], true);
        if (given["email"] !== undefined) requireFreeEmail(context, pool, user, given["email"]);
        saveUser(context, { ...user, attributes: changedAttributes(user.attributes, given) });
        return {};
      },
    },
    AdminEnableUser: {
      input: OF_USER,
      resource,
      run(input) {
        saveUser(context, { ...userIn(input), isEnabled: true });
        return {};
      },
    },
    AdminDisableUser: {
      input: OF_USER,
      resource,
      run(input) {
        const user = userIn(input);
        saveUser(context, { ...user, isEnabled: false });
        revokeAll(context, user);
        return {};
      },
    },
    AdminUserGlobalSignOut: {
      input: OF_USER,
      resource,
      run(input) {
        revokeAll(context, userIn(input));
        return {};
      },
    },
  };
}

function adminCreateUser(context: CognitoContext, input: JsonObject): JsonObject {
  const pool = requirePool(context, input);
  const name = textIn(input, "Username");
  const password = textOf(input, "TemporaryPassword") ?? temporaryPassword(pool);
  requireGoodPassword(pool, password, true);
  const user =
    input["MessageAction"] === "RESEND" ? requireInvited(context, pool, name) : unsavedUser(context, pool, name, input);
  const isSent = input["MessageAction"] !== "SUPPRESS";
  if (isSent) requireMail(user, input);
  const saved = saveUser(context, {
    ...user,
    status: "FORCE_CHANGE_PASSWORD",
    password: storePassword(srpIdentity(pool.id, user.username), password),
    passwordExpiresAt: context.env.clock.now() + temporaryValidity(pool),
  });
  if (isSent) sendInvitation(context, pool, saved, password);
  return { User: toUserType(saved) };
}

function unsavedUser(
  context: CognitoContext,
  pool: UserPool,
  name: string,
  input: JsonObject,
): ReturnType<typeof newUser> {
  const attributes = readAttributes(input["UserAttributes"], true);
  requireNameFits(pool, name, attributes);
  const user = newUser(context, pool, name, attributes);
  return { ...user, attributes: changedAttributes({}, { ...user.attributes, ...verifiedIn(attributes) }) };
}

function verifiedIn({ email_verified: isVerified }: Readonly<Record<string, string>>): Record<string, string> {
  return isVerified === undefined ? {} : { email_verified: isVerified };
}

function requireInvited(context: CognitoContext, pool: UserPool, name: string): User {
  const user = requireUser(context, pool, name);
  if (user.status !== "FORCE_CHANGE_PASSWORD") {
    throw unsupportedUserState(`Resend not possible. ${name} status is not FORCE_CHANGE_PASSWORD`);
  }
  return user;
}

/** An invitation that nobody gets helps nobody. */
function requireMail({ attributes }: Pick<User, "attributes">, input: JsonObject): void {
  const mediums = textsOf(input["DesiredDeliveryMediums"]);
  if (mediums.length > 0 && !mediums.includes("EMAIL")) {
    throw invalidParameter("The local cloud sends no text messages: use EMAIL in DesiredDeliveryMediums");
  }
  if (attributes["email"] === undefined) {
    throw invalidParameter("The user has no email to send the invitation to: give one, or MessageAction SUPPRESS");
  }
}
