// Errors as AWS's Node.js runtime reports them: what Invoke returns and what the log shows.

import type { Retell } from "./retelling.ts";

export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** Whatever was thrown, as the invocation's error payload. */
export function toFailure(thrown: unknown, retell: Retell): Failure {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  const trace = thrown.stack === undefined ? [] : linesOf(retell(thrown.stack));
  return { errorType: thrown.name, errorMessage: retell(thrown.message), trace };
}

/** The log line's JSON: own properties of the error as well, its stack as lines. */
export function toLogged(thrown: unknown, retell: Retell): string {
  try {
    return JSON.stringify(thrown instanceof Error ? thrown : toFailure(thrown, retell), (_key, value: unknown) =>
      value instanceof Error ? loggedError(value, retell) : value,
    );
  } catch {
    return JSON.stringify(toFailure(thrown, retell));
  }
}

function loggedError(error: Error, retell: Retell): object {
  const own: object = Object.fromEntries(Object.entries(error));
  const stack = error.stack === undefined ? undefined : linesOf(retell(error.stack));
  return { errorType: error.name, errorMessage: retell(error.message), ...own, stack };
}

function linesOf(stack: string): string[] {
  return stack.split("\n");
}

/** An error whose `errorType` is one of AWS's own. */
export class RuntimeError extends Error {
  constructor(name: string, message: string, stack?: string) {
    super(message);
    this.name = name;
    if (stack !== undefined) this.stack = stack;
  }
}

/** A promise of the handler's module or of an invocation that was rejected with nobody listening. */
export class UnhandledPromiseRejection extends RuntimeError {
  readonly reason: unknown;
  readonly promise: object;

  constructor(reason: unknown) {
    super("Runtime.UnhandledPromiseRejection", String(reason));
    this.reason = reason;
    this.promise = {};
  }
}
