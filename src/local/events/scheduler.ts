// Fires rules at their times: each once, none for the time in which nobody ran.

import type { Clock } from "../service.ts";
import type { Rule } from "./context.ts";
import { parseSchedule } from "./schedule.ts";

export interface Scheduler {
  start(): void;
  /** Rules have changed: what comes next is found out anew. */
  changed(): void;
  stop(): void;
}

export interface SchedulerOptions {
  readonly clock: Clock;
  /** How many of a schedule's minutes pass in one of the clock's: 1, or more for the impatient. */
  readonly speed: number;
  rules(): Iterable<Rule>;
  /** @param due its time on the clock, in milliseconds */
  fire(rule: Rule, due: number): void;
  /** What nobody else hears of. */
  log(line: string): void;
}

/** The clock is read anew this often: it may have been set, and the machine may have slept. */
const LOOK_MS = 60_000;
/** What is due while the cloud is busy still runs; what it has slept through longer than this does not. */
const GRACE_MS = 5_000;

interface Due {
  readonly rule: Rule;
  /** In the schedule's own time. */
  readonly scheduled: number;
  /** The same on the clock. */
  readonly at: number;
}

export function createScheduler({ clock, speed, rules, fire, log }: SchedulerOptions): Scheduler {
  const origin = clock.now();
  /** The schedule's own time: the clock's, faster from the start on. */
  const toSchedule = (time: number): number => origin + (time - origin) * speed;
  const toClock = (time: number): number => origin + (time - origin) / speed;
  /** When each rule was due last, in the schedule's own time: on the clock it is rounded, and would be due again. */
  const ranAt = new Map<string, number>();
  let startedAt = origin;
  let isRunning = false;
  let waiting = new AbortController();

  function nextOf(rule: Rule): Due | undefined {
    if (rule.state !== "ENABLED") return undefined;
    const from = Math.max(rule.enabledAt, startedAt, clock.now() - GRACE_MS);
    const after = Math.max(toSchedule(from), ranAt.get(rule.name) ?? -Infinity);
    const scheduled = parseSchedule(rule.scheduleExpression, toSchedule(rule.enabledAt))?.next(after);
    return scheduled === undefined ? undefined : { rule, scheduled, at: toClock(scheduled) };
  }

  function nextDue(): Due[] {
    const all = [...rules()].flatMap((rule) => nextOf(rule) ?? []);
    const first = Math.min(...all.map(({ at }) => at));
    return all.filter(({ at }) => at === first);
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const due = nextDue();
      const [first] = due;
      if (first === undefined) return;
      const pause = Math.max(0, first.at - clock.now());
      await clock.sleep(Math.min(pause, LOOK_MS), signal);
      if (signal.aborted) return;
      if (pause > LOOK_MS || clock.now() - first.at > GRACE_MS) continue;
      for (const { rule, scheduled, at } of due) {
        ranAt.set(rule.name, scheduled);
        fireAlone(rule, at);
      }
    }
  }

  /** What is wrong with one rule keeps no other from its time. */
  function fireAlone(rule: Rule, at: number): void {
    try {
      fire(rule, at);
    } catch (error) {
      log(`rule ${rule.name} could not be fired: ${String(error)}`);
    }
  }

  function begin(): void {
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    if (!isRunning) return;
    run(signal).catch((error: unknown) => {
      // An abort ends a sleep early.
      if (!signal.aborted) log(`rules fire no more until one is changed: ${String(error)}`);
    });
  }

  return {
    start() {
      isRunning = true;
      startedAt = clock.now();
      begin();
    },
    changed: begin,
    stop() {
      isRunning = false;
      waiting.abort();
    },
  };
}
