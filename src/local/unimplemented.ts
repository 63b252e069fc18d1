// Members that AWS takes and this cloud does not act on: refused by name, never left out silently.

import { AwsError } from "./service.ts";
import type { Json, JsonObject, Unimplemented } from "./service.ts";

/**
 * @param of the operation, for the message: `dynamodb CreateTable`
 * @throws {AwsError} `UnknownOperationException` 400 for the first member that asks for something
 */
export function refuseUnimplemented(members: readonly Unimplemented[], input: JsonObject, of: string): void {
  for (const each of members) {
    const { member, unless } = typeof each === "string" ? { member: each, unless: undefined } : each;
    if (!asks(valuesAt(input, member.split(".")), unless)) continue;
    throw new AwsError("UnknownOperationException", 400, `The local cloud does not implement ${member} of ${of}`);
  }
}

/** The values at a path; a list on the way stands for each of its elements. */
function valuesAt(value: Json | undefined, path: readonly string[]): (Json | undefined)[] {
  const [first, ...rest] = path;
  if (first === undefined) return [value];
  if (Array.isArray(value)) return value.flatMap((element) => valuesAt(element, path));
  return typeof value === "object" && value !== null ? valuesAt(value[first], rest) : [];
}

function asks(values: readonly (Json | undefined)[], unless: Json | undefined): boolean {
  return values.some((value) =>
    unless === undefined ? !isNothing(value) : value !== undefined && value !== null && value !== unless,
  );
}

/** `{"StreamEnabled": false}` and an empty map ask for nothing. */
function isNothing(value: Json | undefined): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isNothing);
  return value === undefined || value === null || value === false || value === "";
}
