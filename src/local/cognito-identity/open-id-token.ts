// GetOpenIdToken: the basic (classic) flow's token, for which STS opens a session of a role that the caller names.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html

import type { JsonObject, Operation } from "../service.ts";
import { poolArn } from "./context.ts";
import type { IdentityContext } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import { authenticationMethods, FEDERATED } from "./federation.ts";
import { requireOwnIdentity } from "./identities.ts";
import { ISSUER } from "./open-id-tokens.ts";
import type { IdentityPool } from "./records.ts";
import { IDENTITY_ID, LOGINS } from "./shapes.ts";

/** Seconds. */
const LIFETIME = 600;

export function openIdOperations(context: IdentityContext): Record<string, Operation> {
  return {
    GetOpenIdToken: {
      input: { IdentityId: IDENTITY_ID, Logins: LOGINS },
      unsigned: true,
      run: (input) => getOpenIdToken(context, input),
    },
  };
}

async function getOpenIdToken(context: IdentityContext, input: JsonObject): Promise<JsonObject> {
  const { env, openIdTokens } = context;
  const { identityId, pool, logins } = await requireOwnIdentity(context, input);
  requireClassicFlow(pool);
  const now = Math.floor(env.clock.now() / 1000);
  const token = await openIdTokens.sign({
    sub: identityId,
    aud: pool.id,
    amr: authenticationMethods(logins),
    iss: ISSUER,
    [`https://${FEDERATED}/identity-pool-arn`]: poolArn(env, pool.id),
    exp: now + LIFETIME,
    iat: now,
  });
  return { IdentityId: identityId, Token: token };
}

/** A pool that does not say lets it pass: https://github.com/aws/aws-cli/issues/7652 */
function requireClassicFlow({ settings, roleMappings }: IdentityPool): void {
  if (settings["AllowClassicFlow"] === false) {
    throw invalidParameter("Basic (classic) flow is not enabled, please use enhanced flow.");
  }
  if (Object.keys(roleMappings).length > 0) {
    throw invalidParameter("Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.");
  }
}
