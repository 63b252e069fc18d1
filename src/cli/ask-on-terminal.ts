// Questions to whoever sits at the terminal.

import type { Answer, Question } from "../commands/context.ts";
import { Problem } from "../core/problem.ts";
import { harmless } from "./harmless.ts";
import type { Host } from "./host.ts";
import { listOf } from "./render.ts";
import type { Reporter } from "./reporter.ts";
import type { Catalogue } from "./text/catalogue.ts";

export interface Asking {
  readonly text: Catalogue;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** `--yes` */
  readonly isAgreed: boolean;
}

/** The words of a command's question; names in it may be anybody's. */
export function wordsOf(question: Question, text: Catalogue): string {
  const { askToDelete, askToDetach, askToTakeOver } = text.results;
  if (question.about === "removal") return askToDelete(listOf(question.resources, text));
  return question.about === "detach" ? askToDetach(question) : askToTakeOver(question);
}

/**
 * Asks where somebody can answer.
 * @throws {Problem} `Interrupted` after Ctrl-C at the question
 */
export async function askOnTerminal(
  question: string,
  { text, host, reporter, signal, isAgreed }: Asking,
): Promise<Answer> {
  if (isAgreed) return "beforehand";
  if (!host.stdin.isTTY || !host.stderr.isTTY) return "unasked";
  reporter.pause();
  const { createInterface } = await import("node:readline/promises");
  const prompt = createInterface({ input: host.stdin, output: host.stderr });
  // While it asks, the terminal is raw: Ctrl-C is a key that only the prompt sees.
  let isInterrupted = false;
  prompt.once("SIGINT", () => {
    isInterrupted = true;
    prompt.close();
  });
  const closed = new Promise<string>((resolve) => prompt.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([prompt.question(harmless(question), { signal }), closed]);
    if (isInterrupted) throw new Problem("Interrupted", { during: "asking" });
    return text.results.yes.test(answer.trim()) ? "yes" : "no";
  } finally {
    prompt.close();
  }
}
