// The other stacks of a folder: who else needs its local cloud.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isLocked } from "../state/lock.ts";
import { lockPathOf } from "./places.ts";

/** Stacks whose state files in that folder say that they live on the local cloud. */
export function localStacksIn(folder: string, except: string): string[] {
  return filesIn(folder, ".json")
    .filter((path) => path !== except && isLocal(path))
    .map(stackOf);
}

/** Whether a command works on another stack of that folder: it may be about to use the cloud. */
export function isAnotherAtWork(folder: string, except: string): boolean {
  return filesIn(folder, ".lock").some((path) => path !== lockPathOf(except) && isLocked(path));
}

function isLocal(path: string): boolean {
  try {
    return readFileSync(path, "utf8").includes('"kind": "local"');
  } catch {
    // There, but not to be read: it may be.
    return true;
  }
}

function filesIn(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function stackOf(path: string): string {
  return path.replace(/^.*[\\/]/, "").replace(/\.json$/, "");
}
