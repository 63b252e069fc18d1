// What keeps the timer from running, or makes it run otherwise than it should: AWS itself says nothing of that.

import { nextRun } from "../core/schedule.ts";
import type { TimerRun } from "../core/timer-run.ts";
import type { Rule } from "../resources/events/rule.ts";
import type { Target } from "../resources/events/target.ts";
import { isOn } from "../resources/events/rule-state.ts";
import type { ComponentId } from "../stack/component.ts";
import type { Settings } from "../state/state.ts";
import type { StatusRow } from "./status.ts";

/**
 * "off": the settings say that it is on. "permission": EventBridge may not invoke the function; "statement": ours does not let it,
 * but the last run came when it was due. "twice": another target of the rule is the same function. "failing": the last run failed.
 */
export type TimerTrouble =
  | "table"
  | "role"
  | "logGroup"
  | "function"
  | "rule"
  | "off"
  | "target"
  | "twice"
  | "permission"
  | "statement"
  | "failing";

export interface TimerSeen {
  readonly rows: readonly StatusRow[];
  /** Of the last hour, in order. */
  readonly runs: readonly TimerRun[];
  readonly hasTable: boolean;
  /** When it is ours. */
  readonly rule: Rule | undefined;
  readonly target: Target | undefined;
  /** As it should be; none when the rest of one was to be deleted. */
  readonly chosen: Settings["timer"];
  readonly now: number;
  /** How many of a schedule's minutes pass in one. */
  readonly speed: number;
}

export function troublesIn(seen: TimerSeen): TimerTrouble[] {
  const { rows, runs, hasTable, rule, target, chosen } = seen;
  const of = (id: ComponentId): StatusRow | undefined => rows.find(({ subject }) => subject.component === id);
  const isMissing = (id: ComponentId): boolean => of(id)?.condition === "missing";
  // A role that was given is none of the rows.
  const isAmiss = (id: ComponentId): boolean => (of(id)?.condition ?? "exists") !== "exists";
  const last = runs.at(-1);
  // Another one than ours lets somebody else, or asks for what EventBridge does not give.
  const isUnpermitted = !isMissing("timerFunction") && of("timerPermission")?.condition !== "exists";
  const troubles: Record<TimerTrouble, boolean> = {
    table: !hasTable,
    role: isAmiss("timerRole"),
    logGroup: isAmiss("timerLogGroup"),
    function: isMissing("timerFunction"),
    rule: isMissing("timerRule"),
    off: chosen?.enabled === true && rule !== undefined && !isOn(rule.state),
    target: !isMissing("timerRule") && of("timerTarget")?.condition !== "exists",
    twice: rule !== undefined && (target?.twins ?? []).length > 0,
    permission: isUnpermitted && !isRunning(seen),
    statement: isUnpermitted && isRunning(seen),
    failing: last?.error !== undefined && last.id === undefined,
  };
  return (Object.keys(troubles) as TimerTrouble[]).filter((trouble) => troubles[trouble]);
}

/** A run that was due may begin late, and its log arrive late. */
const LATE_MS = 60_000;

/** No run that was due since the last one is missing. */
function isRunning({ runs, rule, now, speed }: TimerSeen): boolean {
  const last = runs.at(-1);
  if (last === undefined || rule?.scheduleExpression === undefined) return false;
  const at = new Date(last.at);
  const next = nextRun(rule.scheduleExpression, at, at);
  return next !== undefined && (next.getTime() - at.getTime() + LATE_MS) / speed > now - at.getTime();
}
