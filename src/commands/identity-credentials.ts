// `awsls identity credentials`: a user's token, or nothing, becomes AWS credentials for an hour.

import type { StackContext } from "./context.ts";
import { type CallerOptions, type IdentityCredentials, identityOf, openIdentityCaller } from "./identity-caller.ts";

export interface CredentialsResult {
  readonly kind: "user" | "guest";
  readonly identityId: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/CognitoIdentityCredentials` */
  readonly arn: string;
  readonly role: string;
  /** ISO 8601. */
  readonly expiration: string;
  readonly expiresInSeconds: number;
  readonly region: string;
  /** Undefined for AWS itself. */
  readonly endpoint?: string;
  readonly credentials: IdentityCredentials;
}

/** @throws {Problem} `NotSignedIn`, `IdentityRefused`, `StepMissing` without an identity pool */
export async function identityCredentials(
  context: StackContext,
  options: Omit<CallerOptions, "command">,
): Promise<CredentialsResult> {
  const caller = await openIdentityCaller(context, { ...options, command: "identity credentials" });
  try {
    const { arn } = await identityOf(context, caller);
    const { endpoint, region } = context.session.clients.connection;
    const { kind, identityId, credentials } = caller;
    return {
      kind,
      identityId,
      arn,
      role: arn.split("/")[1] ?? "",
      expiration: credentials.expiration.toISOString(),
      expiresInSeconds: Math.round((credentials.expiration.getTime() - context.clock.now()) / 1000),
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      credentials,
    };
  } finally {
    caller.clients.destroy();
  }
}
