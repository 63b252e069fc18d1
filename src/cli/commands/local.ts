// The local cloud as the user's own.

import type { LocalContext } from "../../commands/context.ts";
import { type LocalCommand, type OptionValues, rendering } from "../command.ts";
import type { Words } from "../render.ts";
import { shellOf } from "../shell.ts";
import type { CommandName, OptionFlags } from "../text/catalogue.ts";

const local = <T>(
  name: CommandName,
  work: (context: LocalContext, options: OptionValues) => Promise<T>,
  lines: (rendering: typeof import("../render.ts"), result: T, words: Words) => string[],
  options: readonly OptionFlags[] = [],
): LocalCommand => ({
  name,
  options,
  on: "local",
  async run(context, values) {
    const loaded = await rendering();
    const result = await work(context, values);
    return { result, lines: (words) => lines(loaded, result, words) };
  },
});

export const LOCAL_COMMANDS: readonly LocalCommand[] = [
  local(
    "local start",
    async (context, values) => {
      const [{ startLocal }, { toStartOptions }] = await Promise.all([
        import("../../commands/local.ts"),
        import("../option-values.ts"),
      ]);
      return startLocal(context, toStartOptions(values));
    },
    ({ renderLocal }, result, words) => renderLocal(result, words),
    ["--port <number>", "--speed <factor>", "--any-credentials"],
  ),
  local(
    "local stop",
    async (context) => (await import("../../commands/local.ts")).stopLocal(context),
    (_, { stopped, folder }, { text }) => [
      stopped ? text.results.localWasStopped(folder) : text.results.localWasNotRunning(folder),
    ],
  ),
  local(
    "local status",
    async (context) => (await import("../../commands/local.ts")).localStatus(context),
    ({ renderLocal }, result, words) => renderLocal(result, words),
  ),
  local(
    "local reset",
    async (context) => (await import("../../commands/local.ts")).resetLocal(context),
    (_, { declined }, { text }) => [declined ? text.results.notDeleted : text.results.localIsEmpty],
  ),
  {
    ...local(
      "local env",
      async (context) => (await import("../../commands/local.ts")).localEnvironment(context),
      (_, { variables, unset }) => {
        const gone = Object.fromEntries(unset.map((name) => [name, undefined]));
        return [shellOf(process.platform).setVariables({ ...gone, ...variables })];
      },
    ),
    isForShell: true,
  },
];
