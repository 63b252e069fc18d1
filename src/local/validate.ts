// Checks an operation's input against its shapes, in AWS's words.

import { AwsError } from "./service.ts";
import type { Json, JsonObject, Shape } from "./service.ts";

/**
 * Collects every violated constraint of the input, as AWS's services do, before an operation runs.
 * @throws {AwsError} `SerializationException` for a member of the wrong JSON type, `errorCode` 400 for a violated constraint
 */
export function validate(shapes: Readonly<Record<string, Shape>>, input: JsonObject, errorCode: string): void {
  const violations: string[] = [];
  checkMembers(shapes, input, "", violations);
  if (violations.length === 0) return;
  const count = violations.length === 1 ? "1 validation error" : `${violations.length} validation errors`;
  throw new AwsError(errorCode, 400, `${count} detected: ${violations.join("; ")}`);
}

function checkMembers(
  shapes: Readonly<Record<string, Shape>>,
  input: JsonObject,
  prefix: string,
  violations: string[],
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    // AWS names members in its messages with a small first letter, whatever the wire says.
    const path = prefix + name.charAt(0).toLowerCase() + name.slice(1);
    const value = input[name];
    if (value !== undefined && value !== null) checkValue(shape, value, path, violations);
    else if (shape.required) {
      violations.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);
    }
  }
}

function checkValue(shape: Shape, value: Json, path: string, violations: string[]): void {
  requireType(shape, value);
  const fail = (constraint: string): void => {
    const shown = shape.isSensitive ? "" : ` ${printed(value)}`;
    violations.push(`Value${shown} at '${path}' failed to satisfy constraint: Member must ${constraint}`);
  };
  checkSize(shape, value, fail);
  if (typeof value === "string") {
    if (shape.values && !shape.values.includes(value)) fail(`satisfy enum value set: [${shape.values.join(", ")}]`);
    if (shape.pattern !== undefined && !matchesWhole(shape.pattern, value)) {
      fail(`satisfy regular expression pattern: ${shape.pattern}`);
    }
  }
  if (Array.isArray(value)) {
    const of = shape.of;
    if (of) value.forEach((element, index) => checkValue(of, element, `${path}.${index + 1}.member`, violations));
  } else if (typeof value === "object" && value !== null) {
    if (shape.type === "map") checkMap(shape, value, path, violations);
    else checkMembers(shape.members ?? {}, value, `${path}.`, violations);
  }
}

function checkMap(shape: Shape, map: JsonObject, path: string, violations: string[]): void {
  for (const [key, value] of Object.entries(map)) {
    if (shape.keys) checkValue(shape.keys, key, `${path}.key`, violations);
    if (shape.of && value !== undefined) checkValue(shape.of, value, `${path}.${key}.member`, violations);
  }
}

function checkSize(shape: Shape, value: Json, fail: (constraint: string) => void): void {
  const size = sizeOf(shape, value);
  if (size === undefined) return;
  const what = shape.type === "integer" ? "have value" : "have length";
  if (shape.min !== undefined && size < shape.min) fail(`${what} greater than or equal to ${shape.min}`);
  if (shape.max !== undefined && size > shape.max) fail(`${what} less than or equal to ${shape.max}`);
}

function sizeOf(shape: Shape, value: Json): number | undefined {
  if (typeof value === "number") return shape.type === "integer" ? value : undefined;
  if (shape.type === "blob") return blobLength(value);
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  return shape.type === "map" && typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
}

/** Bytes, whether they came as base64 (JSON) or as they are (a body bound whole). */
function blobLength(value: unknown): number | undefined {
  if (value instanceof Uint8Array) return value.byteLength;
  return typeof value === "string" ? Buffer.byteLength(value, "base64") : undefined;
}

/** @throws {AwsError} `SerializationException` 400, as AWS's parsers answer a JSON value of the wrong kind */
function requireType(shape: Shape, value: Json): void {
  if (isOfType(shape, value)) return;
  throw new AwsError(
    "SerializationException",
    400,
    `${kindOf(value)} can not be converted to ${TYPE_NAMES[shape.type]}`,
  );
}

function isOfType(shape: Shape, value: unknown): boolean {
  switch (shape.type) {
    case "string":
      return typeof value === "string";
    case "integer":
      return typeof value === "number" && Number.isInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "map":
    case "structure":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "timestamp":
      return typeof value === "number" || typeof value === "string";
    case "blob":
      return typeof value === "string" || value instanceof Uint8Array;
  }
}

const TYPE_NAMES: Readonly<Record<Shape["type"], string>> = {
  string: "String",
  integer: "Integer",
  boolean: "Boolean",
  list: "List",
  map: "Map",
  structure: "Structure",
  timestamp: "Timestamp",
  blob: "Blob",
};

function kindOf(value: Json): string {
  if (value === true) return "TRUE_VALUE";
  if (value === false) return "FALSE_VALUE";
  if (typeof value === "number") return "NUMBER_VALUE";
  if (typeof value === "string") return "STRING_VALUE";
  return Array.isArray(value) ? "START_ARRAY" : "START_OBJECT";
}

/** AWS's patterns are Java's: they match the whole value; `\p{L}` needs the u flag, some escapes forbid it. */
function matchesWhole(pattern: string, value: string): boolean {
  const whole = `^(?:${pattern})$`;
  try {
    return new RegExp(whole, "u").test(value);
  } catch {
    return new RegExp(whole).test(value);
  }
}

function printed(value: Json): string {
  if (typeof value === "string") return `'${value}'`;
  return `'${JSON.stringify(value)}'`;
}
