// The call log: one event for each AWS call, and the place where a call that fails is tied to its operation.

import type { CallEvent } from "../core/event.ts";
import { Problem } from "../core/problem.ts";
import { operationOf, type SdkMiddlewareStack, type SdkOutput, serviceOf } from "./middleware.ts";

/** How long a call under way may still take after Ctrl-C, in milliseconds. */
const GRACE_MS = 3_000;

/** Names the call that an error came from; read by `toProblem`. */
export const CALL_OF_ERROR = Symbol("call");

export interface FailedCall {
  readonly service: string;
  readonly operation: string;
}

/** Emits one `call` event a call and starts none after the signal. */
export function observeCalls(stack: SdkMiddlewareStack, emit: (event: CallEvent) => void, signal: AbortSignal): void {
  stack.add(
    (next, context) => async (args) => {
      const call = { service: serviceOf(context.clientName), operation: operationOf(context.commandName) };
      if (signal.aborted) throw new Problem("Interrupted", { during: "looking" });
      const started = performance.now();
      const event = (outcome: Partial<CallEvent>): CallEvent => ({
        type: "call",
        ...call,
        input: args.input,
        ms: performance.now() - started,
        attempts: 1,
        ...outcome,
      });
      try {
        const result = await untilGraceEnds(next(args), signal);
        emit(event({ ...outcomeOf(result.output.$metadata), ...(isPage(result.output) ? { isPartial: true } : {}) }));
        return result;
      } catch (error) {
        if (error instanceof Error) {
          emit(
            event({
              error: error.name,
              ...outcomeOf("$metadata" in error ? (error.$metadata as Metadata) : undefined),
            }),
          );
          Object.defineProperty(error, CALL_OF_ERROR, { value: call, configurable: true });
        }
        throw error;
      }
    },
    { step: "initialize", name: "awslsCallLog", priority: "high" },
  );
}

/** Behind the SDK's own retries: after the signal a call that failed is not sent again. */
export function endRetries(stack: SdkMiddlewareStack, signal: AbortSignal): void {
  stack.addRelativeTo(
    (next) => (args) => {
      if (signal.aborted) throw new Problem("Interrupted", { during: "looking" });
      return next(args);
    },
    { relation: "after", toMiddleware: "retryMiddleware", name: "awslsEndRetries" },
  );
}

/** By which answers say that there is another page. */
const NEXT_PAGE = [
  "NextToken",
  "nextToken",
  "NextMarker",
  "Marker",
  "PaginationToken",
  "LastEvaluatedKey",
  "LastEvaluatedTableName",
];

function isPage(output: SdkOutput["output"]): boolean {
  return NEXT_PAGE.some((member) => output[member] !== undefined && output[member] !== "");
}

type Metadata = SdkOutput["output"]["$metadata"];

function outcomeOf(metadata: Metadata): Partial<CallEvent> {
  return {
    ...(metadata?.httpStatusCode === undefined ? {} : { status: metadata.httpStatusCode }),
    ...(metadata?.attempts === undefined ? {} : { attempts: metadata.attempts }),
  };
}

/** The call's own end, or Interrupted some seconds after Ctrl-C, whichever is first. */
function untilGraceEnds<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => reject(new Problem("Interrupted", { during: "looking" })), GRACE_MS);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    call.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", onAbort);
      clearTimeout(timer);
    });
  });
}
