// Pages of lists, in the order in which things were made.

import type { JsonObject } from "../service.ts";
import { textOf } from "./context.ts";
import { invalidParameter } from "./errors.ts";

/**
 * @param keyOf what tells an item from the others; the token names the last one of the page before
 * @throws {AwsError} `InvalidParameterException` for a token that is none, or whose item is gone
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  input: JsonObject,
): { readonly page: readonly T[]; readonly next: string | undefined } {
  const token = textOf(input, "NextToken");
  const start = token === undefined ? 0 : items.findIndex((item) => tokenOf(keyOf(item)) === token) + 1;
  if (token !== undefined && start === 0) throw invalidParameter("Invalid NextToken");
  const { MaxResults: max } = input;
  const page = items.slice(start, start + (typeof max === "number" ? max : 60));
  const last = page.at(-1);
  const isLast = start + page.length >= items.length;
  return { page, next: last === undefined || isLast ? undefined : tokenOf(keyOf(last)) };
}

function tokenOf(key: string): string {
  return Buffer.from(`after ${key}`).toString("base64url");
}
