// What is seen while a command runs: one spinner on a terminal, plain lines elsewhere, all on stderr; rows on stdout.

import { styleText } from "node:util";
import type { Ora } from "ora";
import type { ConnectedEvent, RunEvent, Subject } from "../core/event.ts";
import type { Exchange } from "../core/exchange.ts";
import type { Problem } from "../core/problem.ts";
import { createCallLines } from "./call-lines.ts";
import { withAwsTarget } from "./aws-target.ts";
import { harmless, harmlessJson, harmlessOnOneLine } from "./harmless.ts";
import { type Invocation, withCommands } from "./invocation.ts";
import { type Paint, renderLogTail, renderRow, type RowLook } from "./rows.ts";
import type { Shell } from "./shell.ts";
import { type Catalogue, explain, type Explained, say } from "./text/catalogue.ts";
import { behind, wrappedText } from "./wrapped.ts";

export interface Reporter {
  /** How rows look on stdout. */
  readonly look: RowLook;
  emit(event: RunEvent): void;
  /** In words, its commands as they can be typed for where this run went. */
  explained(problem: Problem): Explained;
  problem(problem: Problem): void;
  /** Takes the spinner off the screen until the next event. */
  pause(): void;
  /** Ends the spinner: nothing is drawn after it, whatever still comes in. */
  end(): void;
}

export interface ReporterOptions {
  readonly stderr: NodeJS.WriteStream;
  /** For rows alone. */
  readonly stdout: NodeJS.WriteStream;
  readonly isTerminal: boolean;
  /** Where the stream is a terminal. */
  readonly wantsColor: boolean;
  readonly isVerbose: boolean;
  readonly isJson: boolean;
  readonly awsls: Invocation;
  /** Whose quotes commands are written with. */
  readonly shell: Shell;
  readonly text: Catalogue;
}

export async function createReporter(options: ReporterOptions): Promise<Reporter> {
  const { stderr, stdout, wantsColor, isJson, text } = options;
  const paint = paintOn(stderr, wantsColor);
  const look: RowLook = { text, paint: paintOn(stdout, wantsColor), columns: () => stdout.columns };
  const linesOf = createLines(options, paint);
  const spinner = await createSpinner(options);
  const underWay = createUnderWay(text);
  let isEnded = false;
  let connected: ConnectedEvent | undefined;
  const explained = (problem: Problem): Explained => explainedFor(connected, problem, options);
  const write = (line: string, stream = stderr): void => {
    // The spinner's line is cleared before and drawn again after it.
    if (spinner?.isSpinning === true) spinner.clear();
    stream.write(`${line}\n`);
  };
  return {
    look,
    explained,
    emit(event) {
      underWay.take(event);
      if (event.type === "connected") connected = event;
      if (event.type === "row") {
        const line = isJson ? harmlessJson(event.row) : renderRow(event.row, look);
        if (line !== undefined) write(line, stdout);
      }
      for (const line of linesOf(event)) write(line);
      if (spinner === undefined || isEnded) return;
      const doing = underWay.text(stderr.columns - 4);
      if (doing === undefined) {
        if (spinner.isSpinning) spinner.stop();
        return;
      }
      spinner.text = doing;
      if (!spinner.isSpinning) spinner.start();
    },
    problem(problem) {
      const { what, details, log = [], todo } = explained(problem);
      // What others wrote is in it: answers, error messages, logs.
      const { columns } = stderr;
      write(behind(`${paint("red", "✖")} `, 2, harmless(what), columns));
      if (details !== undefined) {
        const lines = details.startsWith("  ") ? details : `  ${details.replaceAll("\n", "\n  ")}`;
        write(wrappedText(harmless(lines), columns, "  "));
      }
      const tail = renderLogTail(log, { text, paint, columns: () => columns });
      if (tail.length > 0) write([text.results.logTail, ...tail].join("\n"));
      write(behind("→ ", 2, harmless(todo), columns));
    },
    pause: () => void spinner?.stop(),
    end() {
      isEnded = true;
      spinner?.stop();
    },
  };
}

function explainedFor(
  connected: ConnectedEvent | undefined,
  problem: Problem,
  { awsls, shell, text: { problems, progress } }: ReporterOptions,
): Explained {
  const words = explain(problems, problem);
  const todo = withAwsTarget(withCommands(words.todo, awsls), { connected, shell, awsls, progress });
  return { ...words, what: withCommands(words.what, awsls), todo };
}

function paintOn(stream: NodeJS.WriteStream, wantsColor: boolean): Paint {
  const hasColor = wantsColor && stream.isTTY;
  return (style, word) => (hasColor ? styleText(style, word, { validateStream: false }) : word);
}

async function createSpinner({ stderr, isTerminal, isJson, wantsColor }: ReporterOptions): Promise<Ora | undefined> {
  // On a terminal that says it is 0 columns wide ora would clear lines for ever.
  if (!isTerminal || !(stderr.columns > 0) || isJson) return undefined;
  const { default: ora } = await import("ora");
  // With ora's default of discarding stdin Ctrl-C would be lost.
  return ora({ stream: stderr, discardStdin: false, ...(wantsColor ? {} : { color: "white" as const }) });
}

interface UnderWay {
  take(event: RunEvent): void;
  /** All that is under way and what each waits for, cut to the width; undefined when nothing is. */
  text(width: number): string | undefined;
}

function createUnderWay({ progress, label }: Catalogue): UnderWay {
  const doing = new Map<string, string>();
  const keyOf = ({ component, name }: Subject): string => `${component} ${name}`;
  return {
    take(event) {
      if (event.type === "started") {
        doing.set(keyOf(event.subject), `${progress.doing[event.action]} ${label(event.subject.component)}`);
      } else if (event.type === "waiting" && doing.has(keyOf(event.subject))) {
        doing.set(keyOf(event.subject), `${label(event.subject.component)}: ${progress.waiting(event.waiting)}`);
      } else if (event.type === "finished" || event.type === "failed") {
        doing.delete(keyOf(event.subject));
      }
    },
    text(width) {
      if (doing.size === 0) return undefined;
      const all = harmlessOnOneLine([...doing.values()].join(" · "));
      return all.length > width ? `${all.slice(0, Math.max(width - 1, 1))}…` : all;
    },
  };
}

/** The lines that stay on the screen for an event. With `--json`, only what is said in passing. */
function createLines(options: ReporterOptions, paint: Paint): (event: RunEvent) => string[] {
  const { stderr, isTerminal, isVerbose, isJson, awsls, shell, text } = options;
  const { progress, label, results } = text;
  const callLines = createCallLines({ shell, awsls, progress, dim: (line) => paint("dim", line) });
  const subjectLine = (sign: string, { component, name }: Subject, outcome: string, ms?: number): string => {
    const line = `${label(component).padEnd(13)}  ${outcome.padEnd(10)}  ${harmlessOnOneLine(name)}`;
    const took = ms === undefined ? "" : `  ${results.seconds(ms)}`;
    // On a narrow terminal the time is the first to go.
    const isTooLong = isTerminal && line.length + took.length + 2 > stderr.columns;
    return `${behind(`${sign} `, 2, line, stderr.columns)}${isTooLong ? "" : paint("dim", took)}`;
  };
  let connected: ConnectedEvent | undefined;
  return (event) => {
    if (event.type === "connected") connected = event;
    if (event.type === "notice") {
      const said = withCommands(harmless(say(text.notices, event, stderr.columns || Infinity)), awsls);
      return [wrappedText(withAwsTarget(said, { connected, shell, awsls, progress }), stderr.columns)];
    }
    if (event.type === "call" || event.type === "connected") return isVerbose ? callLines(event) : [];
    if (isJson) return [];
    if (event.type === "exchange") return exchangeLines(event, text, paint);
    if (event.type === "failed") return [subjectLine(paint("red", "✖"), event.subject, progress.failed)];
    if (event.type !== "finished" || event.outcome === "none") return [];
    return [subjectLine(paint("green", "✔"), event.subject, progress.done[event.outcome], event.ms)];
  };
}

function exchangeLines(exchange: Exchange, { progress, results }: Catalogue, paint: Paint): string[] {
  const { passed, method, url, sent, status, body, ms, expected, note } = exchange;
  const noted = note === undefined ? "" : paint("dim", ` (${progress.notes[note]})`);
  return [
    `${passed ? paint("green", "✔") : paint("red", "✖")} ${method} ${url}${noted}`,
    ...(sent === undefined ? [] : [`    → ${harmlessOnOneLine(sent)}`]),
    `    ← ${status} ${harmlessOnOneLine(shorten(body, progress))}  ${paint("dim", results.seconds(ms))}`,
    ...(expected === undefined ? [] : [`    ${progress.expected(expected)}`]),
  ];
}

const LONGEST_BODY = 500;

function shorten(body: string, { shortened }: Catalogue["progress"]): string {
  return body.length > LONGEST_BODY ? shortened(body.slice(0, LONGEST_BODY), body.length) : body;
}
