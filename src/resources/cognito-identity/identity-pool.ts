// The identity pool: whom it knows, by which user pool's tokens, and whether guests. Its name is not unique: the id is what counts.

import {
  type CognitoIdentityProvider,
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  DeleteIdentityPoolCommand,
  DescribeIdentityPoolCommand,
  type IdentityPool as DescribedPool,
  ListIdentitiesCommand,
  ListIdentityPoolsCommand,
  TagResourceCommand,
  UpdateIdentityPoolCommand,
} from "@aws-sdk/client-cognito-identity";
import { unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { createOnce } from "../../aws/uncertain.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import { type Candidate, oneOf } from "../one-of-name.ts";
import type { Resource, Scope, Tags } from "../resource.ts";
import { hasTags, missingTags, tagChanges } from "../tags.ts";
import { MISSING, writeToIdentityPool } from "./identity-pool-write.ts";
import { loginOf } from "./login.ts";

export interface IdentityPoolKey {
  readonly name: string;
  /** The recorded id, if any: it comes before others of the name. */
  readonly identityPoolId?: string;
  /** The recorded login, if any: ours until then. */
  readonly formerLogin?: string;
  /** The stack's login, if it is there. */
  readonly login?: string;
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
  /** Which of its logins is ours: the one of before, where user pool or client were made anew since. */
  readonly login?: string;
  /** Ids of others of its name with all of its tags: what was made twice because a reply was lost. */
  readonly copies: readonly string[];
}

export const identityPool: Resource<IdentityPoolKey, IdentityPoolSpec, IdentityPool> = {
  alreadyExists: [],
  rights: {
    itself: [
      "cognito-identity:DeleteIdentityPool",
      "cognito-identity:DescribeIdentityPool",
      "cognito-identity:ListIdentities",
      "cognito-identity:TagResource",
      "cognito-identity:UpdateIdentityPool",
    ],
    everywhere: ["cognito-identity:CreateIdentityPool", "cognito-identity:ListIdentityPools"],
  },

  async read(scope, key) {
    const recorded = key.identityPoolId === undefined ? undefined : describe(scope, key.identityPoolId);
    const [named, known] = await Promise.all([listByName(scope, key.name, key.identityPoolId), recorded]);
    const found = known && toCandidate(known);
    const one = oneOf(found === undefined ? named : [...named, found], found, key.tags);
    if (one === undefined) return undefined;
    const copies = one.copies.map(({ IdentityPoolId = "" }) => IdentityPoolId);
    const login = key.formerLogin ?? loginsOf(one.found).find((each) => each === key.login);
    return { live: { ...toIdentityPool(one.found, copies), ...(login === undefined ? {} : { login }) }, ...one.origin };
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
    const login = loginOf(providerOf(spec));
    if (observed === undefined) {
      const made = { ...(await create(scope, spec)), login };
      created(made);
      return made;
    }
    const { live, tags } = observed;
    await removeUnused(scope, live.copies);
    return { ...(await update(scope, spec, live, missingTags(spec.tags, tags))), copies: [], login };
  },

  /** Takes its identities with it. */
  async remove(scope, { identityPoolId, copies }) {
    for (const each of [...copies, identityPoolId]) await removeOne(scope, each);
  },
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

/** With the check, a token of somebody who was signed out or deleted gives no credentials. */
function providerOf({ providerName, clientId }: IdentityPoolSpec): CognitoIdentityProvider {
  return { ProviderName: providerName, ClientId: clientId, ServerSideTokenCheck: true };
}

/**
 * Ours where it is, or behind those of others, which stay: also those whose user pool is not to be seen, for it may be another account's.
 * @see https://repost.aws/knowledge-center/cognito-integrate-user-and-identity-pool
 */
function providersFor(
  spec: IdentityPoolSpec,
  { described: { CognitoIdentityProviders: there = [] }, login: former }: IdentityPool,
): CognitoIdentityProvider[] {
  const ours = providerOf(spec);
  const isOurs = (each: CognitoIdentityProvider): boolean => loginOf(each) === loginOf(ours);
  const kept = there.filter((each) => isOurs(each) || loginOf(each) !== former);
  return kept.some(isOurs) ? kept.map((each) => (isOurs(each) ? ours : each)) : [...kept, ours];
}

function create(scope: Scope, spec: IdentityPoolSpec): Promise<IdentityPool> {
  const client = scope.clients.get(CognitoIdentityClient);
  const command = new CreateIdentityPoolCommand({
    IdentityPoolName: spec.name,
    AllowUnauthenticatedIdentities: spec.guests,
    AllowClassicFlow: false,
    CognitoIdentityProviders: [providerOf(spec)],
    IdentityPoolTags: { ...spec.tags },
  });
  return createOnce({
    make: async () => toIdentityPool(toDescribed(await client.send(command))),
    find: async () => {
      const made = (await listByName(scope, spec.name)).find((each) => hasTags(each.tags, spec.tags));
      return made === undefined ? undefined : toIdentityPool(made.found);
    },
    clock: scope.clock,
    signal: scope.signal,
  });
}

async function update(scope: Scope, spec: IdentityPoolSpec, live: IdentityPool, missing: Tags): Promise<IdentityPool> {
  const isReplaced = settingChanges(spec, live).length > 0;
  const settled = isReplaced ? await replace(scope, spec, live, missing) : live;
  // AWS does not say whether an update takes new tags along; its answer does.
  await tag(scope, live.identityPoolId, isReplaced ? missingTags(spec.tags, tagsOf(settled.described)) : missing);
  return settled;
}

/**
 * What is not sent goes back to its default: what was read goes with the difference.
 * @see https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html
 */
async function replace(scope: Scope, spec: IdentityPoolSpec, live: IdentityPool, missing: Tags): Promise<IdentityPool> {
  const { described, identityPoolId: IdentityPoolId } = live;
  const command = new UpdateIdentityPoolCommand({
    ...described,
    IdentityPoolId,
    IdentityPoolName: spec.name,
    AllowUnauthenticatedIdentities: spec.guests,
    AllowClassicFlow: false,
    CognitoIdentityProviders: providersFor(spec, live),
    IdentityPoolTags: { ...tagsOf(described), ...missing },
  });
  const client = scope.clients.get(CognitoIdentityClient);
  const answer = await writeToIdentityPool(scope, IdentityPoolId, () => client.send(command));
  return { ...live, described: toDescribed(answer) };
}

async function tag(scope: Scope, identityPoolId: string, missing: Tags): Promise<void> {
  if (Object.keys(missing).length === 0) return;
  const { partition, region, account } = scope.place;
  const ResourceArn = `arn:${partition}:cognito-identity:${region}:${account}:identitypool/${identityPoolId}`;
  const command = new TagResourceCommand({ ResourceArn, Tags: { ...missing } });
  await writeToIdentityPool(scope, identityPoolId, () => scope.clients.get(CognitoIdentityClient).send(command));
}

/** A copy that somebody has an identity of stays, and is shown as what differs: rows may begin with that identity's id. */
async function removeUnused(scope: Scope, copies: readonly string[]): Promise<void> {
  const client = scope.clients.get(CognitoIdentityClient);
  for (const IdentityPoolId of copies) {
    const list = new ListIdentitiesCommand({ IdentityPoolId, MaxResults: 1 });
    const found = await unlessMissing(client.send(list), MISSING);
    if (found?.Identities?.length === 0) await removeOne(scope, IdentityPoolId);
  }
}

async function removeOne(scope: Scope, IdentityPoolId: string): Promise<void> {
  const client = scope.clients.get(CognitoIdentityClient);
  const command = new DeleteIdentityPoolCommand({ IdentityPoolId });
  await writeToIdentityPool(scope, IdentityPoolId, () => unlessMissing(client.send(command), MISSING));
}

async function describe(scope: Scope, IdentityPoolId: string): Promise<DescribedPool | undefined> {
  const command = new DescribeIdentityPoolCommand({ IdentityPoolId });
  const found = await unlessMissing(scope.clients.get(CognitoIdentityClient).send(command), MISSING);
  return found === undefined ? undefined : toDescribed(found);
}

function toDescribed({
  $metadata: _answer,
  ...described
}: DescribedPool & { readonly $metadata?: unknown }): DescribedPool {
  return described;
}

function loginsOf({ CognitoIdentityProviders: providers = [] }: DescribedPool): string[] {
  return providers.map(loginOf);
}

function tagsOf({ IdentityPoolTags = {} }: Partial<DescribedPool>): Tags {
  return IdentityPoolTags;
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
  return { identityPoolId: described.IdentityPoolId ?? "", described, copies };
}
