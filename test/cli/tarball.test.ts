// The package as npm would publish it, installed in an empty folder: the same journey.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cleanEnvironment, ROOT, run } from "./awsls.ts";

const NPM = process.platform === "win32" ? "npm.cmd" : "npm";

it("npm pack, npm install, up --local, test, down", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "awsls-pack-"));
  try {
    const env = cleanEnvironment();
    // The tests' own build is what is packed; building again would change files under running tests.
    const packed = execFileSync(NPM, ["pack", "--ignore-scripts", "--pack-destination", folder, "--json"], {
      cwd: ROOT,
      env,
      encoding: "utf8",
    });
    const [{ filename } = { filename: "" }] = JSON.parse(packed) as { filename: string }[];
    writeFileSync(join(folder, "package.json"), '{"private": true}');
    execFileSync(NPM, ["install", "--no-audit", "--no-fund", join(folder, filename)], {
      cwd: folder,
      env,
      stdio: "pipe",
    });
    const bin = join(folder, "node_modules", "awsls", "bin", "awsls.cjs");
    const before = readdirSync(folder);
    for (const args of [["up", "--local"], ["test"], ["down"]]) {
      const outcome = await run([bin, ...args], folder);
      expect(outcome.code, outcome.stderr).toBe(0);
    }
    expect(readdirSync(folder)).toEqual(before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
