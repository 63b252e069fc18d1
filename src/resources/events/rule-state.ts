// Whether a rule runs. Without EventBridge's client, for whoever only looks at what was read.

import type { RuleState } from "@aws-sdk/client-eventbridge";

/** A state that this does not know is one in which it runs. */
export function isOn(state: RuleState): boolean {
  return state !== "DISABLED";
}
