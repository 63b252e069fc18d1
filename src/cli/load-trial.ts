// Loads a handler as Lambda would, in a process of its own, before it is deployed: what `node --check` cannot see, such as
// a misspelt import, shows only when it is loaded. The function's runtime does it; this is the other end of its Runtime API.

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import type { LoadFailure } from "../commands/context.ts";
import { type CodeSource, copyCode } from "../stack/code.ts";
import { systemEnvironment } from "./local-process.ts";
import { packageRoot } from "./package-root.ts";

/** What Lambda gives a function to load. */
const LOAD_MS = 10_000;

const failureSchema = v.object({
  errorType: v.string(),
  errorMessage: v.string(),
  trace: v.optional(v.array(v.string()), []),
});

/**
 * Runs what stands outside the handler, once, with no AWS credentials; the handler itself is not called.
 * @param variables of the function
 * @returns undefined when it could be loaded, or could not be tried, with packages of its own
 */
export async function tryLoading(
  source: CodeSource,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<LoadFailure | undefined> {
  // They would have to be copied at every save; in place, Node would see the project's packages as well.
  if (existsSync(join(source.folder, "node_modules"))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "awsls-load-"));
  const token = randomBytes(16).toString("hex");
  let child: ChildProcess | undefined;
  const server = createServer();
  const done = new AbortController();
  try {
    const code = await unpack(source, folder);
    const heard = hear(server, token);
    const runtimeApi = `127.0.0.1:${await listen(server)}/${token}`;
    child = spawnRuntime(code, { ...variables, AWS_LAMBDA_RUNTIME_API: runtimeApi, LAMBDA_TASK_ROOT: code });
    const failure = await Promise.race([heard, ended(child), over(signal, done.signal)]);
    if (failure === undefined) return undefined;
    const [errorMessage = "", ...trace] = [failure.errorMessage, ...failure.trace].map((line) =>
      inPlace(line, source.folder),
    );
    return { errorType: failure.errorType, errorMessage, trace };
  } finally {
    done.abort();
    if (child !== undefined) end(child);
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  }
}

/** As the local cloud lays it out: the SDK beside the code, and nothing of the learner's project above it. */
async function unpack(source: CodeSource, folder: string): Promise<string> {
  const sdk = join(packageRoot(), "dist", "runtime-sdk", "node_modules");
  writeFileSync(join(folder, "package.json"), "{}\n");
  symlinkSync(sdk, join(folder, "node_modules"), "junction");
  const code = join(folder, "code");
  await copyCode(source, code);
  return code;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * @returns undefined when the runtime asks for its first invocation: the handler is loaded
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
function hear(server: Server, token: string): Promise<LoadFailure | undefined> {
  return new Promise((resolve) => {
    server.on("request", (request, response) => {
      if (request.url === `/${token}/2018-06-01/runtime/invocation/next`) return resolve(undefined);
      if (request.url !== `/${token}/2018-06-01/runtime/init/error`) return void response.writeHead(404).end();
      void read(request).then((body) => {
        response.writeHead(202).end();
        const said = v.safeParse(v.pipe(v.string(), v.parseJson(), failureSchema), body);
        resolve(said.success ? said.output : undefined);
      });
    });
  });
}

async function read(request: IncomingMessage): Promise<string> {
  let body = "";
  request.setEncoding("utf8");
  for await (const chunk of request) body += String(chunk);
  return body;
}

function spawnRuntime(cwd: string, variables: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [join(packageRoot(), "dist", "function-runtime.js")], {
    cwd,
    // Its group ends with it; the pipe tells it when this process is gone.
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["pipe", "ignore", "ignore", "ignore"],
    env: {
      ...systemEnvironment(),
      ...variables,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: "true",
      _HANDLER: "index.handler",
    },
  });
  child.stdin?.on("error", () => undefined);
  return child;
}

/** As Lambda says it; a process that could not be started is no fault of the code. */
function ended(child: ChildProcess): Promise<LoadFailure | undefined> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("exit", (code, signal) => {
      const failure = failed("Runtime.ExitError", `Runtime exited: ${code === null ? signal : `exit status ${code}`}`);
      // What it said last may still be on its way.
      setTimeout(() => resolve(failure), 100);
    });
  });
}

function failed(errorType: string, errorMessage: string): LoadFailure {
  return { errorType, errorMessage, trace: [] };
}

/** @param done when nobody waits for it any more */
function over(signal: AbortSignal, done: AbortSignal): Promise<LoadFailure | undefined> {
  return new Promise((resolve) => {
    const tooSlow = failed("InitTimeout", `not loaded after ${LOAD_MS / 1000} s`);
    const timer = setTimeout(() => resolve(tooSlow), LOAD_MS);
    signal.addEventListener("abort", () => resolve(undefined), { once: true, signal: done });
    done.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

function end(child: ChildProcess): void {
  try {
    if (process.platform === "win32" || child.pid === undefined) child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/** The learner's own path instead of the one that Lambda's runtime tells. */
function inPlace(line: string, folder: string): string {
  const inUrl = folder.replaceAll("\\", "/").replace(/^(?!\/)/, "/");
  return line.replaceAll("file:///var/task", `file://${inUrl}`).replaceAll("/var/task", folder);
}
