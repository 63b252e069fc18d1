// Reads policy documents as IAM does when they are put: grammar first, then what each kind of policy may say.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

import { AwsError } from "../service.ts";
import { isConditionOperator } from "./condition.ts";
import { matchesGlob } from "./glob.ts";
import type { Conditions, Policy, Principals, Statement } from "./policy.ts";

const MEMBERS = new Set("Sid Effect Action NotAction Resource NotResource Principal NotPrincipal Condition".split(" "));
const VERSIONS = new Set(["2008-10-17", "2012-10-17"]);

/**
 * A policy of an identity (PutRolePolicy).
 * @throws {AwsError} `MalformedPolicyDocument` 400
 */
export function parseIdentityPolicy(text: string): Policy {
  const policy = parsePolicy(text, "The policy is not in the valid JSON format.");
  for (const statement of policy.statements) {
    if (statement.principal ?? statement.notPrincipal)
      throw malformed("Policy document should not specify a principal.");
    const { actions, notActions, resources, notResources } = statement;
    if (!actions && !notActions) throw malformed("Policy statement must contain actions.");
    if (!resources && !notResources) throw malformed("Policy statement must contain resources.");
    requireVendors([...(actions ?? []), ...(notActions ?? [])]);
    for (const resource of [...(resources ?? []), ...(notResources ?? [])]) {
      if (resource === "*" || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+/s.test(resource)) continue;
      throw malformed(`Resource ${resource} must be in ARN format or "*".`);
    }
  }
  return policy;
}

/**
 * A role's trust policy: who may assume it.
 * @throws {AwsError} `MalformedPolicyDocument` 400
 */
export function parseTrustPolicy(text: string): Policy {
  const policy = parsePolicy(text, "This policy contains invalid Json");
  for (const statement of policy.statements) {
    if (statement.resources ?? statement.notResources) throw malformed("Has prohibited field Resource");
    if (!statement.principal && !statement.notPrincipal) throw malformed("Missing required field Principal");
    if (!statement.actions) throw malformed("Missing required field Action");
    requireVendors(statement.actions);
    if (!statement.actions.every(isAssumeRoleAction)) {
      throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
    }
    requirePrincipals(statement.principal);
    requireAudience(statement);
  }
  return policy;
}

const IDENTITY_POOLS = "cognito-identity.amazonaws.com";

/**
 * A role for the identities of any pool on AWS would be everybody's: IAM refuses it.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
function requireAudience({ effect, principal, conditions }: Statement): void {
  const isFor = typeof principal === "object" && principal["Federated"]?.includes(IDENTITY_POOLS) === true;
  if (!isFor || effect !== "Allow") return;
  const isNamed = Object.entries(conditions).some(([operator, keys]) => {
    const isEqual = /^(ForAnyValue:)?String(Equals|Like|EqualsIgnoreCase)$/.test(operator);
    return isEqual && Object.keys(keys).some((key) => key.toLowerCase() === `${IDENTITY_POOLS}:aud`);
  });
  if (!isNamed) throw malformed("A condition block must be present for the Cognito provider");
}

function requireVendors(actions: readonly string[]): void {
  if (actions.every((action) => action === "*" || /^[a-zA-Z0-9-]+:.+$/.test(action))) return;
  throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
}

/** What a trust policy may allow: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
const TRUST_ACTIONS = [
  "sts:assumerole",
  "sts:assumerolewithsaml",
  "sts:assumerolewithwebidentity",
  "sts:setcontext",
  "sts:setsourceidentity",
  "sts:tagsession",
];

function isAssumeRoleAction(action: string): boolean {
  return TRUST_ACTIONS.some((known) => matchesGlob(action.toLowerCase(), known));
}

/** Each kind of principal as AWS's error spells it, and what one looks like. Whether an ARN's user exists is not asked. */
const PRINCIPALS: Readonly<Record<string, { readonly spelling: string; readonly form: RegExp }>> = {
  Service: { spelling: "SERVICE", form: /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/ },
  AWS: {
    spelling: "AWS",
    form: /^(\*|\d{12}|A(ROA|IDA)[A-Z0-9]{12,}|arn:[\w-]+:iam::\d{12}:(root|(user|role)\/\S+)|arn:[\w-]+:sts::\d{12}:(assumed-role|federated-user)\/\S+)$/,
  },
  Federated: {
    spelling: "FEDERATED",
    form: /^(arn:[\w-]+:iam::\d{12}:(saml|oidc)-provider\/\S+|[a-z0-9-]+(\.[a-z0-9-]+)+)$/,
  },
};

function requirePrincipals(principal: Principals | undefined): void {
  if (principal === undefined || principal === "*") return;
  for (const [kind, { spelling, form }] of Object.entries(PRINCIPALS)) {
    const wrong = principal[kind]?.find((each) => !form.test(each));
    if (wrong !== undefined) throw malformed(`Invalid principal in policy: "${spelling}":"${wrong}"`);
  }
}

/**
 * Reads any policy document, with every "one or many" turned into many.
 * @throws {AwsError} `MalformedPolicyDocument` 400
 */
export function parsePolicy(text: string, invalidJson = "Syntax errors in policy."): Policy {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed(invalidJson);
  }
  if (!isRecord(parsed)) throw malformed("Syntax errors in policy.");
  const { Version: version = "2008-10-17", Statement: statement, ...others } = parsed;
  if (typeof version !== "string" || !VERSIONS.has(version)) {
    throw malformed("The policy must contain a valid version string");
  }
  if (Object.keys(others).some((member) => member !== "Id")) throw malformed("Syntax errors in policy.");
  const statements = Array.isArray(statement) ? statement : [statement];
  if (statements.length === 0) throw malformed("Syntax errors in policy.");
  return { version, statements: statements.map(toStatement) };
}

function toStatement(value: unknown): Statement {
  if (!isRecord(value) || Object.keys(value).some((member) => !MEMBERS.has(member))) {
    throw malformed("Syntax errors in policy.");
  }
  const { Effect: effect } = value;
  if (effect !== "Allow" && effect !== "Deny") throw malformed("Syntax errors in policy.");
  for (const [one, other] of [
    ["Action", "NotAction"],
    ["Resource", "NotResource"],
    ["Principal", "NotPrincipal"],
  ] as const) {
    if (one in value && other in value) throw malformed("Syntax errors in policy.");
  }
  return {
    effect,
    ...("Action" in value && { actions: toTexts(value["Action"]) }),
    ...("NotAction" in value && { notActions: toTexts(value["NotAction"]) }),
    ...("Resource" in value && { resources: toTexts(value["Resource"]) }),
    ...("NotResource" in value && { notResources: toTexts(value["NotResource"]) }),
    ...("Principal" in value && { principal: toPrincipals(value["Principal"]) }),
    ...("NotPrincipal" in value && { notPrincipal: toPrincipals(value["NotPrincipal"]) }),
    conditions: toConditions(value["Condition"] ?? {}),
  };
}

function toTexts(value: unknown): string[] {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length === 0 || !texts.every((text) => typeof text === "string")) {
    throw malformed("Syntax errors in policy.");
  }
  return texts;
}

function toPrincipals(value: unknown): Principals {
  if (value === "*") return "*";
  if (!isRecord(value)) throw malformed("Syntax errors in policy.");
  const kinds = Object.entries(value).map(([kind, who]) => [kind, toTexts(who)] as const);
  if (kinds.some(([kind]) => !["AWS", "Service", "Federated", "CanonicalUser"].includes(kind))) {
    throw malformed("Syntax errors in policy.");
  }
  return Object.fromEntries(kinds);
}

function toConditions(value: unknown): Conditions {
  if (!isRecord(value)) throw malformed("Syntax errors in policy.");
  return Object.fromEntries(
    Object.entries(value).map(([operator, keys]) => {
      if (!isConditionOperator(operator)) throw malformed(`Invalid Condition type : ${operator}.`);
      if (!isRecord(keys)) throw malformed("Syntax errors in policy.");
      return [operator, Object.fromEntries(Object.entries(keys).map(([key, wanted]) => [key, toValues(wanted)]))];
    }),
  );
}

/** Conditions may compare with numbers and booleans, written without quotes. */
function toValues(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((one: unknown) => {
    if (typeof one === "string" || typeof one === "number" || typeof one === "boolean") return String(one);
    throw malformed("Syntax errors in policy.");
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicyDocument", 400, message);
}
