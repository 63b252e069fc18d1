// User pools: their life and their settings.

import { randomInt } from "node:crypto";
import type { JsonObject, Operation } from "../service.ts";
import { SCHEMA_ATTRIBUTES } from "./attributes.ts";
import { poolArn, requirePool, resourceIn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import { ageKey, mapOf, objectOf, pageOf, textIn, textOf, textsOf, toSeconds } from "./input.ts";
import { NOT_IMPLEMENTED, requireNoPhone, SETTINGS, toSettings } from "./pool-settings.ts";
import type { MfaSettings, UserPool } from "./records.ts";
import { MAX_RESULTS, POOL_ID, POOL_NAME, TOKEN } from "./shapes.ts";
import { readTags } from "./tags.ts";
import { usersOf } from "./users.ts";

const ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const NO_SMS = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";

export function poolOperations(context: CognitoContext): Record<string, Operation> {
  const { pools } = context;
  const resource = resourceIn(context);
  return {
    CreateUserPool: {
      input: {
        ...SETTINGS,
        PoolName: { ...POOL_NAME, required: true },
        UsernameAttributes: { type: "list", of: { type: "string", values: ["phone_number", "email"] } },
        UsernameConfiguration: {
          type: "structure",
          members: { CaseSensitive: { type: "boolean", required: true } },
        },
      },
      notImplemented: [...NOT_IMPLEMENTED, "AliasAttributes", "Schema"],
      run: (input) => createUserPool(context, input),
    },
    DescribeUserPool: {
      input: { UserPoolId: POOL_ID },
      resource,
      run: (input) => ({ UserPool: toUserPoolType(context, requirePool(context, input)) }),
    },
    UpdateUserPool: {
      input: { ...SETTINGS, UserPoolId: POOL_ID, PoolName: POOL_NAME },
      notImplemented: NOT_IMPLEMENTED,
      resource,
      run: (input) => updateUserPool(context, input),
    },
    DeleteUserPool: {
      input: { UserPoolId: POOL_ID },
      resource,
      run(input) {
        const pool = requirePool(context, input);
        if (pool.settings["DeletionProtection"] === "ACTIVE") {
          throw invalidParameter(
            "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
          );
        }
        forgetPool(context, pool.id);
        return undefined;
      },
    },
    ListUserPools: {
      input: { MaxResults: { ...MAX_RESULTS, required: true }, NextToken: TOKEN },
      run(input) {
        const all = [...pools.values()];
        const token = textOf(input, "NextToken");
        const { page, next } = pageOf(all, (pool) => ageKey(pool, pool.id), input["MaxResults"], token);
        return { UserPools: page.map(toDescription), NextToken: next };
      },
    },
  };
}

async function createUserPool(context: CognitoContext, input: JsonObject): Promise<JsonObject> {
  const { env, pools, keys } = context;
  requireNoPhone(input["UsernameAttributes"]);
  if (isMfaOn(input)) throw invalidParameter(NO_SMS);
  const now = env.clock.now();
  const pool: UserPool = {
    id: `${env.region}_${Array.from({ length: 9 }, () => ID_CHARACTERS.charAt(randomInt(62))).join("")}`,
    name: textIn(input, "PoolName"),
    createdAt: now,
    modifiedAt: now,
    usernameAttributes: textsOf(input["UsernameAttributes"]),
    isCaseSensitive: objectOf(input["UsernameConfiguration"])["CaseSensitive"] !== false,
    settings: toSettings(input),
    mfa: { configuration: "OFF", isSoftwareTokenEnabled: false },
    tags: readTags(mapOf(input["UserPoolTags"])),
  };
  await keys.create(pool.id);
  pools.set(pool.id, pool);
  return { UserPool: toUserPoolType(context, pool) };
}

/**
 * Replaces: what is not given is as in a new pool again, its tags included.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
function updateUserPool(context: CognitoContext, input: JsonObject): JsonObject {
  const pool = requirePool(context, input);
  if (isMfaOn(input) && !pool.mfa.isSoftwareTokenEnabled) throw invalidParameter(NO_SMS);
  const configuration = textOf(input, "MfaConfiguration") as MfaSettings["configuration"] | undefined;
  context.pools.set(pool.id, {
    ...pool,
    name: textOf(input, "PoolName") ?? pool.name,
    modifiedAt: context.env.clock.now(),
    settings: toSettings(input),
    mfa: { ...pool.mfa, configuration: configuration ?? "OFF" },
    tags: readTags(mapOf(input["UserPoolTags"])),
  });
  return {};
}

/** With everything that belongs to it. */
function forgetPool(context: CognitoContext, poolId: string): void {
  const { pools, clients, users, groups, grants } = context;
  // The pool first: what a kill leaves behind then is nobody's.
  pools.delete(poolId);
  for (const collection of [clients, users, groups, grants]) {
    const own = [...collection.entries()].filter(([, record]) => record.poolId === poolId);
    collection.update(own.map(([key]) => [key, undefined]));
  }
  context.codes.forget(poolId);
  context.attempts.forget(poolId);
  context.outbox.forget(poolId);
  context.keys.forget(poolId);
}

function isMfaOn(input: JsonObject): boolean {
  return ["ON", "OPTIONAL"].includes(textOf(input, "MfaConfiguration") ?? "OFF");
}

function toDescription(pool: UserPool): JsonObject {
  return {
    Id: pool.id,
    Name: pool.name,
    LambdaConfig: {},
    CreationDate: toSeconds(pool.createdAt),
    LastModifiedDate: toSeconds(pool.modifiedAt),
  };
}

function toUserPoolType(context: CognitoContext, pool: UserPool): JsonObject {
  return {
    ...toDescription(pool),
    ...pool.settings,
    SchemaAttributes: [...SCHEMA_ATTRIBUTES],
    ...(pool.usernameAttributes.length > 0 && { UsernameAttributes: [...pool.usernameAttributes] }),
    MfaConfiguration: pool.mfa.configuration,
    EstimatedNumberOfUsers: usersOf(context, pool.id).length,
    UserPoolTags: pool.tags,
    UsernameConfiguration: { CaseSensitive: pool.isCaseSensitive },
    Arn: poolArn(context.env, pool.id),
  };
}
