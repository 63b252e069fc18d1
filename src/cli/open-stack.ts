// From options to a context: state, target, local cloud, clients, identity, lock; and everything given back afterwards.

import { basename, dirname, join, resolve } from "node:path";
import { devNull } from "node:os";
import { createClients, type Connection } from "../aws/clients.ts";
import { toProblem } from "../aws/errors.ts";
import { type Identity, readIdentity } from "../aws/identity.ts";
import { findCredentials } from "../aws/shared-config.ts";
import type { CloudInfo, CloudProcess, Question, StackContext } from "../commands/context.ts";
import { systemClock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { DEFAULT_STACK, namesOf } from "../core/names.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { checkSyntax, packageCode, type PackagedCode } from "../stack/code.ts";
import { originOfThisMachine, ownerOf } from "../stack/ownership.ts";
import { acquireLock, type Lock } from "../state/lock.ts";
import { isEmpty, type Settings, type TargetRecord } from "../state/state.ts";
import { discardState, openState, removeFolderIfEmpty, type StateStore } from "../state/store.ts";
import { localCloud, localStacksIn } from "./local-cloud.ts";
import { packageRoot } from "./package-root.ts";
import { chooseTarget, type TargetChoice, type TargetOptions } from "./target.ts";

export interface StackOptions extends TargetOptions {
  readonly stack?: string;
  readonly state?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly adopt?: boolean;
  readonly architecture?: "x86_64" | "arm64";
  readonly bundle?: boolean;
  readonly roleArn?: string;
}

/** "make" may start a local cloud, "remove" ends it with the last stack, "look" writes nothing. */
export type Purpose = "make" | "remove" | "change" | "look";

export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** As typed: `up`, `table create`. */
  readonly command: string;
  ask(question: Question): Promise<boolean>;
}

const FOLDER = ".awsls";

/** Where a local cloud keeps its data: beside the state, or in `.awsls/` of this folder. */
export function cloudFolder(statePath: string, cwd: string): string {
  const home = dirname(statePath);
  return join(basename(home) === FOLDER ? home : join(cwd, FOLDER), "local");
}

/**
 * Runs a command on a stack and leaves nothing behind that it does not need: lock, empty state, empty folder, idle cloud.
 * @throws {Problem} whatever keeps the stack from being opened, and what the command throws
 */
export async function withStack<T>(
  options: StackOptions,
  purpose: Purpose,
  surroundings: Surroundings,
  work: (context: StackContext) => Promise<T>,
): Promise<T> {
  const names = namesOf(options.stack ?? DEFAULT_STACK);
  const { cwd, env, emit, command } = surroundings;
  const path = resolve(cwd, options.state ?? join(FOLDER, `${names.stack}.json`));
  const isWriting = purpose !== "look" && options.dryRun !== true;
  const isThere = openState(path, names.stack).existed;
  let lock: Lock | undefined;
  let cloud: CloudProcess | undefined;
  let wasStartedHere = false;
  let isDone = false;
  let state: StateStore | undefined;
  try {
    const recorded = openState(path, names.stack).current().target;
    const choice = await chooseTarget({ stack: names.stack, options, env, recorded, emit });
    if (isWriting && (purpose === "make" || isThere)) {
      lock = acquireLock(lockPath(path), command, systemClock.now());
      if (lock.takenOverFrom !== undefined) emit({ type: "notice", code: "LockTakenOver", data: lock.takenOverFrom });
    }
    // Read again: whoever had the lock before may have written.
    state = openState(path, names.stack);
    let running: CloudInfo | undefined;
    if (choice.kind === "local") {
      cloud = localCloud(cloudFolder(path, cwd), emit);
      running = await cloud.find();
      if (isWriting && purpose === "make") {
        wasStartedHere = running === undefined && !cloud.hasData();
        // Also for one that runs: it refuses another region than its own.
        running = await cloud.start("command", choice.region === undefined ? {} : { region: choice.region });
      }
      if (running === undefined) throw cloudIsStopped(cloud, path, state, names.stack);
    }
    const context = await openContext({ options, surroundings, choice, running, state, names, isWriting });
    if (purpose === "make" && context.target.kind === "aws" && options.dryRun !== true) {
      const { account, region } = context.target;
      emit({ type: "notice", code: "NotesOnAws", data: { account, region, owner: context.session.owner.owner } });
    }
    const result = await work(context);
    isDone = true;
    return result;
  } catch (error) {
    // Looking without a state file and without AWS settings: the wrong folder is likelier than missing settings.
    const isLost = !isThere && (purpose !== "make" || options.dryRun === true) && options.region === undefined;
    if (isLost && isNothingToFind(error))
      throw new Problem("NothingHere", { stack: names.stack, lookedIn: path }, { cause: error });
    throw error;
  } finally {
    const mayEndCloud = isWriting && (wasStartedHere || (purpose === "remove" && isDone));
    lock?.release();
    if (isWriting) await tidy({ path, state, cloud: mayEndCloud ? cloud : undefined, emit });
  }
}

export function lockPath(statePath: string): string {
  return statePath.replace(/(\.json)?$/, ".lock");
}

interface Opening {
  readonly options: StackOptions;
  readonly surroundings: Surroundings;
  readonly choice: TargetChoice;
  readonly running: CloudInfo | undefined;
  readonly state: StateStore;
  readonly names: StackContext["session"]["names"];
  readonly isWriting: boolean;
}

async function openContext({
  options,
  surroundings,
  choice,
  running,
  state,
  names,
  isWriting,
}: Opening): Promise<StackContext> {
  const { signal, emit } = surroundings;
  const region = running?.region ?? choice.region ?? "";
  const connection = await connect(choice, running, region, options.profile);
  const clients = createClients({ connection, emit, signal });
  const identity = await readIdentity(clients).catch((error: unknown) => {
    throw toProblem(error, { endpoint: connection.endpoint, profile: options.profile, region }) ?? error;
  });
  const target = toTarget(choice, identity, region);
  const recorded = state.current().target;
  if (recorded !== undefined && recorded.account !== identity.account) {
    throw new Problem("AccountConflict", { stack: names.stack, recorded: recorded.account, caller: identity.account });
  }
  const packed = new Map<string, Promise<PackagedCode>>();
  return {
    emit,
    clock: systemClock,
    signal,
    target,
    settings: chosenSettings(state.current().settings, options),
    dryRun: options.dryRun ?? false,
    ask: surroundings.ask,
    packageCrud: (settings) => once(packed, String(settings.bundle ?? false), () => packageCrud(settings)),
    session: {
      clients,
      clock: systemClock,
      signal,
      emit,
      names,
      place: { region, account: identity.account, partition: identity.partition },
      owner: ownerOf(identity, names.stack, region, originOfThisMachine()),
      state: isWriting ? state : readOnly(state),
      adopt: options.adopt ?? false,
    },
  };
}

async function connect(
  choice: TargetChoice,
  running: CloudInfo | undefined,
  region: string,
  profile: string | undefined,
): Promise<Connection> {
  if (running !== undefined) {
    // Nothing of the learner's own AWS settings may reach the local cloud's clients.
    process.env["AWS_CONFIG_FILE"] = devNull;
    process.env["AWS_SHARED_CREDENTIALS_FILE"] = devNull;
    return { region, endpoint: running.url, credentials: running.credentials };
  }
  const credentials = await findCredentials(profile);
  return { region, credentials, ...(choice.endpoint === undefined ? {} : { endpoint: choice.endpoint }) };
}

function toTarget({ kind, endpoint }: TargetChoice, { account }: Identity, region: string): TargetRecord {
  return { kind, region, account, ...(endpoint === undefined ? {} : { endpoint }) };
}

/** An option changes its setting, a command without the option keeps it. */
function chosenSettings(recorded: Settings, { architecture, bundle, roleArn }: StackOptions): Settings {
  return {
    ...recorded,
    ...(architecture === undefined ? {} : { architecture }),
    ...(bundle === undefined ? {} : { bundle }),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

async function packageCrud({ bundle }: Settings): Promise<PackagedCode> {
  const root = packageRoot();
  const folder = join(root, "handlers", "crud");
  const nodeModules = bundle === true ? { nodeModules: join(root, "dist", "runtime-sdk", "node_modules") } : {};
  const [code] = await Promise.all([packageCode({ folder, ...nodeModules }), checkSyntax(folder)]);
  return code;
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const made = known.get(key) ?? make();
  known.set(key, made);
  return made;
}

/** A dry run or a look records nothing, whatever the code below it does. */
function readOnly(state: StateStore): StateStore {
  return { ...state, update: () => undefined };
}

/** Without the cloud nothing can be looked at; with no stack on it, there is nothing. */
function cloudIsStopped(cloud: CloudProcess, path: string, state: StateStore, stack: string): Problem {
  if (!cloud.hasData() || !state.existed) return new Problem("NothingHere", { stack, lookedIn: path });
  return new Problem("LocalCloudStopped", { folder: cloud.folder, stacks: localStacksIn(dirname(path), path) });
}

interface Tidying {
  readonly path: string;
  readonly state: StateStore | undefined;
  readonly cloud: CloudProcess | undefined;
  readonly emit: Emit;
}

async function tidy({ path, state, cloud, emit }: Tidying): Promise<void> {
  const folder = dirname(path);
  if (state !== undefined && isEmpty(state.current())) {
    discardState(path);
    const info = await cloud?.find();
    if (cloud !== undefined && info?.startedBy === "command" && localStacksIn(folder, path).length === 0) {
      await cloud.stop(true);
      removeFolderIfEmpty(dirname(cloud.folder));
      emit({ type: "notice", code: "LocalCloudEnded", data: { folder: cloud.folder } });
    }
  }
  if (basename(folder) === FOLDER) removeFolderIfEmpty(folder);
}

/**
 * A stack on a local cloud that does not run and holds nothing else: `down` deletes its data without starting it.
 * @returns false when this is not such a stack
 */
export function discardStoppedStack(options: StackOptions, cwd: string): boolean {
  const names = namesOf(options.stack ?? DEFAULT_STACK);
  const path = resolve(cwd, options.state ?? join(FOLDER, `${names.stack}.json`));
  const cloud = localCloud(cloudFolder(path, cwd), () => undefined);
  const state = openState(path, names.stack);
  if (state.current().target?.kind !== "local" || localStacksIn(dirname(path), path).length > 0) return false;
  void cloud.stop(true);
  discardState(path);
  removeFolderIfEmpty(dirname(cloud.folder));
  return true;
}

/** No state, and no credentials or region to look on AWS either. */
function isNothingToFind(error: unknown): boolean {
  return isProblem(error, "NoRegion") || isProblem(error, "NoCredentials") || isProblem(error, "NothingHere");
}
