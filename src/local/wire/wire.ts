// What a protocol does for one service: name the operation, read its input, write its answer or its refusal.

import type { IncomingHttpHeaders } from "node:http";
import { own } from "../own.ts";
import { AwsError } from "../service.ts";
import type { JsonObject, Operation, Reply, Service } from "../service.ts";

/** One request as it came, body and all. */
export interface WireRequest {
  readonly method: string;
  /** As sent: still percent-encoded, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Which operation a request asks for. `operation` is undefined when this cloud does not implement it. */
export interface Found {
  readonly name: string;
  readonly operation: Operation | undefined;
  /** Path labels as sent, still percent-encoded (restJson1). */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Wire {
  /** Undefined when the request is not of this protocol, or names no operation at all. */
  find(request: WireRequest): Found | undefined;
  /** @throws {AwsError} `SerializationException` when the body is not what the protocol says */
  input(found: Found, request: WireRequest): JsonObject;
  answer(found: Found, output: JsonObject | undefined, requestId: string): Reply;
  refusal(error: AwsError, requestId: string): Reply;
}

/** The operation of that name, never something that the table inherits from Object. */
export function operationNamed(service: Service, name: string): Operation | undefined {
  return own(service.operations, name);
}

/**
 * The body as a JSON object, without members that are null (AWS reads them as absent).
 * @throws {AwsError} `SerializationException` 400
 */
export function parseJsonBody(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  const text = body.toString("utf8");
  let parsed: unknown;
  try {
    // Visiting every member is slow, and hardly any body has a null.
    parsed = text.includes("null") ? JSON.parse(text, withoutNull) : JSON.parse(text);
  } catch {
    throw new AwsError("SerializationException", 400, "Unable to parse the request body as JSON.");
  }
  if (!isJsonObject(parsed)) {
    throw new AwsError("SerializationException", 400, "Start of structure or map found where not expected.");
  }
  return parsed;
}

function withoutNull(_key: string, value: unknown): unknown {
  // An element that is taken away leaves a hole behind, and a hole would be written as null again.
  if (Array.isArray(value)) return value.filter(() => true) as unknown[];
  return value === null ? undefined : value;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
