// The look with which `up`, `status` and every single step begin.

import type { Component } from "../stack/component.ts";
import { observe } from "../stack/observe.ts";
import { type Run, startRun } from "../stack/run.ts";
import { ownComponents, recoverSettings, requireEjectedCode } from "../stack/settings.ts";
import type { StackContext } from "./context.ts";

export interface LookOptions {
  readonly step?: number;
  /** The function is compared with the handler's code, too. */
  readonly withCode: boolean;
}

/** Observes those components that are the stack's own; settings of a lost state file are read back from what is live. */
export async function look(
  context: StackContext,
  components: readonly Component[],
  { step, withCode }: LookOptions,
): Promise<Run> {
  const { session, settings } = context;
  const optionsFor = async (chosen: typeof settings): Promise<Parameters<typeof startRun>[1]> => ({
    ...(step === undefined ? {} : { step }),
    settings: chosen,
    code: withCode ? await context.packageCrud(chosen) : undefined,
  });
  const run = startRun(session, await optionsFor(settings));
  const own = ownComponents(settings);
  await observe(
    run,
    components.filter((component) => own.includes(component)),
  );
  const recovered = recoverSettings(run, settings, context.crudHere.recorded);
  return recovered === settings ? run : run.over(await optionsFor(recovered));
}

/**
 * Before anything is deployed: code of the learner's own must not give way to the package's without a word.
 * @throws {Problem} `EjectedCodeLost`
 */
export function requireOwnCode({ emit, crudHere }: StackContext, run: Run): void {
  const { folder, recorded } = crudHere;
  requireEjectedCode(run, folder);
  const isUnused = recorded !== undefined && run.inputs.settings.code?.crud === undefined;
  if (isUnused) emit({ type: "notice", code: "HandlerUnused", data: { folder } });
}
