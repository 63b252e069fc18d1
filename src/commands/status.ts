// `awsls status`: every resource as AWS has it now, the URL, and the next step.

import type { Change } from "../core/change.ts";
import type { Subject } from "../core/event.ts";
import { COMPONENTS, LAST_STEP } from "../stack/components.ts";
import { ownershipIn } from "../stack/observe.ts";
import { planFor } from "../stack/plan.ts";
import { idOf } from "../stack/rivals.ts";
import { firstUndone, isAttached, isAttachedInPart } from "../stack/progress.ts";
import type { Run } from "../stack/run.ts";
import { ownComponents } from "../stack/settings.ts";
import type { TargetRecord } from "../state/state.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";

export type Condition = "exists" | "missing" | "drifted" | "foreign" | "unknown";

export interface StatusRow {
  readonly subject: Subject;
  /** Of an API that is not this stack's: its name is not unique. */
  readonly id?: string;
  readonly step: number;
  readonly condition: Condition;
  readonly changes: readonly Change[];
}

export interface StatusResult {
  readonly stack: string;
  readonly target: TargetRecord;
  readonly resources: readonly StatusRow[];
  /** The API's; the items are at `/items` below it. */
  readonly url?: string;
  /** Every route leads to the function: step 6 is done. */
  readonly attached: boolean;
  /** The command that comes next, without `awsls`. */
  readonly next: string;
}

export async function status(context: StackContext): Promise<StatusResult> {
  const seen = await look(context, COMPONENTS, { withCode: true });
  const { settings, code } = seen.inputs;
  // Before step 6 routes without a target are as they should be.
  const run = isAttachedInPart(seen) ? seen : seen.over({ settings, code, step: LAST_STEP - 1 });
  const plan = await planFor(run, ownComponents(settings));
  const resources = plan.map(({ subject, step, changes }): StatusRow => {
    const component = COMPONENTS.find((each) => each.id === subject.component);
    const ownership = component === undefined ? undefined : ownershipIn(run, component.id);
    if (component === undefined || ownership === undefined) return { subject, step, condition: "missing", changes: [] };
    if (ownership.whose === "unknown") return { subject, step, condition: "unknown", changes: [] };
    if (ownership.whose !== "ours") {
      const id = idOf(run, component);
      return { subject, ...(id === undefined ? {} : { id }), step, condition: "foreign", changes: [] };
    }
    return { subject, step, condition: changes.length === 0 ? "exists" : "drifted", changes };
  });
  const isOurs = ownershipIn(run, "api")?.whose === "ours";
  const url = isOurs ? run.inputs.output("api")?.apiEndpoint : undefined;
  return {
    stack: context.session.names.stack,
    target: context.target,
    resources,
    attached: isAttached(run),
    next: nextCommand(run, resources),
    ...(url === undefined ? {} : { url }),
  };
}

/** The first step that is not done; when all are but something differs, `up` repairs it. */
function nextCommand(run: Run, rows: readonly StatusRow[]): string {
  // A single step would be refused.
  if (rows.some(({ condition }) => condition === "foreign")) return "up --adopt";
  const undone = firstUndone(run);
  if (undone !== undefined) return undone.command;
  return rows.every(({ condition }) => condition === "exists") ? "test" : "up";
}
