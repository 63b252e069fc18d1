// Questions to whoever sits at the terminal.

import type { Answer, Question } from "../commands/context.ts";
import { isOnTerminal, promptFor, type Prompting } from "./prompt.ts";
import { listOf } from "./render.ts";
import type { Catalogue } from "./text/catalogue.ts";

export interface Asking extends Prompting {
  readonly text: Catalogue;
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
export async function askOnTerminal(question: string, asking: Asking): Promise<Answer> {
  if (asking.isAgreed) return "beforehand";
  if (!isOnTerminal(asking.host)) return "unasked";
  const answer = (await promptFor(question, false, asking)) ?? "";
  return asking.text.results.yes.test(answer.trim()) ? "yes" : "no";
}
