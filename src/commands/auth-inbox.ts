// `awsls auth inbox`: the mails that Cognito would have sent, on the local cloud.

import { Problem } from "../core/problem.ts";
import { requirePool } from "./auth-pool.ts";
import type { Mail, StackContext } from "./context.ts";

export interface InboxResult {
  readonly stack: string;
  /** Of this stack's pool, newest last. */
  readonly mails: readonly Mail[];
}

/**
 * @param to only those to this address
 * @throws {Problem} `NoInbox` where mails really go out, `StepMissing` without a pool
 */
export async function readInbox(context: StackContext, to?: string): Promise<InboxResult> {
  const { inbox, target, session } = context;
  if (inbox === undefined) throw new Problem("NoInbox", { kind: target.kind });
  const { userPoolId } = await requirePool(context, "auth inbox");
  const mails = (await inbox()).filter((mail) => mail.userPoolId === userPoolId && isTo(mail, to));
  return { stack: session.names.stack, mails };
}

/** In any case of its letters, as the pool takes it. */
function isTo(mail: Mail, to: string | undefined): boolean {
  return to === undefined || mail.to.toLowerCase() === to.toLowerCase();
}
