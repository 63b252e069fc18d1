// Whose logs `awsls logs` can show: one line a function.

import type { Names } from "./names.ts";

interface LoggedFunctionEntry {
  logGroup(names: Names): string;
  /** The command that makes it. */
  readonly madeBy: string;
}

export const LOGGED_FUNCTIONS = {
  crud: { logGroup: ({ logGroup }) => logGroup, madeBy: "function create" },
  timer: { logGroup: ({ timerLogGroup }) => timerLogGroup, madeBy: "timer enable" },
} satisfies Record<string, LoggedFunctionEntry>;

export type LoggedFunction = keyof typeof LOGGED_FUNCTIONS;

export function isLoggedFunction(name: unknown): name is LoggedFunction {
  return typeof name === "string" && Object.hasOwn(LOGGED_FUNCTIONS, name);
}
