// The user pool that the commands of sign-in work with.

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { AUTH_COMPONENTS, issuerOf } from "../stack/auth-components.ts";
import { requireOurs } from "../stack/observe.ts";
import type { StackContext } from "./context.ts";
import { look } from "./look.ts";
import { stepMissing } from "./step-missing.ts";

export interface Pool {
  readonly userPoolId: string;
  readonly clientId: string;
  /** The `iss` of its tokens. */
  readonly issuer: string;
}

const IN_POOL = AUTH_COMPONENTS.filter(({ id }) => id === "userPool" || id === "userPoolClient");

/**
 * As recorded, without a call; looked for where the state was lost.
 * @param command as typed
 * @throws {Problem} `StepMissing` naming `auth enable`, `Foreign` and its like
 */
export async function requirePool(context: StackContext, command: string): Promise<Pool> {
  const { userPool, userPoolClient } = context.session.state.current().resources;
  const recorded = { userPoolId: userPool?.attributes["userPoolId"], clientId: userPoolClient?.attributes["clientId"] };
  const { userPoolId, clientId } = recorded.clientId === undefined ? await findPool(context) : recorded;
  if (userPoolId === undefined || clientId === undefined) throw await stepMissing(context, command, "auth enable");
  return { userPoolId, clientId, issuer: issuerOf(context.session.place, userPoolId) };
}

async function findPool(context: StackContext): Promise<Partial<Pool>> {
  const run = await look(context, IN_POOL, { withCode: [], unasked: "always" });
  requireOurs(run, IN_POOL);
  const { userPoolId } = run.inputs.output("userPool") ?? {};
  const { clientId } = run.inputs.output("userPoolClient") ?? {};
  return { ...(userPoolId === undefined ? {} : { userPoolId }), ...(clientId === undefined ? {} : { clientId }) };
}

export function cognitoOf({ session }: StackContext): CognitoIdentityProviderClient {
  return session.clients.get(CognitoIdentityProviderClient);
}
