// `awsls auth group …`: groups, and who is in them. Tokens say it in `cognito:groups`, those issued afterwards.

import {
  AdminAddUserToGroupCommand,
  AdminRemoveUserFromGroupCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { isAwsError } from "../aws/errors.ts";
import { Problem } from "../core/problem.ts";
import type { StackContext } from "./context.ts";
import { inPool } from "./pool-access.ts";
import { hasGroup, isMember, listGroups, membersOf, type PoolGroup, unlessNoGroup } from "./pool-groups.ts";
import { removeFromPool } from "./pool-removal.ts";
import { findUser, type AdminPool, type PoolUser } from "./pool-users.ts";
import type { RemovalResult } from "./removal.ts";
import type { Rights } from "../resources/rights.ts";

export interface GroupsResult {
  readonly stack: string;
  readonly userPoolId: string;
  readonly groups: readonly PoolGroup[];
}

export type GroupOutcome = "created" | "added" | "removed" | "unchanged";

export interface GroupResult {
  readonly stack: string;
  readonly group: string;
  /** Of whose membership it is about. */
  readonly email?: string;
  readonly outcome: GroupOutcome;
  /** With `--dry-run`: nothing of it was done. */
  readonly planned: boolean;
}

export interface Membership {
  readonly group: string;
  readonly email: string;
}

export const GROUP_CHANGE_RIGHTS: Rights = {
  itself: [
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminRemoveUserFromGroup",
    "cognito-idp:CreateGroup",
    "cognito-idp:DeleteGroup",
  ],
};

export function listPoolGroups(context: StackContext): Promise<GroupsResult> {
  return inPool(context, { command: "auth group list" }, async (pool) => ({
    stack: context.session.names.stack,
    userPoolId: pool.userPoolId,
    groups: await listGroups(pool),
  }));
}

export function createPoolGroup(context: StackContext, group: string): Promise<GroupResult> {
  return inPool(context, { command: "auth group create", group }, async (pool) => {
    const isThere = await hasGroup(pool, group);
    if (!isThere && !context.dryRun) await create(pool, group);
    return toResult(context, { group, outcome: isThere ? "unchanged" : "created" });
  });
}

/** @throws {Problem} `UserUnknown`, `GroupUnknown` */
export function addToPoolGroup(context: StackContext, { group, email }: Membership): Promise<GroupResult> {
  return inPool(context, { command: "auth group add", group, email }, async (pool) => {
    const user = await requireUser(pool, email);
    const isIn = await isMember(pool, user, group);
    if (!isIn && !(await hasGroup(pool, group))) throw new Problem("GroupUnknown", { group });
    const membership = { UserPoolId: pool.userPoolId, GroupName: group, Username: user.username };
    if (!isIn && !context.dryRun) await pool.client.send(new AdminAddUserToGroupCommand(membership));
    return toResult(context, { group, email, outcome: isIn ? "unchanged" : "added" });
  });
}

/** @throws {Problem} `UserUnknown`: a mistyped address must not look like somebody who has lost a right */
export function removeFromPoolGroup(context: StackContext, { group, email }: Membership): Promise<GroupResult> {
  return inPool(context, { command: "auth group remove", group, email }, async (pool) => {
    const user = await requireUser(pool, email);
    const isIn = await isMember(pool, user, group);
    const membership = { UserPoolId: pool.userPoolId, GroupName: group, Username: user.username };
    if (isIn && !context.dryRun) await pool.client.send(new AdminRemoveUserFromGroupCommand(membership));
    return toResult(context, { group, email, outcome: isIn ? "removed" : "unchanged" });
  });
}

export function deletePoolGroup(context: StackContext, group: string): Promise<RemovalResult> {
  return inPool(context, { command: "auth group delete", group }, (pool) =>
    removeFromPool(context, {
      async look() {
        const members = await membersOf(pool, group);
        return members && { component: "group", name: group, members: members.length };
      },
      remove: () =>
        unlessNoGroup(pool.client.send(new DeleteGroupCommand({ UserPoolId: pool.userPoolId, GroupName: group }))),
    }),
  );
}

async function create({ client, userPoolId: UserPoolId }: AdminPool, GroupName: string): Promise<void> {
  try {
    await client.send(new CreateGroupCommand({ UserPoolId, GroupName }));
  } catch (error) {
    if (!isAwsError(error, "GroupExistsException")) throw error;
  }
}

async function requireUser(pool: AdminPool, email: string): Promise<PoolUser> {
  const found = await findUser(pool, email);
  if (found === undefined) throw new Problem("UserUnknown", { email });
  return found;
}

function toResult({ session, dryRun }: StackContext, result: Omit<GroupResult, "stack" | "planned">): GroupResult {
  return { stack: session.names.stack, ...result, planned: dryRun };
}
