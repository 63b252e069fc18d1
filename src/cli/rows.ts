// Rows of endless commands as lines for people.

import { relative } from "node:path";
import type { styleText } from "node:util";
import type { ItemRow, LogLine, LogRow, RefusedRow, Row, WatchingRow } from "../core/row.ts";
import { harmless } from "./harmless.ts";
import { clockTime, dayOf } from "./moment.ts";
import { type Catalogue, explain } from "./text/catalogue.ts";
import { behind, wrapped, wrappedText } from "./wrapped.ts";

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export interface RowLook {
  readonly text: Catalogue;
  readonly paint: Paint;
  /** Characters a line, where somebody looks at it. */
  columns(): number | undefined;
}

/** Undefined for a row that only `--json` shows. */
export function renderRow(row: Row, look: RowLook): string | undefined {
  const { text, paint, columns } = look;
  const { watch, seconds } = text.results;
  switch (row.kind) {
    case "log":
      return renderLogRow(row, look);
    case "watching":
      return watchingLines(row, look).join("\n");
    case "live":
      return remark(row.at, paint("green", "✔"), watch.live(row.function, seconds(row.ms), row.doubt), look);
    case "refused":
      return refusedLines(row, look).join("\n");
    case "gone":
      return wrappedText(watch.gone(row.stack), columns());
    case "item":
      return itemLine(row, look);
  }
}

/** Where to try it is said once. */
function watchingLines({ function: handler, folder, url }: WatchingRow, { text, columns }: RowLook): string[] {
  const { watching } = text.results.watch;
  return [
    ...(handler === "crud" ? ["", `  ${url}/items`, ""] : []),
    ...wrapped(watching(relative("", folder) || "."), columns()),
  ];
}

function renderLogRow(row: LogRow, look: RowLook): string | undefined {
  const time = timeOf(row.timestamp);
  const line = renderLogLine(row, look, `${time}  `.length);
  if (line === undefined) return undefined;
  const late = row.late === true ? ` ${look.paint("dim", look.text.rows.late)}` : "";
  return `${look.paint("dim", time)}  ${line}${late}`;
}

/** Below this a request id is cut: it would leave too little for the message. */
const WIDE = 120;
const SHORT_ID = 8;
/** In front of further lines, those of a log's tail included. */
const FURTHER = " ".repeat(6);
const STYLES: Readonly<Record<string, Style>> = {
  FATAL: "red",
  ERROR: "red",
  WARN: "yellow",
  DEBUG: "dim",
  TRACE: "dim",
};

/**
 * Without its time; undefined for the platform's lines that say nothing which REPORT does not. What the function wrote is
 * left to the terminal, for it may be copied from there.
 * @param before characters in front of it
 */
function renderLogLine(line: LogLine, { paint, text, columns }: RowLook, before: number): string | undefined {
  const said = saidIn(line, text);
  if (said === undefined) return undefined;
  const { label, words, style } = said;
  const { requestId = "" } = line;
  const isNarrow = (columns() ?? WIDE) < WIDE;
  const id = isNarrow ? requestId.slice(0, SHORT_ID) : requestId;
  const painted = (part: string): string => (style === undefined || part === "" ? part : paint(style, part));
  const width = before + label.padEnd(6).length + (id === "" ? 0 : id.length + 2) + 2;
  const [first = "", ...others] = isOurs(line)
    ? wrapped(harmless(words), columns(), " ".repeat(width), FURTHER).map((each) => each.trimStart())
    : harmless(words).split("\n");
  const head = [painted(label.padEnd(6)), ...(id === "" ? [] : [paint("dim", id)]), painted(first)].join("  ");
  return [head, ...others.map((other) => `    ${painted(other)}`)].join("\n");
}

/** The end of one invocation's log, indented. */
export function renderLogTail(log: readonly LogLine[], look: RowLook): string[] {
  return log.flatMap((line) => renderLogLine(line, look, 2)?.split("\n") ?? []).map((line) => `  ${line}`);
}

/** In words of the catalogue. */
function isOurs({ type }: LogLine): boolean {
  return type === "report" || type === "initReport";
}

interface Said {
  readonly label: string;
  readonly words: string;
  readonly style: Style | undefined;
}

function saidIn({ type, level = "", text: words, report = {} }: LogLine, { rows }: Catalogue): Said | undefined {
  if (type === "output" || type === "platform") return { label: level, words, style: STYLES[level] };
  if (type === "report") {
    return { label: "REPORT", words: rows.report(report), style: report.status === undefined ? "cyan" : "red" };
  }
  if (type !== "initReport" || report.status === undefined) return undefined;
  return { label: "INIT", words: rows.initFailed(report), style: "red" };
}

/** The time of day here; the day as well when it is not today. */
function timeOf(timestamp: number): string {
  const at = new Date(timestamp);
  const time = `${clockTime(timestamp)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  if (at.toDateString() === new Date().toDateString()) return time;
  return `${dayOf(at)} ${time}`;
}

function itemLine({ time, item, sinceMs }: ItemRow, { text, paint }: RowLook): string {
  const since = sinceMs === undefined ? "" : `  ${paint("dim", text.rows.since(text.results.seconds(sinceMs)))}`;
  return `${paint("dim", timeOf(Date.parse(time)))}  ${harmless(JSON.stringify(item))}${since}`;
}

/** Without what to do now: the next save is another try. */
function refusedLines({ at, problem }: RefusedRow, look: RowLook): string[] {
  const { text, paint, columns } = look;
  const { what, details } = explain(text.problems, problem);
  return [
    remark(at, paint("red", "✖"), what, look),
    ...(details === undefined ? [] : [wrappedText(`  ${harmless(details).replaceAll("\n", "\n  ")}`, columns(), "  ")]),
    `  ${text.results.watch.servesOn}`,
  ];
}

/** What came of a save: when, a sign, and words. */
function remark(at: number, sign: string, words: string, { paint, columns }: RowLook): string {
  const time = clockTime(at);
  return behind(`${paint("dim", time)} ${sign} `, time.length + 3, harmless(words), columns());
}
