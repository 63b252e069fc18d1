// EventBridge's schedule expressions: which the local cloud takes, and when they are due.

import { describe, expect, it } from "vitest";
import { parseSchedule } from "../../src/local/events/schedule.ts";

const at = (time: string): number => Date.parse(time);
const next = (expression: string, after: string): string | undefined => {
  const found = parseSchedule(expression, at(after))?.next(at(after));
  return found === undefined ? undefined : new Date(found).toISOString();
};

describe("schedule expressions", () => {
  it.each([
    // Those of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html, and its wildcards.
    ["cron(0 10 * * ? *)", "2026-11-26T09:59:59.999Z", "2026-11-26T10:00:00.000Z"],
    ["cron(15 12 * * ? *)", "2026-11-26T12:15:00.000Z", "2026-11-27T12:15:00.000Z"],
    ["cron(0 18 ? * MON-FRI *)", "2026-11-27T18:00:00.000Z", "2026-11-30T18:00:00.000Z"],
    ["cron(0 8 1 * ? *)", "2026-11-26T00:00:00.000Z", "2026-12-01T08:00:00.000Z"],
    ["cron(0/15 * * * ? *)", "2026-11-26T00:01:00.000Z", "2026-11-26T00:15:00.000Z"],
    ["cron(0/10 * ? * MON-FRI *)", "2026-11-27T23:50:00.000Z", "2026-11-30T00:00:00.000Z"],
    ["cron(0/5 8-17 ? * MON-FRI *)", "2026-11-26T17:55:00.000Z", "2026-11-27T08:00:00.000Z"],
    ["cron(0/30 20-23 ? * MON-FRI *)", "2026-11-26T23:30:00.000Z", "2026-11-27T20:00:00.000Z"],
    ["cron(1/10 * * * ? *)", "2026-11-26T00:00:00.000Z", "2026-11-26T00:01:00.000Z"],
    ["cron(0 0 L * ? *)", "2026-02-01T00:00:00.000Z", "2026-02-28T00:00:00.000Z"],
    ["cron(0 0 3W * ? *)", "2026-10-01T00:00:00.000Z", "2026-10-02T00:00:00.000Z"],
    // 1 is Sunday: the first Monday, the last Thursday, Saturdays.
    ["cron(15 10 ? * 2#1 *)", "2026-11-26T00:00:00.000Z", "2026-12-07T10:15:00.000Z"],
    ["cron(0 0 ? * 5L *)", "2026-11-01T00:00:00.000Z", "2026-11-26T00:00:00.000Z"],
    ["cron(0 0 ? * L *)", "2026-11-26T00:00:00.000Z", "2026-11-28T00:00:00.000Z"],
    ["cron(0 0 ? * 1,7 *)", "2026-11-28T00:00:00.000Z", "2026-11-29T00:00:00.000Z"],
    ["cron(0 0 29 FEB ? 2027-2030)", "2026-11-26T00:00:00.000Z", "2028-02-29T00:00:00.000Z"],
    ["cron(0 0 1 1 ? 2025)", "2026-11-26T00:00:00.000Z", undefined],
    // As Quartz has them.
    ["cron(0/30 20-2 ? * MON-FRI *)", "2026-11-27T23:30:00.000Z", "2026-11-30T00:00:00.000Z"],
    ["cron(0 0 ? * FRI-MON *)", "2026-11-30T00:00:00.000Z", "2026-12-04T00:00:00.000Z"],
    ["cron(0 0 LW * ? *)", "2026-10-31T00:00:00.000Z", "2026-11-30T00:00:00.000Z"],
    ["cron(0 2 ? * SAT#3 *)", "2026-11-26T00:00:00.000Z", "2026-12-19T02:00:00.000Z"],
    ["cron(0 0 ? * fril *)", "2026-11-01T00:00:00.000Z", "2026-11-27T00:00:00.000Z"],
    ["cron(0 07/12 * * ? *)", "2026-11-26T08:00:00.000Z", "2026-11-26T19:00:00.000Z"],
    ["rate(1 minute)", "2026-11-26T00:00:07.250Z", "2026-11-26T00:01:07.250Z"],
    ["rate(5 minutes)", "2026-11-26T00:00:07.000Z", "2026-11-26T00:05:07.000Z"],
    ["rate(1 hour)", "2026-11-26T00:00:00.000Z", "2026-11-26T01:00:00.000Z"],
    ["rate(2 days)", "2026-11-26T00:00:00.000Z", "2026-11-28T00:00:00.000Z"],
  ])("%s after %s is %s", (expression, after, due) => {
    expect(parseSchedule(expression, 0)).toBeDefined();
    expect(next(expression, after)).toBe(due);
  });

  it.each([
    "",
    "rate(1 minutes)",
    "rate(5 minute)",
    "rate(0 minutes)",
    "rate(1.5 hours)",
    "rate(1  minute)",
    "rate(30 seconds)",
    "Rate(1 minute)",
    "cron(* * * * * *)",
    "cron(0 10 ? * ? *)",
    "cron(0 10 * * ?)",
    "cron(0 10 * * ? * *)",
    "cron(60 10 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 0 32 * ? *)",
    "cron(0 0 0 * ? *)",
    "cron(0 0 ? * 0 *)",
    "cron(0 0 ? * 8 *)",
    "cron(0 0 ? * 3#6 *)",
    "cron(0 0 ? * 3#1,6#3 *)",
    "cron(0 0 1 13 ? *)",
    "cron(0 0 1 1 ? 1969)",
    "cron(0 0 1 1 ? 2200)",
    "cron(? 0 1 1 ? *)",
    "cron(0 0 1 1 ? 2030-2027)",
    "cron(0/0 0 1 1 ? *)",
    "cron(*/60 * * * ? *)",
    "cron(0 0 ? * 1/2 *)",
    "cron(0 0 ? * 01 *)",
    "cron(0 0 L,15 * ? *)",
    "cron(0 0 L-3 * ? *)",
    "cron(*,5 0 1 1 ? *)",
    "cron(0/5, 9-18, ?, *, MON-FRI, *)",
    "cron(7 20 * * NOT *)",
    "cron(0 dummy ? * MON-FRI *)",
    "rate( 10 minutes )",
    " rate(10 minutes)",
    "rate(10 MINUTES)",
    "rate(-10 minutes)",
    "rate()",
    "rate(10)",
    "cron(a b c d e f)",
    "* * * * *",
  ])("%s is not valid", (expression) => {
    expect(parseSchedule(expression, 0)).toBeUndefined();
  });
});
