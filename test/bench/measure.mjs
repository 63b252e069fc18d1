// How the figures are taken: processes timed, requests a second, memory of a process and all that it started.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { promisify } from "node:util";

const run = promisify(execFile);

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/**
 * @param {readonly number[]} values
 * @param {number} share 0.99 for the 99th percentile
 */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/**
 * Medians of several commands of Node, taken in turn so that a busy moment hits all of them.
 * @param {Readonly<Record<string, readonly string[]>>} commands arguments of `node`
 * @param {number} times
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [where]
 * @returns {Promise<Record<string, number>>} milliseconds
 */
export async function timeCommands(commands, times, where = {}) {
  /** @type {Map<string, number[]>} */
  const taken = new Map();
  for (let round = 0; round <= times; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const started = performance.now();
      await run(process.execPath, [...args], where);
      // The first round only warms the disk's cache.
      if (round > 0) taken.set(name, [...(taken.get(name) ?? []), performance.now() - started]);
    }
  }
  return Object.fromEntries([...taken].map(([name, values]) => [name, median(values)]));
}

/**
 * One request; connections are the agent's.
 * @param {{ url: string, method?: string, headers?: Record<string, string>, json?: unknown, agent?: Agent }} options
 * @returns {Promise<{ status: number, body: string }>}
 */
export function send({ url, method = "GET", headers, json, agent }) {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const ofBody =
    body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...ofBody, ...headers }, ...(agent && { agent }) };
    const outgoing = request(url, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: text }));
      answer.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/**
 * PUT and GET of one item after another on each connection.
 * @param {string} url
 * @param {{ connections: number, seconds: number, headers?: Record<string, string> }} load
 * @returns {Promise<{ perSecond: number, failed: number, times: number[] }>} the time of each request in milliseconds
 */
export async function load(url, { connections, seconds, headers = {} }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const started = performance.now();
  const end = started + seconds * 1000;
  let done = 0;
  let failed = 0;
  /** @type {number[]} */
  const times = [];
  /** @param {Parameters<typeof send>[0]} options */
  const attempt = async (options) => {
    const sent = performance.now();
    const answer = await send({ ...options, headers, agent }).catch(() => undefined);
    times.push(performance.now() - sent);
    if (answer?.status === 200) done += 1;
    else failed += 1;
  };
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      for (let n = 0; performance.now() < end; n++) {
        const id = `${connection}-${n % 10}`;
        await attempt({ url: `${url}/items`, method: "PUT", json: { id, price: n, name: "bench" } });
        await attempt({ url: `${url}/items/${id}` });
      }
    }),
  );
  const perSecond = done / ((performance.now() - started) / 1000);
  agent.destroy();
  return { perSecond, failed, times };
}

/**
 * Memory of a process and its descendants.
 * @param {number} root
 * @returns {Promise<{ processes: number, pssMb?: number, rssMb?: number }>} empty where it cannot be told (Windows)
 */
export async function memoryOf(root) {
  if (process.platform === "win32") return { processes: 0 };
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid=,rss="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set([root]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const [pid = 0, ppid = 0] of rows) if (family.has(ppid)) family.add(pid);
  }
  const rssMb = rows.filter(([pid = 0]) => family.has(pid)).reduce((sum, [, , rss = 0]) => sum + rss / 1024, 0);
  if (!existsSync("/proc/self/smaps_rollup")) return { processes: family.size, rssMb };
  const pss = await Promise.all([...family].map(pssOf));
  return { processes: family.size, rssMb, pssMb: pss.reduce((sum, each) => sum + each, 0) };
}

/** @param {number} pid */
async function pssOf(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
}
