// The local cloud as a process: found by its cloud.json, started in the background, ended over HTTP. Nobody else does this.

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import type { CloudInfo, CloudProcess, StartOptions } from "../commands/context.ts";
import { systemClock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { Problem } from "../core/problem.ts";
import { isProcessAlive } from "../core/process.ts";
import { asProblem, prepareFolder } from "../state/store.ts";
import { packageRoot } from "./package-root.ts";

const recordSchema = v.object({
  pid: v.number(),
  url: v.string(),
  region: v.string(),
  accountId: v.string(),
  startedBy: v.picklist(["command", "user"]),
  accessKeyId: v.string(),
  secretAccessKey: v.string(),
  portChangedFrom: v.optional(v.number()),
});
type CloudRecord = v.InferOutput<typeof recordSchema>;

const stopSchema = v.object({ stopping: v.boolean(), holds: v.array(v.string()) });

const START_MS = 20_000;
const STOP_MS = 10_000;
const HEALTH_MS = 2_000;
const POLL_MS = 15;
/** How the process says that the folder's data belongs to another region. */
const EXIT_REGION_CONFLICT = 4;

/** The cloud whose data is in that folder. Looking never makes the folder. */
export function localCloud(folder: string, emit: Emit): CloudProcess {
  const find = async (): Promise<CloudInfo | undefined> => {
    const record = readRecord(folder);
    if (record === undefined) return undefined;
    const isHealthy = await control(record, "GET", "health", { timeoutMs: HEALTH_MS }).then(
      (answer) => answer.ok,
      () => false,
    );
    return isHealthy ? toInfo(record, folder) : undefined;
  };
  return {
    folder,
    find,
    hasData: () => existsSync(join(folder, "settings.json")),
    async start(startedBy, options = {}) {
      const running = await find();
      if (running !== undefined) return checkRegion(running, options);
      const record = await spawnCloud(folder, startedBy, options);
      emit({ type: "notice", code: "LocalCloudStarted", data: { url: record.url, pid: record.pid } });
      if (record.portChangedFrom !== undefined) {
        const to = Number(new URL(record.url).port);
        emit({ type: "notice", code: "PortChanged", data: { from: record.portChangedFrom, to } });
      }
      return checkRegion(toInfo(record, folder), options);
    },
    async stop({ erase, onlyIfEmpty = false }) {
      const record = readRecord(folder);
      if (record !== undefined && (await find()) !== undefined) {
        const answer = await control(record, "POST", "stop", { body: { erase, onlyIfEmpty } });
        const { stopping, holds } = v.parse(stopSchema, await answer.json());
        if (!stopping) return { stopped: false, holds };
        await waitUntilEnded(record.pid);
        // What a process leaves that was cut off while it ended.
        if (erase) eraseData(folder);
        return { stopped: true, holds: [] };
      }
      if (erase) eraseData(folder);
      return { stopped: false, holds: [] };
    },
    async reset() {
      const record = readRecord(folder);
      if (record !== undefined) await control(record, "POST", "reset");
    },
  };
}

function eraseData(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function readRecord(folder: string): CloudRecord | undefined {
  try {
    const parsed = v.safeParse(recordSchema, JSON.parse(readFileSync(join(folder, "cloud.json"), "utf8")));
    return parsed.success ? parsed.output : undefined;
  } catch {
    // Not there, or just being written: there is no cloud to talk to yet.
    return undefined;
  }
}

function toInfo(record: CloudRecord, folder: string): CloudInfo {
  const { url, pid, region, accountId, startedBy, accessKeyId, secretAccessKey } = record;
  return { url, pid, region, account: accountId, startedBy, folder, credentials: { accessKeyId, secretAccessKey } };
}

function checkRegion(running: CloudInfo, { region }: StartOptions): CloudInfo {
  if (region === undefined || region === running.region) return running;
  throw regionConflict(region, running.region);
}

function regionConflict(asked: string, recorded: string): Problem {
  return new Problem("TargetConflict", { stack: "local cloud", asked, recorded, source: "--region" });
}

async function spawnCloud(folder: string, startedBy: string, options: StartOptions): Promise<CloudRecord> {
  const log = join(folder, "cloud.log");
  const child = spawn(process.execPath, argumentsFor(folder, startedBy, options), {
    detached: true,
    windowsHide: true,
    stdio: ["ignore", ...logFiles(folder, log)],
  });
  let ended: number | undefined;
  child.once("error", () => (ended = 1));
  child.once("exit", (code) => (ended = code ?? 1));
  child.unref();
  const deadline = Date.now() + START_MS;
  for (;;) {
    const record = readRecord(folder);
    if (record !== undefined && isListening(record, child.pid)) return record;
    if (ended === EXIT_REGION_CONFLICT) throw regionConflict(options.region ?? "", "the region of its data");
    // Somebody else's start was faster: theirs is as good as ours.
    if (ended !== undefined && record !== undefined) return record;
    if (ended !== undefined || Date.now() > deadline) {
      throw new Problem("LocalCloudFailed", { reason: lastLineOf(log), log });
    }
    await systemClock.sleep(POLL_MS);
  }
}

function isListening(record: CloudRecord, pid: number | undefined): boolean {
  return record.pid === pid;
}

function argumentsFor(folder: string, startedBy: string, { region, port, anyCredentials }: StartOptions): string[] {
  const entry = join(packageRoot(), "dist", "local-cloud.js");
  return [
    entry,
    "--folder",
    folder,
    "--started-by",
    startedBy,
    ...(region === undefined ? [] : ["--region", region]),
    ...(port === undefined ? [] : ["--port", String(port)]),
    ...(anyCredentials === true ? ["--any-credentials"] : []),
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

function lastLineOf(log: string): string {
  try {
    return readFileSync(log, "utf8").trim().split("\n").at(-1) ?? "";
  } catch {
    return "";
  }
}

interface ControlOptions {
  readonly body?: object;
  readonly timeoutMs?: number;
}

function control(
  record: CloudRecord,
  method: string,
  path: string,
  { body, timeoutMs = STOP_MS }: ControlOptions = {},
): Promise<Response> {
  return fetch(`${record.url}/_awsls/${path}`, {
    method,
    headers: { authorization: `Bearer ${record.secretAccessKey}`, connection: "close" },
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function waitUntilEnded(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_MS;
  while (isProcessAlive(pid) && Date.now() < deadline) await systemClock.sleep(POLL_MS);
}

/** Stacks whose state files in that folder say that they live on the local cloud. */
export function localStacksIn(folder: string, except: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith(".json") && join(folder, name) !== except)
    .filter((name) => {
      try {
        return readFileSync(join(folder, name), "utf8").includes('"kind": "local"');
      } catch {
        return true;
      }
    })
    .map((name) => name.slice(0, -".json".length));
}
