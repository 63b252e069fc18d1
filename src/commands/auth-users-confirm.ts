// `awsls auth users confirm`: a sign-up needs no code any more, and its e-mail address counts as verified.

import { AdminConfirmSignUpCommand, AdminUpdateUserAttributesCommand } from "@aws-sdk/client-cognito-identity-provider";
import { Problem } from "../core/problem.ts";
import { isConfirmedAlready } from "./auth-refusal.ts";
import type { StackContext } from "./context.ts";
import { inPool } from "./pool-access.ts";
import { findUser, type AdminPool, type PoolUser } from "./pool-users.ts";
import type { Rights } from "../resources/rights.ts";

/** "verified": the user was confirmed, the address was not. */
export type UserConfirmOutcome = "confirmed" | "verified" | "unchanged";

export interface UserConfirmResult {
  readonly stack: string;
  readonly email: string;
  readonly outcome: UserConfirmOutcome;
  /** AWS's word, as it was before. */
  readonly status: string;
  /** With `--dry-run`: nothing of it was done. */
  readonly planned: boolean;
}

export const USER_CONFIRMATION_RIGHTS: Rights = {
  itself: ["cognito-idp:AdminConfirmSignUp", "cognito-idp:AdminUpdateUserAttributes"],
};

/**
 * AdminConfirmSignUp leaves the address unverified, and then no password could be reset.
 * @throws {Problem} `UserUnknown`
 */
export function confirmPoolUser(context: StackContext, email: string): Promise<UserConfirmResult> {
  return inPool(context, { command: "auth users confirm", email }, async (pool) => {
    const found = await findUser(pool, email);
    if (found === undefined) throw new Problem("UserUnknown", { email });
    const { status, emailVerified } = found;
    const isUnconfirmed = status === "UNCONFIRMED";
    if (!context.dryRun && isUnconfirmed) await confirm(pool, found);
    if (!context.dryRun && !emailVerified) await verifyEmail(pool, found);
    const outcome = isUnconfirmed ? "confirmed" : emailVerified ? "unchanged" : "verified";
    return { stack: context.session.names.stack, email, outcome, status, planned: context.dryRun };
  });
}

async function confirm({ client, userPoolId: UserPoolId }: AdminPool, { username: Username }: PoolUser): Promise<void> {
  try {
    await client.send(new AdminConfirmSignUpCommand({ UserPoolId, Username }));
  } catch (error) {
    // By a code in this moment, or by a call whose reply was lost.
    if (!isConfirmedAlready(error)) throw error;
  }
}

async function verifyEmail(
  { client, userPoolId: UserPoolId }: AdminPool,
  { username: Username }: PoolUser,
): Promise<void> {
  const UserAttributes = [{ Name: "email_verified", Value: "true" }];
  await client.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes }));
}
