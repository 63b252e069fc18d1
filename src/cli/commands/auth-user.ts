// The user's own commands of sign-in.

import type { AuthPlan } from "../../commands/auth-plan.ts";
import type { StackContext } from "../../commands/context.ts";
import type { Finished, OptionValues, StackCommand } from "../command.ts";
import type { Words } from "../render.ts";
import type { CommandName } from "../text/catalogue.ts";

type Rendering = typeof import("../render-auth-user.ts");
type Given = Pick<StackCommand, "arguments" | "options" | "check">;

const parsing = (): Promise<typeof import("../sign-in-options.ts")> => import("../sign-in-options.ts");
const signingUp = (): Promise<typeof import("../../commands/auth-sign-up.ts")> =>
  import("../../commands/auth-sign-up.ts");
const passwords = (): Promise<typeof import("../../commands/auth-password.ts")> =>
  import("../../commands/auth-password.ts");
const mfa = (): Promise<typeof import("../../commands/auth-mfa.ts")> => import("../../commands/auth-mfa.ts");
const whoami = (): Promise<typeof import("../../commands/auth-whoami.ts")> => import("../../commands/auth-whoami.ts");

/**
 * What is in the pool is no resource of the stack: nothing is recorded, and no lock is held while somebody is asked.
 * @param calls what a dry run names; none of a command that only looks
 */
const user = <T extends object>(
  name: CommandName,
  given: Given,
  calls: readonly string[],
  work: (context: StackContext, values: OptionValues) => Promise<T>,
  lines: (rendering: Rendering, result: T, words: Words) => string[],
): StackCommand => ({
  name,
  ...given,
  on: "stack",
  purpose: "use",
  async run(context, values): Promise<Finished> {
    const rendering = await import("../render-auth-user.ts");
    if (context.dryRun && calls.length > 0) {
      const { planAuth } = await import("../../commands/auth-plan.ts");
      const result: AuthPlan = await planAuth(context, name, calls);
      return { result, lines: (words) => rendering.renderAuthPlan(result, words) };
    }
    const result = await work(context, values);
    return { result, lines: (words) => lines(rendering, result, words) };
  },
});

const OF_USER: Given = {
  arguments: ["<email>"],
  check: async (values) => (await parsing()).toEmail(values),
};
const WITH_CODE: Given = {
  ...OF_USER,
  options: ["--code <code>"],
  async check(values) {
    const { toEmail, toGivenCode } = await parsing();
    return [toEmail(values), toGivenCode(values)];
  },
};

export const AUTH_USER_COMMANDS: readonly StackCommand[] = [
  user(
    "auth sign-up",
    { ...OF_USER, options: ["--password-stdin"] },
    ["SignUp"],
    async (context, { email }) => (await signingUp()).signUp(context, String(email)),
    ({ renderSignUp }, result, words) => renderSignUp(result, words),
  ),
  user(
    "auth confirm",
    WITH_CODE,
    ["ConfirmSignUp"],
    async (context, values) =>
      (await signingUp()).confirm(context, String(values["email"]), (await parsing()).toGivenCode(values)),
    ({ renderConfirm }, result, words) => renderConfirm(result, words),
  ),
  user(
    "auth resend-code",
    OF_USER,
    ["ResendConfirmationCode"],
    async (context, { email }) => (await signingUp()).resendCode(context, String(email)),
    ({ renderResend }, result, words) => renderResend(result, words),
  ),
  user(
    "auth sign-in",
    {
      arguments: ["<email>"],
      options: ["--flow <flow>", "--password-stdin", "--code <code>"],
      check: async (values) => (await parsing()).toSignInOptions(values),
    },
    ["InitiateAuth", "RespondToAuthChallenge"],
    async (context, values) => {
      const { signIn } = await import("../../commands/auth-sign-in.ts");
      return signIn(context, (await parsing()).toSignInOptions(values));
    },
    ({ renderSignIn }, result, words) => renderSignIn(result, words),
  ),
  user(
    "auth whoami",
    {},
    [],
    async (context) => (await whoami()).whoami(context),
    ({ renderWhoami }, result, words) => renderWhoami(result, words),
  ),
  user(
    "auth token",
    { options: ["--id"] },
    [],
    async (context, { id }) => (await whoami()).token(context, id === true ? "id" : "access"),
    (_, { token }) => [token],
  ),
  user(
    "auth sign-out",
    {},
    ["GlobalSignOut", "RevokeToken"],
    async (context) => (await import("../../commands/auth-sign-out.ts")).signOut(context),
    ({ renderSignOut }, result, words) => renderSignOut(result, words),
  ),
  user(
    "auth forgot-password",
    OF_USER,
    ["ForgotPassword"],
    async (context, { email }) => (await passwords()).forgotPassword(context, String(email)),
    ({ renderForgotPassword }, result, words) => renderForgotPassword(result, words),
  ),
  user(
    "auth reset-password",
    { ...WITH_CODE, options: ["--code <code>", "--password-stdin"] },
    ["ConfirmForgotPassword"],
    async (context, values) =>
      (await passwords()).resetPassword(context, String(values["email"]), (await parsing()).toGivenCode(values)),
    ({ renderResetPassword }, result, words) => renderResetPassword(result, words),
  ),
  user(
    "auth change-password",
    { options: ["--password-stdin"] },
    ["ChangePassword"],
    async (context) => (await passwords()).changePassword(context),
    ({ renderChangePassword }, result, words) => renderChangePassword(result, words),
  ),
  user(
    "auth mfa enable",
    { options: ["--code <code>"], check: async (values) => (await parsing()).toGivenCode(values) },
    ["AssociateSoftwareToken", "VerifySoftwareToken", "SetUserMFAPreference"],
    async (context, values) => (await mfa()).enableMfa(context, (await parsing()).toGivenCode(values)),
    ({ renderMfaEnable }, result, words) => renderMfaEnable(result, words),
  ),
  user(
    "auth mfa disable",
    {},
    ["SetUserMFAPreference"],
    async (context) => (await mfa()).disableMfa(context),
    ({ renderMfaDisable }, result, words) => renderMfaDisable(result, words),
  ),
];
