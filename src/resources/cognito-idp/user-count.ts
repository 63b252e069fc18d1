// How many users a pool has: AWS's own estimate lags behind, so that they are listed.

import { CognitoIdentityProviderClient, ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { Clients } from "../../aws/clients.ts";
import type { UserCount } from "../../core/event.ts";
import { isAwsError } from "../../aws/errors.ts";
import type { UserPool } from "./user-pool.ts";

/** AWS's largest page; who has more is told so. */
const PAGE = 60;

/** @returns AWS's estimate for a pool of more than a page of users, or for whoever may not list them */
export async function countUsers(clients: Clients, { userPoolId, described }: UserPool): Promise<UserCount> {
  const { EstimatedNumberOfUsers: estimate = 0 } = described;
  const command = new ListUsersCommand({ UserPoolId: userPoolId, Limit: PAGE, AttributesToGet: ["sub"] });
  try {
    const { Users = [], PaginationToken } = await clients.get(CognitoIdentityProviderClient).send(command);
    if (PaginationToken === undefined) return { count: Users.length, isExact: true };
    return { count: Math.max(estimate, Users.length), isExact: false };
  } catch (error) {
    if (isAwsError(error, "AccessDeniedException")) return { count: estimate, isExact: false };
    throw error;
  }
}
