// Cognito user pools of the local cloud: pools, clients, users, their flows, and the tokens that these give.

import type { JSONWebKeySet } from "jose";
import type { CloudEnvironment, IdTokens, Operation, Service, TokenIssuers } from "../service.ts";
import { accountOperations } from "./account.ts";
import { adminPasswordOperations } from "./admin-passwords.ts";
import { adminUserOperations } from "./admin-users.ts";
import { createAttempts } from "./attempts.ts";
import { createChallenges } from "./challenges.ts";
import { clientOperations } from "./clients.ts";
import { createCodes } from "./codes.ts";
import { poolArn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { groupMemberOperations } from "./group-members.ts";
import { groupOperations } from "./groups.ts";
import { createIdTokens } from "./id-tokens.ts";
import { createKeys } from "./keys.ts";
import { listUserOperations } from "./list-users.ts";
import { mfaConfigOperations } from "./mfa-config.ts";
import { createOutbox } from "./outbox.ts";
import type { Mail } from "./outbox.ts";
import { ownAttributeOperations } from "./own-attributes.ts";
import { passwordOperations } from "./passwords.ts";
import { poolOperations } from "./pools.ts";
import type { Grant, Group, User, UserPool, UserPoolClient } from "./records.ts";
import { respondOperations } from "./respond.ts";
import { signInOperations } from "./sign-in.ts";
import { signUpOperations } from "./sign-up.ts";
import { softwareTokenOperations } from "./software-token.ts";
import { tagOperations } from "./tags.ts";
import { issuerOf } from "./tokens.ts";
import { createWellKnown } from "./well-known.ts";
import type { WellKnown } from "./well-known.ts";

export interface CognitoIdp {
  readonly service: Service;
  readonly issuers: TokenIssuers;
  readonly idTokens: IdTokens;
  readonly wellKnown: WellKnown;
  /** The mails that would have been sent, newest last. */
  inbox(): readonly Mail[];
}

export function createCognitoIdp(env: CloudEnvironment): CognitoIdp {
  const context = openContext(env);
  const { pools, clients, users, groups, grants, keys, codes, attempts, challenges, outbox } = context;
  const service: Service = {
    signingName: "cognito-idp",
    protocol: "awsJson1_1",
    target: "AWSCognitoIdentityProviderService",
    validationError: "InvalidParameterException",
    operations: operationsOf(context),
    inventory: () => Promise.resolve([...pools.values()].map(({ id }) => poolArn(env, id))),
    reset() {
      for (const each of [pools, clients, users, groups, grants, keys, codes, attempts, challenges, outbox])
        each.clear();
      return Promise.resolve();
    },
  };
  const prefix = issuerOf(env.region, "");
  // A kill may have left the keys of a pool that was deleted.
  const keysOf = (poolId: string): JSONWebKeySet | undefined =>
    pools.get(poolId) === undefined ? undefined : keys.jwks(poolId);
  return {
    service,
    issuers: {
      keysOf: (issuer) => (issuer.startsWith(prefix) ? keysOf(issuer.slice(prefix.length)) : undefined),
    },
    idTokens: createIdTokens(context),
    wellKnown: createWellKnown(env, keysOf),
    inbox: () => outbox.mails(),
  };
}

function openContext(env: CloudEnvironment): CognitoContext {
  return {
    env,
    pools: env.collection<UserPool>("cognito-idp/pools"),
    clients: env.collection<UserPoolClient>("cognito-idp/clients"),
    users: env.collection<User>("cognito-idp/users"),
    groups: env.collection<Group>("cognito-idp/groups"),
    grants: env.collection<Grant>("cognito-idp/grants"),
    keys: createKeys(env),
    codes: createCodes(env),
    attempts: createAttempts(env),
    challenges: createChallenges(env.clock),
    outbox: createOutbox(env),
  };
}

function operationsOf(context: CognitoContext): Record<string, Operation> {
  return {
    ...poolOperations(context),
    ...mfaConfigOperations(context),
    ...tagOperations(context),
    ...clientOperations(context),
    ...signUpOperations(context),
    ...signInOperations(context),
    ...respondOperations(context),
    ...accountOperations(context),
    ...ownAttributeOperations(context),
    ...passwordOperations(context),
    ...softwareTokenOperations(context),
    ...adminUserOperations(context),
    ...adminPasswordOperations(context),
    ...listUserOperations(context),
    ...groupOperations(context),
    ...groupMemberOperations(context),
  };
}
