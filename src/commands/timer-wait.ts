// `awsls timer enable --wait`: the first row that comes once the timer is on.

import { Problem } from "../core/problem.ts";
import { nextRun } from "../core/schedule.ts";
import type { StackContext } from "./context.ts";
import { lookForRows } from "./timer-look.ts";
import type { TimerRow } from "./timer-rows.ts";

export interface RowWait {
  readonly schedule: string;
  /** Ids of rows that were there before. */
  readonly known: Set<string>;
}

/** After a schedule was due: until EventBridge notices a change, and starts the function for the first time. */
const LATE_MS = 3 * 60_000;
/** On a local cloud whose minutes are short, too: a process is started. */
const SHORTEST_LATE_MS = 20_000;

/** @returns ids of the rows of the last hour: what is waited for is none of them */
export async function knownRows(context: StackContext): Promise<Set<string>> {
  const known = new Set<string>();
  await lookForRows(context, known).next();
  return known;
}

/** @throws {Problem} `NoRow` when none came, or none can come any more */
export async function waitForRow(context: StackContext, { schedule, known }: RowWait): Promise<TimerRow> {
  const { session, settings, clock, emit, localSpeed = 1 } = context;
  const { table: name } = session.names;
  const subject = { component: "table", name };
  const started = clock.now();
  const { since = started } = settings.timer ?? {};
  const due = dueBy(schedule, { now: new Date(started), since: new Date(since), speed: localSpeed });
  const until = (due ?? started) + Math.max(LATE_MS / localSpeed, SHORTEST_LATE_MS);
  const rows = lookForRows(context, known);
  emit({ type: "notice", code: "WaitingForRow", data: { table: name, ...toTimes(due, until) } });
  emit({ type: "started", subject, action: "read" });
  try {
    for (;;) {
      const found = await rows.next();
      const [row] = typeof found === "string" ? [] : found;
      if (row !== undefined) return row;
      const seconds = Math.round((clock.now() - started) / 1000);
      if (typeof found === "string" || clock.now() >= until) throw new Problem("NoRow", { name, seconds });
      emit({ type: "waiting", subject, waiting: { for: "row" } });
      await rows.pause();
    }
  } finally {
    emit({ type: "finished", subject, outcome: "none", changes: [], ms: clock.now() - started });
  }
}

/** When it has surely been due; the time of a cloud that is faster is its own, and only how long a period is can be told. */
function dueBy(
  schedule: string,
  { now, since, speed }: { readonly now: Date; readonly since: Date; readonly speed: number },
): number | undefined {
  const next = nextRun(schedule, now, since)?.getTime();
  if (next === undefined || speed === 1) return next;
  const afterwards = nextRun(schedule, new Date(next), since)?.getTime() ?? next;
  return now.getTime() + Math.max(next - now.getTime(), afterwards - next) / speed;
}

function toTimes(due: number | undefined, until: number): { due?: string; until: string } {
  const of = (time: number): string => new Date(time).toISOString();
  return { ...(due === undefined ? {} : { due: of(due) }), until: of(until) };
}
