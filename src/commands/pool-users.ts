// The users of a user pool, as Cognito shows them to an administrator.

import {
  AdminGetUserCommand,
  type AttributeType,
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  type UserType,
} from "@aws-sdk/client-cognito-identity-provider";
import { unlessMissing } from "../aws/errors.ts";
import { everyPage } from "../aws/pages.ts";
import type { Rights } from "../resources/rights.ts";

/** A pool, and the client of whoever administers it. */
export interface AdminPool {
  readonly client: CognitoIdentityProviderClient;
  readonly userPoolId: string;
}

export interface PoolUser {
  /** Cognito's own name of the user: in a pool of e-mail addresses a UUID, the same as the `sub` of tokens. */
  readonly username: string;
  readonly email: string;
  /** AWS's word: `UNCONFIRMED`, `CONFIRMED`, `FORCE_CHANGE_PASSWORD`, … */
  readonly status: string;
  readonly emailVerified: boolean;
  readonly enabled: boolean;
  /** ISO 8601. */
  readonly createdAt?: string;
}

/** AWS's status of a user whom an administrator made, and who has not chosen a password yet. */
export const INVITED = "FORCE_CHANGE_PASSWORD";

/** Cognito's largest page of users and groups. */
export const PAGE = 60;

export const USER_RIGHTS: Rights = { itself: ["cognito-idp:AdminGetUser", "cognito-idp:ListUsers"] };

/** By e-mail address. */
export async function listUsers({ client, userPoolId: UserPoolId }: AdminPool): Promise<PoolUser[]> {
  const users = await everyPage(async (PaginationToken) => {
    const page = await client.send(new ListUsersCommand({ UserPoolId, Limit: PAGE, PaginationToken }));
    return { items: page.Users, next: page.PaginationToken };
  });
  return users.map(toPoolUser).toSorted((a, b) => (a.email < b.email ? -1 : 1));
}

/**
 * By the e-mail address, which AWS takes for the user name where it is a sign-in attribute of the pool: in any case of its
 * letters if the pool says so, and at once, as a search does not.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
 */
export async function findUser({ client, userPoolId }: AdminPool, email: string): Promise<PoolUser | undefined> {
  const command = new AdminGetUserCommand({ UserPoolId: userPoolId, Username: email });
  const found = await unlessMissing(client.send(command), "UserNotFoundException");
  return found && toPoolUser({ ...found, Attributes: found.UserAttributes });
}

export function toPoolUser({
  Username = "",
  Attributes = [],
  UserStatus,
  Enabled,
  UserCreateDate,
}: UserType): PoolUser {
  return {
    username: Username,
    email: attributeIn(Attributes, "email") ?? Username,
    status: UserStatus ?? "UNKNOWN",
    emailVerified: attributeIn(Attributes, "email_verified") === "true",
    enabled: Enabled ?? true,
    ...(UserCreateDate === undefined ? {} : { createdAt: UserCreateDate.toISOString() }),
  };
}

function attributeIn(attributes: readonly AttributeType[], name: string): string | undefined {
  return attributes.find(({ Name }) => Name === name)?.Value;
}
