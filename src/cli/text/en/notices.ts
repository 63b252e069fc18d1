// What is said in passing.

import type { NoticeTexts } from "../catalogue.ts";
import { changeLinesOf } from "../../change-lines.ts";
import { fewOf, label, madeBy, shortArns, titleOf } from "./labels.ts";
import { results } from "./results.ts";

const { noValue, policiesGo, usedToo } = results;

/** What is written in the console's editor often is nowhere else. */
const codeGoes = (name: string): string =>
  `Its code is replaced by awsls's. To keep it, fetch it first: aws lambda get-function --function-name ${name} --query Code.Location`;

export const notices: NoticeTexts = {
  RegionIgnored: ({ region, source, using }) =>
    `${"variable" in source ? source.variable : `The profile ${source.profile}`} says ${region}; this stack lives in ${using}, which is used.`,
  LocalChosen: ({ region }) =>
    `The local cloud of this folder is used; for AWS (${region} is set) give --region or --profile.`,
  ZipNotKept: ({ path, reason }) => `The zip that was sent could not be kept as ${path}: ${reason}`,
  LockTakenOver: ({ pid, command }) =>
    `"${command}" (process ${pid}) ended without a word; going on from where it stopped.`,
  PortChanged: ({ api, from, to }) =>
    `Port ${from} is taken; ${api === undefined ? "the local cloud" : `the API ${api}`} uses ${to} from now on.`,
  LocalCloudStarted: ({ url }) => `Local cloud started on ${url}`,
  LocalCloudEnded: ({ folder }) => `Local cloud ended; ${folder} is gone`,
  LeadsToLocalCloud: ({ url, folder }) => `These variables lead to the local cloud of ${folder} on ${url}.`,
  LocalCloudStays: ({ holds }) =>
    `The local cloud stays, for it also holds ${shortArns(holds)}. \`awsls local stop\` ends it.`,
  HandlerUnused: ({ folder }) =>
    `${folder} is here, but the package's own code is deployed; \`awsls function eject --use-existing\` chooses yours.`,
  HandlerInstalled: ({ folder }) =>
    `${folder} belongs to the installed package. \`awsls function eject\`, in another terminal, gives you a copy to edit; that is watched from then on.`,
  WaitingForDeploy: ({ url, status }) => `${url} answers ${status}; a fresh deploy takes some seconds …`,
  NotesOnAws: ({ account, region, owner }) =>
    `AWS account ${account}, ${region}, as ${owner}. At rest this costs about nothing; the API is open to whoever has its URL.`,
  TakesOver: ({ resources }) =>
    [
      "These are not this stack's and are taken over:",
      ...resources.flatMap(({ resource, name, id, belongsTo, changes, users, deletes = [] }) => [
        `  ${label(resource)} ${name}${id === undefined ? "" : ` ${id}`}${belongsTo === undefined ? "" : ` (${madeBy(belongsTo)})`}`,
        ...changeLinesOf(changes, noValue, "      "),
        ...(users === undefined ? [] : [`      ${usedToo(users)}`]),
        ...deletes.map((each) => `      deleted: ${label(each.component)} ${each.name}`),
        ...(changes.some(({ field }) => field === "CodeSha256") ? [`      ${codeGoes(name)}`] : []),
      ]),
      ...(resources.some(({ deletes }) => deletes !== undefined) ? [policiesGo] : []),
    ].join("\n"),
  UsedByOthers: ({ resource, name, users }) =>
    `${label(resource)} ${name} stays: ${users === "unknown" ? "whether other functions use it could not be checked (the right lambda:ListFunctions is missing)" : `${fewOf(users)} use${users.length === 1 ? "s" : ""} it, too`}.`,
  ProtectionOff: ({ resource, name, field }) =>
    `${label(resource)} ${name} is no longer protected against deletion (${field} is off).`,
  Following: ({ logGroup }) => `Following ${logGroup}; Ctrl-C ends.`,
  LogEnded: ({ logGroup, why }) =>
    why === "group" ? `The log group ${logGroup} has been deleted.` : "The local cloud has ended.",
  LogDelayed: ({ reason, seconds }) => `The log cannot be read (${reason}); trying again in ${seconds} s.`,
  LeftAlone: ({ resource, belongsTo, ...named }) =>
    `${label(resource)} ${titleOf(named)} is not this stack's and stays${belongsTo === undefined ? "" : ` (${madeBy(belongsTo)})`}.`,
};
