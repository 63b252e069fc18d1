// What a function sees of the world: AWS's variables, its own, the runtime's SDK, and nothing of whoever started the cloud.

import { existsSync, readdirSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DescribeLogStreamsCommand, CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { LOGGING, testFunctions } from "../functions.ts";
import type { TestFunctions } from "../functions.ts";
import { zipOf } from "../zip.ts";

let cloud: TestCloud;
let functions: TestFunctions;

beforeAll(async () => {
  process.env["AWSLS_TEST_SECRET"] = "of the person who started the cloud";
  cloud = await startTestCloud();
  functions = await testFunctions(cloud);
});
afterAll(async () => {
  delete process.env["AWSLS_TEST_SECRET"];
  await cloud.close();
});

test("the environment is AWS's and the function's, and no more", async () => {
  const code =
    "export const handler = async () => ({ env: process.env, cwd: process.cwd(), argv: process.argv.length });";
  const Environment = { Variables: { TABLE_NAME: "items", LANG: "ko_KR.UTF-8" } };
  await functions.create("env", code, { MemorySize: 192, Environment });
  const { env, cwd } = (await functions.invoke("env")).payload as { env: Record<string, string>; cwd: string };
  expect(env).toMatchObject({
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: "env",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "192",
    AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/env",
    AWS_ENDPOINT_URL: cloud.cloud.url,
    AWS_EC2_METADATA_DISABLED: "true",
    _HANDLER: "index.handler",
    LAMBDA_TASK_ROOT: cwd,
    TABLE_NAME: "items",
    LANG: "ko_KR.UTF-8",
  });
  expect(env["AWS_ACCESS_KEY_ID"]).toMatch(/^ASIA/);
  expect(env["AWS_LAMBDA_LOG_STREAM_NAME"]).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  expect(env["_X_AMZN_TRACE_ID"]).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  const given =
    /^(_X_AMZN_TRACE_ID|AWS_.*|_HANDLER|LAMBDA_TASK_ROOT|TABLE_NAME|LANG|TZ|PATH|HOME|TMPDIR|TEMP|TMP|USERPROFILE|SystemRoot|__CF_.*)$/;
  expect(Object.keys(env).filter((name) => !given.test(name))).toEqual([]);
  expect(JSON.stringify(env)).not.toContain(cloud.config.credentials.secretAccessKey);
  // A folder of its own to write to, gone with the process.
  expect(env["HOME"]).toContain(cloud.folder);
});

test("the SDK of the runtime, with the role's own credentials", async () => {
  const code = `import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
    import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 }));
    export const handler = async () => {
      try { return (await client.send(new ListTablesCommand({}))).TableNames; }
      catch (error) { return error.name + ": " + error.message; }
    };`;
  await functions.create("sdk", code, { Timeout: 10 });
  const denied = (await functions.invoke("sdk")).payload;
  expect(denied).toMatch(
    /^AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role\/function-role\/sdk is not/,
  );
  const allow = { Effect: "Allow", Action: "dynamodb:ListTables", Resource: "*" };
  await functions.iam.send(
    new PutRolePolicyCommand({
      RoleName: "function-role",
      PolicyName: "tables",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [allow] }),
    }),
  );
  expect((await functions.invoke("sdk")).payload).toEqual([]);
});

test("modules of the zip come first", async () => {
  const zip = zipOf({
    "index.mjs": `import { own } from "@aws-sdk/client-dynamodb"; export const handler = async () => own;`,
    "node_modules/@aws-sdk/client-dynamodb/package.json": `{"type":"module","exports":"./index.js"}`,
    "node_modules/@aws-sdk/client-dynamodb/index.js": "export const own = 'from the zip';",
  });
  await functions.create("bundled", zip);
  expect((await functions.invoke("bundled")).payload).toBe("from the zip");
});

test("the learner's package.json does not decide how a handler is read", async () => {
  const parent = join(cloud.folder, "..", `awsls-project-${process.pid}`);
  await mkdir(parent, { recursive: true });
  await writeFile(join(parent, "package.json"), `{"type":"module"}`);
  const inside = await startTestCloud({ folder: join(parent, ".awsls", "local") });
  try {
    const own = await testFunctions(inside);
    const zip = zipOf({ "index.js": "exports.handler = async () => 'CommonJS';" });
    await own.create("plain", zip);
    expect((await own.invoke("plain")).payload).toBe("CommonJS");
  } finally {
    await inside.close();
    await rm(parent, { recursive: true, force: true });
  }
});

test("logs only as the role allows", async () => {
  const logs = new CloudWatchLogsClient(cloud.config);
  const code = `export const handler = async () => console.log("said");`;
  const messages = async (group: string): Promise<string[]> => {
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: group }));
    const all: string[] = [];
    for (const { logStreamName } of logStreams) {
      const read = await logs.send(
        new GetLogEventsCommand({ logGroupName: group, logStreamName, startFromHead: true }),
      );
      all.push(...(read.events ?? []).map(({ message = "" }) => message));
    }
    return all;
  };
  await functions.create("loud", code);
  await functions.invoke("loud");
  await expect
    .poll(() => messages("/aws/lambda/loud"))
    .toEqual([
      expect.stringMatching(
        /^INIT_START Runtime Version: nodejs:24\.v\d+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\n$/,
      ),
      expect.stringMatching(/^START RequestId: .* Version: \$LATEST\n$/),
      expect.stringMatching(/\tINFO\tsaid\n$/),
      expect.stringMatching(/^END RequestId/),
      expect.stringMatching(/^REPORT RequestId/),
    ]);
  // No right to make the group: the function runs, and writes nothing.
  const noGroup = { ...LOGGING, Action: ["logs:CreateLogStream", "logs:PutLogEvents"] };
  const quiet = await testFunctions(cloud, "quiet-role", [noGroup]);
  await functions.create("quiet", code, { Role: quiet.roleArn });
  expect((await functions.invoke("quiet", {}, { LogType: "Tail" })).log).toContain("said");
  await expect(messages("/aws/lambda/quiet")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("functions survive a restart, and a reset or the end leaves nothing of them", async () => {
  const folder = join(cloud.folder, "restarted");
  const first = await startTestCloud({ folder });
  const before = await testFunctions(first);
  await before.create("kept", "export const handler = async () => 'kept';");
  await before.invoke("kept");
  await first.cloud.close();
  expect(readdirSync(join(folder, "lambda", "scratch"))).toEqual([]);
  const second = await startTestCloud({ folder });
  const invoked = await new LambdaClient(second.config).send(new InvokeCommand({ FunctionName: "kept" }));
  expect(Buffer.from(invoked.Payload ?? []).toString()).toBe(`"kept"`);
  expect(readdirSync(join(folder, "lambda", "code"))).toHaveLength(1);
  expect((await second.control("POST", "reset")).ok).toBe(true);
  expect(existsSync(join(folder, "lambda", "code")) ? readdirSync(join(folder, "lambda", "code")) : []).toEqual([]);
  await second.close();
});
