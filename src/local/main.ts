// The local cloud as a process of its own: started by a command, found by its `cloud.json`, ended over HTTP.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { AlreadyRunning, claimFolder } from "./claim.ts";
import type { Claim } from "./claim.ts";
import { RegionConflict, startCloud } from "./cloud.ts";
import type { Cloud, CloudOptions } from "./cloud.ts";
import { discardData } from "./discard.ts";
import { compileEarly } from "./early-compile.ts";

/** Exit codes that tell the starting command why there is no cloud. */
const EXIT = { failed: 1, alreadyRunning: 3, regionConflict: 4 } as const;
/** A cloud whose folder has vanished ends within 5 s. */
const WATCH_MS = 2000;
/** Whatever keeps a closed cloud from ending is cut off, also within those 5 s. */
const LAST_RESORT_MS = 2500;

async function main(): Promise<void> {
  // Whoever read our output may be gone; that is no reason to end.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  const { discard, only, ...options } = optionsOf(process.argv.slice(2));
  if (discard) process.stdout.write(`${JSON.stringify({ holds: await discardData(options.folder, only) })}\n`);
  else await serve(options);
}

async function serve(options: ProcessOptions): Promise<void> {
  const claim = await claimFolder(options.folder);
  let isEnding = false;
  let cloud: Cloud;
  try {
    cloud = await startCloud({
      ...options,
      onStop: ({ erase }) => end(erase ? "erased" : "stopped", erase),
      onChange: () => publish(claim, cloud, options),
    });
  } catch (error) {
    claim.release();
    throw error;
  }
  // Heard from the first moment at which somebody can know of this process.
  process.on("SIGTERM", () => end("SIGTERM", false));
  process.on("SIGINT", () => end("SIGINT", false));
  process.on("uncaughtException", (error) => {
    log(`uncaught: ${error.stack ?? error.message}`);
    process.exitCode = EXIT.failed;
    end("an error that nobody expected", false);
  });
  publish(claim, cloud, options);
  log(`listening on ${cloud.url}`);
  const watch = setInterval(() => {
    if (!claim.isHeld()) end("its folder is gone or another process has it", false);
  }, WATCH_MS);

  function end(why: string, erase: boolean): void {
    if (isEnding) return;
    isEnding = true;
    clearInterval(watch);
    log(`ending: ${why}`);
    setTimeout(() => process.kill(process.pid, "SIGKILL"), LAST_RESORT_MS).unref();
    void cloud
      .close()
      .then(() => {
        // Erased while it is still ours: whoever starts a cloud here next must not lose its data.
        if (erase) rmSync(options.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
        claim.release();
      })
      .catch((error: unknown) => log(`ending failed: ${String(error)}`));
  }
}

type ProcessOptions = CloudOptions & Required<Pick<CloudOptions, "version" | "startedBy" | "anyCredentials">>;

/** @throws {TypeError} for an option that this process does not know */
function optionsOf(args: string[]): ProcessOptions & { readonly discard: boolean; readonly only: string[] } {
  const { values } = parseArgs({
    args,
    options: {
      folder: { type: "string" },
      region: { type: "string" },
      port: { type: "string" },
      "started-by": { type: "string", default: "user" },
      "any-credentials": { type: "boolean", default: false },
      speed: { type: "string" },
      // Not to serve, but to delete the data if nothing is in it but these.
      discard: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  if (values.folder === undefined) throw new TypeError("--folder is needed");
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError("--port is a number up to 65535");
  const speed = values.speed === undefined ? undefined : Number(values.speed);
  if (speed !== undefined && !(speed >= 1 && speed <= 3600)) throw new TypeError("--speed is a number from 1 to 3600");
  return {
    folder: resolve(values.folder),
    ...(speed !== undefined && { speed }),
    ...(values.region !== undefined && { region: values.region }),
    ...(port !== 0 && { port }),
    startedBy: values["started-by"] === "command" ? "command" : "user",
    anyCredentials: values["any-credentials"],
    version: packageVersion(),
    log,
    discard: values.discard,
    only: values.only,
  };
}

function publish(claim: Claim, cloud: Cloud, { version, anyCredentials }: ProcessOptions): void {
  const { url, port, region, accountId, credentials, portsChanged, speed, startedBy } = cloud;
  claim.publish({
    pid: process.pid,
    url,
    port,
    region,
    accountId,
    ...credentials,
    startedBy: startedBy(),
    version,
    portsChanged,
    anyCredentials,
    speed,
    node: process.versions.node,
  });
  for (const { api = "the control port", from, to } of portsChanged) log(`${api}: port ${from} is taken, using ${to}`);
}

/** Version in the package's own package.json, above `dist/` as above `src/`. */
function packageVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (folder !== dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) {
      const found: { name?: unknown; version?: unknown } = JSON.parse(readFileSync(file, "utf8"));
      if (found.name === "awsls") return String(found.version);
    }
    folder = dirname(folder);
  }
  return "";
}

function log(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

compileEarly();
try {
  await main();
} catch (error) {
  process.exitCode =
    error instanceof AlreadyRunning
      ? EXIT.alreadyRunning
      : error instanceof RegionConflict
        ? EXIT.regionConflict
        : EXIT.failed;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
