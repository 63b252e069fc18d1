// Schedule expressions: `rate(5 minutes)` and AWS's six-field `cron(…)`, in UTC. AWS reads the latter as Quartz does: ranges
// may wrap (`22-2`), names have no case, `LW` and `FRIL` are taken. https://github.com/grumBit/aws_cron_expression_validator

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
  return cron === undefined ? undefined : parseCron(cron.trim().split(/[ \t]+/));
}

/** One period after it began, and then every period. */
function every(period: number, since: number): Schedule {
  return { next: (after) => since + Math.max(1, Math.floor((after - since) / period) + 1) * period };
}

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** What else AWS takes as a whole field. */
  readonly special?: RegExp;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const YEARS: Field = { min: 1970, max: 2199 };
const DAYS_OF_WEEK: Field = { min: 1, max: 7, names: DAYS, special: /^(?:L|([1-7A-Z]+)(L|#[1-5]))$/ };
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31, special: /^(?:LW?|(\d+)(W))$/ },
  { min: 1, max: 12, names: MONTHS },
  DAYS_OF_WEEK,
  YEARS,
];

/** Minutes, hours, day of the month, month, day of the week (1 is Sunday), year. */
function parseCron(fields: readonly string[]): Schedule | undefined {
  const [, , dayOfMonth = "", , dayOfWeek = ""] = fields;
  if (fields.length !== FIELDS.length || (dayOfMonth === "?") === (dayOfWeek === "?")) return undefined;
  const translated = FIELDS.map((field, index) => translate((fields[index] ?? "").toUpperCase(), field));
  if (translated.includes(undefined)) return undefined;
  try {
    const cron = new Cron(`0 ${translated.join(" ")}`, { timezone: "UTC", paused: true });
    return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
  } catch {
    return undefined;
  }
}

/** A field as croner writes it: days of the week from 0, steps on ranges alone. */
function translate(text: string, field: Field): string | undefined {
  if (text === "*") return text;
  if (text === "?") return field.special && "*";
  const special = field.special?.exec(text);
  if (special) return translateSpecial(text, field, special);
  const parts = text.split(",").map((part) => translatePart(part, field));
  return parts.includes(undefined) ? undefined : parts.join(",");
}

function translateSpecial(text: string, field: Field, [, day, rest = ""]: readonly string[]): string | undefined {
  // The last day of the week is Saturday.
  if (day === undefined) return field === DAYS_OF_WEEK ? "6" : text;
  const number = numberOf(day, field) - (field === DAYS_OF_WEEK ? 1 : 0);
  return Number.isNaN(number) ? undefined : `${number}${rest}`;
}

function translatePart(part: string, field: Field): string | undefined {
  const [range = "", step, ...more] = part.split("/");
  if (more.length > 0 || (step !== undefined && !isStep(step, field))) return undefined;
  if (range === "*" && step === undefined) return undefined;
  const bounds = range === "*" ? [field.min, field.max] : range.split("-").map((word) => numberOf(word, field));
  const [from, to = step === undefined ? from : field.max] = bounds;
  if (from === undefined || to === undefined || bounds.length > 2 || Number.isNaN(from + to)) return undefined;
  const shift = field === DAYS_OF_WEEK ? 1 : 0;
  if (from > to) return field === YEARS ? undefined : wrapped(from, to, Number(step ?? 1), field, shift);
  return `${from - shift}-${to - shift}${step === undefined ? "" : `/${step}`}`;
}

/** Days of the week have none by AWS's documentation; what leaves the field is refused (aws-sdk-js#4212). */
function isStep(step: string, field: Field): boolean {
  return field !== DAYS_OF_WEEK && /^\d+$/.test(step) && Number(step) >= 1 && Number(step) <= field.max;
}

/** `22-2` by its numbers: croner's ranges go up only. */
function wrapped(from: number, to: number, step: number, { min, max }: Field, shift: number): string {
  const size = max - min + 1;
  const count = Math.floor((to + size - from) / step) + 1;
  return Array.from({ length: count }, (_, n) => ((from + n * step - min) % size) + min - shift).join(",");
}

function numberOf(word: string, { min, max, names = [] }: Field): number {
  const named = names.indexOf(word);
  if (named >= 0) return named + min;
  if (!/^\d+$/.test(word) || word.length > `${max}`.length) return NaN;
  const number = Number(word);
  return number >= min && number <= max ? number : NaN;
}
