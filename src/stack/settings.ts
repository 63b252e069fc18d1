// What the learner chose: from this command's options, from the state file, or, when that is lost, from what is live.

import { isSame } from "../core/change.ts";
import { type HandlerName, HANDLERS } from "../core/names.ts";
import { Problem } from "../core/problem.ts";
import { isOn } from "../resources/events/rule-state.ts";
import type { LambdaFunction } from "../resources/lambda/function.ts";
import type { StateStore } from "../state/store.ts";
import type { Settings, TargetRecord } from "../state/state.ts";
import { parseAuthTag } from "./auth-components.ts";
import { parseIdentityTag } from "./identity-components.ts";
import type { Component, ComponentId } from "./component.ts";
import { COMPONENTS, componentOf } from "./components.ts";
import { FUNCTIONS, parseSettingsTag, type TaggedSettings } from "./function-component.ts";
import { ownershipIn } from "./observe.ts";
import { SETTINGS_TAG } from "./ownership.ts";
import type { Run } from "./run.ts";

/** All that the stack has by its settings. */
export function ownComponents(settings: Settings): readonly Component[] {
  return COMPONENTS.filter((component) => isChosen(component, settings));
}

/** Add-ons when they are set; roles unless one is given: that is never ours. */
export function isChosen({ id, addOn, when }: Component, settings: Settings): boolean {
  const isRole = HANDLERS.some((handler) => FUNCTIONS[handler].role === id);
  if (isRole && settings.roleArn !== undefined) return false;
  return (addOn === undefined || settings[addOn] !== undefined) && (when?.(settings) ?? true);
}

/** Where the learner's own code of a handler is in this folder: AWS does not know. */
export type CodeHere = (handler: HandlerName) => string | undefined;

/**
 * With the state file lost, settings that were not given now are read back from what is live.
 * @returns the very same object when there is nothing to recover
 */
export function recoverSettings(run: Run, settings: Settings, codeHere: CodeHere = () => undefined): Settings {
  const ofCrud = recoveredFrom(run, "crud", codeHere);
  const ofTimer = run.inputs.recorded("function") === undefined ? recoveredFrom(run, "timer", codeHere) : {};
  const code = { ...ofCrud.code, ...ofTimer.code, ...settings.code };
  const recovered: Settings = {
    ...ofTimer,
    ...ofCrud,
    ...timerShown(run),
    ...authShown(run),
    ...identityShown(run),
    ...settings,
    ...(Object.keys(code).length === 0 ? {} : { code }),
  };
  return isSame(recovered, settings) ? settings : recovered;
}

function recoveredFrom(run: Run, handler: HandlerName, codeHere: CodeHere): Settings {
  const { function: id } = FUNCTIONS[handler];
  const live = run.inputs.output(id);
  const tags = run.observed.get(id)?.tags;
  if (run.inputs.recorded(id) !== undefined || live === undefined || typeof tags !== "object") return {};
  const tagged = parseSettingsTag(tags);
  const folder = tagged.isEjected ? codeHere(handler) : undefined;
  // Also of one that is taken over: what somebody wrote must not give way to the package's.
  const code = folder === undefined ? {} : { code: { [handler]: folder } };
  // Made on another machine, it is this stack's all the same: what was chosen there holds, a given role above all.
  return isOfStack(run, id) ? { ...code, ...shownBy(live, tagged) } : code;
}

function shownBy({ architecture, roleArn }: LambdaFunction, { bundle, isRoleGiven }: TaggedSettings): Settings {
  return {
    ...(architecture === "arm64" ? { architecture: "arm64" as const } : {}),
    ...(bundle ? { bundle: true } : {}),
    ...(isRoleGiven ? { roleArn } : {}),
  };
}

/** A rule of this stack is a timer of this stack; one that is recorded while the settings say nothing of it was to be deleted. */
function timerShown(run: Run): Settings {
  const live = run.inputs.output("timerRule");
  if (live?.scheduleExpression === undefined || !isOfStack(run, "timerRule")) return {};
  if (run.inputs.recorded("timerRule") !== undefined) return {};
  return { timer: { schedule: live.scheduleExpression, enabled: isOn(live.state) } };
}

/** What was chosen is a tag of the pool. */
function authShown(run: Run): Settings {
  const tags = run.inputs.seenTags("userPool");
  if (tags === undefined || !isOfStack(run, "userPool") || run.inputs.recorded("userPool") !== undefined) return {};
  // The rule is to be seen at the function, too: without the tag it must not be dropped for that.
  const isRuled = run.inputs.output("function")?.environment?.["DELETE_ONLY_FOR"] !== undefined;
  return {
    auth: tags[SETTINGS_TAG] === undefined ? { ...parseAuthTag(tags), adminsOnlyDelete: isRuled } : parseAuthTag(tags),
  };
}

/** What was chosen is a tag of the pool; without it, guests are to be seen at the pool, the admins' role where tokens map to it. */
function identityShown(run: Run): Settings {
  const { inputs } = run;
  const tags = inputs.seenTags("identityPool");
  const live = inputs.output("identityPool");
  if (tags === undefined || live === undefined || !isOfStack(run, "identityPool")) return {};
  if (inputs.recorded("identityPool") !== undefined) return {};
  const guests = live.described.AllowUnauthenticatedIdentities === true;
  const admins = Object.values(inputs.output("identityPoolRoles")?.mappings ?? {}).some(({ Type }) => Type === "Token");
  return { identity: parseIdentityTag(tags) ?? { guests, admins } };
}

function isOfStack(run: Run, id: ComponentId): boolean {
  const whose = ownershipIn(run, id)?.whose;
  return whose === "ours" || whose === "other-origin";
}

/**
 * With the state file lost, the learner's own code must not give way to the package's: where it is has to be known.
 * @throws {Problem} `EjectedCodeLost`
 */
export function requireEjectedCode(run: Run, handler: HandlerName, lookedIn: string): void {
  const { function: id } = FUNCTIONS[handler];
  const tags = run.observed.get(id)?.tags;
  const isKnown = run.inputs.settings.code?.[handler] !== undefined || run.inputs.recorded(id) !== undefined;
  if (isKnown || typeof tags !== "object" || !parseSettingsTag(tags).isEjected) return;
  const { name } = run.subjectOf(componentOf(id));
  throw new Problem("EjectedCodeLost", { name, lookedIn });
}

/** Records target and settings before the first creating call. */
export function chooseSettings(state: StateStore, target: TargetRecord, settings: Settings): void {
  state.update((before) => ({ ...before, target, settings }));
}
