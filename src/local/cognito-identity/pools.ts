// Identity pools: their life, their settings, and their tags.

import { randomUUID } from "node:crypto";
import type { JsonObject, Operation, Shape } from "../service.ts";
import { mapIn, poolArn, requirePool, resourceIn, textIn, textOf } from "./context.ts";
import type { IdentityContext } from "./context.ts";
import { invalidParameter, notFound } from "./errors.ts";
import { pageOf } from "./paging.ts";
import type { IdentityPool } from "./records.ts";
import { MAX_RESULTS, NOT_IMPLEMENTED, POOL_ID, SETTINGS, TAGS, TOKEN } from "./shapes.ts";

const MOST_TAGS = 50;
const ARN: Shape = { type: "string", required: true, min: 20, max: 2048 };
const OF_POOL: Readonly<Record<string, Shape>> = { IdentityPoolId: POOL_ID };

export function poolOperations(context: IdentityContext): Record<string, Operation> {
  const { env, pools, identities } = context;
  const resource = resourceIn(context);
  const poolIn = (input: JsonObject): IdentityPool => requirePool(context, textIn(input, "IdentityPoolId"));
  return {
    CreateIdentityPool: {
      input: SETTINGS,
      notImplemented: NOT_IMPLEMENTED,
      run(input) {
        const pool: IdentityPool = {
          id: `${env.region}:${randomUUID()}`,
          createdAt: env.clock.now(),
          roles: {},
          roleMappings: {},
          ...settingsIn(input),
        };
        pools.set(pool.id, pool);
        return toIdentityPool(pool);
      },
    },
    DescribeIdentityPool: { input: OF_POOL, resource, run: (input) => toIdentityPool(poolIn(input)) },
    // Replaces, but for the tags: what is not given is not there any more.
    UpdateIdentityPool: {
      input: { ...OF_POOL, ...SETTINGS },
      notImplemented: NOT_IMPLEMENTED,
      resource,
      run(input) {
        const { tags, ...before } = poolIn(input);
        const changed = { ...before, ...settingsIn(input) };
        const pool = input["IdentityPoolTags"] === undefined ? { ...changed, tags } : changed;
        pools.set(pool.id, pool);
        return toIdentityPool(pool);
      },
    },
    DeleteIdentityPool: {
      input: OF_POOL,
      resource,
      run(input) {
        const { id } = poolIn(input);
        // The pool first: what a kill leaves behind then is nobody's.
        pools.delete(id);
        identities.update(
          [...identities.entries()].flatMap(([key, { poolId }]) => (poolId === id ? [[key, undefined]] : [])),
        );
        return undefined;
      },
    },
    ListIdentityPools: {
      input: { MaxResults: MAX_RESULTS, NextToken: TOKEN },
      run(input) {
        const sorted = [...pools.values()].toSorted((a, b) => a.createdAt - b.createdAt);
        const { page, next } = pageOf(sorted, ({ id }) => id, input);
        const listed = page.map(({ id, name }) => ({ IdentityPoolId: id, IdentityPoolName: name }));
        return { IdentityPools: listed, NextToken: next };
      },
    },
    ...tagOperations(context),
  };
}

function settingsIn(input: JsonObject): Pick<IdentityPool, "name" | "settings" | "tags"> {
  const { AllowUnauthenticatedIdentities, AllowClassicFlow, CognitoIdentityProviders: providers } = input;
  return {
    name: textIn(input, "IdentityPoolName"),
    // What is not given is not there: AWS has no defaults for it.
    settings: {
      AllowUnauthenticatedIdentities,
      ...(AllowClassicFlow === undefined ? {} : { AllowClassicFlow }),
      ...(providers === undefined ? {} : { CognitoIdentityProviders: withDefaults(providers) }),
    },
    tags: readTags(mapIn(input, "IdentityPoolTags")),
  };
}

/** @throws {AwsError} `InvalidParameterException` for a provider of another form than a user pool's */
function withDefaults(providers: JsonObject[string]): JsonObject[] {
  return (Array.isArray(providers) ? providers : []).map((provider) => {
    const described = provider as JsonObject;
    const name = textOf(described, "ProviderName") ?? "";
    if (!/^cognito-idp\.[\w-]+\.amazonaws\.com(\.cn)?\/[\w-]+_[0-9A-Za-z]+$/.test(name)) {
      throw invalidParameter(`Invalid Cognito Identity Provider: ${name}`);
    }
    return { ServerSideTokenCheck: false, ...described };
  });
}

function toIdentityPool({ id, name, settings, tags }: IdentityPool): JsonObject {
  return { IdentityPoolId: id, IdentityPoolName: name, ...settings, IdentityPoolTags: { ...tags } };
}

function tagOperations(context: IdentityContext): Record<string, Operation> {
  const resource = (input: JsonObject): string => textIn(input, "ResourceArn");
  const retag = (pool: IdentityPool, tags: Readonly<Record<string, string>>): JsonObject => {
    context.pools.set(pool.id, { ...pool, tags: readTags(tags) });
    return {};
  };
  return {
    TagResource: {
      input: { ResourceArn: ARN, Tags: { ...TAGS, required: true } },
      resource,
      run(input) {
        const pool = taggedPool(context, input);
        return retag(pool, { ...pool.tags, ...mapIn(input, "Tags") });
      },
    },
    UntagResource: {
      input: { ResourceArn: ARN, TagKeys: { type: "list", required: true, of: { type: "string", min: 1, max: 128 } } },
      resource,
      run(input) {
        const pool = taggedPool(context, input);
        const keys = new Set(Array.isArray(input["TagKeys"]) ? input["TagKeys"] : []);
        return retag(pool, Object.fromEntries(Object.entries(pool.tags).filter(([key]) => !keys.has(key))));
      },
    },
    ListTagsForResource: {
      input: { ResourceArn: ARN },
      resource,
      run: (input) => ({ Tags: { ...taggedPool(context, input).tags } }),
    },
  };
}

function taggedPool({ pools, env }: IdentityContext, input: JsonObject): IdentityPool {
  const arn = textIn(input, "ResourceArn");
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  const pool = pools.get(id);
  if (pool === undefined || poolArn(env, id) !== arn) throw notFound(`IdentityPool '${id}' not found.`);
  return pool;
}

/** @throws {AwsError} `InvalidParameterException` for more than AWS takes, and for its own prefix */
function readTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const keys = Object.keys(tags);
  if (keys.length > MOST_TAGS) throw invalidParameter(`A resource can have at most ${MOST_TAGS} tags.`);
  if (keys.some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw invalidParameter("aws: prefixed tag key names are not allowed for external use.");
  }
  return tags;
}
