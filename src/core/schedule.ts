// Schedules of EventBridge's rules: whether AWS takes one, what is wrong with it, when it runs next. All of it in UTC.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html

import { isCronFault, parseCron } from "./cron.ts";
import type { Cron, CronFault } from "./cron.ts";

export type ScheduleFault =
  | { readonly is: "notAnExpression" }
  | { readonly is: "length"; readonly length: number }
  /** `wanted` is AWS's word for it, where there is one; `isEndless`: with it, the first run would be after the end of time. */
  | {
      readonly is: "unit";
      readonly value: string;
      readonly unit: string;
      readonly wanted?: string;
      readonly isEndless?: true;
    }
  | { readonly is: "value"; readonly value: string }
  | { readonly is: "never" }
  | CronFault;

const LONGEST = 256;
const PERIODS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

type Next = (after: number, enabledAt: number) => Date | undefined;

/**
 * @param after a schedule that never runs after it is a fault, though AWS takes it; without it, one that never runs at all
 * @returns undefined when there is nothing wrong with it
 */
export function checkSchedule(expression: string, after: Date = new Date(-1)): ScheduleFault | undefined {
  const parsed = parse(expression);
  if (typeof parsed !== "function") return withRightAdvice(parsed, after);
  return parsed(after.getTime(), after.getTime()) === undefined ? { is: "never" } : undefined;
}

/** What is advised is itself a schedule with nothing wrong. */
function withRightAdvice(fault: ScheduleFault, after: Date): ScheduleFault {
  if (fault.is === "unit" && fault.wanted !== undefined) {
    const isRight = checkSchedule(`rate(${fault.value} ${fault.wanted})`, after) === undefined;
    return isRight ? fault : { ...fault, isEndless: true };
  }
  if (fault.is !== "days" || fault.wanted === undefined || checkSchedule(fault.wanted, after) === undefined)
    return fault;
  return { is: "days", both: fault.both };
}

/**
 * @param enabledAt what a rate counts from: one period later it runs first, and then every period
 * @returns undefined when it never runs again, or is no schedule
 */
export function nextRun(expression: string, after: Date, enabledAt: Date = after): Date | undefined {
  const parsed = parse(expression);
  return typeof parsed === "function" ? parsed(after.getTime(), enabledAt.getTime()) : undefined;
}

/** `5 minutes` as AWS writes it: `rate(5 minutes)`. */
export function rateExpression(text: string): string {
  const words = text.trim().split(/\s+/).join(" ");
  return words.startsWith("rate(") ? words : `rate(${words})`;
}

/** `5 minutes` of `rate(5 minutes)`; undefined for another expression. */
export function rateOf(expression: string): string | undefined {
  return /^rate\((.+)\)$/.exec(expression)?.[1];
}

function parse(expression: string): Next | ScheduleFault {
  if (expression.length > LONGEST) return { is: "length", length: expression.length };
  const [, value, unit] = /^rate\((\S+) (\S+)\)$/.exec(expression) ?? [];
  if (value !== undefined && unit !== undefined) return rateFault(value, unit) ?? nextOfRate(value, unit);
  const fields = /^cron\(([^()\r\n]*)\)$/.exec(expression)?.[1];
  if (fields === undefined) return { is: "notAnExpression" };
  const cron = parseCron(fields);
  return isCronFault(cron) ? cron : (after) => nextOfCron(cron, after);
}

function rateFault(value: string, unit: string): ScheduleFault | undefined {
  if (!/^[1-9]\d*$/.test(value)) return { is: "value", value };
  const name = unitMeant(unit);
  const wanted = name && (value === "1" ? name : `${name}s`);
  if (wanted === unit) return undefined;
  return { is: "unit", value, unit, ...(wanted !== undefined && { wanted }) };
}

/** `MINUTES`, `min` and `m` are minutes to whoever writes them. */
function unitMeant(unit: string): string | undefined {
  const singular = unit.toLowerCase().replace(/(?<=.)s$/, "");
  return Object.keys(PERIODS).find((name) => name.startsWith(singular) || (name === "hour" && singular === "hr"));
}

function nextOfRate(value: string, unit: string): Next {
  const period = Number(value) * (PERIODS[unit.replace(/s$/, "")] ?? NaN);
  return (after, enabledAt) => {
    const periods = Math.max(1, Math.floor((after - enabledAt) / period) + 1);
    const next = new Date(enabledAt + periods * period);
    return Number.isNaN(next.getTime()) ? undefined : next;
  };
}

function nextOfCron(cron: Cron, after: number): Date | undefined {
  for (const year of cron.years) {
    if (Date.UTC(year + 1, 0) <= after) continue;
    for (const month of cron.months) {
      if (Date.UTC(year, month) <= after) continue;
      for (const day of cron.daysOf(year, month)) {
        const found = nextOfDay(cron, Date.UTC(year, month - 1, day), after);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function nextOfDay({ hours, minutes }: Cron, midnight: number, after: number): Date | undefined {
  if (midnight + 86_400_000 <= after) return undefined;
  for (const hour of hours) {
    for (const minute of minutes) {
      const at = midnight + (hour * 60 + minute) * 60_000;
      if (at > after) return new Date(at);
    }
  }
  return undefined;
}
