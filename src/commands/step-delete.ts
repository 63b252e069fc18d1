// Each step's own way back: `table delete` … `integration delete`, `routes detach`.

import { Problem } from "../core/problem.ts";
import { detach } from "../stack/detach.ts";
import { observe, requireOurs, withNeeds } from "../stack/observe.ts";
import { type Run, startRun } from "../stack/run.ts";
import type { Planned } from "../stack/plan.ts";
import { stepOf } from "../stack/steps.ts";
import { componentOf } from "../stack/components.ts";
import type { StackContext } from "./context.ts";
import { agreeToTakeOver } from "./takeover.ts";
import { removeComponents, type RemovalResult } from "./removal.ts";

/** @throws {Problem} `StillAttached` for an integration that routes point at: AWS refuses to delete it */
export async function deleteStep(context: StackContext, noun: string): Promise<RemovalResult> {
  if (noun === "integration") await requireDetached(context);
  return removeComponents(context, stepOf(noun).removes);
}

export interface DetachResult {
  readonly stack: string;
  /** Routes that lost their target; 0 when none had one. */
  readonly detached: number;
  /** They are not this stack's, and the user did not want them to be touched. */
  readonly declined: boolean;
}

/** Takes the integration off the four routes; they stay. */
export async function detachStep(context: StackContext): Promise<DetachResult> {
  const run = await lookAtRoutes(context);
  const { stack } = context.session.names;
  if (context.dryRun) return { stack, detached: attachedIn(run), declined: false };
  requireOurs(run, [componentOf("api")]);
  const declined = attachedIn(run) > 0 && (await agreeToTakeOver(context, run, [planOf(run)])) === "no";
  return { stack, detached: declined ? 0 : await detach(run), declined };
}

/** What detaching does. */
function planOf(run: Run): Planned {
  const component = componentOf("routes");
  const changes = [...new Set(targetsIn(run))].map((from) => ({ field: "Target", from, to: undefined }));
  return { subject: run.subjectOf(component), action: "update", changes };
}

async function requireDetached(context: StackContext): Promise<void> {
  const routes = attachedIn(await lookAtRoutes(context));
  if (routes === 0) return;
  // Without the option they may be somebody else's for it.
  const first = context.session.adopt ? "routes detach --adopt" : "routes detach";
  throw new Problem("StillAttached", { routes, first, command: "integration delete" });
}

async function lookAtRoutes(context: StackContext): Promise<Run> {
  const run = startRun(context.session, { settings: context.settings });
  await observe(run, withNeeds(["routes"], stepOf("routes").number));
  return run;
}

function attachedIn(run: Run): number {
  return targetsIn(run).length;
}

function targetsIn(run: Run): string[] {
  return (run.inputs.output("routes")?.routes ?? []).flatMap(({ target }) => target ?? []);
}
