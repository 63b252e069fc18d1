// GetCredentialsForIdentity: AWS credentials for whom a pool knows, of the role that it has for them.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html (enhanced flow)

import type { JsonObject, Operation } from "../service.ts";
import { textOf } from "./context.ts";
import type { IdentityContext } from "./context.ts";
import { invalidConfiguration } from "./errors.ts";
import { authenticationMethods, FEDERATED, federatedKeys } from "./federation.ts";
import { GUEST_POLICIES } from "./guest-policy.ts";
import { requireOwnIdentity } from "./identities.ts";
import { chooseRole } from "./role-choice.ts";
import { IDENTITY_ID, LOGINS, ROLE_ARN } from "./shapes.ts";

const HOUR = 60 * 60 * 1000;
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
  const keys = federatedKeys({ sub: identityId, aud: pool.id, amr: authenticationMethods(logins) });
  const assumption = { action: "sts:AssumeRoleWithWebIdentity", principal: { Federated: FEDERATED }, keys } as const;
  if (!context.roles.trusts(roleArn, assumption)) throw invalidConfiguration();
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = context.roles.credentials(roleArn, {
    sessionName: SESSION_NAME,
    duration: HOUR,
    keys,
    ...(login === undefined ? { policies: GUEST_POLICIES } : {}),
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
