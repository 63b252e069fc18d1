// The data plane: a request finds its stage and route, the function is invoked, its answer goes back.

import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Invocation } from "../service.ts";
import { createAuthorize, type NoAccess } from "./access.ts";
import { toAnswer } from "./answer.ts";
import type { Surroundings } from "./apis.ts";
import type { JwtContext } from "./claims.ts";
import { toEvent } from "./event.ts";
import type { DeployedRoute } from "./model.ts";
import { parseTarget, type RequestTarget } from "./path.ts";
import type { ApiRequest } from "./port.ts";
import type { RouteMatch } from "./routing.ts";
import type { ServedApi, ServedStage } from "./served-api.ts";

/** Lambda's synchronous payload: 6 MB and some room for the envelope (Lambda quotas). */
const EVENT_LIMIT = 6_291_556;

/** One request under way: what every answer to it needs. */
interface Exchange {
  readonly api: ServedApi;
  readonly request: ApiRequest;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly traceId: string;
  readonly method: string;
  readonly origin: string | undefined;
}

/** The way that a request takes, and whose it is. */
interface Taken {
  readonly target: RequestTarget;
  readonly stage: ServedStage;
  readonly match: RouteMatch;
  readonly jwt: JwtContext | undefined;
}

type Outcome = Invocation | { readonly outcome: "timeout" };

interface HttpApi {
  serve(api: ServedApi, request: ApiRequest, response: ServerResponse): void;
  /** What every answer carries: a request id of its own, and CORS headers for an origin that the API allows. */
  headersOf(api: ServedApi | undefined, origin: string | undefined): string[];
}

export function createHttpApi({ env, functions, issuers }: Surroundings): HttpApi {
  const authorize = createAuthorize({ env, issuers });
  // Random once, then counted up: ids must differ, not surprise, and randomness for each is the dearest part of a request.
  const ids = randomBytes(23);

  function nextRequestId(): string {
    ids.writeUInt32BE((ids.readUInt32BE(7) + 1) >>> 0, 7);
    ids.copy(ids, 19, 7, 11);
    return ids.toString("base64", 0, 11);
  }

  function serve(api: ServedApi, request: ApiRequest, response: ServerResponse): void {
    const exchange: Exchange = {
      api,
      request,
      response,
      requestId: nextRequestId(),
      traceId: ids.toString("hex", 11),
      method: request.message.method ?? "GET",
      origin: request.message.headers.origin,
    };
    const target = parseTarget(request.message.url ?? "/");
    if (target === undefined) return refuse(exchange, 400, "Bad Request");
    const staged = api.stageFor(target.path);
    if (staged === undefined) return answerUnmatched(exchange);
    // A preflight is API Gateway's own business, whichever route it would take.
    if (isPreflight(exchange)) return preflight(exchange);
    const match = staged.stage.routes.match(exchange.method, staged.rest);
    if (match === undefined) return answerUnmatched(exchange);
    runRoute(exchange, target, staged.stage, match).catch((error: unknown) => {
      env.log(`API ${api.apiId}: ${match.route.routeKey}: ${error instanceof Error ? error.stack : String(error)}`);
      if (!response.headersSent) refuse(exchange, 500, "Internal Server Error");
    });
  }

  async function runRoute(
    exchange: Exchange,
    target: RequestTarget,
    stage: ServedStage,
    match: RouteMatch,
  ): Promise<void> {
    const { route } = match;
    const { headers } = exchange.request.head;
    const access = await authorize(route, { headers, rawQueryString: target.rawQueryString });
    if (!access.isGranted) return shutOut(exchange, access);
    const functionArn = functionArnOf(route);
    if (functionArn === undefined) {
      return fail(exchange, route, "no integration that the local cloud can call is attached to this route");
    }
    const event = Buffer.from(eventOf(exchange, { target, stage, match, jwt: access.jwt }));
    if (event.length > EVENT_LIMIT) return refuse(exchange, 413, "Request Entity Too Large");
    const sourceArn = sourceArnOf(exchange, stage, route);
    const trace = headers["x-amzn-trace-id"];
    const outcome = await within(
      route.integration?.timeoutInMillis ?? 30_000,
      functions.invoke(functionArn, event, { principal: "apigateway.amazonaws.com", sourceArn, trace }),
    );
    switch (outcome.outcome) {
      case "answered":
        return answer(exchange, route, outcome.payload);
      case "throttled":
      case "timeout":
        return refuse(exchange, 503, "Service Unavailable");
      case "denied":
        return fail(
          exchange,
          route,
          `${functionArn} does not allow apigateway.amazonaws.com to invoke it from ${sourceArn}`,
        );
      case "missing":
        return fail(exchange, route, `there is no function ${functionArn}`);
      case "unstartable":
        return fail(exchange, route, `${functionArn} cannot be started: ${outcome.reason}`);
      case "failed":
        return fail(exchange, route, `${functionArn} failed: see its log`);
    }
  }

  function eventOf(exchange: Exchange, { target, stage, match, jwt }: Taken): string {
    const { message, head, body, port } = exchange.request;
    return toEvent({
      accountId: env.accountId,
      apiId: exchange.api.apiId,
      stage: stage.name,
      stageVariables: stage.variables,
      routeKey: match.route.routeKey,
      pathParameters: match.pathParameters,
      method: exchange.method,
      rawPath: target.path,
      rawQueryString: target.rawQueryString,
      protocol: `HTTP/${message.httpVersion}`,
      sourceIp: message.socket.remoteAddress ?? "127.0.0.1",
      port,
      headers: head.headers,
      cookies: head.cookies,
      body,
      jwt,
      requestId: exchange.requestId,
      traceId: exchange.traceId,
      timeEpoch: env.clock.now(),
    });
  }

  /** What AWS compares with a permission's SourceArn: the route's path as its key has it, `{id}` and all. */
  function sourceArnOf({ api, method }: Exchange, stage: ServedStage, { routeKey }: DeployedRoute): string {
    const arn = `arn:${env.partition}:execute-api:${env.region}:${env.accountId}:${api.apiId}/${stage.name}`;
    return routeKey === "$default" ? `${arn}/$default` : `${arn}/${method}${routeKey.slice(routeKey.indexOf(" ") + 1)}`;
  }

  function answer(exchange: Exchange, route: DeployedRoute, payload: Uint8Array): void {
    const made = toAnswer(payload, exchange.api.cors !== undefined);
    if (made === undefined) return fail(exchange, route, "the function's answer is none that API Gateway understands");
    send(exchange, made.status, made.headers, made.body);
  }

  /** The client learns no more than on AWS; the reason stands in the cloud's log. */
  function fail(exchange: Exchange, route: DeployedRoute, reason: string): void {
    env.log(`API ${exchange.api.apiId}: ${route.routeKey} answered 500: ${reason}`);
    refuse(exchange, 500, "Internal Server Error");
  }

  return {
    serve,
    headersOf: (api, origin) => [...(api?.cors?.answer(origin) ?? []), "apigw-requestid", nextRequestId()],
  };
}

function isPreflight({ api, method, origin, request }: Exchange): boolean {
  if (api.cors === undefined || method !== "OPTIONS") return false;
  return origin !== undefined && request.message.headers["access-control-request-method"] !== undefined;
}

function preflight(exchange: Exchange): void {
  const { api, origin, request, response } = exchange;
  const asked = request.message.headers["access-control-request-method"];
  response.writeHead(204, [...(api.cors?.preflight(origin, asked) ?? []), "apigw-requestid", exchange.requestId]);
  response.end();
}

/** With CORS configured every OPTIONS that no route takes is answered, even one that is no preflight. */
function answerUnmatched(exchange: Exchange): void {
  if (exchange.method === "OPTIONS" && exchange.api.cors !== undefined) return preflight(exchange);
  refuse(exchange, 404, "Not Found");
}

function shutOut(exchange: Exchange, { status, challenge }: NoAccess): void {
  const headers = challenge === undefined ? [] : ["www-authenticate", challenge];
  refuse(exchange, status, status === 401 ? "Unauthorized" : "Forbidden", headers);
}

function refuse(exchange: Exchange, status: number, message: string, headers: readonly string[] = []): void {
  send(exchange, status, ["content-type", "application/json", ...headers], JSON.stringify({ message }));
}

function send(
  { api, origin, requestId, response }: Exchange,
  status: number,
  headers: string[],
  body: Buffer | string,
): void {
  const hasBody = status !== 204 && status !== 304;
  if (hasBody) headers.push("content-length", String(Buffer.byteLength(body)));
  if (api.cors !== undefined) headers.push(...api.cors.answer(origin));
  headers.push("apigw-requestid", requestId);
  response.writeHead(status, headers);
  response.end(hasBody ? body : undefined);
}

const INVOCATION_URI = /^arn:[\w-]+:apigateway:[\w-]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** The function behind a route, by its ARN or by the older URI that wraps it; undefined for anything else. */
function functionArnOf({ integration }: DeployedRoute): string | undefined {
  if (integration?.integrationType !== "AWS_PROXY") return undefined;
  const uri = integration.integrationUri ?? "";
  return INVOCATION_URI.exec(uri)?.[1] ?? (/^arn:[\w-]+:lambda:/.test(uri) ? uri : undefined);
}

/** The function runs on after a timeout, as on AWS; only nobody waits for it any more. */
function within(ms: number, invocation: Promise<Invocation>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ outcome: "timeout" }), ms);
    invocation.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
