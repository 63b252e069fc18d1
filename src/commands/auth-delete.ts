// `awsls auth delete`: the pool goes with its users, and every route of the stack is open again.

import { isProblem, Problem } from "../core/problem.ts";
import { listRoutes } from "../resources/apigatewayv2/routes.ts";
import type { FunctionSpec } from "../resources/lambda/function.ts";
import { apply } from "../stack/apply.ts";
import { AUTH, deleteRuleOf } from "../stack/auth-components.ts";
import { changeFunction } from "../stack/change-function.ts";
import { componentOf, ROUTE_KEYS } from "../stack/components.ts";
import { observe, ownershipIn, problemOf } from "../stack/observe.ts";
import { type Run, startRun } from "../stack/run.ts";
import { forgetTokens } from "../state/tokens.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";
import { removeComponents, type RemovalResult } from "./removal.ts";

/**
 * @throws {Problem} `IdentitiesLeft` while an identity pool stands on it, `AuthorizerInUse` before anything is changed when routes that are not the stack's want its tokens, too,
 *   `LeftBehind` when something could not be deleted
 */
export async function deleteAuth(context: StackContext): Promise<RemovalResult> {
  await requireNoIdentities(context);
  const result = await removeComponents(context, AUTH, async (run, going) => {
    if (going.includes("authorizer")) await openRoutes(run);
  });
  if (context.dryRun || result.declined) return result;
  const { state } = context.session;
  forgetTokens(state.path);
  const { settings } = state.current();
  const run = startRun(context.session, { settings });
  // Nobody is left who could be let through.
  const withoutRule = ({ environment }: FunctionSpec): Partial<FunctionSpec> => ({
    environment: { ...environment, ...deleteRuleOf(settings) },
  });
  await changeFunction(run, "crud", withoutRule, "update").catch((error: unknown) => {
    // Somebody else's function has no rule of ours.
    if (!isProblem(error, "Foreign")) throw error;
  });
  return result;
}

/** Its identities would be nobody's: no token of theirs would be taken any more. */
async function requireNoIdentities(context: StackContext): Promise<void> {
  const seen = await look(context, [componentOf("userPool"), componentOf("identityPool")], {
    withCode: [],
    unasked: "always",
  });
  if (ownershipIn(seen, "identityPool")?.whose !== "ours") return;
  throw new Problem("IdentitiesLeft", { command: "auth delete", first: "identity delete" });
}

/** AWS deletes no authorizer that a route is protected by. */
async function openRoutes(run: Run): Promise<void> {
  const component = componentOf("routes");
  await requireUnshared(run);
  await observe(run, [component]);
  if (!run.observed.has("routes")) return;
  const auth = { protect: "none", adminsOnlyDelete: false, enabled: false } as const;
  // Only of them who may call is changed.
  await apply(run.over({ settings: { ...run.inputs.settings, auth }, step: 1 }), [component]);
}

async function requireUnshared(run: Run): Promise<void> {
  const component = componentOf("authorizer");
  const { apiId, authorizerId, name } = run.inputs.output("authorizer") ?? {};
  if (apiId === undefined) return;
  const all = await listRoutes(run.scopeOf(component), apiId).catch((error: unknown) => {
    throw problemOf(run, component, error);
  });
  const others = all.filter((each) => each.authorizerId === authorizerId && !isOurs(each.routeKey));
  if (others.length === 0) return;
  throw new Problem("AuthorizerInUse", { name: name ?? "", routes: others.map(({ routeKey }) => routeKey) });
}

function isOurs(routeKey: string): boolean {
  return ROUTE_KEYS.some((each) => each === routeKey);
}
