// The user's own commands of sign-in.

import type { SignInTexts } from "../sign-in-texts.ts";
import { listOf } from "./lists.ts";

const CHALLENGES: Readonly<Record<string, string>> = {
  SOFTWARE_TOKEN_MFA: "Cognito asked for the authenticator app's code, too.",
  NEW_PASSWORD_REQUIRED: "The temporary password is replaced by your own.",
  MFA_SETUP: "An authenticator app is set up; from now on Cognito asks for its code.",
};

const CLAIMS: Readonly<Record<string, string>> = {
  iss: "who issued it: the user pool",
  sub: "whom it is about: the user, for ever",
  aud: "for whom: the app client",
  client_id: "for whom: the app client",
  token_use: "which of the two it is",
  email: "your address",
  email_verified: "whether the address is known to be yours",
  "cognito:username": "your name in the pool",
  username: "your name in the pool",
  "cognito:groups": "your groups; a change shows in tokens issued after it",
  scope: "what it is good for at Cognito itself: your own password, second factor and attributes",
};

export const signIn: SignInTexts = {
  signedUp: (email) => `${email} is signed up, and has to be confirmed with the code from the mail.`,
  sent: ({ destination, where }) =>
    where === "inbox"
      ? "The mail with the code is in the local cloud's inbox: `awsls auth inbox`."
      : `The mail with the code goes to ${destination}; look into the spam, too.`,
  sentIfUser: (email, { destination, where }) =>
    where === "inbox"
      ? `If ${email} is a user here, the mail with the code is in the local cloud's inbox: \`awsls auth inbox\`.`
      : `If ${email} is a user here, a mail with a code goes to ${destination}; look into the spam, too.`,
  notSent: "Cognito sent no mail.",
  confirmed: (email, isChanged) =>
    isChanged ? `${email} is confirmed.` : `Nothing to do: ${email} is confirmed already.`,
  signedIn: (who) => `Signed in as ${who}.`,
  challenge: (name) => CHALLENGES[name] ?? `Cognito asked for ${name}, too.`,
  tokensIn: (file) => `Your tokens are in ${file}, which only you can read: whoever has them is you.`,
  tryToken: "Try it:",
  userIs: (username, userPoolId) => `User ${username} of the pool ${userPoolId}`,
  groups: (groups) => `Groups: ${groups.length === 0 ? "none" : groups.join(", ")}`,
  endsAt: (moment, seconds) => `Both tokens end ${spanOf(seconds)}, at ${moment}; awsls renews them without asking.`,
  idToken: "ID token, who you are: for the application that you sign in to",
  accessToken: "Access token, what you may do: for APIs, as the header `Authorization: Bearer …`",
  claim: (name) => CLAIMS[name],
  allClaims: "All claims:",
  signedOut({ signedOut, email = "the user" }) {
    if (signedOut === "nobody") return "Nothing to do: nobody is signed in.";
    return signedOut === "everywhere"
      ? `Signed out ${email}, everywhere: the refresh tokens are revoked, the file of tokens is gone.`
      : `Signed out ${email}: Cognito took the tokens no longer, and their file is gone.`;
  },
  accessTokenLives: (moment) =>
    `An access token cannot be called back: until it ends, at ${moment}, the API lets in whoever has it.`,
  passwordSet: (email) => `The password of ${email} is set.`,
  passwordChanged: (email) => `The password of ${email} is changed; whoever is signed in stays so.`,
  mfaOn: "The second factor is on: signing in takes a code of your authenticator app from now on.",
  mfaWasOn: "Nothing to do: the second factor is on already. With a new app turn it off first.",
  mfaNext: "Then give the six digits that it shows:",
  mfaOff: "The second factor is off: the password is enough to sign in. On again:",
  mfaWasOff: "Nothing to do: the second factor is off already. On:",
  wouldCall: (operations) => `This would be called (nothing was): cognito-idp ${listOf(operations)}`,
};

/** `in 59 minutes`. */
function spanOf(seconds: number): string {
  const [amount, unit] =
    seconds < 120
      ? [seconds, "second"]
      : seconds < 7200
        ? [Math.round(seconds / 60), "minute"]
        : [Math.round(seconds / 3600), "hour"];
  return `in ${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
