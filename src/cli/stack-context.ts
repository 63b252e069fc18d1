// What a command is given of an opened stack: who calls and where, the settings that hold, and the way to AWS.

import { dirname, relative } from "node:path";
import { devNull } from "node:os";
import type { Clients, Connection } from "../aws/clients.ts";
import { toProblem } from "../aws/errors.ts";
import { type Identity, readIdentity } from "../aws/identity.ts";
import { type Environment, findCredentials, profileIn } from "../aws/shared-config.ts";
import type { CloudInfo, CloudProcess, StackContext } from "../commands/context.ts";
import { systemClock } from "../core/clock.ts";
import { Problem } from "../core/problem.ts";
import { checkSyntax, type PackagedCode } from "../stack/code.ts";
import { originOfThisMachine, ownerOf } from "../stack/ownership.ts";
import type { Settings, TargetRecord } from "../state/state.ts";
import type { StateStore } from "../state/store.ts";
import { handlerHere, packageHandler, sourceOf } from "./handlers.ts";
import type { StackOptions, Surroundings } from "./open-stack.ts";
import type { TargetChoice } from "./target.ts";

/** What a context is made of. */
export interface Opening {
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

/** @throws {Problem} what is wrong with the credentials, `AccountConflict` */
export async function openContext(opening: Opening): Promise<StackContext> {
  const { options, surroundings, choice, cloud, clients, running, isVacant, state, names, isWriting } = opening;
  const { signal, emit } = surroundings;
  const { region } = clients.connection;
  const identity = isVacant ? NOBODY : await whoCalls(clients, options.profile ?? profileIn(surroundings.env));
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
    ...(running === undefined ? {} : { localSpeed: running.speed }),
    ...(running === undefined || cloud === undefined ? {} : { inbox: () => cloud.inbox() }),
    ask: surroundings.ask,
    enter: surroundings.enter,
    packageHandler: (handler, settings) =>
      once(packed, `${handler} ${settings.bundle ?? false} ${settings.code?.[handler] ?? ""}`, async () => {
        // Code that was found again after the state file was lost has not been looked at yet.
        const isNew = settings.code?.[handler] !== state.current().settings.code?.[handler];
        const isDeployed = surroundings.deploys(settings).includes(handler);
        if (isDeployed && isNew) await checkSyntax(sourceOf(handler, settings, state.path));
        return packageHandler(handler, settings, state.path);
      }),
    handlerHere: (handler) => handlerHere(handler, surroundings.cwd, state.path),
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
export const nowhere = ({ region = "" }: TargetChoice): Connection => ({
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

/** For a local cloud that runs, and for everything else. */
export async function connect(
  choice: TargetChoice,
  running: CloudInfo | undefined,
  { profile, env }: { readonly profile?: string | undefined; readonly env: Environment },
): Promise<Connection> {
  if (running !== undefined) {
    // Nothing of the learner's own AWS settings may reach the local cloud's clients.
    process.env["AWS_CONFIG_FILE"] = devNull;
    process.env["AWS_SHARED_CREDENTIALS_FILE"] = devNull;
    return { region: running.region, endpoint: running.url, credentials: running.credentials };
  }
  const credentials = await findCredentials(env, profile);
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
