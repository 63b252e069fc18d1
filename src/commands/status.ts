// `awsls status`: every resource as AWS has it now, the URL, and the next step.

import type { Change } from "../core/change.ts";
import type { Subject } from "../core/event.ts";
import { COMPONENTS } from "../stack/components.ts";
import { observe, ownershipIn } from "../stack/observe.ts";
import { planFor } from "../stack/plan.ts";
import { startRun } from "../stack/run.ts";
import { ownComponents, recoverSettings } from "../stack/settings.ts";
import { STEPS } from "../stack/steps.ts";
import type { TargetRecord } from "../state/state.ts";
import type { StackContext } from "./context.ts";

export type Condition = "exists" | "missing" | "drifted" | "foreign" | "unknown";

export interface StatusRow {
  readonly subject: Subject;
  readonly step: number;
  readonly condition: Condition;
  readonly changes: readonly Change[];
}

export interface StatusResult {
  readonly stack: string;
  readonly target: TargetRecord;
  readonly resources: readonly StatusRow[];
  readonly url?: string;
  /** The command that comes next, without `awsls`. */
  readonly next: string;
}

export async function status(context: StackContext): Promise<StatusResult> {
  let run = startRun(context.session, {
    settings: context.settings,
    code: await context.packageCrud(context.settings),
  });
  await observe(run, COMPONENTS);
  const settings = recoverSettings(run, context.settings);
  if (settings !== context.settings) run = run.withSettings(settings, await context.packageCrud(settings));
  const plan = await planFor(run, ownComponents(settings));
  const resources = plan.map(({ subject, step, changes }): StatusRow => {
    const id = COMPONENTS.find((component) => component.id === subject.component)?.id;
    const ownership = id === undefined ? undefined : ownershipIn(run, id);
    if (ownership === undefined) return { subject, step, condition: "missing", changes: [] };
    if (ownership.whose === "unknown") return { subject, step, condition: "unknown", changes: [] };
    if (ownership.whose !== "ours") return { subject, step, condition: "foreign", changes: [] };
    return { subject, step, condition: changes.length === 0 ? "exists" : "drifted", changes };
  });
  const url = run.inputs.output("api")?.apiEndpoint;
  return {
    stack: context.session.names.stack,
    target: context.target,
    resources,
    next: nextCommand(resources),
    ...(url === undefined ? {} : { url }),
  };
}

/** The first step that is not done; when all is there but differs, `up` repairs it. */
function nextCommand(rows: readonly StatusRow[]): string {
  if (rows.every(({ condition }) => condition === "exists")) return "test";
  const isDone = (id: string): boolean =>
    rows.some(({ subject, condition }) => subject.component === id && condition !== "missing");
  const step = STEPS.find(({ makes }) =>
    makes.some((id) => !isDone(id) && rows.some(({ subject }) => subject.component === id)),
  );
  if (step !== undefined) return step.command;
  const isOnlyUnattached = rows.every(
    ({ condition, subject }) => condition === "exists" || (condition === "drifted" && subject.component === "routes"),
  );
  return isOnlyUnattached ? "routes attach" : "up";
}
