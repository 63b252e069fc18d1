// Cognito's "attempt limit exceeded" ends the attempts. The SDK would take its code for throttling and go on attempting.

import { type SdkMiddlewareStack, serviceOf } from "./middleware.ts";

/** Carries Cognito's error past the SDK's retries, which know it by its name. */
class AttemptLimit extends Error {
  readonly error: Error;

  constructor(error: Error) {
    super(error.message);
    this.error = error;
  }
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html "Attempt limit exceeded" */
export function endAttempts(stack: SdkMiddlewareStack): void {
  stack.addRelativeTo(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const isLimit = error instanceof Error && error.name === "LimitExceededException";
        throw isLimit && serviceOf(context.clientName) === "cognito-idp" ? new AttemptLimit(error) : error;
      }
    },
    { relation: "after", toMiddleware: "retryMiddleware", name: "awslsEndAttempts" },
  );
  stack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw error instanceof AttemptLimit ? error.error : error;
      }
    },
    { step: "initialize", name: "awslsAttemptLimit", priority: "low" },
  );
}
