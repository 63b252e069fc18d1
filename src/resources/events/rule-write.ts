// Writing calls about one rule: one at a time, and again while EventBridge says that somebody else edits it.

import { isAwsError } from "../../aws/errors.ts";
import { retryWhile } from "../../aws/wait.ts";
import { isProblem } from "../../core/problem.ts";
import { paceOf, type Scope } from "../resource.ts";

export const MISSING = "ResourceNotFoundException";
const CONCURRENT = "ConcurrentModificationException";
const BUSY_MS = 60_000;

/**
 * @param isNotYet how EventBridge says that it has not noticed yet what was done a moment ago
 * @throws whatever is still refused after a minute
 */
export function writeToRule<T>(
  scope: Scope,
  ruleName: string,
  send: () => Promise<T>,
  isNotYet: (error: Error) => boolean = () => false,
): Promise<T> {
  const pace = paceOf(scope, `rule ${ruleName}`, (last) => ({ for: "propagation", last }), BUSY_MS);
  return scope.oneAtATime(`rule ${ruleName}`, () =>
    retryWhile((error) => isConcurrent(error) || isNotYet(error), send, pace),
  );
}

/** As an error, or as what became of an entry of the call. */
function isConcurrent(error: Error): boolean {
  return isAwsError(error, CONCURRENT) || (isProblem(error, "AwsRefused") && error.data.code === CONCURRENT);
}
