// What `--verbose` prints, run with the real `aws` command: the lines of a run on one local cloud do the same on another.
//
// The lines are written for the AWS CLI's version 2; PyPI has version 1. For what these runs print the two differ in nothing but
// that 1 reads AWS_DEFAULT_REGION, not AWS_REGION (`local env` sets both). Elsewhere they do: 1 knows no `--cli-binary-format`
// (blobs given as text) and fetches a value that begins with `http://`. `AWS_CLI=/usr/local/bin/aws` tries another version.

import { execFile } from "node:child_process";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { rmSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
} from "@aws-sdk/client-dynamodb";
import {
  EventBridgeClient,
  ListRulesCommand,
  ListTagsForResourceCommand as ListTagsForRule,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import {
  GetFunctionCommand,
  GetPolicyCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { check } from "./report.mjs";
import { installAwsTools } from "./venv.mjs";

const AWSLS = fileURLToPath(new URL("../../bin/awsls.cjs", import.meta.url));
const LINE_MS = 30_000;
const STACK = "http-crud-tutorial";

export async function verboseLines() {
  // The lines are PowerShell's there.
  if (process.platform === "win32") return;
  const home = await mkdtemp(join(tmpdir(), "awsls-verbose-"));
  const aws = process.env["AWS_CLI"] ?? join((await installAwsTools()).bin, "aws");
  const [made, replayed, elsewhere] = await Promise.all(
    ["made", "replayed", "elsewhere"].map((name) => workplace(home, name, aws)),
  );
  ok(made && replayed && elsewhere);
  // A local cloud whose folder has vanished ends by itself.
  const onExit = () => rmSync(home, { recursive: true, force: true });
  process.once("exit", onExit);
  try {
    await tryLines(made, replayed, elsewhere);
  } finally {
    await Promise.all([made.awsls("local stop"), replayed.awsls("local stop")]);
    onExit();
    process.off("exit", onExit);
  }
}

/**
 * @param {Workplace} made
 * @param {Workplace} replayed
 * @param {Workplace} elsewhere
 */
async function tryLines(made, replayed, elsewhere) {
  /** @type {[string, string][]} what AWS called a thing in each cloud */
  const ids = [];
  /** @type {string[]} */
  let looking = [];
  /** @param {string} line */
  const replay = async (line) => {
    const known = ids.reduce((text, [one, other]) => text.replaceAll(one, other), line);
    // A function's revision is another one after every change, and settles later than the answer.
    const written = / --revision-id /.test(known)
      ? known.replace(/(?<= --revision-id )\S+/, await revisionIn(there))
      : known;
    const { code, stdout, stderr } = await made.sh(written, replayed.variables);
    equal(code, 0, `${written}\n${stderr}`);
    return stdout === "" ? {} : JSON.parse(stdout);
  };
  /** @param {string} command */
  const linesOf = async (command) => {
    const { code, stderr } = await made.awsls(`${command} --verbose`);
    equal(code, 0, stderr);
    const lines = stderr.split("\n").filter((line) => line.startsWith("aws "));
    looking = [...looking, ...lines.filter(isLooking)];
    return { environment: stderr.split("\n").find((line) => line.startsWith("eval ")), lines };
  };
  /** @type {SDK | undefined} */
  let here;
  /** @type {SDK | undefined} */
  let there;
  const compare = async (functions = 1) => {
    ok(here && there);
    const [one, other] = await Promise.all([everythingIn(here), everythingIn(there)]);
    ok(one.functions.length === functions && one.routes.length === 4 && one.rules.length === functions - 1);
    const renamed = ids.reduce((text, [a, b]) => text.replaceAll(b, a), JSON.stringify(other));
    deepEqual(JSON.parse(renamed), one);
  };

  await check("verbose: the lines of up build the same stack with the real aws command", async () => {
    const { environment = "", lines } = await linesOf("up --local");
    equal((await replayed.awsls("local start")).code, 0);
    await made.connect(environment);
    await replayed.connect(environment);
    here = clientsOf(made.variables);
    there = clientsOf(replayed.variables);
    equal((await stat(join(made.folder, ".awsls", `${STACK}.zip`))).mode & 0o777, 0o600);
    const known = await everythingIn(here);
    for (const line of lines.filter((each) => !isLooking(each))) {
      const answer = await replay(line);
      if (line.startsWith("aws iam create-role ")) ids.push([String(known.roles[0]?.RoleId), answer.Role.RoleId]);
      if (line.startsWith("aws apigatewayv2 create-api ")) ids.push([String(known.apis[0]?.ApiId), answer.ApiId]);
      if (line.startsWith("aws apigatewayv2 create-integration ")) {
        ids.push([String(known.integrations[0]?.IntegrationId), answer.IntegrationId]);
      }
      if (line.startsWith("aws apigatewayv2 create-route ")) {
        const route = known.routes.find(({ RouteKey }) => RouteKey === answer.RouteKey);
        ids.push([String(route?.RouteId), answer.RouteId]);
      }
    }
    equal(ids.length, 7);
    await compare();
  });
  await check("verbose: awsls takes that stack for its own and whole, and its API answers", async () => {
    elsewhere.variables = replayed.variables;
    const { stdout } = await elsewhere.awsls("status --json");
    const conditions = JSON.parse(stdout).resources.map((/** @type {{ condition: string }} */ each) => each.condition);
    deepEqual(new Set(conditions), new Set(["exists"]));
    const { code, stderr } = await elsewhere.awsls("test");
    equal(code, 0, stderr);
  });
  await check("verbose: the lines of a repair do the same repair", async () => {
    ok(here);
    await here.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: `${STACK}-function`,
        Timeout: 3,
        Environment: { Variables: { TABLE_NAME: "another" } },
      }),
    );
    const { lines: detaching } = await linesOf("routes detach");
    await replay(detaching.find((line) => !isLooking(line)) ?? "");
    const { lines } = await linesOf("up --architecture arm64");
    const writing = lines.filter((each) => !isLooking(each));
    ok(detaching.some((line) => line.endsWith(" --target=")));
    ok(writing.some((line) => / update-function-code .* --zip-file fileb:/.test(line)));
    for (const line of writing) await replay(line);
    await compare();
  });
  await check("verbose: the lines of timer enable make the same timer", async () => {
    ok(here);
    const { lines } = await linesOf("timer enable --rate '1 day'");
    const { roles } = await everythingIn(here);
    for (const line of lines.filter((each) => !isLooking(each))) {
      const answer = await replay(line);
      const known = roles.find(({ RoleName }) => RoleName === answer.Role?.RoleName);
      if (line.startsWith("aws iam create-role ")) ids.push([String(known?.RoleId), answer.Role.RoleId]);
    }
    await compare(2);
  });
  await check("verbose: the aws command accepts every line that looks", async () => {
    for (const command of ["status", "table items", "down --dry-run"]) await linesOf(command);
    // One of each form: what matters is whether the options are the command's own.
    const lines = [...new Map(looking.map((line) => [optionsOf(line), line])).values()];
    ok(lines.length >= 15, `${lines.length} lines`);
    const half = Math.ceil(lines.length / 2);
    const tryAll = async (/** @type {string[]} */ some) => {
      for (const line of some) {
        const { code, stderr } = await made.sh(line, made.variables);
        // Before it was made, it was looked for, too.
        ok(
          code === 0 || /\((NoSuchEntity|ResourceNotFoundException|NotFoundException)\)/.test(stderr),
          `${line}\n${stderr}`,
        );
      }
    };
    await Promise.all([tryAll(lines.slice(0, half)), tryAll(lines.slice(half))]);
  });
  await check("verbose: the lines of down take the same stack away, and the zip goes with it", async () => {
    const { lines } = await linesOf("down --yes");
    for (const line of lines.filter((each) => !isLooking(each))) await replay(line);
    ok(there);
    deepEqual(Object.values(await everythingIn(there)).flat(), []);
    deepEqual(await readdir(made.folder), []);
  });
  for (const clients of [here, there]) for (const client of Object.values(clients ?? {})) client.destroy();
}

/** @param {SDK | undefined} clients */
async function revisionIn(clients) {
  for (;;) {
    const found = await clients?.lambda.send(new GetFunctionCommand({ FunctionName: `${STACK}-function` }));
    if (found?.Configuration?.LastUpdateStatus !== "InProgress") return String(found?.Configuration?.RevisionId);
  }
}

/** @param {string} line */
function optionsOf(line) {
  return line.match(/^aws \S+ \S+| --[\w-]+/g)?.join("");
}

/** @param {string} line */
function isLooking(line) {
  return /^aws \S+ (get|describe|list|scan)-?/.test(line);
}

/**
 * @typedef {object} Workplace
 * @property {string} folder
 * @property {Record<string, string>} variables the AWS_* of a session in it
 * @property {(environment: string) => Promise<void>} connect runs that line and keeps the variables that it sets
 * @property {(line: string, variables?: Record<string, string>) => Promise<Ended>} sh
 * @property {(command: string) => Promise<Ended>} awsls
 *
 * @typedef {{ code: number, stdout: string, stderr: string }} Ended
 */

/**
 * A folder in which `aws` and `awsls` are commands, and nothing of the developer's own AWS settings is seen.
 * @param {string} home
 * @param {string} name
 * @param {string} aws
 * @returns {Promise<Workplace>}
 */
async function workplace(home, name, aws) {
  const folder = join(home, name);
  const bin = join(home, "bin");
  await Promise.all([mkdir(folder), mkdir(bin, { recursive: true })]);
  await writeFile(join(bin, "awsls"), `#!/bin/sh\nexec "${process.execPath}" "${AWSLS}" "$@"\n`);
  await chmod(join(bin, "awsls"), 0o755);
  const env = {
    PATH: [bin, dirname(aws), process.env["PATH"]].join(delimiter),
    HOME: bin,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    LC_ALL: "C.UTF-8",
    NO_COLOR: "1",
  };
  /** @type {Workplace} */
  const self = {
    folder,
    variables: {},
    async connect(environment) {
      const { stdout } = await self.sh(`${environment}\nenv`);
      const all = stdout.split("\n").map((line) => line.split(/=(.*)/s));
      self.variables = Object.fromEntries(all.filter(([variable = ""]) => variable.startsWith("AWS_")));
      match(self.variables["AWS_ENDPOINT_URL"] ?? "", /^http:/);
    },
    sh: (line, variables = {}) =>
      new Promise((resolve) => {
        const options = { cwd: folder, env: { ...env, ...variables }, timeout: LINE_MS };
        execFile("sh", ["-c", line], options, (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
        });
      }),
    // awsls finds the cloud of its own folder by itself; only in another one it has to be told.
    awsls: (command) => self.sh(`awsls ${command}`, name === "elsewhere" ? self.variables : {}),
  };
  return self;
}

/** @typedef {ReturnType<typeof clientsOf>} SDK */

/** @param {Record<string, string>} variables */
function clientsOf(variables) {
  const config = {
    endpoint: String(variables["AWS_ENDPOINT_URL"]),
    region: String(variables["AWS_REGION"]),
    credentials: {
      accessKeyId: String(variables["AWS_ACCESS_KEY_ID"]),
      secretAccessKey: String(variables["AWS_SECRET_ACCESS_KEY"]),
    },
  };
  return {
    tables: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    iam: new IAMClient(config),
    apis: new ApiGatewayV2Client(config),
    logs: new CloudWatchLogsClient(config),
    events: new EventBridgeClient(config),
  };
}

/**
 * All resources with all that AWS shows of them, but times, ports and what is random and nowhere used.
 * @param {SDK} clients
 */
async function everythingIn({ tables, lambda, iam, apis, logs, events }) {
  const { TableNames = [] } = await tables.send(new ListTablesCommand({}));
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const { Items: Apis = [] } = await apis.send(new GetApisCommand({}));
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const all = {
    rules: Rules,
    targets: await Promise.all(Rules.map(({ Name }) => events.send(new ListTargetsByRuleCommand({ Rule: Name })))),
    tables: await Promise.all(TableNames.map((TableName) => tables.send(new DescribeTableCommand({ TableName })))),
    functions: await Promise.all(
      Functions.map(({ FunctionName }) => lambda.send(new GetFunctionCommand({ FunctionName }))),
    ),
    permissions: await Promise.all(
      Functions.map(({ FunctionName }) => lambda.send(new GetPolicyCommand({ FunctionName }))),
    ),
    roles: Roles,
    policies: await Promise.all(
      Roles.map(async ({ RoleName }) => {
        const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
        return Promise.all(
          PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
        );
      }),
    ),
    apis: Apis,
    stages: await Promise.all(Apis.map(({ ApiId }) => apis.send(new GetStagesCommand({ ApiId })))),
    integrations: await itemsOf(Apis, (ApiId) => apis.send(new GetIntegrationsCommand({ ApiId }))),
    routes: (await itemsOf(Apis, (ApiId) => apis.send(new GetRoutesCommand({ ApiId })))).toSorted((a, b) =>
      String(a.RouteKey) < String(b.RouteKey) ? -1 : 1,
    ),
    logGroups,
    tags: await Promise.all([
      ...TableNames.map(async (TableName) => {
        const { Table } = await tables.send(new DescribeTableCommand({ TableName }));
        return tables.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }));
      }),
      ...Rules.map(({ Arn }) => events.send(new ListTagsForRule({ ResourceARN: Arn }))),
      ...logGroups.map(({ logGroupArn }) => logs.send(new ListTagsForResourceCommand({ resourceArn: logGroupArn }))),
    ]),
  };
  return /** @type {typeof all} */ (JSON.parse(JSON.stringify(all, withoutChance)));
}

/**
 * @template T
 * @param {readonly { ApiId?: string | undefined }[]} all
 * @param {(apiId: string | undefined) => Promise<{ Items?: T[] | undefined }>} list
 * @returns {Promise<T[]>}
 */
async function itemsOf(all, list) {
  return (await Promise.all(all.map(({ ApiId }) => list(ApiId)))).flatMap(({ Items = [] }) => Items);
}

const CHANCE =
  /^(\$metadata|.*Date(Time)?|creationTime|LastModified|RevisionId|TableId|Location|ApiEndpoint|.*DeploymentId|LastDeploymentStatusMessage)$/;

/**
 * @param {string} name
 * @param {unknown} value
 */
function withoutChance(name, value) {
  return CHANCE.test(name) ? undefined : value;
}
