// TagResource, UntagResource, ListTags: tags of a function, by its ARN.

import type { JsonObject, Operation, Shape } from "../service.ts";
import { requireFunction } from "./function-name.ts";
import type { FunctionRecord, LambdaContext } from "./function-record.ts";
import { invalidParameter } from "./lambda-error.ts";
import { objectOf } from "./settings.ts";
import { TAGS } from "./shapes.ts";

const PATH = "/2017-03-31/tags/{Resource}";
const RESOURCE: Shape = {
  type: "string",
  required: true,
  min: 1,
  max: 256,
  pattern:
    "arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
};
const MAX_TAGS = 50;

export function tagOperations(context: LambdaContext): Record<string, Operation> {
  const resource = (input: JsonObject): string => String(input["Resource"]);
  const find = (input: JsonObject): FunctionRecord => requireFunction(context, { FunctionName: resource(input) });
  return {
    TagResource: {
      rest: { method: "POST", path: PATH, status: 204 },
      input: { Resource: RESOURCE, Tags: { ...TAGS, required: true } },
      resource,
      run(input) {
        const record = find(input);
        context.records.set(record.name, { ...record, tags: tagsOf(objectOf(input["Tags"]), record.tags) });
        return undefined;
      },
    },
    UntagResource: {
      rest: { method: "DELETE", path: PATH, status: 204, query: { tagKeys: "TagKeys" } },
      input: {
        Resource: RESOURCE,
        TagKeys: { type: "list", required: true, of: { type: "string", min: 1, max: 128 } },
      },
      resource,
      run(input) {
        const record = find(input);
        const gone = new Set(Array.isArray(input["TagKeys"]) ? input["TagKeys"].map(String) : []);
        const kept = Object.entries(record.tags).filter(([key]) => !gone.has(key));
        context.records.set(record.name, { ...record, tags: Object.fromEntries(kept) });
        return undefined;
      },
    },
    ListTags: {
      rest: { method: "GET", path: PATH },
      input: { Resource: RESOURCE },
      resource,
      run: (input) => ({ Tags: { ...find(input).tags } }),
    },
  };
}

/**
 * A function's tags after adding some.
 * @throws {AwsError} `InvalidParameterValueException` for AWS's own prefix and for more than 50
 */
export function tagsOf(added: JsonObject, before: Readonly<Record<string, string>>): Record<string, string> {
  const tags: Record<string, string> = { ...before };
  for (const [key, value] of Object.entries(added)) {
    if (key.toLowerCase().startsWith("aws:")) {
      throw invalidParameter("System tags cannot be added/updated by requester");
    }
    tags[key] = String(value);
  }
  if (Object.keys(tags).length > MAX_TAGS) {
    throw invalidParameter(`Tag limit exceeded: a function has at most ${MAX_TAGS} tags`);
  }
  return tags;
}
