// What `up` and every step do before they take something over: say what, and ask.

import type { Planned } from "../stack/plan.ts";
import type { Run } from "../stack/run.ts";
import { takeoversIn } from "../stack/takeover.ts";
import type { Answer, StackContext } from "./context.ts";

/** The plan with a mark at what becomes ours. */
export function markTakeovers(run: Run, plan: readonly Planned[]): Planned[] {
  const taken = new Set(takeoversIn(run, plan).map(({ resource }) => resource));
  return plan.map((planned) => (taken.has(planned.subject.component) ? { ...planned, takesOver: true } : planned));
}

/** @returns undefined when nothing is taken over; where nobody can be asked, `--adopt` itself is the yes */
export async function agreeToTakeOver(
  { ask, session }: StackContext,
  run: Run,
  plan: readonly Planned[],
): Promise<Answer | undefined> {
  const resources = takeoversIn(run, plan);
  if (resources.length === 0) return undefined;
  session.emit({ type: "notice", code: "TakesOver", data: { resources } });
  return ask({ about: "takeover", stack: session.names.stack, count: resources.length });
}
