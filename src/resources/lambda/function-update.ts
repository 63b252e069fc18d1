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
import { configurationOf, type SentConfiguration, withConfiguration } from "./function-configuration.ts";
import { requireSettled } from "./function-settled.ts";
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
 * @param settled as it is now that AWS takes the next change
 * @throws `PreconditionFailedException` of AWS when somebody changed it since
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html RevisionId
 */
export async function updateFunction(
  scope: Scope,
  spec: FunctionSpec,
  { live, tags }: Observed<LambdaFunction>,
  changes: readonly Change[],
  settled: LambdaFunction,
): Promise<void> {
  const updates = updatesFor(scope, spec, live, changes);
  const goal = updates.reduce((before, update) => update.after(before), live);
  let seen = live;
  let now = settled;
  for (const update of updates) {
    seen = await sendOver(scope, update, { seen, now, goal });
    now = await requireSettled(scope, spec.functionName);
  }
  const missing = missingTags(spec.tags, tags);
  if (Object.keys(missing).length > 0) {
    const command = new TagResourceCommand({ Resource: live.functionArn, Tags: missing });
    await write(scope, spec.functionName, () => scope.clients.get(LambdaClient).send(command));
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

/**
 * Over what was seen, by the id that AWS gives it now: that one also moves with a function's state, its tags and its policy.
 * Over what somebody else made of it by the id that was seen, which AWS then refuses.
 * @returns what the function is from now on
 */
async function sendOver(
  scope: Scope,
  update: Update,
  { seen, now, goal }: Readonly<Record<"seen" | "now" | "goal", LambdaFunction>>,
): Promise<LambdaFunction> {
  const { functionName } = seen;
  let found = now;
  for (let tries = 1; ; tries++) {
    const { revisionId: RevisionId } = isOnTheWay(found, seen, goal) ? found : seen;
    const revision = RevisionId === undefined ? {} : { RevisionId };
    try {
      const answer = await write(scope, functionName, () => update.send(revision));
      return { ...update.after(found), ...(answer.RevisionId === undefined ? {} : { revisionId: answer.RevisionId }) };
    } catch (error) {
      if (!isAwsError(error, "PreconditionFailedException") || tries === TRIES) throw error;
      found = await requireSettled(scope, functionName);
      if (!isOnTheWay(found, seen, goal)) throw error;
      // Sent again after a lost reply, a call is refused because of its own success.
      const done = update.after(found);
      if (isOnTheWay(found, done, done)) return found;
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
    Environment: { Variables: { ...live.environment, ...spec.environment } },
  };
  const differs = new Set(changes.map(({ field }) => field.split(".")[0]));
  return Object.fromEntries(Object.entries(wanted).filter(([member]) => differs.has(member)));
}

function write<T>(scope: Scope, functionName: string, send: () => Promise<T>): Promise<T> {
  const pace = paceOf(scope, functionName, (last) => ({ for: "live", last }));
  return scope.oneAtATime(functionName, () => retryWhile(isBusy, send, pace));
}

function isBusy(error: Error): boolean {
  return (
    isRolePropagating(error) ||
    (isAwsError(error, "ResourceConflictException") && /in progress|concurrent/i.test(error.message))
  );
}
