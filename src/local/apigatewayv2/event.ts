// The event that a function gets: payload format 2.0, to the letter.
// (API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs".)

import type { JwtContext } from "./claims.ts";
import { parseQuery } from "./path.ts";

/** The headers of one request, read once: what the event shows of them and how long they were. */
export interface RequestHeaders {
  /** Lower-case names; values of a repeated one joined by commas; cookies are not among them. */
  readonly headers: Record<string, string>;
  readonly cookies: readonly string[] | undefined;
  /** Bytes of all values. */
  readonly size: number;
}

export function readHeaders(raw: readonly string[]): RequestHeaders {
  const headers = Object.create(null) as Record<string, string>;
  let cookies: string[] | undefined;
  let size = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    const value = raw[index + 1] ?? "";
    size += value.length;
    if (name === "cookie") {
      cookies = [...(cookies ?? []), ...value.split(/;\s*/)];
    } else if (!HOP_BY_HOP.has(name)) {
      const earlier = headers[name];
      headers[name] = earlier === undefined ? value : `${earlier},${value}`;
    }
  }
  return { headers, cookies, size };
}

/** They belong to the connection; API Gateway does not pass them on. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

interface EventInput {
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
  readonly method: string;
  /** Decoded, with the stage in front unless it is `$default`. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly protocol: string;
  readonly sourceIp: string;
  /** The port that was called. */
  readonly port: number;
  readonly headers: Record<string, string>;
  readonly cookies: readonly string[] | undefined;
  readonly body: Buffer | undefined;
  /** On a route with a JWT authorizer. */
  readonly jwt: JwtContext | undefined;
  readonly requestId: string;
  readonly traceId: string;
  readonly timeEpoch: number;
}

/** Absent things are left out, as AWS does, not null. */
export function toEvent(input: EventInput): string {
  const { headers, body } = input;
  headers["x-amzn-trace-id"] ??= `Root=1-${Math.floor(input.timeEpoch / 1000).toString(16)}-${input.traceId}`;
  headers["x-forwarded-for"] = headers["x-forwarded-for"]
    ? `${headers["x-forwarded-for"]}, ${input.sourceIp}`
    : input.sourceIp;
  headers["x-forwarded-port"] = String(input.port);
  headers["x-forwarded-proto"] = "http";
  const isText = body !== undefined && isTextBody(headers["content-type"]);
  return JSON.stringify({
    version: "2.0",
    routeKey: input.routeKey,
    rawPath: input.rawPath,
    rawQueryString: input.rawQueryString,
    cookies: input.cookies,
    headers,
    queryStringParameters: parseQuery(input.rawQueryString),
    requestContext: {
      accountId: input.accountId,
      apiId: input.apiId,
      authorizer: input.jwt && { jwt: input.jwt },
      ...domainOf(headers["host"] ?? "127.0.0.1", input.apiId),
      http: {
        method: input.method,
        path: input.rawPath,
        protocol: input.protocol,
        sourceIp: input.sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: input.requestId,
      routeKey: input.routeKey,
      stage: input.stage,
      time: clfTime(input.timeEpoch),
      timeEpoch: input.timeEpoch,
    },
    pathParameters: input.pathParameters,
    stageVariables: input.stageVariables,
    body: body?.toString(isText ? "utf8" : "base64"),
    isBase64Encoded: body !== undefined && !isText,
  });
}

/**
 * The bare host, as on AWS, and its first label. A handler that builds URLs of its own finds the port, which AWS's URLs
 * have not, in the header `host`, and `http` in `x-forwarded-proto`. An address has no labels: the API's id stands
 * for them, which is the first label of its URL on AWS.
 */
function domainOf(host: string, apiId: string): { domainName: string; domainPrefix: string } {
  const domainName = host.replace(/:\d+$/, "");
  const isAddress = /^(\[.*|[\d.]+)$/.test(domainName);
  return { domainName, domainPrefix: isAddress ? apiId : (domainName.split(".")[0] ?? apiId) };
}

const TEXT_TYPE = /^\s*(text\/[^;\s]+|application\/(json|xml|javascript))\s*(;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^;"\s]+)/i;

/**
 * Measured on AWS (ministack#766, floci#2172), since its pages do not list the types: everything else arrives in
 * base64, forms and bodies without a Content-Type included, and text in another charset than UTF-8 too.
 */
export function isTextBody(contentType: string | undefined): boolean {
  if (contentType === undefined || !TEXT_TYPE.test(contentType)) return false;
  const charset = CHARSET.exec(contentType)?.[1];
  return charset === undefined || charset.toLowerCase() === "utf-8";
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `12/Mar/2020:19:03:58 +0000` */
function clfTime(epochMs: number): string {
  const iso = new Date(epochMs).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
