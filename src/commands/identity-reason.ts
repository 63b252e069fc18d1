// Why a call with an identity's credentials was allowed or denied: AWS's own words, then IAM is asked, and the statement is found in the policy.

import { GetRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { isAwsError, unlessMissing } from "../aws/errors.ts";
import { isProblem } from "../core/problem.ts";
import {
  type Limit,
  type MatchedStatement,
  simulate,
  SIMULATION_RIGHTS,
  type Verdict,
} from "../resources/iam/simulation.ts";
import type { Rights } from "../resources/rights.ts";
import type { StackContext } from "./context.ts";
import { sidWithin } from "./statement-text.ts";

export type Reason =
  /** The statement that decided, by its Sid; without, where it has none, or the policy could not be read. */
  | { readonly is: "allowedBy" | "deniedBy"; readonly policy: string; readonly statement?: string }
  | { readonly is: "noStatement"; readonly role: string }
  /** By what limits the session beside its role, in AWS's words: `session policy`, `service control policy`. */
  | { readonly is: "limited"; readonly by: string; readonly role: string }
  /** IAM's policies would allow it: AWS's services hear of a change a while later. */
  | { readonly is: "unnoticed"; readonly role: string }
  /** `right`: the one that is missing to ask IAM; else what IAM answered, when it did. */
  | { readonly is: "unknown"; readonly right?: string; readonly message?: string };

export interface Asked {
  readonly roleName: string;
  readonly identityId: string;
  readonly action: string;
  /** The row's key; undefined for the whole table. */
  readonly id?: string;
  /** AWS's words, when it was denied. */
  readonly message?: string;
}

export const REASON_RIGHTS: Rights = { itself: ["iam:GetRolePolicy", ...SIMULATION_RIGHTS.itself] };

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const DENIED_BY = /because no (.+?) allows|explicit deny in an? ([^:.]+)/;
const OF_ROLE = "identity-based policy";
const LIMITS: Readonly<Record<Limit, string>> = {
  organizations: "service control policy",
  permissionsBoundary: "permissions boundary",
};

/** IAM is asked by the person's own credentials, not by the identity's. */
export async function reasonFor(context: StackContext, asked: Asked): Promise<Reason> {
  const { roleName: role, message = "" } = asked;
  const [, ofImplicit, ofExplicit] = DENIED_BY.exec(message) ?? [];
  const by = (ofImplicit ?? ofExplicit ?? OF_ROLE).trim();
  if (by !== OF_ROLE) return { is: "limited", by, role };
  try {
    const verdict = await askIam(context, asked);
    return verdict === undefined ? { is: "unknown" } : await toReason(context, asked, verdict);
  } catch (error) {
    if (isProblem(error, "Interrupted")) throw error;
    if (ofImplicit !== undefined) return { is: "noStatement", role };
    if (isAwsError(error, "AccessDenied", "AccessDeniedException")) {
      return { is: "unknown", right: "iam:SimulatePrincipalPolicy" };
    }
    return { is: "unknown", message: error instanceof Error ? error.message : String(error) };
  }
}

async function askIam(
  { session }: StackContext,
  { roleName, identityId, action, id }: Asked,
): Promise<Verdict | undefined> {
  const { partition, region, account } = session.place;
  const [verdict] = await simulate(session.clients, {
    policySourceArn: `arn:${partition}:iam::${account}:role/${roleName}`,
    actions: [action],
    resources: [`arn:${partition}:dynamodb:${region}:${account}:table/${session.names.table}`],
    context: {
      "cognito-identity.amazonaws.com:sub": identityId,
      ...(id === undefined ? {} : { "dynamodb:LeadingKeys": [id] }),
    },
  });
  return verdict;
}

async function toReason(context: StackContext, asked: Asked, verdict: Verdict): Promise<Reason> {
  const { roleName: role, message } = asked;
  const { decision, matched, limitedBy } = verdict;
  const [limit] = limitedBy;
  const isAllowed = decision === "allowed";
  if (message !== undefined && isAllowed) return { is: "unnoticed", role };
  // The policies are others than they were when it was done.
  if (message === undefined && !isAllowed) return { is: "unknown" };
  if (limit !== undefined) return { is: "limited", by: LIMITS[limit], role };
  if (decision === "implicitDeny") return { is: "noStatement", role };
  const [statement] = matched;
  const is = isAllowed ? "allowedBy" : "deniedBy";
  return statement === undefined ? { is: "unknown" } : { is, ...(await named(context, role, statement)) };
}

async function named(
  context: StackContext,
  RoleName: string,
  { policyId, start, end }: MatchedStatement,
): Promise<{ policy: string; statement?: string }> {
  // What IAM calls an inline policy of a role.
  const prefix = `role_${RoleName}_`;
  if (!policyId.startsWith(prefix)) return { policy: policyId };
  const policy = policyId.slice(prefix.length);
  const text = await policyText(context, RoleName, policy);
  const statement = text === undefined ? undefined : sidWithin(text, start, end);
  return { policy, ...(statement === undefined ? {} : { statement }) };
}

/** Undefined where the person may not read it. */
async function policyText(
  { session }: StackContext,
  RoleName: string,
  PolicyName: string,
): Promise<string | undefined> {
  const command = new GetRolePolicyCommand({ RoleName, PolicyName });
  const call = session.clients.get(IAMClient).send(command);
  const answer = await unlessMissing(call, "AccessDenied", "AccessDeniedException", "NoSuchEntityException");
  return answer === undefined ? undefined : decodeURIComponent(answer.PolicyDocument ?? "");
}
