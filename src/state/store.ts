// The state file on disk: read once, saved whole and atomically at every change, gone when the stack is.

import { randomBytes } from "node:crypto";
import * as nodeFs from "node:fs";
import { basename, dirname, join } from "node:path";
import { Problem } from "../core/problem.ts";
import { emptyState, isEmpty, parseState, printState, remainsOf, type State } from "./state.ts";

/** The part of node:fs that saving needs; tests give one with a full disk. */
export type Files = Pick<
  typeof nodeFs,
  "closeSync" | "fsyncSync" | "mkdirSync" | "openSync" | "readFileSync" | "renameSync" | "rmSync" | "writeSync"
>;

export interface StateStore {
  readonly path: string;
  /** Whether a stack was recorded when the command began; what outlives one does not count. */
  readonly existed: boolean;
  current(): State;
  /** Saves before it returns; a state that did not change is not written. */
  update(change: (state: State) => State): void;
}

/**
 * Opens a stack's state. Creates nothing until the first `update`.
 * @throws {Problem} `StateDamaged`, `StateNewer`, `Unwritable` when the file cannot be read
 */
export function openState(path: string, stack: string, files: Files = nodeFs): StateStore {
  const text = readIfThere(path, files);
  let state = text === undefined ? emptyState(stack) : parseState(text, path, stack);
  let saved = text;
  const isNothing = (next: State): boolean => isEmpty(next) && remainsOf(next) === undefined;
  return {
    path,
    existed: state.target !== undefined,
    current: () => state,
    update(change) {
      const next = change(state);
      const printed = printState(next);
      if (printed !== saved && !(isNothing(next) && saved === undefined)) {
        save(path, printed, files);
        saved = printed;
      }
      state = next;
    },
  };
}

/**
 * For a stack of which nothing is left: the file goes, but for what outlives the stack, and with it the zips kept beside it and
 * what commands that were killed while they saved it left.
 */
export function endState({ path, current, update }: StateStore): void {
  const remains = remainsOf(current());
  if (remains === undefined) nodeFs.rmSync(path, { force: true });
  else update(() => remains);
  removeTemporaries(path);
  for (let number = 1; isFile(zipPathOf(path, number)); number++) nodeFs.rmSync(zipPathOf(path, number));
}

/** Of commands that were killed while they saved that file. */
export function removeTemporaries(path: string): void {
  for (const file of besides(path)) if (TEMPORARY.test(file)) nodeFs.rmSync(file, { force: true });
}

/** Whether that file says where a stack lives. A quick look, for whoever does not need more. */
export function isRecorded(path: string): boolean {
  try {
    return nodeFs.readFileSync(path, "utf8").includes('"target"');
  } catch {
    return false;
  }
}

/** Files in the same folder whose names begin with that file's. */
export function besides(path: string): string[] {
  const folder = dirname(path);
  try {
    return nodeFs
      .readdirSync(folder)
      .flatMap((name) => (name.startsWith(`${basename(path)}.`) ? [join(folder, name)] : []));
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return nodeFs.lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Where the zips that a run sends are kept: `alice.zip` beside `alice.json`, the second as `alice.2.zip`. */
export function zipPathOf(statePath: string, number = 1): string {
  // In a folder of the learner's own `alice.zip` may be the learner's.
  const whose = basename(dirname(statePath)) === STATE_FOLDER ? "" : ".awsls";
  return statePath.replace(/(\.json)?$/, `${whose}${number === 1 ? "" : `.${number}`}.zip`);
}

/** The folder that is ours to make and to remove. */
export const STATE_FOLDER = ".awsls";

/**
 * Makes `.awsls/` with a `.gitignore` of its own: what is in it belongs to one machine. Any other folder has to be there.
 * @throws {Problem} `Unwritable`, `DiskFull`
 */
export function prepareFolder(folder: string, files: Files = nodeFs): void {
  if (basename(folder) !== STATE_FOLDER) return;
  guarded(folder, () => {
    files.mkdirSync(folder, { recursive: true });
    const ignore = join(folder, ".gitignore");
    // Not by way of another file: one that a killed command left would keep the folder for ever.
    if (!readIfThere(ignore, files)) write(ignore, "w", "*\n", files);
  });
}

/** Removes `.awsls/` when nothing but its `.gitignore` is in it. */
export function removeFolderIfEmpty(folder: string): void {
  try {
    const left = nodeFs.readdirSync(folder);
    if (left.some((name) => name !== ".gitignore")) return;
    nodeFs.rmSync(join(folder, ".gitignore"), { force: true });
    nodeFs.rmdirSync(folder);
  } catch (error) {
    // Not there, or somebody put a file into it this moment: both are fine.
    if (!isCode(error, "ENOENT", "ENOTEMPTY", "ENOTDIR")) throw asProblem(error, folder);
  }
}

/** @throws {Problem} `Unwritable` */
export function readIfThere(path: string, files: Files = nodeFs): string | undefined {
  try {
    return files.readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw asProblem(error, path);
  }
}

/**
 * For its owner's eyes alone, in one step.
 * @throws {Problem} `Unwritable`, `DiskFull`
 */
export function save(path: string, text: string, files: Files = nodeFs): void {
  prepareFolder(dirname(path), files);
  guarded(path, () => writeDurably(path, text, files));
}

/** Of `writeDurably`. */
const TEMPORARY = /\.[0-9a-f]{8}\.tmp$/;

/** Whole or not at all, also through a crash: a new file beside it, on disk, then renamed over it. */
function writeDurably(path: string, text: string, files: Files): void {
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    write(temporary, "wx", text, files);
    files.renameSync(temporary, path);
  } catch (error) {
    files.rmSync(temporary, { force: true });
    throw error;
  }
}

function write(path: string, flags: "w" | "wx", text: string, files: Files): void {
  const file = files.openSync(path, flags, 0o600);
  try {
    files.writeSync(file, text);
    files.fsyncSync(file);
  } finally {
    files.closeSync(file);
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asProblem(error, path);
  }
}

/** What the file system says, as a Problem with a way out; anything unexpected stays what it is. */
export function asProblem(error: unknown, path: string): unknown {
  if (isCode(error, "ENOSPC", "EDQUOT")) return new Problem("DiskFull", { path }, { cause: error });
  if (isCode(error, "EACCES", "EPERM", "EROFS", "EISDIR", "ENOENT", "ENOTDIR", "EEXIST", "ENAMETOOLONG", "EBUSY")) {
    return new Problem("Unwritable", { path, reason: error.message }, { cause: error });
  }
  return error;
}

export function isCode(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
