// Which groups a user is in, in the order in which tokens name them.

import type { Collection } from "../service.ts";
import type { Group, User } from "./records.ts";

export function groupKey(poolId: string, name: string): string {
  return `${poolId}/${name}`;
}

/** The lowest precedence first; groups without one come last. */
export function groupsOf(groups: Collection<Group>, user: User): Group[] {
  return user.groups
    .flatMap((name) => groups.get(groupKey(user.poolId, name)) ?? [])
    .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function rank({ precedence }: Group): number {
  return precedence ?? Number.MAX_SAFE_INTEGER;
}
