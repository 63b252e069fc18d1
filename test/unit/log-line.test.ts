// What the lines of a Lambda function's log say: the platform's and the function's, as text and as JSON.

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseLogLine, splitLogTail } from "../../src/core/log-line.ts";

const ID = "8fc6f963-411b-58b5-8483-a32130c0f45d";

describe("text", () => {
  it("REPORT of a cold start, as AWS writes it with X-Ray", () => {
    const message =
      `REPORT RequestId: ${ID}\tDuration: 201.67 ms\tBilled Duration: 682 ms\tMemory Size: 2048 MB\tMax Memory Used: 81 MB\t` +
      "Init Duration: 480.25 ms\t\nXRAY TraceId: 1-61c86fa4-59b3c6d959653c527fd10966\tSegmentId: 107ea78a5750a811\tSampled: true\t\n";
    expect(parseLogLine(message)).toMatchObject({
      type: "report",
      requestId: ID,
      report: {
        durationMs: 201.67,
        billedDurationMs: 682,
        memorySizeMb: 2048,
        maxMemoryUsedMb: 81,
        initDurationMs: 480.25,
      },
    });
  });

  it("REPORT of a warm one has no start", () => {
    const message = `REPORT RequestId: ${ID}\tDuration: 3.09 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 65 MB\t\n`;
    expect(parseLogLine(message).report).toEqual({
      durationMs: 3.09,
      billedDurationMs: 4,
      memorySizeMb: 128,
      maxMemoryUsedMb: 65,
    });
  });

  it.each([
    ["Status: timeout", { status: "timeout" }],
    ["Status: error\tError Type: Runtime.ExitError", { status: "error", errorType: "Runtime.ExitError" }],
  ])("REPORT with %s", (fields, expected) => {
    const message = `REPORT RequestId: ${ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 65 MB\t${fields}\t\n`;
    expect(parseLogLine(message).report).toMatchObject(expected);
  });

  it.each([
    [`START RequestId: ${ID} Version: $LATEST\n`, "start"],
    [`END RequestId: ${ID}\n`, "end"],
    [
      "INIT_START Runtime Version: nodejs:24.v1\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:0\n",
      "initStart",
    ],
    [
      "INIT_REPORT Init Duration: 12.34 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError\n",
      "initReport",
    ],
  ])("%s", (message, type) => {
    expect(parseLogLine(message)).toMatchObject({ type, text: message.trimEnd() });
  });

  it("console: level and request id, several lines as one", () => {
    expect(parseLogLine(`2026-01-31T09:30:00.123Z\t${ID}\tWARN\tfirst\n  second\tthird\n`)).toEqual({
      type: "output",
      level: "WARN",
      requestId: ID,
      text: "first\n  second\tthird",
    });
  });

  it("console while the module is loaded: no request yet", () => {
    expect(parseLogLine("2026-01-31T09:30:00.123Z\tundefined\tINFO\tloaded\n")).toEqual({
      type: "output",
      level: "INFO",
      text: "loaded",
    });
  });

  it("what a handler threw is a stack that can be read", () => {
    const thrown = {
      errorType: "TypeError",
      errorMessage: "no",
      stack: ["TypeError: no", "    at handler (file:1:2)"],
    };
    const message = `2026-01-31T09:30:00.123Z\t${ID}\tERROR\tInvoke Error \t${JSON.stringify(thrown)}\n`;
    expect(parseLogLine(message)).toMatchObject({
      level: "ERROR",
      text: "Invoke Error TypeError: no\n    at handler (file:1:2)",
    });
  });

  it("a time-out and a death are errors of their request", () => {
    expect(parseLogLine(`2026-01-31T09:30:00.123Z ${ID} Task timed out after 3.00 seconds\n\n`)).toEqual({
      type: "output",
      level: "ERROR",
      requestId: ID,
      text: "Task timed out after 3.00 seconds",
    });
    expect(
      parseLogLine(`RequestId: ${ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n`),
    ).toMatchObject({ level: "ERROR", requestId: ID });
  });

  it("raw output stays as it is", () => {
    expect(parseLogLine("  plain { text\n")).toEqual({ type: "output", text: "  plain { text" });
  });
});

describe("JSON", () => {
  it("console", () => {
    const event = { timestamp: "2026-01-31T09:30:00.123Z", level: "INFO", requestId: ID, message: "hello" };
    expect(parseLogLine(`${JSON.stringify(event)}\n`)).toEqual({
      type: "output",
      level: "INFO",
      requestId: ID,
      text: "hello",
    });
    expect(parseLogLine(JSON.stringify({ ...event, message: { a: 1 } })).text).toBe('{"a":1}');
  });

  it("an error that was logged", () => {
    const event = {
      level: "ERROR",
      requestId: ID,
      message: "it failed",
      errorType: "TypeError",
      errorMessage: "no",
      stackTrace: ["TypeError: no", "    at handler (file:1:2)"],
    };
    expect(parseLogLine(JSON.stringify(event)).text).toBe("it failed\nTypeError: no\n    at handler (file:1:2)");
  });

  it("the platform's report", () => {
    const metrics = {
      durationMs: 101.51,
      billedDurationMs: 300,
      memorySizeMB: 512,
      maxMemoryUsedMB: 33,
      initDurationMs: 116.67,
    };
    const event = {
      time: "2026-01-31T09:30:00.123Z",
      type: "platform.report",
      record: { requestId: ID, metrics, status: "success" },
    };
    expect(parseLogLine(JSON.stringify(event))).toMatchObject({
      type: "report",
      requestId: ID,
      report: {
        durationMs: 101.51,
        billedDurationMs: 300,
        memorySizeMb: 512,
        maxMemoryUsedMb: 33,
        initDurationMs: 116.67,
      },
    });
    const failed = { ...event, record: { requestId: ID, metrics, status: "error", errorType: "Runtime.ExitError" } };
    expect(parseLogLine(JSON.stringify(failed)).report).toMatchObject({
      status: "error",
      errorType: "Runtime.ExitError",
    });
  });

  it.each([
    "{",
    "{}",
    '{"type":"platform.report"}',
    '{"type":"platform.report","record":null}',
    '{"level":30,"msg":"x"}',
    "[1]",
    "null",
  ])("%s is output as it stands", (text) => expect(parseLogLine(text)).toEqual({ type: "output", text }));
});

test("whatever comes, there is a line for it", () => {
  const beginnings = [
    "",
    "REPORT RequestId: ",
    `REPORT RequestId: ${ID}`,
    `START RequestId: ${ID}`,
    "INIT_REPORT ",
    "{",
    `2026-01-31T09:30:00.123Z\t${ID}\tERROR\t`,
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...beginnings),
      fc.oneof(fc.string({ unit: "binary" }), fc.json()),
      (beginning, rest) => {
        const { type, text } = parseLogLine(beginning + rest);
        expect(typeof type).toBe("string");
        expect(typeof text).toBe("string");
      },
    ),
  );
});

test("a tail is its events again, each with its own lines", () => {
  const events = [
    `START RequestId: ${ID} Version: $LATEST`,
    `2026-01-31T09:30:00.123Z\t${ID}\tERROR\tbad\n    at one\n    at two`,
    `END RequestId: ${ID}`,
    `REPORT RequestId: ${ID}\tDuration: 1.00 ms`,
  ];
  expect(splitLogTail(`${events.join("\n")}\t\n`)).toEqual(events);
  expect(splitLogTail("")).toEqual([]);
  expect(splitLogTail("…cut off\nmore\nEND RequestId: x")).toEqual(["…cut off\nmore\nEND RequestId: x"]);
});
