// The administrator's commands of sign-in: users, groups, and on the local cloud the mails.

import type { StackCommand } from "../command.ts";

const rendering = (): Promise<typeof import("../render-auth-admin.ts")> => import("../render-auth-admin.ts");
const parsing = (): Promise<typeof import("../auth-admin-options.ts")> => import("../auth-admin-options.ts");
const groups = (): Promise<typeof import("../../commands/auth-groups.ts")> => import("../../commands/auth-groups.ts");

/** What is in the pool is no resource of the stack: nothing is recorded, and no lock is needed. */
const inPool = (command: Omit<StackCommand, "on" | "purpose">): StackCommand => ({
  ...command,
  on: "stack",
  purpose: "use",
});

const OF_USER: Pick<StackCommand, "arguments" | "check"> = {
  arguments: ["<email>"],
  check: async (values) => (await import("../sign-in-options.ts")).toEmail(values),
};
const OF_GROUP: Pick<StackCommand, "arguments" | "check"> = {
  arguments: ["<group>"],
  check: async (values) => (await parsing()).toGroup(values),
};
const OF_MEMBER: Pick<StackCommand, "arguments" | "check"> = {
  arguments: ["<group>", "<email>"],
  check: async (values) => (await parsing()).toMembership(values),
};

export const AUTH_ADMIN_COMMANDS: readonly StackCommand[] = [
  inPool({
    name: "auth users list",
    async run(context) {
      const [{ listPoolUsers }, { renderUsers }] = await Promise.all([
        import("../../commands/auth-users-list.ts"),
        rendering(),
      ]);
      const result = await listPoolUsers(context);
      return { result, lines: (words) => renderUsers(result, words) };
    },
  }),
  inPool({
    name: "auth users create",
    arguments: ["<email>"],
    options: ["--password-stdin", "--resend"],
    check: async (values) => (await parsing()).toUserCreateOptions(values),
    async run(context, values) {
      const [{ createPoolUser }, { renderUserCreate }, { toUserCreateOptions }] = await Promise.all([
        import("../../commands/auth-users-create.ts"),
        rendering(),
        parsing(),
      ]);
      const result = await createPoolUser(context, toUserCreateOptions(values));
      return { result, lines: (words) => renderUserCreate(result, context.target, words) };
    },
  }),
  inPool({
    name: "auth users confirm",
    ...OF_USER,
    async run(context, { email }) {
      const [{ confirmPoolUser }, { renderUserConfirm }] = await Promise.all([
        import("../../commands/auth-users-confirm.ts"),
        rendering(),
      ]);
      const result = await confirmPoolUser(context, String(email));
      return { result, lines: (words) => renderUserConfirm(result, words) };
    },
  }),
  inPool({
    name: "auth users delete",
    ...OF_USER,
    async run(context, { email }) {
      const [{ deletePoolUser }, { renderUserDelete }] = await Promise.all([
        import("../../commands/auth-users-delete.ts"),
        rendering(),
      ]);
      const result = await deletePoolUser(context, String(email));
      return { result, lines: (words) => renderUserDelete(result, String(email), words) };
    },
  }),
  inPool({
    name: "auth group list",
    async run(context) {
      const [{ listPoolGroups }, { renderGroups }] = await Promise.all([groups(), rendering()]);
      const result = await listPoolGroups(context);
      return { result, lines: (words) => renderGroups(result, words) };
    },
  }),
  inPool({
    name: "auth group create",
    ...OF_GROUP,
    async run(context, { group }) {
      const [{ createPoolGroup }, { renderGroup }] = await Promise.all([groups(), rendering()]);
      const result = await createPoolGroup(context, String(group));
      return { result, lines: (words) => renderGroup("create", result, words) };
    },
  }),
  inPool({
    name: "auth group add",
    ...OF_MEMBER,
    async run(context, values) {
      const [{ addToPoolGroup }, { renderGroup }, { toMembership }] = await Promise.all([
        groups(),
        rendering(),
        parsing(),
      ]);
      const result = await addToPoolGroup(context, toMembership(values));
      return { result, lines: (words) => renderGroup("add", result, words) };
    },
  }),
  inPool({
    name: "auth group remove",
    ...OF_MEMBER,
    async run(context, values) {
      const [{ removeFromPoolGroup }, { renderGroup }, { toMembership }] = await Promise.all([
        groups(),
        rendering(),
        parsing(),
      ]);
      const result = await removeFromPoolGroup(context, toMembership(values));
      return { result, lines: (words) => renderGroup("remove", result, words) };
    },
  }),
  inPool({
    name: "auth group delete",
    ...OF_GROUP,
    async run(context, { group }) {
      const [{ deletePoolGroup }, { renderGroupDelete }] = await Promise.all([groups(), rendering()]);
      const result = await deletePoolGroup(context, String(group));
      return { result, lines: (words) => renderGroupDelete(result, String(group), words) };
    },
  }),
  inPool({
    name: "auth inbox",
    arguments: ["[email]"],
    check: async (values) => (await parsing()).toAddressee(values),
    async run(context, values) {
      const [{ readInbox }, { renderInbox }, { toAddressee }] = await Promise.all([
        import("../../commands/auth-inbox.ts"),
        rendering(),
        parsing(),
      ]);
      const to = toAddressee(values);
      const result = await readInbox(context, to);
      return { result, lines: (words) => renderInbox(result, to, words) };
    },
  }),
];
