// The handlers' code as it is here, to be deployed or to be compared with what is.

import { type HandlerName, HANDLERS } from "../core/names.ts";
import { isProblem, Problem } from "../core/problem.ts";
import type { PackagedCodes } from "../stack/code.ts";
import { FUNCTIONS } from "../stack/function-component.ts";
import { ownershipIn } from "../stack/observe.ts";
import type { Run } from "../stack/run.ts";
import { requireEjectedCode } from "../stack/settings.ts";
import type { Settings } from "../state/state.ts";
import type { StackContext } from "./context.ts";

/** Why a handler's code cannot be read. */
export type UnreadCode = Map<HandlerName, Problem>;

export interface NotCompared {
  readonly function: HandlerName;
  readonly problem: Problem;
}

/**
 * @param unread takes what cannot be read; without it that is thrown
 * @throws {Problem} `HandlerMissing` and its like
 */
export async function packagedCodes(
  { packageHandler }: StackContext,
  settings: Settings,
  handlers: readonly HandlerName[],
  unread?: UnreadCode,
): Promise<PackagedCodes> {
  const codes = await Promise.all(
    handlers.map(async (handler) => {
      try {
        const code = await packageHandler(handler, settings);
        // It may be another one than at the look before, with settings that were read back.
        unread?.delete(handler);
        return { [handler]: code };
      } catch (error) {
        if (unread === undefined || !(error instanceof Problem)) throw error;
        unread.set(handler, error);
        return {};
      }
    }),
  );
  return Object.assign({}, ...codes) as PackagedCodes;
}

/** Code of the learner's own whose place was lost with the state file: what is packed is another one. */
export function findLost({ handlerHere }: StackContext, run: Run, unread: UnreadCode): void {
  for (const handler of HANDLERS) {
    if (ownershipIn(run, FUNCTIONS[handler].function)?.whose !== "ours") continue;
    try {
      requireEjectedCode(run, handler, handlerHere(handler).folder);
    } catch (error) {
      if (!isProblem(error, "EjectedCodeLost")) throw error;
      unread.set(handler, error);
    }
  }
}

/** What cannot be read is taken for what is deployed: it is not compared. */
export function asDeployed({ inputs }: Run, unread: UnreadCode): PackagedCodes {
  const codes = [...unread.keys()].map((handler) => {
    const live = inputs.output(FUNCTIONS[handler].function);
    return live === undefined ? {} : { [handler]: { sha256: live.codeSha256, zip: new Uint8Array() } };
  });
  return Object.assign({}, ...codes) as PackagedCodes;
}

export function notCompared(unread: UnreadCode): NotCompared[] {
  return HANDLERS.flatMap((handler) => {
    const problem = unread.get(handler);
    return problem === undefined ? [] : [{ function: handler, problem }];
  });
}
