// dynalite's tables on disk, opened for this cloud: its region and account, and reads that do not leave the thread.

import { create } from "dynalite/db/index.js";
import type { Store } from "dynalite/db/index.js";

export interface EngineOptions {
  /** LevelDB's folder. */
  readonly path: string;
  readonly region: string;
  readonly accountId: string;
}

export function openStore({ path, region, accountId }: EngineOptions): Store {
  const store = create({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // dynalite takes them from the process environment, which is the user's and not this cloud's.
  Object.assign(store.tableDb, { awsAccountId: accountId, awsRegion: region });
  readOnThisThread(store);
  return store;
}

/**
 * Every operation reads the table's record and mostly an item. A read is a few microseconds, nearly always from
 * memory; handing it to another thread and waking up for its answer costs ten times as much. Writes stay where they
 * are: they wait for the disk.
 */
function readOnThisThread({ db: level }: Store): void {
  const later = level.get;
  level.get = (key, callback) => {
    // While it opens it keeps calls back, and makes them again without a callback.
    if (level.status !== "open" || typeof callback !== "function") return later(key, callback);
    let found: unknown;
    let failure: unknown = null;
    try {
      found = level.getSync(key);
    } catch (error) {
      failure = error;
    }
    // dynalite counts on being called back later.
    queueMicrotask(() => callback(failure, found));
  };
}

/** Waits for writes under way, then closes the files. */
export function closeStore({ db: level }: Store): Promise<void> {
  return new Promise((resolve, reject) => {
    level.close((error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}
