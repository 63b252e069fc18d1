// Whether the policies of a calling role allow an operation, and AWS's words when they do not. Root may do everything.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html

import { refusal } from "./credentials.ts";
import type { ErrorStyle } from "./credentials.ts";
import { AwsError } from "./service.ts";
import type { ConditionKeys, Decision, Need, Principal, Roles } from "./service.ts";

/** Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const ALWAYS_ALLOWED = "sts:GetCallerIdentity";

/**
 * Checks a role's call against its policies.
 * @param keys condition keys of the request, whatever it needs
 * @throws {AwsError} `AccessDenied` or `AccessDeniedException`; AWS's "invalid token" when the role is gone or was made again
 */
export function authorize(
  needs: readonly Need[],
  keys: ConditionKeys,
  caller: Principal,
  style: ErrorStyle,
  roles: Roles,
): void {
  // The session belongs to the role's unique id: one made again under the same name is another role.
  if (roles.find(caller.roleArn ?? "")?.roleId !== caller.userId.split(":")[0]) throw refusal("unknown", style);
  for (const need of needs) {
    if (need.action === ALWAYS_ALLOWED) continue;
    const decision = roles.decide(caller, { ...need, keys: { ...keys, ...need.keys } });
    if (decision === "allowed") continue;
    const other = need.or && roles.decide(caller, { ...need.or, keys: { ...keys, ...need.keys } });
    if (other !== "allowed") throw need.refused?.() ?? accessDenied(caller, need, decision, style);
  }
}

const BECAUSE: Readonly<Record<Exclude<Decision, "allowed">, (action: string) => string>> = {
  noIdentity: (action) => `because no identity-based policy allows the ${action} action`,
  noSession: (action) => `because no session policy allows the ${action} action`,
  deniedByIdentity: () => "with an explicit deny in an identity-based policy",
  deniedBySession: () => "with an explicit deny in a session policy",
  deniedByResource: () => "with an explicit deny in a resource-based policy",
};

/** `AccessDenied` 403 of a query service, `AccessDeniedException` of the others: 400 where they speak JSON, else 403. */
function accessDenied(
  caller: Principal,
  need: Need,
  decision: Exclude<Decision, "allowed">,
  style: ErrorStyle,
): AwsError {
  return new AwsError(
    style === "query" ? "AccessDenied" : "AccessDeniedException",
    style === "json" ? 400 : 403,
    denialText(caller, need, decision),
  );
}

export function denialText(
  { arn }: Principal,
  { action, resource }: Need,
  decision: Exclude<Decision, "allowed">,
): string {
  const what = `User: ${arn} is not authorized to perform: ${action} on resource: ${nameIn(action, resource)}`;
  // STS does not say whether it is the caller's policies or the role's trust.
  const isSilent = action.startsWith("sts:") && decision.startsWith("no");
  return isSilent ? what : `${what} ${BECAUSE[decision](action)}`;
}

/** Of what is there, IAM says the kind and the name; of what a call makes or hands on, the ARN. */
function nameIn(action: string, resource: string): string {
  if (!action.startsWith("iam:") || ["iam:CreateRole", "iam:PassRole"].includes(action)) return resource;
  const [, path = ""] = /:role(\/.*)$/.exec(resource) ?? [];
  if (path !== "") return `role ${path.split("/").at(-1)}`;
  return /:policy\//.test(resource) ? `policy ${resource}` : resource;
}
