// The EventBridge timer.

import { type Finished, rendering, renderingStatus, type StackCommand } from "../command.ts";

const renderingTimer = (): Promise<typeof import("../render-timer.ts")> => import("../render-timer.ts");
const parsing = (): Promise<typeof import("../timer-options.ts")> => import("../timer-options.ts");

export const TIMER_COMMANDS: readonly StackCommand[] = [
  {
    name: "timer enable",
    options: ["--rate <rate>", "--schedule <expression>", "--wait", "--adopt"],
    on: "stack",
    purpose: "continue",
    deploys: () => ["timer"],
    check: async (values) => (await parsing()).toTimerEnableOptions(values),
    async run(context, values) {
      const [{ enableTimer }, { renderTimerEnable }, { toTimerEnableOptions }, { knownRows, waitForRow }] =
        await Promise.all([
          import("../../commands/timer-enable.ts"),
          renderingTimer(),
          parsing(),
          import("../../commands/timer-wait.ts"),
        ]);
      const { wait, ...options } = toTimerEnableOptions(values);
      const known = wait && !context.dryRun ? await knownRows(context) : undefined;
      const result = await enableTimer(context, options);
      if (known === undefined || result.declined) {
        return { result, lines: (words) => renderTimerEnable(result, words) };
      }
      return {
        async follow(closed) {
          const { schedule } = result;
          const row = await closed.use((again) => waitForRow(again, { schedule, known }));
          return { result: { ...result, row }, lines: (words) => renderTimerEnable(result, words, row) };
        },
      };
    },
  },
  {
    name: "timer disable",
    on: "stack",
    purpose: "change",
    async run(context) {
      const [{ disableTimer }, { renderTimerDisable }] = await Promise.all([
        import("../../commands/timer-disable.ts"),
        renderingTimer(),
      ]);
      const result = await disableTimer(context);
      return { result, lines: (words) => renderTimerDisable(result, words) };
    },
  },
  {
    name: "timer status",
    on: "stack",
    purpose: "look",
    async run(context) {
      const [{ timerStatus }, { renderTimerStatus }, { withNotCompared }] = await Promise.all([
        import("../../commands/timer-status.ts"),
        renderingTimer(),
        renderingStatus(),
      ]);
      const result = await timerStatus(context);
      const document: Finished["document"] = (words) => withNotCompared(result, words);
      return { result, document, lines: (words) => renderTimerStatus(result, words) };
    },
  },
  {
    name: "timer invoke",
    options: ["--payload <json>"],
    on: "stack",
    purpose: "use",
    check: async (values) => (await import("../option-values.ts")).toInvokeOptions(values),
    async run(context, values) {
      const [{ invokeTimer }, { renderTimerInvoke }, { toInvokeOptions }] = await Promise.all([
        import("../../commands/timer-invoke.ts"),
        renderingTimer(),
        import("../option-values.ts"),
      ]);
      const result = await invokeTimer(context, toInvokeOptions(values));
      return { result, isPainted: true, lines: (words) => renderTimerInvoke(result, words) };
    },
  },
  {
    name: "timer watch",
    options: ["--count <number>"],
    on: "stack",
    purpose: "use",
    check: async (values) => (await parsing()).toTimerWatchOptions(values),
    isEndless: () => true,
    async run(context, values) {
      const [{ watchTimer }, { toTimerWatchOptions }] = await Promise.all([
        import("../../commands/timer-watch.ts"),
        parsing(),
      ]);
      await watchTimer(context, toTimerWatchOptions(values));
      return undefined;
    },
  },
  {
    name: "timer delete",
    options: ["--adopt"],
    on: "stack",
    purpose: "delete",
    async run(context) {
      const [{ deleteTimer }, { renderRemoval }] = await Promise.all([
        import("../../commands/timer-delete.ts"),
        rendering(),
      ]);
      const result = await deleteTimer(context);
      return { result, lines: (words) => renderRemoval(result, "timer delete", words) };
    },
  },
];
