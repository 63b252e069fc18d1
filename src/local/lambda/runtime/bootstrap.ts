// The process of one function: loads the handler, then takes invocations one by one from the Lambda Runtime API.
// Built into one file (dist/function-runtime.js); Node starts it with an environment made by the local cloud alone.

import { compileEarly } from "../../early-compile.ts";
import { toFailure, toLogged, RuntimeError, UnhandledPromiseRejection } from "./failure.ts";
import { loadHandler } from "./load-handler.ts";
import type { Handler } from "./load-handler.ts";
import { openLogChannel } from "./log-channel.ts";
import { keepToOwnModules } from "./own-modules.ts";
import { watchParent } from "./parent-watch.ts";
import { createRetelling } from "./retelling.ts";
import { createRuntimeClient } from "./runtime-client.ts";
import type { Received } from "./runtime-client.ts";

const CALLBACKS_GONE =
  "AWS Lambda has no callback-based handlers from Node.js 24 on: make this one an async function. " +
  "See https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html";

compileEarly();
const { env } = process;
const taskRoot = env["LAMBDA_TASK_ROOT"] ?? process.cwd();
const takesCallbacks = env["AWS_EXECUTION_ENV"] === "AWS_Lambda_nodejs22.x";
const { url } = import.meta;
const retell = createRetelling(taskRoot, { file: url, folder: new URL("runtime-sdk", url).href });
const log = openLogChannel(retell);
watchParent();
const client = createRuntimeClient(env["AWS_LAMBDA_RUNTIME_API"] ?? "", receive, () => process.exit(0));
let handler: Handler | undefined;
let current: string | undefined;
let isTaking = false;

process.on("uncaughtException", (error) => die("Uncaught Exception ", error, 129));
process.on("unhandledRejection", (reason) =>
  die("Unhandled Promise Rejection ", new UnhandledPromiseRejection(reason), 128),
);
process.on("beforeExit", () => {
  if (current === undefined) return;
  // Nothing is left that could settle the handler's promise.
  if (takesCallbacks) succeed(current, null);
  else process.exit(13);
});

try {
  keepToOwnModules(taskRoot);
  handler = await loadHandler(taskRoot, env["_HANDLER"] ?? "");
  if (handler.length >= 3 && !takesCallbacks)
    throw new RuntimeError("Runtime.CallbackHandlerDeprecated", CALLBACKS_GONE);
  isTaking = true;
  client.start();
} catch (error) {
  die("Uncaught Exception ", error, 1);
}

function receive(invocation: Received): void {
  const { requestId } = invocation;
  current = requestId;
  env["_X_AMZN_TRACE_ID"] = invocation.trace;
  log.enter(requestId);
  client.hold(false);
  let answer: unknown;
  try {
    // AWS: an invocation without a payload is an empty event.
    const event: unknown = invocation.body.length === 0 ? {} : JSON.parse(invocation.body.toString("utf8"));
    answer = call(event, contextOf(invocation));
  } catch (error) {
    fail(requestId, error);
    return;
  }
  Promise.resolve(answer).then(
    // One turn later, so that a rejection nobody listens to is found in the invocation that caused it.
    (result) => setImmediate(() => succeed(requestId, result)),
    (error: unknown) => setImmediate(() => fail(requestId, error)),
  );
}

function call(event: unknown, context: object): unknown {
  if (!handler) return undefined;
  const run = handler;
  if (run.length < 3) return run(event, context);
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, result?: unknown): void => {
      if (error !== undefined && error !== null) reject(error);
      else resolve(result);
    };
    const returned = run(event, context, callback);
    if (returned instanceof Promise) returned.then(resolve, reject);
  });
}

function contextOf(invocation: Received): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env["AWS_LAMBDA_FUNCTION_VERSION"],
    functionName: env["AWS_LAMBDA_FUNCTION_NAME"],
    memoryLimitInMB: env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    logGroupName: env["AWS_LAMBDA_LOG_GROUP_NAME"],
    logStreamName: env["AWS_LAMBDA_LOG_STREAM_NAME"],
    clientContext: invocation.clientContext === undefined ? undefined : JSON.parse(invocation.clientContext),
    identity: undefined,
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => Math.max(invocation.deadline - Date.now(), 0),
  };
}

function succeed(requestId: string, result: unknown): void {
  if (current !== requestId) return;
  let body: string;
  try {
    // `undefined` has no JSON: AWS answers null.
    body = JSON.stringify(result) ?? "null";
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    fail(requestId, new RuntimeError("Runtime.MarshalError", `Unable to stringify response body: ${reason}`));
    return;
  }
  leave();
  client.respond(requestId, body, usage());
}

function fail(requestId: string, error: unknown): void {
  if (current !== requestId) return;
  log.line("ERROR", `Invoke Error \t${toLogged(error, retell)}`);
  leave();
  client.fail(requestId, JSON.stringify(toFailure(error, retell)), usage(), false);
}

/** AWS reports the error for the invocation under way, or for the start, and ends the process. */
function die(what: string, error: unknown, exitCode: number): void {
  log.line("ERROR", `${what}\t${toLogged(error, retell)}`);
  const requestId = current;
  leave();
  // Between two invocations: there is nobody to tell.
  if (requestId === undefined && isTaking) process.exit(exitCode);
  const body = JSON.stringify({
    ...toFailure(error, retell),
    ...(error instanceof UnhandledPromiseRejection && rejected(error)),
  });
  if (requestId === undefined) client.failInit(body, usage());
  else client.fail(requestId, body, usage(), true);
  client.whenSettled(() => process.exit(exitCode));
}

function rejected(error: UnhandledPromiseRejection): object {
  return {
    reason: error.reason instanceof Error ? toFailure(error.reason, retell) : error.reason,
    promise: error.promise,
  };
}

function leave(): void {
  log.flush();
  current = undefined;
  client.hold(true);
}

/** Since the start: bytes logged, the highest memory use in kilobytes (usage.ts). */
function usage(): string {
  const { maxRSS } = process.resourceUsage();
  return `${log.written()} ${maxRSS}`;
}
