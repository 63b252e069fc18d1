// A stack that nobody is asked about: what its state, the options and the settings of this machine say.

import { findRegion } from "../aws/shared-config.ts";
import type { Emit } from "../core/event.ts";
import { DEFAULT_STACK, namesOf } from "../core/names.ts";
import { isProblem, type ProblemCode } from "../core/problem.ts";
import { openState } from "../state/store.ts";
import type { OfflineContext, OptionValues } from "./command.ts";
import type { Host } from "./host.ts";
import type { StackOptions } from "./open-stack.ts";
import { statePathOf } from "./places.ts";
import { requireRegion } from "./target.ts";

const VACANT: readonly ProblemCode[] = [
  "NothingHere",
  "NoRegion",
  "NoCredentials",
  "LocalCloudStopped",
  "LocalDataGone",
];

/** Whether there is nobody to ask: no settings, or a cloud that does not run. */
export function isVacant(error: unknown): boolean {
  return VACANT.some((code) => isProblem(error, code));
}

/** @throws {Problem} `InvalidStackName`, `InvalidRegion`, and what is wrong with the state file */
export async function offlineContext(options: OptionValues, host: Host, emit: Emit): Promise<OfflineContext> {
  const { stack, state, region: asked, profile } = options as StackOptions;
  const names = namesOf(stack ?? DEFAULT_STACK);
  const path = statePathOf(state === undefined ? { stack: names.stack } : { state }, host.cwd());
  const { settings, target } = openState(path, names.stack).current();
  const region = asked ?? target?.region ?? (await findRegion(host.env, profile))?.region;
  return {
    names,
    settings,
    emit,
    ...(target === undefined ? {} : { target }),
    ...(region === undefined ? {} : { region: requireRegion(region) }),
  };
}
