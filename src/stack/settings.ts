// What the learner chose: from this command's options, from the state file, or, when that is lost, from what is live.

import type { StateStore } from "../state/store.ts";
import type { Settings, TargetRecord } from "../state/state.ts";
import type { Component } from "./component.ts";
import { COMPONENTS, parseSettingsTag } from "./components.ts";
import { ownershipIn } from "./observe.ts";
import type { Run } from "./run.ts";

/** Every component, but the role when one is given: that is never ours. */
export function ownComponents({ roleArn }: Settings): readonly Component[] {
  return roleArn === undefined ? COMPONENTS : COMPONENTS.filter(({ id }) => id !== "role");
}

/**
 * With the state file lost, settings that were not given now are read back from the live function.
 * @returns the very same object when there is nothing to recover
 */
export function recoverSettings(run: Run, settings: Settings): Settings {
  const live = run.inputs.output("function");
  const tags = run.observed.get("function")?.tags;
  const { state } = run.session;
  if (state.current().resources["function"] !== undefined || live === undefined || typeof tags !== "object")
    return settings;
  if (ownershipIn(run, "function")?.whose !== "ours") return settings;
  const tagged = parseSettingsTag(tags);
  const recovered: Settings = {
    ...(live.architecture === "arm64" ? { architecture: "arm64" as const } : {}),
    ...(tagged.bundle ? { bundle: true } : {}),
    ...(tagged.isRoleGiven ? { roleArn: live.roleArn } : {}),
  };
  const isNew = Object.keys(recovered).some((key) => !(key in settings));
  return isNew ? { ...recovered, ...settings } : settings;
}

/** Records target and settings before the first creating call. */
export function chooseSettings(state: StateStore, target: TargetRecord, settings: Settings): void {
  state.update((before) => ({ ...before, target, settings }));
}
