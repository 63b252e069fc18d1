// A table's tags. They are kept beside dynalite, which ignores those of CreateTable and reads all its data to list them.

import { AwsError } from "../service.ts";
import type { Json, JsonObject, Operation, Shape } from "../service.ts";
import type { TableContext } from "./tables.ts";

const MAX_TAGS = 50;
const ARN: Shape = { type: "string", required: true, min: 1, max: 1283 };
export const TAGS: Shape = {
  type: "list",
  required: true,
  of: {
    type: "structure",
    members: {
      Key: { type: "string", required: true, min: 1, max: 128 },
      Value: { type: "string", required: true, max: 256 },
    },
  },
};
const TAG_KEYS: Shape = { type: "list", required: true, of: { type: "string", min: 1, max: 128 } };

export function tagOperations(context: TableContext): Record<string, Operation> {
  const { settings } = context;
  const resource = (input: JsonObject): string => String(input["ResourceArn"] ?? "*");

  /** @throws {AwsError} ResourceNotFoundException, also for a table of another region or account */
  async function requireTable(input: JsonObject): Promise<string> {
    const arn = String(input["ResourceArn"]);
    const name = /^arn:aws:dynamodb:[^:]*:\d*:table\/([^/]+)$/.exec(arn)?.[1];
    if (name === undefined) throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
    const missing = new AwsError(
      "ResourceNotFoundException",
      400,
      `Requested resource not found: ResourcArn: ${arn} not found`,
    );
    if (arn !== context.arnOf(name)) throw missing;
    await context
      .engine()
      .call("DescribeTable", { TableName: name })
      .catch((error: unknown) => {
        throw error instanceof AwsError && error.code === "ResourceNotFoundException" ? missing : error;
      });
    return name;
  }

  function save(name: string, tags: Readonly<Record<string, string>>): void {
    settings.set(name, { tags, deletionProtection: settings.get(name)?.deletionProtection ?? false });
  }

  async function TagResource(input: JsonObject): Promise<undefined> {
    const added = readTags(input["Tags"]);
    if (Object.keys(added).length === 0) throw invalid("Atleast one Tag needs to be provided as Input.");
    const name = await requireTable(input);
    const tags = { ...settings.get(name)?.tags, ...added };
    refuseTooMany(tags);
    save(name, tags);
  }

  async function UntagResource(input: JsonObject): Promise<undefined> {
    const keys = new Set(Array.isArray(input["TagKeys"]) ? input["TagKeys"] : []);
    if (keys.size === 0) throw invalid("Atleast one Tag Key needs to be provided as Input.");
    const name = await requireTable(input);
    save(name, Object.fromEntries(Object.entries(settings.get(name)?.tags ?? {}).filter(([key]) => !keys.has(key))));
  }

  async function ListTagsOfResource(input: JsonObject): Promise<JsonObject> {
    const name = await requireTable(input);
    return { Tags: Object.entries(settings.get(name)?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) };
  }

  return {
    TagResource: { input: { ResourceArn: ARN, Tags: TAGS }, resource, run: TagResource },
    UntagResource: { input: { ResourceArn: ARN, TagKeys: TAG_KEYS }, resource, run: UntagResource },
    ListTagsOfResource: { input: { ResourceArn: ARN }, resource, run: ListTagsOfResource },
  };
}

/**
 * AWS's list of tags as a map; no list is no tags.
 * @throws {AwsError} ValidationException
 */
export function readTags(list: Json | undefined): Record<string, string> {
  const tags = new Map<string, string>();
  for (const tag of Array.isArray(list) ? list : []) {
    const { Key: key, Value: value } = typeof tag === "object" && tag !== null && !Array.isArray(tag) ? tag : {};
    if (typeof key !== "string" || typeof value !== "string") throw invalid("A tag needs a Key and a Value");
    if (key.toLowerCase().startsWith("aws:")) {
      throw invalid(
        "One or more parameter values were invalid: Tag keys starting with 'aws:' are reserved for system use",
      );
    }
    if (tags.has(key)) throw invalid("One or more parameter values were invalid: Tag keys must be unique");
    tags.set(key, value);
  }
  const read = Object.fromEntries(tags);
  refuseTooMany(read);
  return read;
}

function refuseTooMany(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MAX_TAGS) {
    throw invalid(`One or more parameter values were invalid: A resource can have at most ${MAX_TAGS} tags`);
  }
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", 400, message);
}
