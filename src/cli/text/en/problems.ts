// What went wrong, and what to do now.

import { pathToFileURL } from "node:url";
import type { HandlerName } from "../../../core/names.ts";
import type { Problem } from "../../../core/problem.ts";
import { explain, type ProblemTexts } from "../catalogue.ts";
import { label } from "./labels.ts";
import { shortArns } from "./lists.ts";
import { ownershipProblems } from "./ownership-problems.ts";
import { explainFault } from "./schedule-faults.ts";
import { setupProblems } from "./setup-problems.ts";
import { signInProblems } from "./sign-in-problems.ts";
import { userProblems } from "./user-problems.ts";

/** How a protection is taken off, by the component that has one. */
const UNPROTECT: Readonly<Record<string, (name: string) => string>> = {
  table: (name) => `aws dynamodb update-table --table-name ${name} --no-deletion-protection-enabled`,
  logGroup: (name) =>
    `aws logs put-log-group-deletion-protection --log-group-identifier ${name} --no-deletion-protection-enabled`,
};

/** Why nothing was done, by the member that AWS cannot change. */
const FIXED: Readonly<Record<string, (title: string) => string>> = {
  KeySchema: (title) => `The ${title} has another key, which cannot be changed; nothing was.`,
  PackageType: (title) => `The ${title} is a container image, which our code cannot replace; nothing was changed.`,
  UsernameAttributes: (title) =>
    `Users of the ${title} do not sign in by e-mail address, and AWS cannot change that in one that is there.`,
  "UsernameConfiguration.CaseSensitive": (title) =>
    `The ${title} tells upper case from lower case in e-mail addresses, and AWS cannot change that in one that is there.`,
};

const LOGS: Readonly<Record<HandlerName, string>> = { crud: "`awsls logs`", timer: "`awsls logs timer`" };

const TO_CORRECT: Readonly<Record<HandlerName, string>> = {
  crud: "Correct the function's code and deploy it with `awsls up`",
  timer:
    "`awsls timer status` says what is missing, `awsls timer enable` repairs it and deploys the code when you have corrected that",
};

/** AWS says the same of both. */
const ROLE_FORBIDDEN =
  "AWS says this of a role that it has not noticed yet, and of one that you may not pass on. Run the same command again in some minutes; if it says so again, ask for the right iam:PassRole.";

export const problems: ProblemTexts = {
  ...setupProblems,
  ...ownershipProblems,
  ...signInProblems,
  ...userProblems,
  BadSchedule: ({ expression, fault }) => {
    const { why, todo } = explainFault(fault);
    return { what: `"${expression}" is not a schedule that AWS can run: ${why}.`, todo };
  },
  NothingHere: ({ stack, lookedIn }) => ({
    what: `There is no stack ${stack} here: looked for ${lookedIn}.`,
    todo: "Go to the folder in which you ran `awsls up`, give --state or --stack, or make it with `awsls up --local`.",
  }),
  StepMissing: ({ command, first }) => ({
    what: `\`awsls ${command}\` needs what \`awsls ${first}\` makes.`,
    todo: `Run \`awsls ${first}\` first.`,
  }),
  IdentityPartition: ({ partition }) => ({
    what: `Identity pools are not made in the partition ${partition}: they go by other names there.`,
    todo: "Use an ordinary AWS region, or the local cloud (--local).",
  }),
  IdentitiesLeft: ({ command, first }) => ({
    what: `\`awsls ${command}\`: an identity pool of this stack takes tokens of the user pool.`,
    todo: `Run \`awsls ${first}\` first.`,
  }),
  IdentityRefused: ({ why, command, resources, message }) => {
    const what = "The identity pool gave no AWS credentials.";
    const wanting = resources.map(({ component, name }) => `${label(component)} ${name}`).join(", ");
    return {
      broken: {
        what: `${what} Missing, or not as it should be: ${wanting}.`,
        details: message,
        todo: `Repair it with \`awsls up\`, then run \`awsls ${command}\` again.`,
      },
      fresh: {
        what: `${what} AWS has not noticed its roles yet.`,
        details: message,
        todo: `Wait a minute, then run \`awsls ${command}\` again.`,
      },
      token: {
        what: `${what} It did not take the token of whoever is signed in.`,
        details: message,
        todo: "Sign in again with `awsls auth sign-in <email>`; `awsls identity status` shows whether the pool is as it should be.",
      },
      guests: {
        what: "Guests get no AWS credentials in this stack.",
        details: message,
        todo: `Let them with \`awsls identity enable --guests\`, or leave --guest out and sign in.`,
      },
    }[why];
  },
  StillAttached: ({ command, first, routes }) => ({
    what: `\`awsls ${command}\`: ${routes} routes still point at the integration.`,
    todo: `Run \`awsls ${first}\` first.`,
  }),
  RoleUnusable: ({ roleArn, why, account }) => ({
    what: `The role ${roleArn} cannot be the function's.`,
    details: {
      missing: "There is no role of that ARN.",
      trust: "Its trust policy does not let lambda.amazonaws.com assume it.",
      account: `It is not of this account, ${account}.`,
    }[why],
    todo: "Give another one with --role-arn; `aws iam list-roles` shows those of this account.",
  }),
  HandlerMissing: ({ file, is, reason }) => ({
    what: `The function's code ${reason === undefined ? "is missing" : "cannot be read"}: ${file}`,
    ...(reason === undefined ? {} : { details: reason }),
    todo:
      reason !== undefined
        ? "Make it readable, then run the same command again."
        : is === "packaged"
          ? "Put it back, or install awsls again."
          : "Put it back, copy the original there with `awsls function eject`, or go back to the package's own code with `awsls function eject --undo`.",
  }),
  HandlerSyntax: ({ file, details }) => ({
    what: `The function's code has a syntax error; nothing was deployed${unlessSaid(file, details)}`,
    details,
    todo: "Correct it, then run the same command again.",
  }),
  HandlerUnloadable: ({ folder, errorType, message, trace }) => {
    // The trace begins with the message.
    const places = trace.filter((line) => isIn(folder, line, message)).slice(0, 3);
    const details = [`${errorType}: ${message}`, ...places].join("\n");
    return {
      what: `The function's code cannot be loaded; nothing was deployed${unlessSaid(folder, details)}`,
      details,
      todo: "Correct it, then run the same command again.",
    };
  },
  HandlerExists: ({ folder }) => ({
    what: `${folder} is there already, and is not what is deployed; nothing was touched.`,
    todo: "Deploy it as it is from now on with `awsls function eject --use-existing`; or move it away, then run `awsls function eject` again.",
  }),
  HandlerLink: ({ file }) => ({
    what: `${file} is a link to a folder, or to nothing; a function's zip has files only.`,
    todo: "Put what it points to in its place, or take it out of the function's folder.",
  }),
  HandlerTooLarge: ({ folder, size, limit, largest }) => ({
    what: `The function's code is ${megabytes(size)} large; Lambda takes up to ${megabytes(limit)}: ${folder}`,
    details: `Largest: ${largest.map((part) => `${part.name} ${megabytes(part.size)}`).join(", ")}`,
    todo: "Take out what the function does not need. The AWS SDK (@aws-sdk/…) is part of Lambda and need not be installed there.",
  }),
  EjectedCodeLost: ({ name, lookedIn }) => ({
    what: `The function ${name} runs code of your own, and where that is was lost with the state file; nothing was deployed over it. Looked for ${lookedIn}.`,
    todo: "Run this in the folder in which you ejected it, or put the code there. To begin again with the original: `awsls function eject`.",
  }),
  LocalCloudFailed: ({ doing, reason, log }) => ({
    what: {
      start: "The local cloud did not start.",
      reach: "The local cloud runs but does not answer.",
      keep: "The local cloud could not be told to stay.",
      stop: "The local cloud did not stop.",
      reset: "The local cloud was not emptied.",
      inbox: "The local cloud's mails could not be read.",
      discard: "The local cloud's data could not be looked at.",
    }[doing],
    details: reason,
    todo: `Try again; its log is ${log}.`,
  }),
  LocalCloudRuns: ({ url, speed }) => ({
    what: `The local cloud runs already, on ${url} at speed ${speed}; it cannot be given another port or speed, or other rules.`,
    todo: "Run `awsls local stop`, then the same command again.",
  }),
  NoLocalCloud: ({ lookedIn }) => ({
    what: `There is no local cloud here: looked for ${lookedIn}.`,
    todo: "Go to the folder in which you ran `awsls up --local`, or start one here with `awsls local start`.",
  }),
  LocalRegion: ({ asked, recorded }) => ({
    what: `The local cloud of this folder is in ${recorded}, not in ${asked}: a cloud has one region.`,
    todo: "Leave --region out, or use another folder.",
  }),
  LocalDataGone: ({ stack, path, folder }) => ({
    what: `The stack ${stack} is recorded in ${path}, but the data of its local cloud is gone: ${folder}.`,
    todo: "Make it again with `awsls up`, or forget it with `awsls down`.",
  }),
  LocalCloudStopped: ({ folder, start, stacks = [], holds = [] }) => {
    const others = stacks.length > 0 ? stacks.join(", ") : shortArns(holds);
    return {
      what: `The local cloud of ${folder} is not running${others === "" ? "" : ` (it also holds ${others})`}.`,
      todo: `Start it with \`awsls ${start}\`, then run the same command again.`,
    };
  },
  ItemExists: ({ id }) => ({
    what: `An item with the id "${id}" exists already; it was not touched.`,
    todo: "Choose another --id.",
  }),
  ItemUnknown: ({ id, status, body }) => ({
    what: `Whether there is an item "${id}" cannot be told; nothing was sent to change it.`,
    details: `GET answered ${status} ${body}`,
    todo: "`awsls status` shows what differs, `awsls up` repairs it; `awsls logs` says why it failed.",
  }),
  Protected: ({ resource, name, field }) => ({
    what:
      FIXED[field]?.(`${label(resource)} ${name}`) ??
      `The ${label(resource)} ${name} is protected against deletion (${field}), and nobody is here to be asked; nothing was deleted.`,
    todo:
      field in FIXED
        ? `Use another --stack, or delete the ${label(resource)} yourself if nobody needs it.`
        : `Run it again with --yes if you mean it: that takes the protection off. By hand: \`${UNPROTECT[resource]?.(name) ?? "in the console"}\`.`,
  }),
  AwsRefused: ({ service, operation, code, message, missing, status, requestId, resource, name, region, account }) => ({
    what: `${resource === undefined ? "" : `${label(resource)} ${name ?? ""}: `}${service} ${operation} was refused${region === undefined ? "" : ` (account ${account ?? "?"}, ${region})`}.`,
    details: `${code}: ${message} [${[status === undefined ? "" : `HTTP ${status}`, requestId === undefined ? "" : `request ${requestId}`].filter(Boolean).join(", ")}]${missing === undefined ? "" : ` It takes the right ${missing}.`}`,
    todo: adviceOn(code, message),
  }),
  RoutesNotLive: ({ url, routes, seconds }) => ({
    what: `After ${seconds} s, who may call ${routes} of ${url} is not yet as it was set.`,
    todo: "`awsls status` shows what differs, a stage that deploys nothing by itself, say; `awsls up` repairs it, and waits again.",
  }),
  TimedOut: ({ doing, seconds, last }) => ({
    what: `${doing} took longer than ${seconds} s${last === undefined ? "" : ` (last seen: ${last})`}.`,
    todo: "Run the same command again: it goes on where it stopped.",
  }),
  InvokeUncertain: ({ handler, name, reason }) => ({
    what: `No answer came from ${name}: it may have run, or not. It was not invoked again.`,
    details: reason,
    todo: `${LOGS[handler]} shows whether it ran; then invoke it again.`,
  }),
  NoRow: ({ name, seconds }) => ({
    what: `The timer is on, but in ${seconds} s no row came into ${name}.`,
    todo: "`awsls timer status` says what keeps it from running.",
  }),
  LeftBehind: ({ failures }) => ({
    what: "These could not be deleted and are still there:",
    details: failures
      .map(({ resource, name, problem }) => `  ${label(resource)} ${name}: ${oneLine(problem)}`)
      .join("\n"),
    todo: "Run the same command again.",
  }),
  StepsFailed: ({ failures }) => ({
    what: "These could not be made:",
    details: failures
      .map(({ resource, name, problem }) => `  ${label(resource)} ${name}: ${oneLine(problem)}`)
      .join("\n"),
    todo: "Run the same command again: it goes on where it stopped.",
  }),
  AuthorizerInUse: ({ name, routes }) => ({
    what: `The authorizer ${name} protects routes that are not of this stack, too: ${routes.join(", ")}. They would be open without it, so nothing was changed.`,
    todo: "Delete these routes, or give them another authorizer (`aws apigatewayv2 update-route`), then run the same command again; `awsls auth disable` opens this stack's own.",
  }),
  StillNeeded: ({ by, name }) => ({
    what: `not tried, because ${label(by)} ${name} is still there`,
    todo: "Run the same command again.",
  }),
  FunctionFailed: ({ handler, name, functionError, errorType, errorMessage, payload, log }) => ({
    what: `${name} failed: ${[errorType, errorMessage].filter(Boolean).join(": ") || functionError}`,
    // Its log says it, unless the end of it has no room for that.
    ...(log.some(({ level }) => level === "ERROR") ? {} : { details: traceOf(payload) ?? JSON.stringify(payload) }),
    log,
    todo: `${TO_CORRECT[handler]}; ${LOGS[handler]} shows all of its log.`,
  }),
  TestFailed: ({ failed, total }) => ({
    what: `${failed} of ${total} requests did not answer as expected.`,
    todo: "`awsls status` shows what differs, `awsls up` repairs it; `awsls logs` says why it failed.",
  }),
  Interrupted: ({ during }) => ({
    what: {
      making: "Interrupted; what was made so far is recorded.",
      removing: "Interrupted; what is left is still recorded.",
      looking: "Interrupted.",
      asking: "Interrupted; nothing was changed.",
      waiting: "Interrupted while waiting for a row; the timer stays as it is.",
    }[during],
    todo: {
      making: "Run the same command again to go on, or `awsls down` to delete it.",
      removing: "Run the same command again to go on.",
      looking: "Run the same command again to go on.",
      asking: "Run the same command again to go on.",
      waiting: "`awsls timer watch` shows its rows as they come; `awsls timer disable` turns it off.",
    }[during],
  }),
};

function adviceOn(code: string, message: string): string {
  if (/^Access to Role .* is forbidden/.test(message)) return ROLE_FORBIDDEN;
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(code)) {
    return "Ask for the right named above (`awsls permissions` prints the policy with all of them), then run the same command again: it goes on where it stopped.";
  }
  if (/BadRequest|Validation|InvalidParameter|InvalidRequest/.test(code)) {
    return "Correct what AWS names (`awsls status` shows what differs), then run the same command again.";
  }
  return code === "PreconditionFailedException"
    ? "Somebody changed it after it was looked at; nothing of that was overwritten. Run the same command again: it looks anew."
    : "Run the same command again: it goes on where it stopped.";
}

/** Node names the place itself, most times. */
function unlessSaid(path: string, details: string): string {
  return details.includes(path) || details.includes(pathToFileURL(path).href) ? "." : `: ${path}`;
}

function isIn(folder: string, line: string, message: string): boolean {
  return line.includes(folder) && !line.includes(message);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** A failure inside a list: its details if they are one line, else what happened. */
function oneLine(problem: Problem): string {
  const { what, details } = explain(problems, problem);
  return details === undefined || details.includes("\n") ? what : details;
}

/** The stack of what a function threw. */
function traceOf(payload: unknown): string | undefined {
  if (typeof payload !== "object" || payload === null || !("trace" in payload)) return undefined;
  const { trace } = payload;
  return Array.isArray(trace) && trace.length > 0 ? trace.map(String).join("\n") : undefined;
}
