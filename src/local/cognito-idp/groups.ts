// Groups of users: their life. Tokens name them, so a change shows in those that are issued afterwards.

import { passingRole } from "../further-needs.ts";
import type { JsonObject, Operation, Shape } from "../service.ts";
import { requirePool, resourceIn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { groupExists, notFound } from "./errors.ts";
import { pageOf, textIn, textOf, toSeconds } from "./input.ts";
import { groupKey } from "./memberships.ts";
import type { Group, UserPool } from "./records.ts";
import { GROUP_NAME, LIMIT, POOL_ID, TOKEN } from "./shapes.ts";
import { saveUser, usersOf } from "./users.ts";

const OF_GROUP: Readonly<Record<string, Shape>> = { UserPoolId: POOL_ID, GroupName: GROUP_NAME };
const SETTINGS: Readonly<Record<string, Shape>> = {
  Description: { type: "string", max: 2048 },
  RoleArn: {
    type: "string",
    min: 20,
    max: 2048,
    pattern: "arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?",
  },
  Precedence: { type: "integer", min: 0 },
};

export function groupOperations(context: CognitoContext): Record<string, Operation> {
  const { env, groups } = context;
  const resource = resourceIn(context);
  const save = (group: Group): JsonObject => {
    groups.set(groupKey(group.poolId, group.name), group);
    return { Group: toGroupType(group) };
  };
  return {
    CreateGroup: {
      input: { ...OF_GROUP, ...SETTINGS },
      resource,
      alsoNeeds: (input) => passingRole(input["RoleArn"], "cognito-idp.amazonaws.com"),
      run(input) {
        const pool = requirePool(context, input);
        const name = textIn(input, "GroupName");
        if (groups.get(groupKey(pool.id, name)) !== undefined) throw groupExists();
        const now = env.clock.now();
        return save({ poolId: pool.id, name, createdAt: now, modifiedAt: now, ...settingsIn(input) });
      },
    },
    GetGroup: {
      input: OF_GROUP,
      resource,
      run: (input) => ({ Group: toGroupType(requireGroup(context, input)) }),
    },
    // What is not given stays: a group can be given another role, but no role can be taken off it.
    UpdateGroup: {
      input: { ...OF_GROUP, ...SETTINGS },
      resource,
      alsoNeeds: (input) => passingRole(input["RoleArn"], "cognito-idp.amazonaws.com"),
      run: (input) => save({ ...requireGroup(context, input), ...settingsIn(input), modifiedAt: env.clock.now() }),
    },
    DeleteGroup: {
      input: OF_GROUP,
      resource,
      run(input) {
        const { poolId, name } = requireGroup(context, input);
        // Its members first: a kill in between must leave none to a later group of this name.
        for (const user of usersOf(context, poolId).filter((each) => each.groups.includes(name))) {
          saveUser(context, { ...user, groups: user.groups.filter((each) => each !== name) });
        }
        groups.delete(groupKey(poolId, name));
        return undefined;
      },
    },
    ListGroups: {
      input: { UserPoolId: POOL_ID, Limit: LIMIT, NextToken: TOKEN },
      resource,
      run(input) {
        const pool = requirePool(context, input);
        return listOf(groupsIn(context, pool), input);
      },
    },
  };
}

/** @throws {AwsError} `ResourceNotFoundException` */
export function requireGroup(context: CognitoContext, input: JsonObject): Group {
  const pool = requirePool(context, input);
  const group = context.groups.get(groupKey(pool.id, textIn(input, "GroupName")));
  if (group === undefined) throw notFound("Group not found.");
  return group;
}

/** One page, as ListGroups and AdminListGroupsForUser answer. */
export function listOf(groups: readonly Group[], input: JsonObject): JsonObject {
  const { page, next } = pageOf(groups, ({ name }) => name, input["Limit"], textOf(input, "NextToken"));
  return { Groups: page.map(toGroupType), NextToken: next };
}

function groupsIn({ groups }: CognitoContext, pool: UserPool): Group[] {
  return [...groups.values()].filter(({ poolId }) => poolId === pool.id);
}

function settingsIn(input: JsonObject): Partial<Group> {
  const description = textOf(input, "Description");
  const roleArn = textOf(input, "RoleArn");
  const { Precedence: precedence } = input;
  return {
    ...(description !== undefined && { description }),
    ...(roleArn !== undefined && { roleArn }),
    ...(typeof precedence === "number" && { precedence }),
  };
}

function toGroupType(group: Group): JsonObject {
  return {
    GroupName: group.name,
    UserPoolId: group.poolId,
    Description: group.description,
    RoleArn: group.roleArn,
    Precedence: group.precedence,
    LastModifiedDate: toSeconds(group.modifiedAt),
    CreationDate: toSeconds(group.createdAt),
  };
}
