// Runs of the timer, as a log tells of them.

import { expect, it } from "vitest";
import type { LogEvent } from "../../src/core/row.ts";
import { runsIn } from "../../src/core/timer-run.ts";

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

it("a run that was tried again under its request id has the row of the last try", () => {
  const events = [event(0, said(A, "ERROR", "throttled")), event(60, said(A, "INFO", "Put item 1769851860123"))];
  expect(runsIn(events)).toMatchObject([{ id: "1769851860123", error: "throttled" }]);
});
