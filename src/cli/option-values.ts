// Values of options that are more than text, checked before anything is called.

import { readFileSync } from "node:fs";
import type { InvokeOptions } from "../commands/invoke-handler.ts";
import type { LogsOptions } from "../commands/logs.ts";
import type { StartOptions } from "../commands/context.ts";
import type { EjectOptions } from "../commands/function-eject.ts";
import type { TestOptions } from "../commands/test.ts";
import { isLoggedFunction } from "../core/logged-functions.ts";
import { HANDLERS } from "../core/names.ts";
import { type OptionRule, Problem } from "../core/problem.ts";
import type { OptionValues } from "./command.ts";
import { requireRegion } from "./target.ts";

/** @throws {Problem} `InvalidOption` for a price that is no number, an id that no URL can carry */
export function toTestOptions({ id, price, name, keep }: OptionValues): TestOptions {
  if (typeof id === "string" && (id === "" || id === "." || id === ".." || /[/?]/.test(id))) {
    throw new Problem("InvalidOption", {
      option: "--id",
      value: id,
      must: "itemId",
    });
  }
  return {
    ...(typeof id === "string" ? { id } : {}),
    ...(typeof price === "string" ? { price: toNumber("--price", price) } : {}),
    ...(typeof name === "string" ? { name } : {}),
    keep: keep === true,
  };
}

/** @throws {Problem} `InvalidOption`, `InvalidRegion` */
export function toStartOptions({ region, port, anyCredentials, speed }: OptionValues): StartOptions {
  const number = typeof port === "string" ? toNumber("--port", port) : undefined;
  if (number !== undefined && !(Number.isInteger(number) && number > 0 && number < 65_536)) {
    throw new Problem("InvalidOption", {
      option: "--port",
      value: String(port),
      must: "port",
    });
  }
  return {
    ...(typeof region === "string" ? { region: requireRegion(region) } : {}),
    ...(number === undefined ? {} : { port: number }),
    anyCredentials: anyCredentials === true,
    ...(typeof speed === "string" ? { speed: toSpeed(speed) } : {}),
  };
}

function toSpeed(value: string): number {
  const speed = toNumber("--speed", value);
  if (speed < 1 || speed > 3600) throw new Problem("InvalidOption", { option: "--speed", value, must: "speed" });
  return speed;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DEFAULT_SINCE = "10m";

/** @throws {Problem} `InvalidOption` for a function that has no log, a time that is none or to come, a dry run without an end */
export function toLogsOptions({ function: name = "crud", since = DEFAULT_SINCE, ...more }: OptionValues): LogsOptions {
  if (!isLoggedFunction(name)) {
    throw new Problem("InvalidOption", { option: "logs", value: String(name), must: "loggedFunction" });
  }
  if (more["follow"] === true) requireRun("--follow", more);
  return { function: name, since: toSince(String(since)) };
}

function toSince(value: string): LogsOptions["since"] {
  const [, count, unit = ""] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
  const ago = Number(count) * (UNITS[unit] ?? 0);
  if (ago > 0) return { ago };
  // Without a zone it is the time here; other shapes than ISO 8601 mean different things to different engines.
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
  if (Number.isNaN(at)) throw new Problem("InvalidOption", { option: "--since", value, must: "since" });
  if (at > Date.now()) throw new Problem("InvalidOption", { option: "--since", value, must: "past" });
  return { at };
}

/** Lambda's own limit of a synchronous event. */
const MAX_PAYLOAD = 6 * 1024 * 1024;

/** @throws {Problem} `InvalidOption` for what is no JSON, a file that is none, more than Lambda takes */
export function toInvokeOptions({ payload: given }: OptionValues): InvokeOptions {
  if (typeof given !== "string") return {};
  const refused = (must: OptionRule): Problem => {
    const value = given.length > 60 ? `${given.slice(0, 60)}…` : given;
    return new Problem("InvalidOption", { option: "--payload", value, must });
  };
  let payload = given;
  if (given.startsWith("@")) {
    try {
      payload = readFileSync(given.slice(1), "utf8").replace(/^\uFEFF/, "");
    } catch {
      throw refused("payloadFile");
    }
  }
  if (Buffer.byteLength(payload) > MAX_PAYLOAD) throw refused("payloadSize");
  try {
    JSON.parse(payload);
  } catch {
    throw refused("json");
  }
  return { payload };
}

/** @throws {Problem} `InvalidOption` for a handler that is none, and for options that exclude each other */
export function toEjectOptions({ handler, undo, useExisting }: OptionValues): EjectOptions {
  const name = HANDLERS.find((each) => each === (handler ?? HANDLERS[0]));
  if (name === undefined)
    throw new Problem("InvalidOption", { option: "[handler]", value: String(handler), must: "handler" });
  if (undo === true && useExisting === true)
    throw new Problem("InvalidOption", { option: "--use-existing", value: "", must: "noUndo" });
  return { handler: name, undo: undo === true, useExisting: useExisting === true };
}

/**
 * Of what goes on until Ctrl-C.
 * @throws {Problem} `InvalidOption` in a dry run
 */
export function requireRun(option: string, { dryRun }: OptionValues): void {
  if (dryRun === true) throw new Problem("InvalidOption", { option, value: "", must: "noFollowing" });
}

/** @throws {Problem} `InvalidOption` for `--watch` of what is not deployed */
export function requireWatchable({ watch, dryRun }: OptionValues): void {
  if (watch === true && dryRun === true)
    throw new Problem("InvalidOption", { option: "--watch", value: "", must: "deploys" });
}

function toNumber(option: string, value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number))
    throw new Problem("InvalidOption", { option, value, must: "number" });
  return number;
}

/** @throws {Problem} `InvalidOption` for an architecture or role that AWS does not know */
export function toCodeOptions({ architecture, bundle, roleArn }: OptionValues): {
  architecture?: "x86_64" | "arm64";
  bundle?: boolean;
  /** False: the stack's own again. */
  roleArn?: string | false;
} {
  if (architecture !== undefined && architecture !== "x86_64" && architecture !== "arm64") {
    throw new Problem("InvalidOption", {
      option: "--architecture",
      value: String(architecture),
      must: "architecture",
    });
  }
  if (typeof roleArn === "string" && !/^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/.+$/.test(roleArn)) {
    throw new Problem("InvalidOption", {
      option: "--role-arn",
      value: roleArn,
      must: "roleArn",
    });
  }
  return {
    ...(architecture === undefined ? {} : { architecture }),
    ...(typeof bundle === "boolean" ? { bundle } : {}),
    ...(typeof roleArn === "string" || roleArn === false ? { roleArn } : {}),
  };
}
