// What IAM says that a role or a user may do, without doing it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html

import {
  type ContextEntry,
  type EvaluationResult,
  IAMClient,
  type PolicyEvaluationDecisionType,
  SimulatePrincipalPolicyCommand,
  type Statement,
} from "@aws-sdk/client-iam";
import type { Clients } from "../../aws/clients.ts";
import { isAwsError } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import type { Rights } from "../rights.ts";

export interface Simulation {
  /** ARN of a role, a user or a group: neither root nor a session of a role. */
  readonly policySourceArn: string;
  readonly actions: readonly string[];
  /** ARNs; without them, all resources (`*`). */
  readonly resources?: readonly string[];
  /** Condition key → value, or values of a multivalued key. */
  readonly context?: Readonly<Record<string, string | boolean | readonly string[]>>;
}

export interface Verdict {
  readonly action: string;
  readonly resource: string;
  readonly decision: PolicyEvaluationDecisionType;
  /** Condition keys that policies ask for and the simulation was not told. */
  readonly missingContext: readonly string[];
  /** The statements that decided. */
  readonly matched: readonly MatchedStatement[];
  /** What beside the entity's own policies does not allow it. */
  readonly limitedBy: readonly Limit[];
}

export type Limit = "organizations" | "permissionsBoundary";

export interface MatchedStatement {
  readonly policyId: string;
  /** AWS's word for what the policy is attached to: `role`, `user`, `group`, … */
  readonly policyType: string;
  readonly start: Position;
  readonly end: Position;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

export const SIMULATION_RIGHTS: Rights = { itself: ["iam:SimulatePrincipalPolicy"] };

/** AWS names no limit; of so many one call has been seen to take all. */
const MAX_ACTIONS = 100;
const MAX_ITEMS = 1000;
/** Some actions cannot be asked about together; AWS tells which, and no document does. */
const UNLIKE = /require different authorization information/;

/**
 * Every action on every resource.
 * @throws {Error} AWS's `InvalidInput` for an ARN that is no role, user or group, `NoSuchEntity` for one that is not there
 */
export async function simulate(clients: Clients, simulation: Simulation): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let from = 0; from < simulation.actions.length; from += MAX_ACTIONS) {
    const actions = simulation.actions.slice(from, from + MAX_ACTIONS);
    verdicts.push(...(await simulateTogether(clients, { ...simulation, actions })));
  }
  return verdicts;
}

async function simulateTogether(clients: Clients, simulation: Simulation): Promise<Verdict[]> {
  try {
    return distinct((await askEveryPage(clients, simulation)).flatMap(toVerdicts));
  } catch (error) {
    const groups = groupsIn(error, simulation.actions);
    if (groups === undefined) throw error;
    const verdicts: Verdict[] = [];
    for (const actions of groups) verdicts.push(...(await simulateTogether(clients, { ...simulation, actions })));
    return verdicts;
  }
}

function askEveryPage(clients: Clients, simulation: Simulation): Promise<EvaluationResult[]> {
  const { policySourceArn, actions, resources, context = {} } = simulation;
  return everyPage(async (Marker) => {
    const page = await clients.get(IAMClient).send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: policySourceArn,
        ActionNames: [...actions],
        ...(resources === undefined ? {} : { ResourceArns: [...resources] }),
        ...(Object.keys(context).length === 0 ? {} : { ContextEntries: contextEntries(context) }),
        MaxItems: MAX_ITEMS,
        Marker,
      }),
    );
    return { items: page.EvaluationResults, next: page.IsTruncated === true ? page.Marker : undefined };
  });
}

function contextEntries(context: NonNullable<Simulation["context"]>): ContextEntry[] {
  return Object.entries(context).map(([ContextKeyName, value]) => {
    if (typeof value === "string") return { ContextKeyName, ContextKeyType: "string", ContextKeyValues: [value] };
    return typeof value === "boolean"
      ? { ContextKeyName, ContextKeyType: "boolean", ContextKeyValues: [String(value)] }
      : { ContextKeyName, ContextKeyType: "stringList", ContextKeyValues: [...value] };
  });
}

/**
 * `Invalid Input Actions: [a,b] and [c] require different authorization information.` as groups that can be asked about;
 * one by one where the sentence does not say.
 */
function groupsIn(error: unknown, actions: readonly string[]): readonly (readonly string[])[] | undefined {
  if (!isAwsError(error, "InvalidInputException", "InvalidInput") || !UNLIKE.test(error.message)) return undefined;
  if (actions.length < 2) return undefined;
  const named = [...error.message.matchAll(/\[([^\]]*)\]/g)].map(([, list = ""]) =>
    list.split(",").map((a) => a.trim()),
  );
  const isWhole = named.length > 1 && actions.every((action) => named.flat().includes(action));
  return isWhole
    ? named.map((group) => actions.filter((action) => group.includes(action))).filter((group) => group.length > 0)
    : actions.map((action) => [action]);
}

/** With resources the answer is in one entry for each; what stands above them is a summary. */
function toVerdicts(result: EvaluationResult): Verdict[] {
  const { EvalActionName: action = "", ResourceSpecificResults: each = [] } = result;
  const organizations = result.OrganizationsDecisionDetail?.AllowedByOrganizations;
  if (each.length === 0) {
    const { EvalDecision: decision = "implicitDeny", EvalResourceName: resource = "*" } = result;
    return [{ action, resource, decision, ...detailsOf(result, organizations) }];
  }
  return each.map(
    ({ EvalResourceName: resource = "*", EvalResourceDecision: decision = "implicitDeny", ...details }) => ({
      action,
      resource,
      decision,
      ...detailsOf(details, organizations),
    }),
  );
}

type Details = Pick<
  EvaluationResult,
  "MatchedStatements" | "MissingContextValues" | "PermissionsBoundaryDecisionDetail"
>;

function detailsOf(
  details: Details,
  isAllowedByOrganizations: boolean | undefined,
): Pick<Verdict, "missingContext" | "matched" | "limitedBy"> {
  const isWithinBoundary = details.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary;
  return {
    missingContext: details.MissingContextValues ?? [],
    matched: (details.MatchedStatements ?? []).map(toMatched),
    limitedBy: [
      ...(isAllowedByOrganizations === false ? ["organizations" as const] : []),
      ...(isWithinBoundary === false ? ["permissionsBoundary" as const] : []),
    ],
  };
}

function toMatched({ SourcePolicyId, SourcePolicyType, StartPosition, EndPosition }: Statement): MatchedStatement {
  const at = (position: typeof StartPosition): Position => ({
    line: position?.Line ?? 0,
    column: position?.Column ?? 0,
  });
  return {
    policyId: SourcePolicyId ?? "",
    policyType: SourcePolicyType ?? "none",
    start: at(StartPosition),
    end: at(EndPosition),
  };
}

/** Of several resources AWS has been seen to answer each in an entry of its own, and all in every entry. */
function distinct(verdicts: readonly Verdict[]): Verdict[] {
  return [...new Map(verdicts.map((each) => [`${each.action} ${each.resource}`, each])).values()];
}
