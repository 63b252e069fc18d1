// Each step's own way back: `table delete` … `integration delete`, `routes detach`.

import { type ForeignResource, Problem } from "../core/problem.ts";
import { componentOf } from "../stack/components.ts";
import { detach } from "../stack/detach.ts";
import { observe, requireOurs, toForeign, withNeeds } from "../stack/observe.ts";
import { type Run, startRun } from "../stack/run.ts";
import { stepOf } from "../stack/steps.ts";
import { unlessOurs } from "../stack/takeover.ts";
import type { StackContext } from "./context.ts";
import { removeComponents, type RemovalResult } from "./removal.ts";

/** @throws {Problem} `StillAttached` for an integration that routes point at: AWS refuses to delete it */
export async function deleteStep(context: StackContext, noun: string): Promise<RemovalResult> {
  if (noun === "integration") await requireDetached(context);
  return removeComponents(context, stepOf(noun).removes);
}

export interface DetachResult {
  readonly stack: string;
  /** Routes that would lose their target (`--dry-run`), or did not because the user said no. */
  readonly planned: number;
  /** Routes that lost their target; 0 when none had one. */
  readonly detached: number;
  /** They are not this stack's, and the user did not want them to be touched. */
  readonly declined: boolean;
  /** The command that attaches them again, without `awsls`. */
  readonly next: string;
}

/**
 * Takes the integration off the four routes; they stay, and stay whose they are.
 * @throws {Problem} `Foreign` and its like before anything is written
 */
export async function detachStep(context: StackContext): Promise<DetachResult> {
  const run = await lookAtRoutes(context);
  requireOurs(run, [componentOf("api")]);
  const api = foreignApi(run);
  const { stack } = context.session.names;
  const planned = attachedIn(run);
  const next = api === undefined ? "routes attach" : "routes attach --adopt";
  const untouched = { stack, planned, detached: 0, declined: false, next };
  if (context.dryRun) return untouched;
  if (api !== undefined && planned > 0) {
    const answer = await context.ask({ about: "detach", stack, routes: planned, api });
    if (answer === "no") return { ...untouched, declined: true };
  }
  return { ...untouched, planned: 0, detached: await detach(run) };
}

/** The API, when it is not this stack's. */
function foreignApi(run: Run): ForeignResource | undefined {
  const component = componentOf("api");
  const ownership = unlessOurs(run, component);
  return ownership === undefined ? undefined : toForeign(run, component, ownership);
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
  return (run.inputs.output("routes")?.routes ?? []).filter(({ target }) => target !== undefined).length;
}
