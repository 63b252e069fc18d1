// A part of a function that is there: nothing else of it is looked at or changed.

import type { Change } from "../core/change.ts";
import type { Action } from "../core/event.ts";
import type { HandlerName } from "../core/names.ts";
import { asItIs, type FunctionSpec, lambdaFunction } from "../resources/lambda/function.ts";
import { componentOf } from "./components.ts";
import { FUNCTIONS } from "./function-component.ts";
import { observe, problemOf, requireOurs } from "./observe.ts";
import type { Run } from "./run.ts";

/**
 * Sends what differs, and returns when it is live.
 * @param part from the function as it is
 * @param outcome as it is reported
 * @returns "gone" when there is no function
 * @throws {Problem} `Foreign` and its like; what AWS refused
 */
export async function changeFunction(
  run: Run,
  handler: HandlerName,
  part: (whole: FunctionSpec) => Partial<FunctionSpec>,
  outcome: Action | "none",
): Promise<"changed" | "unchanged" | "gone"> {
  const { function: id } = FUNCTIONS[handler];
  const component = componentOf(id);
  await observe(run, [component]);
  const live = run.inputs.output(id);
  const tags = run.observed.get(id)?.tags;
  if (live === undefined || tags === undefined) return "gone";
  requireOurs(run, [component]);
  const observed = { live, tags };
  const whole = asItIs(observed);
  const spec = { ...whole, ...part(whole) };
  const changes = lambdaFunction.diff(spec, observed);
  if (changes.length === 0) return "unchanged";
  const { emit, clock } = run.session;
  const subject = run.subjectOf(component);
  const started = clock.now();
  emit({ type: "started", subject, action: "update" });
  const finish = (as: Action | "none", told: readonly Change[]): void =>
    emit({ type: "finished", subject, outcome: as, changes: told, ms: clock.now() - started });
  try {
    await lambdaFunction.reconcile(run.scopeOf(component), spec, observed, () => undefined);
  } catch (error) {
    finish("none", []);
    throw problemOf(run, component, error);
  }
  finish(outcome, changes);
  return "changed";
}
