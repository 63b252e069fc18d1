// One line from whoever sits at the terminal: seen as it is typed, or not.

import { Writable } from "node:stream";
import { Problem } from "../core/problem.ts";
import { harmless } from "./harmless.ts";
import type { Host } from "./host.ts";
import type { Reporter } from "./reporter.ts";
import { wrappedText } from "./wrapped.ts";

export interface Prompting {
  readonly host: Host;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** Somebody can be asked. */
export function isOnTerminal({ stdin, stderr }: Host): boolean {
  return stdin.isTTY && stderr.isTTY;
}

/**
 * @param isSecret what is typed does not appear; the terminal shows it again afterwards, whatever happens
 * @returns undefined at the end of the input (Ctrl-D)
 * @throws {Problem} `Interrupted` after Ctrl-C
 */
export async function promptFor(
  words: string,
  isSecret: boolean,
  { host, reporter, signal }: Prompting,
): Promise<string | undefined> {
  reporter.pause();
  const { createInterface } = await import("node:readline/promises");
  // What readline draws, the typed characters among it, goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({
    input: host.stdin,
    output: isSecret ? nowhere : host.stderr,
    terminal: true,
    historySize: 0,
  });
  // While it asks, the terminal is raw: Ctrl-C is a key that only the prompt sees.
  let isInterrupted = false;
  prompt.once("SIGINT", () => {
    isInterrupted = true;
    prompt.close();
  });
  const closed = new Promise<undefined>((resolve) => prompt.once("close", () => resolve(undefined)));
  try {
    const shown = wrappedText(harmless(words), host.stderr.columns, "  ");
    if (isSecret) host.stderr.write(shown);
    const answer = await Promise.race([prompt.question(isSecret ? "" : shown, { signal }), closed]);
    if (isInterrupted) throw new Problem("Interrupted", { during: "asking" });
    return answer;
  } finally {
    prompt.close();
    if (isSecret) host.stderr.write("\n");
  }
}
