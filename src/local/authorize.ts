// Whether the policies of a calling role allow an operation. Root may do everything; so only roles are asked.

import { refusal } from "./credentials.ts";
import type { ErrorStyle } from "./credentials.ts";
import { AwsError } from "./service.ts";
import type { Principal, Roles, Service } from "./service.ts";
import type { Found } from "./wire/wire.ts";

interface Attempt {
  readonly endpoint: { readonly service: Service; readonly style: ErrorStyle };
  readonly found: Found;
  readonly request: { readonly method: string };
}

/** Operations whose IAM action has another name. */
const IRREGULAR: Readonly<Record<string, string>> = { "lambda:Invoke": "lambda:InvokeFunction" };
/** Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const ALWAYS_ALLOWED = "sts:GetCallerIdentity";

/**
 * Checks a role's call against its policies.
 * @throws {AwsError} `AccessDenied` or `AccessDeniedException`; AWS's "invalid token" when the role is gone or was made again
 */
export function authorize(
  { endpoint, found, request }: Attempt,
  caller: Principal,
  resource: string,
  roles: Roles,
): void {
  const { service, style } = endpoint;
  const roleArn = caller.roleArn ?? "";
  // The session belongs to the role's unique id: one made again under the same name is another role.
  if (roles.find(roleArn)?.roleId !== caller.userId.split(":")[0]) throw refusal("unknown", style);
  // API Gateway's actions are HTTP verbs.
  const plain = `${service.signingName}:${service.signingName === "apigateway" ? request.method : found.name}`;
  const action = IRREGULAR[plain] ?? plain;
  if (action === ALWAYS_ALLOWED || roles.allows(roleArn, action, resource)) return;
  throw new AwsError(
    style === "query" ? "AccessDenied" : "AccessDeniedException",
    style === "json" ? 400 : 403,
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );
}
