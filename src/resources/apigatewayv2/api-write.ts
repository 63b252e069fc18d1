// How every writing call to one HTTP API is made: in turn, and again when somebody else was editing it.

import { isAwsError } from "../../aws/errors.ts";
import type { Page } from "../../aws/pages.ts";
import { retryWhile } from "../../aws/wait.ts";
import { paceOf, type Scope } from "../resource.ts";

/** Parallel edits of one API get 409 "Unable to complete operation due to concurrent modification". */
export function writeToApi<T>(scope: Scope, apiId: string, send: () => Promise<T>): Promise<T> {
  const isBusy = (error: Error): boolean =>
    isAwsError(error, "ConflictException") && /concurrent modification/i.test(error.message);
  return scope.oneAtATime(apiId, () =>
    retryWhile(
      isBusy,
      send,
      paceOf(scope, `API ${apiId}`, (last) => ({ for: "live", last })),
    ),
  );
}

/** API Gateway's lists as pages. */
export function toPage<T>(answer: { Items?: T[] | undefined; NextToken?: string | undefined }): Page<T> {
  return { items: answer.Items, next: answer.NextToken };
}
