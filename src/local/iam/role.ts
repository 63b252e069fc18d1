// Roles: made, read, listed, changed, deleted.

import { tagging } from "../further-needs.ts";
import { AwsError } from "../service.ts";
import type { CloudEnvironment, JsonObject, Operation } from "../service.ts";
import {
  deleteConflict,
  DESCRIPTION,
  DOCUMENT,
  documentSize,
  limitExceeded,
  MAX_SESSION_DURATION,
  newEntityId,
  PAGING,
  pageOf,
  PATH,
  PATH_PREFIX,
  requireText,
  ROLE_NAME,
  TAGS,
  textOf,
  timestamp,
} from "./model.ts";
import type { RoleRecord, RoleStore } from "./model.ts";
import { parseTrustPolicy } from "./policy-document.ts";
import { mergeTags, tagsOf } from "./role-tag.ts";

/** Quota on a trust policy's characters. */
const MAX_TRUST_POLICY = 2048;
/** Seconds. */
const DEFAULT_SESSION = 3600;

export function roleOperations(env: CloudEnvironment, roles: RoleStore): Record<string, Operation> {
  const resource = (input: JsonObject): string => roleArn(env, roles, input);

  return {
    CreateRole: {
      input: {
        RoleName: ROLE_NAME,
        AssumeRolePolicyDocument: DOCUMENT,
        Path: PATH,
        Description: DESCRIPTION,
        MaxSessionDuration: MAX_SESSION_DURATION,
        Tags: TAGS,
      },
      notImplemented: ["PermissionsBoundary", "MaxSigninSessionDuration"],
      resource,
      alsoNeeds: (input) => tagging("iam:TagRole", resource(input), input["Tags"]),
      run: (input) => ({ Role: shortView(create(env, roles, input)) }),
    },
    GetRole: {
      input: { RoleName: ROLE_NAME },
      resource,
      run: (input) => ({ Role: fullView(roles.require(requireText(input, "RoleName"))) }),
    },
    ListRoles: {
      input: { PathPrefix: PATH_PREFIX, ...PAGING },
      run(input) {
        const prefix = textOf(input, "PathPrefix") ?? "/";
        const { page, more } = pageOf(
          roles.all().filter((role) => role.path.startsWith(prefix)),
          input,
        );
        return { Roles: page.map(listView), ...more };
      },
    },
    DeleteRole: {
      input: { RoleName: ROLE_NAME },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        if (role.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
        if (Object.keys(role.policies).length > 0)
          throw deleteConflict("Cannot delete entity, must delete policies first.");
        roles.remove(role.roleName);
        return undefined;
      },
    },
    UpdateAssumeRolePolicy: {
      input: { RoleName: ROLE_NAME, PolicyDocument: DOCUMENT },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        roles.save({ ...role, assumeRolePolicyDocument: trustPolicy(requireText(input, "PolicyDocument")) });
        return undefined;
      },
    },
    UpdateRole: {
      input: { RoleName: ROLE_NAME, Description: DESCRIPTION, MaxSessionDuration: MAX_SESSION_DURATION },
      notImplemented: ["MaxSigninSessionDuration", "ResetMaxSigninSessionDuration"],
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        // AWS's page: without a value the default of one hour is applied, whatever it was.
        roles.save({ ...role, ...descriptionOf(input), maxSessionDuration: durationOf(input) });
        return {};
      },
    },
    // The older way to change a description: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html
    UpdateRoleDescription: {
      input: { RoleName: ROLE_NAME, Description: { ...DESCRIPTION, required: true } },
      resource,
      run(input) {
        const role = { ...roles.require(requireText(input, "RoleName")), ...descriptionOf(input) };
        roles.save(role);
        return { Role: fullView(role) };
      },
    },
    // No instance profile can be made here, so no role is in one; whoever deletes a role asks nevertheless.
    ListInstanceProfilesForRole: {
      input: { RoleName: ROLE_NAME, ...PAGING },
      resource,
      run(input) {
        roles.require(requireText(input, "RoleName"));
        return { InstanceProfiles: [], IsTruncated: false };
      },
    },
  };
}

/** ARN of the role that an input names, whether it is there or not. */
export function roleArn({ accountId }: CloudEnvironment, roles: RoleStore, input: JsonObject): string {
  const name = textOf(input, "RoleName") ?? "";
  return roles.find(name)?.arn ?? `arn:aws:iam::${accountId}:role${textOf(input, "Path") ?? "/"}${name}`;
}

function create(env: CloudEnvironment, roles: RoleStore, input: JsonObject): RoleRecord {
  const roleName = requireText(input, "RoleName");
  const path = textOf(input, "Path") ?? "/";
  const tags = mergeTags([], tagsOf(input));
  const document = trustPolicy(requireText(input, "AssumeRolePolicyDocument"));
  if (roles.find(roleName)) {
    throw new AwsError("EntityAlreadyExists", 409, `Role with name ${roleName} already exists.`);
  }
  const role: RoleRecord = {
    roleName,
    roleId: newEntityId("AROA"),
    path,
    arn: `arn:aws:iam::${env.accountId}:role${path}${roleName}`,
    createDate: timestamp(env),
    assumeRolePolicyDocument: document,
    ...descriptionOf(input),
    maxSessionDuration: durationOf(input),
    tags,
    policies: {},
    attached: [],
  };
  roles.save(role);
  return role;
}

function trustPolicy(document: string): string {
  parseTrustPolicy(document);
  if (documentSize(document) > MAX_TRUST_POLICY) {
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${MAX_TRUST_POLICY}`);
  }
  return document;
}

function descriptionOf(input: JsonObject): { description?: string } {
  const description = textOf(input, "Description");
  return description === undefined ? {} : { description };
}

function durationOf({ MaxSessionDuration: duration }: JsonObject): number {
  return typeof duration === "number" ? duration : DEFAULT_SESSION;
}

/** What CreateRole answers; documents come percent-encoded (RFC 3986) in every answer of IAM. */
function shortView(role: RoleRecord): JsonObject {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: role.createDate,
    AssumeRolePolicyDocument: encodeURIComponent(role.assumeRolePolicyDocument),
    Tags: role.tags.length > 0 ? role.tags.map((tag) => ({ ...tag })) : undefined,
  };
}

/** ListRoles gives no tags. */
function listView(role: RoleRecord): JsonObject {
  return {
    ...shortView(role),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    Tags: undefined,
  };
}

function fullView(role: RoleRecord): JsonObject {
  return {
    ...shortView(role),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    RoleLastUsed: {},
  };
}
