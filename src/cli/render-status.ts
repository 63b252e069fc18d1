// The stack as it is, as lines for people.

import type { NotCompared } from "../commands/code-here.ts";
import type { StatusResult, StatusRow } from "../commands/status.ts";
import { changeLines } from "./change-lines.ts";
import { problemDocument, problemLines } from "./problem-lines.ts";
import type { Words } from "./render.ts";

export function renderStatus(status: StatusResult, words: Words): string[] {
  const { stack, target, resources, timer, next } = status;
  const { text, awsls } = words;
  const { stackOn, next: nextIs, notAttached, timerIs } = text.results;
  const named = (row: StatusRow): StatusRow => {
    const { subject } = row;
    return isBare(row, status) ? { ...row, subject: { ...subject, name: `${subject.name}, ${notAttached}` } } : row;
  };
  return [
    stackOn(stack, target),
    "",
    ...resources.flatMap((row) => statusRowLines(named(row), words)),
    "",
    ...notComparedLines(status.notCompared, words),
    ...(timer === undefined ? [] : [timerIs(timer)]),
    ...urlLines(status, words),
    `${nextIs}  ${awsls(next)}`,
  ];
}

/** For `--json`: of each problem also what is said of it. */
export function withNotCompared(result: { readonly notCompared: readonly NotCompared[] }, words: Words): object {
  const notCompared = result.notCompared.map((each) => ({ ...each, problem: problemDocument(each.problem, words) }));
  return { ...result, notCompared };
}

/** A resource as it is, and what differs. */
export function statusRowLines({ subject, id, step, condition, changes }: StatusRow, { text }: Words): string[] {
  const { conditions } = text.results;
  const signs = { exists: "✔", missing: "·", drifted: "~", foreign: "!", unknown: "?", leftover: "-" } as const;
  const label = text.label(subject.component).padEnd(11);
  return [
    `${signs[condition]} ${step ?? " "}  ${label}  ${conditions[condition].padEnd(7)}  ${text.title({ ...subject, id })}`,
    ...changes.flatMap((change) => changeLines(change, text.results, "                 ")),
  ];
}

export function notComparedLines(all: readonly NotCompared[], words: Words): string[] {
  return all.flatMap(({ problem }) => [...problemLines(problem, words), ""]);
}

/** Routes that lead nowhere. */
function isBare({ subject, condition }: StatusRow, { attached }: StatusResult): boolean {
  return subject.component === "routes" && condition !== "missing" && !attached;
}

function urlLines(status: StatusResult, { text }: Words): string[] {
  const { url, urlNeeds, resources } = status;
  if (url === undefined) return [];
  const wanting = urlNeeds.flatMap((id) => {
    const row = resources.find(({ subject }) => subject.component === id);
    if (row === undefined) return [];
    const is = isBare(row, status) ? text.results.notAttached : text.results.conditions[row.condition];
    return [`${text.label(id)} ${is}`];
  });
  return [text.results.urlIs(`${url}/items`, wanting)];
}
