// Values of the timer's options, checked before anything is called.

import type { TimerEnableOptions } from "../commands/timer-enable.ts";
import type { TimerWatchOptions } from "../commands/timer-watch.ts";
import { Problem } from "../core/problem.ts";
import { checkSchedule, rateExpression } from "../core/schedule.ts";
import type { OptionValues } from "./command.ts";
import { requireRun } from "./option-values.ts";

/** @throws {Problem} `BadSchedule` for what EventBridge would refuse or never run, `InvalidOption` for two schedules */
export function toTimerEnableOptions(
  { rate, schedule, wait }: OptionValues,
  now = new Date(),
): TimerEnableOptions & { readonly wait: boolean } {
  if (rate !== undefined && schedule !== undefined) {
    throw new Problem("InvalidOption", { option: "--rate", value: String(rate), must: "oneSchedule" });
  }
  const options = { wait: wait === true };
  if (typeof rate === "string") return { ...options, schedule: checked(rateExpression(rate), now) };
  return typeof schedule === "string" ? { ...options, schedule: checked(schedule, now) } : options;
}

function checked(expression: string, now: Date): string {
  const fault = checkSchedule(expression, now);
  if (fault !== undefined) throw new Problem("BadSchedule", { expression, fault });
  return expression;
}

/** @throws {Problem} `InvalidOption` */
export function toTimerWatchOptions({ count, ...more }: OptionValues): TimerWatchOptions {
  requireRun("timer watch", more);
  if (typeof count !== "string") return { count: Infinity };
  if (!/^[1-9]\d{0,8}$/.test(count)) {
    throw new Problem("InvalidOption", { option: "--count", value: count, must: "count" });
  }
  return { count: Number(count) };
}
