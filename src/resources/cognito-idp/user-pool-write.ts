// How every writing call to one user pool is made: in turn, and again when somebody else was editing it.

import { isAwsError } from "../../aws/errors.ts";
import { retryWhile } from "../../aws/wait.ts";
import { paceOf, type Scope } from "../resource.ts";

/** The pool, or what was looked for in it. */
export const MISSING = "ResourceNotFoundException";

export function writeToPool<T>(scope: Scope, userPoolId: string, send: () => Promise<T>): Promise<T> {
  return scope.oneAtATime(userPoolId, () =>
    retryWhile(
      (error) => isAwsError(error, "ConcurrentModificationException"),
      send,
      paceOf(scope, `user pool ${userPoolId}`, (last) => ({ for: "live", last })),
    ),
  );
}
