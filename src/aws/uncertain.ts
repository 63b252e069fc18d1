// Calls that are not idempotent on AWS: after a lost reply the SDK must not simply send them again (DESIGN, "Uncertain calls").

import type { Clock } from "../core/clock.ts";
import { type SdkMiddlewareStack, operationOf } from "./middleware.ts";

/** Two of what is made, a function that runs twice, or a password or code that is taken once and then called wrong. */
const UNCERTAIN = new Set([
  "ChangePassword",
  "ConfirmForgotPassword",
  "CreateApi",
  "CreateAuthorizer",
  "CreateIdentityPool",
  "CreateIntegration",
  "CreateUserPool",
  "CreateUserPoolClient",
  "Invoke",
  "RespondToAuthChallenge",
  "SignUp",
  "VerifySoftwareToken",
]);

/** AWS surely did nothing: it was not reached, or said so. */
const UNSENT_CODES = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** The reply of such a call was lost: it may have been done, or not. */
export class UncertainOutcome extends Error {
  /** What the network said. Not `cause`: the SDK looks into causes for something to retry. */
  readonly reason: unknown;

  readonly operation: string;

  constructor(operation: string, reason: unknown) {
    super(`${operation}: the reply was lost`);
    this.name = "UncertainOutcome";
    this.operation = operation;
    this.reason = reason;
  }
}

/** Lets the SDK retry such a call only when AWS surely did nothing; otherwise ends it with `UncertainOutcome`. */
export function askOnceWhenUncertain(stack: SdkMiddlewareStack): void {
  stack.addRelativeTo(
    (next, context) => {
      const operation = operationOf(context.commandName);
      if (!UNCERTAIN.has(operation)) return next;
      return async (args) => {
        try {
          return await next(args);
        } catch (error) {
          throw surelyNothingHappened(error) ? error : new UncertainOutcome(operation, error);
        }
      };
    },
    { relation: "after", toMiddleware: "retryMiddleware", name: "awslsUncertainCalls" },
  );
}

function surelyNothingHappened(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string" && UNSENT_CODES.has(error.code)) return true;
  // Any answer below 500 is AWS's decision: throttled or refused.
  const status = "$metadata" in error ? (error.$metadata as { httpStatusCode?: number }).httpStatusCode : undefined;
  return status !== undefined && status >= 300 && status < 500;
}

export interface UncertainCall<T> {
  make(): Promise<T>;
  /** Looks for what the lost call may have made: by tag, name or parent. */
  find(): Promise<T | undefined>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What is made may take a moment to be listed. */
const LOOKS_MS = [0, 1_000, 3_000];
const TRIES = 3;

/**
 * Makes something exactly once: after a lost reply it looks for what the first try made, and only then tries again.
 * @throws {UncertainOutcome} when the reply was lost three times and nothing was found
 */
export async function createOnce<T>({ make, find, clock, signal }: UncertainCall<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof UncertainOutcome)) throw error;
      for (const wait of LOOKS_MS) {
        await clock.sleep(wait, signal);
        const found = await find();
        if (found !== undefined) return found;
      }
      if (attempt === TRIES) throw error;
    }
  }
}
