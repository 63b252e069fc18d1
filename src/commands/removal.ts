// What `down` and every `delete` share: look, ask, delete.

import type { Subject } from "../core/event.ts";
import type { ComponentId } from "../stack/component.ts";
import { planRemoval, type RemovalPlan, remove } from "../stack/remove.ts";
import { type Run, startRun } from "../stack/run.ts";
import type { StackContext } from "./context.ts";

export interface RemovalResult {
  readonly stack: string;
  readonly deleted: readonly Subject[];
  /** What would be deleted (`--dry-run`), or was not because the user said no. */
  readonly planned: readonly Subject[];
  readonly leftAlone: readonly Subject[];
  readonly declined: boolean;
  /** Milliseconds. */
  readonly ms: number;
}

/** @throws {Problem} `LeftBehind` when something could not be deleted */
export async function removeComponents(
  context: StackContext,
  ids: readonly ComponentId[],
  before: (run: Run, plan: RemovalPlan) => void = () => undefined,
): Promise<RemovalResult> {
  const { session, clock, dryRun } = context;
  const started = clock.now();
  const run = startRun(session, { settings: context.settings });
  const plan = await planRemoval(run, ids);
  before(run, plan);
  const subjects = (list: RemovalPlan["going"]): Subject[] => list.map((each) => run.subjectOf(each));
  const planned = subjects(plan.going);
  const nothingDone = { stack: session.names.stack, deleted: [], planned, leftAlone: subjects(plan.foreign) };
  if (dryRun) return { ...nothingDone, declined: false, ms: clock.now() - started };
  const isAgreed =
    planned.length === 0 || (await context.ask({ about: "delete", stack: session.names.stack, resources: planned }));
  if (!isAgreed) return { ...nothingDone, declined: true, ms: clock.now() - started };
  const { deleted, leftAlone } = await remove(run, plan);
  return { stack: session.names.stack, deleted, planned: [], leftAlone, declined: false, ms: clock.now() - started };
}
