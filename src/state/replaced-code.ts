// Code of somebody's that a takeover replaced, kept beside the state file. It is theirs: nothing here ever deletes or overwrites it.

import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Problem } from "../core/problem.ts";
import { asProblem, prepareFolder } from "./store.ts";

const ENDING = /^[0-9a-f]{12}\.zip$/;

/** @param sha256 base64, as Lambda shows it */
export function replacedCodePathOf(statePath: string, sha256: string): string {
  return `${prefixOf(statePath)}${Buffer.from(sha256, "base64").toString("hex").slice(0, 12)}.zip`;
}

function prefixOf(statePath: string): string {
  return statePath.replace(/(\.json)?$/, ".replaced-");
}

/** All that is kept of a stack. */
export function replacedCodeOf(statePath: string): string[] {
  const prefix = basename(prefixOf(statePath));
  const folder = dirname(statePath);
  const isKept = (name: string): boolean => name.startsWith(prefix) && ENDING.test(name.slice(prefix.length));
  return existsSync(folder) ? readdirSync(folder).flatMap((name) => (isKept(name) ? [join(folder, name)] : [])) : [];
}

/**
 * Whether that very code is there, kept earlier or fetched by hand.
 * @throws {Problem} `KeptCodeDiffers` when something else is, `Unwritable` when what is there cannot be read
 */
export function isCodeKept(path: string, sha256: string): boolean {
  if (!existsSync(path)) return false;
  if (hashOf(path) !== sha256) throw new Problem("KeptCodeDiffers", { path });
  return true;
}

function hashOf(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("base64");
  } catch (error) {
    throw asProblem(error, path);
  }
}

/**
 * Whole or not at all.
 * @throws {Problem} `KeptCodeDiffers` for something else of that name, `Unwritable`, `DiskFull`
 */
export function keepCode(statePath: string, path: string, zip: Uint8Array): void {
  prepareFolder(dirname(path));
  // The lock is held: nobody of ours makes it in between.
  if (existsSync(path)) throw new Problem("KeptCodeDiffers", { path });
  // As that of a state that is being saved, which goes with the stack when a killed command leaves it.
  const temporary = `${statePath}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    writeFileSync(temporary, zip, { mode: 0o600, flag: "wx", flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asProblem(error, path);
  }
}
