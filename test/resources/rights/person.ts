// A person with exactly the rights of a policy: a role's session on a test cloud, and the stack that they work on.

import { CreateRoleCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { StackContext } from "../../../src/commands/context.ts";
import { openCredentials } from "../../../src/local/credentials.ts";
import type { GrantingPolicy } from "../../../src/stack/grants.ts";
import type { TestCloud } from "../../cloud.ts";
import { LAMBDA_TRUST } from "../../functions.ts";
import { openTestStack, type TestStack } from "../../session.ts";

export const RoleName = "person";
const ACCOUNT = "000000000000";
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
const PASSWORD = "Secret-123";

export interface Person {
  readonly stack: TestStack;
  /** The account's own key on the same stack: it puts back what was there before. */
  readonly owner: TestStack;
  may(policy: GrantingPolicy): Promise<void>;
  close(): void;
}

export async function openPerson(cloud: TestCloud): Promise<Person> {
  const iam = new IAMClient(cloud.config);
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));
  const config = { ...cloud.config, credentials: await sessionOf(cloud, iam) };
  const entries = { password: PASSWORD, newPassword: PASSWORD };
  const stack = openTestStack({ ...cloud, config }, { entries });
  const owner = openTestStack(cloud, { entries, folder: stack.folder });
  return {
    stack,
    owner,
    async may(policy) {
      const PolicyDocument = JSON.stringify(policy);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "person", PolicyDocument }));
    },
    close() {
      iam.destroy();
      owner.release();
      stack.close();
    },
  };
}

/** As the cloud itself would issue one. */
async function sessionOf(
  cloud: TestCloud,
  iam: IAMClient,
): Promise<TestCloud["config"]["credentials"] & { sessionToken: string }> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const { folder } = cloud;
  const credentials = openCredentials({ folder, accountId: ACCOUNT, anyCredentials: false, now: Date.now });
  const expiration = Date.now() + 60 * 60 * 1000;
  const session = { roleArn: ROLE_ARN, roleId: Role?.RoleId ?? "", sessionName: "cli", expiration };
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(session);
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** With a context of its own, whose connections end with it: many commands are run. */
export async function runOn<T>(stack: TestStack, run: (context: StackContext) => Promise<T>): Promise<T> {
  const context = await stack.context();
  try {
    return await run(context);
  } finally {
    context.session.clients.destroy();
  }
}

/** Waits take no time, and their end comes nearer. */
export function inNoTime(context: StackContext): StackContext {
  let ahead = 0;
  const clock = {
    now: () => Date.now() + ahead,
    async sleep(ms: number): Promise<void> {
      ahead += ms;
    },
  };
  return { ...context, clock, session: { ...context.session, clock } };
}

/** Every action of it. */
export function actionsOf({ Statement }: GrantingPolicy): string[] {
  return [...new Set(Statement.flatMap(({ Action }) => Action))].toSorted();
}

export function without(policy: GrantingPolicy, action: string): GrantingPolicy {
  const left = policy.Statement.map((each) => ({ ...each, Action: each.Action.filter((one) => one !== action) }));
  return { ...policy, Statement: left.filter(({ Action }) => Action.length > 0) };
}
