// An authenticator app as Cognito's second factor: it gets the pool's secret, and the pool its first code.

import { AssociateSoftwareTokenCommand, VerifySoftwareTokenCommand } from "@aws-sdk/client-cognito-identity-provider";
import { Secret, TOTP } from "otpauth";
import { isProblem, Problem } from "../core/problem.ts";
import { type AuthScene, forUser } from "./auth-refusal.ts";
import { cognitoOf } from "./auth-pool.ts";
import type { StackContext, TotpSecret } from "./context.ts";
import { requireEntry } from "./entered.ts";

/** Whose app it is: somebody who is signed in, or who is about to be. */
export type Proof = { readonly AccessToken: string } | { readonly Session: string };

export interface Associated {
  readonly secret: TotpSecret;
  /** Of somebody who is about to sign in. */
  readonly session?: string;
}

/**
 * @param label how the app calls it
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html
 */
export async function associate(
  context: StackContext,
  scene: AuthScene,
  proof: Proof,
  label: string,
): Promise<Associated> {
  const call = cognitoOf(context).send(new AssociateSoftwareTokenCommand(proof));
  const { SecretCode = "", Session } = await forUser(context, scene, call);
  const secret = totpSecretOf(context.session.names.stack, label, SecretCode);
  return Session === undefined ? { secret } : { secret, session: Session };
}

/**
 * @returns the session that goes on, of somebody who is about to sign in
 * @throws {Problem} `AuthRefused` for a wrong code
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifySoftwareToken.html
 */
export async function verify(
  context: StackContext,
  scene: AuthScene,
  proof: Proof,
  code: string,
): Promise<string | undefined> {
  const request = new VerifySoftwareTokenCommand({ ...proof, UserCode: code, FriendlyDeviceName: "awsls" });
  const { Status, Session } = await forUser(context, scene, cognitoOf(context).send(request));
  if (Status === "SUCCESS") return Session;
  throw new Problem("AuthRefused", { ...scene, why: "totp", message: `Status: ${String(Status)}` });
}

const TRIES = 3;

/** A code that was entered in the moment it ended is asked for again: the app has its secret already. */
export async function enterUntilTaken<T>(
  context: StackContext,
  first: string,
  take: (code: string) => Promise<T>,
): Promise<T> {
  let code = first;
  for (let attempt = 1; ; attempt++) {
    try {
      return await take(code);
    } catch (error) {
      const isWrong = isProblem(error, "AuthRefused") && ["totp", "code"].includes(error.data.why);
      if (!isWrong || attempt === TRIES) throw error;
      context.emit({ type: "notice", code: "CodeNotTaken", data: {} });
      code = await requireEntry(context, { of: "totpCode" });
    }
  }
}

/** What every app takes for granted: a QR code without it is small enough for 24 rows. */
const DEFAULTS = /&(algorithm=SHA1|digits=6|period=30)/g;

/**
 * @param secret in base32, as Cognito gives it
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html
 */
export function totpSecretOf(stack: string, label: string, secret: string): TotpSecret {
  const totp = new TOTP({ issuer: `awsls ${stack}`, issuerInLabel: false, label, secret: Secret.fromBase32(secret) });
  return { secret, uri: totp.toString().replaceAll(DEFAULTS, "") };
}
