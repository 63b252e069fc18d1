// A problem as lines for people, and as `--json` has it.

import type { Problem } from "../core/problem.ts";
import { type Invocation, withCommands } from "./invocation.ts";
import { type Catalogue, explain } from "./text/catalogue.ts";
import { behind, wrappedText } from "./wrapped.ts";

interface Telling {
  readonly text: Catalogue;
  readonly awsls: Invocation;
}

/** Code and data for programs, and what is said of it. */
export function problemDocument(problem: Problem, { text, awsls }: Telling): object {
  const { what, details, todo } = explain(text.problems, problem);
  return { ...problem.toJSON(), what: withCommands(what, awsls), details, todo: withCommands(todo, awsls) };
}

/** One that something else did not fail for. */
export function problemLines(problem: Problem, { text, awsls }: Telling, columns: number | undefined): string[] {
  const { what, details, todo } = explain(text.problems, problem);
  return [
    behind("! ", 2, withCommands(what, awsls), columns),
    ...(details === undefined ? [] : [wrappedText(`  ${details.replaceAll("\n", "\n  ")}`, columns, "  ")]),
    behind("→ ", 2, withCommands(todo, awsls), columns),
  ];
}
