// The members of a function's configuration that awsls sets: what is wanted and what is live, in AWS's words.

import type { FunctionConfiguration, Runtime } from "@aws-sdk/client-lambda";
import type { Change } from "../../core/change.ts";
import type { FunctionSpec, LambdaFunction } from "./function.ts";

type Configured = Pick<LambdaFunction, "description" | "handler" | "memorySize" | "roleArn" | "timeout"> & {
  readonly runtime: string;
};

interface Configuration {
  readonly Description: string;
  readonly Handler: string;
  readonly MemorySize: number;
  readonly Role: string;
  readonly Runtime: Runtime;
  readonly Timeout: number;
}

/** Members of UpdateFunctionConfiguration that are sent together. */
export interface SentConfiguration extends Partial<Configuration> {
  readonly Environment?: { readonly Variables: Record<string, string> };
}

/** Of UpdateFunctionConfiguration, all but the environment. */
export function configurationOf({
  description,
  handler,
  memorySize,
  roleArn,
  runtime,
  timeout,
}: Configured): Configuration {
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
export function environmentChanges({ environment }: FunctionSpec, live: LambdaFunction): Change[] {
  const variables = live.environment;
  if (variables === undefined) return [];
  return Object.entries(environment)
    .filter(([name, to]) => variables[name] !== to)
    .map(([name, to]) => ({ field: `Environment.${name}`, from: variables[name], to }));
}

/** As AWS takes it: what is undefined is not there. */
export function toVariables(environment: FunctionSpec["environment"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What an update makes of the function. */
export function withConfiguration(live: LambdaFunction, sent: SentConfiguration): LambdaFunction {
  const { Environment, Role = live.roleArn, Runtime: runtime = live.runtime } = sent;
  const { Description = live.description, Handler = live.handler } = sent;
  const { MemorySize = live.memorySize, Timeout = live.timeout } = sent;
  return {
    ...live,
    description: Description,
    handler: Handler,
    memorySize: MemorySize,
    roleArn: Role,
    runtime,
    timeout: Timeout,
    ...(Environment === undefined ? {} : { environment: Environment.Variables }),
  };
}

export function toFunction(configuration: FunctionConfiguration): LambdaFunction {
  return {
    functionName: configuration.FunctionName ?? "",
    functionArn: configuration.FunctionArn ?? "",
    description: configuration.Description ?? "",
    runtime: configuration.Runtime ?? "",
    handler: configuration.Handler ?? "",
    memorySize: configuration.MemorySize ?? 0,
    timeout: configuration.Timeout ?? 0,
    architecture: configuration.Architectures?.[0] ?? "x86_64",
    packageType: configuration.PackageType ?? "Zip",
    roleArn: configuration.Role ?? "",
    ...(configuration.Environment?.Error === undefined
      ? { environment: configuration.Environment?.Variables ?? {} }
      : {}),
    codeSha256: configuration.CodeSha256 ?? "",
    state: configuration.State ?? "",
    lastUpdateStatus: configuration.LastUpdateStatus ?? "",
    ...(configuration.RevisionId === undefined ? {} : { revisionId: configuration.RevisionId }),
  };
}
