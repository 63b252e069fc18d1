// Records on disk: one JSON file a collection, written whole to a temporary file and renamed before a write returns.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Collection } from "./service.ts";

/**
 * Opens the collection `name` (`iam/roles` → `<folder>/iam/roles.json`, mode 0600). A rename is atomic, so a killed
 * process leaves the last complete state, never half of one.
 * @throws {Error} when the file is there but cannot be read as a collection
 */
export function openCollection<T>(folder: string, name: string): Collection<T> {
  const path = join(folder, `${name}.json`);
  let records = read<T>(path);
  // On disk first: when writing fails (disk full), memory still says what the disk says.
  const replace = (next: Map<string, T>): void => {
    if (name.includes("/")) makeFolder(dirname(path));
    writeWhole(path, JSON.stringify(Object.fromEntries(next)));
    records = next;
  };

  return {
    get: (key) => records.get(key),
    set(key, value) {
      replace(new Map(records).set(key, value));
    },
    delete(key) {
      const next = new Map(records);
      if (!next.delete(key)) return false;
      replace(next);
      return true;
    },
    update(changes) {
      const next = new Map(records);
      let isChanged = false;
      for (const [key, value] of changes) {
        isChanged = true;
        if (value === undefined) next.delete(key);
        else next.set(key, value);
      }
      if (isChanged) replace(next);
    },
    entries: () => records.entries(),
    values: () => records.values(),
    get size() {
      return records.size;
    },
    clear() {
      if (records.size > 0) replace(new Map());
    },
  };
}

function read<T>(path: string): Map<string, T> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return new Map();
    throw error;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new Error("not a JSON object");
    // The file is this module's own writing: the type of the records is the caller's, as it was at `set`.
    return new Map(Object.entries(parsed as Record<string, T>));
  } catch (error) {
    throw new Error(`${path} is damaged: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Replaces a file's content as a whole, mode 0600. */
export function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  rename(temporary, path);
}

/**
 * Makes a folder unless it is there, never the one above it: a data folder that somebody deleted must not come back
 * (the process ends itself when it is gone).
 * @throws {Error} `ENOENT` when there is none above
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  }
}

/** On Windows a virus scanner that holds the old file for a moment makes rename fail. */
function rename(from: string, to: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const busy = isCode(error, "EPERM") || isCode(error, "EACCES") || isCode(error, "EBUSY");
      if (!busy || process.platform !== "win32" || attempt === 20) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** Whether something thrown by Node's file system or network carries that code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
