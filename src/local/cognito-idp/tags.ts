// Tags of user pools.

import type { JsonObject, Operation, Shape } from "../service.ts";
import { poolArn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { invalidParameter, notFound } from "./errors.ts";
import { mapOf, textIn, textsOf } from "./input.ts";
import type { UserPool } from "./records.ts";
import { TAGS } from "./shapes.ts";

const ARN: Shape = { type: "string", required: true, min: 20, max: 2048 };
const MOST_TAGS = 50;

export function tagOperations(context: CognitoContext): Record<string, Operation> {
  const resource = (input: JsonObject): string => textIn(input, "ResourceArn");
  const retag = (pool: UserPool, tags: Readonly<Record<string, string>>): void => {
    context.pools.set(pool.id, { ...pool, tags });
  };
  return {
    TagResource: {
      input: { ResourceArn: ARN, Tags: { ...TAGS, required: true } },
      resource,
      run(input) {
        const pool = poolOf(context, input);
        retag(pool, readTags({ ...pool.tags, ...mapOf(input["Tags"]) }));
        return {};
      },
    },
    UntagResource: {
      input: { ResourceArn: ARN, TagKeys: { type: "list", required: true, of: { type: "string", min: 1, max: 128 } } },
      resource,
      run(input) {
        const pool = poolOf(context, input);
        const keys = new Set(textsOf(input["TagKeys"]));
        retag(pool, Object.fromEntries(Object.entries(pool.tags).filter(([key]) => !keys.has(key))));
        return {};
      },
    },
    ListTagsForResource: {
      input: { ResourceArn: ARN },
      resource,
      run: (input) => ({ Tags: poolOf(context, input).tags }),
    },
  };
}

/** @throws {AwsError} `InvalidParameterException` for more than AWS takes, and for its own prefix */
export function readTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const keys = Object.keys(tags);
  if (keys.length > MOST_TAGS) throw invalidParameter(`A resource can have at most ${MOST_TAGS} tags.`);
  if (keys.some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw invalidParameter("aws: prefixed tag key names are not allowed for external use.");
  }
  return tags;
}

function poolOf({ pools, env }: CognitoContext, input: JsonObject): UserPool {
  const arn = textIn(input, "ResourceArn");
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  const pool = pools.get(id);
  if (!/^arn:[\w+=/,.@-]+:cognito-idp:[^:]*:[^:]*:userpool\//.test(arn)) {
    throw invalidParameter(`Invalid resource ARN: ${arn}`);
  }
  if (pool === undefined || poolArn(env, id) !== arn) throw notFound(`User pool ${id} does not exist.`);
  return pool;
}
