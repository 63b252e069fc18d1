// CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, ListEntitiesForPolicy: managed policies of the account, and what AWS
// shows of its own.

import { AwsError } from "../service.ts";
import type { CloudEnvironment, JsonObject, Operation, Shape } from "../service.ts";
import { isManagedPolicy, MANAGED_POLICIES } from "./managed-policy.ts";
import {
  deleteConflict,
  DOCUMENT,
  documentSize,
  limitExceeded,
  newEntityId,
  noSuchEntity,
  PAGING,
  pageOf,
  PATH_PREFIX,
  POLICY_ARN,
  POLICY_NAME,
  requireText,
  TAGS,
  textOf,
  timestamp,
} from "./model.ts";
import type { RoleStore } from "./model.ts";
import { parseIdentityPolicy } from "./policy-document.ts";
import type { PolicyRecord, PolicyStore } from "./policy-store.ts";
import { policyVersionOperations } from "./policy-version.ts";
import { mergeTags, tagsOf } from "./role-tag.ts";

/** Quotas: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_SIZE = 6144;
const MAX_POLICIES = 1500;

const POLICY_PATH: Shape = { type: "string", min: 1, max: 512, pattern: "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/" };
const USAGE: Shape = { type: "string", values: ["PermissionsPolicy", "PermissionsBoundary"] };
const ENTITIES = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

export function customerPolicyOperations(
  env: CloudEnvironment,
  policies: PolicyStore,
  roles: RoleStore,
): Record<string, Operation> {
  const resource = (input: JsonObject): string => requireText(input, "PolicyArn");
  const attachments = (arn: string): number => roles.all().filter(({ attached }) => attached.includes(arn)).length;

  function CreatePolicy(input: JsonObject): JsonObject {
    const policyName = requireText(input, "PolicyName");
    const document = checkedDocument(requireText(input, "PolicyDocument"));
    const path = textOf(input, "Path") ?? "/";
    const tags = mergeTags([], tagsOf(input));
    if (policies.isTaken(policyName)) {
      const message = `A policy called ${policyName} already exists. Duplicate names are not allowed.`;
      throw new AwsError("EntityAlreadyExists", 409, message);
    }
    if (policies.all().length >= MAX_POLICIES) {
      throw limitExceeded(`Cannot exceed quota for PoliciesPerAccount: ${MAX_POLICIES}`);
    }
    const description = textOf(input, "Description");
    const now = timestamp(env);
    const policy: PolicyRecord = {
      policyName,
      policyId: newEntityId("ANPA"),
      path,
      arn: policyArn(env, path, policyName),
      createDate: now,
      updateDate: now,
      ...(description === undefined ? {} : { description }),
      defaultVersionId: "v1",
      nextVersion: 2,
      versions: [{ versionId: "v1", document, createDate: now }],
      tags,
    };
    policies.save(policy);
    return { Policy: { ...listView(policy, 0), ...tagView(policy) } };
  }

  function GetPolicy(input: JsonObject): JsonObject {
    const arn = requireText(input, "PolicyArn");
    if (isManagedPolicy(arn)) return { Policy: awsView(arn, attachments(arn)) };
    const policy = policies.require(arn);
    const described = { ...listView(policy, attachments(arn)), Description: policy.description, ...tagView(policy) };
    return { Policy: described };
  }

  /** Neither tags nor descriptions in a list. */
  function ListPolicies(input: JsonObject): JsonObject {
    const scope = textOf(input, "Scope") ?? "All";
    const prefix = textOf(input, "PathPrefix") ?? "/";
    const local = scope === "AWS" ? [] : policies.all().map((policy) => listView(policy, attachments(policy.arn)));
    const aws = scope === "Local" ? [] : MANAGED_POLICIES.map((arn) => awsView(arn, attachments(arn)));
    const isBoundary = textOf(input, "PolicyUsageFilter") === "PermissionsBoundary";
    const all = [...local, ...aws].filter(
      ({ Path, AttachmentCount }) =>
        String(Path).startsWith(prefix) && !isBoundary && (input["OnlyAttached"] !== true || AttachmentCount !== 0),
    );
    const { page, more } = pageOf(all, input);
    return { Policies: page, ...more };
  }

  function DeletePolicy(input: JsonObject): undefined {
    const arn = requireText(input, "PolicyArn");
    if (isManagedPolicy(arn)) throw accessDenied(arn);
    const policy = policies.require(arn);
    if (attachments(arn) > 0) throw deleteConflict("Cannot delete a policy attached to entities.");
    if (policy.versions.length > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    policies.remove(policy);
  }

  function ListEntitiesForPolicy(input: JsonObject): JsonObject {
    const arn = requireText(input, "PolicyArn");
    if (!policies.isAttachable(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
    const prefix = textOf(input, "PathPrefix") ?? "/";
    const isForRoles =
      ["Role", undefined].includes(textOf(input, "EntityFilter")) &&
      textOf(input, "PolicyUsageFilter") !== "PermissionsBoundary";
    const users = roles.all().filter(({ attached, path }) => attached.includes(arn) && path.startsWith(prefix));
    const { page, more } = pageOf(isForRoles ? users : [], input);
    return {
      PolicyGroups: [],
      PolicyUsers: [],
      PolicyRoles: page.map(({ roleName, roleId }) => ({ RoleName: roleName, RoleId: roleId })),
      ...more,
    };
  }

  return {
    CreatePolicy: {
      input: {
        PolicyName: POLICY_NAME,
        PolicyDocument: DOCUMENT,
        Path: POLICY_PATH,
        Description: { type: "string", max: 1000 },
        Tags: TAGS,
      },
      resource: (input) => policyArn(env, textOf(input, "Path") ?? "/", requireText(input, "PolicyName")),
      run: CreatePolicy,
    },
    GetPolicy: { input: { PolicyArn: POLICY_ARN }, resource, run: GetPolicy },
    ListPolicies: {
      input: {
        Scope: { type: "string", values: ["All", "AWS", "Local"] },
        OnlyAttached: { type: "boolean" },
        PathPrefix: POLICY_PATH,
        PolicyUsageFilter: USAGE,
        ...PAGING,
      },
      run: ListPolicies,
    },
    DeletePolicy: { input: { PolicyArn: POLICY_ARN }, resource, run: DeletePolicy },
    ListEntitiesForPolicy: {
      input: {
        PolicyArn: POLICY_ARN,
        EntityFilter: { type: "string", values: ENTITIES },
        PathPrefix: PATH_PREFIX,
        PolicyUsageFilter: USAGE,
        ...PAGING,
      },
      resource,
      run: ListEntitiesForPolicy,
    },
    ...policyVersionOperations(env, policies, checkedDocument, resource),
  };
}

/** @throws {AwsError} `MalformedPolicyDocument` 400, `LimitExceeded` 409 */
function checkedDocument(document: string): string {
  parseIdentityPolicy(document);
  if (documentSize(document) > MAX_SIZE) throw limitExceeded(`Cannot exceed quota for PolicySize: ${MAX_SIZE}`);
  return document;
}

function policyArn({ accountId }: CloudEnvironment, path: string, policyName: string): string {
  return `arn:aws:iam::${accountId}:policy${path}${policyName}`;
}

function listView(policy: PolicyRecord, attachments: number): JsonObject {
  return {
    PolicyName: policy.policyName,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachments,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: policy.createDate,
    UpdateDate: policy.updateDate,
  };
}

function tagView({ tags }: PolicyRecord): JsonObject {
  return { Tags: tags.length > 0 ? tags.map((tag) => ({ ...tag })) : undefined };
}

function awsView(arn: string, attachments: number): JsonObject {
  const name = arn.split("/").at(-1) ?? "";
  return {
    PolicyName: name,
    Arn: arn,
    Path: arn.slice(arn.indexOf("/"), arn.length - name.length),
    DefaultVersionId: "v1",
    AttachmentCount: attachments,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
  };
}

function accessDenied(arn: string): AwsError {
  return new AwsError("AccessDenied", 403, `Policy ${arn} is managed by AWS and cannot be changed.`);
}
