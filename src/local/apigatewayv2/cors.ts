// CORS as an HTTP API's configuration has it: who may call from a browser, and the headers that say so.

import type { Cors } from "./model.ts";
import { badRequest } from "./model.ts";

const METHODS = new Set(["*", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]);
const ORIGIN = /^(\*|https?:\/\/\*|[a-z][a-z0-9+.-]*:\/\/[^/\s*]+)$/;

export interface CorsRules {
  /** Headers of the answer to a preflight, none when the origin is not allowed. Flat: name, value, name, value. */
  preflight(origin: string | undefined, requestedMethod: string | undefined): string[];
  /** Headers that go onto every other answer. */
  answer(origin: string | undefined): string[];
}

/**
 * The configuration as AWS keeps it: names and origins in lower case, methods in upper case.
 * @throws {AwsError} BadRequestException
 */
export function normaliseCors(cors: Cors): Cors {
  const normal: Cors = {
    ...cors,
    ...(cors.allowOrigins && { allowOrigins: cors.allowOrigins.map((origin) => origin.toLowerCase()) }),
    ...(cors.allowMethods && { allowMethods: cors.allowMethods.map((method) => method.toUpperCase()) }),
    ...(cors.allowHeaders && { allowHeaders: cors.allowHeaders.map((name) => name.toLowerCase()) }),
    ...(cors.exposeHeaders && { exposeHeaders: cors.exposeHeaders.map((name) => name.toLowerCase()) }),
  };
  if (normal.allowCredentials && normal.allowOrigins?.includes("*")) {
    throw badRequest("allow-credentials is not supported if 'allow-origin' is *");
  }
  const origin = normal.allowOrigins?.find((each) => !ORIGIN.test(each));
  if (origin !== undefined)
    throw badRequest(`Invalid format for origin ${origin}. Origins should have a scheme and a host.`);
  const method = normal.allowMethods?.find((each) => !METHODS.has(each));
  if (method !== undefined) throw badRequest(`Invalid method ${method} in allow-methods`);
  return normal;
}

/** Headers computed once; per request only the origin is looked up. */
export function compileCors(cors: Cors): CorsRules {
  const origins = new Set(cors.allowOrigins);
  const credentials = cors.allowCredentials ? ["access-control-allow-credentials", "true"] : [];
  const onAnswers = [...credentials, ...list("access-control-expose-headers", cors.exposeHeaders)];
  const onPreflight = [
    ...onAnswers,
    ...list("access-control-allow-methods", cors.allowMethods),
    ...list("access-control-allow-headers", cors.allowHeaders),
    ...(cors.maxAge === undefined ? [] : ["access-control-max-age", String(cors.maxAge)]),
  ];
  function allowed(origin: string | undefined): string | undefined {
    if (origin === undefined) return undefined;
    if (origins.has("*")) return "*";
    const lower = origin.toLowerCase();
    const scheme = /^https?:\/\//.exec(lower)?.[0];
    return origins.has(lower) || origins.has(`${scheme}*`) ? origin : undefined;
  }
  return {
    preflight(origin, requestedMethod) {
      const value = requestedMethod === undefined ? undefined : allowed(origin);
      return value === undefined ? [] : ["access-control-allow-origin", value, ...onPreflight];
    },
    answer(origin) {
      const value = allowed(origin);
      return value === undefined ? [] : ["access-control-allow-origin", value, ...onAnswers];
    },
  };
}

function list(header: string, values: readonly string[] | undefined): string[] {
  return values === undefined || values.length === 0 ? [] : [header, values.join(",")];
}
