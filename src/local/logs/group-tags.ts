// Tags of log groups: by ARN, and by name as AWS's older operations have it.

import { AwsError } from "../service.ts";
import type { Json, JsonObject, Operation, Shape } from "../service.ts";
import { GROUP_NAME, groupArn, invalid, notFound, policyResource, requireGroup } from "./context.ts";
import type { LogsContext } from "./context.ts";
import type { Group } from "./log-store.ts";

const MAX_TAGS = 50;
const TAG_KEY: Shape = { type: "string", min: 1, max: 128, pattern: "([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)" };
const TAG_VALUE: Shape = { type: "string", max: 256, pattern: "([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)" };
export const TAGS: Shape = { type: "map", min: 1, max: MAX_TAGS, keys: TAG_KEY, of: TAG_VALUE };
const RESOURCE_ARN: Shape = { type: "string", required: true, min: 1, max: 1011, pattern: "[\\w+=/:,.@-]*" };
const REQUIRED_NAME: Shape = { ...GROUP_NAME, required: true };

interface Tagged {
  readonly name: string;
  readonly group: Group;
}

export function groupTagOperations(context: LogsContext): Record<string, Operation> {
  const { env, store } = context;
  const byArn = (input: JsonObject): string => String(input["resourceArn"]);
  const byName = (input: JsonObject): string => policyResource(env, input);

  /** @throws {AwsError} ResourceNotFoundException */
  function requireTagged(input: JsonObject): Tagged {
    const arn = byArn(input);
    const name = /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)$/.exec(arn)?.[1] ?? "";
    const group = store.groups.get(name);
    if (!group || arn !== groupArn(env, name)) throw notFound("The specified resource does not exist.");
    return { name, group };
  }

  /** @throws {AwsError} TooManyTagsException */
  function add({ name, group }: Tagged, added: Json | undefined): undefined {
    const tags = { ...group.tags, ...readTags(added) };
    if (Object.keys(tags).length > MAX_TAGS) {
      const message = `A resource can have at most ${MAX_TAGS} tags.`;
      throw new AwsError("TooManyTagsException", 400, message, { resourceName: groupArn(env, name) });
    }
    store.groups.set(name, { ...group, tags });
  }

  function remove({ name, group }: Tagged, keys: Json | undefined): undefined {
    const gone = new Set(Array.isArray(keys) ? keys : []);
    const tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !gone.has(key)));
    store.groups.set(name, { ...group, tags });
  }

  return {
    TagResource: {
      input: { resourceArn: RESOURCE_ARN, tags: { ...TAGS, required: true } },
      resource: byArn,
      run: (input) => add(requireTagged(input), input["tags"]),
    },
    UntagResource: {
      input: { resourceArn: RESOURCE_ARN, tagKeys: { type: "list", required: true, max: MAX_TAGS, of: TAG_KEY } },
      resource: byArn,
      run: (input) => remove(requireTagged(input), input["tagKeys"]),
    },
    ListTagsForResource: {
      input: { resourceArn: RESOURCE_ARN },
      resource: byArn,
      run: (input) => ({ tags: requireTagged(input).group.tags }),
    },
    // On AWS's path to deprecation, and in many a tutorial.
    TagLogGroup: {
      input: { logGroupName: REQUIRED_NAME, tags: { ...TAGS, required: true } },
      resource: byName,
      run: (input) => add(requireGroup(context, input), input["tags"]),
    },
    UntagLogGroup: {
      input: { logGroupName: REQUIRED_NAME, tags: { type: "list", required: true, min: 1, of: TAG_KEY } },
      resource: byName,
      run: (input) => remove(requireGroup(context, input), input["tags"]),
    },
    ListTagsLogGroup: {
      input: { logGroupName: REQUIRED_NAME },
      resource: byName,
      run: (input) => ({ tags: requireGroup(context, input).group.tags }),
    },
  };
}

/** @throws {AwsError} InvalidParameterException for AWS's own prefix */
export function readTags(value: Json | undefined): Record<string, string> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.some(([key]) => key.toLowerCase().startsWith("aws:"))) {
    throw invalid("Tag keys starting with aws: are reserved for system use.");
  }
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}
