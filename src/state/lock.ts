// One writing command at a time per stack: a lock file that names its holder, and is taken over from a dead one.

import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import * as v from "valibot";
import { Problem } from "../core/problem.ts";
import { isProcessAlive } from "../core/process.ts";
import { asProblem, besides, isCode, prepareFolder } from "./store.ts";

const holderSchema = v.object({
  id: v.string(),
  pid: v.number(),
  host: v.string(),
  command: v.string(),
  since: v.string(),
});
export type Holder = Readonly<v.InferOutput<typeof holderSchema>>;

export interface Lock {
  /** The dead command whose lock was taken over. */
  readonly takenOverFrom?: Holder;
  release(): void;
}

/**
 * Takes the lock or says who has it.
 * @throws {Problem} `StateLocked` when its holder lives, or works on another machine where that cannot be seen;
 * `Unwritable`
 */
export function acquireLock(path: string, command: string, now: number): Lock {
  const mine: Holder = {
    id: randomUUID(),
    pid: process.pid,
    host: hostname(),
    command,
    since: new Date(now).toISOString(),
  };
  prepareFolder(dirname(path));
  let dead: Holder | undefined;
  // Twice for the normal take-over; more only when others race for the same dead lock.
  for (let attempt = 0; attempt < 10; attempt++) {
    if (claim(path, mine)) {
      const release = (): void => releaseIfMine(path, mine);
      return dead === undefined ? { release } : { release, takenOverFrom: dead };
    }
    const holder = readHolder(path);
    if (holder === "gone") continue;
    if (holder !== "unreadable" && isAlive(holder)) throw locked(path, holder);
    if (removeStale(path, holder) && holder !== "unreadable") dead = holder;
  }
  throw new Problem("Unwritable", { path, reason: "EBUSY" });
}

/** Whether a command that lives holds it. */
export function isLocked(path: string): boolean {
  const holder = readHolder(path);
  return typeof holder === "object" && isAlive(holder);
}

function locked(path: string, { command, pid, host, since }: Holder): Problem {
  return new Problem("StateLocked", { path, command, pid, host, since });
}

/** A link to a file that is already whole: nobody ever reads half a lock. */
function claim(path: string, mine: Holder): boolean {
  const whole = `${path}.${mine.id}`;
  const text = JSON.stringify(mine);
  const options = { mode: 0o600, flag: "wx" };
  try {
    writeFileSync(whole, text, options);
    try {
      linkSync(whole, path);
    } catch (error) {
      // Memory sticks (FAT, exFAT) have no links: the file itself, which is also there only once.
      if (!isCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR")) throw error;
      writeFileSync(path, text, options);
    }
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw asProblem(error, path);
  } finally {
    rmSync(whole, { force: true });
  }
}

function readHolder(path: string): Holder | "gone" | "unreadable" {
  try {
    const parsed = v.safeParse(holderSchema, JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.output : "unreadable";
  } catch (error) {
    return isCode(error, "ENOENT") ? "gone" : "unreadable";
  }
}

/** On another machine that cannot be seen. */
function isAlive({ pid, host }: Holder): boolean {
  return host !== hostname() || isProcessAlive(pid);
}

/** Renames before it deletes, so that of two who take over only one gets it, and never a lock that was claimed meanwhile. */
function removeStale(path: string, seen: Holder | "unreadable"): boolean {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const moved = readHolder(aside);
  const isSame = seen === "unreadable" ? moved === "unreadable" : typeof moved === "object" && moved.id === seen.id;
  if (!isSame) {
    try {
      linkSync(aside, path);
    } catch {
      // Claimed again in this very moment: its new holder keeps it.
    }
  }
  rmSync(aside, { force: true });
  return isSame;
}

function releaseIfMine(path: string, mine: Holder): void {
  // Locks that were being claimed or taken over when their commands were killed.
  for (const other of besides(path)) {
    const claiming = readHolder(other);
    if (typeof claiming === "object" && !isAlive(claiming)) rmSync(other, { force: true });
  }
  const holder = readHolder(path);
  if (typeof holder === "object" && holder.id === mine.id) rmSync(path, { force: true });
}
