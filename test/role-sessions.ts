// Roles of a test cloud with given rights, and sessions of them: what their callers sign with.

import { CreateRoleCommand, DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from "@aws-sdk/client-sts";
import type { TestCloud } from "./cloud.ts";

export const ACCOUNT = "000000000000";

type Config = TestCloud["config"] & { readonly credentials: { readonly sessionToken?: string } };

export interface TestRole {
  readonly arn: string;
  /** Of its sessions. */
  readonly sessionArn: string;
  /** For `new SomeClient(config)`, as a session of the role. */
  readonly config: Config;
  /** Another session, on other terms. */
  session(terms: Partial<AssumeRoleCommandInput>): Promise<Config>;
  /** Replaces what it may do; without statements it may do nothing. */
  may(...statements: object[]): Promise<void>;
}

export const allowing = (Action: string | readonly string[], more: object = {}): object => ({
  Effect: "Allow",
  Action,
  Resource: "*",
  ...more,
});
export const denying = (Action: string | readonly string[], more: object = {}): object => ({
  ...allowing(Action, more),
  Effect: "Deny",
});

export function documentOf(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** A role that the account's administrator may assume. */
export async function testRole(cloud: TestCloud, RoleName: string, ...statements: object[]): Promise<TestRole> {
  const iam = new IAMClient(cloud.config);
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: ACCOUNT } };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: documentOf(trust) }));
  const arn = Role?.Arn ?? "";

  async function may(...given: object[]): Promise<void> {
    const policy = { RoleName, PolicyName: "rights" };
    if (given.length === 0) await iam.send(new DeleteRolePolicyCommand(policy));
    else await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: documentOf(...given) }));
  }

  async function session(terms: Partial<AssumeRoleCommandInput>): Promise<Config> {
    const request = new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: "ada", ...terms });
    const { Credentials: given } = await new STSClient(cloud.config).send(request);
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "", SessionToken = "" } = given ?? {};
    return { ...cloud.config, credentials: { accessKeyId, secretAccessKey, sessionToken: SessionToken } };
  }

  if (statements.length > 0) await may(...statements);
  const sessionArn = `arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/ada`;
  return { arn, sessionArn, config: await session({}), session, may };
}
