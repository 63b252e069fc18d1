// What Lambda itself says of an invocation: the first line of a log, the trace header.

import { expect, test } from "vitest";
import { initStartLine } from "../../src/local/lambda/init-start.ts";
import { createInvocationLog } from "../../src/local/lambda/invocation-log.ts";
import { createTraceHeaders } from "../../src/local/lambda/trace-header.ts";
import type { CloudEnvironment } from "../../src/local/service.ts";

const NOW = Date.UTC(2026, 0, 2);
const SECONDS = Math.floor(NOW / 1000).toString(16);

test("INIT_START names the runtime as AWS does, and the same build each time", () => {
  const env = { partition: "aws", region: "eu-west-1" } as CloudEnvironment;
  const line = initStartLine(env, "nodejs24.x");
  expect(line).toMatch(
    /^INIT_START Runtime Version: nodejs:24\.v\d+\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}\n$/,
  );
  expect(initStartLine(env, "nodejs24.x")).toBe(line);
  expect(initStartLine(env, "nodejs22.x").slice(-65)).not.toBe(line.slice(-65));
});

test("INIT_START is the first event, not in the tail, and not written alone", () => {
  const written: string[] = [];
  const write = (events: readonly { message: string }[]): void =>
    void written.push(...events.map(({ message }) => message));
  const unused = createInvocationLog({ stream: "s", write }, 128, () => NOW, "INIT_START\n");
  unused.rest();
  expect(written).toEqual([]);
  const log = createInvocationLog({ stream: "s", write }, 128, () => NOW, "INIT_START\n");
  log.start("r");
  let tail = "";
  log.end("r", 1, "timeout")((text) => (tail = text));
  log.rest();
  expect(written.map((message) => message.split(" ")[0])).toEqual(["INIT_START\n", "START", "END", "REPORT"]);
  expect(tail).toMatch(/^START/);
});

test("a trace of its own for every call that brings none", () => {
  const header = createTraceHeaders(() => NOW);
  const made = Array.from({ length: 100 }, () => header(undefined, false));
  for (const each of made) {
    expect(each).toMatch(new RegExp(`^Root=1-${SECONDS}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$`));
  }
  expect(new Set(made.map((each) => each.split(";")[0])).size).toBe(100);
  expect(new Set(made.map((each) => each.split(";")[1])).size).toBe(100);
  expect(header(undefined, true)).toMatch(/;Sampled=1$/);
});

test("the caller's trace goes on, with another parent", () => {
  const header = createTraceHeaders(() => NOW);
  const Root = "Root=1-5759e988-bd862e3fe1be46a994272793";
  expect(header(Root, false)).toMatch(new RegExp(`^${Root};Parent=[0-9a-f]{16};Sampled=0$`));
  const full = header(`Self=1-1-1; ${Root};Parent=557abcec3ee5a047;Sampled=1;Lineage=1:0:0`, false);
  expect(full).toMatch(new RegExp(`^${Root};Parent=[0-9a-f]{16};Sampled=1$`));
  expect(full).not.toContain("557abcec3ee5a047");
  for (const nonsense of ["", "Root=1-x", `${Root}é\r\nX: y`, "Root=1-5759e988-bd862e3fe1be46a994272793f"]) {
    expect(header(nonsense, false)).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  }
});
