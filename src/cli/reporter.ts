// What is seen while a command runs: one spinner on a terminal, plain lines elsewhere, all on stderr.

import { styleText } from "node:util";
import type { Ora } from "ora";
import type { RunEvent, Subject } from "../core/event.ts";
import type { Problem } from "../core/problem.ts";
import { type Invocation, withCommands } from "./invocation.ts";
import { type Catalogue, explain, say } from "./text/catalogue.ts";

export interface Reporter {
  emit(event: RunEvent): void;
  problem(problem: Problem): void;
  /** Takes the spinner off the screen until the next event. */
  pause(): void;
  /** Ends the spinner: nothing is drawn after it, whatever still comes in. */
  end(): void;
}

export interface ReporterOptions {
  readonly stderr: NodeJS.WriteStream;
  readonly isTerminal: boolean;
  readonly hasColor: boolean;
  readonly isVerbose: boolean;
  readonly isJson: boolean;
  readonly awsls: Invocation;
  readonly text: Catalogue;
}

type Style = Parameters<typeof styleText>[0];

export async function createReporter(options: ReporterOptions): Promise<Reporter> {
  const { stderr, isTerminal, hasColor, isVerbose, isJson, awsls, text: words } = options;
  const { progress, results, label } = words;
  const paint = (style: Style, text: string): string =>
    hasColor ? styleText(style, text, { validateStream: false }) : text;
  const underWay = new Map<string, string>();
  let spinner: Ora | undefined;
  let isEnded = false;
  // On a terminal that says it is 0 columns wide ora would clear lines for ever.
  if (isTerminal && stderr.columns > 0 && !isJson) {
    const { default: ora } = await import("ora");
    // With ora's default of discarding stdin Ctrl-C would be lost.
    spinner = ora({ stream: stderr, discardStdin: false, ...(hasColor ? {} : { color: "white" as const }) });
  }
  const line = (text: string): void => {
    // One write: the spinner's line is cleared before and drawn again after it.
    if (spinner?.isSpinning === true) spinner.clear();
    stderr.write(`${text}\n`);
  };
  const keyOf = ({ component, name }: Subject): string => `${component} ${name}`;
  const refresh = (): void => {
    if (spinner === undefined || isEnded) return;
    if (underWay.size === 0) return void spinner.stop();
    const text = [...underWay.values()].join(" · ");
    const width = stderr.columns - 4;
    spinner.text = text.length > width ? `${text.slice(0, Math.max(width - 1, 1))}…` : text;
    if (!spinner.isSpinning) spinner.start();
  };
  return {
    emit(event) {
      if (event.type === "started") {
        underWay.set(keyOf(event.subject), `${progress.doing[event.action]} ${label(event.subject.component)}`);
      } else if (event.type === "waiting" && underWay.has(keyOf(event.subject))) {
        underWay.set(keyOf(event.subject), `${label(event.subject.component)}: ${progress.waiting(event.waiting)}`);
      } else if (event.type === "finished") {
        underWay.delete(keyOf(event.subject));
        if (!isJson && event.outcome !== "none") {
          const { component, name } = event.subject;
          line(
            `${paint("green", "✔")} ${label(component).padEnd(11)}  ${progress.done[event.outcome].padEnd(10)}  ${name}  ${paint("dim", results.seconds(event.ms))}`,
          );
        }
      } else if (event.type === "failed") {
        underWay.delete(keyOf(event.subject));
        if (!isJson)
          line(
            `${paint("red", "✖")} ${label(event.subject.component).padEnd(11)}  ${progress.failed.padEnd(10)}  ${event.subject.name}`,
          );
      } else if (event.type === "notice") {
        line(withCommands(say(words.notices, event), awsls));
      } else if (event.type === "exchange" && !isJson) {
        const sign = event.passed ? paint("green", "✔") : paint("red", "✖");
        line(`${sign} ${event.method} ${event.url}`);
        if (event.sent !== undefined) line(`    → ${event.sent}`);
        line(`    ← ${event.status} ${shorten(event.body, progress)}  ${paint("dim", results.seconds(event.ms))}`);
        if (event.expected !== undefined) line(`    ${progress.expected(event.expected)}`);
      } else if (event.type === "call" && isVerbose) {
        line(
          paint(
            "dim",
            `aws ${event.service} ${kebab(event.operation)} ${event.status ?? event.error ?? ""} ${results.seconds(event.ms)}`,
          ),
        );
      }
      refresh();
    },
    problem(problem) {
      const { what, details, todo } = explain(words.problems, problem);
      line(`${paint("red", "✖")} ${withCommands(what, awsls)}`);
      if (details !== undefined) line(details.startsWith("  ") ? details : `  ${details.replaceAll("\n", "\n  ")}`);
      line(`→ ${withCommands(todo, awsls)}`);
    },
    pause: () => void spinner?.stop(),
    end() {
      isEnded = true;
      underWay.clear();
      spinner?.stop();
    },
  };
}

const LONGEST_BODY = 500;

function shorten(body: string, { shortened }: Catalogue["progress"]): string {
  return body.length > LONGEST_BODY ? shortened(body.slice(0, LONGEST_BODY), body.length) : body;
}

function kebab(operation: string): string {
  return operation.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}
