// Where a stack's files are: its state, its lock, and the data of the local cloud beside them.

import { basename, dirname, join, resolve } from "node:path";
import { DEFAULT_STACK } from "../core/names.ts";
import { STATE_FOLDER } from "../state/store.ts";

export interface PlaceOptions {
  readonly stack?: string;
  readonly state?: string;
}

export function statePathOf({ stack = DEFAULT_STACK, state }: PlaceOptions, cwd: string): string {
  return resolve(cwd, state ?? join(STATE_FOLDER, `${stack}.json`));
}

export function lockPathOf(statePath: string): string {
  return statePath.replace(/(\.json)?$/, ".lock");
}

/** Whether a folder is one of our own making, to be removed when it is empty. */
export function isOurFolder(folder: string): boolean {
  return basename(folder) === STATE_FOLDER;
}

/** Where a local cloud keeps its data: where the state says, else beside the state, else in `.awsls/` of this folder. */
export function cloudFolderOf(cwd: string, statePath?: string, recorded?: string): string {
  if (statePath === undefined) return join(cwd, STATE_FOLDER, "local");
  const home = dirname(statePath);
  if (recorded !== undefined) return resolve(home, recorded);
  return join(isOurFolder(home) ? home : join(cwd, STATE_FOLDER), "local");
}
