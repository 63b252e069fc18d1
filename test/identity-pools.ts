// An identity pool of a test's own on a test cloud, bound to a user pool, with roles that trust it.

import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  type CreateIdentityPoolCommandInput,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  SetIdentityPoolRolesCommand,
} from "@aws-sdk/client-cognito-identity";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { TestCloud } from "./cloud.ts";
import type { TestPool } from "./user-pools.ts";

export interface TestCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

export interface TestIdentityPool {
  /** Signs, as an administrator does. */
  readonly admin: CognitoIdentityClient;
  /** Has no credentials: only public calls work. */
  readonly anyone: CognitoIdentityClient;
  readonly IdentityPoolId: string;
  /** What a login is called: `cognito-idp.<region>.amazonaws.com/<user pool id>`. */
  readonly provider: string;
  readonly roles: { readonly authenticated: string; readonly unauthenticated: string };
  /** GetId, then GetCredentialsForIdentity; without an ID token as a guest. */
  credentials(idToken?: string): Promise<TestCredentials & { readonly identityId: string }>;
  close(): void;
}

type Kind = "authenticated" | "unauthenticated";

interface Settings {
  readonly pool?: Partial<CreateIdentityPoolCommandInput>;
  /** Statements of each kind's role. */
  readonly allows?: Partial<Record<Kind, readonly object[]>>;
}

export async function testIdentityPool(
  cloud: TestCloud,
  users: TestPool,
  { pool, allows = {} }: Settings = {},
): Promise<TestIdentityPool> {
  const admin = new CognitoIdentityClient(cloud.config);
  const anyone = new CognitoIdentityClient({
    ...cloud.config,
    credentials: () => Promise.reject(new Error("unsigned")),
  });
  const provider = `cognito-idp.${cloud.config.region}.amazonaws.com/${users.UserPoolId}`;
  const { IdentityPoolId = "" } = await admin.send(
    new CreateIdentityPoolCommand({
      IdentityPoolName: "identities",
      AllowUnauthenticatedIdentities: true,
      CognitoIdentityProviders: [{ ProviderName: provider, ClientId: users.ClientId, ServerSideTokenCheck: true }],
      ...pool,
    }),
  );
  const iam = new IAMClient(cloud.config);
  const makeRole = async (kind: Kind): Promise<string> => {
    const RoleName = `${IdentityPoolId.split(":")[1]}-${kind}`;
    const trust = trustOf(IdentityPoolId, kind);
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: allows[kind] ?? [{ Effect: "Allow", Action: "dynamodb:ListTables", Resource: "*" }],
    });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "allows", PolicyDocument }));
    return Role?.Arn ?? "";
  };
  const roles = { authenticated: await makeRole("authenticated"), unauthenticated: await makeRole("unauthenticated") };
  await admin.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: roles }));

  return {
    admin,
    anyone,
    IdentityPoolId,
    provider,
    roles,
    async credentials(idToken) {
      const Logins = idToken === undefined ? undefined : { [provider]: idToken };
      const { IdentityId = "" } = await anyone.send(new GetIdCommand({ IdentityPoolId, Logins }));
      const { Credentials: given } = await anyone.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }));
      return {
        identityId: IdentityId,
        accessKeyId: given?.AccessKeyId ?? "",
        secretAccessKey: given?.SecretKey ?? "",
        sessionToken: given?.SessionToken ?? "",
        expiration: given?.Expiration ?? new Date(0),
      };
    },
    close() {
      admin.destroy();
      anyone.destroy();
      iam.destroy();
    },
  };
}

export function trustOf(identityPoolId: string, kind: Kind): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: "cognito-identity.amazonaws.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { "cognito-identity.amazonaws.com:aud": identityPoolId },
          "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": kind },
        },
      },
    ],
  });
}
