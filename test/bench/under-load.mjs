// Requests a second through URL, function and table, against the same handler in one bare process; and with a token.

import { spawn } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { note } from "./figures.mjs";
import { guardedApi } from "./guarded-api.mjs";
import { load, median, percentile, send } from "./measure.mjs";
import { inCloud, ROOT } from "./stack.mjs";
import { zipOf } from "./zip.mjs";

/** @typedef {import("./stack.mjs").Stack} Stack */

const FUNCTION = "http-crud-tutorial-function";
const TABLE = "http-crud-tutorial-items";
const ROUTE_KEYS = ["GET /items/{id}", "PUT /items"];
const CONNECTIONS = 16;
const ROUNDS = 9;
const SECONDS = 2;

export async function underLoad() {
  await inCloud(async (stack) => {
    const folder = await mkdtemp(join(tmpdir(), "awsls-bench-bare-"));
    const bare = await startBareServer(stack, folder);
    try {
      const guarded = await guardedApi(stack, { functionName: FUNCTION, routeKeys: ROUTE_KEYS });
      /** @type {{ cloud: number[], guarded: number[], bare: number[] }} */
      const rates = { cloud: [], guarded: [], bare: [] };
      /** @type {{ cloud: number[], bare: number[] }} */
      const times = { cloud: [], bare: [] };
      let failed = 0;
      // In turn, the first round to warm up.
      for (let round = 0; round <= ROUNDS; round++) {
        const viaUrl = await load(stack.url, { connections: CONNECTIONS, seconds: SECONDS });
        const withToken = await load(guarded.url, {
          connections: CONNECTIONS,
          seconds: SECONDS,
          headers: guarded.headers,
        });
        const direct = await load(bare.url, { connections: CONNECTIONS, seconds: SECONDS });
        failed += viaUrl.failed + withToken.failed + direct.failed;
        if (round === 0) continue;
        rates.cloud.push(viaUrl.perSecond);
        rates.guarded.push(withToken.perSecond);
        rates.bare.push(direct.perSecond);
        times.cloud.push(...viaUrl.times);
        times.bare.push(...direct.times);
      }
      const [cloud, base] = [median(rates.cloud), median(rates.bare)];
      const text = `${(cloud / base).toFixed(2)} × (${Math.round(cloud)} of ${Math.round(base)} requests/s)`;
      note(`PUT and GET through the URL, ${CONNECTIONS} connections`, text, rates, "≥ 0.5 ×", cloud / base >= 0.5);
      const kept = median(rates.guarded.map((rate, round) => rate / (rates.cloud[round] ?? NaN)));
      const guardedText = `${kept.toFixed(2)} × (${Math.round(median(rates.guarded))} of ${Math.round(cloud)} requests/s)`;
      note("the same with a token, against without", guardedText, rates, "≥ 0.9 ×", kept >= 0.9);
      for (const share of [0.5, 0.99]) {
        const [ms, bound] = [percentile(times.cloud, share), percentile(times.bare, share)];
        const figure = `p${share * 100} of a request against the bare server's`;
        note(figure, `${(ms / bound).toFixed(2)} × (${ms.toFixed(1)} of ${bound.toFixed(1)} ms)`, { ms, bound });
      }
      note("failed requests meanwhile", String(failed), failed, "0", failed === 0);
      await guarded.remove();
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
  const atOnce = async () => {
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: CONNECTIONS }, () => send({ url: `${stack.url}/items` })));
    const wrong = answers.filter(({ status }) => status !== 200).length;
    return { seconds: (performance.now() - started) / 1000, wrong };
  };
  const cold = await atOnce();
  const figure = `${CONNECTIONS} requests of 1 s each at once`;
  note(`${figure}, cold`, `${cold.seconds.toFixed(2)} s, ${cold.wrong} failed`, cold);
  const warm = [];
  for (let round = 0; round < ROUNDS; round++) warm.push(await atOnce());
  const seconds = median(warm.map((each) => each.seconds));
  const wrong = warm.reduce((sum, each) => sum + each.wrong, 0);
  note(`${figure}, warm`, `${seconds.toFixed(2)} s, ${wrong} failed`, warm, "≤ 2 s", seconds <= 2 && wrong === 0);
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
