// Passwords that a script hands over on stdin, a line each: never in the process list, unlike an option's value.

import { createInterface, type Interface } from "node:readline";
import { type EntryName, Problem } from "../core/problem.ts";

export interface PasswordLines {
  /**
   * The next line, whole but for its end.
   * @throws {Problem} `ValueMissing` when there is none or it is empty, `Interrupted` after Ctrl-C
   */
  next(value: EntryName): Promise<string>;
  close(): void;
}

/** Nothing is read before the first is asked for. */
export function passwordLines(stdin: NodeJS.ReadableStream, signal: AbortSignal): PasswordLines {
  let input: { readonly reader: Interface; readonly lines: AsyncIterator<string> } | undefined;
  let line = 0;
  const open = (): NonNullable<typeof input> => {
    const reader = createInterface({ input: stdin, crlfDelay: Infinity, signal });
    return { reader, lines: reader[Symbol.asyncIterator]() };
  };
  return {
    async next(value) {
      input ??= open();
      const read = await input.lines.next();
      if (signal.aborted) throw new Problem("Interrupted", { during: "asking" });
      line += 1;
      // PowerShell puts a byte order mark in front.
      const password = read.done === true ? "" : read.value.replace(/^\uFEFF/, "");
      if (password === "") throw new Problem("ValueMissing", { value, option: "--password-stdin", line });
      return password;
    },
    close: () => input?.reader.close(),
  };
}
