// `awsls auth users create`: Cognito mails a temporary password, or the user gets the one that is given.

import {
  AdminCreateUserCommand,
  type AdminCreateUserCommandInput,
  AdminSetUserPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { isAwsError, isRefusal } from "../aws/errors.ts";
import { Problem } from "../core/problem.ts";
import type { StackContext } from "./context.ts";
import { requireEntry } from "./entered.ts";
import { inPool } from "./pool-access.ts";
import { type AdminPool, findUser, INVITED, type PoolUser } from "./pool-users.ts";
import type { Rights } from "../resources/rights.ts";

export interface UserCreateOptions {
  readonly email: string;
  /** The password is entered, to stay; without it Cognito makes one for the first sign-in, and mails it. */
  readonly hasPassword: boolean;
  /** Mails another one to a user who has not signed in yet. */
  readonly resend: boolean;
}

export const USER_CREATION_RIGHTS: Rights = {
  itself: ["cognito-idp:AdminCreateUser", "cognito-idp:AdminSetUserPassword"],
};

interface Wanted {
  readonly email: string;
  readonly password: string | undefined;
  readonly resend: boolean;
}

/** "passwordSet": of a user who was there, but had never signed in. */
export type UserCreateOutcome = "invited" | "invitedAgain" | "created" | "passwordSet" | "unchanged";

export interface UserCreateResult {
  readonly stack: string;
  readonly email: string;
  readonly outcome: UserCreateOutcome;
  /** AWS's word for a user who was there, as it was before. */
  readonly status?: string;
  /** With `--dry-run`: nothing of it was done. */
  readonly planned: boolean;
}

/** @throws {Problem} `UserExists` rather than change the password of somebody who has one, `ValueMissing` */
export async function createPoolUser(
  context: StackContext,
  { email, hasPassword, resend }: UserCreateOptions,
): Promise<UserCreateResult> {
  const wanted = {
    email,
    password: hasPassword ? await requireEntry(context, { of: "newPassword" }) : undefined,
    resend,
  };
  return inPool(context, { command: "auth users create", email }, async (pool) => {
    const found = await findUser(pool, email);
    const planned = outcomeFor(found, wanted);
    const outcome = context.dryRun ? planned : await bringAbout(pool, wanted, planned);
    const before = found === undefined ? {} : { status: found.status };
    return { stack: context.session.names.stack, email, outcome, ...before, planned: context.dryRun };
  });
}

function outcomeFor(found: PoolUser | undefined, { email, password, resend }: Wanted): UserCreateOutcome {
  if (found === undefined) return password === undefined ? "invited" : "created";
  const { status } = found;
  if (status === INVITED && password !== undefined) return "passwordSet";
  if (status === INVITED && resend) return "invitedAgain";
  if (password !== undefined || resend) throw new Problem("UserExists", { email, status });
  return "unchanged";
}

async function bringAbout(pool: AdminPool, wanted: Wanted, outcome: UserCreateOutcome): Promise<UserCreateOutcome> {
  if (outcome === "unchanged") return outcome;
  if (outcome !== "passwordSet") {
    const isNew = await create(pool, wanted, outcome);
    // Somebody was faster.
    if (!isNew) return bringAbout(pool, wanted, outcomeFor(await requireUser(pool, wanted), wanted));
  }
  await setPassword(pool, wanted);
  return outcome;
}

/** @returns false when there was a user of that address by then */
async function create(
  { client, userPoolId: UserPoolId }: AdminPool,
  { email, password }: Wanted,
  outcome: UserCreateOutcome,
): Promise<boolean> {
  const input = { UserPoolId, Username: email, ...howToCreate(email, password, outcome) };
  try {
    await client.send(new AdminCreateUserCommand(input));
    return true;
  } catch (error) {
    if (!isAwsError(error, "UsernameExistsException")) throw error;
    // After a lost reply the SDK asks again: then the user is this one.
    return !isRefusal(error);
  }
}

function howToCreate(
  email: string,
  password: string | undefined,
  outcome: UserCreateOutcome,
): Partial<AdminCreateUserCommandInput> {
  // AWS's default is a text message.
  const byMail: Partial<AdminCreateUserCommandInput> = { DesiredDeliveryMediums: ["EMAIL"] };
  if (outcome === "invitedAgain") return { ...byMail, MessageAction: "RESEND" };
  const UserAttributes = [
    { Name: "email", Value: email },
    { Name: "email_verified", Value: "true" },
  ];
  if (password === undefined) return { ...byMail, UserAttributes };
  // As the temporary one, too: what the policy does not allow is refused before there is a user.
  return { UserAttributes, TemporaryPassword: password, MessageAction: "SUPPRESS" };
}

async function setPassword(
  { client, userPoolId: UserPoolId }: AdminPool,
  { email, password: Password }: Wanted,
): Promise<void> {
  if (Password === undefined) return;
  await client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username: email, Password, Permanent: true }));
}

/** @throws {Problem} `UserExists` for a user whom AWS knows, but does not show */
async function requireUser(pool: AdminPool, { email }: Wanted): Promise<PoolUser> {
  const found = await findUser(pool, email);
  if (found === undefined) throw new Problem("UserExists", { email, status: "" });
  return found;
}
