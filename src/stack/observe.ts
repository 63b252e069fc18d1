// Reads what is there, in parallel as far as parents allow, and decides whose it is before anything is written.

import { toProblem } from "../aws/errors.ts";
import { toError } from "../core/clock.ts";
import type { Subject } from "../core/event.ts";
import { isProblem, Problem, type ForeignResource } from "../core/problem.ts";
import type { Component, ComponentId, Observation } from "./component.ts";
import { isUnasked } from "./add-ons.ts";
import { COMPONENTS, componentOf } from "./components.ts";
import { makerOf, type Ownership, ownershipOf, traceOf } from "./ownership.ts";
import { candidatesFor, idOf, requireUnique } from "./rivals.ts";
import type { Run, Session } from "./run.ts";

/** The components and everything they hang on, in the table's order. */
export function withNeeds(ids: readonly ComponentId[], step: number): Component[] {
  const wanted = new Set<ComponentId>();
  const add = (id: ComponentId): void => {
    if (wanted.has(id)) return;
    wanted.add(id);
    const component = componentOf(id);
    for (const need of component.needs(step)) add(need);
    if (component.parent !== undefined) add(component.parent);
  };
  for (const id of ids) add(id);
  return COMPONENTS.filter(({ id }) => wanted.has(id));
}

/**
 * Reads the components into `run.observed` and their outputs.
 * @throws {Problem} the first refusal by AWS
 */
export async function observe(run: Run, components: readonly Component[]): Promise<void> {
  if (run.session.isVacant) return;
  const reads = new Map<ComponentId, Promise<void>>();
  const read = async (component: Component): Promise<void> => {
    if (component.parent !== undefined) {
      await reads.get(component.parent);
      if (!run.observed.has(component.parent)) return;
    }
    for (const id of component.seenAfter) await reads.get(id);
    const observation = await observeOne(run, component).catch((error: unknown) => {
      // Whoever may not even look at what this stack does not have did not make it; nor does a cloud have what it does not know.
      if (isUnasked(run, component) && (isDenied(error) || isUnknownService(error))) return undefined;
      throw error;
    });
    // Also of what was seen before: it may be there no longer.
    if (observation === undefined) run.observed.delete(component.id);
    else run.observed.set(component.id, observation);
    run.setOutput(component.id, observation?.live);
  };
  // Parents first, so that their promises are there to wait for.
  for (const component of components.toSorted((a, b) => depthOf(a) - depthOf(b)))
    reads.set(component.id, read(component));
  await Promise.all(reads.values());
}

function isDenied(error: unknown): boolean {
  return isProblem(error, "AwsRefused") && error.data.code.startsWith("AccessDenied");
}

/** AWS-compatible endpoints answer 501 for services that they have not. */
function isUnknownService(error: unknown): boolean {
  return (
    isProblem(error, "AwsRefused") && (error.data.status === 501 || error.data.code === "UnknownOperationException")
  );
}

function depthOf({ parent }: Component): number {
  return parent === undefined ? 0 : 1 + depthOf(componentOf(parent));
}

/** One component, its refusal named after it. */
export async function observeOne(run: Run, component: Component): Promise<Observation | undefined> {
  try {
    return await component.observe(run.scopeOf(component), run.inputs);
  } catch (error) {
    throw problemOf(run, component, error);
  }
}

/** Whatever was thrown while working on a component, as a Problem that names it; a bug stays a bug. */
export function problemOf(run: Run, component: Component, error: unknown): Error {
  return problemIn(run.session, run.subjectOf(component), error);
}

/** The same for whoever reads what is in a resource. */
export function problemIn({ clients, place }: Session, subject: Subject, error: unknown): Error {
  const { endpoint } = clients.connection;
  const { region, account } = place;
  const { component: resource, name } = subject;
  return toProblem(error, { endpoint, region, account, resource, name }) ?? toError(error);
}

/** A child is whose its parent is. */
export function ownershipIn(run: Run, id: ComponentId): Ownership | undefined {
  const { parent } = componentOf(id);
  if (parent !== undefined) return run.observed.has(id) ? ownershipIn(run, parent) : undefined;
  const observation = run.observed.get(id);
  if (observation === undefined) return undefined;
  const { identity, record } = componentOf(id);
  const trace = traceOf(run.inputs.recorded(id), record(observation.live), identity);
  return ownershipOf(run.session.owner, observation, trace);
}

/**
 * Stops before the first write when something of our names is not ours.
 * @throws {Problem} `Foreign` naming all of them, `OtherOrigin`, `OwnershipUnknown`, `NotUnique`
 */
export function requireOurs(run: Run, components: readonly Component[]): void {
  const foreign: ForeignResource[] = [];
  for (const component of components) {
    // A child is whose its parent is: it need not be named, too.
    const ownership = component.parent === undefined ? ownershipIn(run, component.id) : undefined;
    if (ownership === undefined || ownership.whose === "ours") continue;
    requireKnown(run, component, ownership);
    if (run.session.adopt) requireUnique(run, component, ownership);
    else foreign.push(toForeign(run, component, ownership));
  }
  if (foreign.length > 0) throw new Problem("Foreign", { resources: foreign, stack: run.inputs.names.stack });
}

/**
 * Foreign things may be left alone; these two never.
 * @throws {Problem} `OtherOrigin`, `OwnershipUnknown`
 */
export function requireKnown(run: Run, component: Component, ownership: Ownership): void {
  const { owner, adopt } = run.session;
  const { component: resource, name } = run.subjectOf(component);
  if (ownership.whose === "unknown" && !adopt) {
    throw new Problem("OwnershipUnknown", { resource, name, action: component.tagAction ?? "tag:GetResources" });
  }
  if (ownership.whose !== "other-origin" || adopt) return;
  const created = run.observed.get(component.id)?.createdAt;
  throw new Problem("OtherOrigin", {
    stack: owner.stack,
    owner: ownership.owner,
    origin: ownership.origin,
    here: owner.origin,
    ...(created === undefined ? {} : { created }),
  });
}

export function toForeign(run: Run, component: Component, ownership: Ownership): ForeignResource {
  const { component: resource, name } = run.subjectOf(component);
  const id = idOf(run, component);
  const others = candidatesFor(run, component, ownership).flatMap((each) => (each.id === id ? [] : [each.id]));
  return {
    resource,
    name,
    ...(id === undefined ? {} : { id }),
    ...makerOf(run.session.owner, ownership),
    ...(others.length === 0 ? {} : { others }),
  };
}
