// Which second factors a pool has: one-time passwords of an authenticator app.

import type { JsonObject, Operation } from "../service.ts";
import { requirePool, resourceIn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import { objectOf, textOf } from "./input.ts";
import { MFA_CONFIGURATION } from "./pool-settings.ts";
import type { MfaSettings, UserPool } from "./records.ts";
import { POOL_ID } from "./shapes.ts";

export function mfaConfigOperations(context: CognitoContext): Record<string, Operation> {
  const resource = resourceIn(context);
  return {
    SetUserPoolMfaConfig: {
      input: {
        UserPoolId: POOL_ID,
        SoftwareTokenMfaConfiguration: { type: "structure", members: { Enabled: { type: "boolean" } } },
        MfaConfiguration: MFA_CONFIGURATION,
      },
      notImplemented: ["SmsMfaConfiguration", "EmailMfaConfiguration", "WebAuthnConfiguration"],
      resource,
      run: (input) => setUserPoolMfaConfig(context, input),
    },
    GetUserPoolMfaConfig: {
      input: { UserPoolId: POOL_ID },
      resource,
      run: (input) => toConfig(requirePool(context, input)),
    },
  };
}

/** Replaces: a factor that is not given is off. */
function setUserPoolMfaConfig(context: CognitoContext, input: JsonObject): JsonObject {
  const pool = requirePool(context, input);
  const isSoftwareTokenEnabled = objectOf(input["SoftwareTokenMfaConfiguration"])["Enabled"] === true;
  const configuration = (textOf(input, "MfaConfiguration") ?? "OFF") as MfaSettings["configuration"];
  if (configuration !== "OFF" && !isSoftwareTokenEnabled) {
    throw invalidParameter("Invalid MFA configuration given, can't turn on MFA without any MFA method enabled.");
  }
  if (configuration === "OFF" && isSoftwareTokenEnabled) {
    throw invalidParameter("Invalid MFA configuration given, can't disable MFA and configure an MFA together.");
  }
  const changed: UserPool = {
    ...pool,
    mfa: { configuration, isSoftwareTokenEnabled },
    modifiedAt: context.env.clock.now(),
  };
  context.pools.set(pool.id, changed);
  return toConfig(changed);
}

function toConfig({ mfa }: UserPool): JsonObject {
  return {
    ...(mfa.configuration !== "OFF" && { SoftwareTokenMfaConfiguration: { Enabled: mfa.isSoftwareTokenEnabled } }),
    MfaConfiguration: mfa.configuration,
  };
}
