// An execution role with its one inline policy: least privilege. What else it has is its owner's, unless we take it over.

import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  type Role as IamRole,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { retryWhile } from "../../aws/wait.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import { type Observed, paceOf, type Resource, type Scope, type Tags } from "../resource.ts";
import {
  claimedIn,
  CONFLICT_MS,
  dropClaims,
  isConsoleMade,
  listPolicies,
  MISSING,
  policyNameOf,
  type RolePolicies,
  takeOff,
} from "./role-policies.ts";
import type { Rights } from "../rights.ts";
import { fromTagList, hasTags, missingTags, tagChanges, toTagList } from "../tags.ts";

export interface RoleKey {
  readonly roleName: string;
  /** None: it goes, whatever it may do. */
  readonly policyName?: string;
  /** A role with these is plainly ours: nobody asks what else it has. */
  readonly tags: Tags;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly object[];
}

export interface RoleSpec {
  readonly roleName: string;
  readonly policyName: string;
  readonly description: string;
  readonly trustPolicy: PolicyDocument;
  readonly policy: PolicyDocument;
  /** It is being taken over: every other policy is taken off, and those that the console made for it are deleted. */
  readonly exclusive: boolean;
  readonly tags: Tags;
}

export interface Role {
  readonly roleName: string;
  readonly roleArn: string;
  /** Unique for ever: a role made again under the same name has another one. */
  readonly roleId: string;
  readonly description: string;
  /** Seconds. */
  readonly maxSessionDuration: number | undefined;
  readonly trustPolicy: unknown;
  readonly policy: unknown;
  /** Beside ours; only looked up for a role that is not plainly ours. */
  readonly others: RolePolicies;
  /** ARNs of policies that an earlier run began to delete. */
  readonly claimed: readonly string[];
}

const NO_POLICIES: RolePolicies = { inline: [], attached: [] };

export const role: Resource<RoleKey, RoleSpec, Role> = {
  alreadyExists: ["EntityAlreadyExistsException", "EntityAlreadyExists"],
  rights: {
    itself: [
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ],
  },

  async read(scope, { roleName, policyName, tags: wanted }) {
    const iam = scope.clients.get(IAMClient);
    const found = await unlessMissing(iam.send(new GetRoleCommand({ RoleName: roleName })), ...MISSING);
    if (found?.Role === undefined) return undefined;
    const read = new GetRolePolicyCommand({ RoleName: roleName, PolicyName: policyName });
    const policy = policyName === undefined ? undefined : await unlessMissing(iam.send(read), ...MISSING);
    const createdAt = found.Role.CreateDate?.toISOString();
    const tags = fromTagList(found.Role.Tags);
    const claimed = claimedIn(tags);
    const isOurs = claimed.length === 0 && hasTags(tags, wanted);
    const { inline, attached } = isOurs ? NO_POLICIES : await listPolicies(scope, roleName);
    const others = { inline: inline.filter((name) => name !== policyName), attached };
    return {
      live: { ...toRole(found.Role, policy?.PolicyDocument), others, claimed },
      tags,
      ...(createdAt === undefined ? {} : { createdAt }),
    };
  },

  diff(spec, observed) {
    const { description, trustPolicy, policy } = observed.live;
    return [
      ...changesBetween(
        { Description: spec.description, AssumeRolePolicyDocument: spec.trustPolicy, PolicyDocument: spec.policy },
        { Description: description, AssumeRolePolicyDocument: trustPolicy, PolicyDocument: policy },
      ),
      ...otherPolicies(spec, observed.live),
      ...tagChanges(spec.tags, observed),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    const live = observed?.live ?? (await create(scope, spec));
    if (observed === undefined) created(live);
    await repair(scope, spec, observed ?? { live, tags: spec.tags });
    const { description, trustPolicy, policy } = spec;
    return { ...live, description, trustPolicy, policy, others: NO_POLICIES, claimed: [] };
  },

  alongside: ({ claimed, others }, takesOver) =>
    doomedIn(claimed, others, takesOver).map((arn) => ({ component: "policy", name: policyNameOf(arn) })),

  async remove(scope, { roleName, claimed }) {
    const iam = scope.clients.get(IAMClient);
    const all = await listPolicies(scope, roleName);
    await takeOff(scope, roleName, all, doomedIn(claimed, all, scope.takesOver));
    // IAM is eventually consistent: a policy deleted a moment ago may still be seen by DeleteRole.
    await retryWhile(
      (error) => isAwsError(error, "DeleteConflictException", "DeleteConflict", "ConcurrentModificationException"),
      () => unlessMissing(iam.send(new DeleteRoleCommand({ RoleName: roleName })), ...MISSING),
      paceOf(scope, "DeleteRole", (last) => ({ for: "propagation", last }), CONFLICT_MS),
    );
  },
};

/** Of a role that is looked at alone. */
export const FINDING_RIGHTS: Rights = { itself: ["iam:GetRole"] };

/** A role of any path, as it is; undefined when there is none. */
export async function findRole(scope: Pick<Scope, "clients">, roleName: string): Promise<Role | undefined> {
  const iam = scope.clients.get(IAMClient);
  const found = await unlessMissing(iam.send(new GetRoleCommand({ RoleName: roleName })), ...MISSING);
  return found?.Role === undefined ? undefined : toRole(found.Role, undefined);
}

/** What is taken off, and what of it is deleted: the rest of an earlier run, and all when the role is taken over. */
function leaving(spec: RoleSpec, { others, claimed }: Role): RolePolicies & { readonly doomed: readonly string[] } {
  if (spec.exclusive) return { ...others, doomed: doomedIn(claimed, others, true) };
  return { inline: [], attached: others.attached.filter((arn) => claimed.includes(arn)), doomed: claimed };
}

function otherPolicies(spec: RoleSpec, live: Role): Change[] {
  const { inline, attached, doomed } = leaving(spec, live);
  const gone = (field: string, all: readonly string[]): Change[] =>
    all.length === 0 ? [] : [{ field, from: all, to: undefined }];
  return [
    // As ListRolePolicies, ListAttachedRolePolicies and DeletePolicy call them.
    ...gone("PolicyNames", inline),
    ...gone("AttachedPolicies", attached.map(policyNameOf)),
    ...gone("PolicyArn", doomed),
  ];
}

/** Managed policies that go for good. Of a role that we made, what is attached was attached by others, and is theirs. */
function doomedIn(claimed: readonly string[], { attached }: RolePolicies, takesOver: boolean): readonly string[] {
  return [...new Set([...claimed, ...(takesOver ? attached.filter(isConsoleMade) : [])])];
}

async function create(scope: Scope, spec: RoleSpec): Promise<Role> {
  const { Role } = await scope.clients.get(IAMClient).send(
    new CreateRoleCommand({
      RoleName: spec.roleName,
      Description: spec.description,
      AssumeRolePolicyDocument: JSON.stringify(spec.trustPolicy),
      Tags: toTagList(spec.tags),
    }),
  );
  return { ...toRole(Role, undefined), description: spec.description, trustPolicy: spec.trustPolicy };
}

/** Tags last: until they are there, a role that is taken over is not ours, and a run after this one begins again. */
async function repair(scope: Scope, spec: RoleSpec, observed: Observed<Role>): Promise<void> {
  const iam = scope.clients.get(IAMClient);
  const { live, tags } = observed;
  const { roleName: RoleName, policyName: PolicyName } = spec;
  const differs = new Set(role.diff(spec, observed).map(({ field }) => field));
  if (differs.has("AssumeRolePolicyDocument")) {
    const PolicyDocument = JSON.stringify(spec.trustPolicy);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  }
  if (differs.has("Description")) {
    // Without a duration AWS sets its default of one hour.
    const { maxSessionDuration: MaxSessionDuration } = live;
    await iam.send(new UpdateRoleCommand({ RoleName, Description: spec.description, MaxSessionDuration }));
  }
  if (differs.has("PolicyDocument")) {
    const PolicyDocument = JSON.stringify(spec.policy);
    // A role made a moment ago may not be visible to the next call.
    await retryWhile(
      (error) => isAwsError(error, ...MISSING),
      () => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
      paceOf(scope, "PutRolePolicy", (last) => ({ for: "propagation", last })),
    );
  }
  const { doomed, ...others } = leaving(spec, live);
  await takeOff(scope, RoleName, others, doomed);
  await dropClaims(scope, RoleName, doomed);
  const missing = missingTags(spec.tags, tags);
  if (Object.keys(missing).length > 0) await iam.send(new TagRoleCommand({ RoleName, Tags: toTagList(missing) }));
}

function toRole(found: IamRole | undefined, policyDocument: string | undefined): Role {
  return {
    roleName: found?.RoleName ?? "",
    roleArn: found?.Arn ?? "",
    roleId: found?.RoleId ?? "",
    description: found?.Description ?? "",
    maxSessionDuration: found?.MaxSessionDuration,
    trustPolicy: toDocument(found?.AssumeRolePolicyDocument),
    policy: toDocument(policyDocument),
    others: NO_POLICIES,
    claimed: [],
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
