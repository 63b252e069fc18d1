// What a stack may have or not: where it is looked for although nobody chose it, and how it ends.

import type { Change } from "../core/change.ts";
import type { Action } from "../core/event.ts";
import type { Settings, State } from "../state/state.ts";
import type { StateStore } from "../state/store.ts";
import { AUTH } from "./auth-components.ts";
import type { AddOn, Component, ComponentId } from "./component.ts";
import { COMPONENTS } from "./components.ts";
import { IDENTITY } from "./identity-components.ts";
import type { Run } from "./run.ts";
import { TIMER } from "./timer-components.ts";

/** Each with all that it is made of, and what tells with a single call whether a stack has it. */
export const ADD_ONS: Readonly<
  Record<AddOn, { readonly components: readonly ComponentId[]; readonly telling: ComponentId }>
> = {
  timer: { components: TIMER, telling: "timerRule" },
  auth: { components: AUTH, telling: "userPool" },
  identity: { components: IDENTITY, telling: "identityPool" },
};
const NAMES = ["timer", "auth", "identity"] as const satisfies readonly AddOn[];

/** Nothing says that the stack has it: what carries its names may be anybody's. */
export function isUnasked({ inputs }: Run, { addOn }: Component): boolean {
  if (addOn === undefined || inputs.settings[addOn] !== undefined) return false;
  return !COMPONENTS.some((each) => each.addOn === addOn && inputs.recorded(each.id) !== undefined);
}

export function isTelling({ id }: Component): boolean {
  return NAMES.some((addOn) => ADD_ONS[addOn].telling === id);
}

/** Of the same schedule, and on or off as before, it goes on counting from when it began. */
export function timerSettings(
  before: Settings["timer"],
  schedule: string,
  enabled: boolean,
): NonNullable<Settings["timer"]> {
  return before?.schedule === schedule && before.enabled === enabled ? before : { schedule, enabled };
}

/** @returns the same state for what does not make a rule begin anew */
export function withBeginning(
  state: State,
  id: ComponentId,
  { outcome, changes }: { readonly outcome: Action | "none"; readonly changes: readonly Change[] },
  now: number,
): State {
  const { timer } = state.settings;
  const isNew =
    outcome === "create" || changes.some(({ field }) => field === "ScheduleExpression" || field === "State");
  if (id !== "timerRule" || timer === undefined || !isNew) return state;
  return { ...state, settings: { ...state.settings, timer: { ...timer, since: new Date(now).toISOString() } } };
}

/** Before the first component of one goes: whatever comes of the rest, `up` does not make it again. */
export function dropAddOns(state: StateStore, going: readonly ComponentId[]): void {
  const dropped = NAMES.filter((addOn) => ADD_ONS[addOn].components.every((id) => going.includes(id)));
  if (dropped.every((addOn) => state.current().settings[addOn] === undefined)) return;
  state.update((before) => {
    const settings = { ...before.settings };
    for (const addOn of dropped) delete settings[addOn];
    return { ...before, settings };
  });
}
