// From options to a context: state, target, local cloud, clients, identity, lock; and everything given back afterwards.

import { existsSync } from "node:fs";
import { dirname, relative } from "node:path";
import { devNull } from "node:os";
import { type Clients, createClients, type Connection } from "../aws/clients.ts";
import { toProblem } from "../aws/errors.ts";
import { type Identity, readIdentity } from "../aws/identity.ts";
import { findCredentials } from "../aws/shared-config.ts";
import type { Answer, CloudInfo, CloudProcess, Question, StackContext } from "../commands/context.ts";
import { systemClock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { DEFAULT_STACK, namesOf } from "../core/names.ts";
import { isProblem, Problem } from "../core/problem.ts";
import { checkSyntax, type PackagedCode } from "../stack/code.ts";
import { originOfThisMachine, ownerOf } from "../stack/ownership.ts";
import { acquireLock, type Lock } from "../state/lock.ts";
import { type Settings, type TargetRecord } from "../state/state.ts";
import { openState, type StateStore, zipPathOf } from "../state/store.ts";
import { endStack } from "./close-stack.ts";
import { connectedTo } from "./connected.ts";
import { handlerHere, packageHandler, sourceOf } from "./handlers.ts";
import { keepZips } from "./kept-zips.ts";
import { localCloud } from "./local-cloud.ts";
import { localStacksIn } from "./other-stacks.ts";
import { cloudFolderOf, lockPathOf, statePathOf } from "./places.ts";
import { chooseTarget, type TargetChoice, type TargetOptions } from "./target.ts";

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

/**
 * "make" may start a local cloud, "continue" only one that has something in it, "remove" ends it with the last stack,
 * "look" writes nothing.
 */
export type Purpose = "make" | "continue" | "change" | "remove" | "look";

export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** As typed: `up`, `table create`. */
  readonly command: string;
  /** It sends the handler's code. */
  readonly deploys: boolean;
  ask(question: Question): Promise<Answer>;
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
  const isWriting = purpose !== "look" && options.dryRun !== true;
  const isMaking = purpose === "make" || purpose === "continue";
  const isThere = existsSync(path);
  let lock: Lock | undefined;
  let cloud: CloudProcess | undefined;
  let clients: Clients | undefined;
  let wasStartedHere = false;
  let isDone = false;
  let state: StateStore | undefined;
  try {
    // Also to clean up after one that died before it had anything to record, and when the state is lost but the zip is not.
    if (isWriting && (isMaking || isThere || existsSync(lockPathOf(path)) || existsSync(zipPathOf(path)))) {
      lock = acquireLock(lockPathOf(path), command, systemClock.now());
      if (lock.takenOverFrom !== undefined) emit({ type: "notice", code: "LockTakenOver", data: lock.takenOverFrom });
    }
    state = openState(path, names.stack);
    if (surroundings.deploys) await checkSyntax(sourceOf("crud", state.current().settings, path));
    const recorded = state.current().target;
    const found = localCloud(cloudFolderOf(cwd, path, recorded?.folder), emit, signal);
    const choice = await chooseTarget({ stack: names.stack, options, env, recorded, localUrl: found.lastUrl(), emit });
    let running: CloudInfo | undefined;
    if (choice.kind === "local") {
      cloud = found;
      running = await cloud.find();
      if (isWriting && (purpose === "make" || (purpose === "continue" && cloud.hasData()))) {
        wasStartedHere = running === undefined && !cloud.hasData();
        // Also for one that runs: it refuses another region than its own.
        running = await cloud.start("command", choice.region === undefined ? {} : { region: choice.region });
      }
      const mayBeVacant = isMaking && !state.existed && !cloud.hasData();
      if (running === undefined && !mayBeVacant) throw cloudIsStopped(cloud, path, state, names.stack);
    }
    const isVacant = choice.kind === "local" && running === undefined;
    const connection = isVacant ? nowhere(choice) : await connect(choice, running, options.profile);
    if (!isVacant)
      emit(connectedTo({ ...choice, region: connection.region }, cloud?.folder, options.profile, { cwd, env }));
    const emitCall = options.verbose === true && isWriting ? keepZips(path, cwd, emit) : emit;
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
      isWriting,
    });
    if (isMaking && context.target.kind === "aws" && options.dryRun !== true) {
      const { account, region } = context.target;
      emit({ type: "notice", code: "NotesOnAws", data: { account, region, owner: context.session.owner.owner } });
    }
    const result = await work(context);
    isDone = true;
    return result;
  } catch (error) {
    // Looking without a state file and without AWS settings: the wrong folder is likelier than missing settings.
    const isLost = state?.existed !== true && !isMaking && options.region === undefined;
    if (isLost && isNothingToFind(error))
      throw new Problem("NothingHere", { stack: names.stack, lookedIn: path }, { cause: error });
    throw error;
  } finally {
    clients?.destroy();
    const mayEndCloud = wasStartedHere || (purpose === "remove" && isDone);
    if (isWriting) await endStack({ path, lock, state, cloud: mayEndCloud ? cloud : undefined, emit });
  }
}

const LOCAL_ATTEMPTS = 3;

interface Opening {
  readonly options: StackOptions;
  readonly surroundings: Surroundings;
  readonly choice: TargetChoice;
  readonly cloud: CloudProcess | undefined;
  readonly clients: Clients;
  /** The local cloud, when it runs. */
  readonly running: CloudInfo | undefined;
  /** A local cloud that does not run: nobody to ask. */
  readonly isVacant: boolean;
  readonly state: StateStore;
  readonly names: StackContext["session"]["names"];
  readonly isWriting: boolean;
}

async function openContext({
  options,
  surroundings,
  choice,
  cloud,
  clients,
  running,
  isVacant,
  state,
  names,
  isWriting,
}: Opening): Promise<StackContext> {
  const { signal, emit } = surroundings;
  const { region } = clients.connection;
  const identity = isVacant ? NOBODY : await whoCalls(clients, options.profile ?? surroundings.env["AWS_PROFILE"]);
  const folder = cloud === undefined ? undefined : relative(dirname(state.path), cloud.folder);
  const target = toTarget(choice, identity, region, folder);
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
    ...(running?.node === undefined ? {} : { localNode: running.node }),
    ask: surroundings.ask,
    packageCrud: (settings) =>
      once(packed, `${settings.bundle ?? false} ${settings.code?.crud ?? ""}`, async () => {
        // Code that was found again after the state file was lost has not been looked at yet.
        const isNew = settings.code?.crud !== state.current().settings.code?.crud;
        if (surroundings.deploys && isNew) await checkSyntax(sourceOf("crud", settings, state.path));
        return packageHandler("crud", settings, state.path);
      }),
    crudHere: handlerHere("crud", surroundings.cwd, state.path),
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
      ...(isVacant ? { isVacant } : {}),
    },
  };
}

/** A local cloud that a dry run must not start: nobody is ever asked there. */
const nowhere = ({ region = "" }: TargetChoice): Connection => ({
  region,
  credentials: { accessKeyId: "", secretAccessKey: "" },
});
const NOBODY: Identity = { account: "", partition: "aws", arn: "", owner: "" };

/** @throws {Problem} what is wrong with credentials or endpoint: this is a command's first call */
async function whoCalls(clients: Clients, profile: string | undefined): Promise<Identity> {
  try {
    return await readIdentity(clients);
  } catch (error) {
    const { endpoint, region } = clients.connection;
    throw toProblem(error, { endpoint, profile, region }) ?? error;
  }
}

async function connect(
  choice: TargetChoice,
  running: CloudInfo | undefined,
  profile: string | undefined,
): Promise<Connection> {
  if (running !== undefined) {
    // Nothing of the learner's own AWS settings may reach the local cloud's clients.
    process.env["AWS_CONFIG_FILE"] = devNull;
    process.env["AWS_SHARED_CREDENTIALS_FILE"] = devNull;
    return { region: running.region, endpoint: running.url, credentials: running.credentials };
  }
  const credentials = await findCredentials(profile);
  return {
    region: choice.region ?? "",
    credentials,
    ...(choice.endpoint === undefined ? {} : { endpoint: choice.endpoint }),
  };
}

function toTarget(
  { kind, endpoint }: TargetChoice,
  { account }: Identity,
  region: string,
  folder: string | undefined,
): TargetRecord {
  return {
    kind,
    region,
    account,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(folder === undefined ? {} : { folder }),
  };
}

/** An option changes its setting, a command without the option keeps it. */
function chosenSettings({ roleArn: given, ...recorded }: Settings, options: StackOptions): Settings {
  const { architecture, bundle, roleArn = given } = options;
  return {
    ...recorded,
    ...(architecture === undefined ? {} : { architecture }),
    ...(bundle === undefined ? {} : { bundle }),
    ...(typeof roleArn === "string" ? { roleArn } : {}),
  };
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

/** Without the cloud nothing can be looked at; with no stack and no data, there is nothing. */
function cloudIsStopped({ folder, hasData }: CloudProcess, path: string, state: StateStore, stack: string): Problem {
  if (hasData())
    return new Problem("LocalCloudStopped", { folder, start: "up", stacks: localStacksIn(dirname(path), path) });
  return state.existed
    ? new Problem("LocalDataGone", { stack, path, folder })
    : new Problem("NothingHere", { stack, lookedIn: path });
}

/** No state, and no credentials or region to look on AWS either. */
function isNothingToFind(error: unknown): boolean {
  return isProblem(error, "NoRegion") || isProblem(error, "NoCredentials") || isProblem(error, "NothingHere");
}
