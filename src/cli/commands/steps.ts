// The tutorial's steps one by one.

import { type FolderCommand, rendering, type StackCommand } from "../command.ts";
import type { CommandName } from "../text/catalogue.ts";
import { LOG_COMMANDS } from "./logs.ts";
import { CODE } from "./stack.ts";

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
    const [{ createStep }, { renderStep }] = await Promise.all([import("../../commands/step-create.ts"), rendering()]);
    const result = await createStep(context, noun);
    return { result, lines: (words) => renderStep(result, words) };
  },
});

const shown = (noun: string, name: CommandName): StackCommand => ({
  name,
  on: "stack",
  purpose: "look",
  async run(context) {
    const [{ showStep }, { renderShow }] = await Promise.all([import("../../commands/step-show.ts"), rendering()]);
    const result = await showStep(context, noun, name);
    return { result, lines: (words) => renderShow(result, words) };
  },
});

const deleted = (noun: string, name: CommandName): StackCommand => ({
  name,
  options: ["--adopt"],
  on: "stack",
  purpose: "delete",
  async run(context) {
    const [{ deleteStep }, { renderRemoval }] = await Promise.all([
      import("../../commands/step-delete.ts"),
      rendering(),
    ]);
    const result = await deleteStep(context, noun);
    return { result, lines: (words) => renderRemoval(result, name, words) };
  },
});

const eject: FolderCommand = {
  name: "function eject",
  arguments: ["[handler]"],
  options: ["--use-existing", "--undo"],
  on: "folder",
  check: async (values) => (await import("../option-values.ts")).toEjectOptions(values),
  async run(context, values) {
    const [{ ejectFunction }, { renderEject }, { toEjectOptions }] = await Promise.all([
      import("../../commands/function-eject.ts"),
      rendering(),
      import("../option-values.ts"),
    ]);
    const result = await ejectFunction(context, toEjectOptions(values));
    return { result, lines: (words) => renderEject(result, context.dryRun, words) };
  },
};

export const STEP_COMMANDS: readonly (StackCommand | FolderCommand)[] = [
  created("table", "table create", { purpose: "make" }),
  shown("table", "table show"),
  {
    name: "table items",
    on: "stack",
    purpose: "use",
    async run(context) {
      const [{ tableItems }, { renderItems }] = await Promise.all([
        import("../../commands/table-items.ts"),
        rendering(),
      ]);
      const result = await tableItems(context);
      return { result, lines: (words) => renderItems(result, words) };
    },
  },
  deleted("table", "table delete"),
  created("function", "function create", { options: CODE, deploys: () => ["crud"] }),
  shown("function", "function show"),
  LOG_COMMANDS.invoke,
  eject,
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
      const [{ detachStep }, { renderDetach }] = await Promise.all([
        import("../../commands/step-delete.ts"),
        rendering(),
      ]);
      const result = await detachStep(context);
      return { result, lines: (words) => renderDetach(result, context.dryRun, words) };
    },
  },
  deleted("routes", "routes delete"),
  created("integration", "integration create"),
  shown("integration", "integration show"),
  deleted("integration", "integration delete"),
];
