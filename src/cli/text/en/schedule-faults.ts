// What is wrong with a schedule, each time with one that is right.

import type { CronField } from "../../../core/cron.ts";
import type { ScheduleFault } from "../../../core/schedule.ts";

const EXAMPLES = '"rate(5 minutes)", or "cron(0 9 ? * MON-FRI *)" for 9:00 UTC from Monday to Friday';

const FIELD_ORDER = "minutes, hours, day of the month, month, day of the week, year";

const FIELDS: Readonly<Record<CronField, { readonly name: string; readonly takes: string }>> = {
  minutes: { name: "minutes", takes: "0 to 59, * for all, 0/15 for every 15th, 5,35 or 10-20" },
  hours: { name: "hours", takes: "0 to 23 (UTC), * for all, 0/6 for every 6th, 8,17 or 8-17" },
  dayOfMonth: {
    name: "day of the month",
    takes: "1 to 31, * for all, ? for none, L for the last, 15W for the workday nearest to the 15th, 1,15 or 1-7",
  },
  month: { name: "month", takes: "1 to 12 or JAN to DEC, * for all, JAN,JUL or JUN-AUG" },
  dayOfWeek: {
    name: "day of the week",
    takes: "1 (Sunday) to 7 or SUN to SAT, ? for none, MON-FRI, FRIL for the last Friday, MON#1 for the first Monday",
  },
  year: { name: "year", takes: "1970 to 2199, * for all, 2027,2028 or 2027-2030" },
};

/** Why it is not a schedule, and what to do. */
export function explainFault(fault: ScheduleFault): { why: string; todo: string } {
  switch (fault.is) {
    case "notAnExpression":
      return { why: "it is neither rate(…) nor cron(…)", todo: `Give ${EXAMPLES}.` };
    case "length":
      return { why: `it has ${fault.length} characters, and AWS takes 256`, todo: `Give ${EXAMPLES}.` };
    case "value":
      return {
        why: `${fault.value} is not a whole number of minutes, hours or days from 1 on`,
        todo: 'Give one such as "rate(1 minute)", the shortest, or "rate(5 minutes)".',
      };
    case "unit":
      return explainUnit(fault);
    case "fields":
      return {
        why: `cron has six fields at AWS, not ${fault.count}: ${FIELD_ORDER}`,
        todo: 'Give all of them: "cron(0 9 * * ? *)" is 9:00 UTC every day.',
      };
    case "field":
      return {
        why: `"${fault.value}" cannot be its ${FIELDS[fault.field].name}`,
        todo: `The ${FIELDS[fault.field].name} can be: ${FIELDS[fault.field].takes}.`,
      };
    case "days":
      return {
        why: "of the day of the month and the day of the week, exactly one has to be ?",
        todo: `Give ${fault.wanted === undefined ? '"cron(0 9 1 * ? *)" for days of the month, "cron(0 9 ? * MON *)" for days of the week' : `"${fault.wanted}"`}.`,
      };
    case "never":
      return { why: "there is no such time any more", todo: `Give one that comes again: ${EXAMPLES}.` };
  }
}

function explainUnit({ value, unit, wanted, isEndless }: ScheduleFault & { is: "unit" }): {
  why: string;
  todo: string;
} {
  const todo = 'Give one such as "rate(5 minutes)".';
  if (wanted === undefined) return { why: `${unit} is not a unit: AWS has minutes, hours and days`, todo };
  const why = `AWS writes ${value} ${wanted}, not ${value} ${unit}`;
  return { why, todo: isEndless === true ? todo : `Give "rate(${value} ${wanted})".` };
}
