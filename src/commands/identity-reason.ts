// Why a call with an identity's credentials was allowed or denied: IAM is asked, and the statement is found in the policy.

import { GetRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { isAwsError } from "../aws/errors.ts";
import { type Position, simulate, type Verdict } from "../resources/iam/simulation.ts";
import { POLICY_NAME } from "../stack/policies.ts";
import type { StackContext } from "./context.ts";

export type Reason =
  /** The statement that decided, by its Sid or its place in the policy. */
  | { readonly is: "allowedBy" | "deniedBy"; readonly policy: string; readonly statement: string }
  | { readonly is: "noStatement"; readonly role: string }
  /** The role would let it: a session policy does not, as that of guests. */
  | { readonly is: "sessionPolicy"; readonly role: string }
  /** `missing`: the right that is missing to ask, or what IAM answered. */
  | { readonly is: "unknown"; readonly missing: string };

interface Asked {
  readonly roleName: string;
  readonly identityId: string;
  readonly action: string;
  /** The row's key. */
  readonly id: string;
  /** AWS's words, when it was denied. */
  readonly message: string | undefined;
}

/** By the person's own credentials, not by the identity's. */
export async function reasonFor(context: StackContext, asked: Asked): Promise<Reason> {
  const { place, names, clients } = context.session;
  const { partition, region, account } = place;
  const { roleName, identityId, action, id } = asked;
  try {
    const [verdict] = await simulate(clients, {
      policySourceArn: `arn:${partition}:iam::${account}:role/${roleName}`,
      actions: [action],
      resources: [`arn:${partition}:dynamodb:${region}:${account}:table/${names.table}`],
      context: {
        "dynamodb:LeadingKeys": [id],
        "cognito-identity.amazonaws.com:sub": identityId,
      },
    });
    return verdict === undefined ? { is: "unknown", missing: "no answer" } : await toReason(context, asked, verdict);
  } catch (error) {
    if (isAwsError(error, "AccessDenied", "AccessDeniedException")) {
      return { is: "unknown", missing: "iam:SimulatePrincipalPolicy" };
    }
    return { is: "unknown", missing: error instanceof Error ? error.message : String(error) };
  }
}

async function toReason(context: StackContext, { roleName, message }: Asked, verdict: Verdict): Promise<Reason> {
  if (message !== undefined && verdict.decision === "allowed") return { is: "sessionPolicy", role: roleName };
  if (verdict.decision === "implicitDeny") {
    return message === undefined
      ? { is: "unknown", missing: "IAM says otherwise of it by now" }
      : { is: "noStatement", role: roleName };
  }
  const [matched] = verdict.matched;
  const statement = matched === undefined ? undefined : await statementAt(context, roleName, matched.start);
  const is = verdict.decision === "allowed" ? "allowedBy" : "deniedBy";
  // What IAM calls a role's inline policy.
  const policy = (matched?.policyId ?? "").replace(`role_${roleName}_`, "");
  return { is, policy, statement: statement ?? "" };
}

/** By its Sid; undefined where the policy is not written as we write it. */
async function statementAt(context: StackContext, RoleName: string, start: Position): Promise<string | undefined> {
  const iam = context.session.clients.get(IAMClient);
  const answer = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: POLICY_NAME }));
  const text = decodeURIComponent(answer.PolicyDocument ?? "");
  const { Statement = [] } = JSON.parse(text) as { Statement?: { Sid?: string }[] };
  const places = Statement.map((each) => ({ sid: each.Sid, at: text.indexOf(JSON.stringify(each)) }));
  if (places.some(({ at }) => at < 0)) return undefined;
  const offset = offsetOf(text, start);
  return places.findLast(({ at }) => at <= offset)?.sid;
}

/** Lines and columns count from 1. */
function offsetOf(text: string, { line, column }: Position): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}
