// What `down` and every `delete` share: look, ask, delete.

import type { Subject } from "../core/event.ts";
import { Problem } from "../core/problem.ts";
import type { Component, ComponentId } from "../stack/component.ts";
import { planRemoval, type RemovalPlan, remove } from "../stack/remove.ts";
import { type Run, startRun } from "../stack/run.ts";
import { recoverSettings } from "../stack/settings.ts";
import { foreignOwnership, makerOf } from "../stack/takeover.ts";
import type { Removed, StackContext } from "./context.ts";

export interface RemovalResult {
  readonly stack: string;
  readonly deleted: readonly Subject[];
  /** What would be deleted (`--dry-run`), or was not because the user said no. */
  readonly planned: readonly Removed[];
  readonly leftAlone: readonly Subject[];
  readonly declined: boolean;
  /** Milliseconds, without the question. */
  readonly ms: number;
}

/**
 * @throws {Problem} `LeftBehind` when something could not be deleted, `Protected` before anything is when nobody can be
 *   asked whether a protection may be lifted
 */
export async function removeComponents(context: StackContext, ids: readonly ComponentId[]): Promise<RemovalResult> {
  const { session, clock, dryRun } = context;
  const { stack } = session.names;
  const seen = startRun(session, { settings: context.settings });
  const plan = await planRemoval(seen, ids);
  // With the state lost: whether the role was given says how long late lines are waited for.
  const run = seen.over({ settings: recoverSettings(seen, context.settings) });
  const subjects = (list: RemovalPlan["going"]): Subject[] => list.map((each) => run.subjectOf(each));
  const planned = (await Promise.all(plan.going.map((component) => toRemoved(run, component)))).flat();
  const nothingDone = { stack, deleted: [], planned, leftAlone: subjects(plan.foreign), declined: false, ms: 0 };
  if (dryRun) return nothingDone;
  const answer = planned.length === 0 ? "yes" : await context.ask({ about: "removal", stack, resources: planned });
  if (answer === "no") return { ...nothingDone, declined: true };
  if (answer === "unasked") requireUnprotected(planned);
  const started = clock.now();
  const { deleted, leftAlone } = await remove(run, plan);
  return { ...nothingDone, deleted, planned: [], leftAlone, ms: clock.now() - started };
}

/** A component, and what goes with it. */
async function toRemoved(run: Run, component: Component): Promise<Removed[]> {
  const observation = run.observed.get(component.id);
  if (observation === undefined) return [];
  const ownership = foreignOwnership(run, component);
  const protectedBy = await component.protection(observation);
  return [
    {
      ...run.subjectOf(component),
      ...(protectedBy === undefined ? {} : { protectedBy }),
      ...(ownership === undefined ? {} : { takesOver: true, ...makerOf(run, ownership) }),
    },
    ...(await component.alongside(observation, run.inputs.takesOver(component.id))),
  ];
}

/** @throws {Problem} `Protected` */
function requireUnprotected(planned: readonly Removed[]): void {
  for (const { component: resource, name, protectedBy: field } of planned) {
    if (field !== undefined) throw new Problem("Protected", { resource, name, field });
  }
}
