// Whether the routes want a token: asked without one, and without touching an item.

import { waitUntil } from "../aws/wait.ts";
import { Problem } from "../core/problem.ts";
import type { Route } from "../resources/apigatewayv2/routes.ts";
import { componentOf } from "../stack/components.ts";
import type { Run } from "../stack/run.ts";
import type { StackContext } from "./context.ts";
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
 * Waits until those routes that should, and no others, answer 401 without a token. Routes that lead nowhere yet are not asked.
 * @throws {Problem} `TimedOut` naming the routes that do not
 */
export async function waitForRoutes(context: StackContext, { inputs, subjectOf }: Run): Promise<void> {
  const { clock, signal, emit } = context;
  const { apiEndpoint: url } = inputs.output("api") ?? {};
  const attached = (inputs.output("routes")?.routes ?? []).filter(({ target }) => target !== undefined);
  if (url === undefined || attached.length === 0) return;
  const subject = subjectOf(componentOf("routes"));
  await waitUntil(
    () => otherwise(context, url, attached),
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
}

/** Those that do not answer yet as they should. */
async function otherwise(context: StackContext, url: string, routes: readonly Route[]): Promise<readonly string[]> {
  const answers = await Promise.all(
    routes.map(async ({ routeKey, authorizationType }) => {
      const isProtected = authorizationType === "JWT";
      if (!isProtected && routeKey === LIST) return [];
      return ((await statusOf(context, url, routeKey)) === 401) === isProtected ? [] : [routeKey];
    }),
  );
  return answers.flat();
}

/** @returns 0 when there was no answer at all: the URL of a fresh API may not resolve yet */
async function statusOf({ signal }: StackContext, url: string, routeKey: string): Promise<number> {
  const { method, path } = probeOf(routeKey);
  try {
    return (await sendHttp({ method, url: url + path, signal })).status;
  } catch (error) {
    if (signal.aborted) throw new Problem("Interrupted", { during: "making" }, { cause: error });
    return 0;
  }
}
