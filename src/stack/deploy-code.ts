// New code for a function that is there: nothing else of it is looked at or changed.

import type { HandlerName } from "../core/names.ts";
import { asItIs, lambdaFunction } from "../resources/lambda/function.ts";
import type { PackagedCode } from "./code.ts";
import { componentOf } from "./components.ts";
import { FUNCTIONS } from "./function-component.ts";
import { observe, problemOf, requireOurs } from "./observe.ts";
import type { Run } from "./run.ts";

/**
 * Sends the code if it differs from what is live, and returns when it is.
 * @returns "gone" when there is no function
 * @throws {Problem} `Foreign` and its like; what AWS refused
 */
export async function deployCode(
  run: Run,
  handler: HandlerName,
  code: PackagedCode,
): Promise<"deployed" | "unchanged" | "gone"> {
  const { function: id } = FUNCTIONS[handler];
  const component = componentOf(id);
  await observe(run, [component]);
  const live = run.inputs.output(id);
  const tags = run.observed.get(id)?.tags;
  if (live === undefined || tags === undefined) return "gone";
  requireOurs(run, [component]);
  const observed = { live, tags };
  const spec = { ...asItIs(observed), code };
  if (lambdaFunction.diff(spec, observed).length === 0) return "unchanged";
  const { emit, clock } = run.session;
  const subject = run.subjectOf(component);
  const started = clock.now();
  emit({ type: "started", subject, action: "update" });
  try {
    await lambdaFunction.reconcile(run.scopeOf(component), spec, observed, () => undefined);
  } catch (error) {
    throw problemOf(run, component, error);
  } finally {
    emit({ type: "finished", subject, outcome: "none", changes: [], ms: clock.now() - started });
  }
  return "deployed";
}
