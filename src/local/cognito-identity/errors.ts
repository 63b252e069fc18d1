// What identity pools refuse, in AWS's words. All of it is answered with 400.

import { AwsError } from "../service.ts";

function refusal(code: string, message: string): AwsError {
  return new AwsError(code, 400, message);
}

export const invalidParameter = (message: string): AwsError => refusal("InvalidParameterException", message);
export const notAuthorized = (message: string): AwsError => refusal("NotAuthorizedException", message);
export const notFound = (message: string): AwsError => refusal("ResourceNotFoundException", message);
/** @see https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html */
export const linkedTwice = (): AwsError =>
  refusal("ResourceConflictException", "Logins are already linked to different accounts.");

export const noGuests = (): AwsError =>
  notAuthorized("Unauthenticated access is not supported for this identity pool.");
export const unsupportedProvider = (): AwsError =>
  notAuthorized("Token is not from a supported provider of this identity pool.");
/** Somebody's identity, without that somebody's login. */
export const forbiddenIdentity = (identityId: string): AwsError =>
  notAuthorized(`Access to Identity '${identityId}' is forbidden.`);
export const loginsDiffer = (): AwsError =>
  notAuthorized("Logins don't match. Please include at least one valid login for this identity or identity pool.");
export const invalidLogin = (reason: string): AwsError => notAuthorized(`Invalid login token. ${reason}`);

/** A role that is not there, or does not trust the pool. */
export const invalidConfiguration = (): AwsError =>
  refusal(
    "InvalidIdentityPoolConfigurationException",
    "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
  );
