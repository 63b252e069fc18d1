// `awsls auth enable`: a Cognito user pool, and routes that let in its tokens alone; made, repaired, switched on.

import type { Settings } from "../state/state.ts";
import { type AuthChangeResult, changeAuth } from "./auth-change.ts";
import type { StackContext } from "./context.ts";

type AuthSettings = NonNullable<Settings["auth"]>;

/** What is not given stays as it was chosen before. */
export type AuthEnableOptions = Partial<Pick<AuthSettings, "protect" | "adminsOnlyDelete">>;

const DEFAULTS: Omit<AuthSettings, "enabled"> = { protect: "all", adminsOnlyDelete: false };

/**
 * @throws {Problem} `StepMissing` without an API and its routes, before anything is made; `RoutesNotLive` when a protected route
 *   stays open
 */
export function enableAuth(context: StackContext, options: AuthEnableOptions): Promise<AuthChangeResult> {
  return changeAuth(context, {
    command: "auth enable",
    needs: ["api", "routes"],
    maker: "routes create",
    choose: (before = { ...DEFAULTS, enabled: true }) => ({ ...before, ...options, enabled: true }),
  });
}
