// maxResults and nextToken of every list operation: strings on the wire, as AWS has them.

import type { Json, JsonObject, Shape } from "../service.ts";
import { badRequest } from "./model.ts";

/** API Gateway pages even short lists, so whoever lists must follow the token. */
const PAGE = 25;
const LARGEST_PAGE = 500;

export const PAGING_INPUT: Readonly<Record<string, Shape>> = {
  maxResults: { type: "string" },
  nextToken: { type: "string" },
};
export const PAGING_QUERY = { maxResults: "maxResults", nextToken: "nextToken" };

/**
 * One page of a list in its fixed order.
 * @throws {AwsError} BadRequestException for a maxResults or nextToken that is none
 */
export function pageOf(items: readonly Json[], input: JsonObject): JsonObject {
  const start = startOf(input["nextToken"]);
  const end = start + sizeOf(input["maxResults"]);
  return {
    items: items.slice(start, end),
    ...(end < items.length && { nextToken: Buffer.from(`from:${end}`).toString("base64url") }),
  };
}

function sizeOf(maxResults: Json | undefined): number {
  if (maxResults === undefined) return PAGE;
  const size = Number(maxResults);
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE) throw badRequest("Invalid value for MaxResults");
  return size;
}

function startOf(nextToken: Json | undefined): number {
  if (nextToken === undefined) return 0;
  const decoded = /^from:(\d+)$/.exec(Buffer.from(String(nextToken), "base64url").toString());
  if (decoded === null) throw badRequest("Invalid value for NextToken");
  return Number(decoded[1]);
}
