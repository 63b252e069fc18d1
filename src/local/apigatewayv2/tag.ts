// Tags of what API Gateway lets one tag: APIs and their stages; routes and integrations have none.

import { own } from "../own.ts";
import type { Json, JsonObject, Operation, Shape } from "../service.ts";
import type { Apis } from "./apis.ts";
import { badRequest, notFound, text, type Api } from "./model.ts";

/** "Tags per resource" and the lengths of AWS's tagging rules. */
const TAG_LIMIT = 50;

export const TAGS: Shape = {
  type: "map",
  keys: { type: "string", min: 1, max: 128 },
  of: { type: "string", max: 256 },
};
const RESOURCE_ARN: Shape = { type: "string", required: true };
const PATH = "/v2/tags/{resourceArn+}";

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly tags: Tags;
  save(tags: Tags): void;
}

/** What the tags of an API that is not yet there are judged by, as AWS's refusals name it. */
export function newApiTags(apis: Apis): string {
  return apis.arn(`/tags/${encodeURIComponent(apis.arn("/v2/apis/*"))}`);
}

/** TagResource, UntagResource, GetTags. */
export function tagOperations(apis: Apis): Record<string, Operation> {
  // Whoever may tag is judged by API Gateway's own ARN below /tags, percent-encoded as in the path.
  const resource = (input: JsonObject): string => apis.arn(`/tags/${encodeURIComponent(text(input, "resourceArn"))}`);
  return {
    TagResource: {
      rest: { method: "POST", path: PATH, status: 201 },
      input: { resourceArn: RESOURCE_ARN, tags: TAGS },
      resource,
      run(input) {
        const tagged = findTagged(apis, text(input, "resourceArn"));
        tagged.save(requireTags({ ...tagged.tags, ...requireTags(input["tags"]) }));
        return {};
      },
    },
    UntagResource: {
      rest: { method: "DELETE", path: PATH, status: 204, query: { tagKeys: "tagKeys" } },
      input: { resourceArn: RESOURCE_ARN, tagKeys: { type: "list", required: true, of: { type: "string" } } },
      resource,
      run(input) {
        const tagged = findTagged(apis, text(input, "resourceArn"));
        const gone = new Set<Json>(Array.isArray(input["tagKeys"]) ? input["tagKeys"] : []);
        tagged.save(Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => !gone.has(key))));
        return undefined;
      },
    },
    GetTags: {
      rest: { method: "GET", path: PATH },
      input: { resourceArn: RESOURCE_ARN },
      resource,
      run: (input) => ({ tags: { ...findTagged(apis, text(input, "resourceArn")).tags } }),
    },
  };
}

/** @throws {AwsError} BadRequestException for more tags than AWS allows, or keys that are AWS's own */
export function requireTags(value: Json | undefined): Tags {
  const tags = (value ?? {}) as Tags;
  const keys = Object.keys(tags);
  if (keys.length > TAG_LIMIT) throw badRequest(`A resource can have at most ${TAG_LIMIT} tags`);
  if (keys.some((key) => /^aws:/i.test(key)))
    throw badRequest("Tag keys beginning with aws: are reserved for AWS's use");
  return tags;
}

function findTagged(apis: Apis, resourceArn: string): Tagged {
  const prefix = apis.arn("/apis/");
  const [, apiId, stageName] =
    /^([^/]+)(?:\/stages\/([^/]+))?$/.exec(resourceArn.startsWith(prefix) ? resourceArn.slice(prefix.length) : "") ??
    [];
  if (apiId === undefined) throw badRequest("Invalid ARN specified in the request");
  const api = apis.require(apiId);
  if (stageName === undefined) return { tags: api.tags, save: (tags) => apis.save({ ...api, tags }) };
  const stage = own(api.stages, stageName);
  if (stage === undefined) throw notFound("Invalid stage identifier specified");
  return {
    tags: stage.tags,
    save: (tags) => apis.save(withStage(api, { ...stage, tags })),
  };
}

function withStage(api: Api, stage: Api["stages"][string]): Api {
  return { ...api, stages: { ...api.stages, [stage.stageName]: stage } };
}
