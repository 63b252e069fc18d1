// The administrator's commands of sign-in: users, groups, and on the local cloud the mails.

import type { StackContext } from "../../commands/context.ts";
import type { Finished, OptionValues, StackCommand } from "../command.ts";
import type { Words } from "../render.ts";

type Rendering = typeof import("../render-auth-admin.ts");

const parsing = (): Promise<typeof import("../auth-admin-options.ts")> => import("../auth-admin-options.ts");
const groups = (): Promise<typeof import("../../commands/auth-groups.ts")> => import("../../commands/auth-groups.ts");

/** What is in the pool is no resource of the stack: nothing is recorded, and no lock is needed. */
const inPool = <T>(
  command: Omit<StackCommand, "on" | "purpose" | "run">,
  work: (context: StackContext, values: OptionValues) => Promise<T>,
  lines: (rendering: Rendering, result: T, words: Words, values: OptionValues, context: StackContext) => string[],
): StackCommand => ({
  ...command,
  on: "stack",
  purpose: "use",
  async run(context, values): Promise<Finished> {
    const rendering = await import("../render-auth-admin.ts");
    const result = await work(context, values);
    return { result, lines: (words) => lines(rendering, result, words, values, context) };
  },
});

const checksEmail: StackCommand["check"] = async (values) => (await import("../sign-in-options.ts")).toEmail(values);
const checksGroup: StackCommand["check"] = async (values) => (await parsing()).toGroup(values);
const checksMembership: StackCommand["check"] = async (values) => (await parsing()).toMembership(values);

export const AUTH_ADMIN_COMMANDS: readonly StackCommand[] = [
  inPool(
    { name: "auth users list" },
    async (context) => (await import("../../commands/auth-users-list.ts")).listPoolUsers(context),
    ({ renderUsers }, result, words) => renderUsers(result, words),
  ),
  inPool(
    {
      name: "auth users create",
      arguments: ["<email>"],
      options: ["--password-stdin", "--resend"],
      check: async (values) => (await parsing()).toUserCreateOptions(values),
    },
    async (context, values) => {
      const { createPoolUser } = await import("../../commands/auth-users-create.ts");
      return createPoolUser(context, (await parsing()).toUserCreateOptions(values));
    },
    ({ renderUserCreate }, result, words, _, { target }) => renderUserCreate(result, target, words),
  ),
  inPool(
    { name: "auth users confirm", arguments: ["<email>"], check: checksEmail },
    async (context, { email }) =>
      (await import("../../commands/auth-users-confirm.ts")).confirmPoolUser(context, String(email)),
    ({ renderUserConfirm }, result, words) => renderUserConfirm(result, words),
  ),
  inPool(
    { name: "auth users delete", arguments: ["<email>"], check: checksEmail },
    async (context, { email }) =>
      (await import("../../commands/auth-users-delete.ts")).deletePoolUser(context, String(email)),
    ({ renderUserDelete }, result, words, { email }) => renderUserDelete(result, String(email), words),
  ),
  inPool(
    { name: "auth group list" },
    async (context) => (await groups()).listPoolGroups(context),
    ({ renderGroups }, result, words) => renderGroups(result, words),
  ),
  inPool(
    { name: "auth group create", arguments: ["<group>"], check: checksGroup },
    async (context, { group }) => (await groups()).createPoolGroup(context, String(group)),
    ({ renderGroup }, result, words) => renderGroup("create", result, words),
  ),
  inPool(
    { name: "auth group add", arguments: ["<group>", "<email>"], check: checksMembership },
    async (context, values) => (await groups()).addToPoolGroup(context, (await parsing()).toMembership(values)),
    ({ renderGroup }, result, words) => renderGroup("add", result, words),
  ),
  inPool(
    { name: "auth group remove", arguments: ["<group>", "<email>"], check: checksMembership },
    async (context, values) => (await groups()).removeFromPoolGroup(context, (await parsing()).toMembership(values)),
    ({ renderGroup }, result, words) => renderGroup("remove", result, words),
  ),
  inPool(
    { name: "auth group delete", arguments: ["<group>"], check: checksGroup },
    async (context, { group }) => (await groups()).deletePoolGroup(context, String(group)),
    ({ renderGroupDelete }, result, words, { group }) => renderGroupDelete(result, String(group), words),
  ),
  inPool(
    { name: "auth inbox", arguments: ["[email]"], check: async (values) => (await parsing()).toAddressee(values) },
    async (context, values) =>
      (await import("../../commands/auth-inbox.ts")).readInbox(context, (await parsing()).toAddressee(values)),
    ({ renderInbox }, result, words, { email }) => renderInbox(result, email as string | undefined, words),
  ),
];
