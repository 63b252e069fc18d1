// What a role may do: its inline policies, and the managed ones that are attached to it.

import { own } from "../own.ts";
import type { ConditionKeys, JsonObject, Operation } from "../service.ts";
import {
  DOCUMENT,
  documentSize,
  limitExceeded,
  noSuchEntity,
  PAGING,
  pageOf,
  POLICY_PATH_PREFIX,
  POLICY_ARN,
  POLICY_NAME,
  requireText,
  ROLE_NAME,
  textOf,
} from "./model.ts";
import type { RoleRecord, RoleStore } from "./model.ts";
import { parseIdentityPolicy } from "./policy-document.ts";
import type { PolicyStore } from "./policy-store.ts";

/** Quota on the characters of all inline policies of a role together. */
const MAX_INLINE = 10_240;
const MAX_ATTACHED = 10;

type Resource = (input: JsonObject) => string;

export function rolePolicyOperations(
  roles: RoleStore,
  policies: PolicyStore,
  resource: Resource,
): Record<string, Operation> {
  return {
    PutRolePolicy: {
      input: { RoleName: ROLE_NAME, PolicyName: POLICY_NAME, PolicyDocument: DOCUMENT },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        const document = requireText(input, "PolicyDocument");
        parseIdentityPolicy(document);
        const inline = { ...role.policies, [requireText(input, "PolicyName")]: document };
        if (Object.values(inline).reduce((sum, text) => sum + documentSize(text), 0) > MAX_INLINE) {
          throw limitExceeded(`Maximum policy size of ${MAX_INLINE} bytes exceeded for role ${role.roleName}`);
        }
        roles.save({ ...role, policies: inline });
        return undefined;
      },
    },
    GetRolePolicy: {
      input: { RoleName: ROLE_NAME, PolicyName: POLICY_NAME },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        const name = requireText(input, "PolicyName");
        const document = encodeURIComponent(requirePolicy(role, name));
        return { RoleName: role.roleName, PolicyName: name, PolicyDocument: document };
      },
    },
    DeleteRolePolicy: {
      input: { RoleName: ROLE_NAME, PolicyName: POLICY_NAME },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        const name = requireText(input, "PolicyName");
        requirePolicy(role, name);
        const { [name]: _gone, ...inline } = role.policies;
        roles.save({ ...role, policies: inline });
        return undefined;
      },
    },
    ListRolePolicies: {
      input: { RoleName: ROLE_NAME, ...PAGING },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        const { page, more } = pageOf(Object.keys(role.policies).toSorted(), input);
        return { PolicyNames: page, ...more };
      },
    },
    ...attachmentOperations(roles, policies, resource),
  };
}

function attachmentOperations(roles: RoleStore, policies: PolicyStore, resource: Resource): Record<string, Operation> {
  return {
    AttachRolePolicy: {
      input: { RoleName: ROLE_NAME, PolicyArn: POLICY_ARN },
      resource,
      keys: policyKey,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        const arn = requireText(input, "PolicyArn");
        if (!policies.isAttachable(arn)) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
        if (role.attached.includes(arn)) return undefined;
        if (role.attached.length === MAX_ATTACHED) {
          throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MAX_ATTACHED}`);
        }
        roles.save({ ...role, attached: [...role.attached, arn] });
        return undefined;
      },
    },
    DetachRolePolicy: {
      input: { RoleName: ROLE_NAME, PolicyArn: POLICY_ARN },
      resource,
      keys: policyKey,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        const arn = requireText(input, "PolicyArn");
        if (!role.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
        roles.save({ ...role, attached: role.attached.filter((attached) => attached !== arn) });
        return undefined;
      },
    },
    ListAttachedRolePolicies: {
      input: { RoleName: ROLE_NAME, PathPrefix: POLICY_PATH_PREFIX, ...PAGING },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        const prefix = textOf(input, "PathPrefix") ?? "/";
        const below = role.attached.filter((arn) => pathOf(arn).startsWith(prefix));
        const { page, more } = pageOf(below, input);
        const attached = page.map((arn) => ({ PolicyName: arn.split("/").at(-1) ?? arn, PolicyArn: arn }));
        return { AttachedPolicies: attached, ...more };
      },
    },
  };
}

/** By it a person may be let attach some policies alone. */
function policyKey(input: JsonObject): ConditionKeys {
  return { "iam:PermissionsBoundary": [], "iam:PolicyARN": requireText(input, "PolicyArn") };
}

/** `/service-role/` of `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole` */
function pathOf(policyArn: string): string {
  return policyArn.replace(/^[^/]*/, "").replace(/[^/]*$/, "");
}

function requirePolicy(role: RoleRecord, name: string): string {
  const document = own(role.policies, name);
  if (document === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return document;
}
