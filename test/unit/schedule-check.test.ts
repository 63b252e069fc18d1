// What the command says of a schedule before AWS sees it, and when it says that it runs.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import { checkSchedule, nextRun, rateExpression } from "../../src/core/schedule.ts";
import type { ScheduleFault } from "../../src/core/schedule.ts";
import { explain } from "../../src/cli/text/catalogue.ts";
import { problems } from "../../src/cli/text/en/problems.ts";

const NOW = new Date("2026-11-26T00:00:30.000Z");

describe("what AWS takes", () => {
  // Put on AWS by localstack's tests (tests/aws/services/events/test_events_schedule.py), and the examples of its guide.
  it.each([
    "rate(1 minute)",
    "rate(5 minutes)",
    "rate(1 hour)",
    "rate(12 hours)",
    "rate(1 day)",
    "rate(7 days)",
    "cron(0 2 ? * SAT *)",
    "cron(5,35 14 * * ? *)",
    "cron(15 10 ? * 6L 2027-2030)",
    "cron(0 2 ? * SAT#3 *)",
    "cron(0/5 5 ? JAN 1-5 2028)",
    "cron(0/30 20-2 ? * MON-FRI *)",
    "cron(0 8 1 * ? *)",
    "cron(0 0 3W * ? *)",
    "cron(0 21 LW * ? *)",
    "cron(0  9  ? *\tmon-fri *)",
  ])("%s", (expression) => {
    expect(checkSchedule(expression, NOW)).toBeUndefined();
  });
});

describe("what it does not take", () => {
  it.each<[string, ScheduleFault]>([
    ["", { is: "notAnExpression" }],
    ["5 minutes", { is: "notAnExpression" }],
    ["rate(5)", { is: "notAnExpression" }],
    ["rate(1  minute)", { is: "notAnExpression" }],
    [" rate(10 minutes)", { is: "notAnExpression" }],
    ["*/5 * * * *", { is: "notAnExpression" }],
    ["at(2027-01-01T00:00:00)", { is: "notAnExpression" }],
    [`cron(${"0,".repeat(130)}0 0 * * ? *)`, { is: "length", length: 277 }],
    ["rate(0 minutes)", { is: "value", value: "0" }],
    ["rate(-10 minutes)", { is: "value", value: "-10" }],
    ["rate(1.5 hours)", { is: "value", value: "1.5" }],
    ["rate(1 minutes)", { is: "unit", value: "1", unit: "minutes", wanted: "minute" }],
    ["rate(5 minute)", { is: "unit", value: "5", unit: "minute", wanted: "minutes" }],
    ["rate(10 MINUTES)", { is: "unit", value: "10", unit: "MINUTES", wanted: "minutes" }],
    ["rate(2 hrs)", { is: "unit", value: "2", unit: "hrs", wanted: "hours" }],
    ["rate(1 d)", { is: "unit", value: "1", unit: "d", wanted: "day" }],
    ["rate(30 seconds)", { is: "unit", value: "30", unit: "seconds" }],
    ["cron(0 10 * * ?)", { is: "fields", count: 5 }],
    ["cron()", { is: "fields", count: 0 }],
    ["cron(0 0 10 * * ? *)", { is: "fields", count: 7 }],
    ["cron(0 10 * * * *)", { is: "days", both: "given", wanted: "cron(0 10 * * ? *)" }],
    ["cron(0 10 * * MON *)", { is: "days", both: "given", wanted: "cron(0 10 ? * MON *)" }],
    ["cron(0 10 1 * MON *)", { is: "days", both: "given" }],
    // With ? in its place they would be wrong elsewhere, or never run.
    ["cron(0/10 * * ? * ?)", { is: "days", both: "given" }],
    ["cron(* * 32 * * *)", { is: "days", both: "given" }],
    ["cron(0 9 * * * 2020)", { is: "days", both: "given" }],
    ["cron(0 9 ? * ? 2020)", { is: "days", both: "?" }],
    ["rate(99999999999999 day)", { is: "unit", value: "99999999999999", unit: "day", wanted: "days", isEndless: true }],
    ["cron(0 10 ? * ? *)", { is: "days", both: "?", wanted: "cron(0 10 * * ? *)" }],
    ["cron(60 10 * * ? *)", { is: "field", field: "minutes", value: "60" }],
    ["cron(*/60 10 * * ? *)", { is: "field", field: "minutes", value: "*/60" }],
    ["cron(0 24 * * ? *)", { is: "field", field: "hours", value: "24" }],
    ["cron(0 0 32 * ? *)", { is: "field", field: "dayOfMonth", value: "32" }],
    ["cron(0 0 1 13 ? *)", { is: "field", field: "month", value: "13" }],
    ["cron(0 0 ? * 0 *)", { is: "field", field: "dayOfWeek", value: "0" }],
    ["cron(0 0 ? * 3#1,6#3 *)", { is: "field", field: "dayOfWeek", value: "3#1,6#3" }],
    ["cron(0 0 1 1 ? 1969)", { is: "field", field: "year", value: "1969" }],
    ["cron(0 0 1 1 ? 2200)", { is: "field", field: "year", value: "2200" }],
    ["cron(0 0 30 2 ? *)", { is: "never" }],
    ["cron(0 0 1 1 ? 2025)", { is: "never" }],
  ])("%s", (expression, fault) => {
    expect(checkSchedule(expression, NOW)).toEqual(fault);
    const problem = new Problem("BadSchedule", { expression, fault });
    expect(problem.exitCode).toBe(2);
    const { what, todo } = explain(problems, problem);
    expect(what).toContain(expression);
    // Whoever does what it says has a schedule that AWS takes.
    for (const [, example = ""] of todo.matchAll(/"([^"]+)"/g)) expect(checkSchedule(example, NOW)).toBeUndefined();
    expect(todo).toMatch(fault.is === "field" ? /can be: .*\d/ : /"(rate|cron)\(/);
  });

  const FIELD = fc.constantFrom(
    "*",
    "?",
    "0",
    "0/10",
    "1",
    "32",
    "MON",
    "MON#6",
    "L",
    "2020",
    "2027",
    "60",
    "1-5",
    "x",
    "",
  );
  const UNIT = fc.constantFrom("minute", "MINUTES", "min", "hr", "days", "s", "second");
  it.each([
    ["cron", fc.array(FIELD, { minLength: 5, maxLength: 7 }).map((fields) => `cron(${fields.join(" ")})`)],
    ["rate", fc.tuple(fc.bigInt(-1n, 10n ** 18n), UNIT).map(([value, unit]) => `rate(${value} ${unit})`)],
  ])("every schedule that is advised for a wrong %s is right", (_kind, expressions) => {
    fc.assert(
      fc.property(expressions, (expression) => {
        const fault = checkSchedule(expression, NOW);
        if (fault === undefined) return;
        const { todo } = explain(problems, new Problem("BadSchedule", { expression, fault }));
        for (const [, example = ""] of todo.matchAll(/"([^"]+)"/g)) expect(checkSchedule(example, NOW)).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
  });

  it("a year that is over is a matter of when it is asked", () => {
    expect(checkSchedule("cron(0 0 1 1 ? 2025)")).toBeUndefined();
    expect(checkSchedule("cron(0 0 30 2 ? *)")).toEqual({ is: "never" });
  });
});

describe("the next run", () => {
  it.each([
    ["cron(0 10 * * ? *)", "2026-11-26T10:00:00.000Z"],
    ["cron(* * * * ? *)", "2026-11-26T00:01:00.000Z"],
    ["cron(0 18 ? * MON-FRI *)", "2026-11-26T18:00:00.000Z"],
    ["cron(0/15 * * * ? *)", "2026-11-26T00:15:00.000Z"],
    ["cron(0 0 L 2 ? *)", "2027-02-28T00:00:00.000Z"],
    ["cron(0 0 29 FEB ? *)", "2028-02-29T00:00:00.000Z"],
    // 1 May 2027 and 1 August 2027: a Saturday and a Sunday, and the month is not left.
    ["cron(0 0 1W 5 ? 2027)", "2027-05-03T00:00:00.000Z"],
    ["cron(0 0 1W 8 ? 2027)", "2027-08-02T00:00:00.000Z"],
    ["cron(0 0 31W 1 ? 2027)", "2027-01-29T00:00:00.000Z"],
    ["cron(0 0 ? * 2#1 *)", "2026-12-07T00:00:00.000Z"],
    ["cron(0 0 ? * 5L *)", "2026-12-31T00:00:00.000Z"],
    ["cron(0 0 ? * L *)", "2026-11-28T00:00:00.000Z"],
    ["cron(0 22-2/2 * * ? *)", "2026-11-26T02:00:00.000Z"],
    ["cron(0 0 31 12 ? 2199)", "2199-12-31T00:00:00.000Z"],
  ])("of %s is %s", (expression, due) => {
    expect(nextRun(expression, NOW)?.toISOString()).toBe(due);
  });

  it("of a rate counts from when it was enabled", () => {
    const enabledAt = new Date("2026-11-25T23:58:07.250Z");
    expect(nextRun("rate(5 minutes)", NOW, enabledAt)?.toISOString()).toBe("2026-11-26T00:03:07.250Z");
    expect(nextRun("rate(1 minute)", NOW, enabledAt)?.toISOString()).toBe("2026-11-26T00:01:07.250Z");
    expect(nextRun("rate(1 minute)", NOW)?.toISOString()).toBe("2026-11-26T00:01:30.000Z");
    // Enabled later than that: not before one period after it.
    expect(nextRun("rate(1 hour)", enabledAt, NOW)?.toISOString()).toBe("2026-11-26T01:00:30.000Z");
  });

  it("is not there for what never runs again, or is none", () => {
    for (const expression of ["cron(0 0 1 1 ? 2025)", "cron(0 0 30 2 ? *)", "rate(5 minute)", "", "cron(1)"]) {
      expect(nextRun(expression, NOW)).toBeUndefined();
    }
  });
});

it.each([
  ["5 minutes", "rate(5 minutes)"],
  ["  1   minute ", "rate(1 minute)"],
  ["rate(1 hour)", "rate(1 hour)"],
])("--rate %j is %s", (text, expression) => {
  expect(rateExpression(text)).toBe(expression);
});
