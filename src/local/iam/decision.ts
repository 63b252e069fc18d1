// What a role's session may do: its role's policies, what its own terms leave of them, and the resource's own policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html

import type { ConditionKeys, Decision, Need, Principal } from "../service.ts";
import type { ConditionContext } from "./condition.ts";
import { evaluate, type Policy } from "./policy.ts";

/** Policies that are looked at together, and what their conditions ask for. */
export interface Granted {
  /** The role's, inline and managed. */
  readonly identity: readonly Policy[];
  /** Undefined: nothing limits the session beside its role. */
  readonly session: readonly Policy[] | undefined;
  /** Condition keys and policy variables, in small letters. */
  readonly mentioned: ReadonlySet<string>;
}

/**
 * An explicit deny anywhere is the end; a session policy takes away, and a resource's policy adds, what an identity's gives
 * (within one account). What a resource grants to a role is limited by session policies like the role's own.
 */
export function decide(
  { identity, session }: Granted,
  principal: Principal,
  { action, resource }: Need,
  resourcePolicy: Policy | undefined,
  context: ConditionContext,
): Decision {
  const request = { action, resource, context };
  const byIdentity = evaluate(identity, request);
  if (byIdentity === "deny") return "deniedByIdentity";
  const bySession = session === undefined ? "allow" : evaluate(session, request);
  if (bySession === "deny") return "deniedBySession";
  const byResource = resourcePolicy === undefined ? "none" : grantedBy(resourcePolicy, request, principal);
  if (byResource === "deny") return "deniedByResource";
  // Granted to the session itself, or to everybody: no session policy takes that away.
  if (byResource === "allowSession") return "allowed";
  if (byIdentity === "none" && byResource === "none") return "noIdentity";
  return bySession === "allow" ? "allowed" : "noSession";
}

type ByResource = "allow" | "allowSession" | "deny" | "none";

function grantedBy(
  policy: Policy,
  request: { readonly action: string; readonly resource: string; readonly context: ConditionContext },
  { arn, roleArn = "" }: Principal,
): ByResource {
  const by = (AWS: string): ReturnType<typeof evaluate> => evaluate([policy], { ...request, principal: { AWS } });
  // What is granted to the account is for its own policies to hand on; what is denied to it is denied to all of them.
  const account = accountOf(arn);
  const [ofSession, ofRole] = [by(arn), by(roleArn)];
  if ([ofSession, ofRole, by(account), by(`arn:aws:iam::${account}:root`)].includes("deny")) return "deny";
  if (ofSession === "allow") return "allowSession";
  return ofRole === "allow" ? "allow" : "none";
}

function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

/** Of all conditions and variables in them: what an answer may depend on beside action and resource. */
export function mentionedIn(policies: readonly Policy[]): ReadonlySet<string> {
  const mentioned = new Set<string>();
  const variables = (text: string): void => {
    for (const [, key = ""] of text.matchAll(/\$\{\s*([^},]+?)\s*[,}]/g)) mentioned.add(key.toLowerCase());
  };
  for (const { conditions, resources, notResources } of policies.flatMap(({ statements }) => statements)) {
    for (const text of [...(resources ?? []), ...(notResources ?? [])]) variables(text);
    for (const keys of Object.values(conditions)) {
      for (const [key, values] of Object.entries(keys)) {
        mentioned.add(key.toLowerCase());
        for (const value of values) variables(value);
      }
    }
  }
  return mentioned;
}

/** Those of a call's keys that these policies ask for, as the cache's key has them. */
export function askedOf(keys: ConditionKeys, mentioned: ReadonlySet<string>): [string, string | readonly string[]][] {
  return Object.entries(keys).filter(([key]) => mentioned.has(key.toLowerCase()));
}
