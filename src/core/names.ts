// The tutorial's names, to the letter for the default stack and with the stack's name in front for every other.

import { Problem } from "./problem.ts";

export const DEFAULT_STACK = "http-crud-tutorial";

const STACK_NAME = /^[a-z][a-z0-9-]{0,35}$/;
/** IAM ignores case, so a stack of this ending would share its role's name with another stack's timer. */
const TIMER_ENDING = /eventtestfunction$/;

/** The functions whose code a learner may have as files of their own. */
export const HANDLERS = ["crud", "timer"] as const;
export type HandlerName = (typeof HANDLERS)[number];

/** Of our functions' environments; all other variables are the learner's, and may be secrets. */
export const OWN_VARIABLES: ReadonlySet<string> = new Set(["TABLE_NAME", "DELETE_ONLY_FOR"]);

export interface Names {
  readonly stack: string;
  readonly table: string;
  readonly role: string;
  readonly function: string;
  readonly logGroup: string;
  readonly api: string;
  readonly timerRole: string;
  readonly timerFunction: string;
  readonly timerLogGroup: string;
  readonly timerRule: string;
  readonly userPool: string;
  readonly userPoolClient: string;
  readonly authorizer: string;
  readonly identityPool: string;
  readonly authenticatedRole: string;
  readonly guestRole: string;
  readonly adminsRole: string;
}

/**
 * Names of everything a stack owns (DESIGN: `<stack>-items`, `<stack>-role`, …).
 * @throws {Problem} `InvalidStackName` before any call is made with it
 */
export function namesOf(stack: string): Names {
  if (!STACK_NAME.test(stack) || stack === "local" || TIMER_ENDING.test(stack)) {
    throw new Problem("InvalidStackName", { stack });
  }
  const functionName = `${stack}-function`;
  // The timer's names are not made of the tutorial's own stack.
  const prefix = stack === DEFAULT_STACK ? "" : `${stack}-`;
  const timerFunction = `${prefix}eventTestFunction`;
  return {
    stack,
    table: `${stack}-items`,
    role: `${stack}-role`,
    function: functionName,
    logGroup: `/aws/lambda/${functionName}`,
    api: `${stack}-api`,
    timerRole: `${timerFunction}-role`,
    timerFunction,
    timerLogGroup: `/aws/lambda/${timerFunction}`,
    timerRule: `${prefix}dynamodb-1min-insert-timer`,
    userPool: `${stack}-users`,
    userPoolClient: `${stack}-client`,
    authorizer: `${stack}-authorizer`,
    identityPool: `${stack}-identities`,
    authenticatedRole: `${stack}-authenticated-role`,
    guestRole: `${stack}-guest-role`,
    adminsRole: `${stack}-admins-role`,
  };
}
