// Functions' code on disk: <folder>/lambda/code/<random>/, its zip, and what AWS's runtime brings along.

import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AwsError } from "../service.ts";
import { isCode, makeFolder } from "../store.ts";
import { invalidParameter } from "./lambda-error.ts";
import { readZip, ZipError, ZipTooLarge } from "./zip.ts";
import type { ZipEntry } from "./zip.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ZIPPED = 52_428_800;
const MAX_UNZIPPED = 262_144_000;
const UNUSABLE = "Could not unzip uploaded file. Please check your file, then try to upload again.";

export interface Code {
  readonly folder: string;
  /** Base64, as Lambda shows it. */
  readonly sha256: string;
  readonly size: number;
}

export interface CodeStore {
  /**
   * Unpacks a zip into a folder of its own.
   * @throws {AwsError} `InvalidParameterValueException` for a zip that AWS could not use, `RequestEntityTooLargeException`
   */
  add(zip: Buffer): Code;
  /** Where a code folder lies. */
  path(folder: string): string;
  hasZip(folder: string): boolean;
  /** As it was given; undefined when it is not there. */
  zip(folder: string): Buffer | undefined;
  remove(folder: string): void;
  /** Removes what no function refers to: left by a crash or by a process that held it. */
  keepOnly(folders: ReadonlySet<string>): void;
  /** A folder for a process to write to, its `/tmp`. */
  addScratch(): string;
}

/** SHA-256 of a zip as Lambda shows it. */
export function codeSha256(zip: Uint8Array): string {
  return createHash("sha256").update(zip).digest("base64");
}

export function openCodeStore(dataFolder: string): CodeStore {
  const root = join(dataFolder, "lambda");
  const codeRoot = join(root, "code");
  const scratchRoot = join(root, "scratch");
  // Scratch folders belong to processes, and those of an earlier run are gone.
  removeFolder(scratchRoot);
  const zipRoot = join(root, "zips");
  const zipPath = (folder: string): string => join(zipRoot, `${folder}.zip`);
  const sdk = join(packageRoot(), "dist", "runtime-sdk", "node_modules");

  /** Made with the first function: a cloud without one leaves no trace of Lambda. */
  function prepare(): void {
    makeFolder(root);
    makeFolder(codeRoot);
    makeFolder(zipRoot);
    // Ends Node's search for a package.json: the learner's own must not decide how a handler is read.
    writeFileSync(join(root, "package.json"), "{}\n");
    const link = join(root, "node_modules");
    // Left alone while it is right: handlers may be resolving through it just now.
    if (isLinkTo(link, sdk)) return;
    rmSync(link, { force: true, recursive: false });
    // A junction needs no privilege on Windows; elsewhere it is a symbolic link.
    if (existsSync(sdk)) symlinkSync(sdk, link, "junction");
  }
  if (existsSync(codeRoot)) prepare();

  return {
    add(zip) {
      if (zip.length > MAX_ZIPPED) {
        throw new AwsError(
          "RequestEntityTooLargeException",
          413,
          `Zipped size must be smaller than ${MAX_ZIPPED} bytes`,
        );
      }
      const entries = entriesOf(zip);
      prepare();
      const folder = randomBytes(8).toString("hex");
      unpackWhole(entries, join(codeRoot, folder));
      writeFileSync(zipPath(folder), zip, { mode: 0o600 });
      return { folder, sha256: codeSha256(zip), size: zip.length };
    },
    path: (folder) => join(codeRoot, folder),
    hasZip: (folder) => existsSync(zipPath(folder)),
    zip: (folder) => readIfThere(zipPath(folder)),
    remove(folder) {
      removeFolder(join(codeRoot, folder));
      removeFolder(zipPath(folder));
    },
    keepOnly(folders) {
      for (const place of [codeRoot, zipRoot].filter((each) => existsSync(each))) {
        for (const name of readdirSync(place)) {
          if (!folders.has(basename(name, ".zip"))) removeFolder(join(place, name));
        }
      }
    },
    addScratch() {
      const folder = join(scratchRoot, randomBytes(8).toString("hex"));
      makeFolder(scratchRoot);
      makeFolder(folder);
      return folder;
    },
  };
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function entriesOf(zip: Buffer): ZipEntry[] {
  if (zip.length === 0) throw invalidParameter("Uploaded file must be a non-empty zip");
  let entries: ZipEntry[];
  try {
    entries = readZip(zip, MAX_UNZIPPED);
  } catch (error) {
    if (error instanceof ZipTooLarge) {
      throw invalidParameter(`Unzipped size must be smaller than ${MAX_UNZIPPED} bytes`);
    }
    if (!(error instanceof ZipError)) throw error;
    throw invalidParameter(UNUSABLE);
  }
  if (entries.length === 0) throw invalidParameter("Uploaded file must be a non-empty zip");
  return entries;
}

/** @throws {AwsError} for names that this file system cannot have, such as two that it takes for one */
function unpackWhole(entries: readonly ZipEntry[], target: string): void {
  try {
    unpack(entries, target);
  } catch (error) {
    removeFolder(target);
    if (["EEXIST", "EISDIR", "ENOTDIR", "ENAMETOOLONG"].some((code) => isCode(error, code)))
      throw invalidParameter(UNUSABLE);
    throw error;
  }
}

function unpack(entries: readonly ZipEntry[], target: string): void {
  makeFolder(target);
  for (const { path, mode, content } of entries) {
    const file = join(target, path);
    if (path.endsWith("/")) {
      mkdirSync(file, { recursive: true });
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    // AWS's user is not the files' owner: what others may not read, the function cannot.
    const readable = mode === undefined || mode === 0 || (mode & 0o004) !== 0;
    writeFileSync(file, content, { mode: readable ? 0o644 : 0 });
  }
}

/** Also when awsls was installed elsewhere since. */
function isLinkTo(link: string, target: string): boolean {
  try {
    return existsSync(target) && realpathSync(link) === realpathSync(target);
  } catch {
    return false;
  }
}

/** Windows keeps files of a process that is just ending: tried again a few times, then left for the next start. */
export function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  } catch {
    // Not needed any more, only in the way: `keepOnly` at the next start takes it.
  }
}

/** The folder of awsls itself, from its sources as from dist. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isAwsls(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("awsls' package.json was not found above its own code");
    folder = parent;
  }
  return folder;
}

function isAwsls(manifest: string): boolean {
  if (!existsSync(manifest)) return false;
  const content: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  return typeof content === "object" && content !== null && "name" in content && content.name === "awsls";
}
