// Invoke: waiting for the answer, leaving it to Lambda's own queue, or only asking whether one may.

import { AwsError, Reply } from "../service.ts";
import type { Call, JsonObject, Operation } from "../service.ts";
import { tooManyRequests } from "./concurrency.ts";
import type { EventQueue } from "./event-queue.ts";
import { NAMESPACED_NAME, namedArn, QUALIFIER, requireFunction } from "./function-name.ts";
import { isPending } from "./function-record.ts";
import { resourcePolicyOf } from "./permissions.ts";
import type { FunctionRecord, LambdaContext } from "./function-record.ts";
import type { Invoker } from "./invoker.ts";
import { conflict } from "./lambda-error.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_PAYLOAD = 6_291_456;
const MAX_EVENT_PAYLOAD = 1_048_576;

export function invokeOperation(context: LambdaContext, invoker: Invoker, events: EventQueue): Operation {
  return {
    rest: {
      method: "POST",
      path: "/2015-03-31/functions/{FunctionName}/invocations",
      query: { Qualifier: "Qualifier" },
      headers: {
        "x-amz-invocation-type": "InvocationType",
        "x-amz-log-type": "LogType",
        "x-amz-client-context": "ClientContext",
        "x-amz-durable-execution-name": "DurableExecutionName",
        "x-amz-tenant-id": "TenantId",
      },
      rawBody: "Payload",
    },
    input: {
      FunctionName: NAMESPACED_NAME,
      Qualifier: QUALIFIER,
      InvocationType: { type: "string", values: ["Event", "RequestResponse", "DryRun"] },
      LogType: { type: "string", values: ["None", "Tail"] },
      ClientContext: { type: "string", max: 3583 },
      Payload: { type: "blob" },
    },
    notImplemented: ["DurableExecutionName", "TenantId"],
    action: "InvokeFunction",
    resource: (input) => namedArn(context.env, input),
    resourcePolicy: (input) => resourcePolicyOf(context, input),
    async run(input, call) {
      const record = requireFunction(context, input);
      const payload: unknown = input["Payload"];
      const bytes = payload instanceof Uint8Array ? payload : new Uint8Array();
      if (input["InvocationType"] === "DryRun") return new Reply(204, {}, new Uint8Array());
      const isEvent = input["InvocationType"] === "Event";
      requirePayload(bytes, isEvent);
      if (isEvent) {
        events.add(record, call.requestId, bytes);
        return new Reply(202, {}, new Uint8Array());
      }
      return invoke(context, invoker, record, input, call, bytes);
    },
  };
}

async function invoke(
  context: LambdaContext,
  invoker: Invoker,
  record: FunctionRecord,
  input: JsonObject,
  call: Call,
  payload: Uint8Array,
): Promise<Reply> {
  if (isPending(record, context.env.clock.now())) {
    throw conflict(
      "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    );
  }
  const clientContext = clientContextOf(input);
  const outcome = await invoker.run(record, {
    requestId: call.requestId,
    payload,
    wantsLog: input["LogType"] === "Tail",
    trace: String(call.headers["x-amzn-trace-id"] ?? ""),
    ...(clientContext !== undefined && { clientContext }),
  });
  if (outcome.kind === "throttled") throw tooManyRequests(record.reservedConcurrency !== undefined);
  const headers: Record<string, string> = { "content-type": "application/json", "x-amz-executed-version": "$LATEST" };
  if (outcome.kind === "failed") headers["x-amz-function-error"] = "Unhandled";
  if (outcome.log !== undefined) headers["x-amz-log-result"] = Buffer.from(outcome.log, "utf8").toString("base64");
  return new Reply(200, headers, outcome.payload);
}

/**
 * The client's context as JSON that may stand in a header: whatever is not ASCII is escaped.
 * @throws {AwsError} `InvalidRequestContentException` when it is no JSON object
 */
function clientContextOf({ ClientContext: given }: JsonObject): string | undefined {
  if (typeof given !== "string") return undefined;
  let context: unknown;
  try {
    context = JSON.parse(Buffer.from(given, "base64").toString("utf8"));
  } catch {
    // Refused below, like JSON that is no object.
  }
  if (typeof context !== "object" || context === null || Array.isArray(context)) {
    const message = "Client context must be a valid Base64-encoded JSON object.";
    throw new AwsError("InvalidRequestContentException", 400, message, { Type: null });
  }
  return JSON.stringify(context).replace(
    /[^\u0020-\u007e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * @throws {AwsError} `RequestEntityTooLargeException`, which is what AWS sends (ASFHyP3/hyp3#2241, streetwarp-web#14) where
 *   its documentation says RequestTooLargeException; `InvalidRequestContentException` for what is no JSON
 */
function requirePayload(payload: Uint8Array, isEvent: boolean): void {
  if (payload.length > (isEvent ? MAX_EVENT_PAYLOAD : MAX_PAYLOAD)) {
    const message = isEvent
      ? `${payload.length} byte payload is too large for the Event invocation type (limit ${MAX_EVENT_PAYLOAD} bytes)`
      : `Request must be smaller than ${MAX_PAYLOAD} bytes for the InvokeFunction operation`;
    throw new AwsError("RequestEntityTooLargeException", 413, message, { Type: "User" });
  }
  if (payload.length === 0) return;
  try {
    JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Could not parse request body into json: Could not parse payload into json: ${reason}`;
    throw new AwsError("InvalidRequestContentException", 400, message, { Type: "User" });
  }
}
