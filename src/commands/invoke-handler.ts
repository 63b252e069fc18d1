// One synchronous test event for one of the stack's functions: its answer, and the end of its log.

import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from "@aws-sdk/client-lambda";
import { UncertainOutcome } from "../aws/uncertain.ts";
import { parseLogLine, splitLogTail } from "../core/log-line.ts";
import { LOGGED_FUNCTIONS } from "../core/logged-functions.ts";
import type { HandlerName } from "../core/names.ts";
import { type FailedInvocation, Problem } from "../core/problem.ts";
import type { LogLine } from "../core/row.ts";
import type { LambdaFunction } from "../resources/lambda/function.ts";
import { componentOf } from "../stack/components.ts";
import { FUNCTIONS } from "../stack/function-component.ts";
import { observe, problemOf, requireOurs } from "../stack/observe.ts";
import { type Run, startRun } from "../stack/run.ts";
import type { StackContext } from "./context.ts";
import { stepMissing } from "./step-missing.ts";
import type { Rights } from "../resources/rights.ts";

export interface InvokeOptions {
  /** JSON; the command's own test event if not given. */
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

export const INVOKE_RIGHTS: Rights = { itself: ["lambda:InvokeFunction"] };

/** The call may take as long as the function may, its start included. */
const MARGIN_MS = 30_000;

/**
 * Invokes the function once: after a lost reply it is not sent again, for it may have run (`aws/uncertain.ts`).
 * @param command as typed
 * @throws {Problem} `StepMissing` when it is not there, `Foreign` when it is somebody else's, `FunctionFailed` (exit 5, as for
 * a failed test) when it ran and failed, `InvokeUncertain` when the reply was lost
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function invokeHandler(
  context: StackContext,
  handler: HandlerName,
  command: string,
  payload: string,
): Promise<InvokeResult> {
  const { session, settings, dryRun } = context;
  const run = startRun(session, { settings });
  const { function: id } = FUNCTIONS[handler];
  const component = componentOf(id);
  await observe(run, [component]);
  requireOurs(run, [component]);
  const live = run.inputs.output(id);
  if (live === undefined) throw await stepMissing(context, command, LOGGED_FUNCTIONS[handler].madeBy);
  const { stack } = session.names;
  const name = live.functionName;
  if (dryRun) return { stack, function: name, planned: JSON.parse(payload) as unknown };
  const started = performance.now();
  const output = await send(run, handler, live, payload).catch((error: unknown) => {
    throw error instanceof Problem ? error : problemOf(run, component, error);
  });
  const ms = performance.now() - started;
  const log = splitLogTail(Buffer.from(output.LogResult ?? "", "base64").toString("utf8")).map(parseLogLine);
  const answered = parse(Buffer.from(output.Payload ?? []).toString("utf8"));
  const { FunctionError: functionError, StatusCode: status = 0 } = output;
  if (functionError !== undefined) throw failed({ handler, name, functionError, payload: answered, log });
  const { requestId } = output.$metadata;
  const answer = { status, ...(requestId === undefined ? {} : { requestId }), ms, payload: answered, log };
  return { stack, function: name, answer };
}

async function send(
  run: Run,
  handler: HandlerName,
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
    if (!(error instanceof UncertainOutcome)) throw error;
    const { reason } = error;
    const said = reason instanceof Error ? reason.message || reason.name : String(reason);
    throw new Problem("InvokeUncertain", { handler, name: functionName, reason: said }, { cause: error });
  }
}

function failed(invocation: Omit<FailedInvocation, "errorType" | "errorMessage">): Problem {
  const { payload } = invocation;
  const said = typeof payload === "object" && payload !== null ? (payload as Record<string, unknown>) : {};
  return new Problem("FunctionFailed", {
    ...invocation,
    ...(typeof said["errorType"] === "string" ? { errorType: said["errorType"] } : {}),
    ...(typeof said["errorMessage"] === "string" ? { errorMessage: said["errorMessage"] } : {}),
  });
}

/** JSON, or the text as it is. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
