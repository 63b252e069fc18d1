// How Lambda says that IAM's news have not reached it yet.

import { isAwsError } from "../../aws/errors.ts";

/** A role made seconds ago is not yet known to Lambda, or not to the key that encrypts the environment. */
export function isRolePropagating(error: Error): boolean {
  return (
    isAwsError(error, "InvalidParameterValueException") &&
    /cannot be assumed by Lambda|KMS key is invalid|does not have permissions to|not authorized to perform/i.test(
      error.message,
    )
  );
}
