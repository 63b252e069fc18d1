// `awsls auth sign-up`, `confirm`, `resend-code`: a new user, by the code that is mailed to the address.

import {
  ConfirmSignUpCommand,
  ResendConfirmationCodeCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { type Delivery, deliveryOf } from "./auth-delivery.ts";
import { cognitoOf, requirePool } from "./auth-pool.ts";
import { type AuthScene, forUser, isConfirmedAlready } from "./auth-refusal.ts";
import type { StackContext } from "./context.ts";
import { requireEntry } from "./entered.ts";

export interface SignUpResult {
  readonly email: string;
  /** The user's name in the pool, a UUID. */
  readonly username: string;
  readonly isConfirmed: boolean;
  readonly delivery?: Delivery;
}

/**
 * @throws {Problem} `AuthRefused`, `ValueMissing`
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html
 */
export async function signUp(context: StackContext, email: string): Promise<SignUpResult> {
  const scene: AuthScene = { command: "auth sign-up", email };
  const { clientId } = await requirePool(context, scene.command);
  const password = await requireEntry(context, { of: "newPassword" });
  const request = new SignUpCommand({
    ClientId: clientId,
    Username: email,
    Password: password,
    UserAttributes: [{ Name: "email", Value: email }],
  });
  const answer = await forUser(context, scene, cognitoOf(context).send(request));
  const { UserSub = "", UserConfirmed = false, CodeDeliveryDetails } = answer;
  const delivery = deliveryOf(context, CodeDeliveryDetails);
  return {
    email,
    username: UserSub,
    isConfirmed: UserConfirmed,
    ...(delivery === undefined ? {} : { delivery }),
  };
}

export interface ConfirmResult {
  readonly email: string;
  /** False: it was before. */
  readonly isChanged: boolean;
}

/**
 * @param given the code, when it was given
 * @throws {Problem} `AuthRefused`, `ValueMissing`
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmSignUp.html
 */
export async function confirm(context: StackContext, email: string, given?: string): Promise<ConfirmResult> {
  const scene: AuthScene = { command: "auth confirm", email };
  const { clientId } = await requirePool(context, scene.command);
  const code = given ?? (await requireEntry(context, { of: "mailedCode" }));
  const request = new ConfirmSignUpCommand({ ClientId: clientId, Username: email, ConfirmationCode: code });
  const confirmed = cognitoOf(context)
    .send(request)
    .then(() => true, unlessConfirmed);
  return { email, isChanged: await forUser(context, scene, confirmed) };
}

export interface ResendResult {
  readonly email: string;
  /** None for a user who is confirmed. */
  readonly delivery?: Delivery;
}

/**
 * @throws {Problem} `AuthRefused`
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResendConfirmationCode.html
 */
export async function resendCode(context: StackContext, email: string): Promise<ResendResult> {
  const scene: AuthScene = { command: "auth resend-code", email };
  const { clientId } = await requirePool(context, scene.command);
  const request = new ResendConfirmationCodeCommand({ ClientId: clientId, Username: email });
  const sent = cognitoOf(context)
    .send(request)
    .then(({ CodeDeliveryDetails }) => deliveryOf(context, CodeDeliveryDetails), unlessConfirmed);
  const delivery = await forUser(context, scene, sent);
  return typeof delivery === "object" ? { email, delivery } : { email };
}

/** To be confirmed already is what was asked for. */
function unlessConfirmed(error: unknown): false {
  if (isConfirmedAlready(error)) return false;
  throw error;
}
