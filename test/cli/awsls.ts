// The real executable in a folder of its own, with nothing of the developer's AWS settings.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BIN = join(ROOT, "bin", "awsls.cjs");

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
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
  /** For SDK clients on the local cloud of this folder. */
  clientConfig(): Promise<ClientConfig>;
  /** Ends a local cloud that a failed test left, and deletes the folder. */
  close(): Promise<void>;
}

export function openWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "awsls-cli-"));
  const awslsWith = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Outcome> => run([BIN, ...args], folder, env);
  return {
    folder,
    awslsWith,
    awsls: (...args) => awslsWith({}, ...args),
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
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env: cleanEnvironment(env), stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
