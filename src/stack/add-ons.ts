// What a stack may have or not: where it is looked for although nobody chose it, and how it ends.

import type { StateStore } from "../state/store.ts";
import type { Component, ComponentId } from "./component.ts";
import { COMPONENTS } from "./components.ts";
import type { Run } from "./run.ts";
import { TIMER } from "./timer-components.ts";

/** Tells with a single call whether a stack has its timer: all others are there for it. */
const TELLING: ComponentId = "timerRule";

/** Nothing says that the stack has it: what carries its names may be anybody's. */
export function isUnasked({ inputs }: Run, { addOn }: Component): boolean {
  if (addOn === undefined || inputs.settings[addOn] !== undefined) return false;
  return !COMPONENTS.some((each) => each.addOn === addOn && inputs.recorded(each.id) !== undefined);
}

export function isTelling({ id }: Component): boolean {
  return id === TELLING;
}

/** Before its first component goes: whatever comes of the rest, `up` does not make it again. */
export function dropAddOns(state: StateStore, going: readonly ComponentId[]): void {
  if (!TIMER.every((id) => going.includes(id))) return;
  state.update((before) => {
    const { timer, ...settings } = before.settings;
    return timer === undefined ? before : { ...before, settings };
  });
}
