// What is given back when a command ends: the state of a stack that is gone, its idle local cloud, empty folders.

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { CloudProcess } from "../commands/context.ts";
import type { RemovalResult } from "../commands/removal.ts";
import { systemClock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { DEFAULT_STACK, namesOf } from "../core/names.ts";
import { Problem } from "../core/problem.ts";
import { acquireLock, type Lock } from "../state/lock.ts";
import { forgetGuest } from "../state/guest.ts";
import { replacedCodeOf } from "../state/replaced-code.ts";
import { isEmpty, type Recorded, type State } from "../state/state.ts";
import { endState, openState, removeFolderIfEmpty, type StateStore } from "../state/store.ts";
import { forgetTokens } from "../state/tokens.ts";
import { localCloud } from "./local-cloud.ts";
import { isAnotherAtWork } from "./other-stacks.ts";
import type { StackOptions, Surroundings } from "./open-stack.ts";
import { cloudFolderOf, isOurFolder, lockPathOf, statePathOf } from "./places.ts";

interface Ending {
  readonly path: string;
  readonly lock: Lock | undefined;
  readonly state: StateStore | undefined;
  /** The cloud that may end with this stack. */
  readonly cloud: CloudProcess | undefined;
  readonly emit: Emit;
}

/** Of two commands that end at the same moment, the last one to give its lock back ends the cloud. */
export async function endStack({ path, lock, state, cloud, emit }: Ending): Promise<void> {
  const isGone = state !== undefined && isEmpty(state.current());
  try {
    // Without the lock it may be the state of a command that began meanwhile.
    if (isGone && lock !== undefined) forget(state, emit);
  } finally {
    lock?.release();
  }
  const folders = [dirname(path), ...(cloud === undefined ? [] : [dirname(cloud.folder)])];
  const isNeeded = folders.some((folder) => isAnotherAtWork(folder, path));
  if (isGone && cloud !== undefined && !isNeeded) await endCloud(cloud, emit);
  removeFolders(folders);
}

/** Of a stack of which nothing is left. */
function forget(state: StateStore, emit: Emit): void {
  endState(state);
  forgetTokens(state.path);
  forgetGuest(state.path);
  const paths = state.existed ? replacedCodeOf(state.path) : [];
  if (paths.length > 0) emit({ type: "notice", code: "CodeStays", data: { paths } });
}

async function endCloud(cloud: CloudProcess, emit: Emit): Promise<void> {
  if ((await cloud.find())?.startedBy !== "command") return;
  const { stopped, holds } = await cloud.stop({ erase: true, onlyIfEmpty: true });
  const { folder } = cloud;
  if (stopped) emit({ type: "notice", code: "LocalCloudEnded", data: { folder } });
  else if (holds.length > 0) emit({ type: "notice", code: "LocalCloudStays", data: { folder, holds } });
}

/** Removes `.awsls/` when nothing of ours is in it any more. */
export function removeFolders(folders: readonly string[]): void {
  for (const folder of new Set(folders)) if (isOurFolder(folder)) removeFolderIfEmpty(folder);
}

/**
 * A stack on a local cloud that does not run: when nothing else is in its data, that is deleted without starting it.
 * @throws {Problem} `LocalCloudStopped` naming what else is in it
 */
export async function discardStoppedStack(
  options: StackOptions,
  { cwd, emit, ask, command, signal }: Surroundings,
): Promise<RemovalResult> {
  const { stack } = namesOf(options.stack ?? DEFAULT_STACK);
  const path = statePathOf(options, cwd);
  const lock = existsSync(path) ? acquireLock(lockPathOf(path), command, systemClock.now()) : undefined;
  const state = openState(path, stack);
  const { resources, target } = state.current();
  const cloud = localCloud(cloudFolderOf(cwd, path, target?.folder), emit, signal);
  try {
    const subjects = Object.entries(resources).map(([component, { name }]) => ({ component, name }));
    const answer = subjects.length === 0 ? "yes" : await ask({ about: "removal", stack, resources: subjects });
    const isAgreed = answer !== "no";
    const result = { stack, deleted: [], planned: subjects, leftAlone: [], inUse: [], declined: !isAgreed, ms: 0 };
    if (!isAgreed) return result;
    const holds = cloud.hasData() ? await cloud.discard(arnEndsOf(resources)) : [];
    if (holds.length > 0) throw new Problem("LocalCloudStopped", { folder: cloud.folder, start: "local start", holds });
    if (lock !== undefined) forget(state, emit);
    return { ...result, deleted: subjects, planned: [] };
  } finally {
    lock?.release();
    removeFolders([dirname(path), dirname(cloud.folder)]);
  }
}

/** What a command left that was killed before there was anything to record: the folder of a cloud that never came to be. */
export async function sweepCloudFolder(options: StackOptions, { cwd, emit, signal }: Surroundings): Promise<void> {
  const cloud = localCloud(cloudFolderOf(cwd, statePathOf(options, cwd)), emit, signal);
  if (!existsSync(cloud.folder) || cloud.hasData()) return;
  await cloud.discard([]);
  removeFolders([dirname(cloud.folder)]);
}

/** One that was taken over may have a path. */
function roleEndOf({ name, attributes }: Recorded): string {
  return attributes["roleArn"]?.split(":").at(-1) ?? `role/${name}`;
}

/** Only what is recorded: whose a thing of the same name is cannot be told without its tags. */
function arnEndsOf(resources: State["resources"]): string[] {
  const { table, role, logGroup, function: lambda, api } = resources;
  const { timerRole, timerLogGroup, timerFunction, timerRule, userPool, identityPool } = resources;
  const { authenticatedRole, guestRole, adminsRole } = resources;
  const apiId = api?.attributes["apiId"];
  const userPoolId = userPool?.attributes["userPoolId"];
  const identityPoolId = identityPool?.attributes["identityPoolId"];
  const roles = [role, timerRole, authenticatedRole, guestRole, adminsRole];
  const named = (prefix: string, ...recorded: readonly (Recorded | undefined)[]): string[] =>
    recorded.flatMap((each) => (each === undefined ? [] : [`${prefix}${each.name}`]));
  return [
    ...named("table/", table),
    ...roles.flatMap((each) => (each === undefined ? [] : [roleEndOf(each)])),
    ...named("log-group:", logGroup, timerLogGroup),
    ...named("function:", lambda, timerFunction),
    ...named("rule/", timerRule),
    ...(apiId === undefined ? [] : [`/apis/${apiId}`]),
    ...(userPoolId === undefined ? [] : [`userpool/${userPoolId}`]),
    ...(identityPoolId === undefined ? [] : [`identitypool/${identityPoolId}`]),
  ];
}
