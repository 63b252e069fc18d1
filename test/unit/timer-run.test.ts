// Runs of the timer, as a log tells of them.

import { describe, expect, it } from "vitest";
import { en } from "../../src/cli/text/en.ts";
import type { LogEvent } from "../../src/core/row.ts";
import { runsIn, type TimerRun } from "../../src/core/timer-run.ts";

const [A, B] = ["8fc6f963-411b-58b5-8483-a32130c0f45d", "0a1b2c3d-411b-58b5-8483-a32130c0f45d"];
const AT = Date.parse("2026-01-31T09:30:00.000Z");
const event = (seconds: number, message: string): LogEvent => ({
  eventId: `${seconds} ${message}`,
  logStreamName: "s",
  timestamp: AT + seconds * 1000,
  ingestionTime: AT + seconds * 1000,
  message,
});
const start = (id: string): string => `START RequestId: ${id} Version: $LATEST\n`;
const said = (id: string, level: string, text: string): string =>
  `2026-01-31T09:30:00.123Z\t${id}\t${level}\t${text}\n`;
const report = (id: string, more = ""): string =>
  `REPORT RequestId: ${id}\tDuration: 3.09 ms\tBilled Duration: 4 ms\tMemory Size: 256 MB\tMax Memory Used: 65 MB\t${more}\n`;

it("has one run a request, in order, with its row and how long it took", () => {
  const events = [
    event(60, start(B)),
    event(61, said(B, "INFO", "Put item 1769851860123")),
    event(0, start(A)),
    event(1, said(A, "INFO", "Put item 1769851800123")),
    event(1, report(A)),
    event(2, "INIT_START Runtime Version: nodejs:24\n"),
  ];
  expect(runsIn(events)).toEqual([
    { at: "2026-01-31T09:30:00.000Z", requestId: A, id: "1769851800123", durationMs: 3.09 },
    { at: "2026-01-31T09:31:00.000Z", requestId: B, id: "1769851860123" },
  ]);
});

it("says in one line why a run failed, by what was said first", () => {
  const thrown = JSON.stringify({ errorType: "X", errorMessage: "no table", stack: ["X: no table", "    at f"] });
  const events = [
    event(0, start(A)),
    event(1, said(A, "ERROR", `Invoke Error \t${thrown}`)),
    event(1, report(A, "Status: error\tError Type: X")),
    event(60, start(B)),
    event(75, `2026-01-31T09:31:15.000Z ${B} Task timed out after 15.00 seconds\n`),
    event(75, report(B, "Status: timeout")),
  ];
  expect(runsIn(events).map(({ error }) => error)).toEqual([
    "Invoke Error X: no table",
    "Task timed out after 15.00 seconds",
  ]);
});

describe("a run that was tried again under its request id", () => {
  const failed = [event(0, start(A)), event(1, said(A, "ERROR", "throttled")), event(1, report(A, "Status: error"))];

  it("is what its last attempt was, and when that was", () => {
    // In another stream, whose events come first.
    const again = [event(61, start(A)), event(62, said(A, "INFO", "Put item 1769851860123")), event(62, report(A))];
    const [run] = runsIn([...again, ...failed]);
    expect(run).toEqual({
      at: "2026-01-31T09:31:01.000Z",
      requestId: A,
      attempts: 2,
      id: "1769851860123",
      durationMs: 3.09,
    });
    expect(en.timer.run(run as TimerRun)).toMatch(/^row 1769851860123 {2}at the 2nd attempt {2}/);
  });

  it("and failed each time has failed", () => {
    const again = [event(61, start(A)), event(62, said(A, "ERROR", "no table")), event(62, report(A))];
    expect(runsIn([...failed, ...again])).toMatchObject([{ attempts: 2, error: "no table" }]);
  });

  it("without the platform's lines has both its error and its row", () => {
    const events = [event(0, said(A, "ERROR", "throttled")), event(60, said(A, "INFO", "Put item 1769851860123"))];
    expect(runsIn(events)).toMatchObject([{ id: "1769851860123", error: "throttled" }]);
  });
});
