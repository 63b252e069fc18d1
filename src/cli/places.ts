// Where a stack's files are: its state, its lock, and the data of the local cloud beside them.

import { basename, dirname, join, resolve } from "node:path";
import { DEFAULT_STACK } from "../core/names.ts";

const FOLDER = ".awsls";

export interface PlaceOptions {
  readonly stack?: string;
  readonly state?: string;
}

export function statePathOf({ stack = DEFAULT_STACK, state }: PlaceOptions, cwd: string): string {
  return resolve(cwd, state ?? join(FOLDER, `${stack}.json`));
}

export function lockPathOf(statePath: string): string {
  return statePath.replace(/(\.json)?$/, ".lock");
}

/** Whether a folder is one of our own making, to be removed when it is empty. */
export function isOurFolder(folder: string): boolean {
  return basename(folder) === FOLDER;
}

/** Where a local cloud keeps its data: beside the state, or in `.awsls/` of this folder. */
export function cloudFolderOf(cwd: string, statePath?: string): string {
  const home = statePath === undefined ? undefined : dirname(statePath);
  return join(home !== undefined && isOurFolder(home) ? home : join(cwd, FOLDER), "local");
}
