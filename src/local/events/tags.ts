// Tags of rules.

import type { Json, JsonObject, Operation, Shape } from "../service.ts";
import { invalid, listOf, notFound, textOf } from "./context.ts";
import type { EventsContext, Rule } from "./context.ts";

const TAG_KEY: Shape = { type: "string", required: true, min: 1, max: 128 };
const ARN: Shape = { type: "string", required: true, min: 1, max: 1600 };
export const TAGS: Shape = {
  type: "list",
  of: {
    type: "structure",
    members: { Key: TAG_KEY, Value: { type: "string", required: true, max: 256 } },
  },
};

export function tagOperations(context: EventsContext): Record<string, Operation> {
  const { rules } = context;
  const resource = (input: JsonObject): string => textOf(input, "ResourceARN") ?? "*";
  return {
    TagResource: {
      input: { ResourceARN: ARN, Tags: { ...TAGS, required: true } },
      resource,
      run(input) {
        const rule = ruleOf(context, input);
        rules.set(rule.name, { ...rule, tags: { ...rule.tags, ...readTags(input["Tags"]) } });
        return undefined;
      },
    },
    UntagResource: {
      input: { ResourceARN: ARN, TagKeys: { type: "list", required: true, of: TAG_KEY } },
      resource,
      run(input) {
        const rule = ruleOf(context, input);
        const keys = new Set(Array.isArray(input["TagKeys"]) ? input["TagKeys"] : []);
        const tags = Object.fromEntries(Object.entries(rule.tags).filter(([key]) => !keys.has(key)));
        rules.set(rule.name, { ...rule, tags });
        return undefined;
      },
    },
    ListTagsForResource: {
      input: { ResourceARN: ARN },
      resource,
      run: (input) => ({
        Tags: Object.entries(ruleOf(context, input).tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    },
  };
}

export function readTags(value: Json | undefined): Record<string, string> {
  const tags = Object.fromEntries(
    listOf(value).map((each) => [textOf(each, "Key") ?? "", textOf(each, "Value") ?? ""]),
  );
  if (Object.keys(tags).some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw invalid("User-defined tag keys can't start with 'aws:'.");
  }
  return tags;
}

/** @throws {AwsError} `ResourceNotFoundException` */
function ruleOf({ rules, env }: EventsContext, input: JsonObject): Rule {
  const arn = textOf(input, "ResourceARN") ?? "";
  const [, , service, region, account, resource = ""] = arn.split(":");
  const rule = rules.get(resource.replace(/^rule\/(default\/)?/, ""));
  const isHere = service === "events" && region === env.region && account === env.accountId;
  if (rule === undefined || !isHere) throw notFound(`Rule ${arn} does not exist.`);
  return rule;
}
