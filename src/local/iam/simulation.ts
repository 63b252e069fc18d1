// One question of the policy simulator: the decision, the statements that led to it, and what it was not told. Pure.

import type { ConditionContext } from "./condition.ts";
import { applies, type Policy, type Statement } from "./policy.ts";
import { parsePolicy } from "./policy-document.ts";
import { type Position, type Span, statementSpans } from "./statement-position.ts";

export interface SimulatedPolicy {
  readonly id: string;
  readonly policy: Policy;
  readonly spans: readonly Span[];
}

export interface Input {
  readonly action: string;
  readonly resource: string;
  readonly context: ConditionContext;
}

export type Decision = "allowed" | "explicitDeny" | "implicitDeny";

export interface Outcome {
  readonly decision: Decision;
  readonly matched: readonly Matched[];
  /** Condition keys. */
  readonly missing: readonly string[];
}

/** A type, not an interface: it is JSON. */
type Matched = {
  SourcePolicyId: string;
  /** As AWS answers, although its documentation has other words. */
  SourcePolicyType: "IAM Policy";
  StartPosition: Position;
  EndPosition: Position;
};

interface Candidate {
  readonly statement: Statement;
  readonly policy: SimulatedPolicy;
  readonly index: number;
}

export function simulatedPolicy(id: string, document: string): SimulatedPolicy {
  return { id, policy: parsePolicy(document), spans: statementSpans(document) };
}

/** A key that was not given counts as absent, also for a deny: the answer names it. */
export function simulated(policies: readonly SimulatedPolicy[], { action, resource, context }: Input): Outcome {
  const meant = policies.flatMap((policy) =>
    policy.policy.statements
      .map((statement, index): Candidate => ({ statement, policy, index }))
      .filter(({ statement }) => isMeant(statement, policy.policy.version, { action, resource, context })),
  );
  const missing = [...new Set(meant.flatMap(({ statement }) => keysIn(statement)))].filter(
    (key) => !isGiven(context, key),
  );
  const known = { ...context, ...Object.fromEntries(missing.map((key) => [key, []])) };
  const matching = meant.filter(({ statement, policy }) =>
    applies(statement, policy.policy.version, { action, resource, context: known }),
  );
  const denying = matching.filter(({ statement }) => statement.effect === "Deny");
  const decision = denying.length > 0 ? "explicitDeny" : matching.length > 0 ? "allowed" : "implicitDeny";
  return { decision, matched: (denying.length > 0 ? denying : matching).map(toMatched), missing };
}

export function isIn(outcomes: readonly Outcome[], decision: Decision): boolean {
  return outcomes.some((each) => each.decision === decision);
}

/** Whatever its conditions say. */
function isMeant(statement: Statement, version: string, request: Input): boolean {
  return applies({ ...statement, conditions: {} }, version, request);
}

/** Those that are compared, and those whose values fill in what they are compared with. */
function keysIn({ conditions }: Statement): string[] {
  const compared = Object.values(conditions).flatMap((keys) => Object.entries(keys));
  return compared.flatMap(([key, values]) => [key, ...values.flatMap(variablesIn)]);
}

function variablesIn(value: string): string[] {
  return [...value.matchAll(/\$\{\s*([^},*?$]+?)\s*(?:,[^}]*)?\}/g)].map(([, key = ""]) => key);
}

function isGiven(context: ConditionContext, key: string): boolean {
  return Object.keys(context).some((given) => given.toLowerCase() === key.toLowerCase());
}

function toMatched({ policy, index }: Candidate): Matched {
  const span = policy.spans[index];
  const nowhere = { Line: 1, Column: 1 };
  return {
    SourcePolicyId: policy.id,
    SourcePolicyType: "IAM Policy",
    StartPosition: span?.start ?? nowhere,
    EndPosition: span?.end ?? nowhere,
  };
}
