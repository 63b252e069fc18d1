// Values that a command cannot do without.

import { type EntryName, Problem } from "../core/problem.ts";
import type { Entry, StackContext } from "./context.ts";

/** The option by which each is given where nobody is asked. */
const OPTIONS: Readonly<Record<EntryName, string>> = {
  password: "--password-stdin",
  currentPassword: "--password-stdin",
  newPassword: "--password-stdin",
  mailedCode: "--code",
  totpCode: "--code",
};

/** @throws {Problem} `ValueMissing` where nobody can enter it */
export async function requireEntry({ enter }: Pick<StackContext, "enter">, entry: Entry): Promise<string> {
  const entered = await enter(entry);
  if (entered !== undefined) return entered;
  throw new Problem("ValueMissing", { value: entry.of, option: OPTIONS[entry.of] });
}
