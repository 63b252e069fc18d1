// Why a call with an identity's credentials was allowed or denied: IAM is asked, and the statement is found in the policy.

import { GetRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { isAwsError } from "../aws/errors.ts";
import { type Position, simulate, type Verdict } from "../resources/iam/simulation.ts";
import type { StackContext } from "./context.ts";

export type Reason =
  /** The statement that decided, by its Sid; empty where it has none. */
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
  const is = verdict.decision === "allowed" ? "allowedBy" : "deniedBy";
  // What IAM calls an inline policy of a role.
  const prefix = `role_${roleName}_`;
  const { policyId = "", start } = matched ?? {};
  if (start === undefined || !policyId.startsWith(prefix)) return { is, policy: policyId, statement: "" };
  const policy = policyId.slice(prefix.length);
  return { is, policy, statement: (await statementAt(context, roleName, policy, start)) ?? "" };
}

/** Its Sid; undefined where it has none, or the policy is not written on one line, as ours are. */
async function statementAt(
  context: StackContext,
  RoleName: string,
  PolicyName: string,
  start: Position,
): Promise<string | undefined> {
  const iam = context.session.clients.get(IAMClient);
  const answer = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
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
