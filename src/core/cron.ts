// AWS's six-field cron expressions, in UTC: which are right, and what they name.
// EventBridge reads them as Quartz does: https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html

export const CRON_FIELDS = ["minutes", "hours", "dayOfMonth", "month", "dayOfWeek", "year"] as const;
export type CronField = (typeof CRON_FIELDS)[number];

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** From 1. */
  readonly months: readonly number[];
  readonly years: readonly number[];
  /** The days of a month, from 1. */
  daysOf(year: number, month: number): readonly number[];
}

export type CronFault =
  | { readonly is: "fields"; readonly count: number }
  /** `value` is what stands in the field. */
  | { readonly is: "field"; readonly field: CronField; readonly value: string }
  /** Not exactly one of the days of the month and of the week is `?`; `wanted` is the expression with it, where it is clear. */
  | { readonly is: "days"; readonly both: "given" | "?"; readonly wanted?: string };

interface FieldRule {
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
  readonly hasSteps: boolean;
  /** After the greatest comes the smallest: `22-2`. */
  readonly wraps: boolean;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS_OF_WEEK = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html#eb-cron-expressions */
const RULES: Readonly<Record<CronField, FieldRule>> = {
  minutes: { min: 0, max: 59, hasSteps: true, wraps: true },
  hours: { min: 0, max: 23, hasSteps: true, wraps: true },
  dayOfMonth: { min: 1, max: 31, hasSteps: true, wraps: true },
  month: { min: 1, max: 12, words: MONTHS, hasSteps: true, wraps: true },
  dayOfWeek: { min: 1, max: 7, words: DAYS_OF_WEEK, hasSteps: false, wraps: true },
  year: { min: 1970, max: 2199, hasSteps: true, wraps: false },
};

/** @param text the six fields, without `cron(` and `)` */
export function parseCron(text: string): Cron | CronFault {
  const given = text.split(/[ \t]+/).filter(Boolean);
  const [minutes = "", hours = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = given;
  if (given.length !== CRON_FIELDS.length) return { is: "fields", count: given.length };
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) return daysFault(given);
  const values = { minutes, hours, dayOfMonth, month, dayOfWeek, year };
  const wrong = CRON_FIELDS.find((field) => !isField(values[field], field));
  if (wrong !== undefined) return { is: "field", field: wrong, value: values[wrong] };
  return {
    minutes: numbersOf(minutes, "minutes") ?? [],
    hours: numbersOf(hours, "hours") ?? [],
    months: numbersOf(month, "month") ?? [],
    years: numbersOf(year, "year") ?? [],
    daysOf: (dayOfMonth === "?" ? daysOfWeek(dayOfWeek) : daysOfMonth(dayOfMonth)) ?? (() => []),
  };
}

export function isCronFault(parsed: Cron | CronFault): parsed is CronFault {
  return "is" in parsed;
}

/** Where one of both says no more than "every day", it is the one to become `?`. */
function daysFault(given: readonly string[]): CronFault {
  const [, , dayOfMonth, , dayOfWeek] = given;
  const withAt = (index: number, value: string): string => `cron(${given.with(index, value).join(" ")})`;
  if (dayOfMonth === "?") return { is: "days", both: "?", wanted: withAt(2, "*") };
  if (dayOfWeek === "*") return { is: "days", both: "given", wanted: withAt(4, "?") };
  return { is: "days", both: "given", ...(dayOfMonth === "*" && { wanted: withAt(2, "?") }) };
}

function isField(text: string, field: CronField): boolean {
  if (field === "dayOfMonth") return text === "?" || daysOfMonth(text) !== undefined;
  if (field === "dayOfWeek") return text === "?" || daysOfWeek(text) !== undefined;
  return numbersOf(text, field) !== undefined;
}

/** What a field names, sorted; undefined when AWS does not take it. */
function numbersOf(text: string, field: CronField): number[] | undefined {
  const parts = text.toUpperCase().split(",");
  if (parts.length > 1 && parts.includes("*")) return undefined;
  const found = new Set<number>();
  for (const part of parts) {
    const numbers = partOf(part, RULES[field]);
    if (numbers === undefined) return undefined;
    for (const number of numbers) found.add(number);
  }
  return [...found].toSorted((a, b) => a - b);
}

/** `*`, `5`, `MON-FRI`, each also with a step. */
function partOf(part: string, rule: FieldRule): number[] | undefined {
  const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  if (match === null) return undefined;
  const [, from, to, step] = match;
  const first = from === undefined ? rule.min : numberOf(from, rule);
  const last = to !== undefined ? numberOf(to, rule) : from === undefined || step !== undefined ? rule.max : first;
  if (first === undefined || last === undefined || !isStep(step, rule)) return undefined;
  if (first > last && !rule.wraps) return undefined;
  const size = rule.max - rule.min + 1;
  const numbers = [];
  for (let at = first; at <= (first > last ? last + size : last); at += Number(step ?? 1)) {
    numbers.push(((at - rule.min) % size) + rule.min);
  }
  return numbers;
}

/** A step that leaves the field is none: AWS refuses `*` with 60 in the minutes (aws-sdk-js#4212). */
function isStep(step: string | undefined, { hasSteps, max }: FieldRule): boolean {
  return step === undefined || (hasSteps && Number(step) >= 1 && Number(step) <= max);
}

/** As many digits as the greatest has: AWS takes `07` in the hours, not in the days of the week. */
function numberOf(word: string, { min, max, words = [] }: FieldRule): number | undefined {
  const named = words.indexOf(word);
  if (named >= 0) return named + min;
  const number = Number(word);
  const isNumber = /^\d+$/.test(word) && word.length <= String(max).length;
  return isNumber && number >= min && number <= max ? number : undefined;
}

function daysOfMonth(text: string): Cron["daysOf"] | undefined {
  const upper = text.toUpperCase();
  if (upper === "L") return (year, month) => [lengthOf(year, month)];
  if (upper === "LW") return (year, month) => [nearestWorkday(year, month, lengthOf(year, month))];
  const nearest = /^(\d+)W$/.exec(upper)?.[1];
  if (nearest !== undefined) {
    const day = numberOf(nearest, RULES.dayOfMonth);
    if (day === undefined) return undefined;
    return (year, month) => (day > lengthOf(year, month) ? [] : [nearestWorkday(year, month, day)]);
  }
  const days = numbersOf(text, "dayOfMonth");
  return days && ((year, month) => days.filter((day) => day <= lengthOf(year, month)));
}

function daysOfWeek(text: string): Cron["daysOf"] | undefined {
  const upper = text.toUpperCase();
  const [, ofLast, ofNth, nth] = /^(?:(\w+)L|(\w+)#([1-5]))$/.exec(upper) ?? [];
  if (ofLast !== undefined || ofNth !== undefined) {
    const weekday = numberOf(ofLast ?? ofNth ?? "", RULES.dayOfWeek);
    if (weekday === undefined) return undefined;
    const place = nth === undefined ? -1 : Number(nth) - 1;
    return (year, month) => daysThatAre([weekday], year, month).slice(place).slice(0, 1);
  }
  const weekdays = upper === "L" ? [7] : numbersOf(text, "dayOfWeek");
  return weekdays && ((year, month) => daysThatAre(weekdays, year, month));
}

function daysThatAre(weekdays: readonly number[], year: number, month: number): number[] {
  const all = Array.from({ length: lengthOf(year, month) }, (_, index) => index + 1);
  return all.filter((day) => weekdays.includes(weekdayOf(year, month, day)));
}

/** Monday to Friday, without leaving the month. */
function nearestWorkday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 7) return day === 1 ? 3 : day - 1;
  if (weekday === 1) return day === lengthOf(year, month) ? day - 2 : day + 1;
  return day;
}

/** 1 is Sunday. */
function weekdayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

function lengthOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
