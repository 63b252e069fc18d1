// The app client: how the learner's programs sign users in. It has no secret, for a program that others run keeps none.

import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  type ExplicitAuthFlowsType,
  ListUserPoolClientsCommand,
  UpdateUserPoolClientCommand,
  type UserPoolClientType,
} from "@aws-sdk/client-cognito-identity-provider";
import { unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { createOnce } from "../../aws/uncertain.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import type { Resource, Scope } from "../resource.ts";
import { MISSING, writeToPool } from "./user-pool-write.ts";

export interface UserPoolClientKey {
  readonly userPoolId: string;
  readonly clientName: string;
  /** The recorded id, if any: names are not unique. */
  readonly clientId?: string;
}

export type UserPoolClientSpec = Pick<UserPoolClientKey, "userPoolId" | "clientName">;

export interface UserPoolClient {
  readonly userPoolId: string;
  readonly clientId: string;
  /** As AWS describes it: an update sends back all that it does not change. */
  readonly described: UserPoolClientType;
}

const WANTED: {
  readonly ExplicitAuthFlows: readonly ExplicitAuthFlowsType[];
  readonly PreventUserExistenceErrors: "ENABLED";
  readonly EnableTokenRevocation: true;
} = {
  ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"],
  PreventUserExistenceErrors: "ENABLED",
  EnableTokenRevocation: true,
};

export const userPoolClient: Resource<UserPoolClientKey, UserPoolClientSpec, UserPoolClient> = {
  alreadyExists: [],
  rights: {
    itself: [
      "cognito-idp:CreateUserPoolClient",
      "cognito-idp:DeleteUserPoolClient",
      "cognito-idp:DescribeUserPoolClient",
      "cognito-idp:ListUserPoolClients",
      "cognito-idp:UpdateUserPoolClient",
    ],
  },

  async read(scope, key) {
    const recorded = key.clientId === undefined ? undefined : await describe(scope, key.userPoolId, key.clientId);
    const found = recorded ?? (await findByName(scope, key));
    return found === undefined ? undefined : { live: toClient(key.userPoolId, found), tags: "untaggable" };
  },

  diff({ clientName }, { live: { described } }) {
    const rotation = described.RefreshTokenRotation?.Feature;
    const { ClientSecret, ClientName, ExplicitAuthFlows = [], ...others } = described;
    const secret: Change[] =
      ClientSecret === undefined ? [] : [{ field: "GenerateSecret", from: true, to: false, replace: true }];
    return [
      ...secret,
      // AWS renews no tokens by REFRESH_TOKEN_AUTH where they rotate.
      ...(rotation === "ENABLED" ? [{ field: "RefreshTokenRotation.Feature", from: rotation, to: "DISABLED" }] : []),
      ...changesBetween(
        { ClientName: clientName, ...WANTED },
        { ...others, ClientName, ExplicitAuthFlows: ExplicitAuthFlows.toSorted() },
      ),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    if (observed === undefined) {
      const made = await create(scope, spec);
      created(made);
      return made;
    }
    return update(scope, spec, observed.live);
  },

  async remove(scope, { userPoolId: UserPoolId, clientId: ClientId }) {
    const command = new DeleteUserPoolClientCommand({ UserPoolId, ClientId });
    await writeToPool(scope, UserPoolId, () =>
      unlessMissing(scope.clients.get(CognitoIdentityProviderClient).send(command), MISSING),
    );
  },
};

function create(scope: Scope, { userPoolId, clientName }: UserPoolClientSpec): Promise<UserPoolClient> {
  const client = scope.clients.get(CognitoIdentityProviderClient);
  const command = new CreateUserPoolClientCommand({
    UserPoolId: userPoolId,
    ClientName: clientName,
    GenerateSecret: false,
    ...WANTED,
    ExplicitAuthFlows: [...WANTED.ExplicitAuthFlows],
  });
  const make = async (): Promise<UserPoolClient> => {
    const { UserPoolClient: made = {} } = await writeToPool(scope, userPoolId, () => client.send(command));
    return toClient(userPoolId, made);
  };
  return createOnce({
    make,
    find: async () => {
      const found = await findByName(scope, { userPoolId, clientName });
      return found === undefined ? undefined : toClient(userPoolId, found);
    },
    clock: scope.clock,
    signal: scope.signal,
  });
}

/**
 * UpdateUserPoolClient sets what is not sent to its default: what was read goes with the difference.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
 */
async function update(
  scope: Scope,
  { userPoolId, clientName }: UserPoolClientSpec,
  { clientId, described }: UserPoolClient,
): Promise<UserPoolClient> {
  const { ClientSecret: _none, LastModifiedDate: _at, CreationDate: _since, ClientType: _type, ...kept } = described;
  const wanted = {
    ...kept,
    UserPoolId: userPoolId,
    ClientId: clientId,
    ClientName: clientName,
    ...WANTED,
    ExplicitAuthFlows: [...WANTED.ExplicitAuthFlows],
    ...(described.RefreshTokenRotation === undefined
      ? {}
      : { RefreshTokenRotation: { ...described.RefreshTokenRotation, Feature: "DISABLED" as const } }),
  };
  const command = new UpdateUserPoolClientCommand(wanted);
  await writeToPool(scope, userPoolId, () => scope.clients.get(CognitoIdentityProviderClient).send(command));
  return toClient(userPoolId, { ...described, ...wanted });
}

async function describe(scope: Scope, UserPoolId: string, ClientId: string): Promise<UserPoolClientType | undefined> {
  const command = new DescribeUserPoolClientCommand({ UserPoolId, ClientId });
  const found = await unlessMissing(scope.clients.get(CognitoIdentityProviderClient).send(command), MISSING);
  return found?.UserPoolClient;
}

async function findByName(
  scope: Scope,
  { userPoolId: UserPoolId, clientName }: UserPoolClientKey,
): Promise<UserPoolClientType | undefined> {
  const client = scope.clients.get(CognitoIdentityProviderClient);
  const all = await unlessMissing(
    everyPage(async (NextToken) => {
      const page = await client.send(new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60, NextToken }));
      return { items: page.UserPoolClients, next: page.NextToken };
    }),
    MISSING,
  );
  const id = all?.find(({ ClientName }) => ClientName === clientName)?.ClientId;
  return id === undefined ? undefined : describe(scope, UserPoolId, id);
}

function toClient(userPoolId: string, described: UserPoolClientType): UserPoolClient {
  return { userPoolId, clientId: described.ClientId ?? "", described };
}
