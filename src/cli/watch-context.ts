// A stack that is closed, and opened again for a moment at a time: what a watching command works with.

import { sep } from "node:path";
import type { WatchContext, Watched } from "../commands/context.ts";
import { systemClock } from "../core/clock.ts";
import type { RunEvent } from "../core/event.ts";
import { DEFAULT_STACK, type HandlerName, HANDLERS, namesOf } from "../core/names.ts";
import { functionNameOf } from "../stack/function-component.ts";
import { openState } from "../state/store.ts";
import { packageHandler, sourceOf } from "./handlers.ts";
import { tryLoading } from "./load-trial.ts";
import { type StackOptions, type Surroundings, withStack } from "./open-stack.ts";
import { packageRoot } from "./package-root.ts";
import { statePathOf } from "./places.ts";

export function watchContext(options: StackOptions, surroundings: Surroundings): WatchContext {
  const { cwd, emit, signal } = surroundings;
  const { stack = DEFAULT_STACK } = options;
  const path = statePathOf(options, cwd);
  // What was said when the stack was opened first is not said at every save.
  const quietly = (event: RunEvent): void => {
    if (event.type !== "notice" || event.code !== "RegionIgnored") emit(event);
  };
  const opened = { ...surroundings, emit: quietly, deploys: () => [] };
  return {
    emit,
    clock: systemClock,
    signal,
    stack,
    look() {
      const state = openState(path, stack);
      if (!state.existed) return [];
      const { settings, resources, target } = state.current();
      const url = resources["api"]?.attributes["apiEndpoint"] ?? "";
      return HANDLERS.flatMap((handler): Watched[] => {
        const source = sourceOf(handler, settings, path);
        const isInstalled = source.isEjected !== true && packageRoot().includes(`${sep}node_modules${sep}`);
        // The API's is watched all the same, to say how to get a copy of it.
        if (handler === "timer" && (settings.timer === undefined || isInstalled)) return [];
        const variables = variablesOf(stack, handler, target?.region);
        return [
          {
            handler,
            source,
            url,
            isInstalled,
            pack: () => packageHandler(handler, settings, path),
            tryLoading: () => tryLoading(source, variables, signal),
          },
        ];
      });
    },
    reopen: (work) => withStack(options, "change", opened, work),
    use: (work) => withStack(options, "use", opened, work),
  };
}

/** What the function finds where it runs, without its credentials. */
function variablesOf(stack: string, handler: HandlerName, region = ""): Record<string, string> {
  const names = namesOf(stack);
  return {
    TABLE_NAME: names.table,
    AWS_LAMBDA_FUNCTION_NAME: functionNameOf({ names }, handler),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}
