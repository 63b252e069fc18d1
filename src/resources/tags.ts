// Tags as part of what a resource should be: ours are set, everybody else's stay.

import type { Change } from "../core/change.ts";
import type { Observed, Tags } from "./resource.ts";

/** Our tags that are missing or differ, as one change; none when they could not be read. */
export function tagChanges(wanted: Tags, { tags }: Observed<unknown>): Change[] {
  const missing = missingTags(wanted, tags);
  if (Object.keys(missing).length === 0) return [];
  const from = Object.fromEntries(
    Object.keys(missing).map((key) => [key, typeof tags === "string" ? undefined : tags[key]]),
  );
  return [{ field: "Tags", from, to: missing }];
}

/** The part of the wanted tags that has to be written. */
export function missingTags(wanted: Tags, tags: Observed<unknown>["tags"]): Tags {
  if (typeof tags === "string") return {};
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => tags[key] !== value));
}

/** Whether all of the wanted ones are there. */
export function hasTags(tags: Observed<unknown>["tags"], wanted: Tags): boolean {
  return typeof tags !== "string" && Object.keys(missingTags(wanted, tags)).length === 0;
}

/** The list form of DynamoDB and IAM. */
export function toTagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function fromTagList(list: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags {
  return Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value]));
}
