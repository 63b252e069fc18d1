// The HTTP API itself: create (quick create too), read, change, delete, and its CORS configuration.

import { tagging } from "../further-needs.ts";
import type { CloudEnvironment, JsonObject, Operation, Shape } from "../service.ts";
import type { Apis } from "./apis.ts";
import { normaliseCors } from "./cors.ts";
import { autoDeployed } from "./deployment.ts";
import { newIntegration } from "./integration.ts";
import { badRequest, isoTime, notImplemented, pick, text, toApiWire, type Api, type Cors } from "./model.ts";
import { pageOf, PAGING_INPUT, PAGING_QUERY } from "./paging.ts";
import { newRoute } from "./route.ts";
import { newStage } from "./stage.ts";
import { newApiTags, requireTags, TAGS } from "./tag.ts";

const ROUTE_SELECTION = new Set(["$request.method $request.path", "${request.method} ${request.path}"]);
const LISTED: Shape = { type: "list", of: { type: "string" } };
const CORS: Shape = {
  type: "structure",
  members: {
    allowCredentials: { type: "boolean" },
    allowHeaders: LISTED,
    allowMethods: LISTED,
    allowOrigins: LISTED,
    exposeHeaders: LISTED,
    maxAge: { type: "integer", min: -1, max: 86_400 },
  },
};
const SETTINGS: Readonly<Record<string, Shape>> = {
  apiKeySelectionExpression: { type: "string" },
  corsConfiguration: CORS,
  description: { type: "string", max: 1024 },
  disableExecuteApiEndpoint: { type: "boolean" },
  ipAddressType: { type: "string", values: ["ipv4", "dualstack"] },
  name: { type: "string", min: 1, max: 128 },
  routeSelectionExpression: { type: "string" },
  version: { type: "string", max: 64 },
  // Quick create's members.
  credentialsArn: { type: "string" },
  routeKey: { type: "string" },
  target: { type: "string", min: 1, max: 2048 },
};
const NOT_IMPLEMENTED = ["credentialsArn", "disableSchemaValidation"];
/** Kept as they come; the rest has rules of its own below. */
const PLAIN = [
  "name",
  "description",
  "version",
  "disableExecuteApiEndpoint",
  "ipAddressType",
  "apiKeySelectionExpression",
] as const;
const API_ID: Shape = { type: "string", required: true };

/** CreateApi, GetApi, GetApis, UpdateApi, DeleteApi, DeleteCorsConfiguration. */
export function apiOperations(env: CloudEnvironment, apis: Apis): Record<string, Operation> {
  const one = (input: JsonObject): string => apis.arn(`/apis/${text(input, "apiId")}`);
  return {
    CreateApi: {
      rest: { method: "POST", path: "/v2/apis", status: 201 },
      input: {
        ...SETTINGS,
        name: { type: "string", required: true, min: 1, max: 128 },
        protocolType: { type: "string", required: true, values: ["WEBSOCKET", "HTTP"] },
        tags: TAGS,
      },
      notImplemented: NOT_IMPLEMENTED,
      resource: () => apis.arn("/apis"),
      alsoNeeds: ({ tags }) => [...tagging("apigateway:POST", newApiTags(apis), tags), ...apis.serviceRole.needs()],
      async run(input) {
        const now = env.clock.now();
        const api = await apis.create(quickCreated(newApi(input, now), input, now));
        apis.serviceRole.make();
        return toApiWire(api);
      },
    },
    GetApi: {
      rest: { method: "GET", path: "/v2/apis/{apiId}" },
      input: { apiId: API_ID },
      resource: one,
      run: (input) => toApiWire(apis.require(text(input, "apiId"))),
    },
    GetApis: {
      rest: { method: "GET", path: "/v2/apis", query: PAGING_QUERY },
      input: PAGING_INPUT,
      resource: () => apis.arn("/apis"),
      run: (input) => pageOf(apis.all().map(toApiWire), input),
    },
    UpdateApi: {
      rest: { method: "PATCH", path: "/v2/apis/{apiId}" },
      input: { apiId: API_ID, ...SETTINGS },
      notImplemented: [...NOT_IMPLEMENTED, "target", "routeKey"],
      resource: one,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const changed = { ...api, ...settingsOf(input) };
        apis.save(changed);
        return toApiWire(changed);
      },
    },
    DeleteApi: {
      rest: { method: "DELETE", path: "/v2/apis/{apiId}", status: 204 },
      input: { apiId: API_ID },
      resource: one,
      async run(input) {
        await apis.delete(apis.require(text(input, "apiId")).apiId);
        return undefined;
      },
    },
    DeleteCorsConfiguration: {
      rest: { method: "DELETE", path: "/v2/apis/{apiId}/cors", status: 204 },
      input: { apiId: API_ID },
      resource: (input) => apis.arn(`/apis/${text(input, "apiId")}/cors`),
      run(input) {
        const { corsConfiguration: _gone, ...api } = apis.require(text(input, "apiId"));
        apis.save(api);
        return undefined;
      },
    },
  };
}

type NewApi = Omit<Api, "apiId" | "port">;

function newApi(input: JsonObject, now: number): NewApi {
  if (input["protocolType"] !== "HTTP") throw notImplemented("CreateApi with ProtocolType WEBSOCKET");
  return {
    apiKeySelectionExpression: "$request.header.x-api-key",
    routeSelectionExpression: "$request.method $request.path",
    disableExecuteApiEndpoint: false,
    ipAddressType: "ipv4",
    ...settingsOf(input),
    name: text(input, "name"),
    protocolType: "HTTP",
    createdDate: isoTime(now),
    tags: requireTags(input["tags"]),
    routes: {},
    integrations: {},
    authorizers: {},
    stages: {},
    deployments: {},
  };
}

/** @throws {AwsError} BadRequestException */
function settingsOf(input: JsonObject): Partial<Api> {
  const selection = input["routeSelectionExpression"];
  if (selection !== undefined && !ROUTE_SELECTION.has(String(selection))) {
    throw badRequest("Only $request.method $request.path is supported for HTTP APIs");
  }
  const { corsConfiguration } = pick<{ corsConfiguration: Cors }>(input, ["corsConfiguration"]);
  return {
    ...pick<Api>(input, [...PLAIN, "routeSelectionExpression"]),
    ...(corsConfiguration && { corsConfiguration: normaliseCors(corsConfiguration) }),
  };
}

/** With a Target, AWS makes integration, catch-all route and `$default` stage along with the API ("quick create"). */
function quickCreated(api: NewApi, input: JsonObject, now: number): NewApi {
  const target = input["target"];
  if (typeof target !== "string") {
    if (input["routeKey"] !== undefined) throw badRequest("Target is required when a RouteKey is given");
    return api;
  }
  const isLambda = target.startsWith("arn:");
  const integration = {
    ...newIntegration({
      integrationType: isLambda ? "AWS_PROXY" : "HTTP_PROXY",
      integrationUri: target,
      payloadFormatVersion: isLambda ? "2.0" : "1.0",
      ...(!isLambda && { integrationMethod: "ANY" }),
    }),
    apiGatewayManaged: true,
  };
  const routeKey = typeof input["routeKey"] === "string" ? input["routeKey"] : "$default";
  const withIntegration = { ...api, integrations: { [integration.integrationId]: integration } };
  const route = {
    ...newRoute(withIntegration, { routeKey, target: `integrations/${integration.integrationId}` }),
    apiGatewayManaged: true,
  };
  const stage = { ...newStage({ stageName: "$default", autoDeploy: true }, now), apiGatewayManaged: true };
  return autoDeployed(
    { ...withIntegration, routes: { [route.routeId]: route }, stages: { [stage.stageName]: stage } },
    now,
  );
}
