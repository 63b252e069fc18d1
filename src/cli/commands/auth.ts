// Sign-in by Cognito: what the stack has of it.

import { rendering, type StackCommand } from "../command.ts";

const renderingAuth = (): Promise<typeof import("../render-auth.ts")> => import("../render-auth.ts");

export const AUTH_COMMANDS: readonly StackCommand[] = [
  {
    name: "auth enable",
    options: ["--protect <routes>", "--admins-only-delete", "--no-admins-only-delete", "--adopt"],
    on: "stack",
    purpose: "continue",
    check: async (values) => (await import("../auth-options.ts")).toAuthEnableOptions(values),
    async run(context, values) {
      const [{ enableAuth }, { renderAuthEnable }, { toAuthEnableOptions }] = await Promise.all([
        import("../../commands/auth-enable.ts"),
        renderingAuth(),
        import("../auth-options.ts"),
      ]);
      const result = await enableAuth(context, toAuthEnableOptions(values));
      return { result, lines: (words) => renderAuthEnable(result, words) };
    },
  },
  {
    name: "auth disable",
    on: "stack",
    purpose: "change",
    async run(context) {
      const [{ disableAuth }, { renderAuthDisable }] = await Promise.all([
        import("../../commands/auth-disable.ts"),
        renderingAuth(),
      ]);
      const result = await disableAuth(context);
      return { result, lines: (words) => renderAuthDisable(result, words) };
    },
  },
  {
    name: "auth status",
    on: "stack",
    purpose: "look",
    async run(context) {
      const [{ authStatus }, { renderAuthStatus }] = await Promise.all([
        import("../../commands/auth-status.ts"),
        renderingAuth(),
      ]);
      const result = await authStatus(context);
      return { result, lines: (words) => renderAuthStatus(result, words) };
    },
  },
  {
    name: "auth delete",
    options: ["--adopt"],
    on: "stack",
    purpose: "delete",
    async run(context) {
      const [{ deleteAuth }, { renderRemoval }] = await Promise.all([
        import("../../commands/auth-delete.ts"),
        rendering(),
      ]);
      const result = await deleteAuth(context);
      return { result, lines: (words) => renderRemoval(result, "auth delete", words) };
    },
  },
];
