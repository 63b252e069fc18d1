// Tags of roles. IAM keeps the case of a tag's key but does not tell keys apart by it.

import { AwsError } from "../service.ts";
import type { JsonObject, Operation } from "../service.ts";
import { limitExceeded, PAGING, pageOf, requireText, ROLE_NAME, TAG_KEY, TAGS } from "./model.ts";
import type { RoleStore, Tag } from "./model.ts";

const MAX_TAGS = 50;

export function roleTagOperations(
  roles: RoleStore,
  resource: (input: JsonObject) => string,
): Record<string, Operation> {
  return {
    TagRole: {
      input: { RoleName: ROLE_NAME, Tags: { ...TAGS, required: true } },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        roles.save({ ...role, tags: mergeTags(role.tags, tagsOf(input)) });
        return undefined;
      },
    },
    UntagRole: {
      input: { RoleName: ROLE_NAME, TagKeys: { type: "list", required: true, max: MAX_TAGS, of: TAG_KEY } },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        const { TagKeys: keys } = input;
        const gone = new Set(Array.isArray(keys) ? keys.map((key) => String(key).toLowerCase()) : []);
        roles.save({ ...role, tags: role.tags.filter(({ Key }) => !gone.has(Key.toLowerCase())) });
        return undefined;
      },
    },
    ListRoleTags: {
      input: { RoleName: ROLE_NAME, ...PAGING },
      resource,
      run(input) {
        const role = roles.require(requireText(input, "RoleName"));
        const { page, more } = pageOf(role.tags, input);
        return { Tags: page.map((tag) => ({ ...tag })), ...more };
      },
    },
  };
}

/** The `Tags` member; the shape check saw to its form. */
export function tagsOf({ Tags: tags }: JsonObject): Tag[] {
  if (!Array.isArray(tags)) return [];
  return tags.flatMap((tag) => {
    if (typeof tag !== "object" || tag === null || Array.isArray(tag)) return [];
    return [{ Key: requireText(tag, "Key"), Value: requireText(tag, "Value") }];
  });
}

/**
 * The tags with the added ones among them; an added one replaces that of the same key.
 * @throws {AwsError} `InvalidInput` 400 for a key given twice or reserved, `LimitExceeded` 409 for more than 50 tags
 */
export function mergeTags(present: readonly Tag[], added: readonly Tag[]): Tag[] {
  const tags = new Map(present.map((tag) => [tag.Key.toLowerCase(), tag]));
  if (new Set(added.map(({ Key }) => Key.toLowerCase())).size < added.length) {
    throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  for (const { Key, Value } of added) {
    if (/^aws:/i.test(Key)) throw invalidInput("Tag keys starting with 'aws:' are reserved for system use.");
    tags.set(Key.toLowerCase(), { Key, Value });
  }
  if (tags.size > MAX_TAGS) throw limitExceeded("The number of tags has reached the maximum limit.");
  return [...tags.values()];
}

function invalidInput(message: string): AwsError {
  return new AwsError("InvalidInput", 400, message);
}
