// AWS Signature Version 4 as the receiving side sees it: what a request says about its signer, and whether it is true.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { WireRequest } from "./wire/wire.ts";
import { own } from "./own.ts";

/** What an Authorization header or a presigned query says. */
export interface Signed {
  readonly accessKeyId: string;
  /** `20261123` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261123T101112Z` */
  readonly timestamp: string;
  readonly sessionToken: string | undefined;
  /** Seconds that a presigned query is good for; undefined for a header. */
  readonly expires?: number;
}

const ALGORITHM = "AWS4-HMAC-SHA256 ";
/** The parts of an Authorization header, which may come in any order. */
const CREDENTIAL = /[\s,]Credential=([^,\s]+)/;
const SIGNED_HEADERS = /[\s,]SignedHeaders=([^,\s]+)/;
const SIGNATURE = /[\s,]Signature=([0-9a-f]{64})\s*(?:,|$)/;
const EMPTY_BODY = createHash("sha256").digest("hex");
/** Signing keys are the same for a whole day; more entries than this means keys of many sessions. */
const MAX_SIGNING_KEYS = 200;

/** Undefined when the request is not signed at all; `"malformed"` when it is, but not as AWS demands. */
export function signedOf(request: Pick<WireRequest, "headers" | "query">): Signed | "malformed" | undefined {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return fromHeader(authorization, request);
  return request.query.includes("X-Amz-Signature=") ? fromQuery(new URLSearchParams(request.query)) : undefined;
}

function fromHeader(authorization: string, { headers }: Pick<WireRequest, "headers">): Signed | "malformed" {
  if (!authorization.startsWith(ALGORITHM)) return "malformed";
  const date = headers["x-amz-date"];
  const token = headers["x-amz-security-token"];
  const scope = scopeOf(CREDENTIAL.exec(authorization)?.[1]);
  const signedHeaders = SIGNED_HEADERS.exec(authorization)?.[1];
  const signature = SIGNATURE.exec(authorization)?.[1];
  if (!scope || signedHeaders === undefined || signature === undefined || typeof date !== "string") return "malformed";
  return {
    ...scope,
    signedHeaders: signedHeaders.split(";"),
    signature,
    timestamp: date,
    sessionToken: typeof token === "string" ? token : undefined,
  };
}

function fromQuery(query: URLSearchParams): Signed | "malformed" {
  const scope = scopeOf(query.get("X-Amz-Credential") ?? undefined);
  const [headers, date] = [query.get("X-Amz-SignedHeaders"), query.get("X-Amz-Date")];
  const expires = Number(query.get("X-Amz-Expires") ?? "NaN");
  if (!scope || headers === null || date === null || !Number.isInteger(expires)) return "malformed";
  return {
    ...scope,
    signedHeaders: headers.split(";"),
    signature: query.get("X-Amz-Signature") ?? "",
    timestamp: date,
    sessionToken: query.get("X-Amz-Security-Token") ?? undefined,
    expires,
  };
}

type Scope = Pick<Signed, "accessKeyId" | "day" | "region" | "service">;

function scopeOf(credential: string | undefined): Scope | undefined {
  const [accessKeyId, day, region, service, end] = credential?.split("/") ?? [];
  if (!accessKeyId || !day || !region || !service || end !== "aws4_request") return undefined;
  return { accessKeyId, day, region, service };
}

/** Milliseconds since the epoch of `20261123T101112Z`; NaN when it is not such a time. */
export function timeOf(timestamp: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (!parts) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

export interface Verifier {
  /** Whether the signature is the one that this secret makes of this request. */
  isSignedWith(secret: string, signed: Signed, request: WireRequest): boolean;
}

/** Verifies signatures; keeps the day's signing keys, since a function's calls come by the thousand. */
export function createVerifier(): Verifier {
  const keys = new Map<string, Buffer>();

  function signingKey(secret: string, { accessKeyId, day, region, service }: Signed): Buffer {
    const id = `${accessKeyId}/${day}/${region}/${service}`;
    const known = keys.get(id);
    if (known) return known;
    if (keys.size >= MAX_SIGNING_KEYS) keys.clear();
    const key = [day, region, service, "aws4_request"].reduce<Buffer>(
      (previous, part) => hmac(previous, part),
      Buffer.from(`AWS4${secret}`),
    );
    keys.set(id, key);
    return key;
  }

  return {
    isSignedWith(secret, signed, request) {
      const canonical = createHash("sha256").update(canonicalRequest(signed, request)).digest("hex");
      const scope = `${signed.day}/${signed.region}/${signed.service}/aws4_request`;
      const expected = hmac(
        signingKey(secret, signed),
        `AWS4-HMAC-SHA256\n${signed.timestamp}\n${scope}\n${canonical}`,
      );
      const given = Buffer.from(signed.signature, "hex");
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function canonicalRequest(signed: Signed, request: WireRequest): string {
  const headers = signed.signedHeaders.map((name) => `${name}:${headerText(request, name)}\n`).join("");
  const body = request.body.length === 0 ? EMPTY_BODY : createHash("sha256").update(request.body).digest("hex");
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers,
    signed.signedHeaders.join(";"),
    body,
  ].join("\n");
}

function headerText(request: WireRequest, name: string): string {
  const value = own(request.headers, name);
  return (Array.isArray(value) ? value.join(",") : (value ?? "")).trim().replace(/ {2,}/g, " ");
}

/** Every service but S3 encodes the already encoded path once more. */
function canonicalPath(path: string): string {
  return path === "/" ? path : path.split("/").map(encode).join("/");
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .filter((pair) => pair !== "" && !pair.startsWith("X-Amz-Signature="))
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [encode(decodeOnce(name)), encode(decodeOnce(value.join("=")))] as const;
    })
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
