// Rows of endless commands as lines for people.

import { relative } from "node:path";
import type { styleText } from "node:util";
import type { ItemRow, LogLine, LogRow, RefusedRow, Row } from "../core/row.ts";
import { harmless } from "./harmless.ts";
import { type Catalogue, explain } from "./text/catalogue.ts";

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
  const { text, paint } = look;
  const { watch, seconds } = text.results;
  switch (row.kind) {
    case "log":
      return renderLogRow(row, look);
    case "watching":
      // Where to try it is said once.
      return `${row.function === "crud" ? `\n  ${row.url}/items\n\n` : ""}${watch.watching(relative("", row.folder) || ".")}`;
    case "live":
      return `${paint("dim", clockTime(row.at))} ${paint("green", "✔")} ${harmless(watch.live(row.function, seconds(row.ms), row.doubt))}`;
    case "refused":
      return refusedLines(row, look).join("\n");
    case "gone":
      return watch.gone(row.stack);
    case "item":
      return itemLine(row, look);
  }
}

function renderLogRow(row: LogRow, look: RowLook): string | undefined {
  const line = renderLogLine(row, look);
  if (line === undefined) return undefined;
  const late = row.late === true ? ` ${look.paint("dim", look.text.rows.late)}` : "";
  return `${look.paint("dim", timeOf(row.timestamp))}  ${line}${late}`;
}

/** Below this a request id is cut: it would leave too little for the message. */
const WIDE = 120;
const SHORT_ID = 8;
const STYLES: Readonly<Record<string, Style>> = {
  FATAL: "red",
  ERROR: "red",
  WARN: "yellow",
  DEBUG: "dim",
  TRACE: "dim",
};

/** Without its time; undefined for the platform's lines that say nothing which REPORT does not. */
function renderLogLine(line: LogLine, { paint, text, columns }: RowLook): string | undefined {
  const said = saidIn(line, text);
  if (said === undefined) return undefined;
  const { label, words, style } = said;
  const { requestId = "" } = line;
  const isNarrow = (columns() ?? WIDE) < WIDE;
  const id = isNarrow ? requestId.slice(0, SHORT_ID) : requestId;
  const [first = "", ...others] = harmless(words).split("\n");
  const painted = (part: string): string => (style === undefined || part === "" ? part : paint(style, part));
  const head = [painted(label.padEnd(6)), ...(id === "" ? [] : [paint("dim", id)]), painted(first)].join("  ");
  return [head, ...others.map((other) => `    ${painted(other)}`)].join("\n");
}

/** The end of one invocation's log, indented. */
export function renderLogTail(log: readonly LogLine[], look: RowLook): string[] {
  return log.flatMap((line) => renderLogLine(line, look)?.split("\n") ?? []).map((line) => `  ${line}`);
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
  const two = (number: number): string => String(number).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  if (at.toDateString() === new Date().toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

function itemLine({ time, item, sinceMs }: ItemRow, { text, paint }: RowLook): string {
  const since = sinceMs === undefined ? "" : `  ${paint("dim", text.rows.since(text.results.seconds(sinceMs)))}`;
  return `${paint("dim", timeOf(Date.parse(time)))}  ${harmless(JSON.stringify(item))}${since}`;
}

/** Without what to do now: the next save is another try. */
function refusedLines({ at, problem }: RefusedRow, { text, paint }: RowLook): string[] {
  const { what, details } = explain(text.problems, problem);
  return [
    `${paint("dim", clockTime(at))} ${paint("red", "✖")} ${harmless(what)}`,
    ...(details === undefined ? [] : [`  ${harmless(details).replaceAll("\n", "\n  ")}`]),
    `  ${text.results.watch.servesOn}`,
  ];
}

/** `14:05:09`, here. */
export function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}
