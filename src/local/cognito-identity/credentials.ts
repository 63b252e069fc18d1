// GetCredentialsForIdentity: AWS credentials for whom a pool knows, of the role that it has for them.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html (enhanced flow)

import type { ConditionKeys, JsonObject, Operation } from "../service.ts";
import { textOf } from "./context.ts";
import type { IdentityContext } from "./context.ts";
import { invalidConfiguration } from "./errors.ts";
import { GUEST_POLICY } from "./guest-policy.ts";
import { requireOwnIdentity } from "./identities.ts";
import type { Login } from "./logins.ts";
import { chooseRole } from "./role-choice.ts";
import { IDENTITY_ID, LOGINS, ROLE_ARN } from "./shapes.ts";

const HOUR = 60 * 60 * 1000;
const FEDERATED = "cognito-identity.amazonaws.com";
/** The name that AWS gives these sessions. */
const SESSION_NAME = "CognitoIdentityCredentials";

export function credentialOperations(context: IdentityContext): Record<string, Operation> {
  return {
    GetCredentialsForIdentity: {
      input: { IdentityId: IDENTITY_ID, Logins: LOGINS, CustomRoleArn: ROLE_ARN },
      unsigned: true,
      run: (input) => getCredentialsForIdentity(context, input),
    },
  };
}

async function getCredentialsForIdentity(context: IdentityContext, input: JsonObject): Promise<JsonObject> {
  const { identityId, pool, logins } = await requireOwnIdentity(context, input);
  const [login] = logins;
  const roleArn = chooseRole(pool, login, textOf(input, "CustomRoleArn"));
  const keys = keysOf(identityId, pool.id, logins);
  const assumption = { action: "sts:AssumeRoleWithWebIdentity", principal: { Federated: FEDERATED }, keys } as const;
  if (!context.roles.trusts(roleArn, assumption)) throw invalidConfiguration();
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = context.roles.credentials(roleArn, {
    sessionName: SESSION_NAME,
    duration: HOUR,
    keys,
    ...(login === undefined ? { policies: [GUEST_POLICY] } : {}),
  });
  return {
    IdentityId: identityId,
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration / 1000,
    },
  };
}

/**
 * What trust policies ask for, and policies take for variables.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
export function keysOf(identityId: string, poolId: string, logins: readonly Login[]): ConditionKeys {
  const amr = logins.flatMap(({ provider, claims }) => [provider, `${provider}:CognitoSignIn:${claims.sub}`]);
  return {
    [`${FEDERATED}:aud`]: poolId,
    [`${FEDERATED}:sub`]: identityId,
    [`${FEDERATED}:amr`]: logins.length === 0 ? ["unauthenticated"] : ["authenticated", ...amr],
    "aws:FederatedProvider": FEDERATED,
  };
}
