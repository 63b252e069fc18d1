// Results of the administrator's commands of sign-in as lines for people.

import type { GroupResult, GroupsResult } from "../commands/auth-groups.ts";
import type { InboxResult } from "../commands/auth-inbox.ts";
import type { UserConfirmResult } from "../commands/auth-users-confirm.ts";
import type { UserCreateResult } from "../commands/auth-users-create.ts";
import type { UsersResult } from "../commands/auth-users-list.ts";
import type { Mail } from "../commands/context.ts";
import { INVITED } from "../commands/pool-users.ts";
import type { RemovalResult } from "../commands/removal.ts";
import type { TargetRecord } from "../state/state.ts";
import { withCommands, word } from "./invocation.ts";
import { clockTime, dayOf, momentOf } from "./moment.ts";
import { renderRemoval, type Words } from "./render.ts";
import { tableLines } from "./table-lines.ts";
import { wrapped, wrappedText } from "./wrapped.ts";

export function renderUsers({ users }: UsersResult, { text, look }: Words): string[] {
  const { noUsers, userColumns, yes, no } = text.authAdmin;
  if (users.length === 0) return [noUsers];
  const rows = users.map(({ email, status, emailVerified, enabled, groups, createdAt }) => [
    email,
    status,
    emailVerified ? yes : no,
    enabled ? yes : no,
    groups.join(" ") || "-",
    when(createdAt),
  ]);
  return tableLines(userColumns, rows, look.columns());
}

export function renderGroups({ groups }: GroupsResult, { text, look }: Words): string[] {
  const { noGroups, groupColumns, members: inWords } = text.authAdmin;
  if (groups.length === 0) return [noGroups];
  const rows = groups.map(({ name, createdAt, members }) => [
    name,
    when(createdAt),
    inWords(members.map(({ email }) => email)),
  ]);
  return tableLines(groupColumns, rows, look.columns());
}

export function renderUserCreate(
  { email, outcome, status, planned }: UserCreateResult,
  { kind }: TargetRecord,
  words: Words,
): string[] {
  const { userCreate, wouldCreateUser, neverSignedIn, lookForMail, readMail, signsIn } = words.text.authAdmin;
  if (planned) return told(wouldCreateUser[outcome](email), words);
  const said = told(userCreate[outcome](email), words);
  if (outcome === "unchanged") return [...said, ...(status === INVITED ? told(neverSignedIn, words) : [])];
  const isMailed = outcome === "invited" || outcome === "invitedAgain";
  const mail =
    kind === "local" ? [`${readMail}  ${words.awsls(`auth inbox ${word(email)}`)}`] : told(lookForMail, words);
  return [...said, ...(isMailed ? mail : []), `${signsIn}  ${words.awsls(`auth sign-in ${word(email)}`)}`];
}

export function renderUserConfirm({ email, outcome, status, planned }: UserConfirmResult, words: Words): string[] {
  const { userConfirm, wouldConfirmUser, notSignedUp } = words.text.authAdmin;
  if (status === INVITED && outcome === "unchanged") return told(notSignedUp, words);
  const said = (planned ? wouldConfirmUser : userConfirm)[outcome](email);
  return [...told(said, words), ...(status === INVITED ? told(notSignedUp, words) : [])];
}

export function renderGroup(
  verb: "create" | "add" | "remove",
  { group, email = "", outcome, planned }: GroupResult,
  words: Words,
): string[] {
  const { groups, inLaterTokens } = words.text.authAdmin;
  const { done, would, unchanged } = groups[verb];
  if (outcome === "unchanged") return told(unchanged(group, email), words);
  if (planned) return told(would(group, email), words);
  return [...told(done(group, email), words), ...(verb === "create" ? [] : told(inLaterTokens, words))];
}

/** @param name as it was given */
export function renderUserDelete(removal: RemovalResult, name: string, words: Words): string[] {
  const { userDeleted, noUser, tokensLive } = words.text.authAdmin;
  return renderPoolRemoval(removal, words, { gone: [userDeleted(name), tokensLive], nothing: noUser(name) });
}

/** @param name as it was given */
export function renderGroupDelete(removal: RemovalResult, name: string, words: Words): string[] {
  const { groupDeleted, noGroup, inLaterTokens } = words.text.authAdmin;
  return renderPoolRemoval(removal, words, { gone: [groupDeleted(name), inLaterTokens], nothing: noGroup(name) });
}

function renderPoolRemoval(
  removal: RemovalResult,
  words: Words,
  { gone, nothing }: { readonly gone: readonly string[]; readonly nothing: string },
): string[] {
  if (removal.deleted.length > 0) return gone.flatMap((line) => told(line, words));
  const isSeen = removal.declined || removal.planned.length > 0;
  return isSeen ? renderRemoval(removal, "", words) : told(nothing, words);
}

/** @param to whose alone were asked for */
export function renderInbox({ mails }: InboxResult, to: string | undefined, words: Words): string[] {
  if (mails.length === 0) return told(words.text.authAdmin.inboxEmpty(to), words);
  return mails.flatMap((mail, index) => [...(index === 0 ? [] : [""]), ...mailLines(mail, words)]);
}

/** The code on a line of its own: in the mail a full stop may follow it. */
function mailLines({ at, to, subject, body, kind, code }: Mail, { text, look }: Words): string[] {
  const columns = look.columns();
  return [
    ...wrapped(`${momentOf(Date.parse(at))}  ${to}`, columns, "", "  "),
    ...wrapped(subject, columns, "  "),
    wrappedText(`  ${body.replaceAll("\n", "\n  ")}`, columns),
    `  ${text.authAdmin.mailCode[kind]}:  ${code}`,
  ];
}

function told(words: string, { awsls, look }: Words): string[] {
  return wrapped(withCommands(words, awsls), look.columns());
}

/** To the minute, here. */
function when(createdAt: string | undefined): string {
  if (createdAt === undefined) return "";
  const at = new Date(createdAt);
  return `${dayOf(at)} ${clockTime(at.getTime()).slice(0, 5)}`;
}
