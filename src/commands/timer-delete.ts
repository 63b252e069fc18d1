// `awsls timer delete`: the timer goes, its rows stay.

import { TIMER } from "../stack/timer-components.ts";
import type { StackContext } from "./context.ts";
import { removeComponents, type RemovalResult } from "./removal.ts";

/** @throws {Problem} `LeftBehind` when something could not be deleted */
export function deleteTimer(context: StackContext): Promise<RemovalResult> {
  return removeComponents(context, TIMER);
}
