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
}

/** Node's timers hold 24 days at most. */
const LONGEST_MS = 2 ** 31 - 1;

interface Due {
  readonly rule: Rule;
  readonly at: number;
}

export function createScheduler({ clock, speed, rules, fire }: SchedulerOptions): Scheduler {
  const origin = clock.now();
  /** The schedule's own time: the clock's, faster from the start on. */
  const toSchedule = (time: number): number => origin + (time - origin) * speed;
  const toClock = (time: number): number => origin + (time - origin) / speed;
  /** When each rule was due last: a timer may end a moment early, and must not fire it twice. */
  const firedAt = new Map<string, number>();
  let isRunning = false;
  let waiting = new AbortController();

  function nextOf(rule: Rule): Due | undefined {
    if (rule.state !== "ENABLED") return undefined;
    const schedule = parseSchedule(rule.scheduleExpression, toSchedule(rule.enabledAt));
    const after = Math.max(clock.now(), firedAt.get(rule.name) ?? 0);
    const next = schedule?.next(toSchedule(after));
    return next === undefined ? undefined : { rule, at: toClock(next) };
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
      const pause = first.at - clock.now();
      await clock.sleep(Math.min(Math.max(pause, 0), LONGEST_MS), signal);
      if (signal.aborted) return;
      if (pause > LONGEST_MS) continue;
      for (const { rule, at } of due) {
        firedAt.set(rule.name, at);
        fire(rule, at);
      }
    }
  }

  function begin(): void {
    waiting.abort();
    waiting = new AbortController();
    // Only an abort ends a sleep early.
    if (isRunning) run(waiting.signal).catch(() => undefined);
  }

  return {
    start() {
      isRunning = true;
      begin();
    },
    changed: begin,
    stop() {
      isRunning = false;
      waiting.abort();
    },
  };
}
