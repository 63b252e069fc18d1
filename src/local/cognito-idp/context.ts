// What all operations on user pools share: the records, and which pool or client a call is about.

import type { CloudEnvironment, Collection, JsonObject } from "../service.ts";
import type { Attempts } from "./attempts.ts";
import type { Challenges } from "./challenges.ts";
import type { Codes } from "./codes.ts";
import { notFound } from "./errors.ts";
import { textIn } from "./input.ts";
import type { PoolKeys } from "./keys.ts";
import type { Outbox } from "./outbox.ts";
import type { Grant, Group, User, UserPool, UserPoolClient } from "./records.ts";

export interface CognitoContext {
  readonly env: CloudEnvironment;
  readonly pools: Collection<UserPool>;
  readonly clients: Collection<UserPoolClient>;
  /** `<pool id>/<user name>` */
  readonly users: Collection<User>;
  /** `<pool id>/<group name>` */
  readonly groups: Collection<Group>;
  /** By the `event_id` of their tokens. */
  readonly grants: Collection<Grant>;
  readonly keys: PoolKeys;
  readonly codes: Codes;
  readonly attempts: Attempts;
  readonly challenges: Challenges;
  readonly outbox: Outbox;
}

/** Where a public call belongs, by the client that makes it. */
export interface Place {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
}

export function poolArn({ region, accountId, partition }: CloudEnvironment, poolId: string): string {
  return `arn:${partition}:cognito-idp:${region}:${accountId}:userpool/${poolId}`;
}

/** The ARN of the pool that the input names, for policies. */
export function resourceIn({ env }: CognitoContext): (input: JsonObject) => string {
  return (input) => poolArn(env, textIn(input, "UserPoolId"));
}

/** @throws {AwsError} `ResourceNotFoundException` */
export function requirePool({ pools }: CognitoContext, input: JsonObject): UserPool {
  const id = textIn(input, "UserPoolId");
  const pool = pools.get(id);
  if (pool === undefined) throw notFound(`User pool ${id} does not exist.`);
  return pool;
}

/** @throws {AwsError} `ResourceNotFoundException`, also for a client of another pool than the named one */
export function requireClient(context: CognitoContext, input: JsonObject): Place {
  const id = textIn(input, "ClientId");
  const client = context.clients.get(id);
  const named = input["UserPoolId"] === undefined ? undefined : requirePool(context, input);
  const pool = client && context.pools.get(client.poolId);
  if (client === undefined || pool === undefined || (named !== undefined && named.id !== pool.id)) {
    throw notFound(`User pool client ${id} does not exist.`);
  }
  return { pool, client };
}
