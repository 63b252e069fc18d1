// How an invocation ends: answers, errors, timeouts, crashes, and what of it Invoke returns and the log shows.

import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { testFunctions } from "../functions.ts";
import type { TestFunctions } from "../functions.ts";
import { zipOf } from "../zip.ts";

let cloud: TestCloud;
let functions: TestFunctions;

beforeAll(async () => {
  cloud = await startTestCloud();
  functions = await testFunctions(cloud);
});
afterAll(() => cloud.close());

const TAIL = { LogType: "Tail" } as const;

test("the handler's value is the payload, its output and AWS's own lines the log", async () => {
  const code = `export const handler = async (event, context) => {
    console.log("hello", event);
    console.error(new Error("only logged").message);
    process.stdout.write("raw\\n");
    return { got: event, id: context.awsRequestId };
  };`;
  await functions.create("echo", code, { MemorySize: 256 });
  const { status, error, payload, log } = await functions.invoke("echo", { a: 1 }, TAIL);
  expect({ status, error }).toEqual({ status: 200, error: undefined });
  const { got, id } = payload as { got: unknown; id: string };
  expect(got).toEqual({ a: 1 });
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
  const report = String.raw`Duration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB`;
  expect(log).toMatch(
    new RegExp(
      `^START RequestId: ${id} Version: \\$LATEST\n${time}\t${id}\tINFO\thello { a: 1 }\n` +
        `${time}\t${id}\tERROR\tonly logged\nraw\nEND RequestId: ${id}\n` +
        `REPORT RequestId: ${id}\t${report}\tInit Duration: [\\d.]+ ms\t\n$`,
    ),
  );
  const second = await functions.invoke("echo", {}, TAIL);
  expect(second.log).not.toContain("Init Duration");
});

test("a thrown error", async () => {
  await functions.create("throws", `export const handler = async () => { throw new TypeError("no good"); };`);
  const { status, error, payload, log } = await functions.invoke("throws", {}, TAIL);
  expect({ status, error }).toEqual({ status: 200, error: "Unhandled" });
  expect(payload).toMatchObject({ errorType: "TypeError", errorMessage: "no good" });
  expect((payload as { trace: string[] }).trace).toEqual([
    "TypeError: no good",
    expect.stringMatching(/^ {4}at .*file:\/\/\/var\/task\/index\.mjs:1:\d+\)$/),
  ]);
  expect(log).toContain(`\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"no good"`);
});

test("errors read as on AWS: the code is in /var/task, and nothing of the runtime or of Node's insides is told", async () => {
  const code = `import { readFileSync } from "node:fs";
    const read = () => readFileSync("/nowhere/at/all");
    export const handler = async ({ logs, later }) => {
      if (later) await new Promise((resolve) => setTimeout(resolve, 1));
      try { read(); } catch (error) {
        if (!logs) throw error;
        console.error("was:", error);
        console.log(import.meta.url);
      }
    };`;
  await functions.create("reads", code);
  for (const event of [{}, { later: true }]) {
    const { payload, log } = await functions.invoke("reads", event, TAIL);
    const { trace } = payload as { trace: string[] };
    expect(trace[0]).toMatch(/^Error: ENOENT/);
    // Node's own frame that is not internal stays: it is what the code called.
    expect(trace.slice(1).map((line) => line.replace(/:\d+:\d+\)?$/, ""))).toEqual([
      expect.stringMatching(/openSync \(node:fs$/),
      expect.stringMatching(/readFileSync \(node:fs$/),
      "    at read (file:///var/task/index.mjs",
      expect.stringMatching(/^ {4}at .*file:\/\/\/var\/task\/index\.mjs$/),
    ]);
    expect(log).not.toMatch(/function-runtime|node:internal/);
    expect(log).toContain("file:///var/task/index.mjs:2:");
  }
  const { log } = await functions.invoke("reads", { logs: true }, TAIL);
  expect(log).toMatch(/\tERROR\twas: Error: ENOENT/);
  expect(log).toContain("    at read (file:///var/task/index.mjs:2:");
  expect(log).not.toMatch(/function-runtime|node:internal/);
  // What the code itself says stays what it said.
  expect(log).toMatch(/\tINFO\tfile:\/\/\/.*\/lambda\/code\/[0-9a-f]+\/index\.mjs/);
});

test("code that cannot be loaded says so in its own terms", async () => {
  await functions.create("lacks", `import "./other.mjs"; export const handler = () => 1;`);
  const { payload } = await functions.invoke("lacks");
  const { errorMessage, trace } = payload as { errorMessage: string; trace: string[] };
  expect(errorMessage).toBe("Cannot find module '/var/task/other.mjs' imported from /var/task/index.mjs");
  expect(trace.join("\n")).not.toMatch(/function-runtime|node:internal/);
});

test("a rejection that nobody listens to ends the process, and the next invocation gets a new one", async () => {
  const code = `let count = 0;
    export const handler = async (event) => {
      count++;
      if (event.reject) { Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 500)); }
      return count;
    };`;
  await functions.create("rejects", code);
  expect((await functions.invoke("rejects")).payload).toBe(1);
  const { error, payload, log } = await functions.invoke("rejects", { reject: true }, TAIL);
  expect(error).toBe("Unhandled");
  expect(payload).toMatchObject({ errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: lost" });
  expect(log).toContain("Unhandled Promise Rejection");
  expect((await functions.invoke("rejects")).payload).toBe(1);
});

test("an error that nobody catches between two invocations ends the process, and the next one gets a new one", async () => {
  const code = `let count = 0;
    export const handler = async () => {
      setTimeout(() => { throw new Error("late"); }, 20);
      return ++count;
    };`;
  await functions.create("late", code);
  expect((await functions.invoke("late")).payload).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { error, payload } = await functions.invoke("late");
  expect([error, payload]).toEqual([undefined, 1]);
});

test("process.exit and a kill", async () => {
  const code = `export const handler = async (event) => {
    console.log("last words");
    if (event.kill) process.kill(process.pid, "SIGKILL"); else process.exit(event.code);
  };`;
  await functions.create("exits", code);
  const exited = await functions.invoke("exits", { code: 3 }, TAIL);
  expect(exited.error).toBe("Unhandled");
  expect(exited.payload).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3$/),
  });
  expect(exited.log).toContain("last words");
  expect(exited.log).toContain("Status: error\tError Type: Runtime.ExitError");
  const silent = await functions.invoke("exits", { code: 0 });
  expect((silent.payload as { errorMessage: string }).errorMessage).toContain(
    "Runtime exited without providing a reason",
  );
  const killed = await functions.invoke("exits", { kill: true });
  expect((killed.payload as { errorMessage: string }).errorMessage).toContain("signal: killed");
});

test("a timeout ends the process, also one that never yields", async () => {
  const code = `export const handler = async (event) => {
    console.log("before");
    if (event.spin) for (;;);
    await new Promise((resolve) => setTimeout(resolve, 5000));
  };`;
  await functions.create("slow", code, { Timeout: 1 });
  for (const event of [{}, { spin: true }]) {
    const { error, payload, log } = await functions.invoke("slow", event, TAIL);
    expect(error).toBe("Unhandled");
    expect(payload).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/),
    });
    expect(log).toMatch(/\tINFO\tbefore\n.* Task timed out after 1\.00 seconds\n\nEND/);
    expect(log).toContain("Status: timeout");
  }
});

test("an answer over 6 MB, one that is no JSON, none at all", async () => {
  const code = `export const handler = async (event) => {
    if (event === "large") return "x".repeat(6_300_000);
    if (event === "bigint") return 1n;
  };`;
  await functions.create("odd", code);
  const large = await functions.invoke("odd", "large");
  expect(large.payload).toEqual({
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
  });
  expect((await functions.invoke("odd", "bigint")).payload).toMatchObject({ errorType: "Runtime.MarshalError" });
  expect(await functions.invoke("odd", "nothing")).toMatchObject({ error: undefined, payload: null });
});

test("a handler that never settles with nothing left to do", async () => {
  const code = "export const handler = () => new Promise(() => {});";
  await functions.create("stuck-24", code, { Timeout: 10 });
  expect((await functions.invoke("stuck-24")).payload).toMatchObject({ errorType: "Runtime.ExitError" });
  await functions.create("stuck-22", code, { Timeout: 10, Runtime: "nodejs22.x" });
  expect(await functions.invoke("stuck-22")).toMatchObject({ error: undefined, payload: null });
});

test.each([
  ["no-module", "missing.handler", {}, "Runtime.ImportModuleError", "Error: Cannot find module 'missing'"],
  ["no-export", "index.other", {}, "Runtime.HandlerNotFound", "index.other is undefined or not exported"],
  ["no-function", "index.value", {}, "Runtime.HandlerNotFound", "index.value is not a function"],
  ["no-name", "index", {}, "Runtime.MalformedHandlerName", "Bad handler"],
  ["no-syntax", "bad.handler", {}, "Runtime.UserCodeSyntaxError", "SyntaxError: "],
  ["no-package", "imports.handler", {}, "Error", "Cannot find package 'not-there-at-all'"],
  ["no-load", "throws.handler", {}, "RangeError", "while loading"],
  ["callback-24", "index.callback", {}, "Runtime.CallbackHandlerDeprecated", "Node.js 24"],
])("a handler that cannot be loaded: %s", async (name, Handler, settings, errorType, message) => {
  const zip = zipOf({
    "index.mjs": "export const value = 1; export const callback = (event, context, callback) => callback(null, 1);",
    "bad.mjs": "export const handler = async () => { return {; };",
    "imports.mjs": `import "not-there-at-all"; export const handler = async () => 1;`,
    "throws.mjs": `throw new RangeError("while loading");`,
  });
  await functions.create(name, zip, { Handler, ...settings });
  for (let attempt = 0; attempt < 2; attempt++) {
    const { error, payload } = await functions.invoke(name);
    expect(error).toBe("Unhandled");
    expect(payload).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) });
  }
  const { log } = await functions.invoke(name, {}, TAIL);
  expect(log).toContain(errorType);
});

test("CommonJS, a folder in the handler's name, an export below another, callbacks on Node.js 22", async () => {
  const zip = zipOf({
    "lib/main.js":
      "exports.api = { run: async () => 'nested' }; exports.old = (e, c, callback) => callback(null, 'called');",
  });
  await functions.create("cjs", zip, { Handler: "lib/main.api.run" });
  expect((await functions.invoke("cjs")).payload).toBe("nested");
  await functions.create("callback-22", zip, { Handler: "lib/main.old", Runtime: "nodejs22.x" });
  expect((await functions.invoke("callback-22")).payload).toBe("called");
});

test("an entry that others may not read", async () => {
  const zip = zipOf([{ path: "index.mjs", content: "export const handler = async () => 1;", mode: 0o100600 }]);
  await functions.create("unreadable", zip);
  const { payload } = await functions.invoke("unreadable");
  expect(payload).toMatchObject({ errorMessage: expect.stringContaining("EACCES: permission denied") });
});

test("deflated entries in folders, and an empty event without a payload", async () => {
  const zip = zipOf([
    { path: "lib/", content: "", mode: 0o040755 },
    { path: "lib/value.mjs", content: `export const value = "${"v".repeat(1000)}";`, deflate: true },
    {
      path: "index.mjs",
      content: `import { value } from "./lib/value.mjs"; export const handler = async (e) => [value.length, e];`,
      deflate: true,
    },
  ]);
  await functions.create("deflated", zip);
  const { payload } = await functions.invoke("deflated");
  expect(payload).toEqual([1000, {}]);
});

test("a runtime that this cloud cannot run", async () => {
  await functions.create("snake", zipOf({ "index.py": "" }), { Runtime: "python3.13" });
  expect((await functions.invoke("snake")).payload).toEqual({
    errorType: "Runtime.InvalidEntrypoint",
    errorMessage: "The local cloud runs Node.js functions only, not python3.13",
  });
});
