// What all operations of STS share, and how it refuses.

import { AwsError } from "../service.ts";
import type { CloudEnvironment, JsonObject, OpenIdTokens, Principal, Roles } from "../service.ts";

export interface StsContext {
  readonly env: Pick<CloudEnvironment, "accountId" | "clock">;
  readonly roles: Roles;
  readonly openIdTokens: OpenIdTokens;
}

export function textOf(input: JsonObject, member: string): string | undefined {
  const value = input[member];
  return typeof value === "string" ? value : undefined;
}

/** Of a required member. */
export function textIn(input: JsonObject, member: string): string {
  return textOf(input, member) ?? "";
}

export function textsIn(input: JsonObject, member: string): readonly string[] {
  const value = input[member];
  return Array.isArray(value) ? value.map(String) : [];
}

export const invalid = (message: string): AwsError => new AwsError("ValidationError", 400, message);
export const invalidValue = (message: string): AwsError => new AwsError("InvalidParameterValue", 400, message);

/** AWS does not say whether there is such a role, nor whose policy is silent. */
export function accessDenied({ arn }: Principal, action: string, roleArn: string): AwsError {
  return new AwsError(
    "AccessDenied",
    403,
    `User: ${arn} is not authorized to perform: ${action} on resource: ${roleArn}`,
  );
}
