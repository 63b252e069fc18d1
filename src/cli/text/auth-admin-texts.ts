// What the catalogue has to say of users, groups and mails.

import type { UserConfirmOutcome } from "../../commands/auth-users-confirm.ts";
import type { UserCreateOutcome } from "../../commands/auth-users-create.ts";
import type { MailKind } from "../../commands/context.ts";

/** Done, not done for `--dry-run`, not done because there was nothing to do. */
interface Told {
  done(group: string, email: string): string;
  would(group: string, email: string): string;
  unchanged(group: string, email: string): string;
}

export interface AuthAdminTexts {
  readonly noUsers: string;
  readonly noGroups: string;
  readonly userColumns: readonly string[];
  readonly groupColumns: readonly string[];
  readonly yes: string;
  readonly no: string;
  readonly userCreate: Readonly<Record<UserCreateOutcome, (email: string) => string>>;
  readonly wouldCreateUser: Readonly<Record<UserCreateOutcome, (email: string) => string>>;
  readonly neverSignedIn: string;
  /** On AWS. */
  readonly lookForMail: string;
  /** The command that shows it on the local cloud follows. */
  readonly readMail: string;
  /** The command follows. */
  readonly signsIn: string;
  readonly userConfirm: Readonly<Record<UserConfirmOutcome, (email: string) => string>>;
  readonly wouldConfirmUser: Readonly<Record<UserConfirmOutcome, (email: string) => string>>;
  readonly notSignedUp: string;
  userDeleted(email: string): string;
  noUser(email: string): string;
  groupDeleted(group: string): string;
  noGroup(group: string): string;
  readonly tokensLive: string;
  readonly groups: Readonly<Record<"create" | "add" | "remove", Told>>;
  readonly inLaterTokens: string;
  members(emails: readonly string[]): string;
  inboxEmpty(to?: string): string;
  /** What the code in a mail is. */
  readonly mailCode: Readonly<Record<MailKind, string>>;
}
