// Lines of endless commands.

import type { RowTexts } from "../catalogue.ts";

export const rows: RowTexts = {
  report: ({ durationMs, billedDurationMs, memorySizeMb, maxMemoryUsedMb, initDurationMs, status, errorType }) =>
    [
      ...(durationMs === undefined ? [] : [`${durationMs} ms`]),
      ...(billedDurationMs === undefined ? [] : [`billed ${billedDurationMs} ms`]),
      ...(maxMemoryUsedMb === undefined ? [] : [`${maxMemoryUsedMb} of ${memorySizeMb ?? "?"} MB`]),
      ...(initDurationMs === undefined ? [] : [`cold start ${initDurationMs} ms`]),
      ...(status === undefined ? [] : [[status, errorType].filter(Boolean).join(" ")]),
    ].join(" · "),
  initFailed: ({ initDurationMs, status, errorType }) =>
    `the function could not be loaded: ${[status, errorType].filter(Boolean).join(" ")}${initDurationMs === undefined ? "" : ` (after ${initDurationMs} ms)`}`,
  late: "(late)",
  since: (time) => `${time} after the one before`,
};
