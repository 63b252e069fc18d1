// Builds dist/: the command line, the local cloud, the function runtime and the SDK that functions find there.
// `node build.mjs` builds all of it, `node build.mjs cli function-runtime` only what is named.

import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = dirname(fileURLToPath(import.meta.url));
const DIST = join(ROOT, "dist");
const SDK_OUT = "runtime-sdk/node_modules/@aws-sdk";
const LICENSES = "THIRD-PARTY-LICENSES.txt";

/** Bundled CommonJS calls `require` for Node's own modules; an ES module has none of its own. */
const REQUIRE = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`;

/** @type {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  outdir: DIST,
  bundle: true,
  write: false,
  metafile: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  // The SDK's ES modules: only what is used stays, and it loads in half the time of its CommonJS.
  mainFields: ["module", "main"],
  // Identifiers keep their names: stack traces and SDK errors stay readable.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
};

/** @type {Readonly<Record<string, () => Promise<Output>>>} */
const TARGETS = {
  // Splitting keeps `import()` lazy: a command loads its own chunks only.
  cli: () =>
    bundle({
      entryPoints: { cli: "src/cli/main.ts" },
      splitting: true,
      chunkNames: "chunks/[name]-[hash]",
      banner: { js: REQUIRE },
    }),
  "local-cloud": () => bundle({ entryPoints: { "local-cloud": "src/local/main.ts" }, external: ["dynalite"] }),
  "function-runtime": () => bundle({ entryPoints: { "function-runtime": "src/local/lambda/runtime/bootstrap.ts" } }),
  "runtime-sdk": async () =>
    merge(
      await Promise.all([
        sdkPackage("client-dynamodb", []),
        // Commands of one are sent by clients of the other, so both must see the same classes.
        sdkPackage("lib-dynamodb", ["@aws-sdk/client-dynamodb"]),
      ]),
    ),
};

/**
 * What a build gives: contents by path below dist, and the files of others that went into it.
 * @typedef {{ files: Map<string, Uint8Array>, inputs: Set<string> }} Output
 */

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in TARGETS));
if (unknown.length > 0) {
  throw new Error(`unknown target ${unknown.join(", ")}; there are ${Object.keys(TARGETS).join(", ")}`);
}
const wanted = Object.entries(TARGETS).filter(([name]) => names.length === 0 || names.includes(name));
const built = merge(await Promise.all(wanted.map(([, run]) => run())));
const whole = names.length === 0;
if (whole) built.files.set(LICENSES, Buffer.from(await licenses(built.inputs)));
await publish(built.files, whole);

/**
 * @param {import("esbuild").BuildOptions} options
 * @returns {Promise<Output>}
 */
async function bundle(options) {
  const result = await build({ ...COMMON, ...options });
  return {
    files: new Map((result.outputFiles ?? []).map((file) => [relative(DIST, file.path), file.contents])),
    inputs: new Set(Object.keys(result.metafile?.inputs ?? {}).filter((path) => path.includes("node_modules/"))),
  };
}

/**
 * One file and its package.json, resolved by Node as the real package would be; `require` works too (Node >= 20.19).
 * @param {string} name
 * @param {string[]} external
 * @returns {Promise<Output>}
 */
async function sdkPackage(name, external) {
  const source = await manifest(`node_modules/@aws-sdk/${name}`);
  const output = await bundle({
    entryPoints: { [`${SDK_OUT}/${name}/index`]: `@aws-sdk/${name}` },
    outExtension: { ".js": ".mjs" },
    external,
    banner: { js: REQUIRE },
  });
  const { version, license } = source;
  const exports = { ".": "./index.mjs", "./package.json": "./package.json" };
  const own = { name: `@aws-sdk/${name}`, version, license, type: "module", main: "./index.mjs", exports };
  output.files.set(join(SDK_OUT, name, "package.json"), Buffer.from(`${JSON.stringify(own, null, 2)}\n`));
  return output;
}

/**
 * @param {readonly Output[]} outputs
 * @returns {Output}
 */
function merge(outputs) {
  return {
    files: new Map(outputs.flatMap((output) => [...output.files])),
    inputs: new Set(outputs.flatMap((output) => [...output.inputs])),
  };
}

/**
 * The licences of every package whose code is in the bundles, each text once with the packages it covers.
 * @param {ReadonlySet<string>} inputs paths as esbuild's metafile gives them
 */
async function licenses(inputs) {
  const folders = new Set([...inputs].map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? ""));
  folders.delete("");
  const packages = await Promise.all(
    [...folders].map(async (folder) => {
      const { name, version, license } = await manifest(folder);
      return { title: `${name} ${version} (${license})`, text: await licenseText(folder) };
    }),
  );
  /** @type {Map<string, string[]>} */
  const byText = new Map();
  for (const { title, text } of packages.toSorted((a, b) => (a.title < b.title ? -1 : 1))) {
    byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  const rule = "-".repeat(80);
  const sections = [...byText].map(([text, titles]) => `${rule}\n${[...new Set(titles)].join("\n")}\n\n${text}\n`);
  return `Software of others that is part of this package.\n\n${sections.join("\n")}`;
}

/** @param {string} folder */
async function licenseText(folder) {
  const entries = await readdir(join(ROOT, folder));
  const file = entries.toSorted().find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (!file) return "No licence file in the package: the licence named above applies in its standard wording.";
  return (await readFile(join(ROOT, folder, file), "utf8")).trim();
}

/**
 * @param {string} folder
 * @returns {Promise<{ name: string, version: string, license: string }>}
 */
async function manifest(folder) {
  return JSON.parse(await readFile(join(ROOT, folder, "package.json"), "utf8"));
}

/**
 * Puts the files into dist so that nobody who runs from it meanwhile sees half a build: each file is replaced in one
 * step, chunks before the entries that import them, unchanged ones stay untouched, stale ones go last.
 * @param {ReadonlyMap<string, Uint8Array>} files
 * @param {boolean} removeOthers
 */
async function publish(files, removeOthers) {
  const depth = (/** @type {string} */ path) => path.split(sep).length;
  for (const [path, contents] of [...files].toSorted(([a], [b]) => depth(b) - depth(a))) {
    await replace(join(DIST, path), contents);
  }
  if (!removeOthers) return;
  for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // Temporary files of a build that runs beside this one are its own business.
    if (entry.isFile() && !files.has(relative(DIST, path)) && !path.endsWith(".tmp")) await rm(path, { force: true });
  }
}

/**
 * @param {string} path
 * @param {Uint8Array} contents
 */
async function replace(path, contents) {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}
