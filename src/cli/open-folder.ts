// From options to a context without AWS: the stack's state, and where the handlers are.

import { dirname } from "node:path";
import type { FolderContext } from "../commands/context.ts";
import { systemClock } from "../core/clock.ts";
import { DEFAULT_STACK, namesOf } from "../core/names.ts";
import { acquireLock } from "../state/lock.ts";
import { isEmpty } from "../state/state.ts";
import { endState, openState } from "../state/store.ts";
import { removeFolders } from "./close-stack.ts";
import { ejectedFolder, isSameFolder, ownFolder, packagedFolder, toRecordedFolder } from "./handlers.ts";
import type { StackOptions, Surroundings } from "./open-stack.ts";
import { lockPathOf, statePathOf } from "./places.ts";

/**
 * @throws {Problem} `StateLocked`, `StateDamaged` and whatever else keeps the state from being opened, and what the
 * command throws
 */
export async function withFolder<T>(
  options: Pick<StackOptions, "stack" | "state" | "dryRun">,
  { cwd, emit, signal, command }: Pick<Surroundings, "cwd" | "emit" | "signal" | "command">,
  work: (context: FolderContext) => Promise<T>,
): Promise<T> {
  const { stack } = namesOf(options.stack ?? DEFAULT_STACK);
  const path = statePathOf(options, cwd);
  const { dryRun = false } = options;
  const lock = dryRun ? undefined : acquireLock(lockPathOf(path), command, systemClock.now());
  try {
    const state = openState(path, stack);
    const result = await work({
      emit,
      clock: systemClock,
      signal,
      stack,
      state,
      dryRun,
      handlers: {
        packaged: packagedFolder,
        usual: (handler) => ownFolder(handler, cwd),
        ejected: (handler) => ejectedFolder(handler, state.current().settings, path),
        isPackaged: (handler, folder) => isSameFolder(folder, packagedFolder(handler)),
        toRecorded: (folder) => toRecordedFolder(folder, path),
      },
    });
    if (!dryRun && isEmpty(state.current())) endState(state);
    return result;
  } finally {
    lock?.release();
    if (!dryRun) removeFolders([dirname(path)]);
  }
}
