// Condition keys that a request of any service has: when it came, from where, and which tags it speaks of.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

import type { IncomingHttpHeaders } from "node:http";
import type { Clock, ConditionKeys, Json, JsonObject } from "./service.ts";

/** Members that hold the tags of a request, as a list or as a map, in the spellings of all services. */
const TAGS = ["Tags", "tags", "UserPoolTags", "IdentityPoolTags"];
const TAG_KEYS = ["TagKeys", "tagKeys"];
/** Only this machine reaches the control port. */
const LOOPBACK = "127.0.0.1";

/**
 * Not among them, nor given by an operation, and so unknown: tags of resources (`aws:ResourceTag/…`, `iam:ResourceTag/…`),
 * API Gateway's members (`apigateway:Request/…`, `apigateway:Resource/…`), `events:creatorAccount` and `events:ManagedBy`.
 */
export function requestKeys(headers: IncomingHttpHeaders, input: JsonObject, clock: Clock): ConditionKeys {
  const now = clock.now();
  return {
    "aws:CurrentTime": new Date(now).toISOString(),
    "aws:EpochTime": String(Math.floor(now / 1000)),
    "aws:Referer": headers.referer ?? [],
    "aws:SourceIp": LOOPBACK,
    "aws:UserAgent": headers["user-agent"] ?? [],
    ...tagKeys(input),
  };
}

function tagKeys(input: JsonObject): ConditionKeys {
  const tags = TAGS.flatMap((member) => tagsIn(input[member]));
  const keys = TAG_KEYS.flatMap((member) => (Array.isArray(input[member]) ? input[member].map(String) : []));
  return {
    "aws:TagKeys": [...tags.map(([key]) => key), ...keys],
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

function tagsIn(value: Json | undefined): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  if (!Array.isArray(value)) return Object.entries(value).map(([key, text]) => [key, String(text)]);
  return value.flatMap((tag) => {
    if (typeof tag !== "object" || tag === null || Array.isArray(tag)) return [];
    const { Key: key, Value: text } = tag;
    return typeof key === "string" ? [[key, String(text ?? "")]] : [];
  });
}
