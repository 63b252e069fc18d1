// Each step's own way back: `table delete` … `integration delete`, `routes detach`.

import { Problem } from "../core/problem.ts";
import { detach } from "../stack/detach.ts";
import { observe, requireOurs, withNeeds } from "../stack/observe.ts";
import { type Run, startRun } from "../stack/run.ts";
import { stepOf } from "../stack/steps.ts";
import { componentOf } from "../stack/components.ts";
import type { StackContext } from "./context.ts";
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
}

/** Takes the integration off the four routes; they stay. */
export async function detachStep(context: StackContext): Promise<DetachResult> {
  const run = await lookAtRoutes(context);
  const { stack } = context.session.names;
  if (context.dryRun) return { stack, detached: attachedIn(run) };
  requireOurs(run, [componentOf("api")]);
  return { stack, detached: await detach(run) };
}

async function requireDetached(context: StackContext): Promise<void> {
  const routes = attachedIn(await lookAtRoutes(context));
  if (routes > 0) throw new Problem("StillAttached", { routes, first: "routes detach", command: "integration delete" });
}

async function lookAtRoutes(context: StackContext): Promise<Run> {
  const run = startRun(context.session, { settings: context.settings });
  await observe(run, withNeeds(["routes"], stepOf("routes").number));
  return run;
}

function attachedIn(run: Run): number {
  return run.inputs.output("routes")?.routes.filter(({ target }) => target !== undefined).length ?? 0;
}
