// The package as npm would publish it, installed in an empty folder: the same journey.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cleanEnvironment, ROOT, run } from "./awsls.ts";

/** The npm that runs the tests; by its own script, for Node.js on Windows does not start `npm.cmd` without a shell. */
function npm(args: readonly string[], cwd: string): string {
  const script = process.env["npm_execpath"];
  const options = { cwd, env: cleanEnvironment(), encoding: "utf8" as const, stdio: "pipe" as const };
  if (script !== undefined) return execFileSync(process.execPath, [script, ...args], options);
  return execFileSync("npm", args, { ...options, shell: process.platform === "win32" });
}

it("npm pack, npm install, up --local, test, down; eject, and the same", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "awsls-pack-"));
  try {
    // The tests' own build is what is packed; building again would change files under running tests.
    const packed = npm(["pack", "--ignore-scripts", "--pack-destination", folder, "--json"], ROOT);
    const [{ filename } = { filename: "" }] = JSON.parse(packed) as { filename: string }[];
    writeFileSync(join(folder, "package.json"), '{"private": true}');
    npm(["install", "--no-audit", "--no-fund", join(folder, filename)], folder);
    const bin = join(folder, "node_modules", "awsls", "bin", "awsls.cjs");
    const before = readdirSync(folder);
    const all = async (...commands: string[][]): Promise<void> => {
      for (const args of commands) {
        const outcome = await run([bin, ...args], folder);
        expect(outcome.code, outcome.stderr).toBe(0);
      }
    };
    await all(["up", "--local"], ["test"], ["down"]);
    expect(readdirSync(folder)).toEqual(before);
    await all(["function", "eject"], ["up", "--local"], ["test"], ["down"], ["function", "eject", "--undo"]);
    expect(readdirSync(folder)).toEqual(["handlers", ...before].toSorted());
    const [copy, original] = [folder, ROOT].map((root) => readFileSync(join(root, "handlers/crud/index.mjs")));
    expect(copy).toEqual(original);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
