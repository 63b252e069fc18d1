// `awsls down`: step 8. Everything of this stack goes; a second time there is nothing to do.

import { COMPONENTS } from "../stack/components.ts";
import type { StackContext } from "./context.ts";
import { removeComponents, type RemovalResult } from "./removal.ts";

/** @throws {Problem} `LeftBehind` (exit 5) when something could not be deleted */
export function down(context: StackContext): Promise<RemovalResult> {
  // All of them whatever the settings say: a role that was made before another was given is still ours.
  return removeComponents(
    context,
    COMPONENTS.map(({ id }) => id),
  );
}
