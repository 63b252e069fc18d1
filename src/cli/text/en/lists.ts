// Several things in one sentence.

import type { UserCount } from "../../../core/event.ts";

/** `1 route`, `4 routes`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `a, b and c`. */
export function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

/** The first few. */
export function fewOf(names: readonly string[]): string {
  return `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
}

/** The first few by what stands behind account and region. */
export function shortArns(arns: readonly string[]): string {
  return fewOf(arns.map((arn) => arn.split(":").slice(5).join(":")));
}

export function userCount({ count, isExact }: UserCount): string {
  return `${isExact ? "" : "about "}${counted(count, "user", "users")}`;
}
