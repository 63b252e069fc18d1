// Which route of a deployment a request takes. Compiled once per deployment, pure, no state between requests.

import type { DeployedRoute } from "./model.ts";

/** Methods that a route key may name (API Gateway developer guide, "Create routes for HTTP APIs"). */
const ROUTE_KEY = /^(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) (\/\S*)$/;
const VARIABLE = /^\{([^{}+/]+)(\+?)\}$/;

export interface RouteMatch {
  readonly route: DeployedRoute;
  /** Values of the path variables, decoded; undefined when the route has none. */
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
}

export interface RouteTable {
  /** @param path decoded, without the stage, beginning with `/` */
  match(method: string, path: string): RouteMatch | undefined;
}

interface Segment {
  readonly kind: "fixed" | "variable" | "greedy";
  /** The text itself, or the variable's name. */
  readonly value: string;
}

interface CompiledRoute {
  readonly route: DeployedRoute;
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly greedy: boolean;
}

/** Whether AWS would take this as a route key of an HTTP API: `$default`, or a method and a path. */
export function isRouteKey(routeKey: string): boolean {
  if (routeKey === "$default") return true;
  const path = ROUTE_KEY.exec(routeKey)?.[2];
  if (path === undefined) return false;
  const segments = path.slice(1).split("/");
  const names = new Set<string>();
  return segments.every((segment, index) => {
    if (!segment.includes("{") && !segment.includes("}")) return true;
    const variable = VARIABLE.exec(segment);
    if (variable === null || names.has(variable[1] ?? "")) return false;
    names.add(variable[1] ?? "");
    return variable[2] === "" || index === segments.length - 1;
  });
}

/**
 * AWS's order: a full match before a path variable before a greedy variable before `$default`, segment by segment
 * from the left; on the same path the method itself before ANY.
 */
export function compileRoutes(routes: readonly DeployedRoute[]): RouteTable {
  const fallback = routes.find((route) => route.routeKey === "$default");
  const compiled = routes
    .filter((route) => route !== fallback)
    .map(compileRoute)
    .toSorted(bySpecificity);
  return {
    match(method, path) {
      const parts = path.slice(1).split("/");
      for (const candidate of compiled) {
        if (candidate.method !== method && candidate.method !== "ANY") continue;
        if (fits(candidate, parts)) {
          return { route: candidate.route, pathParameters: variablesOf(candidate, parts) };
        }
      }
      return fallback && { route: fallback, pathParameters: undefined };
    },
  };
}

function compileRoute(route: DeployedRoute): CompiledRoute {
  const space = route.routeKey.indexOf(" ");
  const segments = route.routeKey
    .slice(space + 2)
    .split("/")
    .map(toSegment);
  return {
    route,
    method: route.routeKey.slice(0, space),
    segments,
    greedy: segments.at(-1)?.kind === "greedy",
  };
}

function toSegment(segment: string): Segment {
  const variable = VARIABLE.exec(segment);
  if (variable === null) return { kind: "fixed", value: segment };
  return { kind: variable[2] === "+" ? "greedy" : "variable", value: variable[1] ?? "" };
}

/** A missing segment ranks too, so that the order of any two routes agrees with that of any third. */
const RANK = { fixed: 0, variable: 1, greedy: 2, missing: 3 };

function bySpecificity(a: CompiledRoute, b: CompiledRoute): number {
  // Of two routes that both fit one path, only a greedy one can be shorter, and it has lost before the other's end.
  for (let index = 0; index < Math.max(a.segments.length, b.segments.length); index++) {
    const kind = a.segments[index]?.kind ?? "missing";
    const other = b.segments[index]?.kind ?? "missing";
    if (kind !== other) return RANK[kind] - RANK[other];
  }
  return Number(a.method === "ANY") - Number(b.method === "ANY");
}

function fits({ segments, greedy }: CompiledRoute, parts: readonly string[]): boolean {
  if (greedy ? parts.length < segments.length : parts.length !== segments.length) return false;
  return segments.every(({ kind, value }, index) => {
    const part = parts[index];
    if (kind === "fixed") return part === value;
    // A variable takes at least one character, a greedy one too: `/items/` is neither /items/{id} nor /items/{more+}.
    return part !== "" || (kind === "greedy" && parts.length > segments.length);
  });
}

function variablesOf({ segments }: CompiledRoute, parts: readonly string[]): Record<string, string> | undefined {
  let variables: Record<string, string> | undefined;
  for (const [index, { kind, value }] of segments.entries()) {
    if (kind === "fixed") continue;
    variables ??= Object.create(null) as Record<string, string>;
    variables[value] = kind === "greedy" ? parts.slice(index).join("/") : (parts[index] ?? "");
  }
  return variables;
}
