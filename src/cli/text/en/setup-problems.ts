// What went wrong before the stack was worked on: arguments, region and credentials, endpoint, state file, target.

import type { OptionRule, TargetData } from "../../../core/problem.ts";
import type { ProblemTexts } from "../catalogue.ts";
import { entryNames } from "./entries.ts";

const FUNCTIONS = "there are crud and timer";
const MUST: Readonly<Record<OptionRule, string>> = {
  itemId: "an id is not empty, not . or .., and has no / or ?",
  port: "it is a number from 1 to 65535",
  speed: "it is a number from 1 to 3600",
  number: "it is a number",
  architecture: "it is x86_64 or arm64",
  roleArn: "it looks like arn:aws:iam::123456789012:role/name",
  noEndpoint: "--local is a target of its own",
  accountId: "it must be an account's twelve digits",
  noCheck: "--check asks about the caller, who is in an account already",
  noDryRun: "the local cloud's own commands know no dry run",
  deploys: "with --dry-run nothing would be deployed",
  handler: FUNCTIONS,
  protect: "it is all, writes or none",
  oneSchedule: "a rate is a schedule, too: give --rate or --schedule",
  count: "it is a whole number from 1",
  noUndo: "it is the opposite of --undo",
  url: "it is a URL such as http://127.0.0.1:4566",
  since: "it is 30s, 10m, 2h, 1d, or a time such as 2026-01-31T09:30:00Z",
  past: "it is still to come",
  noFollowing: "it goes on until Ctrl-C, which a --dry-run does not",
  loggedFunction: FUNCTIONS,
  json: "it is JSON, or @ and the name of a file of JSON",
  payloadFile: "there is no such file that can be read",
  payloadSize: "Lambda takes up to 6 MB",
  email: "it is an e-mail address such as alice@example.com",
  code: "it is six digits",
  flow: "it is srp or password",
  groupName: "it is 1 to 128 letters, digits, symbols and marks, without a blank",
  nameOrId: "give the row a name, or any row's --id",
  noPassword: "with --password-stdin no mail is sent",
};

const withProfile = (profile?: string): string => (profile === undefined ? "" : ` --profile ${profile}`);

export const setupProblems = {
  InvalidStackName: ({ stack }) => ({
    what: `"${stack}" cannot be a stack's name.`,
    todo: 'Use lower-case letters, digits and hyphens, a letter first, at most 36 of them. "local" is taken, and so is what ends in "eventtestfunction".',
  }),
  InvalidOption: ({ option, value, must, command }) => ({
    what:
      MUST[must] === FUNCTIONS
        ? `There is no function "${value}": ${FUNCTIONS}.`
        : value === ""
          ? `${option}: ${MUST[must]}.`
          : `${option} cannot be "${value}": ${MUST[must]}.`,
    todo: `See \`awsls ${command === undefined ? "--help" : `help ${command}`}\`.`,
  }),
  NoRegion: ({ profile }) => ({
    what: `No AWS region is set${profile === undefined ? "" : ` in the profile ${profile}`}.`,
    todo: "Give one with --region (e.g. --region ap-northeast-2), set AWS_REGION, run `aws configure set region ap-northeast-2`, or use --local, which needs no account.",
  }),
  ValueMissing: ({ value, option, line, command = "--help" }) =>
    line === undefined
      ? {
          what: `The ${entryNames[value]} is missing, and nobody is here to be asked.`,
          todo: `Give it with ${option}, or run the same command on a terminal.`,
        }
      : {
          what: `The ${entryNames[value]} is missing: line ${line} of stdin is empty, or not there.`,
          todo: `\`awsls help ${command}\` says which lines it reads.`,
        },
  InvalidRegion: ({ region }) => ({
    what: `"${region}" is not an AWS region.`,
    todo: "Regions look like us-east-1 or ap-northeast-2.",
  }),
  UnknownProfile: ({ profile, variable }) => ({
    what: `There is no profile "${profile}"${variable === undefined ? "" : `, which ${variable} names,`} in ~/.aws/config or ~/.aws/credentials.`,
    todo: `See \`aws configure list-profiles\`, or make it with \`aws configure --profile ${profile}\`${variable === undefined ? "" : `; or set ${variable} to another one`}.`,
  }),
  NoCredentials: ({ profile, reason }) => ({
    what: `There are no AWS credentials${profile === undefined ? "" : ` for the profile ${profile}`}.`,
    ...(reason === undefined ? {} : { details: reason }),
    todo: "Sign in with `aws login`, choose a profile with --profile, or use --local, which needs no account.",
  }),
  ExpiredCredentials: ({ kind, profile }) => ({
    what: kind === "sso" ? "Your IAM Identity Center (SSO) session has expired." : "Your AWS credentials have expired.",
    todo:
      kind === "sso"
        ? `Run \`aws sso login${withProfile(profile)}\`, then the same command again.`
        : kind === "login"
          ? `Run \`aws login${withProfile(profile)}\`, then the same command again.`
          : "Get new ones (`aws login`, `aws sso login`, or new AWS_SESSION_TOKEN variables), then run the same command again.",
  }),
  RefusedCredentials: ({ code, message, region = "this region" }) => ({
    what: "AWS does not accept these credentials.",
    details: `${code}: ${message}`,
    todo: `Check them with \`aws sts get-caller-identity\`; AWS_ACCESS_KEY_ID in the environment comes before profiles. If they work there, ${region} may not be enabled for this account.`,
  }),
  EndpointUnreachable: ({ endpoint, reason }) => ({
    what: `${endpoint} cannot be reached.`,
    details: reason,
    todo:
      endpoint === "AWS"
        ? "Check the network and the region's name, then run the same command again."
        : "Is it running? Check the URL, then run the same command again.",
  }),
  NotAnAwsEndpoint: ({ endpoint, operation }) => ({
    what: `${endpoint} does not answer as AWS does (${operation}).`,
    todo: "Check --endpoint-url and AWS_ENDPOINT_URL.",
  }),
  StateDamaged: ({ path, is, details }) => ({
    what: `The state file ${path} is damaged.`,
    details: {
      empty: "It is empty.",
      notJson: `It is not JSON: ${details}`,
      notState: "It is JSON, but not what awsls writes: it has no version.",
      misshapen: `It is not what awsls writes: ${details}`,
    }[is],
    todo: "Nothing was changed. Restore it, or move it away: resources are then found again by their names and tags.",
  }),
  StateOfOther: ({ path, stack }) => ({
    what: `The state file ${path} is that of the stack ${stack}.`,
    todo: `Give --stack ${stack}, or another --state.`,
  }),
  StateNewer: ({ path, version }) => ({
    what: `The state file ${path} was written by a newer awsls (version ${version} of the file).`,
    todo: "Update awsls, then run the same command again.",
  }),
  StateLocked: ({ path, command, pid, host, since }) => ({
    what: `"${command}" is working on this stack (process ${pid} on ${host}, since ${since}).`,
    todo: `Wait for it to end. If it is gone, delete ${path}.`,
  }),
  Unwritable: ({ path, reason }) => ({
    what: `${path} cannot be read or written.`,
    details: reason,
    todo: "Check its permissions, or use another folder or --state.",
  }),
  DiskFull: ({ path }) => ({
    what: `The disk is full: ${path} could not be saved; the file before it is whole.`,
    todo: "Make room, then run the same command again: it finds what was made.",
  }),
  OutputLost: ({ reason }) => ({
    what: "The result could not be written to stdout; what the command had to do is done.",
    details: reason,
    todo: "Make room or write it elsewhere; `awsls status` shows how things are.",
  }),
  TargetConflict: ({ stack, asked, recorded, source }) => ({
    what: `The stack ${stack} lives on ${placeOf(recorded)}, but ${asked === "" ? `${source} is given` : `${source} says ${asked}`}.`,
    todo: "Leave it out, delete the stack with `awsls down` first, or use another --stack.",
  }),
  AccountConflict: ({ stack, recorded, caller }) => ({
    what: `The stack ${stack} lives in account ${recorded}, but these credentials are of account ${caller}.`,
    todo: "Use the credentials of the first account, or another --stack.",
  }),
} satisfies Partial<ProblemTexts>;

/** `AWS account 123456789012 in eu-central-1`. */
function placeOf({ kind, endpoint, region, account }: TargetData): string {
  if (kind === "local") return `the local cloud (${region})`;
  return kind === "aws" ? `AWS account ${account} in ${region}` : `${endpoint} (${region})`;
}
