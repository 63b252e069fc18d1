// The identity pool: whom it knows, by which user pool's tokens, and whether guests. Its name is not unique: the id is what counts.

import {
  type CognitoIdentityProvider,
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  DeleteIdentityPoolCommand,
  DescribeIdentityPoolCommand,
  type IdentityPool as DescribedPool,
  ListIdentityPoolsCommand,
  TagResourceCommand,
  UpdateIdentityPoolCommand,
} from "@aws-sdk/client-cognito-identity";
import { CognitoIdentityProviderClient, DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { createOnce } from "../../aws/uncertain.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import { type Candidate, oneOf } from "../one-of-name.ts";
import type { Resource, Scope, Tags } from "../resource.ts";
import { hasTags, missingTags, tagChanges } from "../tags.ts";
import { MISSING, writeToIdentityPool } from "./identity-pool-write.ts";

export interface IdentityPoolKey {
  readonly name: string;
  /** The recorded id, if any: it comes before others of the name. */
  readonly identityPoolId?: string;
  /** The stack's: whether other user pools are still there is looked at. */
  readonly userPoolId?: string;
  /** Among pools of one name, the one with these tags is meant. */
  readonly tags: Tags;
}

export interface IdentityPoolSpec {
  readonly name: string;
  /** Whoever did not sign in gets credentials, too. */
  readonly guests: boolean;
  /** `cognito-idp.<region>.amazonaws.com/<user pool id>`: whose tokens it takes. */
  readonly providerName: string;
  readonly clientId: string;
  readonly tags: Tags;
}

export interface IdentityPool {
  readonly identityPoolId: string;
  /** As AWS describes it: an update sends back all that it does not change. */
  readonly described: Partial<DescribedPool>;
  /** Providers whose user pool is gone: nobody's tokens are theirs any more. */
  readonly dead: readonly string[];
  /** Ids of others of its name with all of its tags: what was made twice because a reply was lost. */
  readonly copies: readonly string[];
}

export const identityPool: Resource<IdentityPoolKey, IdentityPoolSpec, IdentityPool> = {
  alreadyExists: [],

  async read(scope, key) {
    const recorded = key.identityPoolId === undefined ? undefined : describe(scope, key.identityPoolId);
    const [named, known] = await Promise.all([listByName(scope, key.name, key.identityPoolId), recorded]);
    const found = known && toCandidate(known);
    const one = oneOf(found === undefined ? named : [...named, found], found, key.tags);
    if (one === undefined) return undefined;
    const copies = one.copies.map(({ IdentityPoolId = "" }) => IdentityPoolId);
    const dead = await deadProviders(scope, one.found, key.userPoolId);
    return { live: { ...toIdentityPool(one.found, copies), dead }, ...one.origin };
  },

  diff(spec, observed) {
    const { identityPoolId, copies } = observed.live;
    return [
      ...settingChanges(spec, observed.live),
      ...(copies.length === 0 ? [] : [{ field: "Id", from: [identityPoolId, ...copies], to: identityPoolId }]),
      ...tagChanges(spec.tags, observed),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    if (observed === undefined) {
      const made = await create(scope, spec);
      created(made);
      return made;
    }
    const { live, tags } = observed;
    await removeAll(scope, live.copies);
    return { ...(await update(scope, spec, live, missingTags(spec.tags, tags))), copies: [], dead: [] };
  },

  /** Takes its identities with it. */
  remove: (scope, { identityPoolId, copies }) => removeAll(scope, [...copies, identityPoolId]),
};

function settingChanges(spec: IdentityPoolSpec, live: IdentityPool): Change[] {
  const { described } = live;
  const { IdentityPoolName, AllowUnauthenticatedIdentities, AllowClassicFlow } = described;
  return changesBetween(
    {
      IdentityPoolName: spec.name,
      AllowUnauthenticatedIdentities: spec.guests,
      AllowClassicFlow: false,
      CognitoIdentityProviders: providersFor(spec, live),
    },
    {
      IdentityPoolName,
      AllowUnauthenticatedIdentities,
      AllowClassicFlow,
      CognitoIdentityProviders: described.CognitoIdentityProviders ?? [],
    },
  );
}

/** Ours where it is, or behind those of others, which stay. */
function providersFor(
  { providerName, clientId }: IdentityPoolSpec,
  { described: { CognitoIdentityProviders: there = [] }, dead }: Pick<IdentityPool, "described" | "dead">,
): CognitoIdentityProvider[] {
  const ours = { ProviderName: providerName, ClientId: clientId, ServerSideTokenCheck: true };
  const isOurs = (each: CognitoIdentityProvider): boolean =>
    each.ProviderName === providerName && each.ClientId === clientId;
  const kept = there.filter(({ ProviderName = "" }) => !dead.includes(ProviderName));
  return kept.some(isOurs) ? kept.map((each) => (isOurs(each) ? ours : each)) : [...kept, ours];
}

function create(scope: Scope, spec: IdentityPoolSpec): Promise<IdentityPool> {
  const client = scope.clients.get(CognitoIdentityClient);
  const command = new CreateIdentityPoolCommand({
    IdentityPoolName: spec.name,
    AllowUnauthenticatedIdentities: spec.guests,
    AllowClassicFlow: false,
    CognitoIdentityProviders: providersFor(spec, { described: {}, dead: [] }),
    IdentityPoolTags: { ...spec.tags },
  });
  return createOnce({
    make: async () => toIdentityPool(await client.send(command)),
    find: async () => {
      const made = (await listByName(scope, spec.name)).find((each) => hasTags(each.tags, spec.tags));
      return made === undefined ? undefined : toIdentityPool(made.found);
    },
    clock: scope.clock,
    signal: scope.signal,
  });
}

/**
 * UpdateIdentityPool replaces: what was read goes with the difference.
 * @see https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html
 */
async function update(scope: Scope, spec: IdentityPoolSpec, live: IdentityPool, missing: Tags): Promise<IdentityPool> {
  const { described, identityPoolId: IdentityPoolId } = live;
  const client = scope.clients.get(CognitoIdentityClient);
  if (settingChanges(spec, live).length > 0) {
    const wanted = {
      ...described,
      IdentityPoolName: spec.name,
      AllowUnauthenticatedIdentities: spec.guests,
      AllowClassicFlow: false,
      CognitoIdentityProviders: providersFor(spec, live),
      IdentityPoolTags: { ...described.IdentityPoolTags, ...missing },
    };
    const command = new UpdateIdentityPoolCommand({ ...wanted, IdentityPoolId });
    await writeToIdentityPool(scope, IdentityPoolId, () => client.send(command));
    return { ...live, described: wanted };
  }
  if (Object.keys(missing).length === 0) return live;
  const { partition, region, account } = scope.place;
  const ResourceArn = `arn:${partition}:cognito-identity:${region}:${account}:identitypool/${IdentityPoolId}`;
  await writeToIdentityPool(scope, IdentityPoolId, () =>
    client.send(new TagResourceCommand({ ResourceArn, Tags: { ...missing } })),
  );
  return live;
}

async function removeAll(scope: Scope, identityPoolIds: readonly string[]): Promise<void> {
  const client = scope.clients.get(CognitoIdentityClient);
  for (const IdentityPoolId of identityPoolIds) {
    const command = new DeleteIdentityPoolCommand({ IdentityPoolId });
    await writeToIdentityPool(scope, IdentityPoolId, () => unlessMissing(client.send(command), MISSING));
  }
}

/** Of this region's user pools but the stack's own; one that may not be looked at counts as there. */
async function deadProviders(
  { clients, place }: Scope,
  { CognitoIdentityProviders: providers = [] }: DescribedPool,
  own: string | undefined,
): Promise<string[]> {
  const client = clients.get(CognitoIdentityProviderClient);
  const isDead = async (name: string): Promise<boolean> => {
    const [host = "", UserPoolId = ""] = name.split("/");
    if (UserPoolId === own || !host.startsWith(`cognito-idp.${place.region}.`)) return false;
    const call = client.send(new DescribeUserPoolCommand({ UserPoolId }));
    return call.then(
      () => false,
      (error: unknown) => isAwsError(error, MISSING),
    );
  };
  const names = [...new Set(providers.map(({ ProviderName = "" }) => ProviderName))];
  const dead = await Promise.all(names.map(isDead));
  return names.filter((_, index) => dead[index]);
}

async function describe(scope: Scope, IdentityPoolId: string): Promise<DescribedPool | undefined> {
  const command = new DescribeIdentityPoolCommand({ IdentityPoolId });
  const found = await unlessMissing(scope.clients.get(CognitoIdentityClient).send(command), MISSING);
  if (found === undefined) return undefined;
  const { $metadata: _answer, ...described } = found;
  return described;
}

/**
 * A list has no tags: each of the name is looked at.
 * @param but one that is looked at already
 */
async function listByName(scope: Scope, name: string, but?: string): Promise<Candidate<DescribedPool>[]> {
  const client = scope.clients.get(CognitoIdentityClient);
  const all = await everyPage(async (NextToken) => {
    const page = await client.send(new ListIdentityPoolsCommand({ MaxResults: 60, NextToken }));
    return { items: page.IdentityPools, next: page.NextToken };
  });
  const named = all.filter((each) => each.IdentityPoolName === name && each.IdentityPoolId !== but);
  const described = await Promise.all(named.map(({ IdentityPoolId = "" }) => describe(scope, IdentityPoolId)));
  return described.flatMap((found) => (found === undefined ? [] : [toCandidate(found)]));
}

/** AWS does not say when it was made. */
function toCandidate(found: DescribedPool): Candidate<DescribedPool> {
  return { id: found.IdentityPoolId ?? "", found, tags: found.IdentityPoolTags ?? {} };
}

function toIdentityPool(described: Partial<DescribedPool>, copies: readonly string[] = []): IdentityPool {
  return { identityPoolId: described.IdentityPoolId ?? "", described, dead: [], copies };
}
