// The command's own reading of schedules against the local cloud's, which shares no code with it: both must say the same of
// what is valid, and of when it runs.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSchedule, nextRun } from "../../src/core/schedule.ts";
import { parseSchedule } from "../../src/local/events/schedule.ts";

const RUNS = 4;
const GREATEST_DATE = 8.64e15;
const MONTHS = ["JAN", "Feb", "JUN", "JUL", "NOV", "dec"];
const DAYS = ["SUN", "mon", "Tue", "WED", "FRI", "SAT"];
const STRANGE = ["?", "", "*,1", "1,", "1-", "/5", "L-3", "1-2-3", "5/0", "*/99", "XYZ", "MON", "JUN"];

interface Range {
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}

/** Names and numbers of a field, seldom one beside it. */
const value = ({ min, max, words = [] }: Range): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.integer({ min, max }).map(String) },
    { weight: 1, arbitrary: fc.integer({ min: Math.max(0, min - 2), max: max + 2 }).map(String) },
    { weight: 1, arbitrary: fc.integer({ min, max }).map((number) => `0${number}`) },
    ...(words.length > 0 ? [{ weight: 20, arbitrary: fc.constantFrom(...words) }] : []),
  );

function field(range: Range, ...special: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  const one = value(range);
  const fromTo = fc.tuple(one, one).map(([from, to]) => `${from}-${to}`);
  const stepped = fc
    .tuple(fc.oneof(fc.constant("*"), one, fromTo), fc.integer({ min: 1, max: range.max }))
    .map(([from, step]) => `${from}/${step}`);
  const part = fc.oneof({ weight: 3, arbitrary: one }, fromTo, stepped);
  return fc.oneof(
    { weight: 20, arbitrary: fc.constant("*") },
    { weight: 20, arbitrary: part },
    { weight: 6, arbitrary: fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join(",")) },
    { weight: 1, arbitrary: fc.constantFrom(...STRANGE) },
    ...special.map((arbitrary) => ({ weight: 10, arbitrary })),
  );
}

const DAY: Range = { min: 1, max: 31 };
const WEEKDAY: Range = { min: 1, max: 7, words: DAYS };
const dayOfMonth = field(
  DAY,
  fc.constantFrom("L", "LW", "l"),
  value(DAY).map((day) => `${day}W`),
);
const dayOfWeek = field(
  WEEKDAY,
  fc.constant("L"),
  value(WEEKDAY).map((day) => `${day}L`),
  fc.tuple(value(WEEKDAY), fc.integer({ min: 0, max: 6 })).map(([day, nth]) => `${day}#${nth}`),
);
const days = fc.oneof(
  { weight: 16, arbitrary: dayOfMonth.map((day) => [day, "?"] as const) },
  { weight: 16, arbitrary: dayOfWeek.map((day) => ["?", day] as const) },
  { weight: 1, arbitrary: fc.tuple(dayOfMonth, dayOfWeek) },
);
const year = fc.oneof(
  { weight: 4, arbitrary: fc.constant("*") },
  field({ min: 1970, max: 2199 }),
  field({ min: 2024, max: 2034 }),
);
const cron = fc
  .tuple(field({ min: 0, max: 59 }), field({ min: 0, max: 23 }), days, field({ min: 1, max: 12, words: MONTHS }), year)
  .map(([minutes, hours, [ofMonth, ofWeek], month, ofYear]) =>
    [minutes, hours, ofMonth, month, ofWeek, ofYear].join(" "),
  )
  .map((fields) => `cron(${fields})`);
const rate = fc
  .tuple(
    fc.oneof(fc.nat(99), fc.nat(), fc.constantFrom("", "-5", "1.5", "05", "1e3")),
    fc.constantFrom("minute", "minutes", "hour", "hours", "day", "days", "MINUTES", "seconds", "weeks", "min"),
    fc.constantFrom(" ", " ", " ", "  ", ""),
  )
  .map(([count, unit, gap]) => `rate(${count}${gap}${unit})`);
const time = fc
  .date({ min: new Date("1999-01-01T00:00:00Z"), max: new Date("2030-12-31T23:59:59Z"), noInvalidDate: true })
  .map((date) => date.getTime());

function localRuns(expression: string, after: number, since: number): number[] {
  const schedule = parseSchedule(expression, since);
  const runs: number[] = [];
  for (let at = schedule?.next(after); at !== undefined && runs.length < RUNS; at = schedule?.next(at)) {
    if (at > GREATEST_DATE) break;
    runs.push(at);
  }
  return runs;
}

function ownRuns(expression: string, after: number, since: number): number[] {
  const runs: number[] = [];
  for (let at: number | undefined = after; runs.length < RUNS;) {
    at = nextRun(expression, new Date(at), new Date(since))?.getTime();
    if (at === undefined) break;
    runs.push(at);
  }
  return runs;
}

function isValid(expression: string): boolean {
  const fault = checkSchedule(expression);
  return fault === undefined || fault.is === "never";
}

function agree(expression: string, after: number, since: number): void {
  expect(isValid(expression)).toBe(parseSchedule(expression, since) !== undefined);
  expect(ownRuns(expression, after, since)).toEqual(localRuns(expression, after, since));
}

describe("the command and the local cloud agree", () => {
  it("on rates", () => {
    fc.assert(fc.property(rate, time, time, agree), { numRuns: 1000 });
  });

  it("on cron expressions", () => {
    fc.assert(fc.property(cron, time, time, agree), { numRuns: 800 });
  });

  it("and are asked about more valid expressions than invalid ones, of every kind", () => {
    const asked = fc.sample(cron, { numRuns: 1500, seed: 1 });
    const valid = asked.filter(isValid);
    expect(valid.length).toBeGreaterThan(asked.length / 2);
    for (const kind of [/L \d/, /LW/, /\dW/, /#/, /\/\d/, /,/, /[a-z]/i]) {
      const some = (all: string[]): number => all.filter((expression) => kind.test(expression.slice(5))).length;
      expect([String(kind), some(valid) > 10]).toEqual([String(kind), true]);
    }
  });

  it("on what is neither", () => {
    fc.assert(fc.property(fc.string(), time, (text, at) => agree(text, at, at)));
  });
});
