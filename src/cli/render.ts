// Results of commands as lines for people: stdout of everything but --json.

import { relative } from "node:path";
import type { EjectResult } from "../commands/function-eject.ts";
import type { DetachResult } from "../commands/step-delete.ts";
import type { InvokeResult } from "../commands/invoke-handler.ts";
import type { LogsResult } from "../commands/logs.ts";
import type { LocalStatus } from "../commands/local.ts";
import type { RemovalResult } from "../commands/removal.ts";
import type { ShowResult } from "../commands/step-show.ts";
import type { StepResult } from "../commands/step-create.ts";
import type { ItemsResult } from "../commands/table-items.ts";
import type { TestResult } from "../commands/test.ts";
import type { UpResult } from "../commands/up.ts";
import type { Removed } from "../commands/context.ts";
import type { Planned } from "../stack/plan.ts";
import { changeLinesOf, printed } from "./change-lines.ts";
import { harmless } from "./harmless.ts";
import type { Invocation } from "./invocation.ts";
import { renderLogTail, renderRow, type RowLook } from "./rows.ts";
import { groupsOf } from "./takeover-lines.ts";
import type { Catalogue } from "./text/catalogue.ts";
import { wrapped, wrappedText } from "./wrapped.ts";

/** What lines are made of: the language, and how a next command is written. */
export interface Words {
  readonly text: Catalogue;
  readonly awsls: Invocation;
  readonly look: RowLook;
}

export function renderUp(result: UpResult, words: Words): string[] {
  const { url = "", outcomes, ms, plan, declined, keptCode, wantsToken } = result;
  const { text, awsls } = words;
  if (declined) return [text.results.notChanged];
  if (outcomes.length === 0) return renderPlan(plan, words);
  const { results } = text;
  const changed = outcomes.filter(({ outcome }) => outcome !== "none").length;
  const summary = changed === 0 ? results.nothingToDo : results.changed(changed, outcomes.length);
  return [
    `${summary} (${results.seconds(ms)})`,
    ...keptCodeLines(keptCode, words),
    "",
    `  ${url}/items`,
    "",
    `${results.tryIt}  ${awsls("test")}`,
    `${" ".repeat(results.tryIt.length)}  ${wantsToken ? `${awsls("auth token --header")} | curl -H @- ` : "curl "}${url}/items`,
  ];
}

export function renderStep({ outcomes, plan, step, next, declined, keptCode }: StepResult, words: Words): string[] {
  const { text, awsls } = words;
  if (declined) return [text.results.notChanged];
  if (outcomes.length === 0) return renderPlan(plan, words);
  const { results } = text;
  const isChanged = outcomes.some(({ outcome }) => outcome !== "none");
  return [
    ...keptCodeLines(keptCode, words),
    `${isChanged ? results.stepDone(step) : results.stepWasDone(step)} ${results.next}  ${awsls(next)}`,
  ];
}

export function keptCodeLines(paths: readonly string[] = [], { text }: Words): string[] {
  return paths.map((path) => text.results.keptCode(relative("", path)));
}

export function renderPlan(plan: readonly Planned[], { text }: Words): string[] {
  const taken = plan.filter(({ takesOver }) => takesOver === true);
  const todo = plan.filter(({ action, takesOver }) => action !== "none" || takesOver === true);
  if (todo.length === 0) return [text.results.wouldNotChange];
  const signs = { create: "+", update: "~", replace: "±", delete: "-", none: "=" } as const;
  return [
    text.results.wouldChange,
    ...todo.flatMap(({ subject, id, action, changes, takesOver, users, deletes = [] }) => [
      `  ${signs[action]} ${text.label(subject.component)} ${text.title({ ...subject, id })}${takesOver ? ` (${text.results.takenOver})` : ""}`,
      ...changeLinesOf(changes, text.results, "      "),
      ...(users === undefined ? [] : [`      ${text.takeover.usedToo(users)}`]),
      ...deletes.map(({ component, name }) => `  ${signs.delete} ${text.label(component)} ${name}`),
    ]),
    ...(todo.some(({ deletes }) => deletes !== undefined) ? [text.takeover.policiesGo] : []),
    ...groupsOf(taken).map(({ belongsTo, resources }) => `${text.takeover.heading(resources.length, belongsTo)}.`),
  ];
}

/** @param command as in the table */
export function renderRemoval(removal: RemovalResult, command: string, { text, awsls }: Words): string[] {
  const { deleted, planned, leftAlone, inUse, declined, ms } = removal;
  const { results } = text;
  if (declined) return [results.notDeleted];
  if (planned.length > 0) return [results.wouldDelete, listOf(planned, text)];
  if (deleted.length === 0 && inUse.length > 0) return [results.notDeleted];
  if (deleted.length === 0) return [leftAlone.length === 0 ? results.notThere(awsls(command)) : results.nothingOurs];
  return [results.deleted(deleted.length, results.seconds(ms))];
}

export function renderEject(
  { handler, outcome, file }: EjectResult,
  dryRun: boolean,
  { text, awsls, look }: Words,
): string[] {
  const { results } = text;
  const shown = relative("", file);
  if (dryRun) return wrapped(results.wouldEject[outcome](shown), look.columns());
  const said = wrappedText(results.ejected[outcome](shown), look.columns()).split("\n");
  if (outcome === "notEjected" || outcome === "packaged") return said;
  const isTimer = handler === "timer";
  const next = [`${results.deployIt}  ${awsls(isTimer ? "timer enable" : "up")}`];
  if (outcome !== "undone" && !isTimer) next.push(`${results.deployAtSaves}  ${awsls("up --watch")}`);
  return [...said, "", ...next];
}

/** One line a resource. */
export function listOf(removed: readonly Removed[], { label, title, results }: Catalogue): string {
  const line = (each: Removed): string => {
    const notes = results.removalNotes(each);
    return `  - ${label(each.component)} ${title(each)}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
  };
  return removed.map(line).join("\n");
}

export function renderDetach(result: DetachResult, dryRun: boolean, { text, awsls }: Words): string[] {
  const { planned, detached, declined, next } = result;
  const { results } = text;
  if (declined) return [results.notChanged];
  if (dryRun) return [planned === 0 ? results.wouldNotChange : results.wouldDetach(planned)];
  return [detached === 0 ? results.noTarget : `${results.detached(detached)}  ${awsls(next)}`];
}

export function renderShow({ shown }: ShowResult, { text }: Words): string[] {
  return shown.flatMap(({ subject, live, tags, node }, index) => [
    ...(index === 0 ? [] : [""]),
    `${text.label(subject.component)} ${subject.name}`,
    ...memberLines({
      ...(live as object),
      ...(node === undefined ? {} : { runsOn: text.results.runsOn(node) }),
      ...(tags === undefined ? {} : { tags }),
    }),
  ]);
}

/** Members as indented lines, their values in one column; empty lists say nothing. */
function memberLines(value: object, indent = "  "): string[] {
  const isEmpty = (member: unknown): boolean => Array.isArray(member) && member.length === 0;
  const members = Object.entries(value).filter(([, member]) => member !== undefined && !isEmpty(member));
  const width = Math.max(0, ...members.filter(([, member]) => isPlain(member)).map(([name]) => name.length));
  return members.flatMap(([key, member]) => {
    const name = Array.isArray(value) ? "-" : key;
    if (isPlain(member)) return [`${indent}${name.padEnd(width)}  ${printed(member)}`];
    return [`${indent}${name}`, ...memberLines(member as object, `${indent}  `)];
  });
}

function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return true;
  return Array.isArray(value) && value.every((each) => typeof each !== "object");
}

export function renderTest({ exchanges, planned, kept, item, url }: TestResult, { text }: Words): string[] {
  const { results } = text;
  if (planned.length > 0) {
    return [
      results.wouldSend,
      ...planned.map(({ method, url: to, sent = "", note }) =>
        `  ${method} ${to} ${sent}${note === undefined ? "" : ` (${text.progress.notes[note]})`}`.trimEnd(),
      ),
    ];
  }
  return [
    results.allAnswered(exchanges.length),
    ...(kept ? [`${results.kept(item.id)} curl ${url}/items/${encodeURIComponent(item.id)}`] : []),
  ];
}

export function renderLogs({ rows, logGroup, since }: LogsResult, { text, look }: Words): string[] {
  const lines = rows.map((row) => renderRow(row, look)).filter((line) => line !== undefined);
  return lines.length === 0 ? wrapped(text.results.noLines(logGroup, since), look.columns()) : lines;
}

export function renderInvoke({ function: name, planned, answer }: InvokeResult, { text, look }: Words): string[] {
  const { results } = text;
  if (answer === undefined) return [results.wouldInvoke, JSON.stringify(planned, null, 2)];
  const { status, ms, payload, log } = answer;
  const tail = renderLogTail(log, look);
  return [
    results.invoked(name, status, results.seconds(ms)),
    harmless(JSON.stringify(payload, null, 2)),
    ...(tail.length === 0 ? [] : ["", results.logTail, ...tail]),
  ];
}

export function renderItems({ items, truncated, table }: ItemsResult, { text }: Words): string[] {
  if (items.length === 0) return [text.results.empty(table)];
  return [
    ...items.map((item) => JSON.stringify(item)),
    ...(truncated ? [text.results.moreItems(items.length, table)] : []),
  ];
}

export function renderLocal({ running, cloud, folder, hasData }: LocalStatus, { text, awsls, look }: Words): string[] {
  const { results } = text;
  const told = (line: string): string[] => wrapped(line, look.columns(), "", "  ");
  if (cloud !== undefined && running) return [results.localRuns(cloud), results.localData(folder)].flatMap(told);
  return told(hasData ? `${results.localIsStopped(folder)}  ${awsls("local start")}` : results.localIsNot(folder));
}
