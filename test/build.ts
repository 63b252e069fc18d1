// Before the tests: dist as the sources are now, because processes that tests start run from it.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ENTRIES = {
  cli: "src/cli/main.ts",
  "local-cloud": "src/local/main.ts",
  "function-runtime": "src/local/lambda/runtime/bootstrap.ts",
} as const;

export function setup(): void {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const present = Object.entries(ENTRIES).filter(([, file]) => existsSync(`${root}/${file}`));
  const all = present.length === Object.keys(ENTRIES).length;
  const targets = all ? [] : [...present.map(([name]) => name), "runtime-sdk"];
  execFileSync(process.execPath, ["build.mjs", ...targets], { cwd: root, stdio: "inherit" });
}
