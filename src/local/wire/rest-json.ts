// REST JSON 1 (Lambda, API Gateway): the operation is a method and a path; members in path, query, headers and body.
// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html

import { own } from "../own.ts";
import { AwsError, Reply } from "../service.ts";
import type { Json, JsonObject, Operation, RestBinding, Service, Shape } from "../service.ts";
import { REST_OPERATIONS } from "./rest-operations.ts";
import { parseJsonBody } from "./wire.ts";
import type { Found, Wire, WireRequest } from "./wire.ts";

const OPERATION = /^\s+(\w+) ([A-Z]+) (\S+)$/gm;

interface Route {
  readonly name: string;
  /** Undefined for one that this cloud does not implement. */
  readonly operation: Operation | undefined;
  readonly method: string;
  readonly segments: readonly string[];
}

export function createRestJson(service: Service): Wire {
  const routes = routesOf(service);
  const reply = (status: number, headers: Record<string, string>, body: Uint8Array, requestId: string): Reply =>
    new Reply(status, { ...headers, "x-amzn-requestid": requestId }, body);

  return {
    find: (request) => matchRoute(routes, request),
    input(found, request) {
      const rest = found.operation?.rest;
      if (!rest) return {};
      return { ...bodyMembers(rest, request), ...boundMembers(rest, found, request) };
    },
    answer(found, output, requestId) {
      const status = found.operation?.rest?.status ?? 200;
      if (status === 204) return reply(status, {}, new Uint8Array(), requestId);
      return reply(
        status,
        { "content-type": "application/json" },
        Buffer.from(JSON.stringify(output ?? {})),
        requestId,
      );
    },
    refusal(error, requestId) {
      const headers = { "content-type": "application/json", "x-amzn-errortype": error.code };
      return reply(error.status, headers, Buffer.from(JSON.stringify(errorMembers(error))), requestId);
    },
  };
}

/** Lambda spells it `Message` in some of its errors: such an error brings it as a member. */
function errorMembers(error: AwsError): JsonObject {
  return "Message" in error.members ? error.members : { message: error.message, ...error.members };
}

function routesOf(service: Service): Route[] {
  const routes: Route[] = Object.entries(service.operations).map(([name, operation]) => {
    if (!operation.rest) throw new Error(`${service.signingName} ${name} has no REST binding`);
    const { method, path } = operation.rest;
    return { name, operation, method, segments: path.split("/").slice(1) };
  });
  for (const [, name = "", method = "", path = ""] of (own(REST_OPERATIONS, service.signingName) ?? "").matchAll(
    OPERATION,
  )) {
    if (Object.hasOwn(service.operations, name)) continue;
    routes.push({ name, operation: undefined, method, segments: path.split("/").slice(1) });
  }
  // Literal segments before labels, so that /v2/apis/exports is never read as /v2/apis/{apiId}.
  return routes.toSorted((a, b) => (specificity(a) < specificity(b) ? -1 : 1));
}

function specificity(route: Route): string {
  return route.segments.map((segment) => (isLabel(segment) ? (segment.endsWith("+}") ? "2" : "1") : "0")).join("");
}

function isLabel(segment: string): boolean {
  return segment.startsWith("{") && segment.endsWith("}");
}

function matchRoute(routes: readonly Route[], request: WireRequest): Found | undefined {
  // Lambda's own templates end some paths with a slash, and AWS takes both spellings.
  const segments = withoutTrailingSlash(request.path).split("/").slice(1);
  for (const route of routes) {
    if (route.method !== request.method) continue;
    const labels = labelsOf(route.segments, segments);
    if (labels) return { name: route.name, operation: route.operation, labels };
  }
  return undefined;
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function labelsOf(template: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const wanted = template.at(-1) === "" ? template.slice(0, -1) : template;
  const labels: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (isLabel(part) && part.endsWith("+}")) {
      const rest = segments.slice(index).join("/");
      if (rest === "") return undefined;
      labels[part.slice(1, -2)] = rest;
      return labels;
    }
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (isLabel(part)) {
      if (segment === "") return undefined;
      labels[part.slice(1, -1)] = segment;
    } else if (part !== segment) return undefined;
  }
  return wanted.length === segments.length ? labels : undefined;
}

/** @throws {AwsError} `SerializationException` 400 for a broken percent-encoding */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError("SerializationException", 400, "The URI is not valid.");
  }
}

function bodyMembers(rest: RestBinding, request: WireRequest): JsonObject {
  if (rest.rawBody === undefined) {
    return rest.method === "GET" || rest.method === "DELETE" ? {} : parseJsonBody(request.body);
  }
  // Bytes are not JSON; the one operation that binds its body (Lambda's Invoke) knows that it gets them.
  return { [rest.rawBody]: request.body as unknown as Json };
}

function boundMembers(rest: RestBinding, found: Found, request: WireRequest): JsonObject {
  const shapes = found.operation?.input ?? {};
  const members: JsonObject = {};
  for (const [label, text] of Object.entries(found.labels)) members[label] = decode(text);
  if (rest.query && request.query !== "") {
    const query = new URLSearchParams(request.query);
    for (const [parameter, member] of Object.entries(rest.query)) {
      const values = query.getAll(parameter);
      if (values[0] === undefined) continue;
      members[member] = shapes[member]?.type === "list" ? values : fromText(shapes[member], values[0]);
    }
  }
  for (const [header, member] of Object.entries(rest.headers ?? {})) {
    const value = request.headers[header];
    if (typeof value === "string") members[member] = fromText(shapes[member], value);
  }
  return members;
}

/** What cannot be read as its type stays text, so that the shape check names it. */
function fromText(shape: Shape | undefined, text: string): Json {
  if (shape?.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (shape?.type === "integer") return /^-?\d+$/.test(text) ? Number(text) : text;
  return text;
}
