// What a command is given. It returns a value or throws; it never prints, exits, or reads the process.

import type { Environment } from "../aws/shared-config.ts";
import type { Clock } from "../core/clock.ts";
import type { Emit, Subject, UserCount } from "../core/event.ts";
import type { HandlerName } from "../core/names.ts";
import type { EntryName, ForeignResource, Maker } from "../core/problem.ts";
import type { Session } from "../stack/run.ts";
import type { CodeSource, PackagedCode } from "../stack/code.ts";
import type { Settings, TargetRecord } from "../state/state.ts";
import type { StateStore } from "../state/store.ts";

/** What a command may ask the user; the words are the reporter's. */
export type Question =
  | {
      readonly about: "removal";
      readonly stack: string;
      readonly resources: readonly Removed[];
    }
  /** Routes of an API that is somebody else's. */
  | { readonly about: "detach"; readonly stack: string; readonly routes: number; readonly api: ForeignResource }
  /** Which, it has told already. */
  | {
      readonly about: "takeover";
      readonly stack: string;
      readonly count: number;
      /** How many of its policies are deleted. */
      readonly deletes: number;
    };

/** What a removal deletes. */
export interface Removed extends Subject {
  /** Of an API, whose name is not unique. */
  readonly id?: string;
  /** AWS's member that protects it against deletion: it is taken off first. */
  readonly protectedBy?: string;
  /** They go with their pool. */
  readonly users?: UserCount;
  /** It is not this stack's, but taken over. */
  readonly takesOver?: true;
  readonly belongsTo?: Maker;
  /** Of a group of users. */
  readonly members?: number;
}

/** "beforehand": `--yes` was given. "unasked": it was not, and nobody is there to answer. */
export type Answer = "yes" | "no" | "beforehand" | "unasked";

/** A value that a command needs and was not given; the words are the reporter's. */
export interface Entry {
  readonly of: EntryName;
  /** What an authenticator app needs to know before it shows a code. */
  readonly secret?: TotpSecret;
}

export interface TotpSecret {
  /** In base32. */
  readonly secret: string;
  /** `otpauth://totp/…` */
  readonly uri: string;
}

interface BaseContext {
  readonly emit: Emit;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A stack and the AWS that it lives on. */
export interface StackContext extends BaseContext {
  readonly session: Session;
  readonly target: TargetRecord;
  /** What was chosen now over what was recorded. */
  readonly settings: Settings;
  readonly dryRun: boolean;
  /** The version of the Node.js that runs the local cloud, and in it the functions. */
  readonly localNode?: string;
  /** How many minutes of its schedules pass on the local cloud in one. */
  readonly localSpeed?: number;
  /** Every mail that Cognito sent on the local cloud, oldest first; elsewhere they really go out. */
  readonly inbox?: () => Promise<readonly Mail[]>;
  /** Asks on a terminal. */
  ask(question: Question): Promise<Answer>;
  /**
   * From stdin's lines with `--password-stdin`, else asked for on a terminal.
   * @returns undefined where nobody can enter it
   * @throws {Problem} `ValueMissing` for a line that stdin does not have
   */
  enter(entry: Entry): Promise<string | undefined>;
  /** Packs a function's code; the same promise every time. */
  packageHandler(handler: HandlerName, settings: Settings): Promise<PackagedCode>;
  /** Where in this folder a handler of the learner's own would be. */
  handlerHere(handler: HandlerName): OwnHandler;
}

export interface OwnHandler {
  readonly folder: string;
  /** As the settings would have it; only when there is one, chosen or not, and not the package's own. */
  readonly recorded?: string;
}

/** A stack's settings and the learner's folder: no AWS, no cloud is asked. */
export interface FolderContext extends BaseContext {
  readonly stack: string;
  readonly state: StateStore;
  readonly dryRun: boolean;
  readonly handlers: {
    /** The folder of this package's own. */
    packaged(handler: HandlerName): string;
    /** Where one is put that is ejected here. */
    usual(handler: HandlerName): string;
    /** Where the one is that was ejected; undefined when none was. */
    ejected(handler: HandlerName): string | undefined;
    isPackaged(handler: HandlerName, folder: string): boolean;
    /** As the settings have it. */
    toRecorded(folder: string): string;
  };
}

/** What goes on once the stack is closed again: its lock is free for other commands. */
export interface WatchContext extends BaseContext {
  readonly stack: string;
  /** The code of the stack's functions as it is now, the API's first; empty when the stack is gone. */
  look(): readonly Watched[];
  /**
   * Opens the stack for a moment.
   * @throws {Problem} `StateLocked` while another command is at work, `NothingHere` and whatever else keeps it closed
   */
  reopen<T>(work: (context: StackContext) => Promise<T>): Promise<T>;
  /**
   * Opens the stack for something that writes nothing: its lock stays free, however long that takes.
   * @throws {Problem} `NothingHere` and whatever else keeps it closed
   */
  use<T>(work: (context: StackContext) => Promise<T>): Promise<T>;
}

export interface Watched {
  readonly handler: HandlerName;
  readonly source: CodeSource;
  /** The API's, as recorded. */
  readonly url: string;
  /** The code is part of an installed package, where nobody edits it. */
  readonly isInstalled: boolean;
  pack(): Promise<PackagedCode>;
  /** Loads it as Lambda would, without calling the handler; undefined when nothing is known to be wrong. */
  tryLoading(): Promise<LoadFailure | undefined>;
}

/** As Lambda reports a function that cannot be loaded. */
export interface LoadFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Lines of its stack. */
  readonly trace: readonly string[];
}

/** The local cloud as a process on this machine. */
export interface LocalContext extends BaseContext {
  readonly cloud: CloudProcess;
  readonly env: Environment;
  /** Whether everything in it may go. */
  ask(): Promise<boolean>;
}

export interface CloudInfo {
  readonly url: string;
  readonly pid: number;
  readonly region: string;
  readonly account: string;
  readonly startedBy: "command" | "user";
  readonly anyCredentials: boolean;
  readonly speed: number;
  /** Of the Node.js that it runs on; one of an older awsls does not say. */
  readonly node?: string | undefined;
  readonly folder: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface StartOptions {
  readonly region?: string;
  readonly port?: number;
  readonly anyCredentials?: boolean;
  /** How many minutes of its rules' schedules pass in a real one. */
  readonly speed?: number;
}

export interface StopOptions {
  readonly erase: boolean;
  /** Leave it running when anything is in it: it decides that itself, so that nothing made in this moment is lost. */
  readonly onlyIfEmpty?: boolean;
}

export interface Stopped {
  readonly stopped: boolean;
  /** ARNs of what is still in it, where it was asked. */
  readonly holds: readonly string[];
}

/** One that Cognito would have sent. */
export interface Mail {
  readonly userPoolId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** Of an invitation the temporary password. */
  readonly code: string;
  readonly kind: MailKind;
}

export type MailKind = "sign-up" | "reset" | "invitation" | "attribute";

export interface CloudProcess {
  readonly folder: string;
  /** Undefined when it does not run. */
  find(): Promise<CloudInfo | undefined>;
  /** The running one, or a new one. */
  start(startedBy: CloudInfo["startedBy"], options?: StartOptions): Promise<CloudInfo>;
  /** Stops it when it runs, deleting its data if asked. */
  stop(options: StopOptions): Promise<Stopped>;
  /**
   * Deletes the data of one that does not run, when nothing else than these is in it.
   * @param resources the last parts of their ARNs, as `table/items`
   * @returns ARNs of what else is; none when the data is gone
   */
  discard(resources: readonly string[]): Promise<readonly string[]>;
  reset(): Promise<void>;
  /** @throws {Problem} `LocalCloudStopped` */
  inbox(): Promise<readonly Mail[]>;
  /** Whether there is data of a cloud, running or not. */
  hasData(): boolean;
  /** Where it listens, or did; undefined when there is no data. */
  lastUrl(): string | undefined;
}
