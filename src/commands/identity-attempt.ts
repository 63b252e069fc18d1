// A call with an identity's credentials that may be denied: what AWS says to it, and why.

import { isAwsError } from "../aws/errors.ts";
import { retryWhile } from "../aws/wait.ts";
import { Problem } from "../core/problem.ts";
import type { StackContext } from "./context.ts";
import { paceOf } from "./identity-caller.ts";
import { type Asked, type Reason, reasonFor } from "./identity-reason.ts";

export interface Denial {
  /** AWS's own words. */
  readonly message: string;
  readonly reason: Reason;
}

/** Of whom, for what. */
export type Attempted = Omit<Asked, "message">;

/**
 * Denied although IAM's policies allow it, it is sent again: a policy that was just written is not noticed at once.
 * @returns undefined when it was allowed
 */
export async function denialOf(
  context: StackContext,
  asked: Attempted,
  send: () => Promise<unknown>,
): Promise<Denial | undefined> {
  const first = await deniedBy(send);
  if (first === undefined) return undefined;
  const reason = await reasonFor(context, { ...asked, message: first });
  if (reason.is !== "unnoticed") return { message: first, reason };
  const operation = asked.action.replace(/^.*:/, "");
  const last = await deniedBy(() => retryWhile(isDenied, send, paceOf(context, operation)));
  return last === undefined ? undefined : { message: last, reason };
}

/** @returns AWS's words */
async function deniedBy(send: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    const answer = answerIn(error);
    if (isDenied(answer)) return answer.message;
    throw error;
  }
}

function isDenied(error: unknown): error is Error {
  return isAwsError(answerIn(error), "AccessDeniedException");
}

function answerIn(error: unknown): unknown {
  return error instanceof Problem ? error.cause : error;
}
