// `awsls function eject`: a handler's code becomes the learner's own, in a folder of theirs that is deployed from then on.

import { cpSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HandlerName } from "../core/names.ts";
import { Problem } from "../core/problem.ts";
import { packageCode } from "../stack/code.ts";
import { asProblem } from "../state/store.ts";
import type { FolderContext } from "./context.ts";

export interface EjectOptions {
  readonly handler: HandlerName;
  /** What is in the folder already is taken as it is. */
  readonly useExisting: boolean;
  readonly undo: boolean;
}

/**
 * "taken": it was there already. "own": it is what is deployed. "packaged": the folder is this package's, as in a clone
 * of the repository.
 */
export type EjectOutcome = "copied" | "taken" | "own" | "packaged" | "undone" | "notEjected";

export interface EjectResult {
  readonly stack: string;
  readonly handler: HandlerName;
  readonly outcome: EjectOutcome;
  /** What it is, or with `--dry-run` would be, about. */
  readonly folder: string;
  readonly file: string;
}

/**
 * Never writes over a file that is there, and never deletes one.
 * @throws {Problem} `HandlerExists`; `HandlerMissing` when there is nothing to use; `Unwritable`, `DiskFull`
 */
export async function ejectFunction(context: FolderContext, options: EjectOptions): Promise<EjectResult> {
  const { handler, undo, useExisting } = options;
  const { handlers, dryRun, stack } = context;
  const recorded = handlers.ejected(handler);
  const folder = recorded ?? handlers.usual(handler);
  const result = (outcome: EjectOutcome): EjectResult => {
    return { stack, handler, outcome, folder, file: join(folder, "index.mjs") };
  };
  if (undo) {
    if (recorded === undefined) return result("notEjected");
    remember(context, handler, undefined);
    return result("undone");
  }
  if (recorded === undefined && handlers.isPackaged(handler, folder)) return result("packaged");
  if (recorded !== undefined && isThere(join(folder, "index.mjs"))) return result("own");
  if (!useExisting && (recorded !== undefined || isVacant(folder))) {
    if (!dryRun) copy(handlers.packaged(handler), folder);
    remember(context, handler, folder);
    return result("copied");
  }
  if (!useExisting && !(await isCopyOf(folder, handlers.packaged(handler)))) {
    throw new Problem("HandlerExists", { folder });
  }
  // There must be something to deploy; whether it is right is looked at when it is.
  await packageCode({ folder, isEjected: true });
  remember(context, handler, folder);
  return result("taken");
}

function remember({ state, handlers, dryRun }: FolderContext, handler: HandlerName, folder: string | undefined): void {
  if (dryRun) return;
  state.update((before) => {
    const { code = {}, ...settings } = before.settings;
    const { [handler]: _, ...others } = code;
    const next = folder === undefined ? others : { ...others, [handler]: handlers.toRecorded(folder) };
    return { ...before, settings: Object.keys(next).length === 0 ? settings : { ...settings, code: next } };
  });
}

/** Nothing is there, or a folder with nothing in it. */
function isVacant(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    // Not there, or something else than a folder.
    return !isThere(folder);
  }
}

/** Also a link to nothing is something. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    // Also when a folder on the way to it is none: making it says so.
    return false;
  }
}

/** What an interrupted `eject` left, or one whose state is lost: it may be taken without a question. */
async function isCopyOf(folder: string, original: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([folder, original].map((each) => packageCode({ folder: each })));
    return one?.sha256 === other?.sha256;
  } catch {
    return false;
  }
}

/** Whole or not at all where there is nothing yet; into a folder that lost its `index.mjs`, only what is not there. */
function copy(original: string, folder: string): void {
  try {
    if (!isVacant(folder)) return cpSync(original, folder, { recursive: true, force: false, errorOnExist: false });
    mkdirSync(dirname(folder), { recursive: true });
    copyWhole(original, folder);
  } catch (error) {
    throw asProblem(error, folder);
  }
}

function copyWhole(original: string, folder: string): void {
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    cpSync(original, temporary, { recursive: true });
    if (isThere(folder)) rmdirSync(folder);
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}
