// Values of options that are refused before anything is called, and what is said of them.

import { expect, it } from "vitest";
import { toEjectOptions, toLogsOptions } from "../../src/cli/option-values.ts";
import { explain } from "../../src/cli/text/catalogue.ts";
import { en as text } from "../../src/cli/text/en.ts";
import { toTimerWatchOptions } from "../../src/cli/timer-options.ts";
import { Problem } from "../../src/core/problem.ts";

function refused(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof Problem) return explain(text.problems, error).what;
    throw error;
  }
  throw new Error("it was taken");
}

it("since when a log is shown: some time ago, or a moment that is past", () => {
  expect(toLogsOptions({ since: "30s" }).since).toEqual({ ago: 30_000 });
  expect(toLogsOptions({ since: "2026-01-31T09:30:00Z" }).since).toEqual({ at: Date.UTC(2026, 0, 31, 9, 30) });
  for (const since of ["0s", "00m", "-1s", "soon", "2026-13-01"])
    expect(refused(() => toLogsOptions({ since }))).toContain(`"${since}": it is 30s, 10m, 2h, 1d, or a time`);
  expect(refused(() => toLogsOptions({ since: "2999-01-01" }))).toBe(
    '--since cannot be "2999-01-01": it is still to come.',
  );
});

it("a dry run does not go on for ever", () => {
  expect(toLogsOptions({ dryRun: true }).function).toBe("crud");
  expect(refused(() => toLogsOptions({ dryRun: true, follow: true }))).toMatch(/^--follow: .*--dry-run/);
  expect(refused(() => toTimerWatchOptions({ dryRun: true }))).toMatch(/^timer watch: .*--dry-run/);
});

it("a function that is none: those that there are", () => {
  for (const parse of [toLogsOptions, toEjectOptions])
    expect(refused(() => parse({ function: "nope", handler: "nope" }))).toBe(
      'There is no function "nope": there are crud and timer.',
    );
});

it("a state file of something else", () => {
  const problem = new Problem("StateDamaged", { path: "x.json", is: "notState", details: "" });
  expect(explain(text.problems, problem).details).toBe("It is JSON, but not what awsls writes: it has no version.");
});
