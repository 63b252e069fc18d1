// A process that serves requests for minutes rather than days is worth compiling sooner.

import { setFlagsFromString } from "node:v8";

/**
 * Node 20 goes from its simplest code straight to its optimizing compiler, and waits for that until a function has run
 * through three times this much: under load the first ten seconds go by in slow code. From Node 22 on there is a
 * compiler in between. The budget is read anew for each function, so it may be set in a running process.
 */
export function compileEarly(): void {
  if (Number.parseInt(process.versions.node) < 22) setFlagsFromString("--interrupt-budget=40000");
}
