// An API as its port serves it: compiled from the record whenever that changes, never touched by a request.

import { own } from "../own.ts";
import { compileCors, type CorsRules } from "./cors.ts";
import type { Api, Stage } from "./model.ts";
import { compileRoutes, type RouteTable } from "./routing.ts";

export interface ServedStage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>> | undefined;
  readonly routes: RouteTable;
}

export interface ServedApi {
  readonly apiId: string;
  readonly cors: CorsRules | undefined;
  /** The stage that a decoded path begins with, else `$default`; `rest` is the path below the stage. */
  stageFor(path: string): { readonly stage: ServedStage; readonly rest: string } | undefined;
}

/** A stage serves what was deployed to it, not what the API has become since. */
export function compileApi(api: Api): ServedApi {
  const stages = new Map(
    Object.values(api.stages)
      .filter(() => !api.disableExecuteApiEndpoint)
      .map((stage) => [stage.stageName, serveStage(api, stage)]),
  );
  const fallback = stages.get("$default");
  const named = new Map([...stages].filter(([name]) => name !== "$default"));
  return {
    apiId: api.apiId,
    cors: api.corsConfiguration && compileCors(api.corsConfiguration),
    stageFor(path) {
      if (named.size > 0) {
        const end = path.indexOf("/", 1);
        const stage = named.get(end < 0 ? path.slice(1) : path.slice(1, end));
        if (stage) return { stage, rest: end < 0 ? "/" : path.slice(end) };
      }
      return fallback && { stage: fallback, rest: path };
    },
  };
}

function serveStage(api: Api, stage: Stage): ServedStage {
  const deployment = stage.deploymentId === undefined ? undefined : own(api.deployments, stage.deploymentId);
  return {
    name: stage.stageName,
    variables: stage.stageVariables,
    routes: compileRoutes(deployment?.routes ?? []),
  };
}
