// The routes of the API as one set: read with one call, each made and attached on its own.

import {
  ApiGatewayV2Client,
  type AuthorizationType,
  CreateRouteCommand,
  DeleteRouteCommand,
  GetRoutesCommand,
  type Route as RouteDescription,
  UpdateRouteCommand,
} from "@aws-sdk/client-apigatewayv2";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import type { Resource, Scope } from "../resource.ts";
import { toPage, writeToApi } from "./api-write.ts";
import { VERBS } from "./verbs.ts";

export interface RoutesKey {
  readonly apiId: string;
  readonly routeKeys: readonly string[];
}

export interface RoutesSpec extends RoutesKey {
  /** `integrations/<id>`; undefined leaves each route as it is. */
  readonly target: string | undefined;
  /** Which of them want a token; undefined leaves each route as it is. */
  readonly protection?: RouteProtection | undefined;
}

export interface RouteProtection {
  /** Needed as soon as there is a protected route. */
  readonly authorizerId: string | undefined;
  readonly routeKeys: readonly string[];
}

export interface Route {
  readonly routeKey: string;
  readonly routeId: string;
  readonly target?: string;
  /** `NONE`, `JWT`, `AWS_IAM` or `CUSTOM` */
  readonly authorizationType: string;
  readonly authorizerId?: string;
  readonly authorizationScopes: readonly string[];
}

export interface Routes {
  readonly apiId: string;
  readonly routes: readonly Route[];
}

export const routes: Resource<RoutesKey, RoutesSpec, Routes> = {
  alreadyExists: ["ConflictException"],
  rights: { itself: VERBS },

  async read(scope, { apiId, routeKeys }) {
    const ours = (await listRoutes(scope, apiId)).filter(({ routeKey }) => routeKeys.includes(routeKey));
    return ours.length === 0 ? undefined : { live: { apiId, routes: ours }, tags: "untaggable" };
  },

  diff(spec, { live }) {
    return spec.routeKeys.flatMap((routeKey): Change[] => {
      const route = live.routes.find((each) => each.routeKey === routeKey);
      if (route === undefined) return [{ field: routeKey, from: undefined, to: spec.target ?? "no target" }];
      return routeChanges(spec, route).map((change) => ({ ...change, field: `${routeKey}.${change.field}` }));
    });
  },

  async reconcile(scope, spec, observed, created) {
    const known = new Map(observed?.live.routes.map((route) => [route.routeKey, route]));
    const current = (): Routes => ({ apiId: spec.apiId, routes: [...known.values()] });
    for (const routeKey of spec.routeKeys) {
      const route = known.get(routeKey);
      if (route !== undefined && routeChanges(spec, route).length === 0) continue;
      known.set(routeKey, await (route === undefined ? create(scope, spec, routeKey) : update(scope, spec, route)));
      created(current());
    }
    return current();
  },

  async remove(scope, { apiId, routes: all }) {
    for (const { routeId } of all) await removeRoute(scope, apiId, routeId);
  },
};

/** Every route of the API, also those that are not this stack's; none of an API that is gone. */
export async function listRoutes(scope: Scope, apiId: string): Promise<Route[]> {
  const client = scope.clients.get(ApiGatewayV2Client);
  const all = await unlessMissing(
    everyPage(async (NextToken) => toPage(await client.send(new GetRoutesCommand({ ApiId: apiId, NextToken })))),
    "NotFoundException",
  );
  return (all ?? []).map(toRoute);
}

/**
 * Takes the integration off each route.
 * UpdateRoute with an empty Target is undocumented: when it is refused or the answer still has one, the route is made
 * again without one, let in as before. (Interrupted between the two calls, the route is missing: `routes create` makes it.)
 */
export async function detachRoutes(scope: Scope, { apiId, routes: all }: Routes): Promise<Routes> {
  const client = scope.clients.get(ApiGatewayV2Client);
  const detached: Route[] = [];
  for (const route of all) {
    const { routeKey, routeId, target } = route;
    if (target === undefined) {
      detached.push(route);
      continue;
    }
    const command = new UpdateRouteCommand({ ApiId: apiId, RouteId: routeId, Target: "" });
    const answer = await writeToApi(scope, apiId, () => client.send(command)).then(toRoute, (error: unknown) => {
      if (isAwsError(error, "BadRequestException")) return undefined;
      throw error;
    });
    if (answer !== undefined && answer.target === undefined) {
      detached.push(answer);
    } else {
      await removeRoute(scope, apiId, routeId);
      detached.push(await create(scope, { apiId, routeKeys: [], target: undefined }, routeKey, authorizationOf(route)));
    }
  }
  return { apiId, routes: detached };
}

/** A protected route is so from its first moment. */
async function create(
  scope: Scope,
  spec: RoutesSpec,
  routeKey: string,
  authorization: Authorization = wantedAuthorization(spec, routeKey),
): Promise<Route> {
  const { apiId, target } = spec;
  const client = scope.clients.get(ApiGatewayV2Client);
  const command = new CreateRouteCommand({
    ApiId: apiId,
    RouteKey: routeKey,
    ...(target === undefined ? {} : { Target: target }),
    // `NONE` is what AWS makes of nothing.
    ...(authorization.AuthorizationType === "NONE" ? {} : authorization),
  });
  return toRoute(await writeToApi(scope, apiId, () => client.send(command)));
}

/** Sends what differs: AWS leaves members that are not sent as they are. */
async function update(scope: Scope, spec: RoutesSpec, route: Route): Promise<Route> {
  const { apiId, target } = spec;
  const differs = new Set(routeChanges(spec, route).map(({ field }) => field));
  const client = scope.clients.get(ApiGatewayV2Client);
  const command = new UpdateRouteCommand({
    ApiId: apiId,
    RouteId: route.routeId,
    ...(differs.has("Target") ? { Target: target } : {}),
    ...(differs.has("AuthorizationType") || differs.has("AuthorizerId") ? authorizationFor(spec, route) : {}),
  });
  return toRoute(await writeToApi(scope, apiId, () => client.send(command)));
}

/** What of a route that is there is not as it should be. */
function routeChanges(spec: RoutesSpec, route: Route): Change[] {
  const { AuthorizationType, AuthorizerId } = isOthers(spec, route)
    ? { AuthorizationType: undefined, AuthorizerId: undefined }
    : wantedAuthorization(spec, route.routeKey);
  return changesBetween(
    { Target: spec.target, AuthorizationType, AuthorizerId },
    { Target: route.target, AuthorizationType: route.authorizationType, AuthorizerId: route.authorizerId },
  );
}

/** Open is what ours lets go; what somebody protects otherwise stays so. */
function isOthers(spec: RoutesSpec, { routeKey, authorizationType, authorizerId }: Route): boolean {
  const { protection } = spec;
  if (protection === undefined) return true;
  const isWanted = protection.routeKeys.includes(routeKey);
  return !isWanted && authorizationType !== "NONE" && authorizerId !== protection.authorizerId;
}

interface Authorization {
  readonly AuthorizationType: AuthorizationType;
  readonly AuthorizerId?: string | undefined;
  readonly AuthorizationScopes?: string[];
}

function wantedAuthorization({ protection }: RoutesSpec, routeKey: string): Authorization {
  if (protection?.routeKeys.includes(routeKey) !== true) return { AuthorizationType: "NONE" };
  return { AuthorizationType: "JWT", AuthorizerId: protection.authorizerId };
}

/** Only `NONE` takes an authorizer off, leaving it out changes nothing; scopes hold for tokens alone. */
function authorizationFor(spec: RoutesSpec, { routeKey, authorizationScopes }: Route): Authorization {
  const wanted = wantedAuthorization(spec, routeKey);
  const isBare = wanted.AuthorizationType === "NONE" && authorizationScopes.length > 0;
  return isBare ? { ...wanted, AuthorizationScopes: [] } : wanted;
}

/** As it is: for a route that has to be made again. */
function authorizationOf({ authorizationType, authorizerId, authorizationScopes }: Route): Authorization {
  return {
    // As AWS gave it.
    AuthorizationType: authorizationType as AuthorizationType,
    ...(authorizerId === undefined ? {} : { AuthorizerId: authorizerId }),
    ...(authorizationScopes.length === 0 ? {} : { AuthorizationScopes: [...authorizationScopes] }),
  };
}

async function removeRoute(scope: Scope, apiId: string, routeId: string): Promise<void> {
  const client = scope.clients.get(ApiGatewayV2Client);
  const command = new DeleteRouteCommand({ ApiId: apiId, RouteId: routeId });
  await writeToApi(scope, apiId, () => unlessMissing(client.send(command), "NotFoundException"));
}

type RouteAnswer = { readonly [K in keyof RouteDescription]?: RouteDescription[K] | undefined };

function toRoute({
  RouteKey = "",
  RouteId = "",
  Target,
  AuthorizationType = "NONE",
  AuthorizerId,
  AuthorizationScopes = [],
}: RouteAnswer): Route {
  return {
    routeKey: RouteKey,
    routeId: RouteId,
    ...(Target === undefined || Target === "" ? {} : { target: Target }),
    authorizationType: AuthorizationType,
    ...(AuthorizationType === "NONE" || AuthorizerId === undefined ? {} : { authorizerId: AuthorizerId }),
    authorizationScopes: AuthorizationScopes,
  };
}
