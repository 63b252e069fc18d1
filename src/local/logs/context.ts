// What the operations on logs share: names, ARNs, "does not exist", shapes, pages.

import { AwsError } from "../service.ts";
import type { CloudEnvironment, JsonObject, Shape } from "../service.ts";
import type { Group, LogStore } from "./log-store.ts";
import type { Stream } from "./stream-file.ts";

export interface LogsContext {
  readonly env: CloudEnvironment;
  readonly store: LogStore;
}

export const GROUP_NAME: Shape = { type: "string", min: 1, max: 512, pattern: "[\\.\\-_/#A-Za-z0-9]+" };
export const GROUP_IDENTIFIER: Shape = { type: "string", min: 1, max: 2048, pattern: "[\\w#+=/:,.@-]*" };
export const STREAM_NAME: Shape = { type: "string", min: 1, max: 512, pattern: "[^:*]*" };
export const TIME: Shape = { type: "integer", min: 0 };
export const TOKEN: Shape = { type: "string", min: 1 };

/** `arn:aws:logs:<region>:<account>:log-group:<name>`: as tag operations want it, without `:*`. */
export function groupArn(env: CloudEnvironment, name: string): string {
  return `arn:${env.partition}:logs:${env.region}:${env.accountId}:log-group:${name}`;
}

/** What a policy must name: AWS judges calls about a group as calls about its streams, hence the `:*` of every example. */
export function policyResource(env: CloudEnvironment, input: JsonObject): string {
  const stream = input["logStreamName"];
  return `${groupArn(env, nameOf(input))}:log-stream:${typeof stream === "string" ? stream : ""}`;
}

/** The group that a call is about: by name, or by an identifier that is a name or an ARN. */
export function nameOf(input: JsonObject): string {
  const { logGroupName, logGroupIdentifier } = input;
  if (typeof logGroupName === "string") return logGroupName;
  if (typeof logGroupIdentifier !== "string") return "";
  return logGroupIdentifier.replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, "").replace(/:\*$/, "");
}

/** @throws {AwsError} InvalidParameterException when neither or both are given, ResourceNotFoundException */
export function requireGroup({ store }: LogsContext, input: JsonObject): { name: string; group: Group } {
  if ((input["logGroupName"] === undefined) === (input["logGroupIdentifier"] === undefined)) {
    throw invalid("Exactly one of logGroupName and logGroupIdentifier must be given.");
  }
  const name = nameOf(input);
  const group = store.groups.get(name);
  if (!group) throw notFound("The specified log group does not exist.");
  return { name, group };
}

/** @throws {AwsError} ResourceNotFoundException */
export function requireStream({ store }: LogsContext, group: string, name: string): Stream {
  const stream = store.streams(group).get(name);
  if (!stream) throw notFound("The specified log stream does not exist.");
  return stream;
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", 400, message);
}

export function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", 400, message);
}

export function textOf(input: JsonObject, member: string): string | undefined {
  const value = input[member];
  return typeof value === "string" ? value : undefined;
}

export function numberOf(input: JsonObject, member: string): number | undefined {
  const value = input[member];
  return typeof value === "number" ? value : undefined;
}

/** Tokens say where the next page starts; to the caller they mean nothing. */
export function toToken(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** @throws {AwsError} InvalidParameterException for what was never a token of ours */
export function fromToken(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    throw invalid("The specified nextToken is invalid.");
  }
}

/** One page of a sorted list, after the name that the token holds. */
export function pageOf<T>(
  items: readonly T[],
  input: JsonObject,
  defaultLimit: number,
): { page: readonly T[]; nextToken?: string } {
  const token = textOf(input, "nextToken");
  const start = token === undefined ? 0 : fromToken(token);
  if (typeof start !== "number") throw invalid("The specified nextToken is invalid.");
  const end = start + (numberOf(input, "limit") ?? defaultLimit);
  return { page: items.slice(start, end), ...(end < items.length && { nextToken: toToken(end) }) };
}
