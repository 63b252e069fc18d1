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
  /** Of a removal: one that has to stay is none of its business. */
  readonly ifDisposable?: boolean;
}

export interface GroupSpec {
  readonly userPoolId: string;
  readonly groupName: string;
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
  rights: {
    itself: [
      "cognito-idp:CreateGroup",
      "cognito-idp:DeleteGroup",
      "cognito-idp:GetGroup",
      "cognito-idp:ListUsersInGroup",
      "cognito-idp:UpdateGroup",
    ],
    passesRoleTo: "cognito-idp.amazonaws.com",
  },

  async read(scope, { userPoolId, groupName, ifDisposable = false }) {
    const command = new GetGroupCommand({ UserPoolId: userPoolId, GroupName: groupName });
    const found = await unlessMissing(scope.clients.get(CognitoIdentityProviderClient).send(command), MISSING);
    if (found?.Group === undefined) return undefined;
    const live = { userPoolId, groupName, described: found.Group };
    if (ifDisposable && !(await isDisposable(scope, live))) return undefined;
    return { live, tags: "untaggable" };
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

  /** Somebody may have become a member since it was read. */
  async remove(scope, live) {
    if (!(await isDisposable(scope, live))) return;
    const { userPoolId, groupName } = live;
    const command = new DeleteGroupCommand({ UserPoolId: userPoolId, GroupName: groupName });
    const client = scope.clients.get(CognitoIdentityProviderClient);
    await writeToPool(scope, userPoolId, () => unlessMissing(client.send(command), MISSING));
  },
};

/**
 * AWS does not say how a role is taken off a group. So one with members, or of somebody's making, stays as it is: the role that its
 * tokens name is not there any more, and no pool maps to it.
 */
async function isDisposable(scope: Scope, { userPoolId, groupName, described }: Group): Promise<boolean> {
  if (described.Description !== descriptionOf(described.RoleArn ?? "")) return false;
  const command = new ListUsersInGroupCommand({ UserPoolId: userPoolId, GroupName: groupName, Limit: 1 });
  const found = await unlessMissing(scope.clients.get(CognitoIdentityProviderClient).send(command), MISSING);
  return found?.Users?.length === 0;
}

/** A group without a precedence comes before nobody: its role would not be preferred to another group's. */
const FIRST = 0;

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
    Precedence: FIRST,
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
