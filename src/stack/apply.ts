// Makes AWS match: each component as soon as what it needs is there, all others side by side.

import { isRefusal } from "../aws/errors.ts";
import { toError } from "../core/clock.ts";
import { Problem, type Failure } from "../core/problem.ts";
import type { Change } from "../core/change.ts";
import type { Action, Subject } from "../core/event.ts";
import { withBeginning } from "./add-ons.ts";
import type { Component, ComponentId, Observation } from "./component.ts";
import { observeOne, ownershipIn, problemOf, toForeign } from "./observe.ts";
import { actionOf } from "./plan.ts";
import type { Run } from "./run.ts";
import { withoutTakeover } from "./takeover.ts";

export interface Outcome {
  readonly subject: Subject;
  readonly outcome: Action | "none";
  readonly changes: readonly Change[];
}

/** Somebody needed it and it could not be made: they do not even begin. */
class Unmade extends Error {}

/**
 * Brings the components to their specs. A failure stops only what needs it.
 * @throws {Problem} the failure, `StepsFailed` for several, `Interrupted` after Ctrl-C
 */
export async function apply(run: Run, components: readonly Component[]): Promise<Outcome[]> {
  const ready = new Map(components.map(({ id }) => [id, deferred()]));
  const madeAnew = new Set<ComponentId>();
  const results = await Promise.allSettled(
    components.map(async (component) => {
      const mine = ready.get(component.id) ?? deferred();
      try {
        for (const need of component.needs(run.inputs.step)) await ready.get(need)?.promise;
        if (component.parent !== undefined) await ready.get(component.parent)?.promise;
        const outcome = await applyOne(run, component, madeAnew, mine.resolve);
        mine.resolve();
        return outcome;
      } catch (error) {
        mine.reject(new Unmade());
        throw error;
      }
    }),
  );
  throwFailures(run, components, results);
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function deferred(): Deferred {
  let settle: Pick<Deferred, "resolve" | "reject"> = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Its failure reaches the run through the component itself.
  promise.catch(() => undefined);
  return { promise, ...settle };
}

async function applyOne(
  run: Run,
  component: Component,
  madeAnew: Set<ComponentId>,
  isThere: () => void,
): Promise<Outcome> {
  const { emit, clock } = run.session;
  const subject = run.subjectOf(component);
  const started = clock.now();
  const isParentNew = component.parent !== undefined && madeAnew.has(component.parent);
  const observation = isParentNew ? undefined : run.observed.get(component.id);
  const changes = observation === undefined ? [] : await component.changes(run.inputs, observation);
  const outcome = observation === undefined ? "create" : actionOf(changes);
  if (outcome !== "none") emit({ type: "started", subject, action: outcome });
  try {
    await reach(run, component, outcome, observation, () => {
      if (outcome === "create" || outcome === "replace") madeAnew.add(component.id);
      isThere();
    });
  } catch (error) {
    const problem = problemOf(run, component, error);
    if (problem instanceof Problem && problem.code !== "Interrupted") emit({ type: "failed", subject, problem });
    throw problem;
  }
  const now = clock.now();
  run.session.state.update((before) =>
    withBeginning(withoutTakeover(before, [component.id]), component.id, { outcome, changes }, now),
  );
  emit({ type: "finished", subject, outcome, changes, ms: clock.now() - started });
  return { subject, outcome, changes };
}

async function reach(
  run: Run,
  component: Component,
  outcome: Outcome["outcome"],
  observation: Observation | undefined,
  isThere: () => void,
): Promise<void> {
  const scope = run.scopeOf(component);
  const made = (live: unknown): void => {
    run.setOutput(component.id, live);
    run.record(component, "made", live);
    isThere();
  };
  if (observation !== undefined && outcome === "none") return made(observation.live);
  if (observation !== undefined && outcome === "update") {
    run.setOutput(component.id, observation.live);
    // What is taken over is ours when all of it is done: until then a `down` without `--adopt` leaves it.
    if (scope.takesOver) isThere();
    else made(observation.live);
    return made(await reconcile(run, component, observation, scope.takesOver ? isThere : made));
  }
  if (observation !== undefined) await component.remove(scope, observation);
  run.record(component, "intent");
  try {
    made(await reconcile(run, component, undefined, made));
  } catch (error) {
    // What AWS refused was not made: an intent that stays would one day claim what somebody else made.
    if (isRefusal(error) && run.inputs.recorded(component.id)?.status === "intent") run.forget(component.id);
    throw error;
  }
}

/** When somebody was faster (or our own lost reply was), goes on with what is there if it is ours. */
async function reconcile(
  run: Run,
  component: Component,
  observation: Observation | undefined,
  made: (live: unknown) => void,
): Promise<unknown> {
  const scope = run.scopeOf(component);
  try {
    return await component.reconcile(scope, run.inputs, observation, made);
  } catch (error) {
    if (!(await component.isAlreadyThere(error))) throw error;
    const found = await observeWhenVisible(run, component);
    if (found === undefined) throw error;
    run.observed.set(component.id, found);
    const ownership = ownershipIn(run, component.id);
    if (ownership !== undefined && ownership.whose !== "ours") {
      run.forget(component.id);
      throw new Problem("Foreign", {
        resources: [toForeign(run, component, ownership)],
        stack: run.inputs.names.stack,
      });
    }
    made(found.live);
    return component.reconcile(scope, run.inputs, found, made);
  }
}

const VISIBLE_MS = 20_000;

/** AWS says that it is there, but reading is eventually consistent. */
async function observeWhenVisible(run: Run, component: Component): Promise<Observation | undefined> {
  const { clock, signal } = run.session;
  const deadline = clock.now() + VISIBLE_MS;
  for (;;) {
    const found = await observeOne(run, component);
    if (found !== undefined || clock.now() >= deadline) return found;
    await clock.sleep(1_000, signal);
  }
}

/** A bug is thrown as it is, Ctrl-C before everything else that went wrong because of it. */
function throwFailures(
  run: Run,
  components: readonly Component[],
  results: readonly PromiseSettledResult<Outcome>[],
): void {
  const failures: Failure[] = [];
  const errors = results.map((result) => (result.status === "rejected" ? toError(result.reason) : undefined));
  if (run.session.signal.aborted) throw new Problem("Interrupted", { during: "looking" });
  for (const [index, error] of errors.entries()) {
    if (error === undefined || error instanceof Unmade) continue;
    if (!(error instanceof Problem)) throw error;
    const component = components[index];
    if (component !== undefined) {
      const { component: resource, name } = run.subjectOf(component);
      failures.push({ resource, name, problem: error });
    }
  }
  const [first] = failures;
  if (first !== undefined) throw failures.length === 1 ? first.problem : new Problem("StepsFailed", { failures });
}
