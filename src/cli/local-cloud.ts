// The local cloud of a folder: found by its cloud.json, started in the background, ended over HTTP. Nobody else does this.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { CloudInfo, CloudProcess, StartOptions, StopOptions } from "../commands/context.ts";
import { systemClock, toError } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { sayHello } from "../core/hello.ts";
import { Problem } from "../core/problem.ts";
import { isProcessAlive } from "../core/process.ts";
import { asProblem } from "../state/store.ts";
import { pull } from "./local-lever.ts";
import { discardData, EXIT, lastLineOf, logOf, spawnProcess } from "./local-process.ts";

const recordSchema = v.object({
  pid: v.number(),
  url: v.string(),
  region: v.string(),
  accountId: v.string(),
  startedBy: v.picklist(["command", "user"]),
  anyCredentials: v.boolean(),
  speed: v.number(),
  node: v.optional(v.string()),
  accessKeyId: v.string(),
  secretAccessKey: v.string(),
  portsChanged: v.array(v.object({ api: v.optional(v.string()), from: v.number(), to: v.number() })),
});
type CloudRecord = v.InferOutput<typeof recordSchema>;

const settingsSchema = v.object({ cloud: v.object({ region: v.string(), port: v.number() }) });
const discardSchema = v.object({ holds: v.array(v.string()) });
const inboxSchema = v.object({
  mails: v.array(
    v.object({
      userPoolId: v.string(),
      at: v.string(),
      to: v.string(),
      subject: v.string(),
      body: v.string(),
      code: v.string(),
      kind: v.picklist(["sign-up", "reset", "invitation", "attribute"]),
    }),
  ),
});
const stopSchema = v.object({ stopping: v.boolean(), holds: v.array(v.string()) });

const START_MS = 20_000;
const STOP_MS = 10_000;
const POLL_MS = 15;
/** Of 2 s each. */
const BUSY_TRIES = 5;
const ASK_AGAIN_MS = 300;

/** The cloud whose data is in that folder. Looking never makes the folder. */
export function localCloud(folder: string, emit: Emit, signal?: AbortSignal): CloudProcess {
  const find = async (): Promise<CloudInfo | undefined> => {
    const record = readRecord(folder);
    return record !== undefined && (await isRunning(record, folder, signal)) ? toInfo(record, folder) : undefined;
  };
  const requireRunning = async (): Promise<CloudInfo> => {
    const running = await find();
    if (running === undefined) throw new Problem("LocalCloudStopped", { folder, start: "local start" });
    return running;
  };
  return {
    folder,
    find,
    hasData: () => existsSync(join(folder, "settings.json")),
    lastUrl() {
      const settings = readSettings(folder);
      return settings === undefined ? undefined : `http://127.0.0.1:${settings.port}`;
    },
    async start(startedBy, options = {}) {
      const running = await find();
      if (running !== undefined) return keep(checkOptions(running, options), startedBy);
      const record = await spawnCloud(folder, startedBy, options, signal);
      emit({
        type: "notice",
        code: "LocalCloudStarted",
        data: { url: record.url, pid: record.pid, speed: record.speed },
      });
      for (const data of record.portsChanged) emit({ type: "notice", code: "PortChanged", data });
      const { port: _asked, ...others } = options;
      return keep(checkOptions(toInfo(record, folder), others), startedBy);
    },
    async stop({ erase, onlyIfEmpty = false }) {
      const running = await find();
      if (running === undefined) return { stopped: false, holds: [] };
      const { stopping, holds } = await askToStop(running, { erase, onlyIfEmpty });
      if (!stopping) return { stopped: false, holds };
      await waitUntilEnded(running.pid);
      if (erase && holderOf(folder) === running.pid) eraseLeftovers(folder);
      return { stopped: true, holds: [] };
    },
    async discard(resources) {
      try {
        return v.parse(discardSchema, JSON.parse(await discardData(folder, resources))).holds;
      } catch (error) {
        const reason = toError(error).message;
        throw new Problem("LocalCloudFailed", { doing: "discard", reason, log: logOf(folder) });
      }
    },
    async reset() {
      await pull(await requireRunning(), "POST", "reset");
    },
    async inbox() {
      return v.parse(inboxSchema, JSON.parse(await pull(await requireRunning(), "GET", "inbox"))).mails;
    },
  };
}

/**
 * Somebody else may have its port, and even its process's number, by now: the key is told only to the cloud itself.
 * @throws {Problem} `LocalCloudFailed` when it is there but does not answer: it may be anything but gone
 */
async function isRunning(record: CloudRecord, folder: string, signal?: AbortSignal): Promise<boolean> {
  const { pid, url, secretAccessKey } = record;
  for (let tries = 0; tries < BUSY_TRIES && isProcessAlive(pid); tries += 1) {
    const greeting = await sayHello({ url, secretAccessKey, folder });
    signal?.throwIfAborted();
    if (greeting !== "busy") return greeting === "genuine";
  }
  if (!isProcessAlive(pid)) return false;
  throw new Problem("LocalCloudFailed", { doing: "reach", reason: `process ${pid}`, log: logOf(folder) });
}

/** One that a command started becomes the user's own. */
async function keep(running: CloudInfo, startedBy: CloudInfo["startedBy"]): Promise<CloudInfo> {
  if (startedBy !== "user" || running.startedBy === "user") return running;
  await pull(running, "POST", "keep");
  return { ...running, startedBy };
}

/** Another command that ends in this very moment may have been faster. */
async function askToStop(running: CloudInfo, options: StopOptions): Promise<v.InferOutput<typeof stopSchema>> {
  try {
    return v.parse(stopSchema, JSON.parse(await pull(running, "POST", "stop", options)));
  } catch (error) {
    const { url, folder, credentials } = running;
    if ((await sayHello({ url, folder, ...credentials })) !== "nobody") throw error;
    return { stopping: true, holds: [] };
  }
}

/** Whose process has claimed the folder. */
function holderOf(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, "cloud.lock"), "utf8"));
  } catch {
    return undefined;
  }
}

/** What a process leaves that was cut off while it ended. */
function eraseLeftovers(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch (error) {
    throw asProblem(error, folder);
  }
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
  const { url, pid, region, accountId, startedBy, anyCredentials, speed, node, accessKeyId, secretAccessKey } = record;
  return {
    url,
    pid,
    region,
    account: accountId,
    startedBy,
    anyCredentials,
    speed,
    node,
    folder,
    credentials: { accessKeyId, secretAccessKey },
  };
}

/** @throws {Problem} for what a running cloud cannot be told any more */
function checkOptions(running: CloudInfo, { region, port, anyCredentials, speed }: StartOptions): CloudInfo {
  if (region !== undefined && region !== running.region) throw regionConflict(region, running.region);
  const isOtherPort = port !== undefined && port !== Number(new URL(running.url).port);
  const isOtherSpeed = speed !== undefined && speed !== running.speed;
  if (isOtherPort || isOtherSpeed || (anyCredentials === true && !running.anyCredentials)) {
    throw new Problem("LocalCloudRuns", { url: running.url, speed: running.speed });
  }
  return running;
}

function regionConflict(asked: string, recorded: string): Problem {
  return new Problem("LocalRegion", { asked, recorded });
}

/** What a cloud's data says of it, running or not. */
function readSettings(folder: string): { readonly region: string; readonly port: number } | undefined {
  try {
    return v.parse(settingsSchema, JSON.parse(readFileSync(join(folder, "settings.json"), "utf8"))).cloud;
  } catch {
    return undefined;
  }
}

/** Whoever starts it at the same moment gets the same one. */
async function spawnCloud(
  folder: string,
  startedBy: string,
  options: StartOptions,
  signal?: AbortSignal,
): Promise<CloudRecord> {
  const deadline = Date.now() + START_MS;
  let child = spawnProcess(folder, startedBy, options);
  for (;;) {
    const record = readRecord(folder);
    const ended = child.endedWith();
    if (
      record !== undefined &&
      (record.pid === child.pid || (ended !== undefined && (await isRunning(record, folder, signal))))
    ) {
      return record;
    }
    if (ended === EXIT.regionConflict) throw regionConflict(options.region ?? "", readSettings(folder)?.region ?? "");
    const isOver = Date.now() > deadline || (ended !== undefined && ended !== EXIT.alreadyRunning);
    if (isOver)
      throw new Problem("LocalCloudFailed", { doing: "start", reason: lastLineOf(folder), log: logOf(folder) });
    await systemClock.sleep(POLL_MS, signal);
    // The other one has not published itself yet, or has died: ask again for the folder.
    if (ended === EXIT.alreadyRunning) {
      await systemClock.sleep(ASK_AGAIN_MS, signal);
      if (readRecord(folder) === undefined) child = spawnProcess(folder, startedBy, options);
    }
  }
}

async function waitUntilEnded(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_MS;
  while (isProcessAlive(pid) && Date.now() < deadline) await systemClock.sleep(POLL_MS);
}
