// Where something is missing: the command to name is one that can do its work now, not one that would name another.

import { Problem } from "../core/problem.ts";
import type { ComponentId } from "../stack/component.ts";
import { observe } from "../stack/observe.ts";
import { firstUndone } from "../stack/progress.ts";
import { type Run, startRun } from "../stack/run.ts";
import { ownComponents } from "../stack/settings.ts";
import { STEPS } from "../stack/steps.ts";
import type { StackContext } from "./context.ts";

/** What add-ons stand on. */
const UNDER: Readonly<Record<string, readonly ComponentId[]>> = {
  "timer enable": ["table"],
  "auth enable": ["api", "routes"],
  "identity enable": ["userPool"],
};

/** The command of the first step that is not done; what was not looked at yet is. */
export async function findUndone(run: Run): Promise<string | undefined> {
  await observe(
    run,
    ownComponents(run.inputs.settings).filter(({ id }) => !run.observed.has(id)),
  );
  return firstUndone(run)?.command;
}

/**
 * @param command as typed
 * @param maker the command that makes what it needs; the very first step is named when that one stands on nothing, either
 */
export async function stepMissing(
  { session, settings, signal }: StackContext,
  command: string,
  maker: string,
): Promise<Problem<"StepMissing">> {
  const run = startRun(session, { settings });
  const undone = await findUndone(run).catch((error: unknown) => {
    // It is only for the advice: whoever may not look at the rest gets a plainer one.
    if (signal.aborted || !(error instanceof Problem)) throw error;
    return undefined;
  });
  const after = STEPS.find((step) => step.command === maker)?.after ?? UNDER[maker] ?? [];
  const canBeDone = undone === undefined || after.every((id) => run.observed.has(id));
  return new Problem("StepMissing", { command, first: canBeDone ? maker : undone });
}
