// One invocation on its way through queue, process and log, and the words AWS finds for how it ended.

export interface PendingInvocation {
  readonly requestId: string;
  readonly payload: Uint8Array;
  readonly clientContext?: string;
  /** X-Ray's header. */
  readonly trace: string;
  /** Whether the caller wants the end of the log, and so waits until it is complete. */
  readonly wantsLog: boolean;
  /** `performance.now()` when it was asked for. */
  readonly since: number;
  settle(outcome: Outcome): void;
}

export type Outcome =
  | { readonly kind: "answered" | "failed"; readonly payload: Uint8Array; readonly log?: string }
  | { readonly kind: "throttled" };

/** The outcome for that caller: with the end of the log if it asked for it. */
export function outcomeFor(invocation: PendingInvocation, outcome: Outcome, log: string): Outcome {
  return invocation.wantsLog && outcome.kind !== "throttled" ? { ...outcome, log } : outcome;
}

export function failed(errorType: string, errorMessage: string): Outcome {
  return { kind: "failed", payload: Buffer.from(JSON.stringify({ errorType, errorMessage })) };
}

export function timedOut(requestId: string, seconds: number): Outcome {
  return failed(
    "Sandbox.Timedout",
    `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  );
}

export function exited(requestId: string, how: string): Outcome {
  return failed("Runtime.ExitError", `RequestId: ${requestId} Error: ${how}`);
}

export function tooLarge(limit: number): Outcome {
  return failed(
    "Function.ResponseSizeTooLarge",
    `Response payload size exceeded maximum allowed payload size (${limit} bytes).`,
  );
}

/** How a process ended, in AWS's words. */
export function exitReason(code: number | null, signal: string | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal}`;
  return code === 0 ? "Runtime exited without providing a reason" : `Runtime exited with error: exit status ${code}`;
}

const SIGNALS: Readonly<Record<string, string>> = {
  SIGKILL: "killed",
  SIGTERM: "terminated",
  SIGABRT: "aborted",
  SIGSEGV: "segmentation fault",
};

/** What the last line of an invocation's log tells. */
export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  /** Only of a process's first invocation. */
  readonly initMs: number | undefined;
  readonly memorySize: number;
  readonly maxMemoryMb: number;
  readonly status: "timeout" | { readonly error: string } | undefined;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
export function reportLine(report: Report): string {
  const { requestId, durationMs, initMs, memorySize, maxMemoryMb, status } = report;
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs + (initMs ?? 0))} ms`,
    `Memory Size: ${memorySize} MB`,
    `Max Memory Used: ${maxMemoryMb} MB`,
  ];
  if (initMs !== undefined) fields.push(`Init Duration: ${initMs.toFixed(2)} ms`);
  if (status === "timeout") fields.push("Status: timeout");
  else if (status) fields.push("Status: error", `Error Type: ${status.error}`);
  return `${fields.join("\t")}\t\n`;
}
