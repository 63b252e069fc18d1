// Who is in which group.

import type { JsonObject, Operation } from "../service.ts";
import { requirePool, resourceIn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { listOf, requireGroup } from "./groups.ts";
import { ageKey, pageOf, textIn, textOf } from "./input.ts";
import { groupsOf } from "./memberships.ts";
import type { User } from "./records.ts";
import { GROUP_NAME, LIMIT, POOL_ID, TOKEN, USERNAME } from "./shapes.ts";
import { requireUser, saveUser, toUserType, usersOf } from "./users.ts";

const OF_MEMBER = { UserPoolId: POOL_ID, Username: USERNAME, GroupName: GROUP_NAME };

export function groupMemberOperations(context: CognitoContext): Record<string, Operation> {
  const resource = resourceIn(context);
  const userIn = (input: JsonObject): User =>
    requireUser(context, requirePool(context, input), textIn(input, "Username"));
  return {
    // Twice is once.
    AdminAddUserToGroup: {
      input: OF_MEMBER,
      resource,
      run(input) {
        const { name } = requireGroup(context, input);
        const user = userIn(input);
        if (!user.groups.includes(name)) saveUser(context, { ...user, groups: [...user.groups, name] });
        return undefined;
      },
    },
    AdminRemoveUserFromGroup: {
      input: OF_MEMBER,
      resource,
      run(input) {
        const { name } = requireGroup(context, input);
        const user = userIn(input);
        if (user.groups.includes(name)) {
          saveUser(context, { ...user, groups: user.groups.filter((each) => each !== name) });
        }
        return undefined;
      },
    },
    AdminListGroupsForUser: {
      input: { UserPoolId: POOL_ID, Username: USERNAME, Limit: LIMIT, NextToken: TOKEN },
      resource,
      run: (input) => listOf(groupsOf(context.groups, userIn(input)), input),
    },
    ListUsersInGroup: {
      input: { UserPoolId: POOL_ID, GroupName: GROUP_NAME, Limit: LIMIT, NextToken: TOKEN },
      resource,
      run(input) {
        const { poolId, name } = requireGroup(context, input);
        const members = usersOf(context, poolId).filter(({ groups }) => groups.includes(name));
        const token = textOf(input, "NextToken");
        const { page, next } = pageOf(members, (user) => ageKey(user, user.username), input["Limit"], token);
        return { Users: page.map(toUserType), NextToken: next };
      },
    },
  };
}
