// Pinned Python packages in virtual environments below .cache/, one for each set, made at the first use.

import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CACHE = fileURLToPath(new URL("../../.cache", import.meta.url));
const run = promisify(execFile);

/**
 * @typedef {object} Environment
 * @property {string} python its interpreter
 * @property {string} bin the folder of its commands
 */

/**
 * The virtual environment with these packages.
 * @param {string} name of its folder
 * @param {string[]} packages each with its version: `boto3==1.44.8`
 * @returns {Promise<Environment>}
 * @throws {Error} saying what to install when there is no Python that can
 */
export async function installPackages(name, packages) {
  const venv = join(CACHE, name);
  const bin = join(venv, process.platform === "win32" ? "Scripts" : "bin");
  const python = join(bin, process.platform === "win32" ? "python.exe" : "python");
  // Written last: without it the folder is what a run that was cut off has left.
  const marker = join(venv, "packages.txt");
  const installed = await readFile(marker, "utf8").catch(() => undefined);
  if (installed === packages.join("\n")) return { python, bin };
  const base = await findPython();
  await rm(venv, { recursive: true, force: true });
  await mkdir(dirname(venv), { recursive: true });
  await run(base, ["-m", "venv", venv]).catch((/** @type {{ stdout?: string, stderr?: string }} */ error) => {
    throw new Error(
      `${base} cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv)\n${error.stdout ?? ""}${error.stderr ?? ""}`,
    );
  });
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
  await writeFile(marker, packages.join("\n"));
  return { python, bin };
}

/** @returns {Promise<string>} a Python of 3.10 or later */
async function findPython() {
  const names = ["python3", "python", "python3.13", "python3.12", "python3.11", "python3.10"];
  for (const name of names) {
    const found = await run(name, ["-c", "import sys; print(sys.version_info >= (3, 10))"]).catch(() => undefined);
    if (found?.stdout.trim() === "True") return name;
  }
  throw new Error("Python 3.10 or later is needed (looked for python3 and python): https://www.python.org");
}

export const AWSCLI = "1.46.2";
export const BOTO3 = "1.44.8";
/** Signs in to user pools through boto3, with an SRP of its own. */
const PYCOGNITO = "2024.5.1";

/**
 * AWS's own tools, in one environment for all that need them.
 * @returns {ReturnType<typeof installPackages>}
 */
export function installAwsTools() {
  const packages = [`awscli==${AWSCLI}`, `boto3==${BOTO3}`, `pycognito==${PYCOGNITO}`];
  return installPackages(`awscli-${AWSCLI}-boto3-${BOTO3}-pycognito-${PYCOGNITO}`, packages);
}
