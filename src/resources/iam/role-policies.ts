// Policies of a role beside ours: found, taken off, and deleted where the console made them for this very role.

import {
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  TagRoleCommand,
  UntagRoleCommand,
} from "@aws-sdk/client-iam";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { retryWhile } from "../../aws/wait.ts";
import { paceOf, type Scope, type Tags } from "../resource.ts";
import { toTagList } from "../tags.ts";
import type { Rights } from "../rights.ts";

export interface RolePolicies {
  /** Names of inline policies. */
  readonly inline: readonly string[];
  /** ARNs of managed ones. */
  readonly attached: readonly string[];
}

export const MISSING = ["NoSuchEntityException", "NoSuchEntity"];
/** A conflict that lasts longer is not IAM being slow. */
export const CONFLICT_MS = 30_000;

/**
 * Each managed policy that is to be deleted stands in a tag of its role from before it is detached until it is gone:
 * in between nothing else tells that it was this role's.
 */
const CLAIM = "awsls:policy-";
/** What the value of a tag can hold. */
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;

/** On a managed policy that is deleted; those on the role are its own. */
export const CONSOLE_POLICY_RIGHTS: Rights = {
  itself: ["iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:ListEntitiesForPolicy", "iam:ListPolicyVersions"],
};

export async function listPolicies(scope: Scope, roleName: string): Promise<RolePolicies> {
  const iam = scope.clients.get(IAMClient);
  const [inline, attached] = await Promise.all([
    everyPage(async (Marker) => {
      const page = await unlessMissing(
        iam.send(new ListRolePoliciesCommand({ RoleName: roleName, Marker })),
        ...MISSING,
      );
      return { items: page?.PolicyNames, next: page?.Marker };
    }),
    everyPage(async (Marker) => {
      const command = new ListAttachedRolePoliciesCommand({ RoleName: roleName, Marker });
      const page = await unlessMissing(iam.send(command), ...MISSING);
      return { items: page?.AttachedPolicies, next: page?.Marker };
    }),
  ]);
  return { inline, attached: attached.flatMap(({ PolicyArn }) => PolicyArn ?? []) };
}

/** ARNs of the policies that an earlier run began to delete; a tag can be anybody's, so that only such policies count. */
export function claimedIn(tags: Tags): readonly string[] {
  return Object.entries(tags).flatMap(([key, arn]) => (key.startsWith(CLAIM) && isConsoleMade(arn) ? [arn] : []));
}

/**
 * Whether the Lambda console made it together with a role: a policy of the account below `/service-role/`
 * (`AWSLambdaMicroserviceExecutionRole-<uuid>`). AWS's own and those that people made are only detached.
 */
export function isConsoleMade(policyArn: string): boolean {
  return /^arn:[^:]+:iam::\d{12}:policy\/service-role\/AWSLambda/.test(policyArn);
}

/** What to call it: the name at the end of its ARN. */
export function policyNameOf(policyArn: string): string {
  return policyArn.split("/").at(-1) ?? policyArn;
}

/**
 * Takes policies off a role, one after the other: IAM answers ConcurrentModification to parallel edits of one role.
 * Of the managed ones, those in `doomed` are deleted, too, unless something else uses them.
 */
export async function takeOff(
  scope: Scope,
  roleName: string,
  { inline, attached }: RolePolicies,
  doomed: readonly string[],
): Promise<void> {
  const iam = scope.clients.get(IAMClient);
  const claims = claimsOf(doomed);
  if (Object.keys(claims).length > 0) {
    await iam.send(new TagRoleCommand({ RoleName: roleName, Tags: toTagList(claims) }));
  }
  for (const PolicyName of inline) {
    await unlessMissing(iam.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName })), ...MISSING);
  }
  for (const PolicyArn of attached) {
    await unlessMissing(iam.send(new DetachRolePolicyCommand({ RoleName: roleName, PolicyArn })), ...MISSING);
  }
  for (const arn of doomed) await deletePolicy(scope, roleName, arn);
}

/** After `takeOff`, for a role that stays. */
export async function dropClaims(scope: Scope, roleName: string, doomed: readonly string[]): Promise<void> {
  const TagKeys = Object.keys(claimsOf(doomed));
  if (TagKeys.length === 0) return;
  await scope.clients.get(IAMClient).send(new UntagRoleCommand({ RoleName: roleName, TagKeys }));
}

function claimsOf(doomed: readonly string[]): Tags {
  return Object.fromEntries(doomed.filter((arn) => TAG_VALUE.test(arn)).map((arn, n) => [`${CLAIM}${n + 1}`, arn]));
}

/** With all its versions, unless another role, a user or a group has it, also as a boundary: then it stays, and is named. */
async function deletePolicy(scope: Scope, roleName: string, PolicyArn: string): Promise<void> {
  const iam = scope.clients.get(IAMClient);
  const users = (await usersOf(scope, PolicyArn)).filter((name) => name !== roleName);
  if (users.length > 0) return scope.stays({ resource: "policy", name: policyNameOf(PolicyArn), users });
  const versions = await everyPage(async (Marker) => {
    const page = await unlessMissing(iam.send(new ListPolicyVersionsCommand({ PolicyArn, Marker })), ...MISSING);
    return { items: page?.Versions, next: page?.Marker };
  });
  // The default version goes with the policy, and not without it.
  for (const { VersionId } of versions.filter(({ IsDefaultVersion }) => IsDefaultVersion !== true)) {
    await unlessMissing(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId })), ...MISSING);
  }
  // IAM is eventually consistent: detached a moment ago, it may still count as attached.
  await retryWhile(
    (error) => isAwsError(error, "DeleteConflictException", "DeleteConflict"),
    () => unlessMissing(iam.send(new DeletePolicyCommand({ PolicyArn })), ...MISSING),
    paceOf(scope, "DeletePolicy", (last) => ({ for: "propagation", last }), CONFLICT_MS),
  );
}

/** Names of roles, users and groups that it is attached to. */
function usersOf(scope: Scope, PolicyArn: string): Promise<string[]> {
  return everyPage(async (Marker) => {
    const command = new ListEntitiesForPolicyCommand({ PolicyArn, Marker });
    const page = await unlessMissing(scope.clients.get(IAMClient).send(command), ...MISSING);
    const names = [
      ...(page?.PolicyRoles ?? []).map(({ RoleName }) => RoleName),
      ...(page?.PolicyUsers ?? []).map(({ UserName }) => UserName),
      ...(page?.PolicyGroups ?? []).map(({ GroupName }) => GroupName),
    ];
    return { items: names.filter((name) => name !== undefined), next: page?.Marker };
  });
}
