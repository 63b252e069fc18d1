// What is said in passing.

import type { NoticeTexts } from "../catalogue.ts";
import { takeoverLines } from "../../takeover-lines.ts";
import { momentOf } from "../../moment.ts";
import { wrappedText } from "../../wrapped.ts";
import { label, titleOf } from "./labels.ts";
import { listOf, shortArns } from "./lists.ts";
import { whose } from "./makers.ts";
import { ofUsers } from "./role-users.ts";
import { takeover } from "./takeover.ts";

const cloudEnded = "The local cloud has ended.";

export const notices: NoticeTexts = {
  RegionIgnored: ({ region, source, using }) =>
    `${"variable" in source ? source.variable : `The profile ${source.profile}`} says ${region}; this stack lives in ${using}, which is used.`,
  PolicyPrinted: ({ placeholders }, columns) =>
    wrappedText(
      [
        "Whoever has this policy may make roles and give them any rights: as good as an administrator's.",
        ...(placeholders.length === 0
          ? []
          : [`Replace ${listOf(placeholders)} in it, or give --region and --account: no credentials say which.`]),
      ].join("\n"),
      columns,
    ),
  LocalChosen: ({ region }) =>
    `The local cloud of this folder is used; for AWS (${region} is set) give --region or --profile.`,
  ZipNotKept: ({ path, reason }) => `The zip that was sent could not be kept as ${path}: ${reason}`,
  LockTakenOver: ({ pid, command }) =>
    `"${command}" (process ${pid}) ended without a word; going on from where it stopped.`,
  PortChanged: ({ api, from, to }) =>
    `Port ${from} is taken; ${api === undefined ? "the local cloud" : `the API ${api}`} uses ${to} from now on.`,
  LocalCloudStarted: ({ url, speed }) =>
    `Local cloud started on ${url}${speed === 1 ? "" : `; its schedules pass ${speed} times as fast`}`,
  LocalCloudEnded: ({ folder }) => `Local cloud ended; ${folder} is gone`,
  LeadsToLocalCloud: ({ url, folder }) => `These variables lead to the local cloud of ${folder} on ${url}.`,
  LocalCloudStays: ({ holds }) =>
    `The local cloud stays, for it also holds ${shortArns(holds)}. \`awsls local stop\` ends it.`,
  HandlerUnused: ({ folder }) =>
    `${folder} is here, but the package's own code is deployed; \`awsls function eject --use-existing\` chooses yours.`,
  HandlerInstalled: ({ folder }) =>
    `${folder} belongs to the installed package. \`awsls function eject\`, in another terminal, gives you a copy to edit; that is watched from then on.`,
  ItemLookedFor: ({ id, using }) =>
    using === undefined
      ? `Looked whether there is an item "${id}" already: there is none.`
      : `There is an item "${id}" already, which is not touched: this test uses "${using}".`,
  WaitingForDeploy: ({ url, status }) => `${url} answers ${status}; a fresh deploy takes some seconds …`,
  NotesOnAws: ({ account, region, owner }) =>
    `AWS account ${account}, ${region}, as ${owner}. At rest this costs about nothing; the API is open to whoever has its URL.`,
  CodeStays: ({ paths }) => `The code that was replaced when the function was taken over stays: ${paths.join(", ")}`,
  TakesOver: ({ resources }, columns) =>
    takeoverLines(resources, takeover, (each) => `${label(each.resource)} ${titleOf(each)}`, columns).join("\n"),
  UsedByOthers: ({ resource, name, users }) =>
    `${label(resource)} ${name} stays: ${ofUsers(users, (few, count) => `${few} use${count === 1 ? "s" : ""} it, too`)}.`,
  ProtectionOff: ({ resource, name, field }) =>
    `${label(resource)} ${name} is no longer protected against deletion (${field} is off).`,
  Following: ({ logGroup }) => `Following ${logGroup}; Ctrl-C ends.`,
  LogEnded: ({ logGroup, why }) => (why === "group" ? `The log group ${logGroup} has been deleted.` : cloudEnded),
  LookDelayed: ({ at, reason, seconds }) => `The ${at} cannot be read (${reason}); trying again in ${seconds} s.`,
  WatchingRows: ({ table }) => `Watching ${table} by a Scan every few seconds; Ctrl-C ends.`,
  WaitingForRow: ({ table, due, until }) =>
    `Waiting for a row in ${table}${due === undefined ? "" : `, due by about ${momentOf(Date.parse(due))}`}, at the longest until ${momentOf(Date.parse(until))}. Ctrl-C ends the waiting alone.`,
  RowsEnded: ({ table, why }) => (why === "table" ? `The table ${table} has been deleted.` : cloudEnded),
  TimerIsOff: ({ name }) => `The rule ${name} is off: no rows come until \`awsls timer enable\`.`,
  OtherTokens: ({ path }) => `The tokens in ${path} are of another user pool and are not used.`,
  CallsAs: ({ email, username, groups }) =>
    `Calling as ${email ?? username}, ${groups.length === 0 ? "in no group" : `in the group${groups.length === 1 ? "" : "s"} ${listOf(groups)}`}:`,
  ItemDeleted: ({ table, id }) =>
    `As its owner, awsls has deleted the row ${id} from ${table} itself: through the API only admins may.`,
  ItemStays: ({ table, id, missing }) =>
    `The row ${id} stays in ${table}, for it could not be deleted past the API${missing === undefined ? "" : ` (${missing} is missing)`}. By hand: \`aws dynamodb delete-item --table-name ${table} --key '${JSON.stringify({ id: { S: id } })}'\``,
  CodeNotTaken: () => "That code was not taken; wait for the app's next one.",
  LeftAlone: (foreign) =>
    `${label(foreign.resource)} ${titleOf(foreign)} is not this stack's and stays${whose(foreign)}.`,
};
