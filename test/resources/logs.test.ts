// A function's log, read and followed, and test events, through the commands: against a cloud that fails on request.

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createClients } from "../../src/aws/clients.ts";
import type { StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { invokeFunction } from "../../src/commands/function-invoke.ts";
import { followLogs, logs } from "../../src/commands/logs.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { showStep } from "../../src/commands/step-show.ts";
import type { FailedInvocation } from "../../src/core/problem.ts";
import type { LogRow } from "../../src/core/row.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { zipOf } from "../zip.ts";

const FUNCTION = "http-crud-tutorial-function";
const GROUP = `/aws/lambda/${FUNCTION}`;
const OPTIONS = { function: "crud", since: { ago: 600_000 } } as const;

let cloud: TestCloud;
let stack: TestStack;
let lambda: LambdaClient;
let client: CloudWatchLogsClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  lambda = new LambdaClient(cloud.config);
  client = new CloudWatchLogsClient(cloud.config);
});
afterAll(async () => {
  lambda.destroy();
  client.destroy();
  await cloud.close();
});
beforeEach(async () => {
  stack = openTestStack(cloud);
  const context = await stack.context();
  await createStep(context, "table");
  await createStep(context, "function");
});
afterEach(async () => {
  await cloud.clearFaults();
  await down(await stack.context({}));
  stack.close();
});

async function update(code: string): Promise<void> {
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: FUNCTION, ZipFile: zipOf({ "index.mjs": code }) }));
  await settled();
}

async function settled(): Promise<void> {
  for (;;) {
    const seen = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: FUNCTION }));
    if (seen.LastUpdateStatus === "Successful" && seen.State === "Active") return;
  }
}

let streams = 0;
/** Writes these lines in a stream of their own, at times relative to now. */
async function write(lines: readonly (readonly [ago: number, message: string])[], logGroupName = GROUP): Promise<void> {
  streams += 1;
  const logStreamName = `test-${streams}`;
  await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const now = Date.now();
  const logEvents = lines.map(([ago, message]) => ({ timestamp: now - ago, message }));
  await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

const texts = (rows: readonly LogRow[]): string[] => rows.map(({ text }) => text);

describe("logs", () => {
  it("in order across streams, each line once, since the time asked for", async () => {
    await write([
      [30_000, "a"],
      [10_000, "c"],
    ]);
    await write([
      [20_000, "b"],
      [5_000, "d"],
    ]);
    expect(texts((await logs(await stack.context(), OPTIONS)).rows)).toEqual(["a", "b", "c", "d"]);
    const later = await logs(await stack.context(), { function: "crud", since: { ago: 15_000 } });
    expect(texts(later.rows)).toEqual(["c", "d"]);
    const at = await logs(await stack.context(), { function: "crud", since: { at: Date.now() + 60_000 } });
    expect(at.rows).toEqual([]);
  });

  it("all pages", async () => {
    const line = "x".repeat(200_000);
    for (let index = 0; index < 8; index += 1) await write([[8_000 - index * 1_000, `${index}${line}`]]);
    await cloud.clearRequests();
    const { rows } = await logs(await stack.context(), OPTIONS);
    expect(texts(rows).map((text) => text[0])).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
    expect((await cloud.requests()).filter(({ operation }) => operation === "FilterLogEvents").length).toBeGreaterThan(
      1,
    );
  });

  it("of exactly that name", async () => {
    const other = `${GROUP}-2`;
    await client.send(new CreateLogGroupCommand({ logGroupName: other }));
    await write([[1_000, "not ours"]], other);
    await write([[1_000, "ours"]]);
    expect(texts((await logs(await stack.context(), OPTIONS)).rows)).toEqual(["ours"]);
    await client.send(new DeleteLogGroupCommand({ logGroupName: other }));
  });

  it("no log group: the command that makes it", async () => {
    await client.send(new DeleteLogGroupCommand({ logGroupName: GROUP }));
    const problem = { code: "StepMissing", data: { command: "logs", first: "function create" } };
    await expect(logs(await stack.context(), OPTIONS)).rejects.toMatchObject(problem);
    await expect(followLogs(await stack.context(), OPTIONS)).rejects.toMatchObject(problem);
  });

  it("changes nothing", async () => {
    const { settings } = await stack.context();
    await cloud.clearRequests();
    await logs(await stack.context(settings), OPTIONS);
    expect((await cloud.requests()).map(({ operation }) => operation)).toEqual([
      "GetCallerIdentity",
      "FilterLogEvents",
    ]);
  });
});

/** Follows with time of its own: at each pause the next thing happens, after the last one Ctrl-C. */
async function follow(
  ...happenings: (() => Promise<void>)[]
): Promise<{ rows: LogRow[]; pauses: number[]; ended: unknown }> {
  const context = await stack.context();
  const stop = new AbortController();
  const pauses: number[] = [];
  let passed = 0;
  const clock = {
    now: () => Date.now() + passed,
    async sleep(ms: number) {
      pauses.push(ms);
      passed += ms;
      const happen = happenings.shift();
      if (happen === undefined) {
        stop.abort(new Error("Ctrl-C"));
        throw new Error("Ctrl-C");
      }
      await happen();
    },
  };
  const { connection } = context.session.clients;
  const { emit } = context;
  // One attempt: what the SDK would wait for itself is not what is looked at here.
  const clients = createClients({ connection, emit, signal: stop.signal, maxAttempts: 1 });
  const following: StackContext = {
    ...context,
    clock,
    signal: stop.signal,
    session: { ...context.session, clients, clock },
  };
  stack.events.length = 0;
  const ended: unknown = await followLogs(following, OPTIONS).then(
    () => "by itself",
    (error: unknown) => error,
  );
  clients.destroy();
  return {
    rows: stack.events.flatMap((event) => (event.type === "row" && event.row.kind === "log" ? [event.row] : [])),
    pauses,
    ended,
  };
}

const notices = (): string[] => stack.events.flatMap((event) => (event.type === "notice" ? [event.code] : []));

describe("logs -f", () => {
  it("what is there, then what comes, each once, a late one in its place", async () => {
    await write([[60_000, "old"]]);
    const { rows, pauses, ended } = await follow(
      () => write([[0, "b"]]),
      () => write([[1_000, "a"]]),
      () => write([[0, "c"]]),
      () => Promise.resolve(),
      () => Promise.resolve(),
    );
    expect(texts(rows)).toEqual(["old", "a", "b", "c"]);
    expect(rows.every(({ late }) => late !== true)).toBe(true);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2_000);
    expect(ended).toMatchObject({ message: "Ctrl-C" });
  });

  it("what is held back when it ends is not lost", async () => {
    const { rows } = await follow(
      () => write([[0, "last"]]),
      () => Promise.resolve(),
    );
    expect(texts(rows)).toEqual(["last"]);
  });

  it("throttled: pauses that grow, and nothing lost", async () => {
    await cloud.failNext("FilterLogEvents", {
      status: 400,
      code: "ThrottlingException",
      message: "slow down",
      times: 3,
    });
    await write([[30_000, "line"]]);
    const nothing = (): Promise<void> => Promise.resolve();
    const { rows, pauses } = await follow(nothing, nothing, nothing, nothing);
    expect(pauses.slice(0, 3)).toEqual([4_000, 8_000, 16_000]);
    expect(texts(rows)).toEqual(["line"]);
    expect(notices()).toEqual(["LookDelayed", "LookDelayed", "LookDelayed", "Following"]);
  });

  it("the log group goes while it is followed: says so and ends", async () => {
    const { rows, ended } = await follow(
      () => write([[0, "last"]]),
      async () => void (await client.send(new DeleteLogGroupCommand({ logGroupName: GROUP }))),
    );
    expect(ended).toBe("by itself");
    expect(texts(rows)).toEqual(["last"]);
    expect(notices()).toEqual(["Following", "LogEnded"]);
  });

  it("a refusal ends it", async () => {
    await cloud.failNext("FilterLogEvents", { status: 400, code: "AccessDeniedException", message: "no" });
    const { ended } = await follow();
    expect(ended).toMatchObject({
      code: "AwsRefused",
      data: { operation: "FilterLogEvents", code: "AccessDeniedException" },
    });
  });
});

describe("function invoke", () => {
  it("GET /items if nothing else is given: answer and log", async () => {
    const { answer } = await invokeFunction(await stack.context(), {});
    expect(answer).toMatchObject({ status: 200, payload: { statusCode: 200, body: "[]" } });
    expect(answer?.log.map(({ type }) => type)).toEqual(["start", "end", "report"]);
    expect(answer?.log.at(-1)?.report?.initDurationMs).toBeGreaterThan(0);
    expect(answer?.log.at(-1)?.requestId).toBe(answer?.requestId);
  });

  it("hands over the payload, and shows what the function logged", async () => {
    await update("export const handler = async (event) => { console.log('got\\n  it'); return event; };");
    const { answer } = await invokeFunction(await stack.context(), { payload: '{"a":["한국어"]}' });
    expect(answer?.payload).toEqual({ a: ["한국어"] });
    expect(answer?.log.find(({ type }) => type === "output")).toMatchObject({ level: "INFO", text: "got\n  it" });
  });

  it("a function that throws: exit 5, with its error and its log", async () => {
    await update("export const handler = async () => { throw new TypeError('no'); };");
    const failure = await invokeFunction(await stack.context(), {}).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "FunctionFailed",
      exitCode: 5,
      data: { functionError: "Unhandled", errorType: "TypeError", errorMessage: "no" },
    });
    const { log } = (failure as { data: FailedInvocation }).data;
    expect(log.find(({ level }) => level === "ERROR")?.text).toMatch(/^Invoke Error TypeError: no\n +at handler/);
  });

  it("a function that takes too long", async () => {
    await update("export const handler = () => new Promise((resolve) => setTimeout(resolve, 5_000));");
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: FUNCTION, Timeout: 1 }));
    await settled();
    await expect(invokeFunction(await stack.context(), {})).rejects.toMatchObject({
      code: "FunctionFailed",
      data: { errorType: "Sandbox.Timedout" },
    });
  });

  it("a lost reply is not sent again: it may have run", async () => {
    await cloud.failNext("Invoke", { drop: "after" });
    await cloud.clearRequests();
    await expect(invokeFunction(await stack.context(), {})).rejects.toMatchObject({
      code: "InvokeUncertain",
      exitCode: 4,
    });
    expect((await cloud.requests()).filter(({ operation }) => operation === "Invoke")).toHaveLength(1);
  });

  it("throttled, it surely did not run, and is sent again", async () => {
    await cloud.failNext("Invoke", { status: 429, code: "TooManyRequestsException", message: "Rate exceeded" });
    const { answer } = await invokeFunction(await stack.context(), {});
    expect(answer?.status).toBe(200);
  });

  it("not somebody else's", async () => {
    const { FunctionArn } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: FUNCTION }));
    const tags = { "awsls:stack": "other", "awsls:owner": "other" };
    const stranger = openTestStack(cloud, { origin: "somebody@else" });
    await lambda.send(new TagResourceCommand({ Resource: FunctionArn, Tags: tags }));
    await cloud.clearRequests();
    await expect(invokeFunction(await stranger.context(), {})).rejects.toMatchObject({ code: "Foreign" });
    expect((await cloud.requests()).filter(({ operation }) => operation === "Invoke")).toEqual([]);
    stranger.close();
    await lambda.send(new DeleteFunctionCommand({ FunctionName: FUNCTION }));
  });

  it("a dry run sends nothing", async () => {
    const context = await stack.context();
    await cloud.clearRequests();
    const { planned, answer } = await invokeFunction({ ...context, dryRun: true }, {});
    expect(planned).toMatchObject({ version: "2.0", routeKey: "GET /items" });
    expect(answer).toBeUndefined();
    expect((await cloud.requests()).filter(({ operation }) => operation === "Invoke")).toEqual([]);
  });
});

describe("function show", () => {
  const nodeIn = async (context: StackContext): Promise<unknown> => {
    const { shown } = await showStep(context, "function", "function show");
    return shown.find(({ subject }) => subject.component === "function")?.node;
  };

  it("says which Node runs the function: the runtime's, on the local cloud this machine's", async () => {
    expect(await nodeIn(await stack.context())).toEqual({ version: "24", of: "runtime" });
    const localNode = process.versions.node;
    expect(await nodeIn({ ...(await stack.context()), localNode })).toEqual({ version: localNode, of: "machine" });
  });
});
