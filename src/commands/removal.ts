// What `down` and every `delete` share: look, ask, delete.

import type { Subject } from "../core/event.ts";
import type { ComponentId } from "../stack/component.ts";
import { planRemoval, type RemovalPlan, remove } from "../stack/remove.ts";
import { startRun } from "../stack/run.ts";
import { recoverSettings } from "../stack/settings.ts";
import type { StackContext } from "./context.ts";

export interface RemovalResult {
  readonly stack: string;
  readonly deleted: readonly Subject[];
  /** What would be deleted (`--dry-run`), or was not because the user said no. */
  readonly planned: readonly Subject[];
  readonly leftAlone: readonly Subject[];
  readonly declined: boolean;
  /** Milliseconds, without the question. */
  readonly ms: number;
}

/** @throws {Problem} `LeftBehind` when something could not be deleted */
export async function removeComponents(context: StackContext, ids: readonly ComponentId[]): Promise<RemovalResult> {
  const { session, clock, dryRun } = context;
  const { stack } = session.names;
  const seen = startRun(session, { settings: context.settings });
  const plan = await planRemoval(seen, ids);
  // With the state lost: whether the role was given says how long late lines are waited for.
  const run = seen.over({ settings: recoverSettings(seen, context.settings) });
  const subjects = (list: RemovalPlan["going"]): Subject[] => list.map((each) => run.subjectOf(each));
  const planned = subjects(plan.going);
  const nothingDone = { stack, deleted: [], planned, leftAlone: subjects(plan.foreign), declined: false, ms: 0 };
  if (dryRun) return nothingDone;
  const isAgreed = planned.length === 0 || (await context.ask({ stack, resources: planned }));
  if (!isAgreed) return { ...nothingDone, declined: true };
  const started = clock.now();
  const { deleted, leftAlone } = await remove(run, plan);
  return { ...nothingDone, deleted, planned: [], leftAlone, ms: clock.now() - started };
}
