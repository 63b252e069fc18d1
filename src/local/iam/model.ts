// What IAM keeps of a role, and the shapes and small rules that its operations share.

import { randomBytes } from "node:crypto";
import { AwsError } from "../service.ts";
import type { CloudEnvironment, Collection, JsonObject, Shape } from "../service.ts";

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface RoleRecord {
  readonly roleName: string;
  /** Another one each time that a role is made, also under the same name. */
  readonly roleId: string;
  readonly path: string;
  readonly arn: string;
  /** ISO 8601 */
  readonly createDate: string;
  readonly assumeRolePolicyDocument: string;
  readonly description?: string;
  readonly maxSessionDuration: number;
  readonly tags: readonly Tag[];
  /** Inline policies: name → document as it was put. */
  readonly policies: Readonly<Record<string, string>>;
  /** ARNs of attached managed policies. */
  readonly attached: readonly string[];
}

/** IAM's role names ignore case: the key is the small spelling. */
export interface RoleStore {
  find(roleName: string): RoleRecord | undefined;
  /** @throws {AwsError} `NoSuchEntity` 404 */
  require(roleName: string): RoleRecord;
  save(role: RoleRecord): void;
  remove(roleName: string): void;
  /** By name, as AWS lists. */
  all(): RoleRecord[];
  clear(): void;
}

/** @param changed called after every write, so that decisions which were kept are forgotten */
export function openRoles(env: CloudEnvironment, changed: () => void): RoleStore {
  const records: Collection<RoleRecord> = env.collection("iam/roles");
  const find = (roleName: string): RoleRecord | undefined => records.get(roleName.toLowerCase());
  return {
    find,
    require(roleName) {
      const role = find(roleName);
      if (!role) throw noSuchEntity(`The role with name ${roleName} cannot be found.`);
      return role;
    },
    save(role) {
      records.set(role.roleName.toLowerCase(), role);
      changed();
    },
    remove(roleName) {
      records.delete(roleName.toLowerCase());
      changed();
    },
    all: () => [...records.values()].toSorted((a, b) => (a.roleName < b.roleName ? -1 : 1)),
    clear() {
      records.clear();
      changed();
    },
  };
}

const NAME = "[\\w+=,.@-]+";
const DOCUMENT_PATTERN = "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";

export const ROLE_NAME: Shape = { type: "string", required: true, min: 1, max: 64, pattern: NAME };
export const POLICY_NAME: Shape = { type: "string", required: true, min: 1, max: 128, pattern: NAME };
export const POLICY_ARN: Shape = { type: "string", required: true, min: 20, max: 2048 };
export const DOCUMENT: Shape = { type: "string", required: true, min: 1, max: 131_072, pattern: DOCUMENT_PATTERN };
export const PATH: Shape = {
  type: "string",
  min: 1,
  max: 512,
  pattern: "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)",
};
export const PATH_PREFIX: Shape = { type: "string", min: 1, max: 512, pattern: "\\u002F[\\u0021-\\u007F]*" };
/** Other than a role's, and it ends with a slash. */
export const POLICY_PATH_PREFIX: Shape = { ...PATH_PREFIX, pattern: "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/" };
export const DESCRIPTION: Shape = {
  type: "string",
  max: 1000,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
};
export const MAX_SESSION_DURATION: Shape = { type: "integer", min: 3600, max: 43_200 };
export const TAG_KEY: Shape = {
  type: "string",
  required: true,
  min: 1,
  max: 128,
  pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
};
const TAG_VALUE: Shape = { type: "string", required: true, max: 256, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*" };
export const TAGS: Shape = {
  type: "list",
  max: 50,
  of: { type: "structure", members: { Key: TAG_KEY, Value: TAG_VALUE } },
};
export const PAGING: Readonly<Record<string, Shape>> = {
  Marker: { type: "string", min: 1, pattern: "[\\u0020-\\u00FF]+" },
  MaxItems: { type: "integer", min: 1, max: 1000 },
};

/**
 * One page of a list, with IAM's words for "there is more".
 * @throws {AwsError} `ValidationError` for a marker that is not ours
 */
export function pageOf<T>(all: readonly T[], input: JsonObject): { page: T[]; more: JsonObject } {
  const marker = textOf(input, "Marker");
  const start = marker === undefined ? 0 : Number(Buffer.from(marker, "base64url").toString("utf8"));
  if (!Number.isInteger(start) || start < 0) throw new AwsError("ValidationError", 400, `Invalid Marker: ${marker}`);
  const { MaxItems: max } = input;
  const end = start + (typeof max === "number" ? max : 100);
  const isTruncated = end < all.length;
  return {
    page: all.slice(start, end),
    more: {
      IsTruncated: isTruncated,
      Marker: isTruncated ? Buffer.from(String(end)).toString("base64url") : undefined,
    },
  };
}

/** A text member; the shape check saw to its type. */
export function textOf(input: JsonObject, member: string): string | undefined {
  const value = input[member];
  return typeof value === "string" ? value : undefined;
}

/** A text member that the shape demands. */
export function requireText(input: JsonObject, member: string): string {
  const value = textOf(input, member);
  if (value === undefined) throw new Error(`${member} passed the shape check without a value`);
  return value;
}

/** A unique id as IAM makes them: what it is of (`AROA`, `ANPA`) and 17 letters or digits. */
export function newEntityId(kind: "AROA" | "ANPA"): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return `${kind}${Array.from(randomBytes(17), (byte) => alphabet[byte % 32]).join("")}`;
}

/** IAM's times: ISO 8601 in whole seconds. */
export function timestamp({ clock }: CloudEnvironment): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError("NoSuchEntity", 404, message);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError("LimitExceeded", 409, message);
}

export function deleteConflict(message: string): AwsError {
  return new AwsError("DeleteConflict", 409, message);
}

/** Quotas count a document without its white space. */
export function documentSize(document: string): number {
  return document.replace(/\s/g, "").length;
}
