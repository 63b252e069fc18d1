// Keeps a function to what is in its zip and in AWS's runtime. The unpacked code lies somewhere below the learner's
// project, whose node_modules Node would find as well: a handler that runs here must not fail on AWS for that reason.

import * as nodeModule from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Node from 22.15 on: older versions have no hook that costs nothing, there the learner's modules stay visible. */
export function keepToOwnModules(taskRoot: string): void {
  if (!("registerHooks" in nodeModule)) return;
  const registerHooks = nodeModule.registerHooks as RegisterHooks;
  const runtimeSdk = join(dirname(fileURLToPath(import.meta.url)), "runtime-sdk");
  const roots = [taskRoot, runtimeSdk].map((folder) => `${pathToFileURL(folder).href}/`);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      if (!isPackageName(specifier) || !resolved.url.startsWith("file:")) return resolved;
      if (roots.some((root) => resolved.url.startsWith(root))) return resolved;
      const message = `Cannot find package '${specifier}' imported from ${context.parentURL ?? taskRoot}`;
      throw Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
    },
  });
}

function isPackageName(specifier: string): boolean {
  return /^[@a-z0-9]/i.test(specifier) && !/^[a-z]+:|^[a-z]:[\\/]/i.test(specifier);
}

interface Resolved {
  readonly url: string;
}
interface Context {
  readonly parentURL?: string;
}
/** As Node's types name it from 22.15 on. */
type RegisterHooks = (hooks: {
  resolve(
    specifier: string,
    context: Context,
    nextResolve: (specifier: string, context: Context) => Resolved,
  ): Resolved;
}) => void;
