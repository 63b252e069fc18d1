// A command at work in the stack's user pool: the pool is found, and what Cognito refuses gets a way out.

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { isAwsError } from "../aws/errors.ts";
import { Problem } from "../core/problem.ts";
import { problemIn } from "../stack/observe.ts";
import { requirePool } from "./auth-pool.ts";
import { type AuthScene, toAuthProblem } from "./auth-refusal.ts";
import type { StackContext } from "./context.ts";
import { isGroupMissing } from "./pool-groups.ts";
import type { AdminPool } from "./pool-users.ts";

/** What a command is about, for what is said when it fails. */
export interface PoolScene extends AuthScene {
  readonly group?: string;
}

/** Refused to an administrator as to a user. */
const AS_TO_USERS = [
  "InvalidPasswordException",
  "PasswordHistoryPolicyViolationException",
  "LimitExceededException",
  "TooManyRequestsException",
  "UserLambdaValidationException",
  "UnexpectedLambdaException",
  "InvalidLambdaResponseException",
];

/** @throws {Problem} `StepMissing` without a pool, what Cognito refuses, what `work` throws */
export async function inPool<T>(
  context: StackContext,
  scene: PoolScene,
  work: (pool: AdminPool) => Promise<T>,
): Promise<T> {
  const { userPoolId } = await requirePool(context, scene.command);
  const client = context.session.clients.get(CognitoIdentityProviderClient);
  try {
    return await work({ client, userPoolId });
  } catch (error) {
    const refusal = refusalIn(scene, error);
    if (refusal !== undefined) throw refusal;
    if (isAwsError(error, ...AS_TO_USERS)) throw toAuthProblem(context, scene, error);
    throw problemIn(context.session, { component: "userPool", name: userPoolId }, error);
  }
}

function refusalIn({ command, email = "", group }: PoolScene, error: unknown): Problem | undefined {
  const options = { cause: error };
  if (isAwsError(error, "UserNotFoundException")) return new Problem("UserUnknown", { email }, options);
  if (group !== undefined && isGroupMissing(error)) return new Problem("GroupUnknown", { group }, options);
  if (isAwsError(error, "ResourceNotFoundException")) {
    return new Problem("StepMissing", { command, first: "auth enable" }, options);
  }
  if (isMailRefused(error)) return new Problem("MailNotSent", { email, reason: error.message }, options);
  return undefined;
}

/** The limit of mails a day has the code of every other limit: only the words tell. */
function isMailRefused(error: unknown): error is Error {
  const isMailLimit = isAwsError(error, "LimitExceededException") && /e-?mail/i.test(error.message);
  return isMailLimit || isAwsError(error, "CodeDeliveryFailureException");
}
