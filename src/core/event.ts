// What a running command tells its reporter. Codes and data only; the reporter finds the words.

import type { Change } from "./change.ts";
import type { Exchange } from "./exchange.ts";
import type { ForeignResource, OtherUsers, Problem, TargetData } from "./problem.ts";
import type { Row } from "./row.ts";

export type Action = "create" | "update" | "replace" | "delete";

export type Waiting =
  | { readonly for: "active" | "gone" | "live"; readonly last?: string }
  /** AWS has not noticed yet what was just made or taken away: a role, a policy. */
  | { readonly for: "propagation"; readonly last?: string }
  | { readonly for: "turn"; readonly of: string }
  /** A function's last log lines may still arrive. */
  | { readonly for: "lateLines" }
  /** Of the timer. */
  | { readonly for: "row" };

/** Of a user pool. */
export interface UserCount {
  readonly count: number;
  /** Else AWS's estimate, which lags behind. */
  readonly isExact: boolean;
}

/** Not deleted, because others use it, too, or may. */
export interface UsedByOthers {
  readonly resource: string;
  readonly name: string;
  readonly users: OtherUsers;
}

/** Somebody else's resource that becomes ours. */
export interface TakenOver extends ForeignResource {
  readonly changes: readonly Change[];
  /** Functions that use it, too; only when there are any, or may be. */
  readonly users?: OtherUsers;
  /** What is deleted with it. */
  readonly deletes?: readonly Subject[];
  /** Where a function's code is kept before it is replaced. */
  readonly keptCode?: string;
}

/** What one resource is called towards the user: its kind (a key of the catalogue) and its name on AWS. */
export interface Subject {
  readonly component: string;
  readonly name: string;
}

/** Where a region was found. */
export type RegionSource = { readonly variable: string } | { readonly profile: string };

export interface NoticeData {
  /** A region in the environment or profile differs from the stack's and is ignored. */
  RegionIgnored: { region: string; source: RegionSource; using: string };
  /** Words in the policy that stand for what is not known. */
  PolicyPrinted: { placeholders: readonly string[] };
  /** A region is set, but this folder has a local cloud, which is used. */
  LocalChosen: { region: string };
  /** The line that `--verbose` prints names a file that could not be written. */
  ZipNotKept: { path: string; reason: string };
  LockTakenOver: { pid: number; command: string };
  PortChanged: { api?: string | undefined; from: number; to: number };
  LocalCloudStarted: { url: string; pid: number; speed: number };
  LocalCloudEnded: { folder: string };
  /** The variables lead whoever sets them here. */
  LeadsToLocalCloud: { url: string; folder: string };
  /** It also holds what no stack made. */
  LocalCloudStays: { folder: string; holds: readonly string[] };
  /** A handler of the learner's is here, but the package's own is deployed. */
  HandlerUnused: { folder: string };
  /** Watched is what nobody edits: the code in an installed package. */
  HandlerInstalled: { folder: string };
  /** Whether an item of that id is there already was looked at; `using`: the other one that is taken then. */
  ItemLookedFor: { id: string; using?: string };
  WaitingForDeploy: { url: string; status: number | string };
  NotesOnAws: { account: string; region: string; owner: string };
  Following: { logGroup: string };
  /** There is nothing to follow any more: the log group is deleted, or the local cloud has ended. */
  LogEnded: { logGroup: string; why: "group" | "cloud" };
  LookDelayed: { at: "log" | "table"; reason: string; seconds: number };
  WatchingRows: { table: string };
  /** In ISO 8601: by when the schedule is due, and until when a row is waited for. */
  WaitingForRow: { table: string; due?: string; until: string };
  /** No more rows can come. */
  RowsEnded: { table: string; why: "table" | "cloud" };
  /** What is watched puts no rows as long as its rule is off. */
  TimerIsOff: { name: string };
  /** Of our name but not ours: a removal does not touch it. */
  LeftAlone: ForeignResource;
  UsedByOthers: UsedByOthers;
  /** AWS's member that protected it against deletion was taken off for one that did not come about. */
  ProtectionOff: { resource: string; name: string; field: string };
  /** Code that a takeover replaced is left where it was kept: it is the user's. */
  CodeStays: { paths: readonly string[] };
  /** The tokens of that file are of another pool: whoever they are of is not signed in to this one. */
  OtherTokens: { path: string };
  /** Whose token `test` sends. */
  CallsAs: { email: string | undefined; username: string; groups: readonly string[] };
  /** Past the API, which lets only admins delete: by the credentials that own the table. */
  ItemDeleted: { table: string; id: string };
  /** `missing`: the right that it takes. */
  ItemStays: { table: string; id: string; missing?: string };
  /** It is asked for again. */
  CodeNotTaken: Record<string, never>;
  /** What `--adopt` takes over, and what changes with it; nothing is written yet. */
  TakesOver: { resources: readonly TakenOver[] };
}

export type NoticeCode = keyof NoticeData;

export type Notice = {
  [C in NoticeCode]: { readonly type: "notice"; readonly code: C; readonly data: NoticeData[C] };
}[NoticeCode];

export interface CallEvent {
  readonly type: "call";
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly ms: number;
  /** HTTP status, undefined when no answer came. */
  readonly status?: number;
  readonly error?: string;
  readonly attempts: number;
  /** The answer was one page, and there are more. */
  readonly isPartial?: true;
  /** Whose credentials it was made with, where they are an identity pool's. */
  readonly as?: "user" | "guest";
  /** Where the zip that it sent is kept: a path from the current folder. */
  readonly zip?: string;
}

/** Where the calls that follow go. */
export interface ConnectedEvent {
  readonly type: "connected";
  readonly kind: TargetData["kind"];
  readonly region: string;
  readonly endpoint?: string;
  /** As given by `--profile`. */
  readonly profile?: string;
  /** Variables that are set and would lead the aws command elsewhere. */
  readonly unset: readonly string[];
  /** The folder with the local cloud, unless it is the current one. */
  readonly folder?: string;
}

export type RunEvent =
  | { readonly type: "started"; readonly subject: Subject; readonly action: Action | "read" }
  | { readonly type: "waiting"; readonly subject: Subject; readonly waiting: Waiting }
  | {
      readonly type: "finished";
      readonly subject: Subject;
      readonly outcome: Action | "none";
      readonly changes: readonly Change[];
      readonly ms: number;
    }
  | { readonly type: "failed"; readonly subject: Subject; readonly problem: Problem }
  | ({ readonly type: "exchange" } & Exchange)
  /** A part of the result of an endless command: stdout, not stderr. */
  | { readonly type: "row"; readonly row: Row }
  | Notice
  | ConnectedEvent
  | CallEvent;

export type Emit = (event: RunEvent) => void;
