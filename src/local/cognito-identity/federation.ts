// How a session that an identity pool opened is known to policies: as trust policies ask for it, and for variables.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif

import type { ConditionKeys, OpenIdClaims } from "../service.ts";
import type { Login } from "./logins.ts";

/** The identity provider that identity pools are to STS. */
export const FEDERATED = "cognito-identity.amazonaws.com";

/** By which kind of login: AWS's `amr` claim. */
export function authenticationMethods(logins: readonly Login[]): readonly string[] {
  if (logins.length === 0) return ["unauthenticated"];
  const each = logins.flatMap(({ provider, claims }) => [provider, `${provider}:CognitoSignIn:${claims.sub}`]);
  return ["authenticated", ...each];
}

export function federatedKeys({ aud, sub, amr }: Pick<OpenIdClaims, "amr" | "aud" | "sub">): ConditionKeys {
  return {
    [`${FEDERATED}:aud`]: aud,
    [`${FEDERATED}:sub`]: sub,
    [`${FEDERATED}:amr`]: amr,
    "aws:FederatedProvider": FEDERATED,
  };
}
