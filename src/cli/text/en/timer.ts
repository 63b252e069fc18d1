// The timer's commands.

import type { TimerTexts } from "../catalogue.ts";
import { results } from "./results.ts";

export const timer: TimerTexts = {
  enabled: (schedule) => `The timer is on: ${schedule}.`,
  wasEnabled: (schedule) => `Nothing to do: the timer is on already: ${schedule}.`,
  firstRun: (due) =>
    `${due === undefined ? "" : `It runs first at about ${due}. `}EventBridge may take a minute or so until it notices a change: give it that long.`,
  firstRow: "The first row:",
  watchIt: "Rows as they come:",
  disabled: "The timer is off; everything stays. On again:",
  wasDisabled: "Nothing to do: the timer is off already. On again:",
  storedRow: "The row as stored:",
  noStoredRow: "No row of that answer is in the table.",
  ruleIs: ({ name, isOn, schedule }) => `Rule ${name}: ${isOn ? "on" : "off"}, ${schedule ?? "no schedule"}`,
  noRule: "There is no rule: nothing runs.",
  next({ at, within, speed }) {
    if (speed !== undefined) return `Next run: by the local cloud's time, which is ${speed} times as fast`;
    if (within !== undefined) return `Next run: within ${within} (since when the rule counts is not recorded)`;
    return `Next run: ${at === undefined ? "none any more" : `at about ${at}`}`;
  },
  rowsLastHour: ({ lastHour, pages }) =>
    `Rows of the last hour: ${lastHour} (counted by a Scan, which reads the whole table${pages > 1 ? `: ${pages} MB` : ""})`,
  noTable: "There is no table: no rows.",
  noRuns: "Runs of the last hour: none in the log",
  lastRuns: (shown, all) => `Runs of the last hour: ${all} in the log${shown < all ? `, the last ${shown}` : ""}`,
  run: ({ id, error, durationMs, attempts }) =>
    [
      ...(error === undefined ? [] : [`failed: ${error}`]),
      ...(id === undefined ? [] : [`row ${id}`]),
      ...(attempts === undefined ? [] : [`at the ${ordinal(attempts)} attempt`]),
      ...(durationMs === undefined ? [] : [results.seconds(durationMs)]),
    ].join("  "),
  troubles: {
    table: "The table is not there, so every run fails. `awsls table create` makes it again.",
    role: "The function's role is not as it should be, so runs may fail. `awsls timer enable` repairs it.",
    logGroup:
      "The log group is not as it should be, so runs may not be shown, or be kept for ever. `awsls timer enable` repairs it.",
    function: "The function is not there, so nothing runs. `awsls timer enable` makes it again.",
    rule: "The rule is not there, so nothing runs. `awsls timer enable` makes it again.",
    off: "The rule is off, though the timer was turned on here, so nothing runs. `awsls timer enable` turns it on.",
    target: "The rule does not call the function. `awsls timer enable` repairs it.",
    twice:
      "Another target of the rule calls the function, too, so that each time it runs twice. `aws events list-targets-by-rule` shows both; take the other one off with `aws events remove-targets`.",
    permission:
      "EventBridge may not invoke the function, and says so nowhere but here. `awsls timer enable` repairs it.",
    statement:
      "The statement that lets EventBridge invoke the function is not as it should be. The last run came all the same: by another statement, by hand, or before. `awsls timer enable` repairs it.",
    failing: "The last run failed. `awsls logs timer` shows all of its log.",
  },
};

function ordinal(number: number): string {
  return ["1st", "2nd", "3rd"][number - 1] ?? `${number}th`;
}
