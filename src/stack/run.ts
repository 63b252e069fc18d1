// One run of a command over the components: what is known, what was observed, and the record of both.

import type { Clients } from "../aws/clients.ts";
import type { Clock } from "../core/clock.ts";
import type { Emit, Subject } from "../core/event.ts";
import type { Names } from "../core/names.ts";
import type { Place, Scope, Tags } from "../resources/resource.ts";
import type { Recorded, Settings, State } from "../state/state.ts";
import type { StateStore } from "../state/store.ts";
import type { PackagedCodes } from "./code.ts";
import type { Component, ComponentId, Inputs, Observation, Outputs } from "./component.ts";
import { componentOf, LAST_STEP } from "./components.ts";
import { ownershipIn } from "./observe.ts";
import { withoutTakeover } from "./takeover.ts";
import { type Owner, ownershipOf, tagsOf } from "./ownership.ts";

export interface Session {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly names: Names;
  readonly place: Place;
  readonly owner: Owner;
  readonly state: StateStore;
  /** Resources of others that carry our names are taken over. */
  readonly adopt: boolean;
  /** A local cloud that was never started: nothing is there, and nobody to ask. */
  readonly isVacant?: true;
}

export type Observations = Map<ComponentId, Observation>;

export interface Run {
  readonly session: Session;
  readonly inputs: Inputs;
  readonly observed: Observations;
  scopeOf(component: Component): Scope;
  subjectOf(component: Component): Subject;
  setOutput(id: ComponentId, live: unknown): void;
  record(component: Component, status: Recorded["status"], live?: unknown): void;
  forget(...ids: readonly ComponentId[]): void;
  /** Another run over what was observed: for settings that were read back from it, or for another step. */
  over(options: RunOptions): Run;
}

export interface RunOptions {
  readonly step?: number;
  readonly settings: Settings;
  readonly code?: PackagedCodes;
  readonly removes?: true;
}

export function startRun(session: Session, options: RunOptions): Run {
  const { step = LAST_STEP, settings, code = {} } = options;
  const outputs = new Map<ComponentId, unknown>();
  const observed: Observations = new Map();
  const locks = new Map<string, Promise<unknown>>();
  const { names, place, owner, state } = session;
  const inputs: Inputs = {
    names,
    settings,
    place,
    step,
    code,
    removes: options.removes === true,
    tags: (id) => {
      const seen = observed.get(id);
      const isTakenOver = inputs.takesOver(id) || (session.adopt && isFromElsewhere(owner, seen));
      return { ...tagsOf(owner, id), ...(isTakenOver ? {} : madeBy(seen)) };
    },
    seenTags: (id) => {
      const tags = observed.get(id)?.tags;
      return typeof tags === "object" ? tags : undefined;
    },
    recorded: (id) => state.current().resources[id],
    // What was agreed once is gone on with, also when half of it is ours already.
    takesOver: (id) => {
      if (state.current().takeover?.includes(id) === true) return true;
      if (!session.adopt) return false;
      // Nothing tells whether a child of ours was somebody else's a run ago, which was cut off and whose record is lost.
      return componentOf(id).parent !== undefined || ownershipIn(run, id)?.whose === "foreign";
    },
    // Written by setOutput with what that very component's resource returned.
    output: <I extends ComponentId>(id: I) => outputs.get(id) as Outputs[I] | undefined,
  };
  const subjectOf = (component: Component): Subject => ({ component: component.id, name: component.name(inputs) });
  const changeResources = (change: (resources: Record<string, Recorded>) => void): void => {
    state.update((before): State => {
      const resources = { ...before.resources };
      change(resources);
      return { ...before, resources };
    });
  };
  const run: Run = {
    session,
    inputs,
    observed,
    subjectOf,
    scopeOf: (component) =>
      toScope(session, locks, {
        takesOver: inputs.takesOver(component.id),
        waiting: (waiting) => session.emit({ type: "waiting", subject: subjectOf(component), waiting }),
      }),
    setOutput: (id, live) => void outputs.set(id, live),
    record(component, status, live) {
      changeResources((resources) => {
        const attributes = live === undefined ? {} : component.record(live);
        resources[component.id] = { name: component.name(inputs), status, attributes };
      });
    },
    forget(...ids) {
      changeResources((resources) => {
        for (const id of ids) delete resources[id];
      });
      state.update((before) => withoutTakeover(before, ids));
    },
    over(other) {
      const next = startRun(session, other);
      for (const [id, observation] of observed) {
        next.observed.set(id, observation);
        next.setOutput(id, observation.live);
      }
      return next;
    },
  };
  return run;
}

/** Of this stack, from another machine: by its tags alone, for a takeover that was cut off has recorded it already. */
function isFromElsewhere(owner: Owner, observation: Observation | undefined): boolean {
  return observation !== undefined && ownershipOf(owner, observation, "none").whose === "other-origin";
}

/**
 * Who made a thing of ours stays who made it: a laptop's name follows its network, a person signs in by another way.
 * Only what is taken over gets new ones.
 */
function madeBy(observation: Observation | undefined): Tags {
  const tags = observation?.tags;
  if (tags === undefined || typeof tags === "string") return {};
  return Object.fromEntries(["awsls:owner", "awsls:origin"].flatMap((key) => (tags[key] ? [[key, tags[key]]] : [])));
}

function toScope(
  { clients, clock, signal, place, emit }: Session,
  locks: Map<string, Promise<unknown>>,
  { takesOver, waiting }: Pick<Scope, "takesOver" | "waiting">,
): Scope {
  return {
    clients,
    clock,
    signal,
    place,
    takesOver,
    waiting,
    stays: (data) => emit({ type: "notice", code: "UsedByOthers", data }),
    oneAtATime<T>(lock: string, call: () => Promise<T>): Promise<T> {
      const before = locks.get(lock);
      if (before !== undefined) waiting({ for: "turn", of: lock });
      const result = (before ?? Promise.resolve()).then(call, call);
      const ended = result.catch(() => undefined).finally(() => locks.get(lock) === ended && locks.delete(lock));
      locks.set(lock, ended);
      return result;
    },
  };
}
