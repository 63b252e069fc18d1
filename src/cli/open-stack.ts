// From options to a context: state, target, local cloud, clients, identity, lock; and everything given back afterwards.

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { type Clients, createClients } from "../aws/clients.ts";
import type { Answer, CloudInfo, CloudProcess, Entry, Question, StackContext } from "../commands/context.ts";
import { systemClock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { DEFAULT_STACK, type HandlerName, namesOf } from "../core/names.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { checkSyntax } from "../stack/code.ts";
import { acquireLock, type Lock } from "../state/lock.ts";
import type { Settings } from "../state/state.ts";
import { openState, type StateStore, zipPathOf } from "../state/store.ts";
import { tokensPathOf } from "../state/tokens.ts";
import { endStack } from "./close-stack.ts";
import { connectedTo } from "./connected.ts";
import { sourceOf } from "./handlers.ts";
import { keepZips } from "./kept-zips.ts";
import { localCloud } from "./local-cloud.ts";
import { localStacksIn } from "./other-stacks.ts";
import { cloudFolderOf, lockPathOf, statePathOf } from "./places.ts";
import { isMaking, isRemoving, isWriting, mayStartCloud, type Purpose } from "./purpose.ts";
import { connect, nowhere, openContext } from "./stack-context.ts";
import { chooseTarget, type TargetOptions } from "./target.ts";

export interface StackOptions extends TargetOptions {
  readonly stack?: string;
  readonly state?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly adopt?: boolean;
  readonly verbose?: boolean;
  readonly architecture?: "x86_64" | "arm64";
  readonly bundle?: boolean;
  readonly roleArn?: string | false;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** As typed: `up`, `table create`. */
  readonly command: string;
  /** Handlers whose code it sends. */
  deploys(settings: Settings): readonly HandlerName[];
  ask(question: Question): Promise<Answer>;
  enter(entry: Entry): Promise<string | undefined>;
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
  const { cwd, env, emit, command, signal } = surroundings;
  const path = statePathOf(options, cwd);
  const isDry = options.dryRun === true;
  const writes = isWriting(purpose) && !isDry;
  const makes = isMaking(purpose);
  let lock: Lock | undefined;
  let cloud: CloudProcess | undefined;
  let clients: Clients | undefined;
  let wasStartedHere = false;
  let isDone = false;
  let state: StateStore | undefined;
  try {
    // Also to clean up after one that died before it had anything to record, and when the state is lost but not what is beside it.
    if (
      writes &&
      (makes || [path, lockPathOf(path), zipPathOf(path), tokensPathOf(path)].some((file) => existsSync(file)))
    ) {
      lock = acquireLock(lockPathOf(path), command, systemClock.now());
      if (lock.takenOverFrom !== undefined) emit({ type: "notice", code: "LockTakenOver", data: lock.takenOverFrom });
    }
    state = openState(path, names.stack);
    const { settings } = state.current();
    for (const handler of surroundings.deploys(settings)) await checkSyntax(sourceOf(handler, settings, path));
    const recorded = state.current().target;
    const found = localCloud(cloudFolderOf(cwd, path, recorded?.folder), emit, signal);
    const choice = await chooseTarget({ stack: names.stack, options, env, recorded, localUrl: found.lastUrl(), emit });
    let running: CloudInfo | undefined;
    if (choice.kind === "local") {
      cloud = found;
      running = await cloud.find();
      if (!isDry && mayStartCloud(purpose, cloud.hasData())) {
        wasStartedHere = running === undefined && !cloud.hasData();
        // Also for one that runs: it refuses another region than its own.
        running = await cloud.start("command", choice.region === undefined ? {} : { region: choice.region });
      }
      const mayBeVacant = makes && !state.existed && !cloud.hasData();
      // What would only look at it does not make it this stack's.
      const start = state.existed && !isDry ? "up" : "local start";
      if (running === undefined && !mayBeVacant)
        throw cloudIsStopped(cloud, { path, state, stack: names.stack, start });
    }
    const isVacant = choice.kind === "local" && running === undefined;
    const connection = isVacant ? nowhere(choice) : await connect(choice, running, { profile: options.profile, env });
    if (!isVacant)
      emit(connectedTo({ ...choice, region: connection.region }, cloud?.folder, options.profile, { cwd, env }));
    const emitCall = options.verbose === true && writes ? keepZips(path, cwd, emit) : emit;
    // One that does not answer on this machine is gone; on AWS throttling takes patience.
    const attempts = choice.kind === "local" ? { maxAttempts: LOCAL_ATTEMPTS } : {};
    clients = createClients({ connection, emit: emitCall, signal, ...attempts });
    const context = await openContext({
      options,
      surroundings,
      choice,
      cloud,
      clients,
      running,
      isVacant,
      state,
      names,
      isWriting: writes,
    });
    if (makes && context.target.kind === "aws" && options.dryRun !== true) {
      const { account, region } = context.target;
      emit({ type: "notice", code: "NotesOnAws", data: { account, region, owner: context.session.owner.owner } });
    }
    const result = await work(context);
    isDone = true;
    return result;
  } catch (error) {
    // Looking without a state file and without AWS settings: the wrong folder is likelier than missing settings.
    const isLost = state?.existed !== true && !makes && options.region === undefined;
    if (isLost && isNothingToFind(error))
      throw new Problem("NothingHere", { stack: names.stack, lookedIn: path }, { cause: error });
    throw error;
  } finally {
    clients?.destroy();
    const mayEndCloud = wasStartedHere || (isRemoving(purpose) && isDone);
    if (writes) await endStack({ path, lock, state, cloud: mayEndCloud ? cloud : undefined, emit });
  }
}

const LOCAL_ATTEMPTS = 3;

interface Stopped {
  readonly path: string;
  readonly state: StateStore;
  readonly stack: string;
  /** The command that starts it. */
  readonly start: "up" | "local start";
}

/** Without the cloud nothing can be looked at; with no stack and no data, there is nothing. */
function cloudIsStopped({ folder, hasData }: CloudProcess, { path, state, stack, start }: Stopped): Problem {
  if (hasData()) return new Problem("LocalCloudStopped", { folder, start, stacks: localStacksIn(dirname(path), path) });
  return state.existed
    ? new Problem("LocalDataGone", { stack, path, folder })
    : new Problem("NothingHere", { stack, lookedIn: path });
}

/** No state, and no credentials or region to look on AWS either. */
function isNothingToFind(error: unknown): boolean {
  return isProblem(error, "NoRegion") || isProblem(error, "NoCredentials") || isProblem(error, "NothingHere");
}
