// Reads members of an operation's input, whose types were checked before it runs.

import type { Json, JsonObject } from "../service.ts";
import { invalidParameter } from "./errors.ts";

export function textOf(input: JsonObject, member: string): string | undefined {
  const value = input[member];
  return typeof value === "string" ? value : undefined;
}

/** Of a required member. */
export function textIn(input: JsonObject, member: string): string {
  return textOf(input, member) ?? "";
}

export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

export function objectsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

export function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

export function mapOf(value: Json | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).flatMap(([key, each]) => (typeof each === "string" ? [[key, each]] : [])),
  );
}

/** Seconds, as AWS's JSON has times. */
export function toSeconds(ms: number): number {
  return ms / 1000;
}

interface Page<T> {
  readonly page: readonly T[];
  /** To the caller it means nothing. */
  readonly next: string | undefined;
}

/**
 * What follows after the item that the token names, whatever was deleted meanwhile.
 * @param keyOf by which the items are sorted here
 * @throws {AwsError} `InvalidParameterException` for a token that is none
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  limit: Json | undefined,
  token: string | undefined,
): Page<T> {
  const sorted = items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const rest = token === undefined ? sorted : sorted.filter((item) => keyOf(item) > lastOf(token));
  const page = rest.slice(0, typeof limit === "number" && limit > 0 ? limit : 60);
  const last = page.at(-1);
  const next = last !== undefined && page.length < rest.length ? tokenOf(keyOf(last)) : undefined;
  return { page, next };
}

function tokenOf(key: string): string {
  return Buffer.from(`1:${key}`).toString("base64url");
}

function lastOf(token: string): string {
  const text = Buffer.from(token, "base64url").toString("utf8");
  if (!text.startsWith("1:")) throw invalidParameter("Invalid pagination token provided.");
  return text.slice(2);
}

/** A key that sorts by age, then by name. */
export function ageKey({ createdAt }: { readonly createdAt: number }, name: string): string {
  return `${String(createdAt).padStart(15, "0")}/${name}`;
}
