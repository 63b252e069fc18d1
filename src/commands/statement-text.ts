// A statement of a policy, by the place that IAM gives of it.

import type { Position } from "../resources/iam/simulation.ts";

/**
 * The Sid of the statement between two places. Whether IAM's columns begin at the statement's brace or behind the sign before it
 * does not matter: no other Sid is between them.
 */
export function sidWithin(policy: string, start: Position, end: Position): string | undefined {
  const statement = policy.slice(Math.max(offsetOf(policy, start) - 1, 0), offsetOf(policy, end) + 1);
  return /"Sid"\s*:\s*"([^"]+)"/.exec(statement)?.[1];
}

/** Lines and columns count from 1. */
function offsetOf(text: string, { line, column }: Position): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}
