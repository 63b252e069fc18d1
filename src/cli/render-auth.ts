// Results of `auth enable`, `disable` and `status` as lines for people.

import type { AuthChangeResult } from "../commands/auth-change.ts";
import type { AuthStatusResult } from "../commands/auth-status.ts";
import { keptCodeLines, renderPlan, type Words } from "./render.ts";
import { statusRowLines } from "./render-status.ts";
import { wrapped } from "./wrapped.ts";

export function renderAuthEnable(result: AuthChangeResult, words: Words): string[] {
  const { plan, outcomes, declined, keptCode, protectedRoutes, hasOwnCode, auth: chosen } = result;
  const { text, awsls, look } = words;
  const { auth } = text;
  if (declined) return [text.results.notChanged];
  if (outcomes.length === 0) return renderPlan(plan, words);
  return [
    isChanged(result) ? auth.enabled : auth.wasEnabled,
    ...keptCodeLines(keptCode, words),
    ...wrapped(auth.routes(protectedRoutes, chosen), look.columns()),
    ...(chosen.adminsOnlyDelete ? wrapped(auth.adminsDelete(hasOwnCode), look.columns()) : []),
    `${auth.signUp}  ${awsls("auth sign-up <email>")}`,
  ];
}

export function renderAuthDisable(result: AuthChangeResult, words: Words): string[] {
  const { text, awsls } = words;
  if (result.outcomes.length === 0) return renderPlan(result.plan, words);
  const { disabled, wasDisabled, again } = text.auth;
  return [isChanged(result) ? disabled : wasDisabled, `${again}  ${awsls("auth enable")}`];
}

export function renderAuthStatus(status: AuthStatusResult, words: Words): string[] {
  const { auth: chosen, resources, routes } = status;
  const { text, look } = words;
  const { auth, results } = text;
  return [
    chosen === undefined ? auth.leftover : results.authIs(chosen),
    ...auth.poolIs(status).flatMap((line) => wrapped(line, look.columns(), "", "  ")),
    "",
    ...resources.flatMap((row) => statusRowLines(row, words)),
    "",
    ...routes.map((route) => `  ${auth.routeIs(route)}`),
  ];
}

function isChanged({ outcomes }: AuthChangeResult): boolean {
  return outcomes.some(({ outcome }) => outcome !== "none");
}
