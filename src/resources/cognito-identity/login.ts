// What an identity pool calls whoever signs in by a user pool's client.

import type { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity";

/**
 * `<provider>:<client id>`, as role mappings name it.
 * @see https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html
 */
export function loginOf({ ProviderName = "", ClientId = "" }: CognitoIdentityProvider): string {
  return `${ProviderName}:${ClientId}`;
}
