// `awsls auth sign-in`: Cognito's questions, one after the other, until there are tokens.

import { InitiateAuthCommand, type InitiateAuthResponse } from "@aws-sdk/client-cognito-identity-provider";
import { timeOfAnswer } from "../aws/server-time.ts";
import { tokensPathOf } from "../state/tokens.ts";
import { answerChallenge, type Answering, respond } from "./auth-challenges.ts";
import { type Caller, claimsOf, expiryHere } from "./auth-claims.ts";
import { cognitoOf, requirePool } from "./auth-pool.ts";
import { forUser } from "./auth-refusal.ts";
import { keepTokens } from "./auth-session.ts";
import type { StackContext } from "./context.ts";
import { requireEntry } from "./entered.ts";

export interface SignInOptions {
  readonly email: string;
  /** "srp": the password stays here; "password": it is sent, within TLS. */
  readonly flow: "srp" | "password";
  /** Of an authenticator app. */
  readonly code?: string;
}

export interface SignInResult extends Caller {
  /** What Cognito asked for after the password. */
  readonly challenges: readonly string[];
  /** When the access token ends, in ISO 8601. */
  readonly expiresAt: string;
  readonly tokensFile: string;
}

/**
 * @throws {Problem} `AuthRefused`, `ChallengeUnsupported`, `ValueMissing` where nobody can be asked
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export async function signIn(context: StackContext, options: SignInOptions): Promise<SignInResult> {
  const command = "auth sign-in";
  const { email, flow, code } = options;
  const pool = await requirePool(context, command);
  const password = await requireEntry(context, { of: "password" });
  const answering: Answering = { context, scene: { command, email }, pool, ...(code === undefined ? {} : { code }) };
  const begin = flow === "srp" ? beginWithSrp : beginWithPassword;
  let step = await begin(answering, email, password);
  const challenges: string[] = [];
  while (step.ChallengeName !== undefined) {
    challenges.push(step.ChallengeName);
    step = await answerChallenge(answering, step);
  }
  const tokens = keepTokens(context, pool, step.AuthenticationResult);
  return {
    ...claimsOf(tokens).caller,
    challenges,
    expiresAt: new Date(expiryHere(tokens)).toISOString(),
    tokensFile: tokensPathOf(context.session.state.path),
  };
}

/** @returns what follows on the proof of the password */
async function beginWithSrp(answering: Answering, email: string, password: string): Promise<InitiateAuthResponse> {
  const { context, scene, pool } = answering;
  const { startSrp } = await import("../aws/srp.ts");
  const srp = startSrp(pool.userPoolId, email, password);
  const request = new InitiateAuthCommand({
    AuthFlow: "USER_SRP_AUTH",
    ClientId: pool.clientId,
    AuthParameters: { USERNAME: email, SRP_A: srp.srpA },
  });
  const serverTime = timeOfAnswer(request);
  const step = await forUser(context, scene, cognitoOf(context).send(request));
  if (step.ChallengeName !== "PASSWORD_VERIFIER") return step;
  const answers = srp.answer(step.ChallengeParameters ?? {}, serverTime() ?? context.clock.now());
  return respond(answering, step, answers);
}

async function beginWithPassword(
  { context, scene, pool }: Answering,
  email: string,
  password: string,
): Promise<InitiateAuthResponse> {
  const request = new InitiateAuthCommand({
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: pool.clientId,
    AuthParameters: { USERNAME: email, PASSWORD: password },
  });
  return forUser(context, scene, cognitoOf(context).send(request));
}
