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
  let seen = live;
  let now = settled;
  for (const update of updatesFor(scope, spec, live, changes)) {
    seen = await sendOver(scope, update, seen, now);
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

/**
 * Over what was seen, by the id that AWS gives it now: that one also moves with a function's state, its tags and its policy.
 * Over anything else by the id that was seen, which AWS then refuses.
 * @returns what the function is from now on
 */
async function sendOver(
  scope: Scope,
  update: Update,
  seen: LambdaFunction,
  now: LambdaFunction,
): Promise<LambdaFunction> {
  const wanted = update.after(seen);
  const { revisionId: RevisionId } = hasSameContent(seen, now) ? now : seen;
  try {
    const answer = await write(scope, seen.functionName, () =>
      update.send(RevisionId === undefined ? {} : { RevisionId }),
    );
    return { ...wanted, ...(answer.RevisionId === undefined ? {} : { revisionId: answer.RevisionId }) };
  } catch (error) {
    if (!isAwsError(error, "PreconditionFailedException")) throw error;
    // Sent again after a lost reply, a call is refused because of its own success.
    const found = await requireSettled(scope, seen.functionName);
    if (!hasSameContent(wanted, found)) throw error;
    return found;
  }
}

/** Of what AWS changes by itself. */
const STATES = { revisionId: undefined, state: undefined, lastUpdateStatus: undefined };

function hasSameContent(one: LambdaFunction, other: LambdaFunction): boolean {
  return isSame({ ...one, ...STATES }, { ...other, ...STATES });
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
