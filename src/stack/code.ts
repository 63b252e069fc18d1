// A handler's folder as the zip that Lambda gets: the same bytes on every machine, so that its hash tells whether it changed.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import { access, copyFile, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toError } from "../core/clock.ts";
import type { HandlerName } from "../core/names.ts";
import { type CodePart, Problem } from "../core/problem.ts";

export interface PackagedCode {
  /** Base64, as Lambda's CodeSha256. */
  readonly sha256: string;
  readonly zip: Uint8Array;
}

/** Of each function that is compared with its code. */
export type PackagedCodes = Readonly<Partial<Record<HandlerName, PackagedCode>>>;

export interface CodeSource {
  /** The handler's folder; every file in it is deployed, byte for byte. */
  readonly folder: string;
  /** It is the learner's own, not this package's. */
  readonly isEjected?: boolean;
  /** A `node_modules` folder to put in, for runtimes that have no SDK; packages that the handler's own folder has win. */
  readonly nodeModules?: string;
}

/** Zip's own epoch is 1980; a later fixed date is friendlier to old unzip tools in every time zone. */
const FIXED_DATE = new Date(Date.UTC(2000, 0, 1));
const CHECKED = /\.[cm]?js$/;
const CHECKS_AT_ONCE = 4;
/**
 * What Lambda takes in a call, in bytes. As nothing is compressed, its other limit (250 MB unpacked) is never met.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const LARGEST_ZIP = 50 * 1024 * 1024;
/** Hidden files, and what editors write beside a file while it is edited: vim, Emacs, JetBrains and others. */
const NOT_CODE = /^\.|~$|^#.*#$|^4913$|___jb_(tmp|old)___$|\.(sw[a-p]|tmp)$/;

/** Whether a file or folder of that name is part of the function, rather than an editor's or the system's. */
function isCode(name: string): boolean {
  return !NOT_CODE.test(name);
}

/**
 * Packs the folder: sorted, fixed dates, mode 0644, stored (deflate's output differs between zlib versions).
 * @throws {Problem} `HandlerMissing` when the folder or its `index.mjs` is not there, `HandlerLink`, `HandlerTooLarge`
 */
export async function packageCode(source: CodeSource): Promise<PackagedCode> {
  const { folder, nodeModules } = source;
  const own = await filesOf(source, folder);
  if (!own.some(({ name }) => name === "index.mjs")) {
    throw new Problem("HandlerMissing", { file: join(folder, "index.mjs"), is: whoseOf(source) });
  }
  const bundled = nodeModules === undefined ? [] : await filesOf(source, nodeModules, "node_modules/");
  const ownPackages = new Set(own.map(({ name }) => packageOf(name)));
  const files = [...own, ...bundled.filter(({ name }) => !ownPackages.has(packageOf(name)))];
  requireSmall(folder, files);
  const zip = await zipOf(source, files);
  return { zip, sha256: createHash("sha256").update(zip).digest("base64") };
}

/**
 * Finds a syntax error before anything is deployed (`node --check`, nothing is run). Installed packages are not looked at.
 * @throws {Problem} `HandlerSyntax` with Node's own words, `HandlerMissing`
 */
export async function checkSyntax(source: CodeSource): Promise<void> {
  const files = await filesOf(source, source.folder);
  const left = files.filter(({ name }) => CHECKED.test(name) && packageOf(name) === undefined);
  const checkNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { path } = next;
      // Node would call it a mistake in the code.
      await reading(source, path, () => access(path, constants.R_OK));
      await checkFile(path);
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, checkNext));
}

/**
 * Changes when a file of the folder does: saved, renamed, added or taken away. Installed packages are not looked at; npm
 * changes the `package.json` beside them.
 * @returns "" while the folder cannot be read
 */
export async function traceOf(source: CodeSource): Promise<string> {
  try {
    const files = await filesOf(source, source.folder, "", (name) => name !== "node_modules");
    return files.map(({ name, size, stamp }) => `${name} ${size} ${stamp}`).join("\n");
  } catch (error) {
    if (error instanceof Problem) return "";
    throw error;
  }
}

/** The files that would be deployed, into a folder that is not there yet. */
export async function copyCode(source: CodeSource, target: string): Promise<void> {
  for (const { name, path } of await filesOf(source, source.folder)) {
    const copy = join(target, name);
    await mkdir(dirname(copy), { recursive: true });
    await reading(source, path, () => copyFile(path, copy));
  }
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
  /** In the zip: from the folder, with `/`. */
  readonly name: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Which file it is, and when it was changed. */
  readonly stamp: string;
}

async function filesOf(source: CodeSource, folder: string, prefix = "", isWanted = isCode): Promise<SourceFile[]> {
  const entries = await reading(source, folder, () => readdir(folder, { withFileTypes: true }));
  const found = await Promise.all(
    entries
      .filter(({ name }) => isCode(name) && isWanted(name))
      .map((entry) => {
        const path = join(folder, entry.name);
        const name = prefix + entry.name;
        return entry.isDirectory()
          ? filesOf(source, path, `${name}/`, isWanted)
          : fileAt(source, entry, { path, name });
      }),
  );
  return found.flat();
}

/** A link to a file is deployed as that file; pipes and sockets are not. */
async function fileAt(
  source: CodeSource,
  entry: Dirent,
  { path, name }: Pick<SourceFile, "name" | "path">,
): Promise<SourceFile[]> {
  const link = entry.isSymbolicLink();
  if (!entry.isFile() && !link) return [];
  const is = await stat(path).catch((error: unknown) => {
    if (link) return undefined;
    throw unreadable(source, path, error);
  });
  if (is?.isFile() !== true) throw new Problem("HandlerLink", { file: path });
  return [{ name, path, size: is.size, stamp: `${is.ino} ${is.mtimeMs} ${is.ctimeMs}` }];
}

async function reading<T>(source: CodeSource, path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(source, path, error);
  }
}

function unreadable(source: CodeSource, file: string, error: unknown): Problem {
  const { message } = toError(error);
  const isGone = error instanceof Error && "code" in error && error.code === "ENOENT";
  const data = { file, is: whoseOf(source), ...(isGone ? {} : { reason: message }) };
  return new Problem("HandlerMissing", data, { cause: error });
}

function whoseOf({ isEjected }: CodeSource): "ejected" | "packaged" {
  return isEjected === true ? "ejected" : "packaged";
}

/** `node_modules/@aws-sdk/client-dynamodb` of a file in there. */
function packageOf(name: string): string | undefined {
  return /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(name)?.[0];
}

/** Before any of it is read into memory. */
function requireSmall(folder: string, files: readonly SourceFile[]): void {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size <= LARGEST_ZIP) return;
  const parts = new Map<string, number>();
  for (const file of files) {
    const part = packageOf(file.name) ?? file.name.split("/")[0] ?? file.name;
    parts.set(part, (parts.get(part) ?? 0) + file.size);
  }
  const largest = [...parts]
    .map(([name, bytes]): CodePart => ({ name, size: bytes }))
    .toSorted((a, b) => b.size - a.size)
    .slice(0, 3);
  throw new Problem("HandlerTooLarge", { folder, size, limit: LARGEST_ZIP, largest });
}

async function zipOf(source: CodeSource, files: readonly SourceFile[]): Promise<Uint8Array> {
  const { ZipArchive } = await import("archiver");
  const archive = new ZipArchive({ store: true });
  const chunks: Buffer[] = [];
  archive.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    archive.once("end", resolve);
    archive.once("error", reject);
  });
  for (const { name, path } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const content = await reading(source, path, () => readFile(path));
    archive.append(content, { name, mode: 0o644, date: FIXED_DATE });
  }
  await archive.finalize();
  await ended;
  return Buffer.concat(chunks);
}
