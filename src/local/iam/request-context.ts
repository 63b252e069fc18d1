// What AWS knows of every call of a role's session, for the conditions of its policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

import type { Assumption, CloudEnvironment, Principal } from "../service.ts";
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
    ...callKeys(env, action),
    ...tagKeys(role, keys),
    // Only temporary credentials have the key at all.
    "aws:MultiFactorAuthPresent": "false",
    "aws:PrincipalArn": role.arn,
    "aws:PrincipalType": "AssumedRole",
    "aws:userid": userId,
    ...keys,
  };
}

/** Of whoever's call. */
function callKeys(env: CloudEnvironment, action: string): ConditionContext {
  return {
    ...Object.fromEntries(ABSENT.map((key) => [key, []])),
    "aws:PrincipalAccount": env.accountId,
    "aws:PrincipalIsAWSService": "false",
    // IAM has one endpoint for all regions.
    "aws:RequestedRegion": action.startsWith("iam:") ? "us-east-1" : env.region,
    "aws:ResourceAccount": env.accountId,
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
  };
}

/** A session's tag counts instead of the role's of the same key, in whatever case. */
function tagKeys({ tags }: RoleRecord, keys: ConditionContext): ConditionContext {
  const ofSession = new Set(Object.keys(keys).map((key) => key.toLowerCase()));
  const own = tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value] as const);
  return Object.fromEntries(own.filter(([key]) => !ofSession.has(key.toLowerCase())));
}

/** By what names a policy's `AWS` principal can mean them. */
export function namesOf({ accountId }: CloudEnvironment, { arn, roleArn }: Principal): readonly string[] {
  const account = [`arn:aws:iam::${accountId}:root`, accountId];
  return roleArn === undefined ? account : [arn, roleArn, ...account];
}

/**
 * What a trust policy is decided over.
 * @param caller the role whose session asks to assume it
 */
export function trustContext(
  env: CloudEnvironment,
  { action, principal, keys = {} }: Assumption,
  caller: RoleRecord | undefined,
): ConditionContext {
  if (!("kind" in principal)) {
    // What AWS's own confused-deputy examples ask for.
    return { ...("Service" in principal && { "aws:SourceAccount": env.accountId }), ...keys };
  }
  const own = { ...principal.session?.keys, ...keys };
  if (caller !== undefined) return contextOf(env, caller, { action, userId: principal.userId, keys: own });
  return {
    ...callKeys(env, action),
    // Of temporary credentials alone.
    "aws:MultiFactorAuthPresent": [],
    "aws:PrincipalArn": principal.arn,
    "aws:PrincipalType": "Account",
    "aws:userid": principal.userId,
    ...own,
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
