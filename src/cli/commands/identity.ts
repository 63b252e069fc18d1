// AWS credentials for users and guests: what the stack has of it, and what they may do with them.

import type { StackContext } from "../../commands/context.ts";
import type { WriteResult } from "../../commands/identity-write.ts";
import { type Finished, type OptionValues, rendering, type StackCommand } from "../command.ts";
import type { CommandName, OptionFlags } from "../text/catalogue.ts";

const renderingIdentity = (): Promise<typeof import("../render-identity.ts")> => import("../render-identity.ts");
const parsing = (): Promise<typeof import("../identity-options.ts")> => import("../identity-options.ts");

/**
 * Changes nothing of the stack: rows are the caller's own business.
 * @param calls beside those that give the credentials: what a dry run names
 */
const caller = (
  name: CommandName,
  given: Pick<StackCommand, "arguments" | "options" | "check" | "isForShell">,
  calls: readonly string[],
  run: (context: StackContext, values: OptionValues) => Promise<Finished>,
): StackCommand => ({
  name,
  ...given,
  options: [...(given.options ?? []), "--guest"],
  on: "stack",
  purpose: "use",
  run: (context, values) => (context.dryRun ? plan(context, name, calls) : run(context, values)),
});

async function plan(context: StackContext, name: CommandName, calls: readonly string[]): Promise<Finished> {
  const [{ planIdentity }, { renderIdentityPlan }] = await Promise.all([
    import("../../commands/identity-plan.ts"),
    renderingIdentity(),
  ]);
  const result = await planIdentity(context, name, calls);
  return { result, lines: (words) => renderIdentityPlan(result, words) };
}

const writing = (operation: WriteResult["operation"], call: string, options: readonly OptionFlags[]): StackCommand =>
  caller(
    `identity ${operation}`,
    { arguments: ["[name]"], options, check: async (values) => (await parsing()).toWriteOptions(values) },
    ["GetCallerIdentity", call, "SimulatePrincipalPolicy", "GetRolePolicy"],
    async (context, values) => {
      const [{ identityWrite }, { renderWrite }, { toWriteOptions }] = await Promise.all([
        import("../../commands/identity-write.ts"),
        renderingIdentity(),
        parsing(),
      ]);
      const result = await identityWrite(context, operation, toWriteOptions(values));
      return { result, hasFailed: !result.allowed, lines: (words) => renderWrite(result, words) };
    },
  );

export const IDENTITY_COMMANDS: readonly StackCommand[] = [
  {
    name: "identity enable",
    options: ["--guests", "--no-guests", "--admins", "--no-admins", "--adopt"],
    on: "stack",
    purpose: "continue",
    async run(context, values) {
      const [{ enableIdentity }, { renderIdentityEnable }, { toIdentityEnableOptions }] = await Promise.all([
        import("../../commands/identity-enable.ts"),
        renderingIdentity(),
        parsing(),
      ]);
      const result = await enableIdentity(context, toIdentityEnableOptions(values));
      return { result, lines: (words) => renderIdentityEnable(result, words) };
    },
  },
  {
    name: "identity status",
    on: "stack",
    purpose: "look",
    async run(context) {
      const [{ identityStatus }, { renderIdentityStatus }] = await Promise.all([
        import("../../commands/identity-status.ts"),
        renderingIdentity(),
      ]);
      const result = await identityStatus(context);
      return { result, lines: (words) => renderIdentityStatus(result, words) };
    },
  },
  caller(
    "identity credentials",
    { options: ["--export"], isForShell: "--export" },
    ["GetCallerIdentity"],
    async (context, values) => {
      const [{ identityCredentials }, { finishCredentials }, { toCallerOptions }] = await Promise.all([
        import("../../commands/identity-credentials.ts"),
        renderingIdentity(),
        parsing(),
      ]);
      return finishCredentials(await identityCredentials(context, toCallerOptions(values)), values["export"] === true);
    },
  ),
  caller("identity items", {}, ["GetCallerIdentity", "Scan"], async (context, values) => {
    const [{ identityItems }, { renderIdentityItems }, { toCallerOptions }] = await Promise.all([
      import("../../commands/identity-items.ts"),
      renderingIdentity(),
      parsing(),
    ]);
    const result = await identityItems(context, toCallerOptions(values));
    return { result, hasFailed: !result.allowed, lines: (words) => renderIdentityItems(result, words) };
  }),
  writing("put", "PutItem", ["--id <id>", "--price <number>"]),
  writing("remove", "DeleteItem", ["--id <id>"]),
  {
    name: "identity delete",
    options: ["--adopt"],
    on: "stack",
    purpose: "delete",
    async run(context) {
      const [{ deleteIdentity }, { renderRemoval }] = await Promise.all([
        import("../../commands/identity-delete.ts"),
        rendering(),
      ]);
      const result = await deleteIdentity(context);
      return { result, lines: (words) => renderRemoval(result, "identity delete", words) };
    },
  },
];
