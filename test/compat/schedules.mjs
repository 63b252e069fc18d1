// The local cloud's rules against the real clock, each cloud a process of its own: 100 runs in a row at --speed 60, and
// 10 at normal speed, two of each of five rules that began at different seconds.

import { execFile } from "node:child_process";
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { zipOf } from "../bench/zip.mjs";
import { check, say } from "./report.mjs";

const AWSLS = fileURLToPath(new URL("../../bin/awsls.cjs", import.meta.url));
const REGION = "us-east-1";
const FUNCTION = "ticker";
const RUNS = 100;
const RULES = 5;
const RUNS_OF_EACH = 2;
const MINUTE_MS = 60_000;
const LATEST_MS = 1_000;
const run = promisify(execFile);

/**
 * A run as its function saw it: what the event says, and when it began.
 * @typedef {{ id: string, time: string, rule: string, at: number }} Run
 */

/**
 * @typedef {object} Ticker
 * @property {EventBridgeClient} events
 * @property {() => Run[]} runs oldest first
 */

export async function scheduledRuns() {
  say(`schedules on the real clock: ${RUNS} runs at --speed 60, ${RULES * RUNS_OF_EACH} at normal speed`);
  await Promise.all([inCloud(60, inARow), inCloud(1, onTime)]);
}

/** @param {Ticker} ticker */
async function inARow({ events, runs }) {
  await check(`${RUNS} runs at --speed 60: none missed, none doubled`, async () => {
    await makeRule(events, "minute");
    await events.send(new EnableRuleCommand({ Name: "minute" }));
    await until(() => runs().length >= RUNS, RUNS * 1_000 + 20_000);
    await events.send(new DisableRuleCommand({ Name: "minute" }));
    await sleep(1_500);
    const seconds = runs().map(({ time }) => Date.parse(time) / 1_000);
    const first = seconds[0] ?? 0;
    ok(seconds.length >= RUNS, `${seconds.length} runs`);
    deepEqual(
      seconds,
      seconds.map((_, index) => first + index),
    );
    equal(new Set(runs().map(({ id }) => id)).size, seconds.length);
  });
}

/** @param {Ticker} ticker */
async function onTime({ events, runs }) {
  await check(`${RULES * RUNS_OF_EACH} runs at normal speed: each within ${LATEST_MS} ms of its time`, async () => {
    /** @type {{ name: string, before: number, after: number }[]} */
    const enabled = [];
    for (let number = 1; number <= RULES; number++) {
      const name = `minute-${number}`;
      await makeRule(events, name);
      const before = Date.now();
      await events.send(new EnableRuleCommand({ Name: name }));
      enabled.push({ name, before, after: Date.now() });
      await sleep(3_300);
    }
    await until(() => runs().length >= RULES * RUNS_OF_EACH, (RUNS_OF_EACH + 1) * MINUTE_MS);
    let latest = 0;
    for (const { name, before, after } of enabled) {
      const times = runs().filter(({ rule }) => rule.endsWith(`/${name}`));
      equal(times.length, RUNS_OF_EACH, `${name}: ${times.length} runs`);
      times.forEach(({ at }, index) => {
        const due = (index + 1) * MINUTE_MS;
        latest = Math.max(latest, at - before - due);
        ok(at >= before + due && at <= after + due + LATEST_MS, `${name}: ${at - before - due} ms after its time`);
      });
    }
    say(`  the latest began ${latest} ms after its time`);
  });
}

/**
 * A rule that is due each minute, off, with the function as its target.
 * @param {EventBridgeClient} events
 * @param {string} name
 */
async function makeRule(events, name) {
  await events.send(new PutRuleCommand({ Name: name, ScheduleExpression: "rate(1 minute)", State: "DISABLED" }));
  const Arn = `arn:aws:lambda:${REGION}:000000000000:function:${FUNCTION}`;
  await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: "1", Arn }] }));
}

/**
 * @param {number} speed
 * @param {(ticker: Ticker) => Promise<void>} work
 */
async function inCloud(speed, work) {
  const folder = await mkdtemp(join(tmpdir(), "awsls-schedules-"));
  // A cloud whose folder is gone ends itself.
  const onExit = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  process.once("exit", onExit);
  const { PATH, SystemRoot } = process.env;
  const env = { PATH, ...(SystemRoot !== undefined && { SystemRoot }), HOME: folder, USERPROFILE: folder };
  /** @param {string} line */
  const awsls = async (line) => {
    const { stdout } = await run(process.execPath, [AWSLS, ...line.split(" "), "--json"], { cwd: folder, env });
    return JSON.parse(stdout);
  };
  try {
    const { url } = (await awsls(`local start --speed ${speed}`)).cloud;
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = (await awsls("local env")).variables;
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    const config = { endpoint: url, region: REGION, credentials };
    const file = join(folder, "runs.jsonl");
    await makeFunction(config, file);
    const events = new EventBridgeClient(config);
    await work({ events, runs: () => runsIn(file) });
    events.destroy();
  } finally {
    await awsls("local stop").catch(() => undefined);
    onExit();
    process.off("exit", onExit);
  }
}

/**
 * A function that writes down each of its runs, and that rules may invoke.
 * @param {{ endpoint: string, region: string, credentials: { accessKeyId: string, secretAccessKey: string } }} config
 * @param {string} file
 */
async function makeFunction(config, file) {
  const iam = new IAMClient(config);
  const lambda = new LambdaClient(config);
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "role", AssumeRolePolicyDocument }));
  const code = `import { appendFileSync } from "node:fs";
export const handler = async ({ id, time, resources: [rule] }) => {
  appendFileSync(${JSON.stringify(file)}, JSON.stringify({ id, time, rule, at: Date.now() }) + "\\n");
};`;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: FUNCTION,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: Role?.Arn,
      Code: { ZipFile: await zipOf(code) },
    }),
  );
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: FUNCTION,
      StatementId: "events",
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
    }),
  );
  iam.destroy();
  lambda.destroy();
}

/**
 * @param {string} file
 * @returns {Run[]}
 */
function runsIn(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line)).toSorted((a, b) => a.at - b.at);
}

/**
 * @param {() => boolean} isSo
 * @param {number} ms
 */
async function until(isSo, ms) {
  const end = Date.now() + ms;
  while (!isSo() && Date.now() < end) await sleep(100);
}
