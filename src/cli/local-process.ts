// The process of the local cloud: how it is started, with nothing of the learner's environment, and how it says why it ended.

import { execFile, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { StartOptions } from "../commands/context.ts";
import { asProblem, prepareFolder } from "../state/store.ts";
import { packageRoot } from "./package-root.ts";

const run = promisify(execFile);

/** Exit codes by which it says why there is no cloud. */
export const EXIT = { failed: 1, alreadyRunning: 3, regionConflict: 4 } as const;

export interface StartedProcess {
  readonly pid: number | undefined;
  /** Its exit code, once it has ended. */
  endedWith(): number | undefined;
}

/** What a process needs of its system. Nothing else: functions of the same user can read its environment. */
const PASSED_ON = ["PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot", "windir"];

/** Starts it in the background; it outlives this process. */
export function spawnProcess(folder: string, startedBy: string, options: StartOptions): StartedProcess {
  const child = spawn(process.execPath, argumentsFor(folder, startedBy, options), {
    detached: true,
    windowsHide: true,
    env: systemEnvironment(),
    stdio: ["ignore", ...logFiles(folder, logOf(folder))],
  });
  let ended: number | undefined;
  child.once("error", () => (ended = EXIT.failed));
  child.once("exit", (code) => (ended = code ?? EXIT.failed));
  child.unref();
  return { pid: child.pid, endedWith: () => ended };
}

export function systemEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function entry(): string {
  return join(packageRoot(), "dist", "local-cloud.js");
}

function argumentsFor(
  folder: string,
  startedBy: string,
  { region, port, anyCredentials, speed }: StartOptions,
): string[] {
  return [
    entry(),
    "--folder",
    folder,
    "--started-by",
    startedBy,
    ...(region === undefined ? [] : ["--region", region]),
    ...(port === undefined ? [] : ["--port", String(port)]),
    ...(anyCredentials === true ? ["--any-credentials"] : []),
    ...(speed === undefined ? [] : ["--speed", String(speed)]),
  ];
}

function logFiles(folder: string, log: string): [number, number] {
  prepareFolder(dirname(folder));
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = openSync(log, "a", 0o600);
    // The child has its own copy once it is spawned.
    setImmediate(() => closeSync(file));
    return [file, file];
  } catch (error) {
    throw asProblem(error, folder);
  }
}

/** What it said last. */
export function lastLineOf(folder: string): string {
  try {
    return readFileSync(logOf(folder), "utf8").trim().split("\n").at(-1) ?? "";
  } catch {
    return "";
  }
}

export function logOf(folder: string): string {
  return join(folder, "cloud.log");
}

/**
 * Deletes the data of a cloud that does not run, when nothing else than what is named is in it.
 * @returns what the process printed
 */
export async function discardData(folder: string, resources: readonly string[]): Promise<string> {
  const args = [entry(), "--folder", folder, "--discard", ...resources.map((resource) => `--only=${resource}`)];
  const { stdout } = await run(process.execPath, args, { env: systemEnvironment(), windowsHide: true });
  return stdout;
}
