// What AWS's things are called.

import type { Maker } from "../../../core/problem.ts";

const LABELS: Readonly<Record<string, string>> = {
  table: "table",
  role: "role",
  logGroup: "log group",
  function: "function",
  api: "HTTP API",
  stage: "stage",
  routes: "routes",
  integration: "integration",
  permission: "permission",
};

export function label(component: string): string {
  return LABELS[component] ?? component;
}

/** Whose a resource is, as its tags say. */
export function madeBy({ stack, region, owner, origin }: Maker): string {
  return `stack ${stack} in ${region}, made by ${owner} from ${origin}`;
}
