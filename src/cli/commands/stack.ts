// The whole stack: `up`, `test`, `down`, `status`.

import { type Finished, rendering, renderingStatus, type StackCommand } from "../command.ts";
import type { OptionFlags } from "../text/catalogue.ts";

/** What the function is made of. */
export const CODE: readonly OptionFlags[] = [
  "--architecture <name>",
  "--bundle",
  "--no-bundle",
  "--role-arn <arn>",
  "--no-role-arn",
];

export const STACK_COMMANDS: readonly StackCommand[] = [
  {
    name: "up",
    options: [...CODE, "--adopt", "--watch"],
    on: "stack",
    purpose: "make",
    deploys: ({ timer }) => (timer === undefined ? ["crud"] : ["crud", "timer"]),
    check: async (values) => (await import("../option-values.ts")).requireWatchable(values),
    isEndless: ({ watch }) => watch === true,
    async run(context, { watch }) {
      const [{ up }, { renderUp }] = await Promise.all([import("../../commands/up.ts"), rendering()]);
      const result = await up(context);
      // What is shown of it are the rows of what follows.
      if (watch === true) {
        return { follow: async (closed) => (await import("../../commands/watch.ts")).watchCode(closed) };
      }
      return { result, lines: (words) => renderUp(result, words) };
    },
  },
  {
    name: "test",
    options: ["--id <id>", "--price <number>", "--name <name>", "--keep"],
    on: "stack",
    purpose: "use",
    check: async (values) => (await import("../option-values.ts")).toTestOptions(values),
    async run(context, values) {
      const [{ test }, { renderTest }, { toTestOptions }] = await Promise.all([
        import("../../commands/test.ts"),
        rendering(),
        import("../option-values.ts"),
      ]);
      const result = await test(context, toTestOptions(values));
      return { result, lines: (words) => renderTest(result, words) };
    },
  },
  {
    name: "down",
    options: ["--adopt"],
    on: "stack",
    purpose: "down",
    async run(context) {
      const [{ down }, { renderRemoval }] = await Promise.all([import("../../commands/down.ts"), rendering()]);
      const result = await down(context);
      const isGone = result.deleted.length > 0 && result.inUse.length === 0;
      return {
        result,
        lines: (words) => [
          ...renderRemoval(result, "down", words),
          ...(isGone ? [words.text.results.nothingLeft] : []),
        ],
      };
    },
  },
  {
    name: "status",
    on: "stack",
    purpose: "look",
    async run(context) {
      const [{ status }, { renderStatus, withNotCompared }] = await Promise.all([
        import("../../commands/status.ts"),
        renderingStatus(),
      ]);
      const result = await status(context);
      const document: Finished["document"] = (words) => withNotCompared(result, words);
      return { result, document, lines: (words) => renderStatus(result, words) };
    },
  },
];
