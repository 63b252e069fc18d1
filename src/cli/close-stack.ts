// What is given back when a command ends: the state of a stack that is gone, its idle local cloud, empty folders.

import { dirname } from "node:path";
import type { CloudProcess } from "../commands/context.ts";
import type { RemovalResult } from "../commands/removal.ts";
import type { Emit } from "../core/event.ts";
import { DEFAULT_STACK, namesOf } from "../core/names.ts";
import type { Lock } from "../state/lock.ts";
import { isEmpty } from "../state/state.ts";
import { discardState, openState, removeFolderIfEmpty, type StateStore } from "../state/store.ts";
import { localCloud } from "./local-cloud.ts";
import { isAnotherAtWork, localStacksIn } from "./other-stacks.ts";
import type { StackOptions, Surroundings } from "./open-stack.ts";
import { cloudFolderOf, isOurFolder, statePathOf } from "./places.ts";

interface Ending {
  readonly path: string;
  readonly lock: Lock | undefined;
  readonly state: StateStore | undefined;
  /** The cloud that may end with this stack. */
  readonly cloud: CloudProcess | undefined;
  readonly cwd: string;
  readonly emit: Emit;
}

/** Of two commands that end at the same moment, the last one to give its lock back ends the cloud. */
export async function endStack({ path, lock, state, cloud, cwd, emit }: Ending): Promise<void> {
  const isGone = state !== undefined && isEmpty(state.current());
  try {
    // Without the lock it may be the state of a command that began meanwhile.
    if (isGone && lock !== undefined) discardState(path);
  } finally {
    lock?.release();
  }
  if (isGone && cloud !== undefined && !isAnotherAtWork(dirname(path), path)) await endCloud(cloud, emit);
  removeFolders(path, cwd);
}

async function endCloud(cloud: CloudProcess, emit: Emit): Promise<void> {
  if ((await cloud.find())?.startedBy !== "command") return;
  const { stopped, holds } = await cloud.stop({ erase: true, onlyIfEmpty: true });
  const { folder } = cloud;
  if (stopped) emit({ type: "notice", code: "LocalCloudEnded", data: { folder } });
  else if (holds.length > 0) emit({ type: "notice", code: "LocalCloudStays", data: { folder, holds } });
}

/** Removes `.awsls/` when nothing of ours is in it any more. */
function removeFolders(path: string, cwd: string): void {
  const folders = new Set([dirname(path), dirname(cloudFolderOf(cwd, path))]);
  for (const folder of folders) if (isOurFolder(folder)) removeFolderIfEmpty(folder);
}

/**
 * A stack on a local cloud that does not run, and that no other stack needs: its data is deleted without starting it.
 * @returns undefined when this is not such a stack
 */
export async function discardStoppedStack(
  options: StackOptions,
  { cwd, emit, ask }: Surroundings,
): Promise<RemovalResult | undefined> {
  const { stack } = namesOf(options.stack ?? DEFAULT_STACK);
  const path = statePathOf(options, cwd);
  const state = openState(path, stack).current();
  if (state.target?.kind !== "local" || localStacksIn(dirname(path), path).length > 0) return undefined;
  const subjects = Object.entries(state.resources).map(([component, { name }]) => ({ component, name }));
  const isAgreed = await ask({ about: "delete", stack, resources: subjects });
  if (isAgreed) {
    await localCloud(cloudFolderOf(cwd, path), emit).stop({ erase: true });
    discardState(path);
    removeFolders(path, cwd);
  }
  const [deleted, planned] = isAgreed ? [subjects, []] : [[], subjects];
  return { stack, deleted, planned, leftAlone: [], declined: !isAgreed, ms: 0 };
}
