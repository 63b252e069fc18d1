// What all operations on identity pools share: the records, and which pool or identity a call is about.

import type { CloudEnvironment, Collection, IdTokens, JsonObject, Operation, Roles } from "../service.ts";
import { notFound } from "./errors.ts";
import type { OpenIdSigner } from "./open-id-tokens.ts";
import type { Identity, IdentityPool } from "./records.ts";

export interface IdentityContext {
  readonly env: CloudEnvironment;
  readonly pools: Collection<IdentityPool>;
  /** By identity id. */
  readonly identities: Collection<Identity>;
  readonly roles: Roles;
  readonly idTokens: IdTokens;
  readonly openIdTokens: OpenIdSigner;
}

export function poolArn({ region, accountId, partition }: CloudEnvironment, poolId: string): string {
  return `arn:${partition}:cognito-identity:${region}:${accountId}:identitypool/${poolId}`;
}

/** The ARN of the pool that the input names, for policies. */
export function resourceIn({ env }: IdentityContext): NonNullable<Operation["resource"]> {
  return (input) => poolArn(env, textIn(input, "IdentityPoolId"));
}

/** @throws {AwsError} `ResourceNotFoundException` */
export function requirePool({ pools }: IdentityContext, id: string): IdentityPool {
  const pool = pools.get(id);
  if (pool === undefined) throw notFound(`IdentityPool '${id}' not found.`);
  return pool;
}

/** @throws {AwsError} `ResourceNotFoundException`, also for an identity whose pool is gone */
export function requireIdentity(
  context: IdentityContext,
  id: string,
): { readonly identity: Identity; readonly pool: IdentityPool } {
  const identity = context.identities.get(id);
  const pool = identity && context.pools.get(identity.poolId);
  if (identity === undefined || pool === undefined) throw notFound(`Identity '${id}' not found.`);
  return { identity, pool };
}

export function textOf(input: JsonObject, member: string): string | undefined {
  const value = input[member];
  return typeof value === "string" ? value : undefined;
}

/** Of a required member. */
export function textIn(input: JsonObject, member: string): string {
  return textOf(input, member) ?? "";
}

/** A map of texts, whose shape was checked. */
export function mapIn(input: JsonObject, member: string): Readonly<Record<string, string>> {
  const value = input[member];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (typeof each === "string" ? [[key, each]] : [])),
  );
}
