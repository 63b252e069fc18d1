// MiniStack, an AWS emulator that others wrote, as a child process: installed into .cache/, started, ended without a trace.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installPackages } from "./venv.mjs";

export const VERSION = "1.5.33";
/** Without cryptography it takes no token for valid. */
const PACKAGES = [`ministack==${VERSION}`, "cryptography==50.0.2"];
/** MiniStack takes a 12-digit access key id for an account, and files unsigned requests under MINISTACK_ACCOUNT_ID. */
export const ACCOUNT = "111122223333";

const IS_WINDOWS = process.platform === "win32";
const START_MS = 60_000;

/**
 * @typedef {object} MiniStack
 * @property {string} url
 * @property {() => Promise<string>} output the last lines that it printed
 * @property {() => Promise<void>} stop ends it with every process that it started
 */

/**
 * Installs it (once) and starts it.
 * @returns {Promise<MiniStack>} once it answers
 */
export async function startMiniStack() {
  const { python } = await installPackages(`ministack-${VERSION}`, PACKAGES);
  const home = await mkdtemp(join(tmpdir(), "awsls-ministack-"));
  const port = await freePort();
  // Its functions inherit its environment: built from nothing, so without AWS_ENDPOINT_URL and anybody's credentials.
  const env = {
    PATH: process.env["PATH"] ?? "",
    ...(process.env["SystemRoot"] !== undefined && { SystemRoot: process.env["SystemRoot"] }),
    HOME: home,
    USERPROFILE: home,
    TMPDIR: home,
    TEMP: home,
    S3_DATA_DIR: join(home, "s3"),
    STATE_DIR: join(home, "state"),
    GATEWAY_PORT: String(port),
    BIND_HOST: "127.0.0.1",
    MINISTACK_ACCOUNT_ID: ACCOUNT,
  };
  /** @type {string[]} */
  let lines = [];
  // A process group of its own, so that nothing that it starts outlives it.
  const child = spawn(python, ["-m", "ministack"], {
    cwd: home,
    env,
    detached: !IS_WINDOWS,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => (lines = [...lines, ...String(chunk).split("\n")].slice(-200)));
  }
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  const onExit = () => killGroup(child, "SIGKILL");
  process.once("exit", onExit);
  const stop = async () => {
    const functions = await descendantsOf(child.pid);
    killGroup(child, "SIGTERM");
    await Promise.race([ended, sleep(5_000, undefined, { ref: false })]);
    killGroup(child, "SIGKILL");
    for (const pid of functions) kill(pid, "SIGKILL");
    process.off("exit", onExit);
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  const url = `http://127.0.0.1:${port}`;
  const output = async () => lines.join("\n");
  const deadline = Date.now() + START_MS;
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      await stop();
      throw new Error(`MiniStack did not start:\n${await output()}`);
    }
    await sleep(200);
  }
  return { url, output, stop };
}

/** @param {string} url */
async function isHealthy(url) {
  const answer = await fetch(`${url}/_ministack/health`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.ok ?? false;
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/**
 * Function workers, which may have sessions of their own. Only where /proc shows them.
 * @param {number | undefined} root
 * @returns {Promise<number[]>}
 */
async function descendantsOf(root) {
  if (root === undefined || !existsSync("/proc/self/stat")) return [];
  const children = await readFile(`/proc/${root}/task/${root}/children`, "utf8").catch(() => "");
  const pids = children.split(" ").filter(Boolean).map(Number);
  return [...pids, ...(await Promise.all(pids.map(descendantsOf))).flat()];
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function killGroup(child, signal) {
  if (child.pid !== undefined) kill(IS_WINDOWS ? child.pid : -child.pid, signal);
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
