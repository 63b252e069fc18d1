// What the stack's functions have in common: what each and its role should be, and the settings that its tags keep.

import { KNOWN_AFTER_APPLY } from "../core/change.ts";
import type { HandlerName } from "../core/names.ts";
import type { RoleKey, RoleSpec } from "../resources/iam/role.ts";
import type { FunctionSpec } from "../resources/lambda/function.ts";
import type { Tags } from "../resources/resource.ts";
import { deleteRuleOf } from "./auth-components.ts";
import type { Inputs } from "./component.ts";
import { crudPolicy, LAMBDA_TRUST, POLICY_NAME, timerPolicy } from "./policies.ts";
import { SETTINGS_TAG } from "./ownership.ts";

export const RETENTION_DAYS = 7;
/** On a role that was taken over: the region whose function of this stack it was made for, or `yes`. */
export const ADOPTED_TAG = "awsls:adopted";

/** The components that a function is made of. */
export const FUNCTIONS = {
  crud: { function: "function", role: "role" },
  timer: { function: "timerFunction", role: "timerRole" },
} as const satisfies Record<HandlerName, object>;

export function roleKey(inputs: Inputs, handler: HandlerName): RoleKey {
  const key = { roleName: roleNameOf(inputs, handler), tags: inputs.tags(FUNCTIONS[handler].role) };
  return inputs.removes ? key : { ...key, policyName: POLICY_NAME };
}

/** @param allowed what it may do, in words */
export function roleSpec(inputs: Inputs, handler: HandlerName, allowed: string): RoleSpec {
  const { place, names } = inputs;
  const { role } = FUNCTIONS[handler];
  return {
    roleName: roleNameOf(inputs, handler),
    policyName: POLICY_NAME,
    description: `What ${functionNameOf(inputs, handler)} may do: ${allowed}`,
    trustPolicy: LAMBDA_TRUST,
    policy: handler === "crud" ? crudPolicy(place, names) : timerPolicy(place, names),
    exclusive: inputs.takesOver(role),
    tags: { ...inputs.tags(role), ...adoptedTag(inputs, handler) },
  };
}

/** Others may use what was theirs once; a role that is made anew is nobody else's. */
function adoptedTag(inputs: Inputs, handler: HandlerName): Tags {
  const { role } = FUNCTIONS[handler];
  const seen = inputs.seenTags(role);
  if (seen === undefined || !inputs.takesOver(role)) return {};
  const isOfStack = seen["awsls:stack"] === inputs.names.stack;
  return { [ADOPTED_TAG]: seen[ADOPTED_TAG] ?? (isOfStack ? seen["awsls:region"] : undefined) ?? "yes" };
}

export function functionSpec(inputs: Inputs, handler: HandlerName, description: string): FunctionSpec {
  const { settings, names } = inputs;
  return {
    functionName: functionNameOf(inputs, handler),
    description,
    runtime: "nodejs24.x",
    handler: "index.handler",
    memorySize: 256,
    timeout: 15,
    architecture: settings.architecture ?? "x86_64",
    roleArn: roleArnOf(inputs, handler),
    environment: { TABLE_NAME: names.table, ...(handler === "crud" ? deleteRuleOf(settings) : {}) },
    code: inputs.code[handler] ?? { sha256: "", zip: new Uint8Array() },
    tags: { ...inputs.tags(FUNCTIONS[handler].function), ...settingsTags(inputs, handler) },
  };
}

export function functionArnOf({ place, names }: Pick<Inputs, "place" | "names">, handler: HandlerName): string {
  const { partition, region, account } = place;
  return `arn:${partition}:lambda:${region}:${account}:function:${functionNameOf({ names }, handler)}`;
}

export function functionNameOf({ names }: Pick<Inputs, "names">, handler: HandlerName): string {
  return handler === "crud" ? names.function : names.timerFunction;
}

function roleNameOf({ names }: Pick<Inputs, "names">, handler: HandlerName): string {
  return handler === "crud" ? names.role : names.timerRole;
}

/** Computed, so that nothing waits for the role but what AWS makes wait; read where it is known, for it may have a path. */
function roleArnOf(inputs: Inputs, handler: HandlerName): string {
  const { settings, place } = inputs;
  return (
    settings.roleArn ??
    inputs.output(FUNCTIONS[handler].role)?.roleArn ??
    `arn:${place.partition}:iam::${place.account}:role/${roleNameOf(inputs, handler)}`
  );
}

/** Settings that AWS does not show otherwise, so that they survive a lost state file. */
export interface TaggedSettings {
  readonly bundle: boolean;
  readonly isRoleGiven: boolean;
  /** The code is the learner's own: it must not be replaced by the package's. */
  readonly isEjected: boolean;
}

export function parseSettingsTag(tags: Readonly<Record<string, string>>): TaggedSettings {
  const value = tags[SETTINGS_TAG] ?? "";
  return {
    bundle: value.includes("bundle=yes"),
    isRoleGiven: value.includes("role=given"),
    isEjected: value.includes("code=ejected"),
  };
}

function settingsTags(inputs: Inputs, handler: HandlerName): Record<string, string> {
  const { bundle = false, roleArn, code } = inputs.settings;
  // Nothing is said of the package's code, so that functions of older stacks need no new tag.
  const settings = `bundle=${bundle ? "yes" : "no"} role=${roleArn === undefined ? "own" : "given"}${code?.[handler] === undefined ? "" : " code=ejected"}`;
  const roleId = inputs.output(FUNCTIONS[handler].role)?.roleId ?? KNOWN_AFTER_APPLY;
  return { [SETTINGS_TAG]: settings, ...(roleArn === undefined ? { "awsls:role-id": roleId } : {}) };
}
