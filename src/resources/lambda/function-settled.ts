// When a function is over being made or changed: only then does AWS take the next change.
// https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html

import { type FunctionConfiguration, GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { unlessMissing } from "../../aws/errors.ts";
import { waitUntil } from "../../aws/wait.ts";
import { Problem } from "../../core/problem.ts";
import { paceOf, type Scope } from "../resource.ts";
import type { LambdaFunction } from "./function.ts";
import { toFunction } from "./function-configuration.ts";

/** Waits until the function can be invoked and changed. Inactive functions count: an invoke wakes them. */
export async function waitUntilSettled(scope: Scope, functionName: string): Promise<LambdaFunction> {
  return toFunction((await settledConfiguration(scope, functionName)) ?? {});
}

function settledConfiguration(scope: Scope, functionName: string): Promise<FunctionConfiguration | undefined> {
  return waitUntil(
    () => readConfiguration(scope, functionName),
    (seen) => seen !== undefined && seen.State !== "Pending" && seen.LastUpdateStatus !== "InProgress",
    (seen) => seen?.State ?? "not visible yet",
    paceOf(scope, `function ${functionName} Active`, (last) => ({ for: "active", last })),
  );
}

/** @throws {Problem} `AwsRefused` with AWS's reason when creation or update failed */
export async function requireSettled(scope: Scope, functionName: string): Promise<LambdaFunction> {
  const configuration = await settledConfiguration(scope, functionName);
  const failed =
    configuration?.State === "Failed"
      ? { code: configuration.StateReasonCode, message: configuration.StateReason }
      : configuration?.LastUpdateStatus === "Failed"
        ? { code: configuration.LastUpdateStatusReasonCode, message: configuration.LastUpdateStatusReason }
        : undefined;
  if (failed !== undefined) {
    const { code = "Failed", message = "" } = failed;
    throw new Problem("AwsRefused", {
      service: "lambda",
      operation: "GetFunctionConfiguration",
      code,
      message,
      name: functionName,
    });
  }
  return toFunction(configuration ?? {});
}

export function readConfiguration(scope: Scope, functionName: string): Promise<FunctionConfiguration | undefined> {
  return unlessMissing(
    scope.clients.get(LambdaClient).send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
    "ResourceNotFoundException",
  );
}
