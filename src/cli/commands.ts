// The command table: each command's options and, loaded only when it runs, its work. Its words are in the catalogue.

import type { LocalContext, StackContext } from "../commands/context.ts";
import type { Purpose } from "./open-stack.ts";
import type { Words } from "./render.ts";
import type { CommandName, OptionFlags } from "./text/catalogue.ts";

export type OptionValues = Readonly<Record<string, unknown>>;

export interface Finished {
  /** What `--json` prints. */
  readonly result: unknown;
  lines(words: Words): string[];
}

interface BaseCommand {
  /** `table create`: noun and verb as typed. */
  readonly name: CommandName;
  /** Beside the global ones. */
  readonly options?: readonly OptionFlags[];
}

export interface StackCommand extends BaseCommand {
  readonly on: "stack";
  readonly purpose: Purpose;
  /** It sends the handler's code: a syntax error in that is found before any call. */
  readonly deploys?: true;
  /** Looks at the options before anything is opened or called. */
  check?(options: OptionValues): Promise<unknown>;
  run(context: StackContext, options: OptionValues): Promise<Finished>;
}

export interface LocalCommand extends BaseCommand {
  readonly on: "local";
  run(context: LocalContext, options: OptionValues): Promise<Finished>;
}

export type Command = StackCommand | LocalCommand;

export const GLOBAL_OPTIONS: readonly OptionFlags[] = [
  "--local",
  "--stack <name>",
  "--profile <name>",
  "--region <region>",
  "--endpoint-url <url>",
  "--state <file>",
  "--json",
  "-y, --yes",
  "--dry-run",
  "--verbose",
  "--no-color",
];

const CODE: readonly OptionFlags[] = [
  "--architecture <name>",
  "--bundle",
  "--no-bundle",
  "--role-arn <arn>",
  "--no-role-arn",
];

const render = (): Promise<typeof import("./render.ts")> => import("./render.ts");

const created = (
  noun: string,
  name: CommandName,
  { options = [], ...rest }: Partial<Pick<StackCommand, "purpose" | "options" | "deploys">> = {},
): StackCommand => ({
  name,
  options: [...options, "--adopt"],
  on: "stack",
  purpose: "continue",
  ...rest,
  async run(context) {
    const [{ createStep }, { renderStep }] = await Promise.all([import("../commands/step-create.ts"), render()]);
    const result = await createStep(context, noun);
    return { result, lines: (words) => renderStep(result, words) };
  },
});

const shown = (noun: string, name: CommandName): StackCommand => ({
  name,
  on: "stack",
  purpose: "look",
  async run(context) {
    const [{ showStep }, { renderShow }] = await Promise.all([import("../commands/step-show.ts"), render()]);
    const result = await showStep(context, noun, name);
    return { result, lines: (words) => renderShow(result, words) };
  },
});

const deleted = (noun: string, name: CommandName): StackCommand => ({
  name,
  options: ["--adopt"],
  on: "stack",
  purpose: "remove",
  async run(context) {
    const [{ deleteStep }, { renderRemoval }] = await Promise.all([import("../commands/step-delete.ts"), render()]);
    const result = await deleteStep(context, noun);
    return { result, lines: (words) => renderRemoval(result, words) };
  },
});

const local = <T>(
  name: CommandName,
  work: (context: LocalContext, options: OptionValues) => Promise<T>,
  lines: (rendering: typeof import("./render.ts"), result: T, words: Words) => string[],
  options: readonly OptionFlags[] = [],
): LocalCommand => ({
  name,
  options,
  on: "local",
  async run(context, values) {
    const rendering = await render();
    const result = await work(context, values);
    return { result, lines: (words) => lines(rendering, result, words) };
  },
});

export const COMMANDS: readonly Command[] = [
  {
    name: "up",
    options: [...CODE, "--adopt"],
    on: "stack",
    purpose: "make",
    deploys: true,
    async run(context) {
      const [{ up }, { renderUp }] = await Promise.all([import("../commands/up.ts"), render()]);
      const result = await up(context);
      return { result, lines: (words) => renderUp(result, words) };
    },
  },
  {
    name: "test",
    options: ["--id <id>", "--price <number>", "--name <name>", "--keep"],
    on: "stack",
    purpose: "look",
    check: async (values) => (await import("./option-values.ts")).toTestOptions(values),
    async run(context, values) {
      const [{ test }, { renderTest }, { toTestOptions }] = await Promise.all([
        import("../commands/test.ts"),
        render(),
        import("./option-values.ts"),
      ]);
      const result = await test(context, toTestOptions(values));
      return { result, lines: (words) => renderTest(result, words) };
    },
  },
  {
    name: "down",
    options: ["--adopt"],
    on: "stack",
    purpose: "remove",
    async run(context) {
      const [{ down }, { renderRemoval }] = await Promise.all([import("../commands/down.ts"), render()]);
      const result = await down(context);
      const isGone = result.deleted.length > 0;
      return {
        result,
        lines: (words) => [...renderRemoval(result, words), ...(isGone ? [words.text.results.nothingLeft] : [])],
      };
    },
  },
  {
    name: "status",
    on: "stack",
    purpose: "look",
    async run(context) {
      const [{ status }, { renderStatus }] = await Promise.all([import("../commands/status.ts"), render()]);
      const result = await status(context);
      return { result, lines: (words) => renderStatus(result, words) };
    },
  },
  created("table", "table create", { purpose: "make" }),
  shown("table", "table show"),
  {
    name: "table items",
    on: "stack",
    purpose: "look",
    async run(context) {
      const [{ tableItems }, { renderItems }] = await Promise.all([import("../commands/table-items.ts"), render()]);
      const result = await tableItems(context);
      return { result, lines: (words) => renderItems(result, words) };
    },
  },
  deleted("table", "table delete"),
  created("function", "function create", { options: CODE, deploys: true }),
  shown("function", "function show"),
  deleted("function", "function delete"),
  created("api", "api create"),
  shown("api", "api show"),
  deleted("api", "api delete"),
  created("routes", "routes create"),
  shown("routes", "routes list"),
  created("attach", "routes attach"),
  {
    name: "routes detach",
    options: ["--adopt"],
    on: "stack",
    purpose: "change",
    async run(context) {
      const [{ detachStep }, { renderDetach }] = await Promise.all([import("../commands/step-delete.ts"), render()]);
      const result = await detachStep(context);
      return { result, lines: (words) => renderDetach(result, words) };
    },
  },
  deleted("routes", "routes delete"),
  created("integration", "integration create"),
  shown("integration", "integration show"),
  deleted("integration", "integration delete"),
  local(
    "local start",
    async (context, values) => {
      const [{ startLocal }, { toStartOptions }] = await Promise.all([
        import("../commands/local.ts"),
        import("./option-values.ts"),
      ]);
      return startLocal(context, toStartOptions(values));
    },
    ({ renderLocal }, result, words) => renderLocal(result, words),
    ["--port <number>", "--any-credentials"],
  ),
  local(
    "local stop",
    async (context) => (await import("../commands/local.ts")).stopLocal(context),
    (_, { stopped, folder }, { text }) => [
      stopped ? text.results.localWasStopped(folder) : text.results.localWasNotRunning,
    ],
  ),
  local(
    "local status",
    async (context) => (await import("../commands/local.ts")).localStatus(context),
    ({ renderLocal }, result, words) => renderLocal(result, words),
  ),
  local(
    "local reset",
    async (context) => (await import("../commands/local.ts")).resetLocal(context),
    (_, { declined }, { text }) => [declined ? text.results.notDeleted : text.results.localIsEmpty],
  ),
  local(
    "local env",
    async (context) => (await import("../commands/local.ts")).localEnvironment(context),
    ({ renderEnvironment }, result) => renderEnvironment(result, process.platform),
  ),
];
