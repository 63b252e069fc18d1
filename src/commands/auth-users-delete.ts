// `awsls auth users delete`: the user goes, with whatever Cognito knows of it.

import { AdminDeleteUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import { unlessMissing } from "../aws/errors.ts";
import type { StackContext } from "./context.ts";
import { inPool } from "./pool-access.ts";
import { removeFromPool } from "./pool-removal.ts";
import { findUser } from "./pool-users.ts";
import type { RemovalResult } from "./removal.ts";
import type { Rights } from "../resources/rights.ts";

export const USER_DELETION_RIGHTS: Rights = { itself: ["cognito-idp:AdminDeleteUser"] };

/** Deleted is who was seen, not who has that address by then. */
export function deletePoolUser(context: StackContext, email: string): Promise<RemovalResult> {
  return inPool(context, { command: "auth users delete", email }, ({ client, userPoolId: UserPoolId }) =>
    removeFromPool(context, {
      async look() {
        const found = await findUser({ client, userPoolId: UserPoolId }, email);
        return found && { component: "user", name: found.email, id: found.username };
      },
      remove: ({ id: Username }) =>
        unlessMissing(client.send(new AdminDeleteUserCommand({ UserPoolId, Username })), "UserNotFoundException"),
    }),
  );
}
