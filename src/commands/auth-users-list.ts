// `awsls auth users list`: who may sign in, and in which groups they are.

import type { StackContext } from "./context.ts";
import { inPool } from "./pool-access.ts";
import { listGroups } from "./pool-groups.ts";
import { listUsers, type PoolUser } from "./pool-users.ts";

export interface ListedUser extends PoolUser {
  readonly groups: readonly string[];
}

export interface UsersResult {
  readonly stack: string;
  readonly userPoolId: string;
  readonly users: readonly ListedUser[];
}

/** The groups' members are read, not each user's groups: there are fewer of them. */
export function listPoolUsers(context: StackContext): Promise<UsersResult> {
  return inPool(context, { command: "auth users list" }, async (pool) => {
    const users = await listUsers(pool);
    const groups = users.length === 0 ? [] : await listGroups(pool);
    const groupsOf = ({ username }: PoolUser): string[] =>
      groups.filter(({ members }) => members.some((member) => member.username === username)).map(({ name }) => name);
    return {
      stack: context.session.names.stack,
      userPoolId: pool.userPoolId,
      users: users.map((user) => ({ ...user, groups: groupsOf(user) })),
    };
  });
}
