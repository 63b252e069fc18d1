// `awsls auth mfa enable|disable`: a second factor by an authenticator app.

import { GetUserCommand, SetUserMFAPreferenceCommand } from "@aws-sdk/client-cognito-identity-provider";
import { claimsOf } from "./auth-claims.ts";
import { forUser } from "./auth-refusal.ts";
import { withAccessToken } from "./auth-session.ts";
import { cognitoOf } from "./auth-pool.ts";
import type { StackContext, TotpSecret } from "./context.ts";
import { associate, enterUntilTaken, verify } from "./software-token.ts";

export interface MfaResult {
  readonly isOn: boolean;
  readonly isChanged: boolean;
  /** What an authenticator app has to be told before it can be turned on. */
  readonly secret?: TotpSecret;
}

const ENABLE = { command: "auth mfa enable" };
const DISABLE = { command: "auth mfa disable" };
type Scene = typeof ENABLE;

/**
 * Where nobody can be asked in between, the first call gives the secret, and a second one takes the code.
 * @param given the code, when it was given
 * @throws {Problem} `AuthRefused`, `NotSignedIn`
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html
 */
export async function enableMfa(context: StackContext, given?: string): Promise<MfaResult> {
  if (await hasTotp(context, ENABLE)) return { isOn: true, isChanged: false };
  if (given === undefined) {
    const secret = await newSecret(context);
    const code = await context.enter({ of: "totpCode", secret });
    if (code === undefined) return { isOn: false, isChanged: false, secret };
    await enterUntilTaken(context, code, (each) => take(context, each));
  } else {
    await take(context, given);
  }
  await prefer(context, ENABLE, true);
  return { isOn: true, isChanged: true };
}

/** @throws {Problem} `AuthRefused`, `NotSignedIn` */
export async function disableMfa(context: StackContext): Promise<MfaResult> {
  if (!(await hasTotp(context, DISABLE))) return { isOn: false, isChanged: false };
  await prefer(context, DISABLE, false);
  return { isOn: false, isChanged: true };
}

async function hasTotp(context: StackContext, scene: Scene): Promise<boolean> {
  const { UserMFASettingList = [] } = await withAccessToken(context, scene.command, (AccessToken) =>
    forUser(context, scene, cognitoOf(context).send(new GetUserCommand({ AccessToken }))),
  );
  return UserMFASettingList.includes("SOFTWARE_TOKEN_MFA");
}

/** An app that was set up before keeps its codes until the new one's first code is taken. */
function newSecret(context: StackContext): Promise<TotpSecret> {
  return withAccessToken(context, ENABLE.command, async (AccessToken, { tokens }) => {
    const { email, username } = claimsOf(tokens).caller;
    return (await associate(context, ENABLE, { AccessToken }, email ?? username)).secret;
  });
}

function take(context: StackContext, code: string): Promise<unknown> {
  return withAccessToken(context, ENABLE.command, (AccessToken) => verify(context, ENABLE, { AccessToken }, code));
}

async function prefer(context: StackContext, scene: Scene, isOn: boolean): Promise<void> {
  const SoftwareTokenMfaSettings = { Enabled: isOn, PreferredMfa: isOn };
  await withAccessToken(context, scene.command, (AccessToken) => {
    const request = new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings });
    return forUser(context, scene, cognitoOf(context).send(request));
  });
}
