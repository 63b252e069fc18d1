// The look with which `up`, `status` and every single step begin.

import type { HandlerName } from "../core/names.ts";
import { isTelling } from "../stack/add-ons.ts";
import type { Component } from "../stack/component.ts";
import { COMPONENTS } from "../stack/components.ts";
import { observe } from "../stack/observe.ts";
import { type Run, startRun } from "../stack/run.ts";
import { isChosen, recoverSettings, requireEjectedCode } from "../stack/settings.ts";
import type { Settings } from "../state/state.ts";
import { packagedCodes, type UnreadCode } from "./code-here.ts";
import type { StackContext } from "./context.ts";

export interface LookOptions {
  readonly step?: number;
  /** Functions that are compared with their handlers' code, too; an add-on's only when the stack has it. */
  readonly withCode: readonly HandlerName[];
  /** Takes why code cannot be read; without it the command stops there. */
  readonly unread?: UnreadCode;
  /**
   * Add-ons that nobody chose are looked for, too; "whenLost": by what tells whether there is one, as long as the state does not
   * know the whole stack, for it may have been lost; the timer only when something of the stack is there.
   */
  readonly unasked?: "always" | "whenLost";
}

/** Observes those components that are the stack's own; settings of a lost state file are read back from what is live. */
export async function look(
  context: StackContext,
  components: readonly Component[],
  { step, withCode, unread, unasked }: LookOptions,
): Promise<Run> {
  const { session, settings, handlerHere } = context;
  const optionsFor = async (chosen: Settings): Promise<Parameters<typeof startRun>[1]> => ({
    ...(step === undefined ? {} : { step }),
    settings: chosen,
    code: await packagedCodes(context, chosen, handlersOf(chosen, withCode), unread),
  });
  const run = startRun(session, await optionsFor(settings));
  const isLookedFor = ({ addOn }: Component): boolean => addOn !== undefined && unasked === "always";
  const first = components.filter((component) => isChosen(component, settings) || isLookedFor(component));
  await observe(run, first);
  const mayBeLost = unasked === "whenLost" && !isWholeRecorded(run);
  // Sign-in also where all the rest is gone: a new API must not be open while users of the stack are there.
  const isToldOf = ({ addOn }: Component): boolean => addOn === "auth" || run.observed.size > 0;
  const telling = components.filter(
    (component) => mayBeLost && isTelling(component) && isToldOf(component) && !first.includes(component),
  );
  await observe(run, telling);
  const seen = new Set([...first, ...telling]);
  const recovered = recoverSettings(run, settings, (handler) => handlerHere(handler).recorded);
  if (recovered === settings) return run;
  const whole = run.over(await optionsFor(recovered));
  await observe(
    whole,
    components.filter((component) => isChosen(component, recovered) && !seen.has(component)),
  );
  return whole;
}

/** Nothing of a state that was lost is still unknown: an `up` has been through the whole stack since. */
function isWholeRecorded({ inputs }: Run): boolean {
  const whole = COMPONENTS.filter(({ addOn }) => addOn === undefined);
  return whole.every(
    (component) => !isChosen(component, inputs.settings) || inputs.recorded(component.id) !== undefined,
  );
}

function handlersOf({ timer }: Settings, handlers: readonly HandlerName[]): readonly HandlerName[] {
  return handlers.filter((handler) => handler !== "timer" || timer !== undefined);
}

/**
 * Before anything is deployed: code of the learner's own must not give way to the package's without a word.
 * @throws {Problem} `EjectedCodeLost`
 */
export function requireOwnCode({ emit, handlerHere }: StackContext, run: Run, handler: HandlerName): void {
  const { folder, recorded } = handlerHere(handler);
  requireEjectedCode(run, handler, folder);
  const isUnused = recorded !== undefined && run.inputs.settings.code?.[handler] === undefined;
  if (isUnused) emit({ type: "notice", code: "HandlerUnused", data: { folder } });
}
