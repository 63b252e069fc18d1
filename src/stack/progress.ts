// How far the tutorial has come, from what was observed.

import type { Run } from "./run.ts";
import { ownComponents } from "./settings.ts";
import { type Step, STEPS } from "./steps.ts";

/** The first step whose work is not there; undefined when all of it is. */
export function firstUndone(run: Run): Step | undefined {
  const own = new Set(ownComponents(run.inputs.settings).map(({ id }) => id));
  return STEPS.find(({ noun, makes }) =>
    noun === "attach" ? !isAttached(run) : makes.some((id) => own.has(id) && !run.observed.has(id)),
  );
}

/** Whether every route has a target; with some that have none, attaching is what comes next. */
export function isAttached(run: Run): boolean {
  return run.inputs.output("routes")?.routes.every(({ target }) => target !== undefined) ?? false;
}

/** Whether step 6 was begun: until then routes without a target are as they should be. */
export function isAttachedInPart(run: Run): boolean {
  return run.inputs.output("routes")?.routes.some(({ target }) => target !== undefined) ?? false;
}
