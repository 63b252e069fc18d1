// Identities: whom a pool knows. A user's is the same for ever, a guest is somebody new each time.

import { randomUUID } from "node:crypto";
import type { JsonObject, Operation, Shape } from "../service.ts";
import { mapIn, poolArn, requireIdentity, requirePool, resourceIn, textIn } from "./context.ts";
import type { IdentityContext } from "./context.ts";
import { forbiddenIdentity, linkedTwice, loginsDiffer, noGuests } from "./errors.ts";
import { requireLogins } from "./logins.ts";
import type { Login } from "./logins.ts";
import { pageOf } from "./paging.ts";
import type { Identity, IdentityPool } from "./records.ts";
import { IDENTITY_ID, LOGINS, MAX_RESULTS, POOL_ID, TOKEN } from "./shapes.ts";

const IDENTITIES: Shape = { type: "list", required: true, min: 1, max: 60, of: IDENTITY_ID };

export function identityOperations(context: IdentityContext): Record<string, Operation> {
  const { identities } = context;
  return {
    GetId: {
      input: {
        AccountId: { type: "string", min: 1, max: 15, pattern: "\\d+" },
        IdentityPoolId: POOL_ID,
        Logins: LOGINS,
      },
      unsigned: true,
      run: (input) => getId(context, input),
    },
    ListIdentities: {
      input: {
        IdentityPoolId: POOL_ID,
        MaxResults: MAX_RESULTS,
        NextToken: TOKEN,
        HideDisabled: { type: "boolean" },
      },
      resource: resourceIn(context),
      run(input) {
        const { id } = requirePool(context, textIn(input, "IdentityPoolId"));
        const isListed = ({ isDisabled }: Identity): boolean => input["HideDisabled"] !== true || !isDisabled;
        const own = [...identities.entries()].filter(([, each]) => each.poolId === id && isListed(each));
        const sorted = own.toSorted(([, a], [, b]) => a.createdAt - b.createdAt);
        const { page, next } = pageOf(sorted, ([identityId]) => identityId, input);
        return {
          IdentityPoolId: id,
          Identities: page.map(([identityId, identity]) => toDescription(identityId, identity)),
          NextToken: next,
        };
      },
    },
    DescribeIdentity: {
      input: { IdentityId: IDENTITY_ID },
      // IAM knows no resource of it, but the pool as a condition.
      keys: (input) => ({ "cognito-identity:IdentityPoolArn": poolOf(context, textIn(input, "IdentityId")) }),
      run(input) {
        const id = textIn(input, "IdentityId");
        return toDescription(id, requireIdentity(context, id).identity);
      },
    },
    DeleteIdentities: {
      input: { IdentityIdsToDelete: IDENTITIES },
      keys: ({ IdentityIdsToDelete: ids }) => ({
        "cognito-identity:IdentityPoolArn": (Array.isArray(ids) ? ids : []).flatMap((id) =>
          poolOf(context, String(id)),
        ),
      }),
      run({ IdentityIdsToDelete: ids }) {
        identities.update((Array.isArray(ids) ? ids : []).map((id) => [String(id), undefined]));
        return { UnprocessedIdentityIds: [] };
      },
    },
  };
}

/** ARN of the identity's pool; none of an identity that is not there. */
function poolOf({ env, identities }: IdentityContext, identityId: string): string[] {
  const identity = identities.get(identityId);
  return identity === undefined ? [] : [poolArn(env, identity.poolId)];
}

async function getId(context: IdentityContext, input: JsonObject): Promise<JsonObject> {
  const pool = requirePool(context, textIn(input, "IdentityPoolId"));
  const logins = await requireLogins(context, pool, mapIn(input, "Logins"));
  if (logins.length === 0) {
    if (!letsGuestsIn(pool)) throw noGuests();
    return { IdentityId: save(context, newIdentityId(context), { poolId: pool.id, logins: {} }) };
  }
  const known = new Set(logins.flatMap((login) => findByLogin(context, pool, login) ?? []));
  if (known.size > 1) throw linkedTwice();
  const [found] = known;
  if (found !== undefined) return { IdentityId: link(context, found, logins) };
  const id = newIdentityId(context);
  return { IdentityId: save(context, id, { poolId: pool.id, logins: subjectsOf(logins) }) };
}

/**
 * The identity that a call names, with what proves that it is the caller's.
 * @returns the logins that hold; none for a guest
 * @throws {AwsError} `NotAuthorizedException`, `ResourceNotFoundException`, `ResourceConflictException`
 */
export async function requireOwnIdentity(
  context: IdentityContext,
  input: JsonObject,
): Promise<{ readonly identityId: string; readonly pool: IdentityPool; readonly logins: readonly Login[] }> {
  const identityId = textIn(input, "IdentityId");
  const { identity, pool } = requireIdentity(context, identityId);
  const logins = await requireLogins(context, pool, mapIn(input, "Logins"));
  const isGuest = Object.keys(identity.logins).length === 0;
  if (logins.length === 0) {
    if (!isGuest || identity.isDisabled) throw forbiddenIdentity(identityId);
    if (!letsGuestsIn(pool)) throw noGuests();
    return { identityId, pool, logins };
  }
  const isOwn = logins.some(({ provider, claims }) => identity.logins[provider] === claims.sub);
  if (!isOwn && !isGuest) throw loginsDiffer();
  return { identityId: merge(context, identityId, pool, logins), pool, logins };
}

/** A guest who turns out to be somebody whom the pool knows is that one from then on: the answer names another identity. */
function merge(context: IdentityContext, identityId: string, pool: IdentityPool, logins: readonly Login[]): string {
  const { identity } = requireIdentity(context, identityId);
  const known = new Set(logins.flatMap((login) => findByLogin(context, pool, login) ?? []));
  const [found = identityId] = known;
  if (known.size > 1 || (found !== identityId && Object.keys(identity.logins).length > 0)) throw linkedTwice();
  // One that was merged is nobody's any more.
  if (found === identityId && identity.isDisabled) throw forbiddenIdentity(identityId);
  if (found !== identityId && !identity.isDisabled) save(context, identityId, { ...identity, isDisabled: true });
  return link(context, found, logins);
}

export function letsGuestsIn({ settings }: IdentityPool): boolean {
  return settings["AllowUnauthenticatedIdentities"] === true;
}

function findByLogin(
  { identities }: IdentityContext,
  pool: IdentityPool,
  { provider, claims }: Login,
): string | undefined {
  for (const [id, { poolId, logins }] of identities.entries()) {
    if (poolId === pool.id && logins[provider] === claims.sub) return id;
  }
  return undefined;
}

/** A guest who logs in stays whom the pool knows. */
function link(context: IdentityContext, identityId: string, logins: readonly Login[]): string {
  const { identity } = requireIdentity(context, identityId);
  const subjects = { ...identity.logins, ...subjectsOf(logins) };
  // Whose it is by one provider does not change by another's word.
  if (Object.entries(identity.logins).some(([provider, sub]) => subjects[provider] !== sub)) throw linkedTwice();
  const isNew = Object.entries(subjects).some(([provider, sub]) => identity.logins[provider] !== sub);
  return isNew ? save(context, identityId, { ...identity, logins: subjects }) : identityId;
}

function subjectsOf(logins: readonly Login[]): Record<string, string> {
  return Object.fromEntries(logins.map(({ provider, claims }) => [provider, claims.sub]));
}

function save(
  { identities, env }: IdentityContext,
  id: string,
  identity: Pick<Identity, "poolId" | "logins"> & Partial<Identity>,
): string {
  const now = env.clock.now();
  identities.set(id, { createdAt: now, ...identity, modifiedAt: now });
  return id;
}

function newIdentityId({ env }: IdentityContext): string {
  return `${env.region}:${randomUUID()}`;
}

function toDescription(id: string, { logins, createdAt, modifiedAt }: Identity): JsonObject {
  return {
    IdentityId: id,
    Logins: Object.keys(logins),
    CreationDate: createdAt / 1000,
    LastModifiedDate: modifiedAt / 1000,
  };
}
