// When the local cloud's rules fire, on clocks of the tests' own: each once, none missed, none made up for.

import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/core/clock.ts";
import type { Rule } from "../../src/local/events/context.ts";
import { createScheduler } from "../../src/local/events/scheduler.ts";
import type { Scheduler } from "../../src/local/events/scheduler.ts";

const START = "2026-11-26T00:00:30.000Z";

interface Setting {
  readonly expression?: string;
  readonly speed?: number;
  readonly start?: string;
  readonly enabledAt?: string;
  /** What becomes of the clock in a sleep of so many milliseconds; they pass unless told otherwise. */
  sleep?(ms: number, now: number, sleeps: number): number;
  /** After each run. */
  onRun?(runs: number, scheduler: Scheduler): void;
}

/** The times of the first runs, from the hours on, and what the clock said then. */
function runsOf(count: number, setting: Setting = {}): Promise<{ due: string[]; firedAt: string[] }> {
  const { expression = "rate(1 minute)", speed = 1, start = START, enabledAt = start, sleep, onRun } = setting;
  let now = Date.parse(start);
  let sleeps = 0;
  const clock: Clock = {
    now: () => now,
    sleep(ms, signal) {
      if (signal?.aborted === true) return Promise.reject(new Error("aborted"));
      sleeps += 1;
      now = sleep?.(ms, now, sleeps) ?? now + ms;
      return Promise.resolve();
    },
  };
  const rule: Rule = {
    name: "r",
    scheduleExpression: expression,
    state: "ENABLED",
    enabledAt: Date.parse(enabledAt),
    targets: [],
    tags: {},
  };
  const [due, firedAt]: [string[], string[]] = [[], []];
  const shown = (time: number): string => new Date(time).toISOString().slice(11, 23);
  return new Promise((resolve) => {
    const scheduler = createScheduler({
      clock,
      speed,
      rules: () => [rule],
      log: () => undefined,
      fire(_rule, at) {
        due.push(shown(at));
        firedAt.push(shown(now));
        onRun?.(due.length, scheduler);
        if (due.length < count) return;
        scheduler.stop();
        resolve({ due, firedAt });
      },
    });
    scheduler.start();
  });
}

describe("a rule", () => {
  it("of a rate fires one period after it was enabled, and then every period", async () => {
    expect((await runsOf(3)).due).toEqual(["00:01:30.000", "00:02:30.000", "00:03:30.000"]);
  });

  it("of cron fires on the minute", async () => {
    const { due } = await runsOf(3, { expression: "cron(0/2 * * * ? *)" });
    expect(due).toEqual(["00:02:00.000", "00:04:00.000", "00:06:00.000"]);
  });

  it("makes a minute a second at speed 60", async () => {
    expect((await runsOf(3, { speed: 60 })).due).toEqual(["00:00:31.000", "00:00:32.000", "00:00:33.000"]);
    const { due } = await runsOf(3, { speed: 60, expression: "cron(* * * * ? *)" });
    expect(due).toEqual(["00:00:30.500", "00:00:31.500", "00:00:32.500"]);
  });

  it.each([1, 7, 11, 59, 60, 3599])("neither misses nor doubles any of 100 at speed %d", async (speed) => {
    const start = "2026-11-26T00:00:30.123Z";
    const { due } = await runsOf(100, { speed, start });
    const expected = Array.from({ length: 100 }, (_, n) => Date.parse(start) + ((n + 1) * 60_000) / speed);
    expect(due).toEqual(expected.map((time) => new Date(time).toISOString().slice(11, 23)));
  });

  it("fires on time when that is a day away", async () => {
    const { due, firedAt } = await runsOf(1, { expression: "cron(0 9 27 11 ? *)" });
    expect([due, firedAt]).toEqual([["09:00:00.000"], ["09:00:00.000"]]);
  });
});

describe("a timer that is not exact", () => {
  it("fires a rule once when it ends a moment early", async () => {
    const { due } = await runsOf(5, { sleep: (ms, now) => now + ms - (ms > 1 ? 1 : 0) });
    expect(new Set(due).size).toBe(5);
  });

  it("loses no run to a cloud that is busy for a moment, however fast its schedules are", async () => {
    const { due, firedAt } = await runsOf(5, {
      speed: 60,
      sleep: (ms, now, sleeps) => now + ms + (sleeps === 2 ? 2500 : 0),
    });
    expect(due).toEqual(["00:00:31.000", "00:00:32.000", "00:00:33.000", "00:00:34.000", "00:00:35.000"]);
    expect(firedAt.slice(1)).toEqual(["00:00:34.500", "00:00:34.500", "00:00:34.500", "00:00:35.000"]);
  });

  it("loses no run to a change of rules at that moment", async () => {
    const { due } = await runsOf(3, {
      sleep: (ms, now) => now + ms + 200,
      onRun: (_runs, scheduler) => scheduler.changed(),
    });
    expect(due).toEqual(["00:01:30.000", "00:02:30.000", "00:03:30.000"]);
  });
});

describe("time in which nobody ran", () => {
  it("is not made up for when the cloud starts again, and the period goes on as it was", async () => {
    const { due } = await runsOf(2, { start: "2026-11-26T12:00:10.000Z", enabledAt: START });
    expect(due).toEqual(["12:00:30.000", "12:01:30.000"]);
  });

  it("is not made up for when the machine slept", async () => {
    const asleep = 3 * 3_600_000 + 10_000;
    const { due, firedAt } = await runsOf(3, { sleep: (ms, now, sleeps) => now + ms + (sleeps === 2 ? asleep : 0) });
    expect(due).toEqual(["00:01:30.000", "03:03:30.000", "03:04:30.000"]);
    expect(firedAt).toEqual(due);
  });
});

describe("what goes wrong", () => {
  const rule = (name: string): Rule => ({
    name,
    scheduleExpression: "rate(1 minute)",
    state: "ENABLED",
    enabledAt: Date.parse(START),
    targets: [],
    tags: {},
  });

  it("with one rule is logged, and keeps no other and no later run from its time", async () => {
    let now = Date.parse(START);
    const logged: string[] = [];
    const fired: string[] = [];
    await new Promise<void>((resolve) => {
      const scheduler = createScheduler({
        clock: { now: () => now, sleep: (ms) => Promise.resolve(void (now += ms)) },
        speed: 1,
        rules: () => [rule("broken"), rule("whole")],
        fire({ name }) {
          if (name === "broken") throw new Error("no room");
          fired.push(name);
          if (fired.length < 2) return;
          scheduler.stop();
          resolve();
        },
        log: (line) => logged.push(line),
      });
      scheduler.start();
    });
    expect(fired).toEqual(["whole", "whole"]);
    expect(logged).toEqual(Array(2).fill("rule broken could not be fired: Error: no room"));
  });

  it("with all of them is logged, and a stop is nothing wrong", async () => {
    const logged: string[] = [];
    const sleep: Clock["sleep"] = (_ms, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(new Error("stopped"))));
    const of = (rules: () => Rule[]): Scheduler =>
      createScheduler({
        clock: { now: () => Date.parse(START), sleep },
        speed: 1,
        rules,
        fire: () => undefined,
        log: (line) => logged.push(line),
      });
    const stopped = of(() => [rule("r")]);
    stopped.start();
    stopped.stop();
    of(() => {
      throw new Error("disk is gone");
    }).start();
    await new Promise((resolve) => setImmediate(resolve));
    expect(logged).toEqual(["rules fire no more until one is changed: Error: disk is gone"]);
  });
});
