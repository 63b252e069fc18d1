// What `down` and every `delete` share: look, ask, delete.

import type { Subject, UsedByOthers, UserCount } from "../core/event.ts";
import { Problem } from "../core/problem.ts";
import { dropAddOns, isTelling } from "../stack/add-ons.ts";
import type { Component, ComponentId } from "../stack/component.ts";
import { ownershipIn, problemOf } from "../stack/observe.ts";
import { makerOf } from "../stack/ownership.ts";
import { type InUse, planRemoval, type RemovalPlan, remove } from "../stack/remove.ts";
import { idOf } from "../stack/rivals.ts";
import { type Run, startRun } from "../stack/run.ts";
import { recoverSettings } from "../stack/settings.ts";
import { unlessOurs } from "../stack/takeover.ts";
import { agree } from "./agreement.ts";
import type { Removed, StackContext } from "./context.ts";

export interface RemovalResult {
  readonly stack: string;
  readonly deleted: readonly Subject[];
  /** What would be deleted (`--dry-run`), or was not because the user said no. */
  readonly planned: readonly Removed[];
  readonly leftAlone: readonly Subject[];
  /** Stays, because others use it, too, or may. */
  readonly inUse: readonly UsedByOthers[];
  readonly declined: boolean;
  /** Milliseconds, without the question. */
  readonly ms: number;
}

/**
 * @param first what comes before the first deletion, once it is agreed to
 * @throws {Problem} `LeftBehind` when something could not be deleted, `Protected` before anything is when nobody can be
 *   asked whether a protection may be lifted
 */
export async function removeComponents(
  context: StackContext,
  ids: readonly ComponentId[],
  first: (run: Run, going: readonly ComponentId[]) => Promise<void> = () => Promise.resolve(),
): Promise<RemovalResult> {
  const { stack } = context.session.names;
  const { seen, answer } = await agree({
    look: () => prepare(context, ids),
    ask: ({ planned, inUse }) => {
      for (const data of inUse) context.emit({ type: "notice", code: "UsedByOthers", data });
      const isAsked = planned.length > 0 && !context.dryRun;
      return isAsked ? context.ask({ about: "removal", stack, resources: planned }) : Promise.resolve(undefined);
    },
    subject: ({ planned, inUse }) => [planned, inUse],
  });
  const { run, plan, planned, inUse } = seen;
  const leftAlone = plan.foreign.map((component) => run.subjectOf(component));
  const nothingDone = { stack, deleted: [], planned, leftAlone, inUse, declined: answer === "no", ms: 0 };
  if (context.dryRun || answer === "no") return nothingDone;
  if (answer === "unasked") requireUnprotected(planned);
  const started = context.clock.now();
  await first(
    run,
    plan.going.map(({ id }) => id),
  );
  recordLost(run, plan.going);
  dropAddOns(context.session.state, ids);
  const removal = await remove(run, plan);
  return { ...nothingDone, ...removal, planned: [], ms: context.clock.now() - started };
}

/** What a lost state does not know: an add-on that is recorded without its settings is one that was to be deleted. */
function recordLost(run: Run, going: readonly Component[]): void {
  if (!run.session.state.existed) return;
  for (const component of going.filter(isTelling)) {
    const isOurs = ownershipIn(run, component.id)?.whose === "ours";
    if (isOurs && run.inputs.recorded(component.id) === undefined) {
      run.record(component, "made", run.observed.get(component.id)?.live);
    }
  }
}

/** What was seen, and what goes. */
interface Prepared {
  readonly run: Run;
  readonly plan: RemovalPlan;
  readonly planned: readonly Removed[];
  /** Stays, because others use it. */
  readonly inUse: readonly UsedByOthers[];
}

async function prepare({ session, settings }: StackContext, ids: readonly ComponentId[]): Promise<Prepared> {
  const seen = startRun(session, { settings, removes: true });
  const plan = await planRemoval(seen, ids);
  // With the state lost: whether the role was given says how long late lines are waited for.
  const run = seen.over({ settings: recoverSettings(seen, settings), removes: true });
  const planned = await Promise.all(plan.going.map((component) => toRemoved(run, component)));
  return { run, plan, planned: planned.flat(), inUse: plan.inUse.map((each) => toUsed(run, each)) };
}

function toUsed(run: Run, { component, users }: InUse): UsedByOthers {
  const { component: resource, name } = run.subjectOf(component);
  return { resource, name, users };
}

/** A component, and what goes with it. */
async function toRemoved(run: Run, component: Component): Promise<Removed[]> {
  const observation = run.observed.get(component.id);
  if (observation === undefined) return [];
  const ownership = unlessOurs(run, component);
  const protectedBy = await component.protection(observation);
  const id = idOf(run, component);
  const users = component.id === "userPool" ? await countUsersOf(run, component) : undefined;
  return [
    {
      ...run.subjectOf(component),
      ...(id === undefined ? {} : { id }),
      ...(protectedBy === undefined ? {} : { protectedBy }),
      ...(users === undefined ? {} : { users }),
      ...(ownership === undefined ? {} : { takesOver: true, ...makerOf(run.session.owner, ownership) }),
    },
    ...(await component.alongside(observation, run.inputs.takesOver(component.id))),
  ];
}

async function countUsersOf(run: Run, component: Component): Promise<UserCount | undefined> {
  const pool = run.inputs.output("userPool");
  if (pool === undefined) return undefined;
  const { countUsers } = await import("../resources/cognito-idp/user-count.ts");
  return countUsers(run.session.clients, pool).catch((error: unknown) => {
    throw problemOf(run, component, error);
  });
}

/** @throws {Problem} `Protected` */
function requireUnprotected(planned: readonly Removed[]): void {
  for (const { component: resource, name, protectedBy: field } of planned) {
    if (field !== undefined) throw new Problem("Protected", { resource, name, field });
  }
}
