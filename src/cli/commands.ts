// The command table: each command's words, options and, loaded only when it runs, its work.

import type { LocalContext, StackContext } from "../commands/context.ts";
import type { Purpose } from "./open-stack.ts";
import type { Invocation } from "./invocation.ts";

export type OptionValues = Readonly<Record<string, unknown>>;

export interface Finished {
  /** What `--json` prints. */
  readonly result: unknown;
  lines(awsls: Invocation): string[];
}

interface BaseCommand {
  /** `table create`: noun and verb as typed. */
  readonly name: string;
  readonly summary: string;
  /** Commander's flags → description, beside the global ones. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface StackCommand extends BaseCommand {
  readonly on: "stack";
  readonly purpose: Purpose;
  /** Looks at the options before anything is opened or called. */
  check?(options: OptionValues): Promise<unknown>;
  run(context: StackContext, options: OptionValues): Promise<Finished>;
}

export interface LocalCommand extends BaseCommand {
  readonly on: "local";
  run(context: LocalContext, options: OptionValues): Promise<Finished>;
}

export type Command = StackCommand | LocalCommand;

const CODE_OPTIONS = {
  "--architecture <name>": "x86_64 (default) or arm64",
  "--bundle": "put the AWS SDK into the function's zip, for runtimes that have none",
  "--no-bundle": "leave it out again",
  "--role-arn <arn>": "use a role that exists; it is never changed or deleted",
};
const ADOPT = { "--adopt": "take over resources of these names that are not this stack's" };

const created = (noun: string, summary: string, options: Record<string, string> = {}): StackCommand => ({
  name: noun === "attach" ? "routes attach" : `${noun} create`,
  summary,
  options: { ...options, ...ADOPT },
  on: "stack",
  purpose: "make",
  async run(context) {
    const [{ createStep }, { renderStep }] = await Promise.all([
      import("../commands/step-create.ts"),
      import("./render.ts"),
    ]);
    const result = await createStep(context, noun);
    return { result, lines: (awsls) => renderStep(result, awsls) };
  },
});

const shown = (noun: string, verb: "show" | "list"): StackCommand => ({
  name: `${noun} ${verb}`,
  summary: `${verb} what \`${noun} create\` made`,
  on: "stack",
  purpose: "look",
  async run(context) {
    const [{ showStep }, { renderShow }] = await Promise.all([
      import("../commands/step-show.ts"),
      import("./render.ts"),
    ]);
    const result = await showStep(context, noun);
    return { result, lines: () => renderShow(result) };
  },
});

const deleted = (noun: string, summary: string): StackCommand => ({
  name: `${noun} delete`,
  summary,
  on: "stack",
  purpose: "remove",
  async run(context) {
    const [{ deleteStep }, { renderRemoval }] = await Promise.all([
      import("../commands/step-delete.ts"),
      import("./render.ts"),
    ]);
    const result = await deleteStep(context, noun);
    return { result, lines: () => renderRemoval(result) };
  },
});

const local = <T>(
  name: string,
  summary: string,
  work: (context: LocalContext, options: OptionValues) => Promise<T>,
  lines: (render: typeof import("./render.ts"), result: T, awsls: Invocation) => string[],
  options: Record<string, string> = {},
): LocalCommand => ({
  name: `local ${name}`,
  summary,
  options,
  on: "local",
  async run(context, values) {
    const render = await import("./render.ts");
    const result = await work(context, values);
    return { result, lines: (awsls) => lines(render, result, awsls) };
  },
});

export const COMMANDS: readonly Command[] = [
  {
    name: "up",
    summary: "steps 1–6 in one go: make what is missing, repair what differs",
    options: { ...CODE_OPTIONS, ...ADOPT },
    on: "stack",
    purpose: "make",
    async run(context) {
      const [{ up }, { renderUp }] = await Promise.all([import("../commands/up.ts"), import("./render.ts")]);
      const result = await up(context);
      return { result, lines: (awsls) => renderUp(result, awsls) };
    },
  },
  {
    name: "test",
    summary: "step 7: list, put, get, delete and list again at the live URL",
    options: {
      "--id <id>": "the item's id; it must not exist yet",
      "--price <number>": "the item's price",
      "--name <name>": "the item's name",
      "--keep": "leave the item in the table",
    },
    on: "stack",
    purpose: "look",
    check: async (values) => (await import("./option-values.ts")).toTestOptions(values),
    async run(context, values) {
      const [{ test }, { renderTest }, { toTestOptions }] = await Promise.all([
        import("../commands/test.ts"),
        import("./render.ts"),
        import("./option-values.ts"),
      ]);
      const result = await test(context, toTestOptions(values));
      return { result, lines: () => renderTest(result) };
    },
  },
  {
    name: "down",
    summary: "step 8: delete everything of this stack",
    options: ADOPT,
    on: "stack",
    purpose: "remove",
    async run(context) {
      const [{ down }, { renderRemoval }] = await Promise.all([import("../commands/down.ts"), import("./render.ts")]);
      const result = await down(context);
      const isGone = result.deleted.length > 0;
      return { result, lines: () => [...renderRemoval(result), ...(isGone ? ["Nothing of this stack is left."] : [])] };
    },
  },
  {
    name: "status",
    summary: "every resource as it is now, the URL, the next step",
    on: "stack",
    purpose: "look",
    async run(context) {
      const [{ status }, { renderStatus }] = await Promise.all([
        import("../commands/status.ts"),
        import("./render.ts"),
      ]);
      const result = await status(context);
      return { result, lines: (awsls) => renderStatus(result, awsls) };
    },
  },
  created("table", "step 1: the DynamoDB table"),
  shown("table", "show"),
  {
    name: "table items",
    summary: "what is in the table, read directly",
    on: "stack",
    purpose: "look",
    async run(context) {
      const [{ tableItems }, { renderItems }] = await Promise.all([
        import("../commands/table-items.ts"),
        import("./render.ts"),
      ]);
      const result = await tableItems(context);
      return { result, lines: () => renderItems(result) };
    },
  },
  deleted("table", "delete the table with its items"),
  created("function", "step 2: role, log group and function", CODE_OPTIONS),
  shown("function", "show"),
  deleted("function", "delete function, role and log group"),
  created("api", "step 3: the HTTP API and its stage"),
  shown("api", "show"),
  deleted("api", "delete the API with everything in it"),
  created("routes", "step 4: the four routes, not yet attached"),
  shown("routes", "list"),
  created("attach", "step 6: attach the routes to the integration"),
  {
    name: "routes detach",
    summary: "take the integration off the routes",
    on: "stack",
    purpose: "change",
    async run(context) {
      const [{ detachStep }, { renderDetach }] = await Promise.all([
        import("../commands/step-delete.ts"),
        import("./render.ts"),
      ]);
      const result = await detachStep(context);
      return { result, lines: (awsls) => renderDetach(result, awsls) };
    },
  },
  deleted("routes", "delete the four routes"),
  created("integration", "step 5: the integration and the permission to invoke"),
  shown("integration", "show"),
  deleted("integration", "delete integration and permission"),
  local(
    "start",
    "start the local cloud; it stays until `local stop`",
    async (context, values) => {
      const [{ startLocal }, { toStartOptions }] = await Promise.all([
        import("../commands/local.ts"),
        import("./option-values.ts"),
      ]);
      return startLocal(context, toStartOptions(values));
    },
    (render, result, awsls) => render.renderLocal(result, awsls),
    {
      "--port <number>": "the control port",
      "--any-credentials": "accept every access key (for test suites of others)",
    },
  ),
  local(
    "stop",
    "stop it; its data stays",
    async (context) => (await import("../commands/local.ts")).stopLocal(context),
    (_, { stopped, folder }) => [
      stopped ? `Stopped; its data stays in ${folder}.` : "Nothing to do: it is not running.",
    ],
  ),
  local(
    "status",
    "whether it runs, and where",
    async (context) => (await import("../commands/local.ts")).localStatus(context),
    (render, result, awsls) => render.renderLocal(result, awsls),
  ),
  local(
    "reset",
    "delete every resource and row in it",
    async (context) => (await import("../commands/local.ts")).resetLocal(context),
    () => ["The local cloud is empty."],
  ),
  local(
    "env",
    "variables for the aws command and boto3",
    async (context) => (await import("../commands/local.ts")).localEnvironment(context),
    (render, result) => render.renderEnvironment(result, process.platform),
  ),
];
