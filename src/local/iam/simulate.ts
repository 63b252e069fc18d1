// SimulatePrincipalPolicy and SimulateCustomPolicy: what policies would decide, and which of their statements.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html

import { AwsError } from "../service.ts";
import type { CloudEnvironment, JsonObject, Operation, Shape } from "../service.ts";
import { noSuchEntity, PAGING, pageOf, requireText, textOf } from "./model.ts";
import type { RoleRecord, RoleStore } from "./model.ts";
import { parseIdentityPolicy } from "./policy-document.ts";
import type { PolicyStore } from "./policy-store.ts";
import { type Input, isIn, type Outcome, simulated, type SimulatedPolicy, simulatedPolicy } from "./simulation.ts";

const DOCUMENTS: Shape = { type: "list", of: { type: "string", min: 1, max: 131_072 } };
const ACTIONS: Shape = { type: "list", required: true, of: { type: "string", min: 3, max: 128 } };
const ARN: Shape = { type: "string", min: 1, max: 2048 };
const KEY_TYPES = ["string", "numeric", "boolean", "ip", "binary", "date"].flatMap((type) => [type, `${type}List`]);
const CONTEXT: Shape = {
  type: "list",
  of: {
    type: "structure",
    members: {
      ContextKeyName: { type: "string", min: 5, max: 256 },
      ContextKeyValues: { type: "list", of: { type: "string" } },
      ContextKeyType: { type: "string", values: KEY_TYPES },
    },
  },
};
const INPUT: Operation["input"] = {
  PolicyInputList: DOCUMENTS,
  ActionNames: ACTIONS,
  ResourceArns: { type: "list", of: ARN },
  CallerArn: ARN,
  ContextEntries: CONTEXT,
  ...PAGING,
};
/** Nobody here has a boundary, and the policies of roles exclude none. */
const NOT_IMPLEMENTED = [
  "PermissionsBoundaryPolicyInputList",
  "PolicyExclusionList",
  "ResourceHandlingOption",
  "ResourceOwner",
  "ResourcePolicy",
];

export function simulationOperations(
  env: CloudEnvironment,
  roles: RoleStore,
  policies: PolicyStore,
): Record<string, Operation> {
  return {
    SimulatePrincipalPolicy: {
      input: { PolicySourceArn: { ...ARN, required: true, min: 20 }, ...INPUT },
      notImplemented: NOT_IMPLEMENTED,
      resource: (input) => requireText(input, "PolicySourceArn"),
      run(input) {
        const role = requireRole(roles, requireText(input, "PolicySourceArn"));
        return answer(input, [...policiesOf(role, policies), ...givenPolicies(input)], {
          ...keysOf(env, role),
          ...callerKeys(input),
        });
      },
    },
    SimulateCustomPolicy: {
      input: { ...INPUT, PolicyInputList: { ...DOCUMENTS, required: true } },
      notImplemented: NOT_IMPLEMENTED,
      run: (input) => answer(input, givenPolicies(input), callerKeys(input)),
    },
  };
}

function answer(
  input: JsonObject,
  policies: readonly SimulatedPolicy[],
  known: Readonly<Record<string, string>>,
): JsonObject {
  const context = { ...known, ...contextOf(input) };
  const { page, more } = pageOf(textsOf(input, "ActionNames"), input);
  const resources = textsOf(input, "ResourceArns");
  const malformed = resources.find((arn) => arn !== "*" && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+/s.test(arn));
  if (malformed !== undefined) throw invalidInput(`ResourceNames are not in a valid ARN format: ${malformed}.`);
  const evaluate = (request: Input): Outcome => simulated(policies, request);
  return {
    EvaluationResults: page.map((action) =>
      resources.length === 0
        ? resultOf(action, evaluate({ action, resource: "*", context }))
        : resultsOf(
            action,
            resources.map((resource) => [resource, evaluate({ action, resource, context })]),
          ),
    ),
    ...more,
  };
}

/** AWS puts the form of the service's ARNs where this has `*`. */
function resultOf(action: string, { decision, matched, missing }: Outcome): JsonObject {
  return {
    EvalActionName: action,
    EvalResourceName: "*",
    EvalDecision: decision,
    MatchedStatements: [...matched],
    MissingContextValues: [...missing],
  };
}

/** Above the single answers stands what is true of all: the strictest decision, and the statements that led to it. */
function resultsOf(action: string, outcomes: readonly (readonly [string, Outcome])[]): JsonObject {
  const all = outcomes.map(([, outcome]) => outcome);
  const decision = (["explicitDeny", "implicitDeny"] as const).find((each) => isIn(all, each)) ?? "allowed";
  const deciding = all.filter((each) => each.decision === decision);
  const whole: Outcome = {
    decision,
    matched: [
      ...new Map(deciding.flatMap(({ matched }) => matched).map((each) => [JSON.stringify(each), each])).values(),
    ],
    missing: [...new Set(all.flatMap(({ missing }) => missing))],
  };
  return {
    ...resultOf(action, whole),
    EvalDecisionDetails: {},
    ResourceSpecificResults: outcomes.map(([resource, each]) => ({
      EvalResourceName: resource,
      EvalResourceDecision: each.decision,
      MatchedStatements: [...each.matched],
      MissingContextValues: [...each.missing],
    })),
  };
}

function policiesOf(role: RoleRecord, policies: PolicyStore): SimulatedPolicy[] {
  return [
    ...Object.entries(role.policies).map(([name, document]) =>
      simulatedPolicy(`role_${role.roleName}_${name}`, document),
    ),
    ...role.attached.map((arn) => simulatedPolicy(arn.split("/").at(-1) ?? arn, policies.documentOf(arn))),
  ];
}

/** @throws {AwsError} `InvalidInput` 400 for what is no policy of an identity */
function givenPolicies(input: JsonObject): SimulatedPolicy[] {
  return textsOf(input, "PolicyInputList").map((document, index) => {
    try {
      parseIdentityPolicy(document);
    } catch (error) {
      throw error instanceof AwsError ? invalidInput(error.message) : error;
    }
    return simulatedPolicy(`PolicyInputList.${index + 1}`, document);
  });
}

/**
 * Only roles are here: neither root nor a session is an entity that has policies.
 * @throws {AwsError} `InvalidInput` 400, `NoSuchEntity` 404
 */
function requireRole(roles: RoleStore, arn: string): RoleRecord {
  const { kind, name } = requireEntity(arn);
  const role = kind === "role" ? roles.find(name) : undefined;
  if (role?.arn !== arn) throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
  return role;
}

function requireEntity(arn: string): { readonly kind: string; readonly name: string } {
  const [, kind, name] = /^arn:[\w-]+:iam::\d{12}:(user|group|role)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  if (kind === undefined || name === undefined) {
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  }
  return { kind, name };
}

/** What is known of every call of the role. */
function keysOf({ accountId }: CloudEnvironment, { arn, tags }: RoleRecord): Record<string, string> {
  return {
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value])),
    "aws:PrincipalAccount": accountId,
    "aws:PrincipalArn": arn,
  };
}

function callerKeys(input: JsonObject): Record<string, string> {
  const caller = textOf(input, "CallerArn");
  if (caller === undefined) return {};
  requireEntity(caller);
  return { "aws:PrincipalArn": caller };
}

/** An entry of a list type has as many values as it says, any other one. */
function contextOf({ ContextEntries: entries }: JsonObject): Record<string, string | string[]> {
  return Object.fromEntries(
    (Array.isArray(entries) ? entries : []).map((entry) => {
      const { ContextKeyName: key, ContextKeyType: type, ...rest } = entry as JsonObject;
      const values = textsOf(rest, "ContextKeyValues");
      return [String(key), String(type).endsWith("List") || values.length !== 1 ? values : (values[0] ?? "")];
    }),
  );
}

function textsOf(input: JsonObject, member: string): string[] {
  const { [member]: list } = input;
  return Array.isArray(list) ? list.map(String) : [];
}

function invalidInput(message: string): AwsError {
  return new AwsError("InvalidInput", 400, message);
}
