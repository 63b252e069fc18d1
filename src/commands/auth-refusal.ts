// What Cognito refuses a user, as problems that say what to do.

import { isAwsError, toProblem } from "../aws/errors.ts";
import { UncertainOutcome } from "../aws/uncertain.ts";
import { Problem } from "../core/problem.ts";
import type { AuthRefusal, UncertainAuth } from "../core/sign-in.ts";
import type { StackContext } from "./context.ts";

/** Which user's call it was, and for which command. */
export interface AuthScene {
  /** As typed. */
  readonly command: string;
  readonly email?: string;
}

const BY_CODE: Readonly<Record<string, AuthRefusal>> = {
  UserNotConfirmedException: "notConfirmed",
  UserNotFoundException: "unknownUser",
  UsernameExistsException: "exists",
  AliasExistsException: "exists",
  InvalidPasswordException: "policy",
  PasswordHistoryPolicyViolationException: "policy",
  PasswordResetRequiredException: "resetRequired",
  CodeMismatchException: "code",
  ExpiredCodeException: "expiredCode",
  EnableSoftwareTokenMFAException: "totp",
  SoftwareTokenMFANotFoundException: "noTotp",
  TooManyFailedAttemptsException: "limit",
  TooManyRequestsException: "busy",
  CodeDeliveryFailureException: "delivery",
  UserLambdaValidationException: "trigger",
  UnexpectedLambdaException: "trigger",
  InvalidLambdaResponseException: "trigger",
  ResourceNotFoundException: "gone",
  ForbiddenException: "firewall",
};

/** Cognito has one code for these; only its sentence tells. */
const BY_WORDS: Readonly<Record<string, readonly (readonly [RegExp, AuthRefusal])[]>> = {
  NotAuthorizedException: [
    [/attempts exceeded/i, "attempts"],
    [/incorrect username or password/i, "password"],
    [/user is disabled/i, "disabled"],
    [/temporary password has expired/i, "temporaryPassword"],
    [/invalid session/i, "session"],
    [/cannot be reset/i, "notResettable"],
  ],
  LimitExceededException: [
    [/e-?mail/i, "mailLimit"],
    [/./, "limit"],
  ],
  InvalidParameterException: [
    [/no registered\/verified email/i, "unverified"],
    [/not enabled for th(e|is) client/i, "flow"],
    [/delivery config/i, "noTotp"],
    [/./, "invalid"],
  ],
};

const REFUSALS = [...Object.keys(BY_CODE), ...Object.keys(BY_WORDS)];

/**
 * A call of the user's own.
 * @throws {Problem} `AuthRefused`, `AuthUncertain` for a reply that was lost, and what keeps every call from being made
 */
export async function forUser<T>(context: StackContext, scene: AuthScene, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toAuthProblem(context, scene, error);
  }
}

/** What was thrown, as a problem; a bug stays a bug. */
export function toAuthProblem({ session }: StackContext, { command, email }: AuthScene, error: unknown): unknown {
  const whose = email === undefined ? {} : { email };
  if (error instanceof UncertainOutcome) {
    const reason = error.reason instanceof Error ? error.reason.message || error.reason.name : String(error.reason);
    const operation = error.operation as UncertainAuth;
    return new Problem("AuthUncertain", { operation, ...whose, reason }, { cause: error });
  }
  if (isAwsError(error, ...REFUSALS)) {
    const { message } = error;
    return new Problem("AuthRefused", { why: refusalOf(error), command, ...whose, message }, { cause: error });
  }
  const { clients, place } = session;
  return toProblem(error, { endpoint: clients.connection.endpoint, ...place }) ?? error;
}

function refusalOf({ name, message }: Error): AuthRefusal {
  return BY_CODE[name] ?? BY_WORDS[name]?.find(([words]) => words.test(message))?.[1] ?? "other";
}

/** What the user is already is no failure of asking for it again. */
export function isConfirmedAlready(error: unknown): boolean {
  const message = error instanceof Error ? error.message : "";
  return (
    isAwsError(error, "NotAuthorizedException", "InvalidParameterException") &&
    /current status is CONFIRMED|already confirmed/i.test(message)
  );
}

/** An access or refresh token that Cognito takes no longer: expired, revoked, of a user who is gone. */
export function isTokenRefused(error: unknown): boolean {
  if (isAwsError(error, "UserNotFoundException")) return true;
  return (
    isAwsError(error, "NotAuthorizedException") &&
    refusalOf(error) !== "password" &&
    /token|disabled/i.test(error.message)
  );
}
