// Whose policies decide over the caller: a user's own, of a session its role's.

import { isAwsError } from "../aws/errors.ts";
import { readIdentity } from "../aws/identity.ts";
import { findRole } from "../resources/iam/role.ts";
import type { StackContext } from "./context.ts";

/** Of whom IAM cannot be asked: the account's own key, which no policy limits, and sessions that are no role's. */
export type Unasked = "root" | "federatedUser" | "unknownCaller";

export interface Caller {
  readonly arn: string;
  /** The ARN of a user or role; undefined when there is none to ask about. */
  readonly entity?: string;
  readonly unasked?: Unasked;
  /** The role could not be looked at: it may have a path. */
  readonly isGuessed?: true;
  /** A session may have been given less than its role, and nothing shows it. */
  readonly isSession: boolean;
}

export async function findCaller({ session }: StackContext): Promise<Caller> {
  const { arn } = await readIdentity(session.clients);
  const [, , service, , account = "", resource = ""] = arn.split(":");
  const [kind, name = ""] = resource.split("/");
  if (service === "iam" && kind === "user") return { arn, entity: arn, isSession: false };
  if (kind === "assumed-role") return { arn, ...(await roleOf(session, account, name)), isSession: true };
  const unasked = kind === "root" ? "root" : kind === "federated-user" ? "federatedUser" : "unknownCaller";
  return { arn, unasked, isSession: false };
}

/** A session's ARN does not have the path of its role. */
async function roleOf(
  session: StackContext["session"],
  account: string,
  name: string,
): Promise<Pick<Caller, "entity" | "isGuessed">> {
  const guessed = { entity: `arn:${session.place.partition}:iam::${account}:role/${name}`, isGuessed: true } as const;
  try {
    const found = await findRole(session, name);
    return found === undefined ? guessed : { entity: found.roleArn };
  } catch (error) {
    if (isAwsError(error, "AccessDenied", "AccessDeniedException")) return guessed;
    throw error;
  }
}
