// A group whose members' tokens name a role. Its members are users' own business.

import {
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  DeleteGroupCommand,
  GetGroupCommand,
  type GroupType,
  ListUsersInGroupCommand,
  UpdateGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { unlessMissing } from "../../aws/errors.ts";
import { changesBetween } from "../../core/change.ts";
import type { Resource, Scope } from "../resource.ts";
import { MISSING, writeToPool } from "./user-pool-write.ts";

export interface GroupKey {
  readonly userPoolId: string;
  readonly groupName: string;
}

export interface GroupSpec extends GroupKey {
  /** What tokens of its members name. */
  readonly roleArn: string;
}

export interface Group {
  readonly userPoolId: string;
  readonly groupName: string;
  /** As AWS describes it. */
  readonly described: GroupType;
}

export const group: Resource<GroupKey, GroupSpec, Group> = {
  alreadyExists: ["GroupExistsException"],

  async read(scope, { userPoolId, groupName }) {
    const command = new GetGroupCommand({ UserPoolId: userPoolId, GroupName: groupName });
    const found = await unlessMissing(scope.clients.get(CognitoIdentityProviderClient).send(command), MISSING);
    if (found?.Group === undefined) return undefined;
    return { live: { userPoolId, groupName, described: found.Group }, tags: "untaggable" };
  },

  diff: ({ roleArn }, { live }) => changesBetween({ RoleArn: roleArn }, { RoleArn: live.described.RoleArn }),

  async reconcile(scope, spec, observed, created) {
    if (observed === undefined) {
      const made = await create(scope, spec);
      created(made);
      return made;
    }
    return observed.live.described.RoleArn === spec.roleArn ? observed.live : giveRole(scope, spec, observed.live);
  },

  /**
   * AWS takes no role off a group, it only gives another. So one with members, or of somebody's making, stays as it is: its role is
   * not there any more, and nobody maps to it.
   */
  async remove(scope, { userPoolId, groupName, described }) {
    if (described.Description !== descriptionOf(described.RoleArn ?? "")) return;
    const of = { UserPoolId: userPoolId, GroupName: groupName };
    const client = scope.clients.get(CognitoIdentityProviderClient);
    const found = await unlessMissing(client.send(new ListUsersInGroupCommand({ ...of, Limit: 1 })), MISSING);
    if (found === undefined || (found.Users ?? []).length > 0) return;
    await writeToPool(scope, userPoolId, () => unlessMissing(client.send(new DeleteGroupCommand(of)), MISSING));
  },
};

/** Says of a group that it is of our making: it goes with its role when nobody is in it. */
function descriptionOf(roleArn: string): string {
  return `Tokens of its members name ${roleArn}`;
}

async function create(scope: Scope, { userPoolId, groupName, roleArn }: GroupSpec): Promise<Group> {
  const command = new CreateGroupCommand({
    UserPoolId: userPoolId,
    GroupName: groupName,
    RoleArn: roleArn,
    Description: descriptionOf(roleArn),
  });
  const client = scope.clients.get(CognitoIdentityProviderClient);
  const { Group: described = {} } = await writeToPool(scope, userPoolId, () => client.send(command));
  return { userPoolId, groupName, described };
}

/** What else it has is sent along. */
async function giveRole(scope: Scope, { roleArn }: GroupSpec, live: Group): Promise<Group> {
  const { userPoolId, groupName, described } = live;
  const { Description, Precedence } = described;
  const of = { UserPoolId: userPoolId, GroupName: groupName };
  const command = new UpdateGroupCommand({ ...of, Description, Precedence, RoleArn: roleArn });
  await writeToPool(scope, userPoolId, () => scope.clients.get(CognitoIdentityProviderClient).send(command));
  return { ...live, described: { ...described, RoleArn: roleArn } };
}
