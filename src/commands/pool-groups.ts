// The groups of a user pool, and who is in them.

import {
  AdminListGroupsForUserCommand,
  GetGroupCommand,
  ListGroupsCommand,
  ListUsersInGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { isAwsError } from "../aws/errors.ts";
import { everyPage } from "../aws/pages.ts";
import { PAGE, type AdminPool, type PoolUser, toPoolUser } from "./pool-users.ts";
import type { Rights } from "../resources/rights.ts";

export interface PoolGroup {
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly members: readonly PoolUser[];
}

export const GROUP_RIGHTS: Rights = {
  itself: [
    "cognito-idp:AdminListGroupsForUser",
    "cognito-idp:GetGroup",
    "cognito-idp:ListGroups",
    "cognito-idp:ListUsersInGroup",
  ],
};

/** One after the other: AWS takes a handful of such calls a second. */
export async function listGroups(pool: AdminPool): Promise<PoolGroup[]> {
  const { client, userPoolId: UserPoolId } = pool;
  const found = await everyPage(async (NextToken) => {
    const page = await client.send(new ListGroupsCommand({ UserPoolId, Limit: PAGE, NextToken }));
    return { items: page.Groups, next: page.NextToken };
  });
  const groups: PoolGroup[] = [];
  for (const { GroupName: name = "", CreationDate } of found) {
    const members = await membersOf(pool, name);
    // One that was deleted meanwhile is none.
    if (members === undefined) continue;
    groups.push({ name, ...(CreationDate === undefined ? {} : { createdAt: CreationDate.toISOString() }), members });
  }
  return groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns undefined when there is no such group */
export async function membersOf(
  { client, userPoolId: UserPoolId }: AdminPool,
  GroupName: string,
): Promise<PoolUser[] | undefined> {
  const members = everyPage(async (NextToken) => {
    const page = await client.send(new ListUsersInGroupCommand({ UserPoolId, GroupName, Limit: PAGE, NextToken }));
    return { items: page.Users, next: page.NextToken };
  });
  return (await unlessNoGroup(members))?.map(toPoolUser);
}

export async function hasGroup({ client, userPoolId: UserPoolId }: AdminPool, GroupName: string): Promise<boolean> {
  return (await unlessNoGroup(client.send(new GetGroupCommand({ UserPoolId, GroupName })))) !== undefined;
}

export async function isMember(
  { client, userPoolId: UserPoolId }: AdminPool,
  { username: Username }: PoolUser,
  group: string,
): Promise<boolean> {
  const groups = await everyPage(async (NextToken) => {
    const page = await client.send(new AdminListGroupsForUserCommand({ UserPoolId, Username, Limit: PAGE, NextToken }));
    return { items: page.Groups, next: page.NextToken };
  });
  return groups.some(({ GroupName }) => GroupName === group);
}

/** AWS has one code for a group and for a pool that are not there: only the words tell. */
export function isGroupMissing(error: unknown): boolean {
  return isAwsError(error, "ResourceNotFoundException") && !/user pool/i.test(error.message);
}

export async function unlessNoGroup<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isGroupMissing(error)) return undefined;
    throw error;
  }
}
