// `npm run bench [-- --json]`: the project's figures, as ratios within one run where the machine would decide otherwise.
// They are shown beside their limits; none of them fails the run.

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { ZipArchive } from "archiver";
import { load, median, memoryOf, send, timeCommands } from "./measure.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const AWSLS = join(ROOT, "bin", "awsls.cjs");
const FUNCTION = "http-crud-tutorial-function";
const TABLE = "http-crud-tutorial-items";
const STARTS = 11;
const FRESH_UPS = 5;
const CONNECTIONS = 16;
const ROUNDS = 3;
const SECONDS = 4;
const run = promisify(execFile);

/** @typedef {{ figure: string, value: string, limit?: string, within?: boolean, raw: unknown }} Figure */
/** @type {Figure[]} */
const figures = [];
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

await startUp();
await journeys();
await underLoad();
await packageSize();
print();

async function startUp() {
  const bare = ["-e", "0"];
  const taken = await timeCommands({ bare, help: [AWSLS, "--help"], version: [AWSLS, "--version"] }, STARTS);
  const base = taken["bare"] ?? NaN;
  note("bare `node -e 0`", `${Math.round(base)} ms`, taken);
  for (const name of ["help", "version"]) {
    const ratio = (taken[name] ?? NaN) / base;
    note(`\`awsls --${name}\` against bare node`, `${ratio.toFixed(2)} ×`, ratio, "≤ 2 ×", ratio <= 2);
  }
}

/** Calls of each command, and the time from nothing to the first 200. */
async function journeys() {
  /** @type {number[]} */
  const firstAnswers = [];
  for (let n = 0; n < FRESH_UPS; n++) {
    await inCloud(async (stack) => {
      const answer = await send({ url: `${stack.url}/items` });
      firstAnswers.push(performance.now() - stack.started);
      if (answer.status !== 200) throw new Error(`GET /items: ${answer.status} ${answer.body}`);
      if (n < FRESH_UPS - 1) return;
      await callsOf(stack);
    });
  }
  const ms = median(firstAnswers);
  note(
    "`up --local` from nothing to the first 200",
    `${(ms / 1000).toFixed(2)} s`,
    firstAnswers,
    "≤ 2.5 s",
    ms <= 2500,
  );
}

/** @param {Stack} stack */
async function callsOf(stack) {
  const { requests: first } = await stack.control("GET", "requests");
  noteCalls("a fresh `up`", first, 25);
  const memory = await memoryOf(stack.pid);
  const mb = memory.pssMb ?? memory.rssMb ?? NaN;
  const text = `${Math.round(mb)} MB ${memory.pssMb === undefined ? "RSS" : "PSS"} (RSS ${Math.round(memory.rssMb ?? NaN)} MB), ${memory.processes} processes`;
  note("memory of the local cloud, idle after `up` and one request", text, memory, "≤ 200 MB", mb <= 200);
  await stack.control("DELETE", "requests");
  await stack.awsls("up");
  const { requests: second } = await stack.control("GET", "requests");
  noteCalls("a second `up`", second, 16);
  const writes = /** @type {LoggedRequest[]} */ (second).filter(isWriting).map(({ operation }) => operation);
  note("writing calls of a second `up`", String(writes.length), writes, "0", writes.length === 0);
  // Another stack keeps the cloud alive, so that its log can still be read after `down`.
  await stack.awsls("up", "--local", "--stack", "other");
  await stack.control("DELETE", "requests");
  await stack.awsls("down", "--yes");
  const { requests: last } = await stack.control("GET", "requests");
  noteCalls("`down`", last, 25);
  await stack.awsls("down", "--yes", "--stack", "other");
}

async function underLoad() {
  await inCloud(async (stack) => {
    const folder = await mkdtemp(join(tmpdir(), "awsls-bench-bare-"));
    const bare = await startBareServer(stack, folder);
    try {
      /** @type {{ cloud: number[], bare: number[] }} */
      const rates = { cloud: [], bare: [] };
      let failed = 0;
      // In turn, the first round to warm up.
      for (let round = 0; round <= ROUNDS; round++) {
        const seconds = round === 0 ? 2 : SECONDS;
        const viaUrl = await load(stack.url, { connections: CONNECTIONS, seconds });
        const direct = await load(bare.url, { connections: CONNECTIONS, seconds });
        failed += viaUrl.failed + direct.failed;
        if (round === 0) continue;
        rates.cloud.push(viaUrl.perSecond);
        rates.bare.push(direct.perSecond);
      }
      const [cloud, base] = [median(rates.cloud), median(rates.bare)];
      const text = `${(cloud / base).toFixed(2)} × (${Math.round(cloud)} of ${Math.round(base)} requests/s)`;
      note(`PUT and GET through the URL, ${CONNECTIONS} connections`, text, rates, "≥ 0.5 ×", cloud / base >= 0.5);
      note("failed requests meanwhile", String(failed), failed, "0", failed === 0);
    } finally {
      bare.stop();
      await rm(folder, { recursive: true, force: true });
    }
    await sideBySide(stack);
  });
}

/**
 * Requests that each take a second, with room for all of them.
 * @param {Stack} stack
 */
async function sideBySide(stack) {
  const { url, accessKeyId, secretAccessKey, region } = stack.cloud;
  const lambda = new LambdaClient({ endpoint: url, region, credentials: { accessKeyId, secretAccessKey } });
  const slow = `export const handler = () => new Promise((done) => setTimeout(done, 1000, { statusCode: 200, body: "" }));\n`;
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: FUNCTION, ZipFile: await zipOf(slow) }));
  await lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: FUNCTION, ReservedConcurrentExecutions: CONNECTIONS }),
  );
  for (;;) {
    const live = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: FUNCTION }));
    if (live.LastUpdateStatus !== "InProgress") break;
  }
  lambda.destroy();
  for (const how of ["cold", "warm"]) {
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: CONNECTIONS }, () => send({ url: `${stack.url}/items` })));
    const seconds = (performance.now() - started) / 1000;
    const wrong = answers.filter(({ status }) => status !== 200).length;
    const text = `${seconds.toFixed(2)} s${wrong > 0 ? `, ${wrong} failed` : ""}`;
    const limit = how === "warm" ? "≤ 2 s" : undefined;
    note(
      `${CONNECTIONS} requests of 1 s each at once, ${how}`,
      text,
      { seconds, wrong },
      limit,
      seconds <= 2 && wrong === 0,
    );
  }
}

/** @param {string} code */
async function zipOf(code) {
  const archive = new ZipArchive({ store: true });
  /** @type {Buffer[]} */
  const chunks = [];
  archive.on("data", (chunk) => chunks.push(chunk));
  archive.append(code, { name: "index.mjs", mode: 0o644 });
  await archive.finalize();
  return Buffer.concat(chunks);
}

/**
 * The handler and the SDK as functions of the local cloud find them.
 * @param {Stack} stack
 * @param {string} folder
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
async function startBareServer({ cloud }, folder) {
  const handler = join(folder, "index.mjs");
  await cp(join(ROOT, "handlers", "crud", "index.mjs"), handler);
  await symlink(join(ROOT, "dist", "runtime-sdk", "node_modules"), join(folder, "node_modules"), "junction");
  const env = {
    PATH: process.env["PATH"],
    TABLE_NAME: TABLE,
    AWS_ENDPOINT_URL: cloud.url,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: cloud.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.secretAccessKey,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
  const script = fileURLToPath(new URL("bare-server.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, handler], { env, stdio: ["pipe", "pipe", "inherit"] });
  const url = await new Promise((resolve, reject) => {
    child.stdout.once("data", (line) => resolve(String(line).trim()));
    child.once("exit", () => reject(new Error("the bare server ended")));
  });
  return { url, stop: () => void child.kill("SIGKILL") };
}

/**
 * @typedef {object} Stack
 * @property {string} url the API's
 * @property {number} pid the cloud's
 * @property {number} started before `up`
 * @property {{ url: string, region: string, accessKeyId: string, secretAccessKey: string }} cloud
 * @property {(...args: string[]) => Promise<any>} awsls
 * @property {(method: string, path: string) => Promise<any>} control
 */

/**
 * `up --local` in an empty folder, the work, and whatever happens `down`.
 * @param {(stack: Stack) => Promise<void>} work
 */
async function inCloud(work) {
  const folder = await mkdtemp(join(tmpdir(), "awsls-bench-"));
  const env = { PATH: process.env["PATH"], HOME: folder, USERPROFILE: folder, NO_COLOR: "1" };
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
    await work({ url, pid: cloud.pid, started, cloud, awsls, control });
  } finally {
    await awsls("down", "--yes").catch(() => undefined);
    await awsls("local", "stop").catch(() => undefined);
    if (existsSync(join(folder, ".awsls"))) process.stderr.write(`down left files in ${folder}\n`);
    await rm(folder, { recursive: true, force: true });
  }
}

async function packageSize() {
  const npm = process.env["npm_execpath"];
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = await (npm === undefined
    ? run("npm", args, { cwd: ROOT, shell: process.platform === "win32" })
    : run(process.execPath, [npm, ...args], { cwd: ROOT }));
  const [{ size, unpackedSize, entryCount }] = JSON.parse(stdout);
  const mb = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  note("package", `${mb(size)} packed, ${mb(unpackedSize)} unpacked, ${entryCount} files`, {
    size,
    unpackedSize,
    entryCount,
  });
}

/** @typedef {{ service: string, operation: string, status: number }} LoggedRequest */

/**
 * @param {string} command
 * @param {readonly LoggedRequest[]} requests calls that functions made meanwhile are not the command's
 * @param {number} limit polls and retries are counted here, so what passes here passes without them
 */
function noteCalls(command, requests, limit) {
  const own = requests.filter(({ operation }) => !["Scan", "PutItem", "GetItem", "DeleteItem"].includes(operation));
  const calls = own.map(({ service, operation }) => `${service}:${operation}`);
  note(`calls of ${command}`, String(calls.length), calls, `≤ ${limit}`, calls.length <= limit);
}

/** @param {LoggedRequest} request */
function isWriting({ operation }) {
  return !/^(?:Describe|Get|List|Scan|Query|Filter)/.test(operation);
}

/**
 * @param {string} figure
 * @param {string} value
 * @param {unknown} raw
 * @param {string} [limit]
 * @param {boolean} [within]
 */
function note(figure, value, raw, limit, within) {
  figures.push({ figure, value, raw, ...(limit !== undefined && { limit, within: within === true }) });
}

function print() {
  if (process.argv.includes("--json")) {
    process.stdout.write(
      `${JSON.stringify({ node: process.version, platform: process.platform, figures }, null, 2)}\n`,
    );
    return;
  }
  const width = Math.max(...figures.map(({ figure }) => figure.length));
  const valueWidth = Math.max(...figures.map(({ value }) => value.length));
  for (const { figure, value, limit, within } of figures) {
    const mark = within === undefined ? " " : within ? "✔" : "✘";
    process.stdout.write(`${mark} ${figure.padEnd(width)}  ${value.padEnd(valueWidth)}  ${limit ?? ""}\n`);
  }
}
