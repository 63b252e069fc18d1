// What the learner chose: from this command's options, from the state file, or, when that is lost, from what is live.

import { Problem } from "../core/problem.ts";
import type { LambdaFunction } from "../resources/lambda/function.ts";
import type { StateStore } from "../state/store.ts";
import type { Settings, TargetRecord } from "../state/state.ts";
import type { Component } from "./component.ts";
import { COMPONENTS, parseSettingsTag, type TaggedSettings } from "./components.ts";
import { ownershipIn } from "./observe.ts";
import type { Run } from "./run.ts";

/** Every component, but the role when one is given: that is never ours. */
export function ownComponents({ roleArn }: Settings): readonly Component[] {
  return roleArn === undefined ? COMPONENTS : COMPONENTS.filter(({ id }) => id !== "role");
}

/**
 * With the state file lost, settings that were not given now are read back from the live function.
 * @param crudHere where ejected code is, if it is in this folder: AWS does not know
 * @returns the very same object when there is nothing to recover
 */
export function recoverSettings(run: Run, settings: Settings, crudHere?: string): Settings {
  const live = run.inputs.output("function");
  const tags = run.observed.get("function")?.tags;
  const { state } = run.session;
  if (state.current().resources["function"] !== undefined || live === undefined || typeof tags !== "object")
    return settings;
  const tagged = parseSettingsTag(tags);
  const code = tagged.isEjected && crudHere !== undefined ? { code: { crud: crudHere } } : {};
  // Also of one that is taken over: what somebody wrote must not give way to the package's.
  const whose = ownershipIn(run, "function")?.whose;
  // Made on another machine, it is this stack's all the same: what was chosen there holds, a given role above all.
  const isOfStack = whose === "ours" || whose === "other-origin";
  const recovered: Settings = isOfStack ? { ...code, ...shownBy(live, tagged) } : code;
  const isNew = Object.keys(recovered).some((key) => !(key in settings));
  return isNew ? { ...recovered, ...settings } : settings;
}

function shownBy({ architecture, roleArn }: LambdaFunction, { bundle, isRoleGiven }: TaggedSettings): Settings {
  return {
    ...(architecture === "arm64" ? { architecture: "arm64" as const } : {}),
    ...(bundle ? { bundle: true } : {}),
    ...(isRoleGiven ? { roleArn } : {}),
  };
}

/**
 * With the state file lost, the learner's own code must not give way to the package's: where it is has to be known.
 * @throws {Problem} `EjectedCodeLost`
 */
export function requireEjectedCode(run: Run, lookedIn: string): void {
  const tags = run.observed.get("function")?.tags;
  const { settings, names } = run.inputs;
  const isKnown = settings.code?.crud !== undefined || run.inputs.recorded("function") !== undefined;
  if (isKnown || typeof tags !== "object" || !parseSettingsTag(tags).isEjected) return;
  throw new Problem("EjectedCodeLost", { name: names.function, lookedIn });
}

/** Records target and settings before the first creating call. */
export function chooseSettings(state: StateStore, target: TargetRecord, settings: Settings): void {
  state.update((before) => ({ ...before, target, settings }));
}
