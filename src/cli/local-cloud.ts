// The local cloud as a process: found by its cloud.json, started in the background, ended over HTTP. Nobody else does this.

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import type { CloudInfo, CloudProcess, StartOptions, StopOptions } from "../commands/context.ts";
import { type HttpAnswer, sendHttp } from "../commands/http.ts";
import { systemClock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { sayHello } from "../core/hello.ts";
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
  portsChanged: v.array(v.object({ api: v.optional(v.string()), from: v.number(), to: v.number() })),
});
type CloudRecord = v.InferOutput<typeof recordSchema>;

const stopSchema = v.object({ stopping: v.boolean(), holds: v.array(v.string()) });

const START_MS = 20_000;
const STOP_MS = 10_000;
const POLL_MS = 15;
const ASK_AGAIN_MS = 300;
/** How the process says why it ended. */
const EXIT = { failed: 1, alreadyRunning: 3, regionConflict: 4 } as const;

/** The cloud whose data is in that folder. Looking never makes the folder. */
export function localCloud(folder: string, emit: Emit): CloudProcess {
  const find = async (): Promise<CloudInfo | undefined> => {
    const record = readRecord(folder);
    return record !== undefined && (await isRunning(record)) ? toInfo(record, folder) : undefined;
  };
  return {
    folder,
    find,
    hasData: () => existsSync(join(folder, "settings.json")),
    async start(startedBy, options = {}) {
      const running = await find();
      if (running !== undefined) return keep(checkRegion(running, options), startedBy);
      const record = await spawnCloud(folder, startedBy, options);
      emit({ type: "notice", code: "LocalCloudStarted", data: { url: record.url, pid: record.pid } });
      for (const data of record.portsChanged) emit({ type: "notice", code: "PortChanged", data });
      return keep(checkRegion(toInfo(record, folder), options), startedBy);
    },
    async stop({ erase, onlyIfEmpty = false }) {
      const record = readRecord(folder);
      if (record !== undefined && (await isRunning(record))) {
        const { stopping, holds } = await askToStop(record, { erase, onlyIfEmpty });
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
      if (record === undefined) return;
      const answer = await pull(record.url, record.secretAccessKey, "reset");
      if (answer.status === 200) return;
      throw new Problem("LocalCloudFailed", { doing: "reset", reason: answer.body, log: join(folder, "cloud.log") });
    },
  };
}

/** Somebody else may have its port, and even its process's number, by now: the key is told only to the cloud itself. */
async function isRunning({ pid, url, secretAccessKey }: CloudRecord): Promise<boolean> {
  return isProcessAlive(pid) && (await sayHello(url, secretAccessKey)) === "genuine";
}

/** One that a command started becomes the user's own. */
async function keep(running: CloudInfo, startedBy: CloudInfo["startedBy"]): Promise<CloudInfo> {
  if (startedBy !== "user" || running.startedBy === "user") return running;
  await control(running.url, running.credentials.secretAccessKey, "keep");
  return { ...running, startedBy };
}

/** Another command that ends in this very moment may have been faster. */
async function askToStop(record: CloudRecord, options: StopOptions): Promise<v.InferOutput<typeof stopSchema>> {
  try {
    return v.parse(stopSchema, JSON.parse(await control(record.url, record.secretAccessKey, "stop", options)));
  } catch (error) {
    if (await isRunning(record)) throw error;
    return { stopping: true, holds: [] };
  }
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

/** Whoever starts it at the same moment gets the same one. */
async function spawnCloud(folder: string, startedBy: string, options: StartOptions): Promise<CloudRecord> {
  const log = join(folder, "cloud.log");
  const deadline = Date.now() + START_MS;
  let child = spawnProcess(folder, startedBy, options);
  for (;;) {
    const record = readRecord(folder);
    const ended = child.endedWith();
    if (record !== undefined && (record.pid === child.pid || (ended !== undefined && (await isRunning(record))))) {
      return record;
    }
    if (ended === EXIT.regionConflict) throw regionConflict(options.region ?? "", "the region of its data");
    const isOver = Date.now() > deadline || (ended !== undefined && ended !== EXIT.alreadyRunning);
    if (isOver) throw new Problem("LocalCloudFailed", { doing: "start", reason: lastLineOf(log), log });
    await systemClock.sleep(POLL_MS);
    // The other one has not published itself yet, or has died: ask again for the folder.
    if (ended === EXIT.alreadyRunning) {
      await systemClock.sleep(ASK_AGAIN_MS);
      if (readRecord(folder) === undefined) child = spawnProcess(folder, startedBy, options);
    }
  }
}

interface StartedProcess {
  readonly pid: number | undefined;
  /** Its exit code, once it has ended. */
  endedWith(): number | undefined;
}

/** What a process needs of its system. Nothing else: functions of the same user can read its environment. */
const PASSED_ON = ["PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot", "windir"];

function spawnProcess(folder: string, startedBy: string, options: StartOptions): StartedProcess {
  const child = spawn(process.execPath, argumentsFor(folder, startedBy, options), {
    detached: true,
    windowsHide: true,
    env: Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
    stdio: ["ignore", ...logFiles(folder, join(folder, "cloud.log"))],
  });
  let ended: number | undefined;
  child.once("error", () => (ended = EXIT.failed));
  child.once("exit", (code) => (ended = code ?? EXIT.failed));
  child.unref();
  return { pid: child.pid, endedWith: () => ended };
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

/** One of the cloud's levers; only for a cloud that has said hello. Not by `fetch`, which refuses some ports. */
function pull(url: string, secret: string, lever: string, body: object = {}): Promise<HttpAnswer> {
  return sendHttp({
    method: "POST",
    url: `${url}/_awsls/${lever}`,
    headers: { authorization: `Bearer ${secret}` },
    json: JSON.stringify(body),
    signal: AbortSignal.timeout(STOP_MS),
  });
}

/** @throws {Error} when the cloud did not do it */
async function control(url: string, secret: string, lever: string, body?: object): Promise<string> {
  const answer = await pull(url, secret, lever, body);
  if (answer.status !== 200) throw new Error(`the local cloud answered ${answer.status} to ${lever}: ${answer.body}`);
  return answer.body;
}

async function waitUntilEnded(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_MS;
  while (isProcessAlive(pid) && Date.now() < deadline) await systemClock.sleep(POLL_MS);
}
