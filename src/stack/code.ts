// A handler's folder as the zip that Lambda gets: the same bytes on every machine, so that its hash tells whether it changed.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../core/problem.ts";

export interface PackagedCode {
  /** Base64, as Lambda's CodeSha256. */
  readonly sha256: string;
  readonly zip: Uint8Array;
}

export interface CodeSource {
  /** The handler's folder; everything in it is deployed, byte for byte. */
  readonly folder: string;
  /** A `node_modules` folder to put in, for runtimes that have no SDK. */
  readonly nodeModules?: string;
}

/** Zip's own epoch is 1980; a later fixed date is friendlier to old unzip tools in every time zone. */
const FIXED_DATE = new Date(Date.UTC(2000, 0, 1));
const CHECKED = /\.[cm]?js$/;

/**
 * Packs the folder: sorted, fixed dates, mode 0644, stored (deflate's output differs between zlib versions).
 * @throws {Problem} `HandlerMissing` when the folder or its `index.mjs` is not there
 */
export async function packageCode({ folder, nodeModules }: CodeSource): Promise<PackagedCode> {
  const files = await filesOf(folder, "");
  if (!files.some(({ name }) => name === "index.mjs")) {
    throw new Problem("HandlerMissing", { file: join(folder, "index.mjs") });
  }
  const bundled = nodeModules === undefined ? [] : await filesOf(nodeModules, "node_modules/");
  const zip = await zipOf([...files, ...bundled]);
  return { zip, sha256: createHash("sha256").update(zip).digest("base64") };
}

/**
 * Finds a syntax error before anything is deployed (`node --check`, nothing is run).
 * @throws {Problem} `HandlerSyntax` with Node's own words
 */
export async function checkSyntax(folder: string): Promise<void> {
  const files = (await filesOf(folder, "")).filter(({ name }) => CHECKED.test(name));
  await Promise.all(files.map(({ path }) => checkFile(path)));
}

function checkFile(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ["--check", file], { windowsHide: true }, (error, _stdout, stderr) => {
      if (error === null) return resolve();
      // Node's own stack below the message is about the checker, not about the handler.
      const details = stderr.split(/\n\s+at /)[0]?.trim() ?? error.message;
      reject(new Problem("HandlerSyntax", { file, details }));
    });
  });
}

interface SourceFile {
  readonly name: string;
  readonly path: string;
}

async function filesOf(folder: string, prefix: string): Promise<SourceFile[]> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true, recursive: true });
  } catch (error) {
    throw new Problem("HandlerMissing", { file: folder }, { cause: error });
  }
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, name: prefix + path.slice(folder.length + 1).replaceAll("\\", "/") };
    });
}

async function zipOf(files: readonly SourceFile[]): Promise<Uint8Array> {
  const { ZipArchive } = await import("archiver");
  const archive = new ZipArchive({ store: true });
  const chunks: Buffer[] = [];
  archive.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    archive.once("end", resolve);
    archive.once("error", reject);
  });
  for (const { name, path } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    archive.append(await readFile(path), { name, mode: 0o644, date: FIXED_DATE });
  }
  await archive.finalize();
  await ended;
  return Buffer.concat(chunks);
}
