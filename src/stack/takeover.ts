// `--adopt`: what of a plan is somebody else's and becomes ours. Agreed to before the first write, gone on with until all is done.

import type { TakenOver } from "../core/event.ts";
import type { State } from "../state/state.ts";
import type { StateStore } from "../state/store.ts";
import type { Component, ComponentId, Inputs } from "./component.ts";
import { componentOf, COMPONENTS } from "./components.ts";
import { ownershipIn } from "./observe.ts";
import { makerOf, type Ownership } from "./ownership.ts";
import type { Planned } from "./plan.ts";
import { idOf } from "./rivals.ts";
import type { Run } from "./run.ts";
import { isChosen } from "./settings.ts";

/** Undefined for what is ours, or is not there. */
export function unlessOurs(run: Run, component: Component): Exclude<Ownership, { whose: "ours" }> | undefined {
  const ownership = ownershipIn(run, component.id);
  return ownership === undefined || ownership.whose === "ours" ? undefined : ownership;
}

/** What of the plan is somebody else's; a child is its parent's. */
export function takeoversIn(run: Run, plan: readonly Planned[]): TakenOver[] {
  return plan.flatMap(({ subject, changes, users, deletes }): TakenOver[] => {
    const component = componentOf(subject.component as ComponentId);
    const ownership = unlessOurs(run, component);
    if (ownership === undefined) return [];
    const id = idOf(run, component);
    return [
      {
        resource: subject.component,
        name: subject.name,
        ...(id === undefined ? {} : { id }),
        ...makerOf(run.session.owner, ownership),
        changes,
        ...(users === undefined ? {} : { users }),
        ...(deletes === undefined ? {} : { deletes }),
      },
    ];
  });
}

/**
 * Recorded before the first write: with only half of it done, the rest is still what was agreed to. What hangs on it
 * is part of that, also when a later step makes it.
 */
export function beginTakeover(state: StateStore, inputs: Inputs, taken: readonly ComponentId[]): void {
  const ids = taken.filter((id) => inputs.takesOver(id));
  if (ids.length === 0) return;
  const own = COMPONENTS.filter((component) => isChosen(component, inputs.settings));
  const children = own.filter(({ parent }) => parent !== undefined && ids.includes(parent)).map(({ id }) => id);
  state.update((before) => {
    const takeover = new Set([...(before.takeover ?? []), ...ids, ...children]);
    return { ...before, takeover: [...takeover].toSorted() };
  });
}

/** Of components that are as they should be, or gone. */
export function withoutTakeover(state: State, done: readonly ComponentId[]): State {
  const left = state.takeover?.filter((id) => !done.some((each) => each === id)) ?? [];
  return { ...state, takeover: left.length === 0 ? undefined : left };
}
