// A stack with an identity pool on a test cloud, and a user of it: what the commands of users and guests are called with.

import type { StackContext } from "../src/commands/context.ts";
import { enableAuth } from "../src/commands/auth-enable.ts";
import { signIn } from "../src/commands/auth-sign-in.ts";
import { createPoolUser } from "../src/commands/auth-users-create.ts";
import { type CredentialsResult, identityCredentials } from "../src/commands/identity-credentials.ts";
import { enableIdentity, type IdentityEnableOptions } from "../src/commands/identity-enable.ts";
import { identityItems, type IdentityItemsResult } from "../src/commands/identity-items.ts";
import { identityWrite, type WriteOptions, type WriteResult } from "../src/commands/identity-write.ts";
import { up } from "../src/commands/up.ts";
import type { TestCloud } from "./cloud.ts";
import { openTestStack, type TestStack } from "./session.ts";

export const KIM = "kim@example.com";
const PASSWORD = "C0rrect-horse!";

export interface UserStack {
  readonly stack: TestStack;
  context(): Promise<StackContext>;
  up(): Promise<unknown>;
  enable(options: IdentityEnableOptions): Promise<unknown>;
  /** Signs KIM in. */
  enter(): Promise<unknown>;
  credentials(guest?: boolean): Promise<CredentialsResult>;
  items(guest?: boolean): Promise<IdentityItemsResult>;
  /** A row `lamp` unless the options say otherwise. */
  put(options?: Partial<WriteOptions>): Promise<WriteResult>;
  remove(options?: Partial<WriteOptions>): Promise<WriteResult>;
}

/** With sign-in, guests, and KIM, who is not signed in. */
export async function openUserStack(cloud: TestCloud): Promise<UserStack> {
  const stack = openTestStack(cloud, { entries: { password: PASSWORD, newPassword: PASSWORD } });
  const context = (): Promise<StackContext> => stack.context();
  const write = async (operation: WriteResult["operation"], options: Partial<WriteOptions>): Promise<WriteResult> =>
    identityWrite(await context(), operation, { guest: false, ...options });
  await up(await context());
  await enableAuth(await context(), {});
  await enableIdentity(await context(), { guests: true });
  await createPoolUser(await context(), { email: KIM, hasPassword: true, resend: false });
  return {
    stack,
    context,
    up: async () => up(await context()),
    enable: async (options) => enableIdentity(await context(), options),
    enter: async () => signIn(await context(), { email: KIM, flow: "srp" }),
    credentials: async (guest = false) => identityCredentials(await context(), { guest }),
    items: async (guest = false) => identityItems(await context(), { guest }),
    put: (options = { name: "lamp" }) => write("put", options),
    remove: (options = { name: "lamp" }) => write("remove", options),
  };
}
