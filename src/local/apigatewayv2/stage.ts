// Stages: what of an API can be called. `$default` is at the root of its URL, every other one below its name.

import { own } from "../own.ts";
import type { CloudEnvironment, JsonObject, Operation, Shape } from "../service.ts";
import type { Apis } from "./apis.ts";
import { deployedStage } from "./deployment.ts";
import {
  badRequest,
  conflict,
  isoTime,
  limitReached,
  notFound,
  pick,
  text,
  toJson,
  type Api,
  type Stage,
} from "./model.ts";
import { pageOf, PAGING_INPUT, PAGING_QUERY } from "./paging.ts";
import { requireTags, TAGS } from "./tag.ts";

/** "Stages per API" (Amazon API Gateway quotas, HTTP API). */
const STAGE_LIMIT = 10;
const STAGE_NAME = /^(\$default|[a-zA-Z0-9_-]{1,128})$/;

const SETTINGS: Readonly<Record<string, Shape>> = {
  autoDeploy: { type: "boolean" },
  defaultRouteSettings: { type: "structure" },
  deploymentId: { type: "string" },
  description: { type: "string", max: 1024 },
  stageVariables: { type: "map", of: { type: "string", max: 2048 } },
};
/** Detailed metrics make no difference here: kept and shown. */
const NOT_IMPLEMENTED = [
  "accessLogSettings",
  "clientCertificateId",
  "defaultRouteSettings.dataTraceEnabled",
  "defaultRouteSettings.loggingLevel",
  "defaultRouteSettings.throttlingBurstLimit",
  "defaultRouteSettings.throttlingRateLimit",
  "routeSettings",
];
const API_ID: Shape = { type: "string", required: true };
const STAGE_NAME_INPUT: Shape = { type: "string", required: true, min: 1, max: 128 };
const ONE = { apiId: API_ID, stageName: STAGE_NAME_INPUT };
const COLLECTION = "/v2/apis/{apiId}/stages";

/** CreateStage, GetStage, GetStages, UpdateStage, DeleteStage. */
export function stageOperations(env: CloudEnvironment, apis: Apis): Record<string, Operation> {
  const all = (input: JsonObject): string => apis.arn(`/apis/${text(input, "apiId")}/stages`);
  const one = (input: JsonObject): string => `${all(input)}/${text(input, "stageName")}`;
  function save(api: Api, stage: Stage, now: number): JsonObject {
    const deployed = deployedStage(api, stage, now);
    apis.save(deployed);
    return toJson(requireStage(deployed, stage.stageName));
  }
  return {
    CreateStage: {
      rest: { method: "POST", path: COLLECTION, status: 201 },
      input: { ...ONE, ...SETTINGS, tags: TAGS },
      notImplemented: NOT_IMPLEMENTED,
      resource: all,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const stage = newStage(input, env.clock.now());
        if (own(api.stages, stage.stageName) !== undefined) throw conflict("Stage already exists");
        if (Object.keys(api.stages).length >= STAGE_LIMIT) throw limitReached("Stages");
        return save(api, stage, env.clock.now());
      },
    },
    GetStage: {
      rest: { method: "GET", path: `${COLLECTION}/{stageName}` },
      input: ONE,
      resource: one,
      run: (input) => toJson(requireStage(apis.require(text(input, "apiId")), text(input, "stageName"))),
    },
    GetStages: {
      rest: { method: "GET", path: COLLECTION, query: PAGING_QUERY },
      input: { apiId: API_ID, ...PAGING_INPUT },
      resource: all,
      run: (input) => pageOf(Object.values(apis.require(text(input, "apiId")).stages).map(toJson), input),
    },
    UpdateStage: {
      rest: { method: "PATCH", path: `${COLLECTION}/{stageName}` },
      input: { ...ONE, ...SETTINGS },
      notImplemented: NOT_IMPLEMENTED,
      resource: one,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const now = env.clock.now();
        const stage = {
          ...requireStage(api, text(input, "stageName")),
          ...settingsOf(input),
          lastUpdatedDate: isoTime(now),
        };
        requireOneWayToDeploy(stage, input);
        return save(api, stage, now);
      },
    },
    DeleteStage: {
      rest: { method: "DELETE", path: `${COLLECTION}/{stageName}`, status: 204 },
      input: ONE,
      resource: one,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const { [requireStage(api, text(input, "stageName")).stageName]: _gone, ...stages } = api.stages;
        apis.save({ ...api, stages });
        return undefined;
      },
    },
  };
}

/** @throws {AwsError} BadRequestException */
export function newStage(input: JsonObject, now: number): Stage {
  const stageName = text(input, "stageName");
  if (!STAGE_NAME.test(stageName)) throw badRequest("Stage name only allows a-zA-Z0-9_- or $default");
  const stage: Stage = {
    autoDeploy: false,
    ...settingsOf(input),
    stageName,
    tags: requireTags(input["tags"]),
    createdDate: isoTime(now),
    lastUpdatedDate: isoTime(now),
  };
  requireOneWayToDeploy(stage, input);
  return stage;
}

function settingsOf(input: JsonObject): Partial<Stage> {
  return pick<Stage>(input, ["autoDeploy", "defaultRouteSettings", "deploymentId", "description", "stageVariables"]);
}

function requireOneWayToDeploy(stage: Stage, input: JsonObject): void {
  if (stage.autoDeploy && input["deploymentId"] !== undefined) {
    throw badRequest(`Deployment ID cannot be set on stage ${stage.stageName} because AutoDeploy is enabled`);
  }
}

function requireStage(api: Api, stageName: string): Stage {
  const stage = own(api.stages, stageName);
  if (stage === undefined) throw notFound("Invalid stage identifier specified");
  return stage;
}
