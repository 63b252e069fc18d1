// Whether the routes want a token: asked without one, and without touching an item.

import { waitUntil } from "../aws/wait.ts";
import { isProblem, Problem } from "../core/problem.ts";
import type { Route } from "../resources/apigatewayv2/routes.ts";
import { componentOf } from "../stack/components.ts";
import type { Run } from "../stack/run.ts";
import type { StackContext } from "./context.ts";
import { isUnauthorized } from "./gateway-answer.ts";
import { sendHttp } from "./http.ts";

/** An auto-deploy takes seconds; API Gateway's edges do not all switch in the same one. */
const DEPLOY_MS = 120_000;
/** Open, it would read the whole table: that the others are is enough. */
const LIST = "GET /items";
/** No item has it: a route that is still open finds nothing to delete. */
const NOBODYS = "awsls-probe-of-no-item";

/** A request for that route that touches no item, whoever is let in. */
export function probeOf(routeKey: string): { readonly method: string; readonly path: string } {
  const [method = "", path = ""] = routeKey.split(" ");
  return { method, path: path.replace("{id}", NOBODYS) };
}

/**
 * Waits until those routes that should, and no others, are refused by API Gateway without a token.
 * @throws {Problem} `RoutesNotLive` naming the routes that are otherwise
 */
export async function waitForRoutes(context: StackContext, { inputs, subjectOf }: Run): Promise<void> {
  const { clock, signal, emit } = context;
  const { apiEndpoint: url } = inputs.output("api") ?? {};
  const authorizerId = inputs.output("authorizer")?.authorizerId;
  const asked = (inputs.output("routes")?.routes ?? []).filter((route) => isAsked(route, authorizerId));
  if (url === undefined || asked.length === 0) return;
  const subject = subjectOf(componentOf("routes"));
  const waited = waitUntil(
    () => otherwise(context, url, asked),
    (left) => left.length === 0,
    (left) => left.join(", "),
    {
      clock,
      signal,
      doing: `routes of ${url}`,
      forMs: DEPLOY_MS,
      onWait: (last) => emit({ type: "waiting", subject, waiting: { for: "live", last } }),
    },
  );
  await waited.catch((error: unknown) => {
    if (!isProblem(error, "TimedOut")) throw error;
    throw new Problem("RoutesNotLive", { url, routes: error.data.last ?? "", seconds: error.data.seconds });
  });
}

/** Not those that lead nowhere yet, nor those that somebody protects otherwise; the list is not asked for where it is open. */
function isAsked({ routeKey, target, authorizationType, authorizerId }: Route, ours: string | undefined): boolean {
  if (target === undefined) return false;
  return authorizationType === "NONE" ? routeKey !== LIST : authorizerId === ours;
}

/** Those that do not answer yet as they should. */
async function otherwise(context: StackContext, url: string, routes: readonly Route[]): Promise<readonly string[]> {
  const answers = await Promise.all(
    routes.map(async ({ routeKey, authorizationType }) => {
      const isProtected = authorizationType !== "NONE";
      return (await wantsToken(context, url, routeKey)) === isProtected ? [] : [routeKey];
    }),
  );
  return answers.flat();
}

/** Not when there was no answer at all: the URL of a fresh API may not resolve yet. */
async function wantsToken({ signal }: StackContext, url: string, routeKey: string): Promise<boolean> {
  const { method, path } = probeOf(routeKey);
  try {
    return isUnauthorized(await sendHttp({ method, url: url + path, signal }));
  } catch (error) {
    if (signal.aborted) throw new Problem("Interrupted", { during: "making" }, { cause: error });
    return false;
  }
}
