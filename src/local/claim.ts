// One process a data folder: who holds it, where that process listens, and when it is no longer the holder.

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import type { Health, PortChange } from "./control.ts";
import { sayHello } from "../core/hello.ts";
import { isProcessAlive } from "../core/process.ts";
import { isCode, writeWhole } from "./store.ts";

/** `cloud.json`, mode 0600: what a command needs to reach the cloud of this folder. */
export interface CloudRecord extends Health {
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly portsChanged: readonly PortChange[];
  readonly anyCredentials: boolean;
  /** Of its rules' schedules. */
  readonly speed: number;
  /** The version of the Node.js that it and every function run on. */
  readonly node: string;
}

export interface Claim {
  /** Says where this cloud listens. */
  publish(record: CloudRecord): void;
  /** False once the folder is gone, or another process has published itself there. */
  isHeld(): boolean;
  /** Leaves the folder to the next one; does nothing when it is no longer ours. */
  release(): void;
}

/** Another process has this folder's cloud. */
export class AlreadyRunning extends Error {
  readonly pid: number;

  constructor(pid: number) {
    super(`process ${pid} already runs the local cloud of this folder`);
    this.name = "AlreadyRunning";
    this.pid = pid;
  }
}

/** A cloud needs this long at most from its start to its first answer. */
const STARTING_MS = 20_000;
/** A lock that is still empty after this was left by a process that died while it wrote. */
const WRITING_MS = 2000;

/**
 * Claims a data folder for this process, also from one that died without a word.
 * @throws {AlreadyRunning}
 */
export async function claimFolder(folder: string): Promise<Claim> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = join(folder, "cloud.lock");
  const published = join(folder, "cloud.json");
  while (!create(lock)) {
    const holder = Number(read(lock) ?? "0");
    if (holder === 0 && ageOf(lock) < WRITING_MS) {
      // Made by another process this very moment, and not yet written.
      await systemClock.sleep(20);
      continue;
    }
    if (await isLive(holder, folder, lock, published)) throw new AlreadyRunning(holder);
    // Two that take over at the same moment meet again at the tables' own lock.
    rmSync(lock, { force: true });
    rmSync(published, { force: true });
  }
  return {
    publish: (record) => writeWhole(published, `${JSON.stringify(record, null, 2)}\n`),
    isHeld: () => pidIn(published) === process.pid,
    release() {
      if (pidIn(published) === process.pid) rmSync(published, { force: true });
      if (read(lock) === String(process.pid)) rmSync(lock, { force: true });
    },
  };
}

function create(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** A process of that id may be another one by now, so it also has to answer as this folder's cloud, or be starting. */
async function isLive(pid: number, folder: string, lock: string, published: string): Promise<boolean> {
  if (pid === process.pid || !isProcessAlive(pid)) return false;
  const record = parse(read(published));
  if (record?.pid !== pid) return ageOf(lock) < STARTING_MS;
  // Too busy to answer is alive; nobody listening, or somebody without its key, is not.
  return (await sayHello({ ...record, folder })) !== "nobody";
}

function ageOf(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function pidIn(published: string): number | undefined {
  return parse(read(published))?.pid;
}

function parse(text: string | undefined): CloudRecord | undefined {
  try {
    // The file is `publish`'s own writing, replaced as a whole.
    return text === undefined ? undefined : (JSON.parse(text) as CloudRecord);
  } catch {
    return undefined;
  }
}
