// What changes a function that exists: code, configuration, tags, one call at a time with AWS settled in between.

import {
  type FunctionConfiguration,
  LambdaClient,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { isAwsError } from "../../aws/errors.ts";
import { retryWhile } from "../../aws/wait.ts";
import { type Change, isSame } from "../../core/change.ts";
import { type Observed, paceOf, type Scope } from "../resource.ts";
import { missingTags } from "../tags.ts";
import type { FunctionSpec, LambdaFunction } from "./function.ts";
import { configurationOf, type SentConfiguration, toVariables, withConfiguration } from "./function-configuration.ts";
import { requireSettled, waitUntilSettled } from "./function-settled.ts";
import { isRolePropagating } from "./role-propagation.ts";

/** Changes of these go with the code: architecture is a property of the package. */
const CODE_FIELDS = new Set(["CodeSha256", "Architectures"]);

interface Update {
  /** What the function is afterwards, seen from what it was. */
  after(seen: LambdaFunction): LambdaFunction;
  send(revision: Revision): Promise<FunctionConfiguration>;
}

type Revision = Partial<Record<"RevisionId", string>>;

/**
 * Sends exactly what differs, and only over the function that was observed.
 * @throws `PreconditionFailedException` of AWS when somebody changed it since
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html RevisionId
 */
export async function updateFunction(
  scope: Scope,
  spec: FunctionSpec,
  { live, tags }: Observed<LambdaFunction>,
  changes: readonly Change[],
): Promise<void> {
  const updates = updatesFor(scope, spec, live, changes);
  const goal = updates.reduce((before, update) => update.after(before), live);
  let seen = live;
  // Its last update may have failed before: then the first of these is the cure.
  let settle = waitUntilSettled;
  for (const update of updates) {
    seen = await scope.oneAtATime(live.functionName, () => sendOver(scope, update, { seen, goal, settle }));
    settle = requireSettled;
  }
  const missing = missingTags(spec.tags, tags);
  if (Object.keys(missing).length > 0) {
    const command = new TagResourceCommand({ Resource: live.functionArn, Tags: missing });
    const send = (): Promise<unknown> => scope.clients.get(LambdaClient).send(command);
    await scope.oneAtATime(live.functionName, () => whileBusy(scope, live.functionName, send));
  }
}

/**
 * No request in between fails for want of a variable: the environment goes before code that may need it. (With the role, for
 * which AWS encrypts it.) The handler's name and the runtime belong to the code and follow it.
 */
function updatesFor(scope: Scope, spec: FunctionSpec, live: LambdaFunction, changes: readonly Change[]): Update[] {
  const differing = differingConfiguration(spec, live, changes);
  const sendsCode = changes.some(({ field, from }) => CODE_FIELDS.has(field) || from === "Failed");
  if (!sendsCode) return configurationUpdates(scope, spec, differing);
  if (differing.Environment === undefined) {
    return [codeUpdate(scope, spec), ...configurationUpdates(scope, spec, differing)];
  }
  const { Environment, Role, ...rest } = differing;
  return [
    ...configurationUpdates(scope, spec, { Environment, ...(Role === undefined ? {} : { Role }) }),
    codeUpdate(scope, spec),
    ...configurationUpdates(scope, spec, rest),
  ];
}

function codeUpdate({ clients }: Scope, { functionName: FunctionName, code, architecture }: FunctionSpec): Update {
  const input = { FunctionName, ZipFile: code.zip, Architectures: [architecture] };
  return {
    after: (seen) => ({ ...seen, codeSha256: code.sha256, architecture }),
    send: (revision) => clients.get(LambdaClient).send(new UpdateFunctionCodeCommand({ ...input, ...revision })),
  };
}

/** One, or none when there is nothing to send. */
function configurationUpdates(
  { clients }: Scope,
  { functionName: FunctionName }: FunctionSpec,
  sent: SentConfiguration,
): Update[] {
  if (Object.keys(sent).length === 0) return [];
  const send = (revision: Revision): Promise<FunctionConfiguration> =>
    clients.get(LambdaClient).send(new UpdateFunctionConfigurationCommand({ FunctionName, ...sent, ...revision }));
  return [{ after: (seen) => withConfiguration(seen, sent), send }];
}

/** For the last calls of a run that was killed to come in. */
const TRIES = 3;

interface Over {
  readonly seen: LambdaFunction;
  /** What all updates together make of it. */
  readonly goal: LambdaFunction;
  readonly settle: typeof requireSettled;
}

/**
 * Over what was seen, by the id that AWS gives it now: that one also moves with a function's state, its tags and its policy.
 * Over what somebody else made of it by the id that was seen, which AWS then refuses.
 * @returns what the function is from now on
 */
async function sendOver(scope: Scope, update: Update, { seen, goal, settle }: Over): Promise<LambdaFunction> {
  for (let tries = 1; ; tries++) {
    const found = await settle(scope, seen.functionName);
    const isOurs = isOnTheWay(found, seen, goal);
    const done = update.after(found);
    // Sent again after a lost reply, a call is refused because of its own success.
    if (tries > 1 && isOnTheWay(found, done, done)) return found;
    const { revisionId: RevisionId } = isOurs ? found : seen;
    try {
      const send = (): Promise<FunctionConfiguration> => update.send(RevisionId === undefined ? {} : { RevisionId });
      const { RevisionId: revisionId } = await whileBusy(scope, seen.functionName, send);
      return { ...done, ...(revisionId === undefined ? {} : { revisionId }) };
    } catch (error) {
      if (!isAwsError(error, "PreconditionFailedException") || !isOurs || tries === TRIES) throw error;
    }
  }
}

/** Of what AWS changes by itself. */
const STATES: ReadonlySet<string> = new Set(["revisionId", "state", "lastUpdateStatus"]);

/** Nobody else has changed it: every member is as it was seen, or as it will be. */
function isOnTheWay(found: LambdaFunction, seen: LambdaFunction, goal: LambdaFunction): boolean {
  const members = Object.keys({ ...found, ...seen }).filter(
    (member) => !STATES.has(member),
  ) as (keyof LambdaFunction)[];
  return members.every((member) => isSame(found[member], seen[member]) || isSame(found[member], goal[member]));
}

/** The members that differ: AWS leaves the others as they are. */
function differingConfiguration(
  spec: FunctionSpec,
  live: LambdaFunction,
  changes: readonly Change[],
): SentConfiguration {
  const wanted = {
    ...configurationOf(spec),
    // Replaced as a whole by AWS: variables that others set stay.
    Environment: { Variables: toVariables({ ...live.environment, ...spec.environment }) },
  };
  const differs = new Set(changes.map(({ field }) => field.split(".")[0]));
  return Object.fromEntries(Object.entries(wanted).filter(([member]) => differs.has(member)));
}

function whileBusy<T>(scope: Scope, functionName: string, send: () => Promise<T>): Promise<T> {
  return retryWhile(
    isBusy,
    send,
    paceOf(scope, functionName, (last) => ({ for: "live", last })),
  );
}

function isBusy(error: Error): boolean {
  return (
    isRolePropagating(error) ||
    (isAwsError(error, "ResourceConflictException") && /in progress|concurrent/i.test(error.message))
  );
}
