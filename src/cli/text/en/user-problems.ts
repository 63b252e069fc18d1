// What went wrong with users, their groups and their mails.

import type { ProblemTexts } from "../catalogue.ts";

export const userProblems = {
  UserUnknown: ({ email }) => ({
    what: `There is no user ${email}.`,
    todo: "`awsls auth users list` shows all of them, `awsls auth users create <email>` makes one.",
  }),
  UserExists: ({ email, status }) => ({
    what: `${email} is a user already${status === "" ? "" : ` (${status})`}, whose password is left alone.`,
    todo: "A forgotten one is set anew by the user with `awsls auth forgot-password <email>`. To begin again: `awsls auth users delete <email>`.",
  }),
  GroupUnknown: ({ group }) => ({
    what: `There is no group ${group}.`,
    todo: `\`awsls auth group list\` shows all of them, \`awsls auth group create ${group}\` makes it.`,
  }),
  NoInbox: ({ kind }) => ({
    what: `There is no inbox to look into: ${kind === "aws" ? "on AWS the mails really go out" : "what becomes of the mails is up to the endpoint"}.`,
    todo: "Look into the user's own mailbox, the spam too, for a mail from no-reply@verificationemail.com. AWS sends 50 of them a day; `awsls auth users create <email> --password-stdin` needs none, nor does `awsls auth users confirm <email>`.",
  }),
  MailNotSent: ({ email, reason }) => ({
    what: `Cognito could not send the mail to ${email}.`,
    details: reason,
    todo: "AWS sends 50 mails a day. Later, `awsls auth users create <email> --resend` sends it; `awsls auth users create <email> --password-stdin` sets a password, and needs no mail.",
  }),
} satisfies Partial<ProblemTexts>;
