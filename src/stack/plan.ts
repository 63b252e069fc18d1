// What a run would do, from what was observed: the one source of --dry-run, status and repair. Calls nothing.

import type { Change } from "../core/change.ts";
import type { Action, Subject } from "../core/event.ts";
import { type Maker, type OtherUsers, Problem } from "../core/problem.ts";
import type { Component, ComponentId } from "./component.ts";
import type { Run } from "./run.ts";

export interface Planned {
  readonly subject: Subject;
  /** It is somebody else's and becomes ours. */
  readonly takesOver?: true;
  /** Of an API that is taken over, whose name is not unique. */
  readonly id?: string;
  /** Whose it is, as far as its tags say. */
  readonly belongsTo?: Maker;
  /** Others that use it, too, where it is taken over. */
  readonly users?: OtherUsers;
  readonly step?: number;
  readonly action: Action | "none";
  readonly changes: readonly Change[];
  /** What is deleted with these changes. */
  readonly deletes?: readonly Subject[];
}

/** In the order of the steps, add-ons last. A child of something that is made again is made again with it. */
export async function planFor(run: Run, components: readonly Component[]): Promise<Planned[]> {
  const madeAnew = new Set<ComponentId>();
  const plan: Planned[] = [];
  for (const component of components) {
    const planned = await planOne(run, component, component.parent !== undefined && madeAnew.has(component.parent));
    if (planned.action === "create" || planned.action === "replace") madeAnew.add(component.id);
    plan.push(planned);
  }
  return plan;
}

/** What AWS cannot change, and nobody would have deleted for it: a table's key has rows in it, a container image is somebody's work. */
const FIXED: ReadonlySet<string> = new Set([
  "KeySchema",
  "PackageType",
  "UsernameAttributes",
  "UsernameConfiguration.CaseSensitive",
]);

/**
 * Known before anything is written.
 * @throws {Problem} `Protected`
 */
export function requireChangeable(plan: readonly Planned[]): void {
  for (const { subject, changes } of plan) {
    const { component: resource, name } = subject;
    const fixed = changes.find(({ field }) => FIXED.has(field));
    if (fixed !== undefined) throw new Problem("Protected", { resource, name, field: fixed.field });
  }
}

async function planOne(run: Run, component: Component, isParentNew: boolean): Promise<Planned> {
  const subject = run.subjectOf(component);
  const step = component.step === undefined ? {} : { step: component.step };
  const observation = isParentNew ? undefined : run.observed.get(component.id);
  if (observation === undefined) return { subject, ...step, action: "create", changes: [] };
  const changes = await component.changes(run.inputs, observation);
  const deletes = await component.alongside(observation, run.inputs.takesOver(component.id));
  return { subject, ...step, action: actionOf(changes), changes, ...(deletes.length === 0 ? {} : { deletes }) };
}

export function actionOf(changes: readonly Change[]): "none" | "update" | "replace" {
  if (changes.length === 0) return "none";
  return changes.some(({ replace }) => replace === true) ? "replace" : "update";
}
