// Where the handlers' code is: in this package, or, once it was ejected, with the learner.

import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { OwnHandler } from "../commands/context.ts";
import type { HandlerName } from "../core/names.ts";
import { type CodeSource, packageCode, type PackagedCode } from "../stack/code.ts";
import type { Settings } from "../state/state.ts";
import { packageRoot } from "./package-root.ts";

export function packagedFolder(handler: HandlerName): string {
  return join(packageRoot(), "handlers", handler);
}

/** Where `function eject` puts a handler, whether there is one or not. */
export function ownFolder(handler: HandlerName, cwd: string): string {
  return join(cwd, "handlers", handler);
}

/** As the state file has it: from its own folder, with `/` on every system. */
export function toRecordedFolder(folder: string, statePath: string): string {
  return relative(dirname(statePath), folder).replaceAll("\\", "/");
}

/** The learner's own when it was ejected; undefined when the package's is deployed. */
export function ejectedFolder(handler: HandlerName, { code }: Settings, statePath: string): string | undefined {
  const recorded = code?.[handler];
  return recorded === undefined ? undefined : resolve(dirname(statePath), recorded);
}

/** What is deployed. */
export function sourceOf(handler: HandlerName, settings: Settings, statePath: string): CodeSource {
  const ejected = ejectedFolder(handler, settings, statePath);
  return ejected === undefined ? { folder: packagedFolder(handler) } : { folder: ejected, isEjected: true };
}

export function packageHandler(handler: HandlerName, settings: Settings, statePath: string): Promise<PackagedCode> {
  const nodeModules = join(packageRoot(), "dist", "runtime-sdk", "node_modules");
  const source = sourceOf(handler, settings, statePath);
  return packageCode({ ...source, ...(settings.bundle === true ? { nodeModules } : {}) });
}

/** Also one that a learner ejected whose state file is lost, or that came with a project of somebody else. */
export function handlerHere(handler: HandlerName, cwd: string, statePath: string): OwnHandler {
  const folder = ownFolder(handler, cwd);
  const isOwn = existsSync(join(folder, "index.mjs")) && !isSameFolder(folder, packagedFolder(handler));
  return isOwn ? { folder, recorded: toRecordedFolder(folder, statePath) } : { folder };
}

/** Also by way of links; in a clone of the repository `./handlers` is the package's own. */
export function isSameFolder(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
