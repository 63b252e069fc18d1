// A token's claims as a function gets them: all of them text, printed as Go does, in which API Gateway is written.

import type { JsonObject } from "../service.ts";

/** What the event has of a token that was let in. */
export interface JwtContext {
  readonly claims: Readonly<Record<string, string>>;
  /** The token's, all of them; null on a route that asks for none (measured on AWS, floci#2011). */
  readonly scopes: readonly string[] | null;
}

/** `["admins", "users"]` is `[admins users]`, an object `map[key:value]` (aws-lambda-go#570); null is left out. */
export function printedClaims(claims: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, printed(value)]),
  );
}

function printed(value: unknown): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(printed).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `map[${members.map(([name, member]) => `${name}:${printed(member)}`).join(" ")}]`;
}

/** The scopes of `scope`, or else of `scp`: words of a string, or a list. */
export function scopesOf(claims: JsonObject): string[] {
  const scopes = claims["scope"] ?? claims["scp"];
  if (typeof scopes === "string") return scopes.split(" ").filter((scope) => scope !== "");
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [];
}
