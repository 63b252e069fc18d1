// `awsls status`: every resource as AWS has it now, the URL, and the next step.

import type { Change } from "../core/change.ts";
import type { Subject } from "../core/event.ts";
import { HANDLERS } from "../core/names.ts";
import type { ComponentId } from "../stack/component.ts";
import { componentOf, COMPONENTS, LAST_STEP } from "../stack/components.ts";
import { ownershipIn } from "../stack/observe.ts";
import { type Planned, planFor } from "../stack/plan.ts";
import { idOf } from "../stack/rivals.ts";
import { firstUndone, isAttached, isAttachedInPart } from "../stack/progress.ts";
import type { Run } from "../stack/run.ts";
import { isChosen, ownComponents } from "../stack/settings.ts";
import type { Settings, TargetRecord } from "../state/state.ts";
import { asDeployed, findLost, notCompared, type NotCompared, type UnreadCode } from "./code-here.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";

/** "leftover": ours, but of an add-on that the stack does not have any more. */
export type Condition = "exists" | "missing" | "drifted" | "foreign" | "unknown" | "leftover";

export interface StatusRow {
  readonly subject: Subject;
  /** Of an API that is not this stack's: its name is not unique. */
  readonly id?: string;
  /** The tutorial's; an add-on is none. */
  readonly step?: number;
  readonly condition: Condition;
  readonly changes: readonly Change[];
}

export interface StatusResult {
  readonly stack: string;
  readonly target: TargetRecord;
  readonly resources: readonly StatusRow[];
  /** As it should be, when the stack has one. */
  readonly timer?: NonNullable<Settings["timer"]>;
  readonly auth?: NonNullable<Settings["auth"]>;
  readonly identity?: NonNullable<Settings["identity"]>;
  /** The API's; the items are at `/items` below it. */
  readonly url?: string;
  /** Components that keep the URL from answering; none when it answers. */
  readonly urlNeeds: readonly ComponentId[];
  /** Code that cannot be read, and why. */
  readonly notCompared: readonly NotCompared[];
  /** Every route leads to the function: step 6 is done. */
  readonly attached: boolean;
  /** The command that comes next, without `awsls`. */
  readonly next: string;
}

export async function status(context: StackContext): Promise<StatusResult> {
  const unread: UnreadCode = new Map();
  const seen = await look(context, COMPONENTS, { withCode: HANDLERS, unasked: "always", unread });
  findLost(context, seen, unread);
  const { settings } = seen.inputs;
  const code = { ...seen.inputs.code, ...asDeployed(seen, unread) };
  // Before step 6 routes without a target are as they should be.
  const run = seen.over({ settings, code, step: isAttachedInPart(seen) ? LAST_STEP : LAST_STEP - 1 });
  const plan = await planFor(run, ownComponents(settings));
  const resources = [...plan.map((planned) => toRow(run, planned)), ...leftoversIn(run)];
  const isOurs = ownershipIn(run, "api")?.whose === "ours";
  const url = isOurs ? run.inputs.output("api")?.apiEndpoint : undefined;
  return {
    stack: context.session.names.stack,
    target: context.target,
    resources,
    attached: isAttached(run),
    urlNeeds: url === undefined ? [] : urlNeeds(run, resources),
    notCompared: notCompared(unread),
    next: nextCommand(run, resources),
    ...(settings.timer === undefined ? {} : { timer: settings.timer }),
    ...(settings.auth === undefined ? {} : { auth: settings.auth }),
    ...(settings.identity === undefined ? {} : { identity: settings.identity }),
    ...(url === undefined ? {} : { url }),
  };
}

/** How a component of the stack is; whatever is not ours is not compared. */
export function toRow(run: Run, { subject, step: number, changes }: Planned): StatusRow {
  const step = number === undefined ? {} : { step: number };
  // Subjects of a plan are named after their components.
  const ownership = ownershipIn(run, subject.component as ComponentId);
  if (ownership === undefined) return { subject, ...step, condition: "missing", changes: [] };
  if (ownership.whose === "unknown") return { subject, ...step, condition: "unknown", changes: [] };
  if (ownership.whose !== "ours") {
    const id = idOf(run, componentOf(subject.component as ComponentId));
    return { subject, ...(id === undefined ? {} : { id }), ...step, condition: "foreign", changes: [] };
  }
  return { subject, ...step, condition: changes.length === 0 ? "exists" : "drifted", changes };
}

/** Without one of these nothing answers at the URL. */
const NEEDED: readonly ComponentId[] = ["table", "role", "function", "stage", "routes", "integration", "permission"];
/** Neither when one of these is another than it should be. */
const LEADING: ReadonlySet<ComponentId> = new Set(["routes", "integration", "permission"]);

function urlNeeds(run: Run, rows: readonly StatusRow[]): ComponentId[] {
  const isWanting = (id: ComponentId): boolean => {
    const { condition, changes = [] } = rows.find(({ subject }) => subject.component === id) ?? {};
    if (condition === "missing" || (id === "routes" && !isAttached(run))) return true;
    return condition === "drifted" && LEADING.has(id) && !changes.every(isOfAuthorization);
  };
  return NEEDED.filter(isWanting);
}

/** Who may call a route, not where it leads. */
function isOfAuthorization({ field }: Change): boolean {
  return /\.Authoriz(ationType|erId)$/.test(field);
}

function leftoversIn(run: Run): StatusRow[] {
  return COMPONENTS.filter(({ addOn }) => addOn !== undefined)
    .filter((component) => !isChosen(component, run.inputs.settings))
    .filter(({ id }) => ownershipIn(run, id)?.whose === "ours")
    .map((component) => ({ subject: run.subjectOf(component), condition: "leftover", changes: [] }));
}

/** The first step that is not done; when all are but something differs, `up` repairs it. */
function nextCommand(run: Run, rows: readonly StatusRow[]): string {
  // A single step would be refused.
  if (rows.some(({ condition }) => condition === "foreign")) return "up --adopt";
  const undone = firstUndone(run);
  if (undone !== undefined) return undone.command;
  const leftover = rows.find(({ condition }) => condition === "leftover");
  if (leftover !== undefined) return leftoverCommand(run, leftover);
  return rows.every(({ condition }) => condition === "exists") ? "test" : "up";
}

/** A part that the settings ask for no longer goes when the rest is made as it should be. */
function leftoverCommand({ inputs }: Run, { subject }: StatusRow): string {
  const { addOn = "timer" } = componentOf(subject.component as ComponentId);
  return `${addOn} ${inputs.settings[addOn] === undefined ? "delete" : "enable"}`;
}
