// `awsls function invoke`: one synchronous test event, its answer, and the end of its log.

import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from "@aws-sdk/client-lambda";
import { UncertainOutcome } from "../aws/uncertain.ts";
import { parseLogLine, splitLogTail } from "../core/log-line.ts";
import { Problem } from "../core/problem.ts";
import type { LogLine } from "../core/row.ts";
import type { LambdaFunction } from "../resources/lambda/function.ts";
import { componentOf } from "../stack/components.ts";
import { observe, problemOf, requireOurs } from "../stack/observe.ts";
import { type Run, startRun } from "../stack/run.ts";
import type { StackContext } from "./context.ts";

export interface InvokeOptions {
  /** JSON; a request for GET /items if not given. */
  readonly payload?: string;
}

export interface InvokeResult {
  readonly stack: string;
  readonly function: string;
  /** With `--dry-run`: what would be sent. */
  readonly planned?: unknown;
  readonly answer?: InvokeAnswer;
}

export interface InvokeAnswer {
  readonly status: number;
  readonly requestId?: string;
  readonly ms: number;
  /** What the function returned, as JSON. */
  readonly payload: unknown;
  readonly log: readonly LogLine[];
}

/** The call may take as long as the function may, its start included. */
const MARGIN_MS = 30_000;

/**
 * Invokes the function once: after a lost reply it is not sent again, for it may have run (`aws/uncertain.ts`).
 * @throws {Problem} `StepMissing` when it is not there, `Foreign` when it is somebody else's, `FunctionFailed` (exit 5, as for
 * a failed test) when it ran and failed, `InvokeUncertain` when the reply was lost
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function invokeFunction(context: StackContext, options: InvokeOptions): Promise<InvokeResult> {
  const { session, settings, clock, dryRun } = context;
  const { stack, function: name } = session.names;
  const run = startRun(session, { settings });
  const component = componentOf("function");
  await observe(run, [component]);
  requireOurs(run, [component]);
  const live = run.inputs.output("function");
  if (live === undefined) throw new Problem("StepMissing", { command: "function invoke", first: "function create" });
  const payload = options.payload ?? JSON.stringify(testEvent(session.place.account, clock.now()));
  if (dryRun) return { stack, function: name, planned: JSON.parse(payload) as unknown };
  const started = performance.now();
  const output = await send(run, live, payload);
  const ms = performance.now() - started;
  const log = splitLogTail(Buffer.from(output.LogResult ?? "", "base64").toString("utf8")).map(parseLogLine);
  const answered = parse(Buffer.from(output.Payload ?? []).toString("utf8"));
  if (output.FunctionError !== undefined) {
    const said = typeof answered === "object" && answered !== null ? (answered as Record<string, unknown>) : {};
    throw new Problem("FunctionFailed", {
      name,
      functionError: output.FunctionError,
      ...(typeof said["errorType"] === "string" ? { errorType: said["errorType"] } : {}),
      ...(typeof said["errorMessage"] === "string" ? { errorMessage: said["errorMessage"] } : {}),
      payload: answered,
      log,
    });
  }
  const { requestId } = output.$metadata;
  const answer = {
    status: output.StatusCode ?? 0,
    ...(requestId === undefined ? {} : { requestId }),
    ms,
    payload: answered,
    log,
  };
  return { stack, function: name, answer };
}

async function send(
  run: Run,
  { functionName, timeout }: LambdaFunction,
  payload: string,
): Promise<InvokeCommandOutput> {
  const command = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: "RequestResponse",
    LogType: "Tail",
    Payload: Buffer.from(payload, "utf8"),
  });
  const requestTimeout = timeout * 1000 + MARGIN_MS;
  try {
    return await run.session.clients.get(LambdaClient).send(command, { requestTimeout });
  } catch (error) {
    if (error instanceof UncertainOutcome) {
      const { reason } = error;
      const said = reason instanceof Error ? reason.message || reason.name : String(reason);
      throw new Problem("InvokeUncertain", { name: functionName, reason: said }, { cause: error });
    }
    throw problemOf(run, componentOf("function"), error);
  }
}

/** JSON, or the text as it is. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * `GET /items` as an HTTP API sends it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html format 2.0
 */
function testEvent(accountId: string, now: number): object {
  const domainPrefix = "test";
  const domainName = `${domainPrefix}.execute-api.amazonaws.com`;
  const userAgent = "awsls";
  return {
    version: "2.0",
    routeKey: "GET /items",
    rawPath: "/items",
    rawQueryString: "",
    headers: { accept: "*/*", host: domainName, "user-agent": userAgent, "x-forwarded-proto": "https" },
    requestContext: {
      accountId,
      apiId: domainPrefix,
      domainName,
      domainPrefix,
      http: { method: "GET", path: "/items", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent },
      requestId: "test",
      routeKey: "GET /items",
      stage: "$default",
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    isBase64Encoded: false,
  };
}
