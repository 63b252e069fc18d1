// Customer managed policies as IAM keeps them: a document in up to five versions, one of which counts.

import { AwsError } from "../service.ts";
import type { CloudEnvironment, Collection } from "../service.ts";
import { isManagedPolicy, managedDocument, managedPolicy } from "./managed-policy.ts";
import { noSuchEntity, type Tag } from "./model.ts";
import type { Policy } from "./policy.ts";
import { parsePolicy } from "./policy-document.ts";

export interface PolicyVersion {
  /** `v1`, `v2`, …: never given twice to one policy. */
  readonly versionId: string;
  readonly document: string;
  /** ISO 8601 */
  readonly createDate: string;
}

export interface PolicyRecord {
  readonly policyName: string;
  readonly policyId: string;
  readonly path: string;
  readonly arn: string;
  readonly createDate: string;
  readonly updateDate: string;
  readonly description?: string;
  readonly defaultVersionId: string;
  /** The number that the next version gets. */
  readonly nextVersion: number;
  /** Newest first, as AWS lists them. */
  readonly versions: readonly PolicyVersion[];
  readonly tags: readonly Tag[];
}

export interface PolicyStore {
  find(arn: string): PolicyRecord | undefined;
  /** @throws {AwsError} `NoSuchEntity` 404 */
  require(arn: string): PolicyRecord;
  /** Names ignore case and are unique in the account, whatever the path. */
  isTaken(policyName: string): boolean;
  /** Whether a role can have it: one of this account, or one of AWS's that this cloud knows. */
  isAttachable(arn: string): boolean;
  /** What it allows and denies: its default version. */
  read(arn: string): Policy;
  /** The same as it was written. */
  documentOf(arn: string): string;
  save(policy: PolicyRecord): void;
  remove(policy: PolicyRecord): void;
  /** By name, as AWS lists. */
  all(): PolicyRecord[];
  clear(): void;
}

/** @param changed called after every write, so that decisions which were kept are forgotten */
export function openPolicies(env: CloudEnvironment, changed: () => void): PolicyStore {
  const records: Collection<PolicyRecord> = env.collection("iam/policies");
  const keyOf = (policyName: string): string => policyName.toLowerCase();
  const find = (arn: string): PolicyRecord | undefined => {
    const policy = records.get(keyOf(arn.split("/").at(-1) ?? ""));
    return policy?.arn === arn ? policy : undefined;
  };
  return {
    find,
    require(arn) {
      const policy = find(arn);
      if (!policy) throw noSuchEntity(`Policy ${arn} was not found.`);
      return policy;
    },
    isTaken: (policyName) => records.get(keyOf(policyName)) !== undefined,
    isAttachable: (arn) => isManagedPolicy(arn) || find(arn) !== undefined,
    read(arn) {
      const policy = find(arn);
      return policy ? parsePolicy(requireVersion(policy, policy.defaultVersionId).document) : managedPolicy(arn);
    },
    documentOf(arn) {
      const policy = find(arn);
      return policy ? requireVersion(policy, policy.defaultVersionId).document : managedDocument(arn);
    },
    save(policy) {
      records.set(keyOf(policy.policyName), policy);
      changed();
    },
    remove(policy) {
      records.delete(keyOf(policy.policyName));
      changed();
    },
    all: () => [...records.values()].toSorted((a, b) => (a.policyName < b.policyName ? -1 : 1)),
    clear() {
      records.clear();
      changed();
    },
  };
}

/** @throws {AwsError} `NoSuchEntity` 404 */
export function requireVersion(policy: PolicyRecord, versionId: string): PolicyVersion {
  const found = policy.versions.find((each) => each.versionId === versionId);
  if (!found) {
    const message = `Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`;
    throw new AwsError("NoSuchEntity", 404, message);
  }
  return found;
}
