// Values of options that are more than text, checked before anything is called.

import type { StartOptions } from "../commands/context.ts";
import type { TestOptions } from "../commands/test.ts";
import { Problem } from "../core/problem.ts";
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
