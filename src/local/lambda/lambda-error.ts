// Lambda's refusals: every one says whose fault it was (`Type`).

import { AwsError } from "../service.ts";

export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", 400, message, { Type: "User" });
}

export function conflict(message: string): AwsError {
  return new AwsError("ResourceConflictException", 409, message, { Type: "User" });
}

export function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", 404, message, { Type: "User" });
}

export function preconditionFailed(message: string): AwsError {
  return new AwsError("PreconditionFailedException", 412, message, { Type: "User" });
}

/** What AWS has and this cloud has not, refused by its name. */
export function notImplemented(what: string): AwsError {
  return new AwsError("UnknownOperationException", 400, `The local cloud does not implement ${what}`);
}
