// The members of a function's configuration that awsls sets: what is wanted and what is live, in AWS's words.

import type { Runtime } from "@aws-sdk/client-lambda";
import { type Change, changesBetween } from "../../core/change.ts";
import type { FunctionSpec, LambdaFunction } from "./function.ts";

type Configured = Pick<LambdaFunction, "description" | "handler" | "memorySize" | "roleArn" | "timeout"> & {
  readonly runtime: string;
};

/** Of UpdateFunctionConfiguration, all but the environment. */
export function configurationOf({ description, handler, memorySize, roleArn, runtime, timeout }: Configured): {
  Description: string;
  Handler: string;
  MemorySize: number;
  Role: string;
  Runtime: Runtime;
  Timeout: number;
} {
  return {
    Description: description,
    Handler: handler,
    MemorySize: memorySize,
    Role: roleArn,
    // As AWS or the specification gave it.
    Runtime: runtime as Runtime,
    Timeout: timeout,
  };
}

/** Variable by variable; others' are none of them. */
export function environmentChanges(spec: FunctionSpec, live: LambdaFunction): Change[] {
  if (live.environment === undefined) return [];
  return changesBetween(spec.environment, live.environment).map((change) => ({
    ...change,
    field: `Environment.${change.field}`,
  }));
}
