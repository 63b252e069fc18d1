// Several of one name, none of them ours: nothing says which one is to be taken over.

import { type Candidate, Problem } from "../core/problem.ts";
import type { Component } from "./component.ts";
import { componentOf } from "./components.ts";
import { makerOf, type Ownership, ownershipOf } from "./ownership.ts";
import type { Run } from "./run.ts";

/** What tells it from others of its name, where names are not unique. */
export function idOf(run: Run, component: Component): string | undefined {
  const observation = run.observed.get(component.id);
  if (observation === undefined) return undefined;
  const { apiId, userPoolId, identityPoolId } = component.record(observation.live);
  return apiId ?? userPoolId ?? identityPoolId;
}

/** It and all others that could be meant, oldest first; empty when there is no other. */
export function candidatesFor(run: Run, component: Component, ownership: Ownership): readonly Candidate[] {
  const id = idOf(run, component);
  const observation = run.observed.get(component.id);
  if (id === undefined || observation?.rivals === undefined || ownership.whose === "ours") return [];
  const { owner } = run.session;
  const rivals = observation.rivals
    .map((rival) => ({ ...rival, ownership: ownershipOf(owner, { live: undefined, tags: rival.tags }, "none") }))
    // Beside one that this stack made on another machine, strangers do not count.
    .filter((rival) => ownership.whose !== "other-origin" || rival.ownership.whose === "other-origin");
  if (rivals.length === 0) return [];
  return [{ id, createdAt: observation.createdAt, ownership }, ...rivals]
    .toSorted((a, b) => (a.createdAt ?? "").localeCompare(b.createdAt ?? ""))
    .map((each) => ({
      id: each.id,
      ...(each.createdAt === undefined ? {} : { createdAt: each.createdAt }),
      ...makerOf(owner, each.ownership),
    }));
}

/**
 * Before something is taken over, or deleted as if it were ours. A child is found in one of them by its parent.
 * @throws {Problem} `NotUnique`
 */
export function requireUnique(run: Run, component: Component, ownership: Ownership): void {
  if (component.parent !== undefined) return requireUnique(run, componentOf(component.parent), ownership);
  const candidates = candidatesFor(run, component, ownership);
  if (candidates.length === 0) return;
  const { component: resource, name } = run.subjectOf(component);
  throw new Problem("NotUnique", { resource, name, stack: run.inputs.names.stack, candidates });
}
