// The timer's options, and its rows as lines.

import { expect, it } from "vitest";
import { toTimerEnableOptions, toTimerWatchOptions } from "../../src/cli/timer-options.ts";
import { renderRow } from "../../src/cli/rows.ts";
import { en as text } from "../../src/cli/text/en.ts";

const NOW = new Date("2026-11-26T00:00:00Z");

it.each([
  [{}, {}],
  [{ rate: "5 minutes" }, { schedule: "rate(5 minutes)" }],
  [{ rate: "rate(1 hour)" }, { schedule: "rate(1 hour)" }],
  [{ schedule: "cron(0/10 * * * ? *)" }, { schedule: "cron(0/10 * * * ? *)" }],
  [
    { schedule: "rate(2 days)", wait: true },
    { schedule: "rate(2 days)", wait: true },
  ],
])("%j", (given, expected) => {
  expect(toTimerEnableOptions(given, NOW)).toEqual({ wait: false, ...expected });
});

it.each([
  [{ rate: "1 minutes" }, "unit"],
  [{ rate: "5 minute" }, "unit"],
  [{ rate: "0 minutes" }, "value"],
  [{ rate: "30 seconds" }, "unit"],
  [{ rate: "" }, "notAnExpression"],
  [{ schedule: "every minute" }, "notAnExpression"],
  [{ schedule: "cron(* * * * *)" }, "fields"],
  [{ schedule: "cron(0 0 31 2 ? *)" }, "never"],
  [{ schedule: "cron(0 0 1 1 ? 2020)" }, "never"],
])("%j is no schedule that EventBridge could run", (given, is) => {
  expect(() => toTimerEnableOptions(given, NOW)).toThrow(
    expect.objectContaining({
      code: "BadSchedule",
      exitCode: 2,
      data: expect.objectContaining({ fault: expect.objectContaining({ is }) as object }) as object,
    }),
  );
});

it("takes one schedule, and a count from 1", () => {
  expect(() => toTimerEnableOptions({ rate: "1 hour", schedule: "rate(1 hour)" }, NOW)).toThrow(
    expect.objectContaining({ code: "InvalidOption" }),
  );
  expect(toTimerWatchOptions({})).toEqual({ count: Infinity });
  expect(toTimerWatchOptions({ count: "3" })).toEqual({ count: 3 });
  for (const count of ["0", "-1", "1.5", "many", ""]) {
    expect(() => toTimerWatchOptions({ count }), count).toThrow(expect.objectContaining({ code: "InvalidOption" }));
  }
});

it("a row is its time, itself, and how long after the one before; it commands no terminal", () => {
  const look = { text, paint: (_style: unknown, words: string) => words, columns: () => undefined };
  const at = new Date();
  at.setHours(12, 5, 7, 9);
  const row = { kind: "item", id: String(at.getTime()), time: at.toISOString(), item: { name: "a\u001b[2J" } } as const;
  expect(renderRow(row, look)).toBe(String.raw`12:05:07.009  {"name":"a\u001b[2J"}`);
  expect(renderRow({ ...row, sinceMs: 60_012 }, look)).toMatch(/ {2}60\.0 s after the one before$/);
});
