// Session tags: `aws:PrincipalTag/…` of all that a session does, some of which a session that it opens inherits.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html

import type { ConditionKeys, JsonObject, Principal, SessionTerms, Shape } from "../service.ts";
import { invalidValue, textIn, textsIn } from "./context.ts";

const KEY: Shape = { type: "string", min: 1, max: 128, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+" };
const VALUE: Shape = { type: "string", max: 256, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*" };
const PRINCIPAL_TAG = "aws:PrincipalTag/";

export const TAGGING: Readonly<Record<string, Shape>> = {
  Tags: {
    type: "list",
    max: 50,
    of: { type: "structure", members: { Key: { ...KEY, required: true }, Value: { ...VALUE, required: true } } },
  },
  TransitiveTagKeys: { type: "list", max: 50, of: KEY },
};

export interface SessionTags {
  readonly terms: Pick<SessionTerms, "keys" | "transitiveTags">;
  /** Bytes. */
  readonly size: number;
}

export function tagsIn(input: JsonObject): readonly (readonly [key: string, value: string])[] {
  return ((input["Tags"] ?? []) as JsonObject[]).map((tag) => [textIn(tag, "Key"), textIn(tag, "Value")]);
}

/** What the caller's session hands on. */
export function inheritedBy({ session = {} }: Principal): readonly (readonly [key: string, value: string])[] {
  const { keys = {}, transitiveTags = [] } = session;
  return transitiveTags.map((key) => [key, String(keys[PRINCIPAL_TAG + key] ?? "")]);
}

/** What a policy may ask of the tags that a call passes. */
export function requestKeys(input: JsonObject): ConditionKeys {
  const tags = tagsIn(input);
  return {
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    "aws:TagKeys": tags.map(([key]) => key),
    "sts:TransitiveTagKeys": textsIn(input, "TransitiveTagKeys"),
  };
}

/** @throws {AwsError} `InvalidParameterValue` */
export function sessionTags(input: JsonObject, caller: Principal): SessionTags {
  const [tags, inherited] = [tagsIn(input), inheritedBy(caller)];
  const transitive = textsIn(input, "TransitiveTagKeys");
  requireDistinct(tags.map(([key]) => key));
  requireUnreserved(tags.map(([key]) => key));
  const small = (keys: readonly string[]): Set<string> => new Set(keys.map((key) => key.toLowerCase()));
  const [passed, taken] = [small(tags.map(([key]) => key)), small(inherited.map(([key]) => key))];
  if ([...passed].some((key) => taken.has(key))) {
    throw invalidValue(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  if (transitive.some((key) => !passed.has(key.toLowerCase()))) {
    throw invalidValue("The specified transitive tag key must be included in the requested tags.");
  }
  const all = [...inherited, ...tags];
  const handedOn = small([...transitive, ...inherited.map(([key]) => key)]);
  return {
    terms: {
      keys: Object.fromEntries(all.map(([key, value]) => [PRINCIPAL_TAG + key, value])),
      transitiveTags: all.map(([key]) => key).filter((key) => handedOn.has(key.toLowerCase())),
    },
    size: all.reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0),
  };
}

function requireDistinct(keys: readonly string[]): void {
  if (new Set(keys.map((key) => key.toLowerCase())).size === keys.length) return;
  throw invalidValue("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
}

function requireUnreserved(keys: readonly string[]): void {
  if (!keys.some((key) => key.toLowerCase().startsWith("aws:"))) return;
  throw invalidValue("Tag keys beginning with aws: are reserved for system use.");
}
