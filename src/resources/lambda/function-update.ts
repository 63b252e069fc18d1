// What changes a function that exists: code, configuration, tags, one call at a time with AWS settled in between.

import {
  LambdaClient,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from "@aws-sdk/client-lambda";
import { isAwsError } from "../../aws/errors.ts";
import { retryWhile } from "../../aws/wait.ts";
import type { Change } from "../../core/change.ts";
import { type Observed, paceOf, type Scope } from "../resource.ts";
import { missingTags } from "../tags.ts";
import type { FunctionSpec, LambdaFunction } from "./function.ts";
import { configurationOf } from "./function-configuration.ts";
import { isRolePropagating } from "./role-propagation.ts";

/** Changes of these go with the code: architecture is a property of the package. */
const CODE_FIELDS = new Set(["CodeSha256", "Architectures"]);

/**
 * Sends exactly what differs.
 * @param settled waits until AWS takes the next change
 * @see https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
export async function updateFunction(
  scope: Scope,
  spec: FunctionSpec,
  { live, tags }: Observed<LambdaFunction>,
  changes: readonly Change[],
  settled: () => Promise<unknown>,
): Promise<void> {
  const lambda = scope.clients.get(LambdaClient);
  const FunctionName = spec.functionName;
  const write = <T>(send: () => Promise<T>): Promise<T> =>
    scope.oneAtATime(FunctionName, () =>
      retryWhile(
        isBusy,
        send,
        paceOf(scope, FunctionName, (last) => ({ for: "live", last })),
      ),
    );

  if (changes.some(({ field, from }) => CODE_FIELDS.has(field) || from === "Failed")) {
    await write(() =>
      lambda.send(
        new UpdateFunctionCodeCommand({ FunctionName, ZipFile: spec.code.zip, Architectures: [spec.architecture] }),
      ),
    );
    await settled();
  }
  const configuration = differingConfiguration(spec, live, changes);
  if (Object.keys(configuration).length > 0) {
    const command = new UpdateFunctionConfigurationCommand({ FunctionName, ...configuration });
    await write(() => lambda.send(command));
    await settled();
  }
  const missing = missingTags(spec.tags, tags);
  if (Object.keys(missing).length > 0) {
    await write(() => lambda.send(new TagResourceCommand({ Resource: live.functionArn, Tags: missing })));
  }
}

/** The members that differ: AWS leaves the others as they are. */
function differingConfiguration(
  spec: FunctionSpec,
  live: LambdaFunction,
  changes: readonly Change[],
): Omit<UpdateFunctionConfigurationCommandInput, "FunctionName"> {
  const wanted = {
    ...configurationOf(spec),
    // Replaced as a whole by AWS: variables that others set stay.
    Environment: { Variables: { ...live.environment, ...spec.environment } },
  };
  const differs = new Set(changes.map(({ field }) => field.split(".")[0]));
  return Object.fromEntries(Object.entries(wanted).filter(([member]) => differs.has(member)));
}

function isBusy(error: Error): boolean {
  return (
    isRolePropagating(error) ||
    (isAwsError(error, "ResourceConflictException") && /in progress|concurrent/i.test(error.message))
  );
}
