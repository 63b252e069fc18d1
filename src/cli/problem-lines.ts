// A problem as lines for people, and as `--json` has it.

import type { Problem } from "../core/problem.ts";
import { type Invocation, withCommands } from "./invocation.ts";
import { type Catalogue, explain } from "./text/catalogue.ts";

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
export function problemLines(problem: Problem, { text, awsls }: Telling): string[] {
  const { what, details, todo } = explain(text.problems, problem);
  return [
    `! ${withCommands(what, awsls)}`,
    ...(details === undefined ? [] : details.split("\n").map((line) => `  ${line}`)),
    `→ ${withCommands(todo, awsls)}`,
  ];
}
