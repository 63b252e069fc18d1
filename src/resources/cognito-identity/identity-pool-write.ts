// How every writing call to one identity pool is made: in turn, and again when somebody else was editing it.

import { isAwsError } from "../../aws/errors.ts";
import { retryWhile } from "../../aws/wait.ts";
import { paceOf, type Scope } from "../resource.ts";

export const MISSING = "ResourceNotFoundException";

/** @param isPropagating what else passes by itself */
export function writeToIdentityPool<T>(
  scope: Scope,
  identityPoolId: string,
  send: () => Promise<T>,
  isPropagating: (error: Error) => boolean = () => false,
): Promise<T> {
  return scope.oneAtATime(identityPoolId, () =>
    retryWhile(
      (error) => isAwsError(error, "ConcurrentModificationException") || isPropagating(error),
      send,
      paceOf(scope, `identity pool ${identityPoolId}`, (last) => ({ for: "propagation", last })),
    ),
  );
}
