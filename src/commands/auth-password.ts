// `awsls auth forgot-password`, `reset-password`, `change-password`.

import {
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { claimsOf } from "./auth-claims.ts";
import { type Delivery, deliveryOf } from "./auth-delivery.ts";
import { cognitoOf, requirePool } from "./auth-pool.ts";
import { type AuthScene, forUser } from "./auth-refusal.ts";
import { freshTokens, withAccessToken } from "./auth-session.ts";
import type { StackContext } from "./context.ts";
import { requireEntry } from "./entered.ts";

export interface ForgotPasswordResult {
  readonly email: string;
  /** For a user who does not exist, too: Cognito does not tell. */
  readonly delivery?: Delivery;
}

/**
 * @throws {Problem} `AuthRefused`
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html
 */
export async function forgotPassword(context: StackContext, email: string): Promise<ForgotPasswordResult> {
  const scene: AuthScene = { command: "auth forgot-password", email };
  const { clientId } = await requirePool(context, scene.command);
  const request = new ForgotPasswordCommand({ ClientId: clientId, Username: email });
  const { CodeDeliveryDetails } = await forUser(context, scene, cognitoOf(context).send(request));
  const delivery = deliveryOf(context, CodeDeliveryDetails);
  return delivery === undefined ? { email } : { email, delivery };
}

export interface PasswordResult {
  readonly email: string;
}

/**
 * @param given the code, when it was given
 * @throws {Problem} `AuthRefused`, `ValueMissing`
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html
 */
export async function resetPassword(context: StackContext, email: string, given?: string): Promise<PasswordResult> {
  const scene: AuthScene = { command: "auth reset-password", email };
  const { clientId } = await requirePool(context, scene.command);
  const code = given ?? (await requireEntry(context, { of: "mailedCode" }));
  const password = await requireEntry(context, { of: "newPassword" });
  const request = new ConfirmForgotPasswordCommand({
    ClientId: clientId,
    Username: email,
    ConfirmationCode: code,
    Password: password,
  });
  await forUser(context, scene, cognitoOf(context).send(request));
  return { email };
}

/**
 * @throws {Problem} `AuthRefused`, `NotSignedIn`, `ValueMissing`
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ChangePassword.html
 */
export async function changePassword(context: StackContext): Promise<PasswordResult> {
  const command = "auth change-password";
  const { tokens } = await freshTokens(context, command);
  const current = await requireEntry(context, { of: "currentPassword" });
  const proposed = await requireEntry(context, { of: "newPassword" });
  await withAccessToken(context, command, (accessToken) => {
    const request = new ChangePasswordCommand({
      AccessToken: accessToken,
      PreviousPassword: current,
      ProposedPassword: proposed,
    });
    return forUser(context, { command }, cognitoOf(context).send(request));
  });
  const { email, username } = claimsOf(tokens).caller;
  return { email: email ?? username };
}
