// Results of the user's own commands of sign-in as lines for people.

import { relative } from "node:path";
import type { MfaResult } from "../commands/auth-mfa.ts";
import type { ForgotPasswordResult, PasswordResult } from "../commands/auth-password.ts";
import type { AuthPlan } from "../commands/auth-plan.ts";
import type { SignInResult } from "../commands/auth-sign-in.ts";
import type { SignOutResult } from "../commands/auth-sign-out.ts";
import type { ConfirmResult, ResendResult, SignUpResult } from "../commands/auth-sign-up.ts";
import type { WhoamiResult } from "../commands/auth-whoami.ts";
import { groupsOfFour } from "../core/one-time-code.ts";
import { withCommands, word } from "./invocation.ts";
import { momentOf } from "./moment.ts";
import type { Words } from "./render.ts";
import { wrapped } from "./wrapped.ts";

export function renderAuthPlan({ planned }: AuthPlan, { text, look }: Words): string[] {
  return wrapped(text.signIn.wouldCall(planned), look.columns());
}

export function renderSignUp({ email, isConfirmed, delivery }: SignUpResult, words: Words): string[] {
  const { signIn } = words.text;
  if (isConfirmed) return [signIn.confirmed(email, true), next(`auth sign-in ${word(email)}`, words)];
  return [
    ...said(signIn.signedUp(email), words),
    ...said(delivery === undefined ? signIn.notSent : signIn.sent(delivery), words),
    next(`auth confirm ${word(email)}`, words),
  ];
}

export function renderConfirm({ email, isChanged }: ConfirmResult, words: Words): string[] {
  return [words.text.signIn.confirmed(email, isChanged), next(`auth sign-in ${word(email)}`, words)];
}

export function renderResend({ email, delivery }: ResendResult, words: Words): string[] {
  const { signIn } = words.text;
  if (delivery === undefined) return renderConfirm({ email, isChanged: false }, words);
  return [...said(signIn.sentIfUser(email, delivery), words), next(`auth confirm ${word(email)}`, words)];
}

export function renderSignIn(result: SignInResult, words: Words): string[] {
  const { email, username, groups, challenges, tokensFile } = result;
  const { signIn } = words.text;
  return [
    signIn.signedIn(email ?? username),
    ...challenges.flatMap((name) => said(signIn.challenge(name), words)),
    signIn.groups(groups),
    ...said(signIn.tokensIn(relative("", tokensFile)), words),
    `${signIn.tryToken}  ${words.awsls("test")}`,
    `${" ".repeat(signIn.tryToken.length)}  ${words.awsls("auth whoami")}`,
  ];
}

export function renderWhoami(result: WhoamiResult, words: Words): string[] {
  const { email, username, groups, userPoolId, expiresAt, expiresInSeconds } = result;
  const { signIn } = words.text;
  return [
    signIn.signedIn(email ?? username),
    ...said(signIn.userIs(username, userPoolId), words),
    signIn.groups(groups),
    ...said(signIn.endsAt(momentOf(Date.parse(expiresAt)), expiresInSeconds), words),
    "",
    ...said(signIn.idToken, words),
    ...claimLines(result.idTokenClaims, words),
    "",
    ...said(signIn.accessToken, words),
    ...claimLines(result.accessTokenClaims, words),
    "",
    `${signIn.allClaims}  ${words.awsls("auth whoami --json")}`,
  ];
}

function claimLines(claims: Readonly<Record<string, unknown>>, { text, look }: Words): string[] {
  const explained = Object.entries(claims).flatMap(([name, value]) => {
    const meaning = text.signIn.claim(name);
    return meaning === undefined ? [] : [{ name, value, meaning }];
  });
  const width = Math.max(0, ...explained.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  return explained.flatMap(({ name, value, meaning }) =>
    wrapped(`${printed(value)} (${meaning})`, look.columns(), `  ${name.padEnd(width)}  `, indent),
  );
}

function printed(claim: unknown): string {
  return Array.isArray(claim) ? claim.map(String).join(", ") : String(claim);
}

export function renderSignOut(result: SignOutResult, words: Words): string[] {
  const { signIn } = words.text;
  const { accessTokenLivesUntil: until } = result;
  const isOver = until === undefined || Date.parse(until) <= Date.now();
  return [
    ...said(signIn.signedOut(result), words),
    ...(isOver ? [] : said(signIn.accessTokenLives(momentOf(Date.parse(until))), words)),
  ];
}

export function renderForgotPassword({ email, delivery }: ForgotPasswordResult, words: Words): string[] {
  const { signIn } = words.text;
  return [
    ...said(delivery === undefined ? signIn.notSent : signIn.sentIfUser(email, delivery), words),
    next(`auth reset-password ${word(email)}`, words),
  ];
}

export function renderResetPassword({ email }: PasswordResult, words: Words): string[] {
  return [words.text.signIn.passwordSet(email), next(`auth sign-in ${word(email)}`, words)];
}

export function renderChangePassword({ email }: PasswordResult, words: Words): string[] {
  return said(words.text.signIn.passwordChanged(email), words);
}

export function renderMfaEnable({ isOn, isChanged, secret }: MfaResult, words: Words): string[] {
  const { signIn, entries } = words.text;
  if (isOn) return said(isChanged ? signIn.mfaOn : signIn.mfaWasOn, words);
  return [
    ...said(entries.type, words),
    ...(secret === undefined ? [] : [`  ${groupsOfFour(secret.secret)}`, `  ${secret.uri}`]),
    `${signIn.mfaNext}  ${words.awsls("auth mfa enable --code <code>")}`,
  ];
}

export function renderMfaDisable({ isChanged }: MfaResult, words: Words): string[] {
  const { signIn } = words.text;
  return [`${isChanged ? signIn.mfaOff : signIn.mfaWasOff}  ${words.awsls("auth mfa enable")}`];
}

function said(sentence: string, { awsls, look }: Words): string[] {
  return wrapped(withCommands(sentence, awsls), look.columns());
}

function next(command: string, { text, awsls }: Words): string {
  return `${text.results.next}  ${awsls(command)}`;
}
