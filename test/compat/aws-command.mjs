// AWS's own tools against the local cloud: the official aws command and boto3, as a learner uses them beside awsls.
// What they are asked stands in aws/*.py, which run the command's own entry point; here it is run as a process too.

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { check, failed, passed, say } from "./report.mjs";
import { AWSCLI, BOTO3, installAwsTools } from "./venv.mjs";

const AWSLS = fileURLToPath(new URL("../../bin/awsls.cjs", import.meta.url));
const CHECKS = fileURLToPath(new URL("aws", import.meta.url));
/** Side by side: files of one lane use what is listed as a whole (roles, log groups), so they do not meet each other. */
const LANES = [
  ["tables.py", "items.py", "apis.py", "keys.py", "cognito.py"],
  ["roles.py", "identity.py", "functions.py", "invoke.py", "logs.py", "events.py"],
];
const FILE_MS = 120_000;
const GROUP = "/aws/lambda/http-crud-tutorial-function";

/** @typedef {Record<string, string>} Variables */
/** @typedef {{ code: number, stdout: string, stderr: string }} Ended */

export async function awsCommand() {
  say(`aws ${AWSCLI} and boto3 ${BOTO3}: installing (once), and a local cloud for them`);
  const { python, bin } = await installAwsTools();
  const folder = await mkdtemp(join(tmpdir(), "awsls-aws-"));
  // A cloud whose folder is gone ends itself: nothing stays, however this ends.
  const onExit = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  process.once("exit", onExit);
  const plain = plainEnvironment(folder);
  /** @param {string} line */
  const awsls = async (line) => {
    const { code, stdout, stderr } = await run(process.execPath, [AWSLS, ...line.split(" "), "--json"], plain, folder);
    equal(code, 0, `awsls ${line}: exit ${code}\n${stderr}${stdout}`);
    return JSON.parse(stdout);
  };
  let url = "";
  try {
    // A minute of its schedules is a second.
    ({ url } = (await awsls("local start --speed 60")).cloud);
    await awsls("up --local");
    const { variables } = await awsls("local env");
    const env = { ...plain, ...variables };
    /** @type {Aws} */
    const aws = (line, others = {}) =>
      run(python, [join(bin, "aws"), ...line.split(" ")], { ...env, ...others }, folder);
    await asProcess(aws);
    await tailOfVersion2(aws, env, folder);
    const work = join(folder, "work");
    await mkdir(work);
    await Promise.all(LANES.map((files) => inTurn(files, (file) => runChecks(python, file, env, work))));
    await check("awsls down takes the stack, and nothing of the checks is left", async () => {
      await awsls("down --yes");
      const nothing = { TableNames: [], Functions: [], Roles: [], Items: [], logGroups: [], Rules: [] };
      deepEqual(await everything(aws), { ...nothing, UserPools: [], IdentityPools: [] });
    });
  } finally {
    await awsls("local stop").catch((error) => failed("the local cloud stops", String(error)));
    onExit();
    process.off("exit", onExit);
  }
  await check("awsls local stop: nothing answers any more", async () => {
    await rejects(fetch(url, { signal: AbortSignal.timeout(5_000) }), /fetch failed/);
  });
}

/**
 * @callback Aws
 * @param {string} line the command's arguments
 * @param {Variables} [others]
 * @returns {Promise<Ended>}
 */

/**
 * What shows only from outside: exit codes, and where answers and errors are printed.
 * @param {Aws} aws
 */
async function asProcess(aws) {
  await check("aws sts get-caller-identity, a process of its own", async () => {
    const { code, stdout } = await aws("sts get-caller-identity");
    deepEqual([code, JSON.parse(stdout).Account], [0, "000000000000"]);
  });
  const wrong = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" };
  await check("aws with wrong credentials exits with 254 or 255 and AWS's code", async () => {
    const [tables, roles, secret, region] = await Promise.all([
      aws("dynamodb list-tables", wrong),
      aws("iam list-roles", wrong),
      aws("lambda list-functions", { AWS_SECRET_ACCESS_KEY: "wrong" }),
      aws("logs describe-log-groups --region eu-west-1"),
    ]);
    for (const { code, stdout } of [tables, roles, secret, region]) {
      ok(code === 254 || code === 255, `exit ${code}`);
      equal(stdout, "");
    }
    match(tables.stderr, /\(UnrecognizedClientException\)/);
    match(roles.stderr, /\(InvalidClientTokenId\)/);
    match(secret.stderr, /\(InvalidSignatureException\)/);
    match(region.stderr, /\(InvalidSignatureException\).*this local cloud is us-east-1 alone/);
  });
}

/**
 * `logs tail` is not in version 1, and pip installs no other. aws/logs.py makes its calls; whoever has
 * version 2 sees the command itself.
 * @param {Aws} aws
 * @param {Variables} env
 * @param {string} folder
 */
async function tailOfVersion2(aws, env, folder) {
  const { stdout } = await run("aws", ["--version"], env, folder);
  if (!stdout.startsWith("aws-cli/2")) return say("- aws logs tail --follow: no AWS CLI version 2 on this machine");
  await check(`aws logs tail --follow, ${stdout.split(" ")[0]}`, async () => {
    // Its first releases do not know AWS_ENDPOINT_URL.
    const options = ["--endpoint-url", env["AWS_ENDPOINT_URL"] ?? "", "--region", "us-east-1"];
    const child = spawn("aws", ["logs", "tail", GROUP, "--follow", "--format", "short", ...options], {
      env,
      cwd: folder,
    });
    const ended = endOf(child);
    let seen = "";
    child.stdout.on("data", (chunk) => (seen += chunk));
    // It asks every five seconds, and what it prints into a pipe comes when it ends.
    await sleep(3_000);
    await aws(`lambda invoke --function-name http-crud-tutorial-function --payload {"routeKey":"GET/items"} out.json`);
    await sleep(7_000);
    child.kill("SIGINT");
    await ended;
    match(seen, /REPORT RequestId: /);
  });
}

/**
 * Runs a file of aws/, which prints a line of JSON for each of its checks.
 * @param {string} python
 * @param {string} file
 * @param {Variables} env
 * @param {string} cwd
 */
async function runChecks(python, file, env, cwd) {
  const child = spawn(python, [join(CHECKS, file)], { env, cwd, timeout: FILE_MS, windowsHide: true });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = endOf(child);
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  for await (const line of createInterface({ input: child.stdout })) {
    const { title, ms, error } = JSON.parse(line);
    if (error === null) passed(title, ms);
    else failed(title, error);
  }
  if ((await ended) !== 0) failed(file, `it ended before its time\n${stderr}`);
  process.off("exit", kill);
}

/**
 * What the lists of the aws command show of each kind.
 * @param {Aws} aws
 */
async function everything(aws) {
  const lists = ["dynamodb list-tables", "lambda list-functions", "iam list-roles", "apigatewayv2 get-apis"];
  const pools = ["cognito-idp list-user-pools", "cognito-identity list-identity-pools"];
  const others = ["logs describe-log-groups", "events list-rules", ...pools.map((list) => `${list} --max-results 60`)];
  const ended = await Promise.all([...lists, ...others].map((line) => aws(line)));
  return Object.assign({}, ...ended.map(({ stdout }) => JSON.parse(stdout)));
}

/**
 * Nothing of the developer's own: no profile, no region, no proxy.
 * @param {string} home
 * @returns {Variables}
 */
function plainEnvironment(home) {
  const { PATH = "", SystemRoot } = process.env;
  return {
    PATH,
    ...(SystemRoot !== undefined && { SystemRoot }),
    HOME: home,
    USERPROFILE: home,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    NO_COLOR: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUTF8: "1",
  };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Variables} env
 * @param {string} cwd
 * @returns {Promise<Ended>} also when it failed; -1 when it could not be run
 */
function run(command, args, env, cwd) {
  return new Promise((resolve) => {
    execFile(command, args, { env, cwd, timeout: FILE_MS, windowsHide: true }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number | null>} its exit code
 */
function endOf(child) {
  return new Promise((resolve) => {
    child.once("close", resolve);
    child.once("error", () => resolve(-1));
  });
}

/**
 * @param {string[]} files
 * @param {(file: string) => Promise<void>} work
 */
async function inTurn(files, work) {
  for (const file of files) await work(file);
}
