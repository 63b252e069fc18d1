// The graph backwards: everything goes as soon as nothing needs it any more, log groups last and looked at again.

import { isRefusal } from "../aws/errors.ts";
import type { Subject } from "../core/event.ts";
import { HANDLERS } from "../core/names.ts";
import { type Failure, type OtherUsers, Problem } from "../core/problem.ts";
import type { Component, ComponentId, Observation } from "./component.ts";
import { isUnasked } from "./add-ons.ts";
import { componentOf, LAST_STEP } from "./components.ts";
import { FUNCTIONS } from "./function-component.ts";
import { observe, observeOne, ownershipIn, problemOf, requireKnown, toForeign } from "./observe.ts";
import { hasOtherUsers, otherUsersOfRole } from "./role-users.ts";
import { requireUnique } from "./rivals.ts";
import type { Run } from "./run.ts";
import { recoverSettings } from "./settings.ts";

export interface Removal {
  readonly deleted: readonly Subject[];
  /** Of our names, but not ours: not touched. */
  readonly leftAlone: readonly Subject[];
}

export interface RemovalPlan {
  readonly going: readonly Component[];
  /** Disappear with their parent, without a call. */
  readonly dropped: readonly Component[];
  readonly foreign: readonly Component[];
  /** Others use it, too, or may: it stays. */
  readonly inUse: readonly InUse[];
  /** Not there: deleted by hand, by an earlier run, or never made. */
  readonly absent: readonly Component[];
}

export interface InUse {
  readonly component: Component;
  readonly users: OtherUsers;
}

/**
 * Looks and decides what goes.
 * @throws {Problem} `OtherOrigin`, `OwnershipUnknown`, `NotUnique` before anything is deleted
 */
export async function planRemoval(run: Run, ids: readonly ComponentId[]): Promise<RemovalPlan> {
  const selected = ids.map(componentOf);
  const parents = selected.flatMap(({ parent }) =>
    parent === undefined || ids.includes(parent) ? [] : [componentOf(parent)],
  );
  const dropped = selected.filter(({ parent }) => parent !== undefined && ids.includes(parent));
  const undropped = selected.filter((component) => !dropped.includes(component));
  await observe(run, [...parents, ...undropped]);
  const looked = undropped.filter((component) => !isAnybodys(run, component));
  const foreign = looked.filter((component) => isForeign(run, component));
  const ours = looked.filter(({ id }) => run.observed.has(id) && !foreign.some((each) => each.id === id));
  const absent = looked.filter(({ id }) => !run.observed.has(id));
  const inUse = await inUseAmong(run, ours);
  const going = ours.filter((each) => !inUse.some(({ component }) => component.id === each.id));
  return { going, dropped, foreign, inUse, absent };
}

/** A role that cannot be looked into stays: it costs nothing, and what is deleted does not come back. */
async function inUseAmong(run: Run, components: readonly Component[]): Promise<InUse[]> {
  const ids = components.map(({ id }) => id);
  const found: InUse[] = [];
  for (const handler of HANDLERS) {
    const component = components.find(({ id }) => id === FUNCTIONS[handler].role);
    const users = component === undefined ? [] : await otherUsersOfRole(run, handler, ids);
    if (component !== undefined && hasOtherUsers(users)) found.push({ component, users });
  }
  return found;
}

function isForeign(run: Run, component: Component): boolean {
  const ownership = ownershipIn(run, component.id);
  if (ownership === undefined) return false;
  requireKnown(run, component, ownership);
  if (run.session.adopt) requireUnique(run, component, ownership);
  return ownership.whose === "foreign" && (!run.session.adopt || isGivenRole(run, component));
}

/** Of the names of an add-on that this stack does not have: not even worth a word. */
function isAnybodys(run: Run, component: Component): boolean {
  const whose = ownershipIn(run, component.id)?.whose;
  return isUnasked(run, component) && !run.session.adopt && (whose === "foreign" || whose === "unknown");
}

/** `--role-arn` is never touched, also when it has the name that ours would have. */
function isGivenRole(run: Run, { id }: Component): boolean {
  const { roleArn } = recoverSettings(run, run.inputs.settings);
  if (roleArn === undefined || (id !== "role" && id !== "timerRole")) return false;
  return run.inputs.output(id)?.roleArn === roleArn;
}

/**
 * Deletes what the plan says. A failure stops only what has to wait for it.
 * @throws {Problem} `LeftBehind` naming everything that is still there, `Interrupted` after Ctrl-C
 */
export async function remove(run: Run, plan: RemovalPlan): Promise<Removal> {
  const { going, dropped, foreign, inUse, absent } = plan;
  for (const component of foreign) {
    run.session.emit({
      type: "notice",
      code: "LeftAlone",
      data: toForeign(run, component, ownershipIn(run, component.id) ?? { whose: "unknown" }),
    });
  }
  const failures: Failure[] = inUse
    .filter(({ users }) => users === "unknown")
    .map(({ component }) =>
      failureOf(run, component, new Problem("RoleUnchecked", { action: "lambda:ListFunctions" })),
    );
  await removeInOrder(run, plan, failures);
  if (failures.length === 0) await lookAgain(run, going, failures);
  if (run.session.signal.aborted) throw new Problem("Interrupted", { during: "looking" });
  if (failures.length > 0) throw new Problem("LeftBehind", { failures });
  // What turned out to be somebody else's is none of our record's either, nor are its children. The tags of a role that
  // others use still say that it is this stack's: a removal finds it again when they do not.
  const staying = inUse.map(({ component }) => component);
  run.forget(...[...absent, ...dropped, ...foreign, ...staying].map(({ id }) => id));
  return { deleted: going.map((each) => run.subjectOf(each)), leftAlone: foreign.map((each) => run.subjectOf(each)) };
}

/** Each as soon as all that need it are gone; one whose dependant stays is not tried, but listed. */
async function removeInOrder(run: Run, { going, dropped }: RemovalPlan, failures: Failure[]): Promise<void> {
  const ends = new Map<ComponentId, Promise<boolean>>();
  const removeOne = async (component: Component): Promise<boolean> => {
    for (const dependant of going.filter((other) => other.needs(LAST_STEP).includes(component.id))) {
      if (await ends.get(dependant.id)) continue;
      const { component: by, name } = run.subjectOf(dependant);
      failures.push(failureOf(run, component, new Problem("StillNeeded", { by, name })));
      return false;
    }
    if (!(await removeNow(run, component, failures))) return false;
    run.forget(component.id, ...dropped.filter(({ parent }) => parent === component.id).map(({ id }) => id));
    return true;
  };
  // Dependants first, so that their promises are there to wait for.
  for (const component of lastFirst(going)) ends.set(component.id, removeOne(component));
  const results = await Promise.allSettled(ends.values());
  const bug = results.find((result) => result.status === "rejected");
  if (bug !== undefined) throw bug.reason;
}

/** @returns whether it is gone; if not, why is in `failures` */
async function removeNow(run: Run, component: Component, failures: Failure[]): Promise<boolean> {
  const { emit, clock } = run.session;
  const seen = run.observed.get(component.id);
  if (seen === undefined) return true;
  const subject = run.subjectOf(component);
  const started = clock.now();
  emit({ type: "started", subject, action: "delete" });
  try {
    await removeProtected(run, component, seen);
  } catch (error) {
    const problem = problemOf(run, component, error);
    if (!(problem instanceof Problem)) throw problem;
    if (problem.code !== "Interrupted") emit({ type: "failed", subject, problem });
    failures.push(failureOf(run, component, problem));
    return false;
  }
  emit({ type: "finished", subject, outcome: "delete", changes: [], ms: clock.now() - started });
  return true;
}

/** Whoever removes a protected thing was asked, or said `--yes`; what AWS refuses to delete is protected again. */
async function removeProtected(run: Run, component: Component, seen: Observation): Promise<void> {
  const scope = run.scopeOf(component);
  const field = await component.protection(seen);
  if (field === undefined) return component.remove(scope, seen);
  const open = await component.protect(scope, seen, false);
  try {
    await component.remove(scope, open);
  } catch (error) {
    const isBack = isRefusal(error) && (await component.protect(scope, open, true).then(Boolean, () => false));
    const { component: resource, name } = run.subjectOf(component);
    if (!isBack) run.session.emit({ type: "notice", code: "ProtectionOff", data: { resource, name, field } });
    throw error;
  }
}

/** What cannot be looked at may still be there. */
async function lookAt(run: Run, component: Component, failures: Failure[]): Promise<Observation | undefined> {
  try {
    return await observeOne(run, component);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failures.push(failureOf(run, component, error));
    return undefined;
  }
}

function failureOf(run: Run, component: Component, problem: Problem): Failure {
  const { component: resource, name } = run.subjectOf(component);
  return { resource, name, problem };
}

/** How long after its end AWS may still deliver a function's last lines, in milliseconds. */
const LATE_LINES_MS = 10_000;

/** A function's last log line may arrive after its group was deleted, and AWS makes the group anew for it. */
async function lookAgain(run: Run, removed: readonly Component[], failures: Failure[]): Promise<void> {
  const { emit, clock, clients, signal } = run.session;
  for (const component of removed.filter(({ reappears }) => reappears)) {
    const subject = run.subjectOf(component);
    const started = clock.now();
    // The role that we make may not make log groups; one that is given or was taken over may.
    const { settings, takesOver } = run.inputs;
    const mayMakeGroups = settings.roleArn !== undefined || takesOver("role") || takesOver("timerRole");
    if (mayMakeGroups && clients.connection.endpoint === undefined) {
      emit({ type: "started", subject, action: "read" });
      emit({ type: "waiting", subject, waiting: { for: "lateLines" } });
      await clock.sleep(LATE_LINES_MS, signal);
    }
    const found = await lookAt(run, component, failures);
    emit({ type: "finished", subject, outcome: "none", changes: [], ms: clock.now() - started });
    if (found === undefined) continue;
    run.observed.set(component.id, found);
    await removeNow(run, component, failures);
  }
}

/** A component after everything that needs it. */
function lastFirst(components: readonly Component[]): Component[] {
  const ordered: Component[] = [];
  const visit = (component: Component): void => {
    if (ordered.includes(component)) return;
    for (const other of components) {
      if (other.needs(LAST_STEP).includes(component.id)) visit(other);
    }
    ordered.push(component);
  };
  for (const component of components) visit(component);
  return ordered;
}
