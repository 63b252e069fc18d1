// What is asked for on a terminal.

import type { EntryName } from "../../../core/problem.ts";
import type { EntryTexts } from "../catalogue.ts";

/** What each is called; also where it is missing. */
export const entryNames: Readonly<Record<EntryName, string>> = {
  password: "password",
  currentPassword: "current password",
  newPassword: "new password",
  mailedCode: "code from the mail",
  totpCode: "code of the authenticator app",
};

const PROMPTS: Readonly<Record<EntryName, string>> = {
  password: "Password: ",
  currentPassword: "Current password: ",
  newPassword: "New password: ",
  mailedCode: "Code from the mail: ",
  totpCode: "Code of your authenticator app: ",
};

export const entries: EntryTexts = {
  prompt: (of) => PROMPTS[of],
  again: "The same again: ",
  differ: "They differ. New password: ",
  sixDigits: "It is six digits: ",
  scan: "Add this to your authenticator app: scan the code, or type the secret in.",
  type: "Add this to your authenticator app: type the secret in, or open the address with it.",
  noRoom: "This terminal is too small for the code to scan.",
};
