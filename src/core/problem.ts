// Everything that can go wrong and is not our bug: a code with data. The sentences live in src/cli/text.

import type { Exchange } from "./exchange.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import type { HandlerName } from "./names.ts";
import type { LogLine } from "./row.ts";
import type { ScheduleFault } from "./schedule.ts";
import type { AuthRefusal, NotSignedInReason, UncertainAuth } from "./sign-in.ts";

/** What each code carries. A new problem is a line here and a sentence in the catalogue: the compiler asks for it. */
export interface Problems {
  // 2 · usage
  InvalidStackName: { stack: string };
  /** `command`: whose help lists the option. */
  InvalidOption: { option: string; value: string; must: OptionRule; command?: string };
  /** Nobody was there to enter it. `line`: of stdin, which has too few. */
  ValueMissing: { value: EntryName; option: string; line?: number; command?: string };
  BadSchedule: { expression: string; fault: ScheduleFault };
  // 3 · configuration, credentials, state
  NoRegion: { profile?: string };
  InvalidRegion: { region: string };
  /** `variable`: the one that names it. */
  UnknownProfile: { profile: string; variable?: string };
  NoCredentials: { profile?: string; reason?: string };
  ExpiredCredentials: { kind: "sso" | "login" | "session"; profile?: string };
  RefusedCredentials: { code: string; message: string; region?: string };
  EndpointUnreachable: { endpoint: string; reason: string };
  NotAnAwsEndpoint: { endpoint: string; operation: string };
  StateDamaged: { path: string; is: StateDamage; details: string };
  StateOfOther: { path: string; stack: string };
  StateNewer: { path: string; version: number };
  StateLocked: { path: string; command: string; pid: number; host: string; since: string };
  Unwritable: { path: string; reason: string };
  DiskFull: { path: string };
  /** The command did its work, but what it has to say could not be written to stdout. */
  OutputLost: { reason: string };
  /** `asked` is empty for `--local`. */
  TargetConflict: { stack: string; asked: string; recorded: TargetData; source: string };
  AccountConflict: { stack: string; recorded: string; caller: string };
  NothingHere: { stack: string; lookedIn: string };
  StepMissing: { command: string; first: string };
  /** Identity pools have other names there. */
  IdentityPartition: { partition: string };
  /** An identity pool of the stack takes tokens of the user pool. */
  IdentitiesLeft: { command: string; first: string };
  StillAttached: { command: string; first: string; routes: number };
  RoleUnusable: { roleArn: string; why: "missing" | "trust" | "account"; account: string };
  /** Others would lose rights by a takeover, and no person has said yes to that. */
  RoleShared: { name: string; roleArn: string; users: OtherUsers; answer: "beforehand" | "unasked" };
  Foreign: { resources: readonly ForeignResource[]; stack: string; stopped?: StoppedCommand };
  /** Several of one name, none of them this stack's: which one to take over cannot be told. */
  NotUnique: { resource: string; name: string; stack: string; candidates: readonly Candidate[] };
  OwnershipUnknown: { resource: string; name: string; action: string };
  OtherOrigin: {
    stack: string;
    owner: string;
    origin: string;
    created?: string;
    here: string;
    stopped?: StoppedCommand;
  };
  /** `reason`: Node's words when it is there but cannot be read. */
  HandlerMissing: { file: string; is: "packaged" | "ejected"; reason?: string };
  HandlerSyntax: { file: string; details: string };
  /** It cannot even be loaded: a misspelt import or name, no handler. `trace` are lines. */
  HandlerUnloadable: { folder: string; errorType: string; message: string; trace: readonly string[] };
  /** Something of the learner's is where a handler would be copied to. */
  HandlerExists: { folder: string };
  /** A link to a folder, or to nothing: a zip has files only. */
  HandlerLink: { file: string };
  /** In bytes; `largest` are parts of the folder. */
  HandlerTooLarge: { folder: string; size: number; limit: number; largest: readonly CodePart[] };
  /** The live function's code was ejected, and nothing says where it is. */
  EjectedCodeLost: { name: string; lookedIn: string };
  LocalCloudFailed: {
    doing: "start" | "reach" | "keep" | "stop" | "reset" | "inbox" | "discard";
    reason: string;
    log: string;
  };
  /** `speed`: of its schedules. */
  LocalCloudRuns: { url: string; speed: number };
  /** Not even data of one. */
  NoLocalCloud: { lookedIn: string };
  LocalRegion: { asked: string; recorded: string };
  /** The stack is recorded, the data of its local cloud is not there any more. */
  LocalDataGone: { stack: string; path: string; folder: string };
  /** `start`: the command that starts it, the user's own cloud or one that ends with its stacks. */
  LocalCloudStopped: {
    folder: string;
    start: "up" | "local start";
    stacks?: readonly string[];
    holds?: readonly string[];
  };
  ItemExists: { id: string };
  ItemUnknown: { id: string; status: number; body: string };
  UserUnknown: { email: string };
  /** One who has a password already, which is left alone. `status`: AWS's word. */
  UserExists: { email: string; status: string };
  GroupUnknown: { group: string };
  /** Mails go where no lever of ours reaches. */
  NoInbox: { kind: TargetData["kind"] };
  /** Code that would be replaced, and could not be kept at `path` first. */
  CodeNotFetched: { name: string; region: string; path: string; reason: string };
  /** Where code would be kept there is something else. */
  KeptCodeDiffers: { path: string };
  /**
   * An identity pool gives no credentials. "broken": `resources` are not as they should be; "fresh": they are, but AWS has not noticed
   * it yet; "guests": it knows none.
   */
  IdentityRefused: {
    why: "broken" | "fresh" | "token" | "guests";
    command: string;
    resources: readonly { readonly component: string; readonly name: string }[];
    message: string;
  };
  /** Nobody is signed in, or no longer. */
  NotSignedIn: { why: NotSignedInReason; command: string; /** Guests may do it, too. */ guests?: boolean };
  TokensDamaged: { path: string; is: StateDamage | "newer"; details: string };
  Protected: { resource: string; name: string; field: string };
  /** Whether others use a role cannot be told for want of that right. */
  RoleUnchecked: { action: string };
  // 4 · AWS refused or timed out
  AwsRefused: AwsRefusal;
  /** A user's own call; `message` are Cognito's words. */
  AuthRefused: { why: AuthRefusal; command: string; email?: string; message: string };
  AuthUncertain: { operation: UncertainAuth; email?: string; reason: string };
  /** Cognito wants something that awsls cannot give; `wants` are attributes. */
  ChallengeUnsupported: { challenge: string; why: "unknown" | "terminal" | "attributes"; wants?: readonly string[] };
  TimedOut: { doing: string; seconds: number; last?: string };
  /** Who may call these routes is not what was set, or not yet. */
  RoutesNotLive: { url: string; routes: string; seconds: number };
  /** The reply was lost: it may have run, or not. */
  InvokeUncertain: { handler: HandlerName; name: string; reason: string };
  /** The timer is on, but no row came into that table. */
  NoRow: { name: string; seconds: number };
  /** The user may be there all the same. */
  MailNotSent: { email: string; reason: string };
  // 5 · left behind, failed test
  LeftBehind: { failures: readonly Failure[] };
  StepsFailed: { failures: readonly Failure[] };
  /** Routes that are not the stack's want its tokens, too. */
  AuthorizerInUse: { name: string; routes: readonly string[] };
  /** Not tried, because something that needs it is still there. */
  StillNeeded: { by: string; name: string };
  /** The function ran and failed: it threw, took too long, died. */
  FunctionFailed: FailedInvocation;
  TestFailed: { failed: number; total: number; exchanges: readonly Exchange[] };
  // 130
  Interrupted: { during: "making" | "removing" | "looking" | "asking" | "waiting" };
}

/** The command that something of others' stopped. */
export interface StoppedCommand {
  /** As typed. */
  readonly command: string;
  /** Whether it has `--adopt`. */
  readonly canAdopt: boolean;
}

/** "notState": JSON, but of something else. "misshapen": `details` say which member is, and how. */
export type StateDamage = "empty" | "notJson" | "notState" | "misshapen";

export interface FailedInvocation {
  /** Whose code it is. */
  readonly handler: HandlerName;
  readonly name: string;
  /** AWS's word: `Unhandled`. */
  readonly functionError: string;
  readonly errorType?: string;
  readonly errorMessage?: string;
  /** What the invocation answered, whole. */
  readonly payload: unknown;
  /** The end of its log. */
  readonly log: readonly LogLine[];
}

/** A part of a handler's folder, and its size in bytes. */
export interface CodePart {
  readonly name: string;
  readonly size: number;
}

/** Where a stack lives. */
export interface TargetData {
  readonly kind: "local" | "endpoint" | "aws";
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly account: string;
}

/** What a person enters. */
export type EntryName = "password" | "currentPassword" | "newPassword" | "mailedCode" | "totpCode";

/** What an option's value has to be. */
export type OptionRule =
  | "itemId"
  | "port"
  | "speed"
  | "number"
  | "architecture"
  | "roleArn"
  | "noEndpoint"
  | "url"
  | "noDryRun"
  | "since"
  | "past"
  | "noFollowing"
  | "loggedFunction"
  | "json"
  | "payloadFile"
  | "payloadSize"
  | "deploys"
  | "noUndo"
  | "oneSchedule"
  | "protect"
  | "count"
  | "handler"
  | "email"
  | "code"
  | "flow"
  | "groupName"
  | "noPassword"
  | "nameOrId"
  | "accountId"
  | "noCheck";

export type ProblemCode = keyof Problems;

export interface ForeignResource {
  readonly resource: string;
  readonly name: string;
  /** Of an API, whose name is not unique. */
  readonly id?: string;
  /** As far as its tags say. */
  readonly belongsTo?: Maker;
  /** Ids of others of its name, which are not this stack's either. */
  readonly others?: readonly string[];
}

/** One of several of a name. */
export interface Candidate {
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly belongsTo?: Maker;
}

/** Names of whoever uses a resource, too; "unknown": the right to look for them is missing. */
export type OtherUsers = readonly string[] | "unknown";

/** Who made a resource, for which stack, and where. */
export interface Maker {
  readonly stack: string;
  readonly region: string;
  readonly owner: string;
  readonly origin: string;
}

export interface AwsRefusal {
  /** The right that is missing, where the message does not name it. */
  readonly missing?: string;
  readonly service: string;
  readonly operation: string;
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly region?: string;
  readonly account?: string;
}

/** One component that did not get where it should, and why. */
export interface Failure {
  readonly resource: string;
  readonly name: string;
  readonly problem: Problem;
}

/** A failure that the user can act on. Anything else that is thrown is a bug of ours. */
export class Problem<C extends ProblemCode = ProblemCode> extends Error {
  readonly code: C;
  readonly data: Problems[C];

  constructor(code: C, data: Problems[C], options?: { cause?: unknown }) {
    super(code, options);
    this.name = "Problem";
    this.code = code;
    this.data = data;
  }

  /** What `--json` shows of it, also of one inside another. */
  toJSON(): { code: C; data: Problems[C] } {
    return { code: this.code, data: this.data };
  }

  /** Exit code of a command that ends with this problem (DESIGN §1.3). */
  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

/** Narrows to one code, so that `data` has its type. */
export function isProblem<C extends ProblemCode>(error: unknown, code: C): error is Problem<C> {
  return error instanceof Problem && error.code === code;
}
