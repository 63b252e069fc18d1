// What the operations on rules share: the records, names, ARNs, AWS's words for what is not there.

import { AwsError } from "../service.ts";
import type { CloudEnvironment, Collection, Json, JsonObject, Shape } from "../service.ts";

export interface Target {
  readonly id: string;
  readonly arn: string;
  /** Sent instead of the event. */
  readonly input?: string;
}

export interface Rule {
  readonly name: string;
  readonly scheduleExpression: string;
  readonly state: "ENABLED" | "DISABLED";
  /** When it was last turned on or given another schedule: a rate counts from here. */
  readonly enabledAt: number;
  readonly description?: string;
  readonly targets: readonly Target[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface EventsContext {
  readonly env: CloudEnvironment;
  readonly rules: Collection<Rule>;
  /** A rule is another one now, or gone. */
  changed(): void;
}

export const BUS = "default";
const NAME_PATTERN = "[\\.\\-_A-Za-z0-9]+";
export const RULE_NAME: Shape = { type: "string", required: true, min: 1, max: 64, pattern: NAME_PATTERN };
export const NAME_PREFIX: Shape = { type: "string", min: 1, max: 64, pattern: NAME_PATTERN };
export const BUS_NAME: Shape = {
  type: "string",
  min: 1,
  max: 1600,
  pattern: "(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus\\/)?[/\\.\\-_A-Za-z0-9]+",
};
export const TARGET_ID: Shape = { type: "string", required: true, min: 1, max: 64, pattern: NAME_PATTERN };
export const LIMIT: Shape = { type: "integer", min: 1, max: 100 };
export const TOKEN: Shape = { type: "string", min: 1, max: 2048 };

/** Rules of the default bus have no bus in their ARN. */
export function ruleArn(env: CloudEnvironment, name: string): string {
  return `arn:${env.partition}:events:${env.region}:${env.accountId}:rule/${name}`;
}

/** @throws {AwsError} `ResourceNotFoundException` for another bus than the default one: this cloud has no other */
export function requireBus({ env }: EventsContext, input: JsonObject): void {
  const name = textOf(input, "EventBusName") ?? BUS;
  const arn = `arn:${env.partition}:events:${env.region}:${env.accountId}:event-bus/${BUS}`;
  if (name !== BUS && name !== arn) throw notFound(`Event bus ${name} does not exist.`);
}

/** @throws {AwsError} `ResourceNotFoundException` */
export function requireRule(context: EventsContext, input: JsonObject, member = "Name"): Rule {
  requireBus(context, input);
  const name = textOf(input, member) ?? "";
  const rule = context.rules.get(name);
  if (rule === undefined) throw notFound(`Rule ${name} does not exist on EventBus ${BUS}.`);
  return rule;
}

export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", 400, message);
}

export function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", 400, message);
}

export function limitExceeded(): AwsError {
  return new AwsError("LimitExceededException", 400, "The requested resource exceeds the maximum number allowed.");
}

export function textOf(input: JsonObject, member: string): string | undefined {
  const value = input[member];
  return typeof value === "string" ? value : undefined;
}

export function listOf(value: Json | undefined): JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each) => (typeof each === "object" && each !== null && !Array.isArray(each) ? [each] : []));
}

/** One page of a list, after as many as the token says; to the caller it means nothing. */
export function pageOf<T>(items: readonly T[], input: JsonObject): { page: readonly T[]; token: JsonObject } {
  const given = textOf(input, "NextToken");
  const start = given === undefined ? 0 : Number(Buffer.from(given, "base64url").toString("utf8"));
  if (!Number.isInteger(start) || start < 0) throw invalid("Parameter NextToken is not valid.");
  const limit = input["Limit"];
  const end = start + (typeof limit === "number" ? limit : 100);
  return {
    page: items.slice(start, end),
    token: end < items.length ? { NextToken: Buffer.from(String(end)).toString("base64url") } : {},
  };
}
