// The user's own commands of sign-in.

import type { StackContext } from "../../commands/context.ts";
import type { Finished, OptionValues, StackCommand } from "../command.ts";
import type { CommandName } from "../text/catalogue.ts";

type Given = Pick<StackCommand, "arguments" | "options" | "check">;

const rendering = (): Promise<typeof import("../render-auth-user.ts")> => import("../render-auth-user.ts");
const parsing = (): Promise<typeof import("../sign-in-options.ts")> => import("../sign-in-options.ts");
const signingUp = (): Promise<typeof import("../../commands/auth-sign-up.ts")> =>
  import("../../commands/auth-sign-up.ts");
const passwords = (): Promise<typeof import("../../commands/auth-password.ts")> =>
  import("../../commands/auth-password.ts");
const mfa = (): Promise<typeof import("../../commands/auth-mfa.ts")> => import("../../commands/auth-mfa.ts");
const tokens = (): Promise<typeof import("../../commands/auth-whoami.ts")> => import("../../commands/auth-whoami.ts");

/**
 * What is in the pool is no resource of the stack: nothing is recorded, and no lock is held while somebody is asked.
 * @param calls what a dry run names; none of a command that only looks
 */
const user = (
  name: CommandName,
  given: Given,
  calls: readonly string[],
  run: (context: StackContext, values: OptionValues) => Promise<Finished>,
): StackCommand => ({
  name,
  ...given,
  on: "stack",
  purpose: "use",
  run: (context, values) => (context.dryRun && calls.length > 0 ? plan(context, name, calls) : run(context, values)),
});

async function plan(context: StackContext, name: CommandName, calls: readonly string[]): Promise<Finished> {
  const [{ planAuth }, { renderAuthPlan }] = await Promise.all([import("../../commands/auth-plan.ts"), rendering()]);
  const result = await planAuth(context, name, calls);
  return { result, lines: (words) => renderAuthPlan(result, words) };
}

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

const SIGN_IN: Given = {
  arguments: ["<email>"],
  options: ["--flow <flow>", "--password-stdin", "--code <code>"],
  check: async (values) => (await parsing()).toSignInOptions(values),
};
const MFA: Given = { options: ["--code <code>"], check: async (values) => (await parsing()).toGivenCode(values) };

export const AUTH_USER_COMMANDS: readonly StackCommand[] = [
  user("auth sign-up", { ...OF_USER, options: ["--password-stdin"] }, ["SignUp"], async (context, { email }) => {
    const [{ signUp }, { renderSignUp }] = await Promise.all([signingUp(), rendering()]);
    const result = await signUp(context, String(email));
    return { result, lines: (words) => renderSignUp(result, words) };
  }),
  user("auth confirm", WITH_CODE, ["ConfirmSignUp"], async (context, values) => {
    const [{ confirm }, { toGivenCode }, { renderConfirm }] = await Promise.all([signingUp(), parsing(), rendering()]);
    const result = await confirm(context, String(values["email"]), toGivenCode(values));
    return { result, lines: (words) => renderConfirm(result, words) };
  }),
  user("auth resend-code", OF_USER, ["ResendConfirmationCode"], async (context, { email }) => {
    const [{ resendCode }, { renderResend }] = await Promise.all([signingUp(), rendering()]);
    const result = await resendCode(context, String(email));
    return { result, lines: (words) => renderResend(result, words) };
  }),
  user("auth sign-in", SIGN_IN, ["InitiateAuth", "RespondToAuthChallenge"], async (context, values) => {
    const [{ signIn }, { toSignInOptions }, { renderSignIn }] = await Promise.all([
      import("../../commands/auth-sign-in.ts"),
      parsing(),
      rendering(),
    ]);
    const result = await signIn(context, toSignInOptions(values));
    return { result, lines: (words) => renderSignIn(result, words) };
  }),
  user("auth whoami", {}, [], async (context) => {
    const [{ whoami }, { renderWhoami }] = await Promise.all([tokens(), rendering()]);
    const result = await whoami(context);
    return { result, lines: (words) => renderWhoami(result, words) };
  }),
  user("auth token", { options: ["--id", "--header"] }, [], async (context, { id, header }) => {
    const { token } = await tokens();
    const result = await token(context, id === true ? "id" : "access");
    return { result, lines: () => [header === true ? `Authorization: Bearer ${result.token}` : result.token] };
  }),
  user("auth sign-out", {}, ["GlobalSignOut", "RevokeToken"], async (context) => {
    const [{ signOut }, { renderSignOut }] = await Promise.all([
      import("../../commands/auth-sign-out.ts"),
      rendering(),
    ]);
    const result = await signOut(context);
    return { result, lines: (words) => renderSignOut(result, words) };
  }),
  user("auth forgot-password", OF_USER, ["ForgotPassword"], async (context, { email }) => {
    const [{ forgotPassword }, { renderForgotPassword }] = await Promise.all([passwords(), rendering()]);
    const result = await forgotPassword(context, String(email));
    return { result, lines: (words) => renderForgotPassword(result, words) };
  }),
  user(
    "auth reset-password",
    { ...WITH_CODE, options: ["--code <code>", "--password-stdin"] },
    ["ConfirmForgotPassword"],
    async (context, values) => {
      const [{ resetPassword }, { toGivenCode }, { renderResetPassword }] = await Promise.all([
        passwords(),
        parsing(),
        rendering(),
      ]);
      const result = await resetPassword(context, String(values["email"]), toGivenCode(values));
      return { result, lines: (words) => renderResetPassword(result, words) };
    },
  ),
  user("auth change-password", { options: ["--password-stdin"] }, ["ChangePassword"], async (context) => {
    const [{ changePassword }, { renderChangePassword }] = await Promise.all([passwords(), rendering()]);
    const result = await changePassword(context);
    return { result, lines: (words) => renderChangePassword(result, words) };
  }),
  user(
    "auth mfa enable",
    MFA,
    ["AssociateSoftwareToken", "VerifySoftwareToken", "SetUserMFAPreference"],
    async (context, values) => {
      const [{ enableMfa }, { toGivenCode }, { renderMfaEnable }] = await Promise.all([mfa(), parsing(), rendering()]);
      const result = await enableMfa(context, toGivenCode(values));
      return { result, lines: (words) => renderMfaEnable(result, words) };
    },
  ),
  user("auth mfa disable", {}, ["SetUserMFAPreference"], async (context) => {
    const [{ disableMfa }, { renderMfaDisable }] = await Promise.all([mfa(), rendering()]);
    const result = await disableMfa(context);
    return { result, lines: (words) => renderMfaDisable(result, words) };
  }),
];
