// App clients: who may sign users in, and how.

import { randomInt } from "node:crypto";
import type { JsonObject, Operation, Shape } from "../service.ts";
import { CLIENT_NOT_IMPLEMENTED, CLIENT_SETTINGS, toClientSettings } from "./client-settings.ts";
import { requireClient, requirePool, resourceIn } from "./context.ts";
import type { CognitoContext } from "./context.ts";
import { ageKey, pageOf, textIn, textOf, toSeconds } from "./input.ts";
import type { UserPoolClient } from "./records.ts";
import { CLIENT_ID, MAX_RESULTS, POOL_ID, TOKEN } from "./shapes.ts";

const CLIENT_NAME: Shape = { type: "string", min: 1, max: 128, pattern: "[\\w\\s+=,.@-]+" };
const ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const OF_CLIENT: Readonly<Record<string, Shape>> = { UserPoolId: POOL_ID, ClientId: CLIENT_ID };

export function clientOperations(context: CognitoContext): Record<string, Operation> {
  const { env, clients } = context;
  const resource = resourceIn(context);
  return {
    CreateUserPoolClient: {
      input: {
        ...CLIENT_SETTINGS,
        UserPoolId: POOL_ID,
        ClientName: { ...CLIENT_NAME, required: true },
      },
      notImplemented: [...CLIENT_NOT_IMPLEMENTED, "GenerateSecret", "ClientSecret"],
      resource,
      run(input) {
        const pool = requirePool(context, input);
        const now = env.clock.now();
        const client: UserPoolClient = {
          id: Array.from({ length: 26 }, () => ID_CHARACTERS.charAt(randomInt(36))).join(""),
          poolId: pool.id,
          name: textIn(input, "ClientName"),
          createdAt: now,
          modifiedAt: now,
          settings: toClientSettings(input),
        };
        clients.set(client.id, client);
        return { UserPoolClient: toClientType(client) };
      },
    },
    DescribeUserPoolClient: {
      input: OF_CLIENT,
      resource,
      run: (input) => ({ UserPoolClient: toClientType(requireClient(context, input).client) }),
    },
    UpdateUserPoolClient: {
      input: { ...CLIENT_SETTINGS, ...OF_CLIENT, ClientName: CLIENT_NAME },
      notImplemented: CLIENT_NOT_IMPLEMENTED,
      resource,
      run(input) {
        const { client } = requireClient(context, input);
        const changed = {
          ...client,
          name: textOf(input, "ClientName") ?? client.name,
          modifiedAt: env.clock.now(),
          settings: toClientSettings(input),
        };
        clients.set(client.id, changed);
        return { UserPoolClient: toClientType(changed) };
      },
    },
    DeleteUserPoolClient: {
      input: OF_CLIENT,
      resource,
      run(input) {
        clients.delete(requireClient(context, input).client.id);
        return undefined;
      },
    },
    ListUserPoolClients: {
      input: { UserPoolId: POOL_ID, MaxResults: MAX_RESULTS, NextToken: TOKEN },
      resource,
      run(input) {
        const pool = requirePool(context, input);
        const own = [...clients.values()].filter(({ poolId }) => poolId === pool.id);
        const token = textOf(input, "NextToken");
        const { page, next } = pageOf(own, (client) => ageKey(client, client.id), input["MaxResults"], token);
        const listed = page.map(({ id, name }) => ({ ClientId: id, UserPoolId: pool.id, ClientName: name }));
        return { UserPoolClients: listed, NextToken: next };
      },
    },
  };
}

function toClientType(client: UserPoolClient): JsonObject {
  return {
    UserPoolId: client.poolId,
    ClientName: client.name,
    ClientId: client.id,
    LastModifiedDate: toSeconds(client.modifiedAt),
    CreationDate: toSeconds(client.createdAt),
    ...client.settings,
    AllowedOAuthFlowsUserPoolClient: false,
  };
}
