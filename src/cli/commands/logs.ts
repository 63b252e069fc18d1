// What a function says: its log, and its answer to a test event.

import { rendering, type StackCommand } from "../command.ts";

const logs: StackCommand = {
  name: "logs",
  arguments: ["[function]"],
  options: ["-f, --follow", "--since <time>"],
  on: "stack",
  purpose: "use",
  check: async (values) => (await import("../option-values.ts")).toLogsOptions(values),
  isEndless: ({ follow }) => follow === true,
  async run(context, values) {
    const [{ followLogs, logs: readLogs }, { renderLogs }, { toLogsOptions }] = await Promise.all([
      import("../../commands/logs.ts"),
      rendering(),
      import("../option-values.ts"),
    ]);
    const options = toLogsOptions(values);
    if (values["follow"] === true) {
      await followLogs(context, options);
      return undefined;
    }
    const result = await readLogs(context, options);
    return { result, isPainted: true, lines: (words) => renderLogs(result, words) };
  },
};

const invoke: StackCommand = {
  name: "function invoke",
  options: ["--payload <json>"],
  on: "stack",
  purpose: "use",
  check: async (values) => (await import("../option-values.ts")).toInvokeOptions(values),
  async run(context, values) {
    const [{ invokeFunction }, { renderInvoke }, { toInvokeOptions }] = await Promise.all([
      import("../../commands/function-invoke.ts"),
      rendering(),
      import("../option-values.ts"),
    ]);
    const result = await invokeFunction(context, toInvokeOptions(values));
    return { result, isPainted: true, lines: (words) => renderInvoke(result, words) };
  },
};

export const LOG_COMMANDS = { logs, invoke } as const;
