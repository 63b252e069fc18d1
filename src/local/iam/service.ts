// IAM: roles, their policies, managed policies, and what the other services ask about them.

import type { Credentials } from "../credentials.ts";
import { AwsError } from "../service.ts";
import type {
  Assumption,
  CloudEnvironment,
  Decision,
  JsonObject,
  Need,
  Principal,
  Roles,
  Service,
  SessionTerms,
} from "../service.ts";
import { customerPolicyOperations } from "./customer-policy.ts";
import { askedOf, decide, type Granted, mentionedIn } from "./decision.ts";
import { openRoles } from "./model.ts";
import type { RoleRecord, RoleStore } from "./model.ts";
import { evaluate, type Policy } from "./policy.ts";
import { parsePolicy } from "./policy-document.ts";
import { openPolicies, type PolicyStore } from "./policy-store.ts";
import { contextOf, foreignKeys, namesOf, trustContext } from "./request-context.ts";
import { roleArn, roleOperations } from "./role.ts";
import { rolePolicyOperations } from "./role-policy.ts";
import { roleTagOperations } from "./role-tag.ts";
import { simulationOperations } from "./simulate.ts";

/**
 * A session of a function's role. Longer than AWS's 12 hours: a process that is never idle (a timer left on over the
 * week-end) gets its credentials once, at its start. It ends with its role anyway.
 */
const SESSION_MS = 30 * 24 * 60 * 60 * 1000;
/** Decisions kept between two changes of any role or policy; a function asks the same few again and again. */
const MAX_DECISIONS = 5000;
const LONGEST_KEY = 4096;
/** Roles, each with the terms of one kind of session, whose policies are kept as they were read. */
const MAX_GRANTED = 500;

/** IAM as far as roles and managed policies go, and the view of roles that Lambda, the logs and the dispatch have. */
export function createIam(env: CloudEnvironment, credentials: Credentials): { service: Service; roles: Roles } {
  const kept: Kept = { decisions: new Map(), granted: new Map() };
  const forget = (): void => {
    kept.decisions.clear();
    kept.granted.clear();
  };
  const store = openRoles(env, forget);
  const policies = openPolicies(env, forget);
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
        ...simulationOperations(env, store, policies),
      },
      inventory: () => Promise.resolve([...store.all(), ...policies.all()].map(({ arn }) => arn)),
      async reset() {
        store.clear();
        policies.clear();
      },
    },
    roles: rolesView(env, store, policies, credentials, kept),
  };
}

function rolesView(
  env: CloudEnvironment,
  store: RoleStore,
  policies: PolicyStore,
  credentials: Credentials,
  kept: Kept,
): Roles {
  const find = (arn: string): RoleRecord | undefined => {
    const role = store.find(arn.split("/").at(-1) ?? "");
    return role?.arn === arn ? role : undefined;
  };

  const sessions = new WeakMap<Principal, string>();

  /** Decided once until any role or policy changes. */
  function decided<T extends Decision | boolean>(key: string, decideNow: () => T): T {
    const known = kept.decisions.get(key);
    // Each kind of key has answers of one kind.
    if (known !== undefined) return known as T;
    if (kept.decisions.size >= MAX_DECISIONS) kept.decisions.clear();
    const decision = decideNow();
    // Callers choose names and keys of any length.
    if (key.length <= LONGEST_KEY) kept.decisions.set(key, decision);
    return decision;
  }

  /** Whose session it is, and on which terms. A function's every call is by the same principal. */
  function termsOf(session: Principal): string {
    const known = sessions.get(session) ?? `${session.arn} ${JSON.stringify(session.session ?? "")}`;
    sessions.set(session, known);
    return known;
  }

  function granted(role: RoleRecord, { session = {} }: Pick<Principal, "session">): Granted {
    const terms = JSON.stringify([session.policies, session.policyArns]);
    const key = `${role.roleId} ${terms}`;
    const known = kept.granted.get(key);
    if (known !== undefined) return known;
    const inline = Object.values(role.policies).map((document) => parsePolicy(document));
    const identity = [...inline, ...role.attached.map((attached) => policies.read(attached))];
    const limits = limitsOf(session, policies);
    const made = { identity, session: limits, mentioned: mentionedIn([...identity, ...(limits ?? [])]) };
    if (kept.granted.size >= MAX_GRANTED) kept.granted.clear();
    kept.granted.set(key, made);
    return made;
  }

  function decideFor(session: Principal, need: Need): Decision {
    const role = find(session.roleArn ?? "");
    if (role === undefined) return "noIdentity";
    const of = granted(role, session);
    const { action, resource, resourceDocument } = need;
    const ofResource = resourceDocument === undefined ? undefined : parsePolicy(resourceDocument);
    const mentioned = ofResource ? new Set([...of.mentioned, ...mentionedIn([ofResource])]) : of.mentioned;
    const own = { ...session.session?.keys, ...need.keys };
    const asked = JSON.stringify(askedOf(own, mentioned));
    return decided(`${termsOf(session)} ${action} ${resource} ${asked} ${resourceDocument ?? ""}`, () => {
      const keys = { ...foreignKeys(mentioned, own, action), ...own };
      const context = contextOf(env, role, { action, userId: session.userId, keys });
      return decide(of, session, need, ofResource, context);
    });
  }

  function trusts(arn: string, assumption: Assumption): boolean {
    return decided(`trust ${arn} ${JSON.stringify(assumption)}`, () => {
      const role = find(arn);
      if (role === undefined) return false;
      const { action, principal } = assumption;
      const caller = "kind" in principal ? find(principal.roleArn ?? "") : undefined;
      const context = trustContext(env, assumption, caller);
      const asking = "kind" in principal ? { AWS: namesOf(env, principal) } : principal;
      const trust = parsePolicy(role.assumeRolePolicyDocument);
      return evaluate([trust], { action, principal: asking, context }) === "allow";
    });
  }

  /** As whoever acts for a role without a session of it: Lambda's service, for a function's log. */
  const asRole = (arn: string): Principal => ({ kind: "role", arn, userId: find(arn)?.roleId ?? "", roleArn: arn });

  return {
    find,
    trusts,
    trustPolicy: (arn) => find(arn)?.assumeRolePolicyDocument,
    isPolicy: policies.isAttachable,
    allows: (arn, action, resource) => decideFor(asRole(arn), { action, resource }) === "allowed",
    decide: decideFor,
    mentioned(session) {
      const role = find(session.roleArn ?? "");
      return role === undefined ? new Set() : granted(role, session).mentioned;
    },
    credentials(arn, { duration = SESSION_MS, keys, ...terms }) {
      const role = find(arn);
      if (!role) throw new AwsError("NoSuchEntity", 404, `The role with ARN ${arn} cannot be found.`);
      const now = env.clock.now();
      const issued = { ...keys, "aws:TokenIssueTime": new Date(now).toISOString() };
      return credentials.issue({
        ...terms,
        keys: issued,
        roleArn: role.arn,
        roleId: role.roleId,
        expiration: now + duration,
      });
    },
  };
}

/** The session policies together; undefined: none were given. */
function limitsOf({ policies: documents, policyArns }: SessionTerms, store: PolicyStore): Policy[] | undefined {
  if (documents === undefined && policyArns === undefined) return undefined;
  const given = (documents ?? []).map((document) => parsePolicy(document));
  return [...given, ...(policyArns ?? []).map((arn) => store.read(arn))];
}

/** What was worked out of roles and policies, until one of them changes. */
interface Kept {
  readonly decisions: Map<string, Decision | boolean>;
  readonly granted: Map<string, Granted>;
}
