// The rule who may delete, off: sign-in is gone, and with it everybody who could be let through.

import { asItIs, lambdaFunction } from "../resources/lambda/function.ts";
import { deleteRuleOf } from "./auth-components.ts";
import { componentOf } from "./components.ts";
import { observe, ownershipIn, problemOf } from "./observe.ts";
import type { Run } from "./run.ts";

/** Takes the rule's variable off the function; nothing else of it is looked at or changed. */
export async function dropDeleteRule(run: Run): Promise<void> {
  const component = componentOf("function");
  await observe(run, [component]);
  const live = run.inputs.output("function");
  const tags = run.observed.get("function")?.tags;
  if (live === undefined || tags === undefined || ownershipIn(run, "function")?.whose !== "ours") return;
  const observed = { live, tags };
  const spec = { ...asItIs(observed), environment: { ...live.environment, ...deleteRuleOf({}) } };
  const changes = lambdaFunction.diff(spec, observed);
  if (changes.length === 0) return;
  const { emit, clock } = run.session;
  const subject = run.subjectOf(component);
  const started = clock.now();
  emit({ type: "started", subject, action: "update" });
  try {
    await lambdaFunction.reconcile(run.scopeOf(component), spec, observed, () => undefined);
  } catch (error) {
    throw problemOf(run, component, error);
  }
  emit({ type: "finished", subject, outcome: "update", changes, ms: clock.now() - started });
}
