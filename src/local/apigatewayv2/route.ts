// Routes: method and path, and the integration that answers for them.

import { own } from "../own.ts";
import type { CloudEnvironment, JsonObject, Operation, Shape } from "../service.ts";
import type { Apis } from "./apis.ts";
import { autoDeployed } from "./deployment.ts";
import {
  badRequest,
  conflict,
  limitReached,
  newId,
  notFound,
  notImplemented,
  pick,
  text,
  toJson,
  type Api,
  type Route,
} from "./model.ts";
import { pageOf, PAGING_INPUT, PAGING_QUERY } from "./paging.ts";
import { isRouteKey } from "./routing.ts";

/** "Routes per API" (Amazon API Gateway quotas, HTTP API). */
const ROUTE_LIMIT = 300;

const SETTINGS: Readonly<Record<string, Shape>> = {
  apiKeyRequired: { type: "boolean" },
  authorizationScopes: { type: "list", of: { type: "string", min: 1, max: 64 } },
  authorizationType: { type: "string", values: ["NONE", "AWS_IAM", "CUSTOM", "JWT"] },
  authorizerId: { type: "string" },
  operationName: { type: "string", max: 64 },
  routeKey: { type: "string" },
  target: { type: "string", max: 128 },
};
const NOT_IMPLEMENTED = [
  "modelSelectionExpression",
  "requestModels",
  "requestParameters",
  "routeResponseSelectionExpression",
];
const API_ID: Shape = { type: "string", required: true };
const ONE = { apiId: API_ID, routeId: { type: "string", required: true } } as const;
const COLLECTION = "/v2/apis/{apiId}/routes";

type RouteSettings = Pick<Api, "routes" | "integrations" | "authorizers">;

/** CreateRoute, GetRoute, GetRoutes, UpdateRoute, DeleteRoute. */
export function routeOperations(env: CloudEnvironment, apis: Apis): Record<string, Operation> {
  const all = (input: JsonObject): string => apis.arn(`/apis/${text(input, "apiId")}/routes`);
  const one = (input: JsonObject): string => `${all(input)}/${text(input, "routeId")}`;
  function save(api: Api, routes: Api["routes"]): void {
    apis.save(autoDeployed({ ...api, routes }, env.clock.now()));
  }
  return {
    CreateRoute: {
      rest: { method: "POST", path: COLLECTION, status: 201 },
      input: { apiId: API_ID, ...SETTINGS, routeKey: { type: "string", required: true } },
      notImplemented: NOT_IMPLEMENTED,
      resource: all,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const route = newRoute(api, input);
        save(api, { ...api.routes, [route.routeId]: route });
        return toJson(route);
      },
    },
    GetRoute: {
      rest: { method: "GET", path: `${COLLECTION}/{routeId}` },
      input: ONE,
      resource: one,
      run: (input) => toJson(requireRoute(apis.require(text(input, "apiId")), text(input, "routeId"))),
    },
    GetRoutes: {
      rest: { method: "GET", path: COLLECTION, query: PAGING_QUERY },
      input: { apiId: API_ID, ...PAGING_INPUT },
      resource: all,
      run: (input) => pageOf(Object.values(apis.require(text(input, "apiId")).routes).map(toJson), input),
    },
    UpdateRoute: {
      rest: { method: "PATCH", path: `${COLLECTION}/{routeId}` },
      input: { ...ONE, ...SETTINGS },
      notImplemented: NOT_IMPLEMENTED,
      resource: one,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const route = requireRoute(api, text(input, "routeId"));
        const changed = withSettings(api, route, input);
        save(api, { ...api.routes, [route.routeId]: changed });
        return toJson(changed);
      },
    },
    DeleteRoute: {
      rest: { method: "DELETE", path: `${COLLECTION}/{routeId}`, status: 204 },
      input: ONE,
      resource: one,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const { [requireRoute(api, text(input, "routeId")).routeId]: _gone, ...routes } = api.routes;
        save(api, routes);
        return undefined;
      },
    },
  };
}

/**
 * A route that the API may have beside those it has.
 * @throws {AwsError} BadRequestException, NotFoundException (its target), ConflictException (its key is taken)
 */
export function newRoute(api: RouteSettings, input: JsonObject): Route {
  if (Object.keys(api.routes).length >= ROUTE_LIMIT) throw limitReached("Routes");
  const bare: Route = {
    routeId: newId(7),
    routeKey: text(input, "routeKey"),
    authorizationType: "NONE",
    apiKeyRequired: false,
  };
  return withSettings(api, bare, input);
}

function withSettings(api: RouteSettings, route: Route, input: JsonObject): Route {
  const { target, ...given } = {
    ...route,
    ...pick<Route>(input, [
      "routeKey",
      "target",
      "authorizationType",
      "authorizerId",
      "authorizationScopes",
      "operationName",
      "apiKeyRequired",
    ]),
  };
  requireRouteKey(api, given);
  if (given.apiKeyRequired) throw badRequest("ApiKeyRequired is not currently supported for HTTP APIs");
  const settings = authorized(api, given, input);
  // As with OperationName, an empty string takes the value away.
  return target === undefined || target === "" ? settings : { ...settings, target: requireTarget(api, target) };
}

/** Only with JWT has a route an authorizer and scopes; another type takes away those that it had. */
function authorized(api: RouteSettings, given: Omit<Route, "target">, input: JsonObject): Omit<Route, "target"> {
  const { authorizerId, authorizationScopes, ...settings } = given;
  // A route that named a Lambda authorizer would have to be left open or shut without reason.
  if (settings.authorizationType === "CUSTOM") throw notImplemented("routes with AuthorizationType CUSTOM");
  if (settings.authorizationType !== "JWT") {
    if (isListed(input["authorizationScopes"])) {
      throw badRequest(
        "Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types",
      );
    }
    return settings;
  }
  if (authorizerId === undefined || own(api.authorizers, authorizerId) === undefined) {
    throw badRequest(
      "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.",
    );
  }
  return { ...settings, authorizerId, ...(isListed(authorizationScopes) && { authorizationScopes }) };
}

function isListed<T>(value: T | undefined): value is T & readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function requireRouteKey(api: RouteSettings, { routeId, routeKey }: Pick<Route, "routeId" | "routeKey">): void {
  if (!isRouteKey(routeKey)) {
    throw badRequest(
      'The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
    );
  }
  if (Object.values(api.routes).some((other) => other.routeKey === routeKey && other.routeId !== routeId)) {
    throw conflict(`Route with key ${routeKey} already exists for this API`);
  }
}

function requireTarget(api: RouteSettings, target: string): string {
  const integrationId = /^integrations\/(.+)$/.exec(target)?.[1];
  if (integrationId === undefined) {
    throw badRequest("Invalid target specified. Format should be integrations/<integration id>");
  }
  if (own(api.integrations, integrationId) === undefined) {
    throw notFound(`Invalid Integration identifier specified ${integrationId}`);
  }
  return target;
}

function requireRoute(api: Api, routeId: string): Route {
  const route = own(api.routes, routeId);
  if (route === undefined) throw notFound(`Invalid Route identifier specified ${routeId}`);
  return route;
}
