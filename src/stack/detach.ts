// Step 6 backwards: the routes stay, bare.

import { detachRoutes } from "../resources/apigatewayv2/routes.ts";
import { componentOf } from "./components.ts";
import { problemOf } from "./observe.ts";
import type { Run } from "./run.ts";

/** @returns how many routes were attached before */
export async function detach(run: Run): Promise<number> {
  const routes = run.inputs.output("routes");
  if (routes === undefined) return 0;
  const attached = routes.routes.filter(({ target }) => target !== undefined).length;
  if (attached === 0) return 0;
  const component = componentOf("routes");
  const subject = run.subjectOf(component);
  const { emit, clock } = run.session;
  const started = clock.now();
  emit({ type: "started", subject, action: "update" });
  try {
    await detachRoutes(run.scopeOf(component), routes);
  } catch (error) {
    throw problemOf(run, component, error);
  }
  emit({ type: "finished", subject, outcome: "update", changes: [], ms: clock.now() - started });
  return attached;
}
