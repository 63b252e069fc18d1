// What `up` and every step do before they take something over: say what, ask, and remember the answer.

import type { ComponentId } from "../stack/component.ts";
import type { Planned } from "../stack/plan.ts";
import type { Run } from "../stack/run.ts";
import { beginTakeover, takeoversIn } from "../stack/takeover.ts";
import type { StackContext } from "./context.ts";

/** The plan with a mark at what becomes ours. */
export function markTakeovers(run: Run, plan: readonly Planned[]): Planned[] {
  const taken = new Set(takeoversIn(run, plan).map(({ resource }) => resource));
  return plan.map((planned) => (taken.has(planned.subject.component) ? { ...planned, takesOver: true } : planned));
}

/** @returns whether to go on; where nobody can be asked, `--adopt` itself is the yes */
export async function agreeToTakeOver(
  { ask, session }: StackContext,
  run: Run,
  plan: readonly Planned[],
): Promise<boolean> {
  const resources = takeoversIn(run, plan);
  if (resources.length === 0) return true;
  session.emit({ type: "notice", code: "TakesOver", data: { resources } });
  const answer = await ask({ about: "takeover", stack: session.names.stack, count: resources.length });
  if (answer === "no") return false;
  // Another machine's are this stack's already: they get other tags, and nothing is taken off them.
  beginTakeover(
    session.state,
    run.inputs,
    resources.map(({ resource }) => resource as ComponentId),
  );
  return true;
}
