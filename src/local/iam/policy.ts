// Evaluates IAM policies: which statements match a request, and what follows from them. Pure.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import { conditionsHold } from "./condition.ts";
import type { ConditionContext } from "./condition.ts";
import { matchesGlob, matchesResource, substitute } from "./glob.ts";

/** A policy with every "one or many" written as many (`parsePolicy` makes it). */
export interface Policy {
  readonly version: string;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  /** `"*"`, or values by kind: `{Service: ["lambda.amazonaws.com"]}`. */
  readonly principal?: Principals;
  readonly notPrincipal?: Principals;
  readonly conditions: Conditions;
}

export type Principals = "*" | Readonly<Record<string, readonly string[]>>;

/** Operator → key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface PolicyRequest {
  /** `dynamodb:GetItem` */
  readonly action: string;
  /** ARN; undefined for a trust policy, whose resource is the role itself. */
  readonly resource?: string;
  /** For policies of resources and roles: who asks, by kind (`{Service: "lambda.amazonaws.com"}`), or by what names. */
  readonly principal?: Readonly<Record<string, string | readonly string[]>>;
  readonly context?: ConditionContext;
}

/**
 * What the policies together say: an explicit deny beats every allow, and what nobody allows is `"none"`, which AWS
 * calls an implicit deny.
 */
export function evaluate(policies: readonly Policy[], request: PolicyRequest): "allow" | "deny" | "none" {
  let decision: "allow" | "none" = "none";
  for (const policy of policies) {
    for (const statement of policy.statements) {
      if (!applies(statement, policy.version, request)) continue;
      if (statement.effect === "Deny") return "deny";
      decision = "allow";
    }
  }
  return decision;
}

/** @param version the policy's */
export function applies(statement: Statement, version: string, request: PolicyRequest): boolean {
  // Policy variables exist since version 2012-10-17 only; in older policies `${…}` is plain text.
  const context = version === "2012-10-17" ? (request.context ?? {}) : undefined;
  return (
    actionApplies(statement, request.action) &&
    resourceApplies(statement, request.resource, context) &&
    principalApplies(statement, request.principal) &&
    // Nobody gets past a deny because this evaluator does not know what AWS would.
    conditionsHold(statement.conditions, request.context ?? {}, context, statement.effect === "Deny" || undefined)
  );
}

function actionApplies({ actions, notActions }: Statement, action: string): boolean {
  const isMeant = (pattern: string): boolean => matchesGlob(pattern.toLowerCase(), action.toLowerCase());
  if (actions) return actions.some(isMeant);
  return notActions !== undefined && !notActions.some(isMeant);
}

function resourceApplies(
  { effect, resources, notResources }: Statement,
  resource: string | undefined,
  variables: ConditionContext | undefined,
): boolean {
  if (resource === undefined) return true;
  const isMeant = (pattern: string): boolean => {
    const filled = substitute(pattern, variables);
    return filled !== undefined && matchesResource(filled, resource);
  };
  if (resources) return resources.some(isMeant);
  // Everything but what cannot be told is not allowed.
  const isUntold = notResources?.some((pattern) => substitute(pattern, variables) === undefined) === true;
  if (isUntold && effect === "Allow") return false;
  // A policy of a resource may leave its resource out: it is the one that it is attached to.
  return notResources === undefined || !notResources.some(isMeant);
}

function principalApplies({ principal, notPrincipal }: Statement, asking: PolicyRequest["principal"]): boolean {
  if (principal !== undefined) return asking !== undefined && isMeantBy(principal, asking);
  if (notPrincipal !== undefined) return asking !== undefined && !isMeantBy(notPrincipal, asking);
  return true;
}

function isMeantBy(principals: Principals, asking: NonNullable<PolicyRequest["principal"]>): boolean {
  if (principals === "*") return true;
  return Object.entries(asking).some(([kind, who]) => {
    const named = principals[kind] ?? [];
    const names = typeof who === "string" ? [who] : who;
    // Only "*" alone is a wildcard here: AWS takes no patterns in principals.
    return names.some((name) => named.includes(name)) || (kind === "AWS" && named.includes("*"));
  });
}
