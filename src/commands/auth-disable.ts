// `awsls auth disable`: every route is open again; pool, client and users stay.

import { type AuthChangeResult, changeAuth } from "./auth-change.ts";
import type { StackContext } from "./context.ts";

/** @throws {Problem} `StepMissing` when the stack has no sign-in */
export function disableAuth(context: StackContext): Promise<AuthChangeResult> {
  return changeAuth(context, {
    command: "auth disable",
    needs: ["api", "routes", "userPool"],
    maker: "auth enable",
    choose: (before) => before && { ...before, enabled: false },
  });
}
