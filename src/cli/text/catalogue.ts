// What a language has to say: the compiler asks each of them for every sentence.

import type { AuthStatusResult } from "../../commands/auth-status.ts";
import type { CloudInfo, Question, Removed } from "../../commands/context.ts";
import type { NodeVersion } from "../../commands/step-show.ts";
import type { EjectOutcome } from "../../commands/function-eject.ts";
import type { Condition } from "../../commands/status.ts";
import type { TimerStatusResult } from "../../commands/timer-status.ts";
import type { TimerTrouble } from "../../commands/timer-troubles.ts";
import type { Action, CallEvent, Notice, NoticeCode, NoticeData, TakenOver, Waiting } from "../../core/event.ts";
import type { ExchangeNote, Expected } from "../../core/exchange.ts";
import type { HandlerName } from "../../core/names.ts";
import type { EntryName, Maker, OtherUsers, Problem, ProblemCode, Problems } from "../../core/problem.ts";
import type { InvocationReport, LogLine } from "../../core/row.ts";
import type { TimerRun } from "../../core/timer-run.ts";
import type { Settings, TargetRecord } from "../../state/state.ts";
import type { PermissionsTexts } from "./permissions-texts.ts";
import type { IdentityTexts } from "./identity-texts.ts";
import type { SignInTexts } from "./sign-in-texts.ts";
import type { AuthAdminTexts } from "./auth-admin-texts.ts";
import type { commands, groups, options, positionals, program } from "./en/help.ts";

export interface Explained {
  /** What failed, and where. */
  readonly what: string;
  /** AWS's or Node's own words. */
  readonly details?: string;
  /** Of the function that it is about. */
  readonly log?: readonly LogLine[];
  /** What to do now; `awsls …` in it is written as the user called it. */
  readonly todo: string;
}

export type ProblemTexts = { readonly [C in ProblemCode]: (data: Problems[C]) => Explained };
/** The columns are the terminal's: what is long is broken there between words. */
export type NoticeTexts = { readonly [C in NoticeCode]: (data: NoticeData[C], columns: number) => string };

export interface ProgressTexts {
  readonly done: Readonly<Record<Action | "none", string>>;
  readonly failed: string;
  readonly doing: Readonly<Record<Action | "read", string>>;
  waiting(waiting: Waiting): string;
  expected(what: Expected): string;
  /** Behind a request. */
  readonly notes: Readonly<Record<ExchangeNote, string>>;
  /** How an AWS call ended: `200, 34 ms`. */
  called(call: Pick<CallEvent, "status" | "error" | "ms" | "attempts">): string;
  /** @param line leads a terminal to the local cloud */
  awsLocally(line: string): string;
  /** Of calls with an identity pool's credentials: which command gives them. */
  calledAs(line: string): string;
  shortened(start: string, characters: number): string;
}

export interface TakeoverTexts {
  /** So many, and whose they were; undefined when no tag says so. */
  heading(count: number, belongsTo?: Maker): string;
  /** In a few words, for the question; a dry run shows each change. */
  becomes(taken: Pick<TakenOver, "resource" | "changes" | "users">): string;
  /** Of a role. */
  usedToo(users: OtherUsers): string;
  readonly policiesGo: string;
  codeKept(path: string): string;
  /** Of the components that are taken over: which of them get tags. */
  tags(components: readonly string[]): string;
}

export interface RowTexts {
  /** How an invocation went. */
  report(report: InvocationReport): string;
  initFailed(report: InvocationReport): string;
  readonly late: string;
  /** How long after the row before it. */
  since(time: string): string;
}

export interface TimerTexts {
  enabled(schedule: string): string;
  wasEnabled(schedule: string): string;
  /** @param due none on a local cloud that is faster than the clock */
  firstRun(due: string | undefined): string;
  readonly firstRow: string;
  readonly watchIt: string;
  readonly disabled: string;
  readonly wasDisabled: string;
  readonly storedRow: string;
  readonly noStoredRow: string;
  ruleIs(rule: NonNullable<TimerStatusResult["rule"]>): string;
  readonly noRule: string;
  next(run: {
    readonly at: string | undefined;
    readonly within: string | undefined;
    readonly speed: number | undefined;
  }): string;
  rowsLastHour(rows: NonNullable<TimerStatusResult["rows"]>): string;
  readonly noTable: string;
  readonly noRuns: string;
  lastRuns(shown: number, all: number): string;
  run(run: TimerRun): string;
  readonly troubles: Readonly<Record<TimerTrouble, string>>;
}

export interface AuthTexts {
  readonly enabled: string;
  readonly wasEnabled: string;
  readonly disabled: string;
  readonly wasDisabled: string;
  /** Which of them want a token. */
  routes(protectedRoutes: readonly string[], auth: NonNullable<Settings["auth"]>): string;
  /** @param hasOwnCode the function's code is the learner's */
  adminsDelete(hasOwnCode: boolean): string;
  readonly signUp: string;
  readonly again: string;
  /** One line of `auth status` each. */
  poolIs(pool: Pick<AuthStatusResult, "userPoolId" | "clientId" | "issuer" | "users">): readonly string[];
  readonly leftover: string;
  routeIs(route: AuthStatusResult["routes"][number]): string;
}

/** What is asked for on a terminal. */
export interface EntryTexts {
  prompt(of: EntryName): string;
  /** A new password is typed twice. */
  readonly again: string;
  readonly differ: string;
  /** What was typed is no code. */
  readonly sixDigits: string;
  /** Secret, URI and QR code follow. */
  readonly scan: string;
  /** Secret and URI follow. */
  readonly type: string;
  /** The screen is too small for the QR code. */
  readonly noRoom: string;
}

export interface ResultTexts {
  seconds(ms: number): string;
  readonly nothingToDo: string;
  changed(changed: number, all: number): string;
  readonly tryIt: string;
  stepDone(step: number): string;
  stepWasDone(step: number): string;
  readonly next: string;
  readonly noValue: string;
  /** What is deployed is not what is here. */
  readonly codeDiffers: string;
  readonly wouldChange: string;
  readonly wouldNotChange: string;
  readonly wouldDelete: string;
  deleted(count: number, took: string): string;
  readonly notDeleted: string;
  notThere(command: string): string;
  /** What is there is not this stack's. */
  readonly nothingOurs: string;
  noStack(stack: string, lookedIn: string): string;
  readonly nothingLeft: string;
  readonly dataDeleted: string;
  wouldDetach(routes: number): string;
  /** The command that attaches them follows. */
  detached(routes: number): string;
  readonly noTarget: string;
  readonly conditions: Readonly<Record<Condition, string>>;
  stackOn(stack: string, target: TargetRecord): string;
  /** @param wanting what it needs to answer, and does not have */
  urlIs(url: string, wanting: readonly string[]): string;
  timerIs(timer: NonNullable<Settings["timer"]>): string;
  authIs(auth: NonNullable<Settings["auth"]>): string;
  identityIs(identity: NonNullable<Settings["identity"]>): string;
  readonly wouldSend: string;
  allAnswered(requests: number): string;
  kept(id: string): string;
  empty(table: string): string;
  moreItems(shown: number, table: string): string;
  /** Of the routes before step 6. */
  readonly notAttached: string;
  localRuns(cloud: Omit<CloudInfo, "credentials">): string;
  localData(folder: string): string;
  localIsStopped(folder: string): string;
  localWasStopped(folder: string): string;
  localWasNotRunning(lookedIn: string): string;
  localIsNot(lookedIn: string): string;
  readonly localIsEmpty: string;
  noLines(logGroup: string, since: string): string;
  invoked(name: string, status: number, took: string): string;
  readonly logTail: string;
  readonly wouldInvoke: string;
  /** Which Node.js runs a function. */
  runsOn(node: NodeVersion): string;
  askToDelete(list: string): string;
  askToDetach(question: Pick<Extract<Question, { about: "detach" }>, "routes" | "api">): string;
  askToTakeOver(question: Pick<Extract<Question, { about: "takeover" }>, "count" | "deletes">): string;
  /** What has to be known of something before it is deleted. */
  removalNotes(removed: Removed): readonly string[];
  readonly takenOver: string;
  keptCode(path: string): string;
  /** The user said no to a takeover. */
  readonly notChanged: string;
  readonly askToReset: string;
  /** What became of a handler; the file is as seen from here. */
  readonly ejected: Readonly<Record<EjectOutcome, (file: string) => string>>;
  readonly wouldEject: Readonly<Record<EjectOutcome, (file: string) => string>>;
  readonly deployIt: string;
  readonly deployAtSaves: string;
  readonly watch: {
    watching(folder: string): string;
    live(handler: HandlerName, took: string, doubt?: string): string;
    readonly servesOn: string;
    gone(stack: string): string;
  };
  readonly yes: RegExp;
  bug(stack: string): string;
}

export type CommandName = keyof typeof commands;
export type OptionFlags = keyof typeof options;
export type ArgumentName = keyof typeof positionals;
export type GroupName = keyof typeof groups;

export interface HelpTexts {
  readonly commands: Readonly<Record<CommandName, string>>;
  readonly options: Readonly<Record<OptionFlags, string>>;
  readonly positionals: Readonly<Record<ArgumentName, string>>;
  readonly groups: Readonly<Record<GroupName, string>>;
  readonly program: Readonly<Record<keyof typeof program, string>>;
}

export interface Catalogue {
  readonly problems: ProblemTexts;
  readonly notices: NoticeTexts;
  readonly progress: ProgressTexts;
  readonly results: ResultTexts;
  readonly takeover: TakeoverTexts;
  readonly rows: RowTexts;
  readonly timer: TimerTexts;
  readonly auth: AuthTexts;
  readonly entries: EntryTexts;
  readonly signIn: SignInTexts;
  readonly authAdmin: AuthAdminTexts;
  readonly identity: IdentityTexts;
  readonly permissions: PermissionsTexts;
  readonly help: HelpTexts;
  /** What AWS's thing is called; an unknown one by its own name. */
  label(component: string): string;
  /** Its name and, where names are not unique, its id. */
  title(named: Named): string;
}

interface Named {
  readonly name: string;
  readonly id?: string | undefined;
}

// Each catalogue's own type ties a code to its data; a union of them has lost the tie.

export function explain<C extends ProblemCode>(problems: ProblemTexts, { code, data }: Problem<C>): Explained {
  return (problems[code] as (data: Problems[C]) => Explained)(data);
}

export function say(notices: NoticeTexts, { code, data }: Notice, columns: number): string {
  return (notices[code] as (data: NoticeData[NoticeCode], columns: number) => string)(data, columns);
}
