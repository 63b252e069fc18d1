// What goes wrong between a user and Cognito.

import type { Problems } from "../../../core/problem.ts";
import type { AuthRefusal, NotSignedInReason, UncertainAuth } from "../../../core/sign-in.ts";
import type { ProblemTexts } from "../catalogue.ts";

type Refused = Problems["AuthRefused"];
interface Sentence {
  readonly what: string;
  readonly todo: string;
}

/** Of commands about no user of that name. */
const USER = "<email>";
const AGAIN = "then run the same command again.";

/** By which command a code comes that another one takes. */
const NEW_CODE: Readonly<Record<string, (email: string) => string>> = {
  "auth confirm": (email) => `Get a new one with \`awsls auth resend-code ${email}\`; only the newest counts.`,
  "auth reset-password": (email) =>
    `Get a new one with \`awsls auth forgot-password ${email}\`; only the newest counts.`,
};
const newCode = ({ command, email = USER }: Refused): string =>
  NEW_CODE[command]?.(email) ??
  "Wait for the authenticator app's next code and run the same command again. If none is taken, its clock is wrong: let the device set its time by itself.";

const REFUSALS: Readonly<Record<AuthRefusal, (refused: Refused) => Sentence>> = {
  password: ({ email, command }) => ({
    what:
      email === undefined
        ? "The current password is wrong."
        : `The password is wrong, or there is no user ${email}: Cognito does not tell which, so that nobody can find out who is one.`,
    todo:
      command === "auth change-password"
        ? "Run the same command again with the password that you sign in with."
        : `Try again; \`awsls auth forgot-password ${email ?? USER}\` sends a code for a new one, \`awsls auth sign-up ${email ?? USER}\` makes a new user.`,
  }),
  attempts: () => ({
    what: "Too many wrong passwords: Cognito takes none for a while, not even the right one.",
    todo: "Wait a minute (after many attempts up to 15), then run the same command again.",
  }),
  disabled: ({ email = "This user" }) => ({
    what: `${email} is disabled.`,
    todo: "Ask whoever owns the user pool to enable the user: in the console, or by `aws cognito-idp admin-enable-user --user-pool-id <id> --username <email>`.",
  }),
  temporaryPassword: ({ email = "the user" }) => ({
    what: `The temporary password of ${email} has expired.`,
    todo: `Ask whoever owns the user pool for another one: \`awsls auth users create ${email} --resend\`.`,
  }),
  notConfirmed: ({ email = USER }) => ({
    what: `${email} is not confirmed yet.`,
    todo: `Confirm it with the code from the mail: \`awsls auth confirm ${email}\`. A new code: \`awsls auth resend-code ${email}\`.`,
  }),
  resetRequired: ({ email = USER }) => ({
    what: `The password of ${email} was reset by an administrator, and a new one has to be set.`,
    todo: `Use the code from the mail: \`awsls auth reset-password ${email}\`. A new code: \`awsls auth forgot-password ${email}\`.`,
  }),
  exists: ({ email = USER }) => ({
    what: `There is a user ${email} already.`,
    todo: `Sign in with \`awsls auth sign-in ${email}\`; if it is not confirmed yet, \`awsls auth resend-code ${email}\` sends a new code.`,
  }),
  unknownUser: ({ email = USER }) => ({
    what: `There is no user ${email}.`,
    todo: `Make it with \`awsls auth sign-up ${email}\`.`,
  }),
  policy: () => ({
    what: "The password is not strong enough for this user pool.",
    todo: "Choose one as Cognito says above, and run the same command again.",
  }),
  code: (refused) => ({ what: "The code is wrong.", todo: newCode(refused) }),
  expiredCode: (refused) => ({ what: "The code is wrong, has expired, or was used already.", todo: newCode(refused) }),
  session: () => ({
    what: "This sign-in took too long: Cognito waits three minutes for an answer.",
    todo: "Run the same command again.",
  }),
  totp: () => ({
    what: "The authenticator app's code is wrong.",
    todo: "Wait for its next code, then run `awsls auth mfa enable --code <code>`: the app keeps its secret. If none is taken, the app's clock is wrong.",
  }),
  noTotp: () => ({
    what: "No authenticator app is set up for this user, or the user pool takes none.",
    todo: "Begin with `awsls auth mfa enable`; `awsls auth enable` sets the pool up for it.",
  }),
  limit: () => ({
    what: "Too many attempts: Cognito takes no more of them for a while.",
    todo: `Wait some minutes (at the longest an hour), ${AGAIN}`,
  }),
  mailLimit: () => ({
    what: "Cognito sends no more mails today: 50 a day, unless the pool has Amazon SES set up.",
    todo: "Tomorrow, run the same command again; whoever owns the user pool can do without mails: `awsls auth users confirm`.",
  }),
  busy: () => ({
    what: "Cognito is asked too often just now.",
    todo: `Wait a moment, ${AGAIN}`,
  }),
  notResettable: ({ email = "This user" }) => ({
    what: `The password of ${email} cannot be reset now: the user still has the temporary one.`,
    todo: `Sign in with that: \`awsls auth sign-in ${email}\`; it asks for a new one.`,
  }),
  unverified: ({ email = USER }) => ({
    what: `${email} has no verified e-mail address to which a code could go.`,
    todo: `After signing up confirm it with the code from the mail: \`awsls auth confirm ${email}\`. Otherwise whoever owns the user pool can: \`awsls auth users confirm ${email}\`.`,
  }),
  flow: () => ({
    what: "The app client does not allow this way of signing in.",
    todo: "`awsls auth enable` repairs it; somebody has changed it.",
  }),
  delivery: () => ({
    what: "Cognito could not send the mail.",
    todo: `Check the address, ${AGAIN}`,
  }),
  trigger: () => ({
    what: "A Lambda trigger of the user pool, which awsls did not set, refused this or failed.",
    todo: "See `aws cognito-idp describe-user-pool` (LambdaConfig), and that function's log.",
  }),
  gone: () => ({
    what: "The user pool or its app client is not there any more.",
    todo: "Make it again with `awsls auth enable`; users of a pool that was deleted are gone.",
  }),
  firewall: () => ({
    what: "A web ACL (AWS WAF) of the user pool refused this.",
    todo: "Ask whoever owns the user pool.",
  }),
  invalid: ({ command }) => ({
    what: `Cognito does not take what \`awsls ${command}\` sent.`,
    todo: "Correct what it names above, then run the same command again.",
  }),
  other: ({ command }) => ({
    what: `Cognito refused \`awsls ${command}\`.`,
    todo: "`awsls auth status` shows how sign-in is set up, `awsls auth enable` repairs it.",
  }),
};

const NOT_SIGNED_IN: Readonly<Record<NotSignedInReason, string>> = {
  never: "Nobody is signed in.",
  other: "Nobody is signed in to this user pool.",
  refused:
    "You are not signed in any more: the tokens have expired or were revoked, or the user was deleted or disabled.",
};

const UNCERTAIN: Readonly<Record<UncertainAuth, (email: string) => Sentence>> = {
  SignUp: (email) => ({
    what: `No answer came: ${email} may have been signed up, or not.`,
    todo: "Run the same command again: it says so when the user is there.",
  }),
  RespondToAuthChallenge: () => ({
    what: "No answer came in the middle of signing in.",
    todo: "Run the same command again.",
  }),
  ChangePassword: () => ({
    what: "No answer came: the password may have been changed, or not.",
    todo: "Try the new one with `awsls auth sign-in <email>`; if it is not taken, the old one still is.",
  }),
  ConfirmForgotPassword: (email) => ({
    what: "No answer came: the password may have been set, or not.",
    todo: `Try the new one with \`awsls auth sign-in ${email}\`; if it is not taken, run the same command again.`,
  }),
  VerifySoftwareToken: () => ({
    what: "No answer came: the authenticator app may have been taken, or not.",
    todo: "Run the same command again with the app's next code.",
  }),
};

const CHALLENGES: Readonly<Record<Problems["ChallengeUnsupported"]["why"], (wants: readonly string[]) => Sentence>> = {
  unknown: () => ({
    what: "which awsls does not support",
    todo: "Somebody has set the user pool up for it: `aws cognito-idp describe-user-pool` shows how.",
  }),
  terminal: () => ({
    what: "for which somebody has to be asked: an authenticator app has to be set up before signing in",
    todo: "Run the same command on a terminal, without --json.",
  }),
  attributes: (wants) => ({
    what: `and wants attributes of the user that awsls does not ask for: ${wants.join(", ")}`,
    todo: "Whoever owns the user pool can set them: `aws cognito-idp admin-update-user-attributes`.",
  }),
};

export const signInProblems = {
  NotSignedIn: ({ why, command, guests }) => ({
    what: `${NOT_SIGNED_IN[why]}${command === "test" ? " That the routes want a token is shown above; the rest of the test sends one." : ""}`,
    todo: `Sign in with \`awsls auth sign-in ${USER}\`; \`awsls auth sign-up ${USER}\` makes a new user.${guests === true ? " A guest need not: add --guest." : ""}`,
  }),
  TokensDamaged: ({ path, is, details }) => ({
    what:
      is === "newer" ? `The tokens in ${path} were written by a newer awsls.` : `The tokens in ${path} are damaged.`,
    ...(is === "newer" ? {} : { details: damageOf(is, details) }),
    todo: `Sign in again with \`awsls auth sign-in ${USER}\`, which writes them anew; or delete the file.`,
  }),
  AuthRefused: (refused) => ({
    ...REFUSALS[refused.why](refused),
    details: refused.message,
  }),
  AuthUncertain: ({ operation, email = USER, reason }) => ({ ...UNCERTAIN[operation](email), details: reason }),
  ChallengeUnsupported({ challenge, why, wants = [] }) {
    const { what, todo } = CHALLENGES[why](wants);
    return { what: `Cognito asks for ${challenge}, ${what}.`, todo };
  },
} satisfies Partial<ProblemTexts>;

function damageOf(is: Exclude<Problems["TokensDamaged"]["is"], "newer">, details: string): string {
  return {
    empty: "The file is empty.",
    notJson: "It is not JSON.",
    notState: "It is JSON, but not what awsls writes: it has no version.",
    misshapen: `It is not what awsls writes: ${details}`,
  }[is];
}
