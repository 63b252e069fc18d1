// An execution role with its one inline policy: least privilege, nothing attached.

import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  type Role as IamRole,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { retryWhile } from "../../aws/wait.ts";
import { changesBetween, isSame } from "../../core/change.ts";
import { type Observed, paceOf, type Resource, type Scope, type Tags } from "../resource.ts";
import { fromTagList, missingTags, tagChanges, toTagList } from "../tags.ts";

export interface RoleKey {
  readonly roleName: string;
  readonly policyName: string;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly object[];
}

export interface RoleSpec extends RoleKey {
  readonly description: string;
  readonly trustPolicy: PolicyDocument;
  readonly policy: PolicyDocument;
  readonly tags: Tags;
}

export interface Role {
  readonly roleName: string;
  readonly roleArn: string;
  /** Unique for ever: a role made again under the same name has another one. */
  readonly roleId: string;
  readonly trustPolicy: unknown;
  readonly policy: unknown;
}

export const role: Resource<RoleKey, RoleSpec, Role> = {
  alreadyExists: ["EntityAlreadyExistsException", "EntityAlreadyExists"],

  async read(scope, { roleName, policyName }) {
    const iam = scope.clients.get(IAMClient);
    const found = await unlessMissing(iam.send(new GetRoleCommand({ RoleName: roleName })), ...MISSING);
    if (found?.Role === undefined) return undefined;
    const policy = await unlessMissing(
      iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName: policyName })),
      ...MISSING,
    );
    const createdAt = found.Role.CreateDate?.toISOString();
    return {
      live: toRole(found.Role, policy?.PolicyDocument),
      tags: fromTagList(found.Role.Tags),
      ...(createdAt === undefined ? {} : { createdAt }),
    };
  },

  diff(spec, observed) {
    return [
      ...changesBetween(
        { AssumeRolePolicyDocument: spec.trustPolicy, PolicyDocument: spec.policy },
        { AssumeRolePolicyDocument: observed.live.trustPolicy, PolicyDocument: observed.live.policy },
      ),
      ...tagChanges(spec.tags, observed),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    const live = observed?.live ?? (await create(scope, spec));
    if (observed === undefined) created(live);
    await repair(scope, spec, observed ?? { live, tags: spec.tags });
    return { ...live, trustPolicy: spec.trustPolicy, policy: spec.policy };
  },

  async remove(scope, { roleName }) {
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
    // One after the other: IAM answers ConcurrentModification to parallel edits of one role.
    for (const PolicyName of inline) {
      await unlessMissing(iam.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName })), ...MISSING);
    }
    for (const { PolicyArn } of attached) {
      await unlessMissing(iam.send(new DetachRolePolicyCommand({ RoleName: roleName, PolicyArn })), ...MISSING);
    }
    // IAM is eventually consistent: a policy deleted a moment ago may still be seen by DeleteRole.
    await retryWhile(
      (error) => isAwsError(error, "DeleteConflictException", "DeleteConflict", "ConcurrentModificationException"),
      () => unlessMissing(iam.send(new DeleteRoleCommand({ RoleName: roleName })), ...MISSING),
      paceOf(scope, "DeleteRole", (last) => ({ for: "propagation", last }), CONFLICT_MS),
    );
  },
};

/** A role of any path, as it is; undefined when there is none. Needs `iam:GetRole`. */
export async function findRole(scope: Scope, roleName: string): Promise<Role | undefined> {
  const iam = scope.clients.get(IAMClient);
  const found = await unlessMissing(iam.send(new GetRoleCommand({ RoleName: roleName })), ...MISSING);
  return found?.Role === undefined ? undefined : toRole(found.Role, undefined);
}

/** A conflict that lasts longer is not IAM being slow: somebody put the role into an instance profile. */
const CONFLICT_MS = 30_000;
const MISSING = ["NoSuchEntityException", "NoSuchEntity"];

async function create(scope: Scope, spec: RoleSpec): Promise<Role> {
  const { Role } = await scope.clients.get(IAMClient).send(
    new CreateRoleCommand({
      RoleName: spec.roleName,
      Description: spec.description,
      AssumeRolePolicyDocument: JSON.stringify(spec.trustPolicy),
      Tags: toTagList(spec.tags),
    }),
  );
  return { ...toRole(Role, undefined), trustPolicy: spec.trustPolicy };
}

async function repair(scope: Scope, spec: RoleSpec, { live, tags }: Observed<Role>): Promise<void> {
  const iam = scope.clients.get(IAMClient);
  const { roleName } = spec;
  if (!isSame(live.trustPolicy, spec.trustPolicy)) {
    const PolicyDocument = JSON.stringify(spec.trustPolicy);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument }));
  }
  if (!isSame(live.policy, spec.policy)) {
    const PolicyDocument = JSON.stringify(spec.policy);
    // A role made a moment ago may not be visible to the next call.
    await retryWhile(
      (error) => isAwsError(error, ...MISSING),
      () => iam.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: spec.policyName, PolicyDocument })),
      paceOf(scope, "PutRolePolicy", (last) => ({ for: "propagation", last })),
    );
  }
  const missing = missingTags(spec.tags, tags);
  if (Object.keys(missing).length > 0) {
    await iam.send(new TagRoleCommand({ RoleName: roleName, Tags: toTagList(missing) }));
  }
}

function toRole(found: IamRole | undefined, policyDocument: string | undefined): Role {
  return {
    roleName: found?.RoleName ?? "",
    roleArn: found?.Arn ?? "",
    roleId: found?.RoleId ?? "",
    trustPolicy: toDocument(found?.AssumeRolePolicyDocument),
    policy: toDocument(policyDocument),
  };
}

/** IAM answers policies URL-encoded (RFC 3986); what somebody wrote that is no JSON compares as different. */
function toDocument(encoded: string | undefined): unknown {
  if (encoded === undefined) return undefined;
  try {
    return JSON.parse(decodeURIComponent(encoded));
  } catch {
    return encoded;
  }
}
