// Errors as AWS's Node.js runtime reports them: what Invoke returns and what the log shows.

export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** Whatever was thrown, as the invocation's error payload. */
export function toFailure(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split("\n") ?? [] };
}

/** The log line's JSON: own properties of the error as well, its stack as lines. */
export function toLogged(thrown: unknown): string {
  try {
    return JSON.stringify(thrown instanceof Error ? thrown : toFailure(thrown), (_key, value: unknown) =>
      value instanceof Error ? loggedError(value) : value,
    );
  } catch {
    return JSON.stringify(toFailure(thrown));
  }
}

function loggedError(error: Error): object {
  const own: object = Object.fromEntries(Object.entries(error));
  return { errorType: error.name, errorMessage: error.message, ...own, stack: error.stack?.split("\n") };
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
