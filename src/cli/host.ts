// The part of the process that the command line works with, and how it is given its output.

import { Problem } from "../core/problem.ts";
import type { OptionValues } from "./command.ts";
import { harmlessJson } from "./harmless.ts";

export type Host = Pick<NodeJS.Process, "env" | "stdin" | "stdout" | "stderr" | "cwd" | "on" | "off" | "kill">;

/** With `--no-color` or `NO_COLOR` set to anything nobody does. */
export function wantsColor(options: OptionValues, env: NodeJS.ProcessEnv): boolean {
  return options["color"] !== false && (env["NO_COLOR"] ?? "") === "";
}

/** @throws {Problem} `OutputLost` when it could not be written: a full disk is no success */
export function writeOut({ stdout }: Host, printed: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(printed, (error) => {
      // A reader that has seen enough is none.
      if (!error || ("code" in error && error.code === "EPIPE")) resolve();
      else reject(new Problem("OutputLost", { reason: error.message }));
    });
  });
}

/**
 * @param indent 0 for one line, as endless commands have it
 * @throws {Problem} `OutputLost`
 */
export function writeJson(host: Host, document: unknown, indent = 2): Promise<void> {
  return writeOut(host, `${harmlessJson(document, indent)}\n`);
}
