// How commands end.

import type { ResultTexts } from "../catalogue.ts";
import { membersOf } from "./auth-admin.ts";
import { label, titleOf } from "./labels.ts";
import { counted, userCount } from "./lists.ts";
import { madeBy } from "./makers.ts";

export const results: ResultTexts = {
  seconds: (ms) => (ms < 950 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`),
  nothingToDo: "Nothing to do: everything is as it should be",
  changed: (changed, all) => `${changed} of ${all} resources made or changed`,
  tryIt: "Try it:",
  stepDone: (step) => `Step ${step} done.`,
  stepWasDone: (step) => `Step ${step} was done already: nothing to do.`,
  next: "Next:",
  noValue: "none",
  codeDiffers: "code: what is here differs from what is deployed",
  wouldChange: "This would change (nothing was changed):",
  wouldNotChange: "Nothing would change.",
  wouldDelete: "This would be deleted (nothing was):",
  deleted: (count, took) => `${counted(count, "resource", "resources")} deleted (${took}).`,
  notDeleted: "Nothing was deleted.",
  notThere: (command) => `Nothing to do: there is nothing for \`${command}\` to delete.`,
  nothingOurs: "Nothing to do: nothing of this stack is there.",
  noStack: (stack, lookedIn) => `Nothing to do: there is no stack ${stack} here (looked for ${lookedIn}).`,
  nothingLeft: "Nothing of this stack is left.",
  dataDeleted: "The local cloud was not running: its data is deleted, nothing is left.",
  wouldDetach: (routes) =>
    `${counted(routes, "route", "routes")} would be detached (nothing was): the API would stop answering there.`,
  detached: (routes) =>
    `${counted(routes, "route", "routes")} detached: the API does not answer there until you attach them again:`,
  noTarget: "Nothing to do: no route has a target.",
  conditions: {
    exists: "exists",
    missing: "missing",
    drifted: "drifted",
    foreign: "foreign",
    unknown: "unknown",
    leftover: "left over",
  },
  stackOn: (stack, { kind, endpoint, account, region }) =>
    `${stack} on ${kind === "local" ? "the local cloud" : (endpoint ?? `AWS account ${account}`)}, ${region}`,
  urlIs: (url, wanting) =>
    wanting.length === 0 ? `URL:   ${url}` : `URL:   ${url} does not answer yet: ${wanting.join(", ")}`,
  authIs: ({ enabled, protect, adminsOnlyDelete }) => {
    const routes = {
      all: "all routes want a token",
      writes: "PUT and DELETE want a token",
      none: "no route wants a token",
    };
    return `Sign-in: ${enabled ? routes[protect] : "off"}${enabled && adminsOnlyDelete ? "; only admins delete" : ""}`;
  },
  identityIs: ({ guests, admins }) =>
    `AWS credentials: for users${guests ? " and guests" : ""}${admins ? "; admins have a role of their own" : ""}`,
  timerIs: ({ schedule, enabled }) => `Timer: ${schedule}${enabled ? "" : ", disabled"}`,
  wouldSend: "This would be sent (nothing was):",
  allAnswered: (requests) => `All ${requests} requests answered as they should.`,
  kept: (id) => `Item ${id} is kept:`,
  empty: (table) => `${table} is empty.`,
  moreItems: (shown, table) => `… the first ${shown} items; ${table} has more.`,
  notAttached: "not attached",
  localRuns({ url, region, account, pid, startedBy, speed, anyCredentials }) {
    const until = startedBy === "user" ? "until `local stop`" : "until nothing is in it";
    const schedules = speed > 1 ? ` Its schedules pass ${speed} times as fast.` : "";
    const keys = anyCredentials ? " It accepts every access key." : "";
    return `Running on ${url} (${region}, account ${account}, process ${pid}), ${until}.${schedules}${keys}`;
  },
  localData: (folder) => `Data: ${folder}`,
  localIsStopped: (folder) => `Stopped; its data is in ${folder}. Start it:`,
  localWasStopped: (folder) => `Stopped; its data stays in ${folder}.`,
  localWasNotRunning: (lookedIn) => `Nothing to do: it is not running (looked for ${lookedIn}).`,
  localIsNot: (lookedIn) => `There is no local cloud here (looked for ${lookedIn}).`,
  localIsEmpty: "The local cloud is empty.",
  askToTakeOver: ({ count, deletes }) =>
    `This takes over ${counted(count, "resource", "resources")}${deletes === 0 ? "" : ` and deletes ${counted(deletes, "policy", "policies")}`}. Go on? [y/N] `,
  askToDetach: ({ routes, api: { belongsTo, ...named } }) =>
    `This takes the integration off ${counted(routes, "route", "routes")} of the ${label(named.resource)} ${titleOf(named)} (${belongsTo === undefined ? "not made by awsls" : madeBy(belongsTo)}): the API stops answering there. It stays whose it is. Go on? [y/N] `,
  removalNotes: ({ component, protectedBy, takesOver, belongsTo, users, members }) => [
    ...(component === "table" ? ["with all its rows"] : []),
    ...(users === undefined ? [] : [`with ${userCount(users)}`]),
    ...(members === undefined ? [] : [membersOf(members)]),
    ...(component === "identityPool" ? ["with its identities: their own rows are nobody's then"] : []),
    ...(component === "authorizer" ? ["its routes are open to everybody then"] : []),
    ...(belongsTo !== undefined ? [madeBy(belongsTo)] : takesOver ? ["not made by awsls"] : []),
    ...(protectedBy === undefined ? [] : [`protected against deletion; ${protectedBy} is taken off first`]),
  ],
  takenOver: "taken over",
  keptCode: (path) => `The function's code of before is saved as ${path}`,
  notChanged: "Nothing was changed.",
  noLines: (logGroup, since) => `${logGroup} has no lines since ${since}. Earlier ones: --since 2h, --since 7d.`,
  invoked: (name, status, took) => `${name} answered (HTTP ${status}, ${took}):`,
  logTail: "The end of its log:",
  wouldInvoke: "The function would be invoked with (it was not):",
  runsOn: ({ version, of }) => (of === "runtime" ? `Node.js ${version}` : `Node.js ${version} of this machine`),
  askToDelete: (list) => `This deletes:\n${list}\nGo on? [y/N] `,
  askToReset: "This deletes every resource and row of the local cloud, of all stacks. Go on? [y/N] ",
  ejected: {
    copied: (file) => `The function's code is yours now: ${file}\nFrom now on that is what is deployed.`,
    taken: (file) => `From now on this is deployed: ${file}`,
    own: (file) => `Nothing to do: this is what is deployed already: ${file}`,
    packaged: (file) => `Nothing to do: this is the package's own file, and what is deployed already: ${file}`,
    undone: (file) => `From now on the package's own code is deployed. Yours stays: ${file}`,
    notEjected: () => "Nothing to do: the package's own code is deployed already.",
  },
  wouldEject: {
    copied: (file) => `This would be made (nothing was): ${file}`,
    taken: (file) => `This would be deployed from now on (nothing was changed): ${file}`,
    own: (file) => `Nothing would change: this is what is deployed already: ${file}`,
    packaged: (file) => `Nothing would change: this is the package's own file, and what is deployed: ${file}`,
    undone: (file) => `The package's own code would be deployed from now on (nothing was changed), not ${file}`,
    notEjected: () => "Nothing would change: the package's own code is deployed already.",
  },
  deployIt: "Deploy it:    ",
  deployAtSaves: "At every save:",
  watch: {
    watching: (folder) => `Watching ${folder}: what you save is deployed. Ctrl-C ends this; the stack stays.`,
    live: (handler, took, doubt) =>
      `${handler === "crud" ? "" : `${handler} `}live in ${took}${doubt === undefined ? "" : `; loading it here failed, so see whether it answers: ${doubt}`}`,
    servesOn: "What was live before serves on.",
    gone: (stack) => `The stack ${stack} is gone, or its function is: nothing is left to deploy to.`,
  },
  /** What counts as a yes to all of them. */
  yes: /^y(es)?$/i,
  bug: (stack) => `This is a bug in awsls, not your doing:\n${stack}`,
};
