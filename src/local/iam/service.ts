// IAM: roles, their policies, managed policies, and what the other services ask about them.

import type { Credentials } from "../credentials.ts";
import { AwsError } from "../service.ts";
import type { CloudEnvironment, JsonObject, Roles, Service } from "../service.ts";
import { customerPolicyOperations } from "./customer-policy.ts";
import { openRoles } from "./model.ts";
import type { RoleRecord, RoleStore } from "./model.ts";
import { evaluate } from "./policy.ts";
import { parsePolicy } from "./policy-document.ts";
import { openPolicies, type PolicyStore } from "./policy-store.ts";
import { contextOf } from "./request-context.ts";
import { roleArn, roleOperations } from "./role.ts";
import { rolePolicyOperations } from "./role-policy.ts";
import { roleTagOperations } from "./role-tag.ts";

/**
 * A session of a function's role. Longer than AWS's 12 hours: a process that is never idle (a timer left on over the
 * week-end) gets its credentials once, at its start. It ends with its role anyway.
 */
const SESSION_MS = 30 * 24 * 60 * 60 * 1000;
/** Decisions kept between two changes of any role or policy; a function asks the same few again and again. */
const MAX_DECISIONS = 5000;

/** IAM as far as roles and managed policies go, and the view of roles that Lambda, the logs and the dispatch have. */
export function createIam(env: CloudEnvironment, credentials: Credentials): { service: Service; roles: Roles } {
  const decisions = new Map<string, boolean>();
  const store = openRoles(env, () => decisions.clear());
  const policies = openPolicies(env, () => decisions.clear());
  const resource = (input: JsonObject): string => roleArn(env, store, input);
  return {
    service: {
      signingName: "iam",
      protocol: "awsQuery",
      target: "2010-05-08",
      validationError: "ValidationError",
      operations: {
        ...roleOperations(env, store),
        ...rolePolicyOperations(store, policies, resource),
        ...customerPolicyOperations(env, policies, store),
        ...roleTagOperations(store, resource),
      },
      inventory: () => Promise.resolve([...store.all(), ...policies.all()].map(({ arn }) => arn)),
      async reset() {
        store.clear();
        policies.clear();
      },
    },
    roles: rolesView(env, store, policies, credentials, decisions),
  };
}

function rolesView(
  env: CloudEnvironment,
  store: RoleStore,
  policies: PolicyStore,
  credentials: Credentials,
  decisions: Map<string, boolean>,
): Roles {
  const find = (arn: string): RoleRecord | undefined => {
    const role = store.find(arn.split("/").at(-1) ?? "");
    return role?.arn === arn ? role : undefined;
  };

  /** Decided once until any role or policy changes. */
  function decided(key: string, decide: () => boolean): boolean {
    const known = decisions.get(key);
    if (known !== undefined) return known;
    if (decisions.size >= MAX_DECISIONS) decisions.clear();
    const decision = decide();
    decisions.set(key, decision);
    return decision;
  }

  return {
    find,
    trusts: (arn, assumption) =>
      decided(`trust ${arn} ${JSON.stringify(assumption)}`, () => {
        const role = find(arn);
        if (!role) return false;
        const { action, principal, keys } = assumption;
        // What AWS's own confused-deputy examples ask for.
        const context = { ...("Service" in principal && { "aws:SourceAccount": env.accountId }), ...keys };
        return evaluate([parsePolicy(role.assumeRolePolicyDocument)], { action, principal, context }) === "allow";
      }),
    allows: (arn, action, resource) =>
      decided(`allow ${arn} ${action} ${resource}`, () => {
        const role = find(arn);
        if (!role) return false;
        const inline = Object.values(role.policies).map((document) => parsePolicy(document));
        const request = { action, resource, context: contextOf(env, role, action) };
        return evaluate([...inline, ...role.attached.map((attached) => policies.read(attached))], request) === "allow";
      }),
    credentials(arn, { duration = SESSION_MS, ...terms }) {
      const role = find(arn);
      if (!role) throw new AwsError("NoSuchEntity", 404, `The role with ARN ${arn} cannot be found.`);
      const expiration = env.clock.now() + duration;
      return credentials.issue({ roleArn: role.arn, roleId: role.roleId, expiration, ...terms });
    },
  };
}
