// `awsls identity credentials`: a user's token, or nothing, becomes AWS credentials for an hour.

import type { Names } from "../core/names.ts";
import type { StackContext } from "./context.ts";
import { type CallerOptions, type IdentityCredentials, identityOf, openIdentityCaller } from "./identity-caller.ts";

export interface CredentialsResult {
  readonly kind: "user" | "guest";
  readonly identityId: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/CognitoIdentityCredentials` */
  readonly arn: string;
  readonly role: string;
  /** What the role is for, where it is one of the stack's. */
  readonly may: "readAndWriteOwn" | "readAndWriteAny" | "read" | "unknown";
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
    const { arn, roleName: role } = await identityOf(context, caller);
    const { clients, names } = context.session;
    const { endpoint, region } = clients.connection;
    const { kind, identityId, credentials } = caller;
    return {
      kind,
      identityId,
      arn,
      role,
      may: mayOf(role, names),
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

function mayOf(role: string, { authenticatedRole, guestRole, adminsRole }: Names): CredentialsResult["may"] {
  switch (role) {
    case authenticatedRole:
      return "readAndWriteOwn";
    case adminsRole:
      return "readAndWriteAny";
    case guestRole:
      return "read";
    default:
      return "unknown";
  }
}
