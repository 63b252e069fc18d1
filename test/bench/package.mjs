// What an installation weighs: the package, and all that npm puts beside it.

import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { note } from "./figures.mjs";
import { ROOT } from "./stack.mjs";

const run = promisify(execFile);

export async function packageSize() {
  const folder = await mkdtemp(join(tmpdir(), "awsls-bench-package-"));
  try {
    const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(
      await npm(ROOT, "pack", "--ignore-scripts", "--json", "--pack-destination", folder),
    );
    note("package", `${mb(size)} packed, ${mb(unpackedSize)} unpacked, ${entryCount} files`, { size, unpackedSize });
    await writeFile(join(folder, "package.json"), '{"private": true}');
    await npm(folder, "install", "--no-audit", "--no-fund", "--ignore-scripts", join(folder, filename));
    const packages = (await npm(folder, "ls", "--all", "--parseable")).trim().split("\n").length - 1;
    const bytes = await sizeOf(join(folder, "node_modules"));
    note("installed", `${packages} packages, ${mb(bytes)}`, { packages, bytes });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
async function npm(cwd, ...args) {
  const script = process.env["npm_execpath"];
  const { stdout } = await (script === undefined
    ? run("npm", args, { cwd, shell: process.platform === "win32" })
    : run(process.execPath, [script, ...args], { cwd }));
  return stdout;
}

/**
 * @param {string} folder
 * @returns {Promise<number>} bytes of all files in it
 */
async function sizeOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, each) => sum + each, 0);
}

function mb(/** @type {number} */ bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
