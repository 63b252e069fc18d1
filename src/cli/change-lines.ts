// One change as lines for people: in plans, in `status`, and in what is told before something is taken over.

import type { Change } from "../core/change.ts";
import { harmlessOnOneLine } from "./harmless.ts";
import type { ResultTexts } from "./text/catalogue.ts";

/** What is longer than this on either side gets lines of its own. */
const LONG_VALUE = 50;

/** What stands for nothing, and for a hash that nobody reads. */
type ChangeWords = Pick<ResultTexts, "noValue" | "codeDiffers">;

export function changeLines({ field, from, to }: Change, words: ChangeWords, indent: string): string[] {
  const { noValue, codeDiffers } = words;
  if (field === "CodeSha256") return [`${indent}${codeDiffers}`];
  const [is, shouldBe] = [from, to].map((value) => (isNothing(value) ? noValue : printed(value)));
  if (is === undefined || shouldBe === undefined) return [];
  if (Math.max(is.length, shouldBe.length) <= LONG_VALUE) return [`${indent}${field}: ${is} → ${shouldBe}`];
  return [`${indent}${field}:`, `${indent}    ${is}`, `${indent}  → ${shouldBe}`];
}

/** All of one resource; policies that are deleted with them are listed by themselves. */
export function changeLinesOf(changes: readonly Change[], words: ChangeWords, indent: string): string[] {
  return changes.filter(({ field }) => field !== "PolicyArn").flatMap((change) => changeLines(change, words, indent));
}

/** An empty text or list says as little as none; of tags that are to be set, none is there. */
function isNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every((each) => each === undefined);
  return value === undefined || value === "";
}

/** On one line, and without what would act on the terminal: texts of somebody else's resource are in it. */
export function printed(value: unknown): string {
  return harmlessOnOneLine(worded(value));
}

function worded(value: unknown): string {
  if (Array.isArray(value)) return value.map(worded).join(", ");
  if (isTexts(value))
    return Object.entries(value)
      .map(([key, text]) => `${key}=${text ?? ""}`)
      .join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Tags, variables. */
function isTexts(value: unknown): value is Readonly<Record<string, string | undefined>> {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return false;
  return Object.values(value).every((each) => typeof each === "string" || each === undefined);
}
