// The stack as it is, as lines for people.

import type { NotCompared } from "../commands/code-here.ts";
import type { StatusResult, StatusRow } from "../commands/status.ts";
import { changeLines } from "./change-lines.ts";
import { problemDocument, problemLines } from "./problem-lines.ts";
import type { Words } from "./render.ts";
import { wrapped, wrappedText } from "./wrapped.ts";

/** In front of what a line of the status has no room for. */
const FURTHER = " ".repeat(7);

export function renderStatus(status: StatusResult, words: Words): string[] {
  const { stack, target, resources, timer, auth, identity, next } = status;
  const { text, awsls, look } = words;
  const { stackOn, next: nextIs, notAttached, timerIs, authIs, identityIs } = text.results;
  const named = (row: StatusRow): StatusRow => {
    const { subject } = row;
    return isBare(row, status) ? { ...row, subject: { ...subject, name: `${subject.name}, ${notAttached}` } } : row;
  };
  return [
    ...wrapped(stackOn(stack, target), look.columns()),
    "",
    ...resources.flatMap((row) => statusRowLines(named(row), words)),
    "",
    ...notComparedLines(status.notCompared, words),
    ...(timer === undefined ? [] : [timerIs(timer)]),
    ...(auth === undefined ? [] : wrapped(authIs(auth), look.columns(), "", "  ")),
    ...(identity === undefined ? [] : wrapped(identityIs(identity), look.columns(), "", "  ")),
    ...urlLines(status, words),
    ...wrapped(`${nextIs}  ${awsls(next)}`, look.columns(), "", FURTHER),
  ];
}

/** For `--json`: of each problem also what is said of it. */
export function withNotCompared(result: { readonly notCompared: readonly NotCompared[] }, words: Words): object {
  const notCompared = result.notCompared.map((each) => ({ ...each, problem: problemDocument(each.problem, words) }));
  return { ...result, notCompared };
}

/** A resource as it is, and what differs. */
export function statusRowLines({ subject, id, step, condition, changes }: StatusRow, { text, look }: Words): string[] {
  const { conditions } = text.results;
  const signs = { exists: "✔", missing: "·", drifted: "~", foreign: "!", unknown: "?", leftover: "-" } as const;
  const label = text.label(subject.component).padEnd(13);
  const row = `${signs[condition]} ${step ?? " "}  ${label}  ${conditions[condition].padEnd(7)}  ${text.title({ ...subject, id })}`;
  const different = changes.flatMap((change) => changeLines(change, text.results, "                 "));
  return [
    ...wrapped(row, look.columns(), "", FURTHER),
    ...different.map((line) => wrappedText(line, look.columns(), "  ")),
  ];
}

export function notComparedLines(all: readonly NotCompared[], words: Words): string[] {
  return all.flatMap(({ problem }) => [...problemLines(problem, words, words.look.columns()), ""]);
}

/** Routes that lead nowhere. */
function isBare({ subject, condition }: StatusRow, { attached }: StatusResult): boolean {
  return subject.component === "routes" && condition !== "missing" && !attached;
}

function urlLines(status: StatusResult, { text, look }: Words): string[] {
  const { url, urlNeeds, resources } = status;
  if (url === undefined) return [];
  const wanting = urlNeeds.flatMap((id) => {
    const row = resources.find(({ subject }) => subject.component === id);
    if (row === undefined) return [];
    const is = isBare(row, status) ? text.results.notAttached : text.results.conditions[row.condition];
    return [`${text.label(id)} ${is}`];
  });
  return wrapped(text.results.urlIs(`${url}/items`, wanting), look.columns(), "", FURTHER);
}
