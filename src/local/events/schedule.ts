// Schedule expressions: `rate(5 minutes)` and AWS's six-field `cron(…)`, in UTC.

import { Cron } from "croner";

/** When a schedule is due. */
export interface Schedule {
  /** The first time after that one, in milliseconds; undefined when there is none any more. */
  next(after: number): number | undefined;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * @param since what a rate counts from, in milliseconds
 * @returns undefined for what AWS calls not valid
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseSchedule(expression: string, since: number): Schedule | undefined {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate !== null) {
    const [, count = "", unit = "", plural] = rate;
    // `1 minute`, `5 minutes`: AWS refuses `1 minutes` and `5 minute`.
    if ((count === "1") !== (plural === "")) return undefined;
    return every(Number(count) * (UNITS[unit] ?? 0), since);
  }
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1];
  return cron === undefined ? undefined : parseCron(cron.trim().split(/\s+/));
}

/** One period after it began, and then every period. */
function every(period: number, since: number): Schedule {
  return { next: (after) => since + Math.max(1, Math.floor((after - since) / period) + 1) * period };
}

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** What else AWS takes as a whole field or as a member of its list. */
  readonly special?: RegExp;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31, special: /^(L|([1-9]|[12]\d|3[01])W)$/ },
  { min: 1, max: 12, names: MONTHS },
  { min: 1, max: 7, names: DAYS, special: /^(L|[1-7]L|[1-7]#[1-5])$/ },
  { min: 1970, max: 2199 },
];

/** Minutes, hours, day of the month, month, day of the week (1 is Sunday), year. */
function parseCron(fields: readonly string[]): Schedule | undefined {
  const [, , dayOfMonth = "", , dayOfWeek = ""] = fields;
  if (fields.length !== FIELDS.length || (dayOfMonth === "?") === (dayOfWeek === "?")) return undefined;
  const translated = fields.map((text, index) => translate(text, index));
  if (translated.includes(undefined)) return undefined;
  try {
    const cron = new Cron(`0 ${translated.join(" ")}`, { timezone: "UTC", paused: true });
    return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
  } catch {
    return undefined;
  }
}

/** A field as croner writes it: days of the week from 0, steps on ranges alone. */
function translate(text: string, index: number): string | undefined {
  const field = FIELDS[index];
  if (field === undefined) return undefined;
  const isDay = index === 2 || index === 4;
  if (text === "?") return isDay ? "*" : undefined;
  const parts = text.toUpperCase().split(",");
  // One expression is all that # may be.
  if (parts.length > 1 && parts.some((part) => part.includes("#"))) return undefined;
  const translated = parts.map((part) => translatePart(part, field, index === 4));
  return translated.includes(undefined) ? undefined : translated.join(",");
}

function translatePart(part: string, field: Field, isWeekday: boolean): string | undefined {
  if (field.special?.test(part) === true) {
    if (!isWeekday) return part;
    // The last day of the week is Saturday.
    return part === "L" ? "6" : `${Number(part[0]) - 1}${part.slice(1)}`;
  }
  const [range = "", step, ...more] = part.split("/");
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return undefined;
  const shift = isWeekday ? 1 : 0;
  const bounds = range === "*" ? [field.min, field.max] : range.split("-").map((word) => numberOf(word, field));
  const [from, to = step === undefined ? from : field.max] = bounds;
  if (from === undefined || to === undefined || bounds.length > 2 || Number.isNaN(from + to) || from > to)
    return undefined;
  if (range === "*" && step === undefined) return "*";
  return `${from - shift}-${to - shift}${step === undefined ? "" : `/${step}`}`;
}

function numberOf(word: string, { min, max, names = [] }: Field): number {
  const named = names.indexOf(word);
  if (named >= 0) return named + min;
  const number = /^\d+$/.test(word) ? Number(word) : NaN;
  return number >= min && number <= max ? number : NaN;
}
