// One process of a function, without the cloud around it: what becomes of it when something cannot be done.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { startFunctionProcess } from "../../src/local/lambda/function-process.ts";
import type { FunctionProcess, ProcessOptions } from "../../src/local/lambda/function-process.ts";
import type { FunctionRecord } from "../../src/local/lambda/function-record.ts";
import { openFunctionLog } from "../../src/local/lambda/function-log.ts";
import { createInvocationLog } from "../../src/local/lambda/invocation-log.ts";
import type { Outcome } from "../../src/local/lambda/invocation.ts";
import type { RuntimeSession } from "../../src/local/lambda/runtime-api.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { CloudEnvironment, LogSink, Roles } from "../../src/local/service.ts";

const folder = mkdtempSync(join(tmpdir(), "awsls-function-"));
const runtimeFile = join(folder, "runtime.mjs");
// Lives until it is ended; what a real one would ask for, the tests ask for.
writeFileSync(runtimeFile, "setInterval(() => {}, 1000);");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.useRealTimers();
});

interface Seen {
  readonly sessions: RuntimeSession[];
  readonly settled: Outcome[];
  readonly logged: string[];
  readonly free: FunctionProcess[];
  closed: number;
}

function optionsFor(seen: Seen, environment: Record<string, string> = {}): ProcessOptions {
  const write = (events: readonly { message: string }[]): void =>
    void seen.logged.push(...events.map(({ message }) => message));
  return {
    record: { name: "f", arn: "arn:aws:lambda:us-east-1:0:function:f", timeout: 3, memorySize: 128 } as FunctionRecord,
    runtimeFile,
    taskRoot: folder,
    log: createInvocationLog({ stream: "s", write }, 128, Date.now, "INIT_START\n"),
    environment: () => environment,
    open(session) {
      seen.sessions.push(session);
      return { address: "127.0.0.1:1/token", close: () => void (seen.closed += 1) };
    },
    events: { free: (process) => void seen.free.push(process), failedInit() {}, gone() {} },
    now: Date.now,
  };
}

const nothing = (): Seen => ({ sessions: [], settled: [], logged: [], free: [], closed: 0 });

test("a process that cannot be started closes its session and leaves no timer behind", () => {
  vi.useFakeTimers();
  const seen = nothing();
  expect(() => startFunctionProcess(optionsFor(seen, { TEXT: "a\0b" }))).toThrow("null bytes");
  expect(seen.closed).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("an invocation that cannot be handed over fails alone, and its process with it", async () => {
  const seen = nothing();
  const process = startFunctionProcess(optionsFor(seen));
  const [session] = seen.sessions;
  session?.next(() => {
    throw new TypeError("Invalid character in header content");
  });
  expect(seen.free).toEqual([process]);
  process.run({
    requestId: "r",
    payload: new Uint8Array(),
    trace: "Root=1-0-0",
    wantsLog: false,
    since: 0,
    settle: (outcome) => void seen.settled.push(outcome),
  });
  const [outcome] = seen.settled;
  expect(outcome?.kind).toBe("failed");
  expect(outcome?.kind === "failed" && Buffer.from(outcome.payload).toString()).toContain("Invalid character");
  expect(process.stale).toBe(true);
  await process.ended;
  expect(seen.settled).toHaveLength(1);
  expect(seen.logged.at(-1)).toContain("Status: error\tError Type: Runtime.Unknown");
});

test("a log that cannot be written costs its lines and nothing else", () => {
  const lines: string[] = [];
  const fail = (): never => {
    throw new Error("ENOENT: no such file or directory");
  };
  const env = {
    partition: "aws",
    region: "us-east-1",
    accountId: "0",
    clock: systemClock,
    log: (line: string) => void lines.push(line),
  } as unknown as CloudEnvironment;
  const sink: LogSink = { hasGroup: () => false, ensureGroup: fail, ensureStream: fail, append: fail };
  const roles = { allows: () => true } as unknown as Roles;
  const record = { name: "f", logGroup: "/aws/lambda/f", role: "r" } as FunctionRecord;
  openFunctionLog(env, roles, sink, record).write([{ timestamp: 0, message: "said" }]);
  expect(lines).toEqual(["log events of f lost: ENOENT: no such file or directory"]);
});
