// Where this package is installed: above `dist/` as above `src/`.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** @throws {Error} when the package is incomplete */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file) && nameIn(file) === "awsls") return folder;
  }
  throw new Error("awsls is not installed completely: its package.json is missing");
}

export function packageVersion(): string {
  const found = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version?: string };
  return found.version ?? "";
}

function nameIn(file: string): unknown {
  return (JSON.parse(readFileSync(file, "utf8")) as { name?: unknown }).name;
}
