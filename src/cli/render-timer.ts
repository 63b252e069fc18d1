// Results of the timer's commands as lines for people.

import type { TimerDisableResult } from "../commands/timer-disable.ts";
import type { TimerEnableResult } from "../commands/timer-enable.ts";
import type { TimerInvokeResult } from "../commands/timer-invoke.ts";
import type { TimerRow } from "../commands/timer-rows.ts";
import type { TimerStatusResult } from "../commands/timer-status.ts";
import { harmless } from "./harmless.ts";
import { withCommands } from "./invocation.ts";
import { clockTime, momentOf } from "./moment.ts";
import { keptCodeLines, renderInvoke, renderPlan, type Words } from "./render.ts";
import { notComparedLines, statusRowLines } from "./render-status.ts";
import { behind, wrapped } from "./wrapped.ts";

/** So many of the last runs are shown. */
const RUNS = 5;

/** @param row the first one, when it was waited for */
export function renderTimerEnable(result: TimerEnableResult, words: Words, row?: TimerRow): string[] {
  const { schedule, plan, outcomes, declined, keptCode, due } = result;
  const { text, awsls, look } = words;
  const { results, timer } = text;
  if (declined) return [results.notChanged];
  if (outcomes.length === 0) return renderPlan(plan, words);
  const changed = outcomes.filter(({ outcome }) => outcome !== "none").map(({ subject }) => subject.component);
  const lines = [
    changed.length > 0 ? timer.enabled(schedule) : timer.wasEnabled(schedule),
    ...keptCodeLines(keptCode, words),
  ];
  if (row !== undefined) return [...lines, `${timer.firstRow}  ${JSON.stringify(row.item)}`];
  return [
    ...lines,
    ...(changed.includes("timerRule")
      ? wrapped(timer.firstRun(due === undefined ? undefined : momentOf(Date.parse(due))), look.columns())
      : []),
    `${timer.watchIt}  ${awsls("timer watch")}`,
  ];
}

export function renderTimerDisable({ plan, outcomes }: TimerDisableResult, words: Words): string[] {
  const { text, awsls } = words;
  if (outcomes.length === 0) return renderPlan(plan, words);
  const isChanged = outcomes.some(({ outcome }) => outcome !== "none");
  return [`${isChanged ? text.timer.disabled : text.timer.wasDisabled}  ${awsls("timer enable")}`];
}

export function renderTimerInvoke(result: TimerInvokeResult, words: Words): string[] {
  const { answer, row } = result;
  if (answer === undefined) return renderInvoke(result, words);
  const { timer } = words.text;
  const stored = row === undefined ? [timer.noStoredRow] : [`${timer.storedRow}  ${harmless(JSON.stringify(row))}`];
  return [...renderInvoke(result, words), "", ...stored];
}

export function renderTimerStatus(status: TimerStatusResult, words: Words): string[] {
  const { rule, resources, notCompared, troubles, runs, next, nextWithin: within, speed, rows } = status;
  const { text, awsls, look } = words;
  const { timer } = text;
  const shown = runs.slice(-RUNS);
  return [
    rule === undefined ? timer.noRule : timer.ruleIs(rule),
    ...(rule?.isOn === true
      ? [timer.next({ at: next === undefined ? undefined : momentOf(Date.parse(next)), within, speed })]
      : []),
    ...wrapped(rows === undefined ? timer.noTable : timer.rowsLastHour(rows), look.columns(), "", "  "),
    "",
    ...resources.flatMap((row) => statusRowLines(row, words)),
    "",
    ...notComparedLines(notCompared, words),
    runs.length === 0 ? timer.noRuns : timer.lastRuns(shown.length, runs.length),
    ...shown.map((run) => `  ${clockTime(Date.parse(run.at))}  ${timer.run(run)}`),
    ...(troubles.length === 0 ? [] : [""]),
    ...troubles.map((trouble) => behind("! ", 2, withCommands(timer.troubles[trouble], awsls), look.columns())),
  ];
}
