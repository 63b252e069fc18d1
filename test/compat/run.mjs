// AWS's own tools against the local cloud, the lines of `--verbose` among them, then the tutorial's journeys with the real command
// against MiniStack, which shares no code with this project; meanwhile the local cloud's schedules on the real clock.
// `npm run test:compat`; the last line is `N passed, N failed`.

import { execFile } from "node:child_process";
import { deepEqual, equal, fail, match, ok } from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ApiGatewayV2Client, DeleteRouteCommand, GetApisCommand, GetRoutesCommand } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
} from "@aws-sdk/client-dynamodb";
import { CognitoIdentityClient } from "@aws-sdk/client-cognito-identity";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ACCOUNT, startMiniStack, VERSION } from "./ministack.mjs";
import { authJourney } from "./auth.mjs";
import { identityJourney } from "./identity.mjs";
import { awsCommand } from "./aws-command.mjs";
import { isReading, startRecorder } from "./recorder.mjs";
import { check, counts, failed, say } from "./report.mjs";
import { scheduledRuns } from "./schedules.mjs";
import { timerJourney } from "./timer.mjs";
import { verboseLines } from "./verbose.mjs";

const AWSLS = fileURLToPath(new URL("../../bin/awsls.cjs", import.meta.url));
const REGION = "us-east-1";
const STACK = "http-crud-tutorial";
const COMMAND_MS = 120_000;

async function main() {
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => process.exit(130));
  // Schedules wait for the clock most of the time.
  await Promise.all([inTurn([scheduledRuns]), inTurn([awsCommand, verboseLines, ministackJourneys])]);
}

/** @param {(() => Promise<void>)[]} parts */
async function inTurn(parts) {
  for (const part of parts) {
    await part().catch((error) => failed(part.name, error instanceof Error ? error.message : String(error)));
  }
}

async function ministackJourneys() {
  say(`MiniStack ${VERSION}: installing (once) and starting`);
  const ministack = await startMiniStack();
  const recorder = await startRecorder(ministack.url);
  const folder = await mkdtemp(join(tmpdir(), "awsls-compat-"));
  const cloud = clientsOf(ministack.url);
  try {
    const awsls = commandIn(folder, recorder.url);
    await wholeJourney(awsls, cloud, recorder);
    await stepByStep(awsls, cloud);
    await mixtures(awsls, cloud);
    await neighbours(awsls, cloud);
    await timerJourney(awsls.json, cloud.events, recorder);
    await check("the timer left nothing", () => nothingLeft(cloud));
    await authJourney(awsls.json, cloud.cognito, recorder);
    await check("sign-in left nothing", () => nothingLeft(cloud));
    await identityJourney(awsls.json, cloud.identity, cloud.roles, recorder);
    await check("AWS credentials for users left nothing", () => nothingLeft(cloud));
    await check("no file is left in the folder", async () => deepEqual(await readdir(folder), []));
    if (counts.failed > 0)
      say(`MiniStack's last lines:\n${(await ministack.output()).split("\n").slice(-30).join("\n")}`);
  } finally {
    await recorder.close();
    await ministack.stop();
    for (const client of Object.values(cloud)) client.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * `up`, `test`, `status`, a second `up`, `down`.
 * @param {Awsls} awsls
 * @param {Cloud} cloud
 * @param {import("./recorder.mjs").Recorder} recorder
 */
async function wholeJourney(awsls, cloud, recorder) {
  let url = "";
  await check("up --dry-run says what it would make and makes nothing", async () => {
    const { plan } = await awsls.json("up --bundle --dry-run", { target: true });
    ok(plan.length > 0 && plan.every((/** @type {{ action: string }} */ { action }) => action === "create"));
    await nothingLeft(cloud);
  });
  await check("up makes everything, in at most 25 calls", async () => {
    recorder.takeCalls();
    const result = await awsls.json("up --bundle", { target: true });
    ({ url } = result);
    match(url, /^http:\/\/\w+\.execute-api\.localhost:\d+$/);
    const calls = recorder.takeCalls();
    // Polls and retries are in this number, so it may not be larger than what is allowed without them.
    ok(calls.length <= 25, `${calls.length} calls:\n${calls.join("\n")}`);
    deepEqual(await namesThere(cloud), {
      tables: [`${STACK}-items`],
      functions: [`${STACK}-function`],
      roles: [`${STACK}-role`],
      apis: [`${STACK}-api`],
      logGroups: [`/aws/lambda/${STACK}-function`],
      rules: [],
    });
  });
  await check("the function is as the tutorial has it", async () => {
    const live = await cloud.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${STACK}-function` }));
    equal(live.Runtime, "nodejs24.x");
    equal(live.Handler, "index.handler");
    equal(live.MemorySize, 256);
    equal(live.Timeout, 15);
    deepEqual(live.Environment?.Variables, { TABLE_NAME: `${STACK}-items` });
  });
  await check("test passes against the live URL", async () => {
    const { exchanges } = await awsls.json("test");
    ok(exchanges.every((/** @type {{ passed: boolean }} */ { passed }) => passed));
  });
  await check("function invoke answers a test event", async () => {
    const { answer } = await awsls.json("function invoke");
    equal(answer.status, 200);
    equal(answer.payload.statusCode, 200);
  });
  await check("logs has the function's invocations, each once and in order", async () => {
    const { rows } = await awsls.json("logs");
    ok(rows.length > 0, "no line");
    const of = (/** @type {string} */ member) => rows.map((/** @type {Record<string, unknown>} */ row) => row[member]);
    equal(new Set(of("eventId")).size, rows.length);
    const times = of("timestamp");
    deepEqual(
      times,
      times.toSorted((/** @type {number} */ a, /** @type {number} */ b) => a - b),
    );
  });
  await check("ids with spaces, +, #, Hangul and emoji come back", async () => {
    // Not "%": MiniStack leaves `%25` alone; by AWS's documentation an HTTP API decodes path parameters, all of them.
    for (const id of ["a b", "a+b", "#1", "한글", "🎈"]) await roundTrip(url, id);
  });
  await check("test --keep leaves its item, which table items shows", async () => {
    await awsls.json("test --id kept --price 7 --name seven --keep");
    const { items } = await awsls.json("table items");
    deepEqual(items, [{ id: "kept", price: 7, name: "seven" }]);
    equal((await send(url, "DELETE", "/items/kept")).status, 200);
  });
  await check("status knows every resource", async () => {
    const { resources, next } = await awsls.json("status");
    deepEqual(
      new Set(resources.map((/** @type {{ condition: string }} */ { condition }) => condition)),
      new Set(["exists"]),
    );
    equal(next, "test");
  });
  await check("a second up changes nothing: no writing call, at most 16 calls", async () => {
    recorder.takeCalls();
    unchanged(await awsls.json("up"));
    const calls = recorder.takeCalls();
    deepEqual(
      calls.filter((call) => !isReading(call)),
      [],
    );
    ok(calls.length <= 16, `${calls.length} calls:\n${calls.join("\n")}`);
  });
  await check("up repairs what others changed", async () => {
    const FunctionName = `${STACK}-function`;
    await cloud.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 3 }));
    const ApiId = await apiIdOf(cloud);
    const { Items = [] } = await cloud.apis.send(new GetRoutesCommand({ ApiId }));
    await cloud.apis.send(new DeleteRouteCommand({ ApiId, RouteId: Items[0]?.RouteId }));
    await awsls.json("up");
    equal((await cloud.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).Timeout, 15);
    equal((await cloud.apis.send(new GetRoutesCommand({ ApiId }))).Items?.length, 4);
    await awsls.json("test");
  });
  await check("down takes everything away, in at most 25 calls", async () => {
    recorder.takeCalls();
    await awsls.json("down --yes");
    const calls = recorder.takeCalls();
    ok(calls.length <= 25, `${calls.length} calls:\n${calls.join("\n")}`);
    await nothingLeft(cloud);
  });
  await check("a second down has nothing to do", async () => {
    const { deleted } = await awsls.json("down --yes", { target: true });
    deepEqual(deleted, []);
  });
}

/** Every command of the tutorial's order, and what must be true after it. */
const STEPS = [
  { create: "table create", show: "table show", next: "function create" },
  { create: "function create --bundle", show: "function show", next: "api create" },
  { create: "api create", show: "api show", next: "routes create" },
  { create: "routes create", show: "routes list", next: "integration create" },
  { create: "integration create", show: "integration show", next: "routes attach" },
  { create: "routes attach", show: "routes list", next: "test" },
];
const WAY_BACK = [
  "routes detach",
  "integration delete",
  "routes delete",
  "api delete",
  "function delete",
  "table delete",
];

/**
 * @param {Awsls} awsls
 * @param {Cloud} cloud
 */
async function stepByStep(awsls, cloud) {
  await check("function create without a table names the command that comes first", async () => {
    const { error } = await awsls.json("function create --bundle", { target: true, exit: 3 });
    equal(error.code, "StepMissing");
    match(error.todo, /table create/);
  });
  for (const { create, show, next } of STEPS) {
    await check(`${create}, then ${show}`, async () => {
      const made = await awsls.json(create, { target: true });
      equal(made.next, next);
      const { shown } = await awsls.json(show);
      ok(shown.length > 0);
    });
    await check(`${create} again changes nothing`, async () => unchanged(await awsls.json(create)));
  }
  await check("after the last step the API answers", async () => void (await awsls.json("test")));
  await check("up after the single steps changes nothing", async () => unchanged(await awsls.json("up")));
  await check("integration delete is refused while routes point at it", async () => {
    const { error } = await awsls.json("integration delete --yes", { exit: 3 });
    equal(error.code, "StillAttached");
  });
  for (const back of WAY_BACK) {
    await check(back, async () => void (await awsls.json(`${back} --yes`)));
    if (back === "routes detach") {
      await check("detached routes stay, without a target", async () => {
        const { Items = [] } = await cloud.apis.send(new GetRoutesCommand({ ApiId: await apiIdOf(cloud) }));
        deepEqual(
          Items.map(({ Target }) => Target ?? ""),
          ["", "", "", ""],
        );
      });
    }
  }
  await check("the way back leaves nothing, and down finds nothing", async () => {
    await nothingLeft(cloud);
    deepEqual((await awsls.json("down --yes", { target: true })).deleted, []);
  });
}

/**
 * @param {Awsls} awsls
 * @param {Cloud} cloud
 */
async function mixtures(awsls, cloud) {
  await check("up after three single steps makes the rest", async () => {
    await awsls.json("table create", { target: true });
    await awsls.json("function create --bundle");
    await awsls.json("api create");
    await awsls.json("up");
    await awsls.json("test");
  });
  await check("single steps after up change nothing", async () => {
    for (const { create } of STEPS) unchanged(await awsls.json(create));
  });
  await check("up after api delete makes a new API that answers", async () => {
    await awsls.json("api delete --yes");
    await awsls.json("up");
    await awsls.json("test");
  });
  await check("with the state file lost, down finds everything by its tags", async () => {
    await rm(join(awsls.folder, ".awsls"), { recursive: true });
    await awsls.json("down --yes", { target: true });
    await nothingLeft(cloud);
  });
}

/**
 * @param {Awsls} awsls
 * @param {Cloud} cloud
 */
async function neighbours(awsls, cloud) {
  await check("two stacks do not see each other", async () => {
    await awsls.json("up --bundle", { target: true });
    await awsls.json("up --bundle --stack alice", { target: true });
    await awsls.json("down --yes");
    await awsls.json("test --stack alice");
    deepEqual((await namesThere(cloud)).tables, ["alice-items"]);
    await awsls.json("down --yes --stack alice");
    await nothingLeft(cloud);
  });
  await check("a table of the same name that is not ours is named and left alone", async () => {
    const TableName = "bob-items";
    await cloud.tables.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    const { error } = await awsls.json("up --bundle --stack bob", { target: true, exit: "any" });
    equal(error.code, "Foreign");
    match(`${error.what} ${error.details}`, /bob-items/);
    await awsls.json("down --yes --stack bob", { target: true, exit: "any" });
    const { Table } = await cloud.tables.send(new DescribeTableCommand({ TableName }));
    equal(Table?.KeySchema?.[0]?.AttributeName, "pk");
    await cloud.tables.send(new DeleteTableCommand({ TableName }));
    await nothingLeft(cloud);
  });
}

/** @param {{ outcomes: { outcome: string }[] }} result */
function unchanged({ outcomes }) {
  deepEqual(
    outcomes.filter(({ outcome }) => outcome !== "none"),
    [],
  );
}

/**
 * @typedef {object} Awsls
 * @property {string} folder
 * @property {(line: string, options?: { target?: boolean, exit?: number | "any", input?: string }) => Promise<any>} json what
 * `--json` printed; `target` gives endpoint and region, which later commands know from the state
 */

/**
 * @param {string} folder
 * @param {string} endpoint
 * @returns {Awsls}
 */
function commandIn(folder, endpoint) {
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    USERPROFILE: folder,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "not-checked",
    AWS_EC2_METADATA_DISABLED: "true",
    NO_COLOR: "1",
  };
  return {
    folder,
    json: (line, { target = false, exit = 0, input = "" } = {}) =>
      new Promise((resolve, reject) => {
        const place = target ? ["--endpoint-url", endpoint, "--region", REGION] : [];
        const args = [AWSLS, ...line.split(" "), ...place, "--json"];
        const options = { cwd: folder, env, timeout: COMMAND_MS, maxBuffer: 2 ** 26, windowsHide: true };
        const child = execFile(process.execPath, args, options, (error, stdout, stderr) => {
          const code = error === null ? 0 : error.code;
          const isExpected = exit === "any" ? typeof code === "number" : code === exit;
          if (!isExpected) return reject(new Error(`awsls ${line}: exit ${code}, not ${exit}\n${stderr}${stdout}`));
          try {
            resolve(JSON.parse(stdout));
          } catch {
            reject(new Error(`awsls ${line}: not one JSON document on stdout\n${stdout}`));
          }
        });
        child.stdin?.end(input);
      }),
  };
}

/** @typedef {ReturnType<typeof clientsOf>} Cloud */

/** @param {string} endpoint */
function clientsOf(endpoint) {
  const config = { endpoint, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: "not-checked" } };
  return {
    tables: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    roles: new IAMClient(config),
    apis: new ApiGatewayV2Client(config),
    logs: new CloudWatchLogsClient(config),
    events: new EventBridgeClient(config),
    cognito: new CognitoIdentityProviderClient(config),
    identity: new CognitoIdentityClient(config),
  };
}

/** @param {Cloud} cloud */
async function namesThere(cloud) {
  const [tables, functions, roles, apis, groups, rules] = await Promise.all([
    cloud.tables.send(new ListTablesCommand({})),
    cloud.lambda.send(new ListFunctionsCommand({})),
    cloud.roles.send(new ListRolesCommand({})),
    cloud.apis.send(new GetApisCommand({})),
    cloud.logs.send(new DescribeLogGroupsCommand({})),
    cloud.events.send(new ListRulesCommand({})),
  ]);
  return {
    tables: tables.TableNames ?? [],
    functions: (functions.Functions ?? []).map(({ FunctionName }) => FunctionName),
    // Roles of AWS's own services are nobody's leftovers.
    roles: (roles.Roles ?? []).filter(({ Path }) => Path === "/").map(({ RoleName }) => RoleName),
    apis: (apis.Items ?? []).map(({ Name }) => Name),
    logGroups: (groups.logGroups ?? []).map(({ logGroupName }) => logGroupName),
    rules: (rules.Rules ?? []).map(({ Name }) => Name),
  };
}

/** @param {Cloud} cloud */
async function nothingLeft(cloud) {
  deepEqual(await namesThere(cloud), { tables: [], functions: [], roles: [], apis: [], logGroups: [], rules: [] });
}

/** @param {Cloud} cloud */
async function apiIdOf(cloud) {
  const { Items = [] } = await cloud.apis.send(new GetApisCommand({}));
  return Items.find(({ Name }) => Name === `${STACK}-api`)?.ApiId ?? fail("there is no API");
}

/**
 * @param {string} url
 * @param {string} id
 */
async function roundTrip(url, id) {
  const item = { id, price: 1, name: id };
  const path = `/items/${encodeURIComponent(id)}`;
  equal((await send(url, "PUT", "/items", item)).status, 200, `PUT ${id}`);
  const got = await send(url, "GET", path);
  deepEqual([got.status, JSON.parse(got.body)], [200, item]);
  equal((await send(url, "DELETE", path)).status, 200, `DELETE ${id}`);
}

/**
 * @param {string} url its host's name is below `localhost`, the loopback by RFC 6761, which fetch does not resolve
 * @param {string} method
 * @param {string} path
 * @param {unknown} [json]
 * @returns {Promise<{ status: number, body: string }>}
 */
function send(url, method, path, json) {
  const { hostname, port } = new URL(url);
  ok(hostname.endsWith(".localhost"));
  const headers = { host: `${hostname}:${port}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => (body += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    outgoing.on("error", reject);
    outgoing.end(json === undefined ? undefined : JSON.stringify(json));
  });
}

// The SDK warns of Node 20, which is known.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
await main();
say(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
