// Administrators set passwords, and make users set new ones.

import type { JsonObject, Operation } from "../service.ts";
import { sendCode } from "./code-mail.ts";
import { requirePool, resourceIn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { isDisabled } from "./errors.ts";
import { textIn } from "./input.ts";
import { requireGoodPassword, temporaryValidity } from "./password-policy.ts";
import { requireResettable, savePassword } from "./passwords.ts";
import { METADATA, PASSWORD, POOL_ID, USERNAME } from "./shapes.ts";
import { requireUser, saveUser } from "./users.ts";

const OF_USER = { UserPoolId: POOL_ID, Username: USERNAME };

export function adminPasswordOperations(context: CognitoContext): Record<string, Operation> {
  const resource = resourceIn(context);
  return {
    AdminSetUserPassword: {
      input: { ...OF_USER, Password: { ...PASSWORD, required: true }, Permanent: { type: "boolean" } },
      resource,
      run: (input) => adminSetUserPassword(context, input),
    },
    AdminResetUserPassword: {
      input: { ...OF_USER, ClientMetadata: METADATA },
      resource,
      run: (input) => adminResetUserPassword(context, input),
    },
  };
}

/** One that is not permanent has to be changed at the next sign-in. */
function adminSetUserPassword(context: CognitoContext, input: JsonObject): JsonObject {
  const pool = requirePool(context, input);
  const user = requireUser(context, pool, textIn(input, "Username"));
  const password = textIn(input, "Password");
  requireGoodPassword(pool, password, true);
  const isPermanent = input["Permanent"] === true;
  const saved = savePassword(context, user, password, isPermanent ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD");
  if (!isPermanent) {
    saveUser(context, { ...saved, passwordExpiresAt: context.env.clock.now() + temporaryValidity(pool) });
  }
  context.attempts.succeeded(pool.id, user.username);
  return {};
}

function adminResetUserPassword(context: CognitoContext, input: JsonObject): JsonObject {
  const pool = requirePool(context, input);
  const user = requireUser(context, pool, textIn(input, "Username"));
  if (!user.isEnabled) throw isDisabled();
  requireResettable(pool, user);
  sendCode(context, pool, saveUser(context, { ...user, status: "RESET_REQUIRED" }), "reset");
  return {};
}
