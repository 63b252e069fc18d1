// Cognito's refusals, in its words. All of them are answered with 400.

import { AwsError } from "../service.ts";

function refusal(code: string, message: string): AwsError {
  return new AwsError(code, 400, message);
}

export const invalidParameter = (message: string): AwsError => refusal("InvalidParameterException", message);
export const notAuthorized = (message: string): AwsError => refusal("NotAuthorizedException", message);
export const notFound = (message: string): AwsError => refusal("ResourceNotFoundException", message);

export const wrongPassword = (): AwsError => notAuthorized("Incorrect username or password.");
export const isDisabled = (): AwsError => notAuthorized("User is disabled.");
export const userNotFound = (message = "User does not exist."): AwsError => refusal("UserNotFoundException", message);
export const userNotConfirmed = (): AwsError => refusal("UserNotConfirmedException", "User is not confirmed.");

export const passwordResetRequired = (): AwsError =>
  refusal("PasswordResetRequiredException", "Password reset required for the user");

export const usernameExists = (message: string): AwsError => refusal("UsernameExistsException", message);

export const aliasExists = (): AwsError =>
  refusal("AliasExistsException", "An account with the given email already exists.");

export const codeMismatch = (message = "Invalid verification code provided, please try again."): AwsError =>
  refusal("CodeMismatchException", message);

export const expiredCode = (message = "Invalid code provided, please request a code again."): AwsError =>
  refusal("ExpiredCodeException", message);

export const limitExceeded = (): AwsError =>
  refusal("LimitExceededException", "Attempt limit exceeded, please try after some time.");

export const invalidPassword = (message: string): AwsError => refusal("InvalidPasswordException", message);
export const groupExists = (): AwsError => refusal("GroupExistsException", "A group with the name already exists.");

export const unsupportedUserState = (message: string): AwsError => refusal("UnsupportedUserStateException", message);

export const wrongSetupCode = (): AwsError =>
  refusal("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA");

export const softwareTokenNotFound = (message: string): AwsError =>
  refusal("SoftwareTokenMFANotFoundException", message);

export const unsupportedOperation = (message: string): AwsError => refusal("UnsupportedOperationException", message);
export const unsupportedTokenType = (message: string): AwsError => refusal("UnsupportedTokenTypeException", message);
export const unauthorized = (message: string): AwsError => refusal("UnauthorizedException", message);
