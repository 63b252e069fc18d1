// What IAM says would be allowed: SimulatePrincipalPolicy. It knows policies, not what a call's session or resource adds.

import {
  type ContextEntry,
  type EvaluationResult,
  IAMClient,
  SimulatePrincipalPolicyCommand,
  type Statement,
} from "@aws-sdk/client-iam";
import type { Clients } from "../../aws/clients.ts";
import { everyPage } from "../../aws/pages.ts";

export interface SimulationRequest {
  /** Of a user, group or role: of an assumed role the role's own. */
  readonly policySourceArn: string;
  readonly actions: readonly string[];
  /** ARNs; `*` if not given. */
  readonly resources?: readonly string[];
  /** Condition keys of the call: a list for a key of several values. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** A place in a policy's text: both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface MatchedStatement {
  readonly policyId: string;
  readonly start: Position;
  readonly end: Position;
}

export interface Verdict {
  readonly action: string;
  readonly resource: string;
  readonly decision: "allowed" | "explicitDeny" | "implicitDeny";
  /** Condition keys of its policies that were not given: the verdict would depend on them. */
  readonly missingContext: readonly string[];
  readonly matched: readonly MatchedStatement[];
  /** What beside the policies does not allow it. */
  readonly limitedBy?: "organization" | "boundary";
}

/**
 * One verdict an action and resource.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function simulate(clients: Clients, request: SimulationRequest): Promise<Verdict[]> {
  const { policySourceArn, actions, resources = ["*"], context = {} } = request;
  const iam = clients.get(IAMClient);
  const results = await everyPage(async (Marker) => {
    const page = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: policySourceArn,
        ActionNames: [...actions],
        ResourceArns: [...resources],
        ContextEntries: Object.entries(context).map(toContextEntry),
        Marker,
      }),
    );
    return { items: page.EvaluationResults, next: page.Marker };
  });
  return results.map(toVerdict);
}

function toContextEntry([ContextKeyName, value]: [string, string | readonly string[]]): ContextEntry {
  const isList = typeof value !== "string";
  return {
    ContextKeyName,
    ContextKeyValues: isList ? [...value] : [value],
    ContextKeyType: isList ? "stringList" : "string",
  };
}

function toVerdict(result: EvaluationResult): Verdict {
  const { EvalActionName = "", EvalResourceName = "*", EvalDecision, MatchedStatements = [] } = result;
  const limitedBy =
    result.OrganizationsDecisionDetail?.AllowedByOrganizations === false
      ? "organization"
      : result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false
        ? "boundary"
        : undefined;
  return {
    action: EvalActionName,
    resource: EvalResourceName,
    decision: EvalDecision ?? "implicitDeny",
    missingContext: result.MissingContextValues ?? [],
    matched: MatchedStatements.map(toMatched),
    ...(limitedBy === undefined ? {} : { limitedBy }),
  };
}

function toMatched({ SourcePolicyId = "", StartPosition, EndPosition }: Statement): MatchedStatement {
  return { policyId: SourcePolicyId, start: toPosition(StartPosition), end: toPosition(EndPosition) };
}

function toPosition(position: Statement["StartPosition"]): Position {
  return { line: position?.Line ?? 1, column: position?.Column ?? 1 };
}
