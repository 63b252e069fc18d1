// The administrator's commands of sign-in.

import type { AuthAdminTexts } from "../auth-admin-texts.ts";
import { counted, fewOf } from "./lists.ts";

export const authAdmin: AuthAdminTexts = {
  noUsers: "There are no users yet.",
  noGroups: "There are no groups yet.",
  userColumns: ["e-mail", "status", "verified", "enabled", "groups", "created"],
  groupColumns: ["group", "created", "members"],
  yes: "yes",
  no: "no",
  userCreate: {
    invited: (email) => `${email} is a user now; Cognito mails a temporary password, good for 7 days.`,
    invitedAgain: (email) => `Cognito mails ${email} another temporary password, good for 7 days.`,
    created: (email) => `${email} is a user now, with the password that you gave; no mail was sent.`,
    passwordSet: (email) => `${email} had never signed in, and has the password that you gave from now on.`,
    unchanged: (email) => `Nothing to do: ${email} is a user already.`,
  },
  wouldCreateUser: {
    invited: (email) => `${email} would be made a user and mailed a temporary password (nothing was done).`,
    invitedAgain: (email) => `${email} would be mailed another temporary password (nothing was done).`,
    created: (email) => `${email} would be made a user with that password (nothing was done).`,
    passwordSet: (email) => `${email}, who has never signed in, would be given that password (nothing was done).`,
    unchanged: (email) => `Nothing would change: ${email} is a user already.`,
  },
  neverSignedIn:
    "That user has not signed in yet. For another mail, give --resend; to set a password, --password-stdin.",
  lookForMail:
    "It comes from no-reply@verificationemail.com; if it does not, look among the spam. AWS sends 50 such mails a day.",
  readMail: "Read it:",
  signsIn: "Then the user signs in:",
  userConfirm: {
    confirmed: (email) => `${email} is confirmed, and the address counts as verified.`,
    verified: (email) => `The address ${email} counts as verified from now on.`,
    unchanged: (email) => `Nothing to do: ${email} is confirmed and verified already.`,
  },
  wouldConfirmUser: {
    confirmed: (email) => `${email} would be confirmed, and the address verified (nothing was done).`,
    verified: (email) => `The address ${email} would be marked as verified (nothing was done).`,
    unchanged: (email) => `Nothing would change: ${email} is confirmed and verified already.`,
  },
  notSignedUp:
    "That user was made by an administrator: the first sign-in, with a password of the user's own, confirms it.",
  userDeleted: (email) => `${email} is deleted.`,
  noUser: (email) => `Nothing to do: there is no user ${email}.`,
  groupDeleted: (group) => `The group ${group} is deleted; its members stay users.`,
  noGroup: (group) => `Nothing to do: there is no group ${group}.`,
  tokensLive: "Tokens that were issued before go on being let in until they expire.",
  groups: {
    create: {
      done: (group) => `There is a group ${group} now.`,
      would: (group) => `A group ${group} would be made (nothing was).`,
      unchanged: (group) => `Nothing to do: there is a group ${group} already.`,
    },
    add: {
      done: (group, email) => `${email} is in the group ${group} now.`,
      would: (group, email) => `${email} would come into the group ${group} (nothing was done).`,
      unchanged: (group, email) => `Nothing to do: ${email} is in the group ${group} already.`,
    },
    remove: {
      done: (group, email) => `${email} is no longer in the group ${group}.`,
      would: (group, email) => `${email} would leave the group ${group} (nothing was done).`,
      unchanged: (group, email) => `Nothing to do: ${email} is not in the group ${group}.`,
    },
  },
  inLaterTokens:
    "It shows in tokens issued from now on: sign in again. Earlier ones say what they said until they expire.",
  members: (emails) => (emails.length === 0 ? "none" : `${emails.length}: ${fewOf(emails)}`),
  inboxEmpty: (to) => `No mail was sent${to === undefined ? "" : ` to ${to}`}.`,
  mailCode: { "sign-up": "Code", reset: "Code", attribute: "Code", invitation: "Temporary password" },
};

/** Of a group that is deleted. */
export const membersOf = (count: number): string => counted(count, "member", "members");
