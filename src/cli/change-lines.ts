// One change as lines for people: in plans, in `status`, and in what is told before something is taken over.

import type { Change } from "../core/change.ts";

/** What is longer than this on either side gets lines of its own. */
const LONG_VALUE = 50;

/** @param noValue what stands for nothing */
export function changeLines({ field, from, to }: Change, noValue: string, indent: string): string[] {
  const [is, shouldBe] = [from, to].map((value) => (value === undefined ? noValue : printed(value)));
  if (is === undefined || shouldBe === undefined) return [];
  if (Math.max(is.length, shouldBe.length) <= LONG_VALUE) return [`${indent}${field}: ${is} → ${shouldBe}`];
  return [`${indent}${field}:`, `${indent}    ${is}`, `${indent}  → ${shouldBe}`];
}

export function printed(value: unknown): string {
  if (Array.isArray(value)) return value.map(printed).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
