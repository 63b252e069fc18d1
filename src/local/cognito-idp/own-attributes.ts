// Signed-in users change their attributes, and prove that a new e-mail address is theirs.

import type { JsonObject, Operation, Shape } from "../service.ts";
import { changedAttributes, readAttributes, requireEmail } from "./attributes.ts";
import { sendCode, verifiesEmail } from "./code-mail.ts";
import type { CognitoContext } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import { requireSignedIn } from "./grants.ts";
import { textIn } from "./input.ts";
import { ACCESS_TOKEN, ATTRIBUTES, CODE, METADATA } from "./shapes.ts";
import { requireFreeEmail, saveUser } from "./users.ts";

const TOKEN: Shape = { ...ACCESS_TOKEN, required: true };
const ATTRIBUTE_NAME: Shape = { type: "string", required: true, min: 1, max: 32 };

export function ownAttributeOperations(context: CognitoContext): Record<string, Operation> {
  return {
    UpdateUserAttributes: {
      input: { AccessToken: TOKEN, UserAttributes: { ...ATTRIBUTES, required: true }, ClientMetadata: METADATA },
      unsigned: true,
      run: (input) => updateUserAttributes(context, input),
    },
    GetUserAttributeVerificationCode: {
      input: { AccessToken: TOKEN, AttributeName: ATTRIBUTE_NAME, ClientMetadata: METADATA },
      unsigned: true,
      async run(input) {
        const { pool, user } = await requireSignedIn(context, input);
        requireIsEmail(input);
        if (user.attributes["email"] === undefined) throw invalidParameter("User does not have an email attribute.");
        context.attempts.count(pool.id, user.username, "GetUserAttributeVerificationCode");
        return { CodeDeliveryDetails: sendCode(context, pool, user, "attribute") };
      },
    },
    VerifyUserAttribute: {
      input: { AccessToken: TOKEN, AttributeName: ATTRIBUTE_NAME, Code: CODE },
      unsigned: true,
      async run(input) {
        const { pool, user } = await requireSignedIn(context, input);
        requireIsEmail(input);
        context.attempts.count(pool.id, user.username, "VerifyUserAttribute");
        context.codes.redeem(pool.id, user.username, "attribute", textIn(input, "Code"));
        saveUser(context, { ...user, attributes: { ...user.attributes, email_verified: "true" } });
        return {};
      },
    },
  };
}

async function updateUserAttributes(context: CognitoContext, input: JsonObject): Promise<JsonObject> {
  const { pool, user } = await requireSignedIn(context, input);
  const given = readAttributes(input["UserAttributes"], false);
  const { email } = given;
  if (email !== undefined) {
    requireEmail(email);
    requireFreeEmail(context, pool, user, email);
  }
  const isNewEmail = email !== undefined && email !== user.attributes["email"];
  const changed = saveUser(context, { ...user, attributes: changedAttributes(user.attributes, given) });
  const isSent = isNewEmail && verifiesEmail(pool);
  return { CodeDeliveryDetailsList: isSent ? [sendCode(context, pool, changed, "attribute")] : [] };
}

function requireIsEmail(input: JsonObject): void {
  const name = textIn(input, "AttributeName");
  if (name === "phone_number") throw invalidParameter("The local cloud sends no text messages");
  if (name !== "email") throw invalidParameter(`Invalid attribute: ${name} cannot be verified.`);
}
