// Finds the module and the function that `_HANDLER` names, as AWS's Node.js runtime does.

import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RuntimeError } from "./failure.ts";

export type Handler = (
  event: unknown,
  context: object,
  callback?: (error: unknown, result?: unknown) => void,
) => unknown;

const ENDINGS = ["", ".js", ".mjs", ".cjs"];

/**
 * @param handler `folder/module.export`, e.g. `index.handler`
 * @throws {RuntimeError} `Runtime.MalformedHandlerName`, `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`,
 *   `Runtime.HandlerNotFound`; whatever the module itself throws
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const match = /^([^.]*)\.(.*)$/.exec(basename(handler));
  const [, moduleName, exportPath] = match ?? [];
  if (!moduleName || !exportPath || handler.includes("..")) {
    throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler");
  }
  const folder = resolve(taskRoot, dirname(handler));
  const found: unknown = exportPath
    .split(".")
    .reduce<unknown>((value, name) => memberOf(value, name), await importModule(folder, moduleName));
  if (found === undefined) {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (!isHandler(found)) throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is not a function`);
  return found;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === "function";
}

function memberOf(value: unknown, name: string): unknown {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return undefined;
  const direct: unknown = Reflect.get(value, name);
  if (direct !== undefined || !("default" in value)) return direct;
  // CommonJS seen through import(): what Node could not name statically is below `default`.
  return memberOf(value.default, name);
}

async function importModule(folder: string, name: string): Promise<unknown> {
  try {
    const file = ENDINGS.map((ending) => join(folder, name + ending)).find(isFile);
    if (file === undefined) {
      // Throws Node's own words with the require stack; finds a package of that name if there is one.
      const require = createRequire(join(folder, "index.js"));
      return require(require.resolve(name));
    }
    requireReadable(file);
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw translated(error);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** AWS runs functions as a user who does not own the files: an entry zipped with mode 0600 cannot be read. */
function requireReadable(file: string): void {
  if (process.platform === "win32" || (statSync(file).mode & 0o444) !== 0) return;
  throw Object.assign(new Error(`EACCES: permission denied, open '${file}'`), { code: "EACCES", errno: -13 });
}

function translated(error: unknown): unknown {
  if (error instanceof SyntaxError) {
    return new RuntimeError("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`, error.stack);
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  // Not ERR_MODULE_NOT_FOUND: what an ES module imports in vain keeps Node's own error on AWS too.
  if (error instanceof Error && code === "MODULE_NOT_FOUND") {
    return new RuntimeError("Runtime.ImportModuleError", `Error: ${error.message}`, error.stack);
  }
  return error;
}
