// What a command of the table is: its options, and its work, loaded only when it runs.

import type { FolderContext, LocalContext, StackContext, WatchContext } from "../commands/context.ts";
import type { Emit } from "../core/event.ts";
import type { HandlerName, Names } from "../core/names.ts";
import type { Settings, TargetRecord } from "../state/state.ts";
import type { Purpose } from "./purpose.ts";
import type { Words } from "./render.ts";
import type { ArgumentName, CommandName, OptionFlags } from "./text/catalogue.ts";

export type OptionValues = Readonly<Record<string, unknown>>;

export interface Finished {
  /** What `--json` prints. */
  readonly result: unknown;
  /** It did its work, and found what a script has to hear of: exit code 5. */
  readonly hasFailed?: boolean;
  /** Its lines have colours, and nothing else in them acts on the terminal. */
  readonly isPainted?: true;
  /** What it prints instead, where problems in it are told. */
  document?(words: Words): unknown;
  lines(words: Words): string[];
}

/** What is printed comes of what goes on once the stack is closed and its lock is free. */
export interface Following {
  follow(context: WatchContext): Promise<Finished | void>;
}

interface BaseCommand {
  /** `table create`, `auth mfa enable`: nouns and verb as typed. */
  readonly name: CommandName;
  /** Beside the global ones. */
  readonly options?: readonly OptionFlags[];
  /** Words behind the command; their values are among the options' under the names between the brackets. */
  readonly arguments?: readonly ArgumentName[];
  /** A shell runs what it prints, or prints with that option: that has to fail when it does. */
  readonly isForShell?: true | OptionFlags;
}

export interface StackCommand extends BaseCommand {
  readonly on: "stack";
  readonly purpose: Purpose;
  /** Handlers whose code it sends: a syntax error in that is found before any call. */
  deploys?(settings: Settings): readonly HandlerName[];
  /** Looks at the options before anything is opened or called. */
  check?(options: OptionValues): Promise<unknown>;
  /** It goes on until Ctrl-C, or until the reader of its rows has seen enough; neither is a failure. */
  isEndless?(options: OptionValues): boolean;
  /** What it can do without AWS. */
  readonly offline?: OfflineWork;
  /** Undefined when its rows have said it all. */
  run(context: StackContext, options: OptionValues): Promise<Finished | Following | undefined>;
}

export interface OfflineWork {
  /** "vacant": only where there is nobody to ask, for want of a stack, a region, credentials, or a cloud that runs. */
  when(options: OptionValues): "always" | "vacant" | "never";
  run(context: OfflineContext, options: OptionValues): Promise<Finished>;
}

/** What is known of a stack without asking anybody. */
export interface OfflineContext {
  readonly names: Names;
  readonly settings: Settings;
  readonly target?: TargetRecord;
  readonly region?: string;
  readonly emit: Emit;
}

export interface LocalCommand extends BaseCommand {
  readonly on: "local";
  run(context: LocalContext, options: OptionValues): Promise<Finished>;
}

/** About a stack's settings and the learner's files: neither credentials nor a cloud are needed. */
export interface FolderCommand extends BaseCommand {
  readonly on: "folder";
  /** Looks at the options before anything is opened. */
  check?(options: OptionValues): Promise<unknown>;
  run(context: FolderContext, options: OptionValues): Promise<Finished>;
}

export type Command = StackCommand | LocalCommand | FolderCommand;

/** Loaded only when there is something to print. */
export const rendering = (): Promise<typeof import("./render.ts")> => import("./render.ts");
export const renderingStatus = (): Promise<typeof import("./render-status.ts")> => import("./render-status.ts");
