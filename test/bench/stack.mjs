// A stack on a local cloud of its own, in a folder of its own, with nothing of the developer's environment.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const AWSLS = join(ROOT, "bin", "awsls.cjs");
const run = promisify(execFile);

/**
 * @typedef {object} Stack
 * @property {string} url the API's
 * @property {string} folder
 * @property {NodeJS.ProcessEnv} env
 * @property {number} pid the cloud's
 * @property {number} started before `up`
 * @property {{ url: string, region: string, accessKeyId: string, secretAccessKey: string }} cloud
 * @property {(...args: string[]) => Promise<any>} awsls
 * @property {(method: string, path: string) => Promise<any>} control
 */

/**
 * Nothing of the developer's: certificates named in NODE_EXTRA_CA_CERTS alone cost every start of Node 50 ms.
 * @param {string} home
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentIn(home) {
  const { PATH, SystemRoot } = process.env;
  return { PATH, ...(SystemRoot !== undefined && { SystemRoot }), HOME: home, USERPROFILE: home, NO_COLOR: "1" };
}

/**
 * `up --local` in an empty folder, the work, and whatever happens `down`.
 * @param {(stack: Stack) => Promise<void>} work
 */
export async function inCloud(work) {
  const folder = await mkdtemp(join(tmpdir(), "awsls-bench-"));
  const env = environmentIn(folder);
  /** @param {string[]} args */
  const awsls = async (...args) => {
    const { stdout } = await run(process.execPath, [AWSLS, ...args, "--json"], {
      cwd: folder,
      env,
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout);
  };
  try {
    const started = performance.now();
    const { url } = await awsls("up", "--local");
    const cloud = JSON.parse(await readFile(join(folder, ".awsls", "local", "cloud.json"), "utf8"));
    const control = async (/** @type {string} */ method, /** @type {string} */ path) => {
      const headers = { authorization: `Bearer ${cloud.secretAccessKey}` };
      const answer = await fetch(`${cloud.url}/_awsls/${path}`, { method, headers });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
      return answer.json();
    };
    await work({ url, folder, env, pid: cloud.pid, started, cloud, awsls, control });
  } finally {
    await awsls("down", "--yes").catch(() => undefined);
    await awsls("local", "stop").catch(() => undefined);
    if (existsSync(join(folder, ".awsls"))) process.stderr.write(`down left files in ${folder}\n`);
    await rm(folder, { recursive: true, force: true });
  }
}
