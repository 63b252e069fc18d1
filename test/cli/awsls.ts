// The real executable in a folder of its own, with nothing of the developer's AWS settings.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CloudRecord } from "../../src/local/claim.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BIN = join(ROOT, "bin", "awsls.cjs");

/** A learner's keys that nobody knows. */
export const KEYS = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLEEXAMPLE00", AWS_SECRET_ACCESS_KEY: "x".repeat(40) };

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
}

export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface Workplace {
  readonly folder: string;
  awsls(...args: string[]): Promise<Outcome>;
  awslsWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Outcome>;
  /** With that on stdin. */
  awslsFed(input: string, ...args: string[]): Promise<Outcome>;
  /** A command's `--json` on stdout. */
  json<T>(...args: string[]): Promise<T>;
  /** For a command that is to be interrupted. */
  start(env: NodeJS.ProcessEnv, ...args: string[]): Started;
  /** What the local cloud of this folder says of itself. */
  cloud(): CloudRecord;
  /** For SDK clients on the local cloud of this folder. */
  clientConfig(): Promise<ClientConfig>;
  /** A call of the local cloud's `/_awsls/<path>`. */
  lever<T>(method: string, path: string, body?: object): Promise<T>;
  /** ARNs of everything in the local cloud. */
  holds(): Promise<string[]>;
  /** Ends a local cloud that a failed test left, and deletes the folder. */
  close(): Promise<void>;
}

export function openWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "awsls-cli-"));
  const start = (env: NodeJS.ProcessEnv, ...args: string[]): Started => launch([BIN, ...args], folder, env);
  const awslsWith = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Outcome> => start(env, ...args).ended;
  const cloud = (): CloudRecord => JSON.parse(readFileSync(join(folder, ".awsls/local/cloud.json"), "utf8"));
  async function lever<T>(method: string, path: string, body?: object): Promise<T> {
    const { url, secretAccessKey } = cloud();
    const answer = await fetch(`${url}/_awsls/${path}`, {
      method,
      headers: { authorization: `Bearer ${secretAccessKey}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return (await answer.json()) as T;
  }
  return {
    folder,
    awslsWith,
    awsls: (...args) => awslsWith({}, ...args),
    awslsFed: (input, ...args) => launch([BIN, ...args], folder, {}, input).ended,
    json: async (...args) => JSON.parse((await awslsWith({}, ...args, "--json")).stdout),
    start,
    cloud,
    lever,
    holds: async () => (await lever<{ holds: string[] }>("GET", "inventory")).holds,
    async clientConfig() {
      const { stdout } = await awslsWith({}, "local", "env", "--json");
      const { variables } = JSON.parse(stdout) as { variables: Record<string, string> };
      const of = (name: string): string => variables[name] ?? "";
      return {
        endpoint: of("AWS_ENDPOINT_URL"),
        region: of("AWS_REGION"),
        credentials: { accessKeyId: of("AWS_ACCESS_KEY_ID"), secretAccessKey: of("AWS_SECRET_ACCESS_KEY") },
      };
    },
    async close() {
      await awslsWith({}, "local", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|npm_)/.test(name)));
  return {
    ...env,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    NO_COLOR: "1",
    ...extra,
  };
}

export function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return launch(args, cwd, env).ended;
}

function launch(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, input?: string): Started {
  const child = spawn(process.execPath, args, { cwd, env: cleanEnvironment(env), stdio: ["pipe", "pipe", "pipe"] });
  // Who reads none of it may have ended first.
  child.stdin.on("error", () => undefined).end(input);
  const ended = new Promise<Outcome>((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** Numbers of the processes that work on a folder or in it. Seen on Linux alone. */
export function processesOn(folder: string): number[] {
  if (process.platform !== "linux") return [];
  const isOnIt = (pid: string): boolean => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      // The command line of one that has ended is empty.
      return command !== "" && (command.includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder));
    } catch {
      return false;
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isOnIt(name))
    .map(Number);
}
