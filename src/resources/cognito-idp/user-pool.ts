// The user pool: e-mail addresses as user names, TOTP for whoever wants it. Names of pools are not unique: the id is what counts.

import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type GetUserPoolMfaConfigResponse,
  ListUserPoolsCommand,
  ListUsersCommand,
  SetUserPoolMfaConfigCommand,
  TagResourceCommand,
  UpdateUserPoolCommand,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { createOnce } from "../../aws/uncertain.ts";
import { type Candidate, oneOf } from "../one-of-name.ts";
import type { Resource, Scope, Tags } from "../resource.ts";
import { hasTags, missingTags, tagChanges } from "../tags.ts";
import { mfaChanges, settingChanges, toMfaConfig, toSettings, withWanted } from "./user-pool-settings.ts";
import { MISSING, writeToPool } from "./user-pool-write.ts";

export interface UserPoolKey {
  readonly name: string;
  /** The recorded id, if any: it comes before others of the name. */
  readonly userPoolId?: string;
  /** Among pools of one name, the one with these tags is meant. */
  readonly tags: Tags;
}

export interface UserPoolSpec {
  readonly name: string;
  readonly tags: Tags;
}

export interface UserPool {
  readonly userPoolId: string;
  readonly userPoolArn: string;
  /** As AWS describes it: an update sends back all that it does not change. */
  readonly described: UserPoolType;
  readonly mfa: GetUserPoolMfaConfigResponse;
  /** Ids of others of its name with all of its tags: what was made twice because a reply was lost. */
  readonly copies: readonly string[];
}

export const userPool: Resource<UserPoolKey, UserPoolSpec, UserPool> = {
  alreadyExists: [],
  rights: {
    itself: [
      "cognito-idp:DeleteUserPool",
      "cognito-idp:DescribeUserPool",
      "cognito-idp:GetUserPoolMfaConfig",
      "cognito-idp:ListUsers",
      "cognito-idp:SetUserPoolMfaConfig",
      "cognito-idp:TagResource",
      "cognito-idp:UpdateUserPool",
    ],
    everywhere: ["cognito-idp:CreateUserPool", "cognito-idp:ListUserPools"],
  },

  async read(scope, key) {
    const recorded = key.userPoolId === undefined ? undefined : describe(scope, key.userPoolId);
    const [named, known] = await Promise.all([listByName(scope, key.name, key.userPoolId), recorded]);
    const found = known && toCandidate(known);
    const one = oneOf(found === undefined ? named : [...named, found], found, key.tags);
    if (one === undefined) return undefined;
    const copies = one.copies.map(({ Id = "" }) => Id);
    return { live: toUserPool(one.found, await readMfa(scope, one.found), copies), ...one.origin };
  },

  diff(spec, observed) {
    const { described, mfa, userPoolId, copies } = observed.live;
    return [
      ...settingChanges(spec.name, described),
      ...mfaChanges(mfa),
      ...(copies.length === 0 ? [] : [{ field: "Id", from: [userPoolId, ...copies], to: userPoolId }]),
      ...tagChanges(spec.tags, observed),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    if (observed === undefined) {
      const made = await create(scope, spec);
      created(made);
      return setMfa(scope, made);
    }
    const { live, tags } = observed;
    await removeCopies(scope, live);
    const missing = missingTags(spec.tags, tags);
    const settled = { ...(await update(scope, spec, live, missing)), copies: [] };
    return mfaChanges(live.mfa).length === 0 ? settled : setMfa(scope, settled);
  },

  /** Takes its users and clients with it. */
  async remove(scope, live) {
    await removeCopies(scope, live);
    await removeAll(scope, [live.userPoolId]);
  },

  protection: {
    field: "DeletionProtection",
    isOn: ({ described }) => described.DeletionProtection === "ACTIVE",
    set: (scope, live, isOn) =>
      replace(scope, live, { ...live.described, DeletionProtection: isOn ? "ACTIVE" : "INACTIVE" }),
  },
};

/** MFA is off in it: AWS refuses OPTIONAL as long as there is no way to it. */
function create(scope: Scope, { name, tags }: UserPoolSpec): Promise<UserPool> {
  const client = scope.clients.get(CognitoIdentityProviderClient);
  const command = new CreateUserPoolCommand({
    PoolName: name,
    UsernameAttributes: ["email"],
    UsernameConfiguration: { CaseSensitive: false },
    ...toSettings(withWanted({ MfaConfiguration: "OFF", DeletionProtection: "INACTIVE", UserPoolTags: { ...tags } })),
  });
  return createOnce({
    make: async () => toUserPool((await client.send(command)).UserPool ?? {}, { MfaConfiguration: "OFF" }),
    find: async () => {
      const made = (await listByName(scope, name)).find((each) => hasTags(each.tags, tags));
      return made === undefined ? undefined : toUserPool(made.found, await readMfa(scope, made.found));
    },
    clock: scope.clock,
    signal: scope.signal,
  });
}

async function update(scope: Scope, spec: UserPoolSpec, live: UserPool, missing: Tags): Promise<UserPool> {
  const { described, userPoolId, userPoolArn } = live;
  if (settingChanges(spec.name, described).length > 0) {
    const tags = { ...described.UserPoolTags, ...missing };
    return replace(scope, live, { ...withWanted(described), Name: spec.name, UserPoolTags: tags });
  }
  if (Object.keys(missing).length === 0) return live;
  const command = new TagResourceCommand({ ResourceArn: userPoolArn, Tags: { ...missing } });
  await writeToPool(scope, userPoolId, () => scope.clients.get(CognitoIdentityProviderClient).send(command));
  return live;
}

/** @param wanted all of it: what is not sent goes back to its default */
async function replace(scope: Scope, live: UserPool, wanted: UserPoolType): Promise<UserPool> {
  const { userPoolId: UserPoolId } = live;
  const command = new UpdateUserPoolCommand({ UserPoolId, PoolName: wanted.Name, ...toSettings(wanted) });
  await writeToPool(scope, UserPoolId, () => scope.clients.get(CognitoIdentityProviderClient).send(command));
  return { ...live, described: wanted };
}

async function setMfa(scope: Scope, live: UserPool): Promise<UserPool> {
  const { userPoolId: UserPoolId, mfa } = live;
  const config = toMfaConfig(mfa);
  const command = new SetUserPoolMfaConfigCommand({ UserPoolId, ...config });
  await writeToPool(scope, UserPoolId, () => scope.clients.get(CognitoIdentityProviderClient).send(command));
  return { ...live, mfa: config };
}

/** One with users in it is no copy that nobody has seen, whatever its tags say: it stays, and is shown as what differs. */
async function removeCopies(scope: Scope, { copies }: UserPool): Promise<void> {
  const client = scope.clients.get(CognitoIdentityProviderClient);
  for (const UserPoolId of copies) {
    const found = await unlessMissing(client.send(new ListUsersCommand({ UserPoolId, Limit: 1 })), MISSING);
    if (found?.Users?.length === 0) await removeAll(scope, [UserPoolId]);
  }
}

async function removeAll(scope: Scope, userPoolIds: readonly string[]): Promise<void> {
  const client = scope.clients.get(CognitoIdentityProviderClient);
  for (const UserPoolId of userPoolIds) {
    const command = new DeleteUserPoolCommand({ UserPoolId });
    await writeToPool(scope, UserPoolId, () => unlessMissing(client.send(command), MISSING));
  }
}

async function describe(scope: Scope, userPoolId: string): Promise<UserPoolType | undefined> {
  const command = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  const found = await unlessMissing(scope.clients.get(CognitoIdentityProviderClient).send(command), MISSING);
  return found?.UserPool;
}

/**
 * Oldest first. A list has no tags: each of the name is looked at.
 * @param but one that is looked at already
 */
async function listByName(scope: Scope, name: string, but?: string): Promise<Candidate<UserPoolType>[]> {
  const client = scope.clients.get(CognitoIdentityProviderClient);
  const all = await everyPage(async (NextToken) => {
    const page = await client.send(new ListUserPoolsCommand({ MaxResults: 60, NextToken }));
    return { items: page.UserPools, next: page.NextToken };
  });
  const named = all.filter((each) => each.Name === name && each.Id !== but);
  const described = await Promise.all(named.map(({ Id = "" }) => describe(scope, Id)));
  return described
    .flatMap((found) => (found === undefined ? [] : [toCandidate(found)]))
    .toSorted((a, b) => (a.createdAt ?? "").localeCompare(b.createdAt ?? ""));
}

async function readMfa(scope: Scope, { Id }: UserPoolType): Promise<GetUserPoolMfaConfigResponse> {
  const command = new GetUserPoolMfaConfigCommand({ UserPoolId: Id });
  return (await unlessMissing(scope.clients.get(CognitoIdentityProviderClient).send(command), MISSING)) ?? {};
}

function toCandidate(found: UserPoolType): Candidate<UserPoolType> {
  const createdAt = found.CreationDate?.toISOString();
  const origin = { tags: found.UserPoolTags ?? {}, ...(createdAt === undefined ? {} : { createdAt }) };
  return { id: found.Id ?? "", found, ...origin };
}

function toUserPool(
  described: UserPoolType,
  mfa: GetUserPoolMfaConfigResponse,
  copies: readonly string[] = [],
): UserPool {
  return { userPoolId: described.Id ?? "", userPoolArn: described.Arn ?? "", described, mfa, copies };
}
