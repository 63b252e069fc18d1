// CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions, DeletePolicyVersion.

import type { CloudEnvironment, JsonObject, Operation, Shape } from "../service.ts";
import { isManagedPolicy, managedDocument } from "./managed-policy.ts";
import {
  deleteConflict,
  DOCUMENT,
  limitExceeded,
  PAGING,
  pageOf,
  POLICY_ARN,
  requireText,
  timestamp,
} from "./model.ts";
import { requireVersion, type PolicyRecord, type PolicyStore, type PolicyVersion } from "./policy-store.ts";

const MAX_VERSIONS = 5;
const VERSION_ID: Shape = { type: "string", required: true, pattern: "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?" };
/** AWS's own policies have one version here. */
const AWS_VERSION = "v1";

export function policyVersionOperations(
  env: CloudEnvironment,
  policies: PolicyStore,
  checkedDocument: (document: string) => string,
  resource: (input: JsonObject) => string,
): Record<string, Operation> {
  function CreatePolicyVersion(input: JsonObject): JsonObject {
    const policy = policies.require(requireText(input, "PolicyArn"));
    const document = checkedDocument(requireText(input, "PolicyDocument"));
    if (policy.versions.length >= MAX_VERSIONS) {
      throw limitExceeded(
        `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
      );
    }
    const version: PolicyVersion = { versionId: `v${policy.nextVersion}`, document, createDate: timestamp(env) };
    const changed: PolicyRecord = {
      ...policy,
      updateDate: version.createDate,
      nextVersion: policy.nextVersion + 1,
      versions: [version, ...policy.versions],
      defaultVersionId: input["SetAsDefault"] === true ? version.versionId : policy.defaultVersionId,
    };
    policies.save(changed);
    return { PolicyVersion: view(changed, version) };
  }

  function GetPolicyVersion(input: JsonObject): JsonObject {
    const arn = requireText(input, "PolicyArn");
    const versionId = requireText(input, "VersionId");
    if (isManagedPolicy(arn) && versionId === AWS_VERSION) {
      const Document = encodeURIComponent(managedDocument(arn));
      return { PolicyVersion: { Document, VersionId: AWS_VERSION, IsDefaultVersion: true } };
    }
    const policy = policies.require(arn);
    const version = requireVersion(policy, versionId);
    return { PolicyVersion: { Document: encodeURIComponent(version.document), ...view(policy, version) } };
  }

  /** Without the documents. */
  function ListPolicyVersions(input: JsonObject): JsonObject {
    const arn = requireText(input, "PolicyArn");
    if (isManagedPolicy(arn))
      return { Versions: [{ VersionId: AWS_VERSION, IsDefaultVersion: true }], IsTruncated: false };
    const policy = policies.require(arn);
    const { page, more } = pageOf(policy.versions, input);
    return { Versions: page.map((version) => view(policy, version)), ...more };
  }

  function DeletePolicyVersion(input: JsonObject): undefined {
    const policy = policies.require(requireText(input, "PolicyArn"));
    const { versionId } = requireVersion(policy, requireText(input, "VersionId"));
    if (versionId === policy.defaultVersionId) throw deleteConflict("Cannot delete the default version of a policy.");
    const versions = policy.versions.filter((each) => each.versionId !== versionId);
    policies.save({ ...policy, versions, updateDate: timestamp(env) });
  }

  const one = { PolicyArn: POLICY_ARN, VersionId: VERSION_ID };
  return {
    CreatePolicyVersion: {
      input: { PolicyArn: POLICY_ARN, PolicyDocument: DOCUMENT, SetAsDefault: { type: "boolean" } },
      resource,
      run: CreatePolicyVersion,
    },
    GetPolicyVersion: { input: one, resource, run: GetPolicyVersion },
    ListPolicyVersions: { input: { PolicyArn: POLICY_ARN, ...PAGING }, resource, run: ListPolicyVersions },
    DeletePolicyVersion: { input: one, resource, run: DeletePolicyVersion },
  };
}

function view(policy: PolicyRecord, { versionId, createDate }: PolicyVersion): JsonObject {
  return { VersionId: versionId, IsDefaultVersion: versionId === policy.defaultVersionId, CreateDate: createDate };
}
