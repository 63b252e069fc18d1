// What AWS knows of every call of a role's session, for the conditions of its policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

import type { CloudEnvironment } from "../service.ts";
import type { ConditionContext } from "./condition.ts";
import type { RoleRecord } from "./model.ts";

/** Keys that such a call never has: nobody logged in, no VPC, no organization, no service that calls for it. */
const ABSENT = [
  "aws:CalledVia",
  "aws:CalledViaFirst",
  "aws:CalledViaLast",
  "aws:FederatedProvider",
  "aws:MultiFactorAuthAge",
  "aws:PrincipalOrgID",
  "aws:PrincipalOrgPaths",
  "aws:PrincipalServiceName",
  "aws:PrincipalServiceNamesList",
  "aws:SourceAccount",
  "aws:SourceArn",
  "aws:SourceIdentity",
  "aws:SourceOrgID",
  "aws:SourceOrgPaths",
  "aws:SourceVpc",
  "aws:SourceVpce",
  "aws:VpcSourceIp",
  "aws:username",
  "cognito-identity.amazonaws.com:amr",
  "cognito-identity.amazonaws.com:aud",
  "cognito-identity.amazonaws.com:sub",
  "lambda:SourceFunctionArn",
];

/** What is known of a call by its session and by itself. */
interface CallKeys {
  readonly action: string;
  /** `<role id>:<session name>` */
  readonly userId: string;
  readonly keys: ConditionContext;
}

/**
 * Condition keys of a call by that role's session, as on AWS: there it always comes by TLS. Of a key that is not among them
 * nothing is known: a deny over it applies.
 */
export function contextOf(
  env: CloudEnvironment,
  role: RoleRecord,
  { action, userId, keys }: CallKeys,
): ConditionContext {
  return {
    ...Object.fromEntries(ABSENT.map((key) => [key, []])),
    ...Object.fromEntries(role.tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value])),
    "aws:MultiFactorAuthPresent": "false",
    "aws:PrincipalAccount": env.accountId,
    "aws:PrincipalArn": role.arn,
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalType": "AssumedRole",
    // IAM has one endpoint for all regions.
    "aws:RequestedRegion": action.startsWith("iam:") ? "us-east-1" : env.region,
    "aws:ResourceAccount": env.accountId,
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:userid": userId,
    ...keys,
  };
}

/** Of the keys that policies look at, those that no call of that action has: another service's, or an identity provider's. */
export function foreignKeys(mentioned: ReadonlySet<string>, given: ConditionContext, action: string): ConditionContext {
  const present = new Set(Object.keys(given).map((key) => key.toLowerCase()));
  const [service = ""] = action.toLowerCase().split(":");
  const absent = [...mentioned].filter((key) => {
    const [prefix = ""] = key.split(":");
    return prefix !== "aws" && prefix !== service && !present.has(key);
  });
  return Object.fromEntries(absent.map((key) => [key, []]));
}
