// Overlapping looks at a log that others go on writing: nothing lost, nothing twice, in order as far as time allows.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareEvents, createLogMerge, type MergeOptions, sortEvents } from "../../src/core/log-merge.ts";
import type { LogEvent } from "../../src/core/row.ts";

const OPTIONS: MergeOptions = { holdMs: 2_000, settledMs: 10_000, overlapMs: 60_000, remembered: 1_000 };
const T0 = 1_700_000_000_000;

function event(eventId: string, timestamp: number, ingestionTime = timestamp): LogEvent {
  return {
    eventId,
    timestamp: T0 + timestamp,
    ingestionTime: T0 + ingestionTime,
    logStreamName: "s",
    message: eventId,
  };
}

const ids = (events: readonly LogEvent[]): string[] => events.map(({ eventId }) => eventId);

describe("a look", () => {
  it("holds what is young until the next one, and puts a late one in its place", () => {
    const merge = createLogMerge(T0, OPTIONS);
    expect(merge.take([event("b", 1_000)], T0 + 1_500)).toEqual([]);
    const second = merge.take([event("a", 500, 3_000), event("b", 1_000)], T0 + 3_500);
    expect(second).toEqual([event("a", 500, 3_000), event("b", 1_000)]);
  });

  it("gives at once what is so old that nothing before it is expected", () => {
    const merge = createLogMerge(T0, OPTIONS);
    expect(ids(merge.take([event("a", 0), event("b", 100)], T0 + 20_000))).toEqual(["a", "b"]);
  });

  it("gives at once, marked, what is too late for its place", () => {
    const merge = createLogMerge(T0, OPTIONS);
    merge.take([event("b", 1_000)], T0 + 1_500);
    expect(ids(merge.take([event("b", 1_000)], T0 + 3_500))).toEqual(["b"]);
    const later = merge.take([event("a", 500, 5_000), event("b", 1_000), event("c", 5_000)], T0 + 5_500);
    expect(later).toEqual([{ ...event("a", 500, 5_000), late: true }]);
    expect(ids(merge.rest())).toEqual(["c"]);
  });

  it("keeps the order of what is equal", () => {
    const merge = createLogMerge(T0, OPTIONS);
    merge.take([event("z", 1), event("y", 1), event("x", 1)], T0);
    expect(ids(merge.rest())).toEqual(["z", "y", "x"]);
  });

  it("reaches back behind what CloudWatch got last, whatever time a function claims", () => {
    const merge = createLogMerge(T0, OPTIONS);
    expect(merge.startTime()).toBe(T0);
    merge.take([event("future", 7_200_000, 100_000)], T0 + 100_000);
    expect(merge.startTime()).toBe(T0 + 40_000);
    expect(ids(merge.take([event("a", 100_500)], T0 + 101_000))).toEqual([]);
    expect(ids(merge.take([event("a", 100_500)], T0 + 103_000))).toEqual(["a", "future"]);
  });

  it("remembers so many at most, and reaches back less instead of giving one twice", () => {
    const merge = createLogMerge(T0, { ...OPTIONS, remembered: 10 });
    const all = Array.from({ length: 25 }, (_, index) => event(`e${index}`, index));
    expect(merge.take(all, T0 + 20_000)).toHaveLength(25);
    expect(merge.startTime()).toBe(T0 + 15);
    expect(merge.take(all, T0 + 20_000)).toEqual([]);
  });
});

/** A log as it grows: each event's time, how late it is ingested, and how late it can be seen after that. */
const logs = fc.array(fc.record({ at: fc.nat(30_000), lag: fc.nat(8_000), unseen: fc.nat(1_500), stream: fc.nat(3) }), {
  maxLength: 60,
});

function follow(log: readonly (LogEvent & { seenFrom: number })[], options: MergeOptions) {
  const merge = createLogMerge(T0, options);
  const printed = [];
  let looks = 0;
  for (let now = T0; now < T0 + 50_000; now += 2_000) {
    const start = merge.startTime();
    const found = log.filter(({ timestamp, seenFrom }) => seenFrom <= now && timestamp >= start);
    printed.push(...merge.take(found.toSorted(compareEvents), now));
    looks += 1;
  }
  printed.push(...merge.rest());
  return { printed, looks };
}

describe("whatever comes when", () => {
  const toLog = (events: readonly { at: number; lag: number; unseen: number; stream: number }[]) =>
    events.map(({ at, lag, unseen, stream }, index) => ({
      ...event(`${stream}-${index}`, at, at + lag),
      seenFrom: T0 + at + lag + unseen,
    }));

  it("nothing is lost, nothing comes twice, and what is not late is in order", () => {
    fc.assert(
      fc.property(logs, (events) => {
        const log = toLog(events);
        const { printed } = follow(log, OPTIONS);
        expect(ids(printed).toSorted()).toEqual(ids(log).toSorted());
        const inTime = printed.filter(({ late }) => late !== true);
        expect(ids(inTime)).toEqual(ids(inTime.toSorted(compareEvents)));
      }),
    );
  });

  it("what can be seen within a look is in its place", () => {
    const quick = fc.array(
      fc.record({ at: fc.nat(30_000), lag: fc.nat(1_000), unseen: fc.nat(900), stream: fc.nat(3) }),
    );
    fc.assert(
      fc.property(quick, (events) => {
        const log = toLog(events);
        const { printed } = follow(log, OPTIONS);
        expect(ids(printed)).toEqual(ids(sortEvents(log)));
        expect(printed.every(({ late }) => late !== true)).toBe(true);
      }),
    );
  });

  it("with little memory something may stay away, but nothing comes twice", () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 20 }), (events, remembered) => {
        const { printed } = follow(toLog(events), { ...OPTIONS, remembered });
        expect(new Set(ids(printed)).size).toBe(printed.length);
      }),
    );
  });
});
