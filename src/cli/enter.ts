// Values that a command needs and was not given: lines of stdin, or asked for on the terminal.

import type { Entry, TotpSecret } from "../commands/context.ts";
import { toCode } from "../core/one-time-code.ts";
import { type EntryName, Problem } from "../core/problem.ts";
import type { OptionValues } from "./command.ts";
import { wantsColor } from "./host.ts";
import { type PasswordLines, passwordLines } from "./password-lines.ts";
import { isOnTerminal, promptFor, type Prompting } from "./prompt.ts";
import type { Catalogue } from "./text/catalogue.ts";

interface Entering extends Prompting {
  readonly text: Pick<Catalogue, "entries">;
  readonly options: OptionValues;
}

export interface Entries {
  /**
   * @returns undefined where nobody can enter it
   * @throws {Problem} `ValueMissing` for a line that stdin does not have, `Interrupted` after Ctrl-C or at the end of the input
   */
  enter(entry: Entry): Promise<string | undefined>;
  /** Of stdin, when it was read. */
  close(): void;
}

const PASSWORDS: ReadonlySet<EntryName> = new Set(["password", "currentPassword", "newPassword"]);

/** Of one command: its passwords are lines of the same stdin. */
export function entriesOf(entering: Entering): Entries {
  const { host, options, signal } = entering;
  // On a terminal it is asked for all the same: what is typed there would be seen.
  const isPiped = options["passwordStdin"] === true && !host.stdin.isTTY;
  const passwords = isPiped ? passwordLines(host.stdin, signal) : undefined;
  return { enter: (entry) => enter(entry, entering, passwords), close: () => passwords?.close() };
}

async function enter(
  { of, secret }: Entry,
  entering: Entering,
  passwords: PasswordLines | undefined,
): Promise<string | undefined> {
  const { host, options, text } = entering;
  const isPassword = PASSWORDS.has(of);
  if (isPassword && passwords !== undefined) return passwords.next(of);
  // Who reads JSON is told the secret there.
  if (!isOnTerminal(host) || (secret !== undefined && options["json"] === true)) return undefined;
  if (secret !== undefined) await showSecret(secret, entering);
  if (!isPassword) return promptForCode(text.entries.prompt(of), entering);
  return of === "newPassword" ? promptTwice(entering) : promptUntilGiven(text.entries.prompt(of), entering);
}

async function promptForCode(words: string, entering: Entering): Promise<string> {
  for (let asked = words; ; asked = entering.text.entries.sixDigits) {
    const code = toCode(await mustGive(promptFor(asked, false, entering)));
    if (code !== undefined) return code;
  }
}

async function promptTwice(entering: Entering): Promise<string> {
  const { prompt, again, differ } = entering.text.entries;
  for (let asked = prompt("newPassword"); ; asked = differ) {
    const password = await promptUntilGiven(asked, entering);
    if ((await promptUntilGiven(again, entering)) === password) return password;
  }
}

async function promptUntilGiven(words: string, entering: Entering): Promise<string> {
  for (;;) {
    const given = await mustGive(promptFor(words, true, entering));
    if (given !== "") return given;
  }
}

/** Ctrl-D gives nothing, and takes everything back. */
async function mustGive(typed: Promise<string | undefined>): Promise<string> {
  const given = await typed;
  if (given === undefined) throw new Problem("Interrupted", { during: "asking" });
  return given;
}

async function showSecret(secret: TotpSecret, { host, text, options }: Entering): Promise<void> {
  const { enrolmentLines } = await import("./enrolment-lines.ts");
  const { columns, rows } = host.stderr;
  const screen = { columns, rows, wantsColor: wantsColor(options, host.env) };
  for (const line of enrolmentLines(secret, text, screen)) host.stderr.write(`${line}\n`);
}
