// The timer's commands.

import type { TimerTexts } from "../catalogue.ts";
import { results } from "./results.ts";

export const timer: TimerTexts = {
  enabled: (schedule) => `The timer is on: ${schedule}.`,
  wasEnabled: (schedule) => `Nothing to do: the timer is on already: ${schedule}.`,
  firstRun: (due) =>
    `${due === undefined ? "" : `It runs first at about ${due}. `}EventBridge may take a minute or so until it notices a new rule: give it that long.`,
  firstRow: "The first row:",
  watchIt: "Rows as they come:",
  disabled: "The timer is off; everything stays. On again:",
  wasDisabled: "Nothing to do: the timer is off already. On again:",
  storedRow: "The row as stored:",
  noStoredRow: "No row of that answer is in the table.",
  ruleIs: ({ name, isOn, schedule }) => `Rule ${name}: ${isOn ? "on" : "off"}, ${schedule ?? "no schedule"}`,
  noRule: "There is no rule: nothing runs.",
  next(time, speed) {
    if (speed !== undefined) return `Next run: by the local cloud's time, which is ${speed} times as fast`;
    return `Next run: ${time === undefined ? "none any more" : `at about ${time}`}`;
  },
  rowsLastHour: ({ lastHour, pages }) =>
    `Rows of the last hour: ${lastHour} (counted by a Scan, which reads the whole table${pages > 1 ? `: ${pages} MB` : ""})`,
  noTable: "There is no table: no rows.",
  noRuns: "Runs of the last hour: none in the log",
  lastRuns: (shown, all) => `Runs of the last hour: ${all} in the log${shown < all ? `, the last ${shown}` : ""}`,
  run: ({ id, error, durationMs }) =>
    [
      ...(error === undefined ? [] : [`failed: ${error}`]),
      ...(id === undefined ? [] : [`row ${id}`]),
      ...(durationMs === undefined ? [] : [results.seconds(durationMs)]),
    ].join("  "),
  troubles: {
    table: "The table is not there, so every run fails. `awsls table create` makes it again.",
    function: "The function is not there, so nothing runs. `awsls timer enable` makes it again.",
    rule: "The rule is not there, so nothing runs. `awsls timer enable` makes it again.",
    target: "The rule does not call the function. `awsls timer enable` repairs it.",
    permission:
      "EventBridge may not invoke the function, and says so nowhere but here. `awsls timer enable` repairs it.",
    failing: "The last run failed. `awsls logs timer` shows all of its log.",
  },
};
