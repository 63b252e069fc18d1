// A function's settings out of CreateFunction's and UpdateFunctionConfiguration's input, checked as AWS does beyond shapes.

import type { Json, JsonObject, Roles } from "../service.ts";
import type { FunctionRecord, LambdaContext } from "./function-record.ts";
import { invalidParameter, notImplemented } from "./lambda-error.ts";

export type Settings = Pick<
  FunctionRecord,
  | "runtime"
  | "handler"
  | "description"
  | "timeout"
  | "memorySize"
  | "environment"
  | "tracingMode"
  | "ephemeralStorage"
  | "logGroup"
>;

/** Names that no function may set: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SECRET_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);
const MAX_ENVIRONMENT = 4096;

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const RUNTIMES: ReadonlySet<string> = new Set(
  (
    "nodejs22.x nodejs24.x nodejs26.x python3.10 python3.11 python3.12 python3.13 python3.14 java8.al2 java11 java17 " +
    "java21 java25 dotnet8 dotnet10 ruby3.3 ruby3.4 provided.al2 provided.al2023"
  ).split(" "),
);
/** Existing functions keep them; none can be created or updated with one. */
const RETIRED_RUNTIMES: ReadonlySet<string> = new Set(
  (
    "nodejs nodejs4.3 nodejs4.3-edge nodejs6.10 nodejs8.10 nodejs10.x nodejs12.x nodejs14.x nodejs16.x nodejs18.x " +
    "nodejs20.x python2.7 python3.6 python3.7 python3.8 python3.9 java8 dotnetcore1.0 dotnetcore2.0 dotnetcore2.1 " +
    "dotnetcore3.1 dotnet6 ruby2.5 ruby2.7 ruby3.2 go1.x provided"
  ).split(" "),
);

/**
 * The settings after applying an input to earlier ones; of a new function, to AWS's defaults.
 * @throws {AwsError} `InvalidParameterValueException`
 */
export function settingsOf(input: JsonObject, before: Settings): Settings {
  refuseUnimplemented(input);
  const runtime = textOf(input["Runtime"]) ?? before.runtime;
  const handler = textOf(input["Handler"]) ?? before.handler;
  if (runtime === "" || handler === "") {
    throw invalidParameter(
      "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    );
  }
  if (handler.includes("\0")) throw invalidParameter("The handler must not contain a NUL character.");
  if (input["Runtime"] !== undefined) requireRuntime(runtime);
  const environment = input["Environment"];
  const logging = objectOf(input["LoggingConfig"]);
  return {
    runtime,
    handler,
    description: textOf(input["Description"]) ?? before.description,
    timeout: numberOf(input["Timeout"]) ?? before.timeout,
    memorySize: numberOf(input["MemorySize"]) ?? before.memorySize,
    environment: environment === undefined ? before.environment : variablesOf(objectOf(environment)["Variables"]),
    tracingMode: textOf(objectOf(input["TracingConfig"])["Mode"]) ?? before.tracingMode,
    ephemeralStorage: numberOf(objectOf(input["EphemeralStorage"])["Size"]) ?? before.ephemeralStorage,
    logGroup: textOf(logging["LogGroup"]) ?? before.logGroup,
  };
}

export function defaultSettings(name: string): Settings {
  return {
    runtime: "",
    handler: "",
    description: "",
    timeout: 3,
    memorySize: 128,
    environment: {},
    tracingMode: "PassThrough",
    ephemeralStorage: 512,
    logGroup: `/aws/lambda/${name}`,
  };
}

/**
 * The unique id of a role that Lambda may assume.
 * @throws {AwsError} `InvalidParameterValueException` as AWS answers for a role that is not there (yet)
 */
export function requireRoleId({ roles }: LambdaContext, roleArn: string): string {
  const role = roles.find(roleArn);
  if (role && isAssumable(roles, roleArn)) return role.roleId;
  throw invalidParameter("The role defined for the function cannot be assumed by Lambda.");
}

/** Whether its trust policy lets Lambda in. */
export function isAssumable(roles: Roles, roleArn: string): boolean {
  return roles.trusts(roleArn, { action: "sts:AssumeRole", principal: { Service: "lambda.amazonaws.com" } });
}

function requireRuntime(runtime: string): void {
  if (RETIRED_RUNTIMES.has(runtime)) {
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  if (RUNTIMES.has(runtime)) return;
  const known = [...RUNTIMES].join(", ");
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${known}] or be a valid ARN`,
  );
}

function variablesOf(value: Json | undefined): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, text] of Object.entries(objectOf(value))) variables[name] = String(text);
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.has(name));
  const unable =
    "Lambda was unable to configure your environment variables because the environment variables you have provided";
  if (reserved.length > 0) {
    throw invalidParameter(
      `${unable} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  // No system can hand one to a process.
  if (Object.values(variables).some((text) => text.includes("\0"))) {
    throw invalidParameter(`${unable} contain a NUL character.`);
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > MAX_ENVIRONMENT) {
    throw invalidParameter(`${unable} exceeded the 4KB limit. String measured: ${measured}`);
  }
  return variables;
}

function refuseUnimplemented(input: JsonObject): void {
  const vpc = objectOf(input["VpcConfig"]);
  const used: Readonly<Record<string, boolean>> = {
    "container images (PackageType Image)": input["PackageType"] === "Image" || input["ImageConfig"] !== undefined,
    "versions (Publish)": input["Publish"] === true,
    Layers: lengthOf(input["Layers"]) > 0,
    FileSystemConfigs: lengthOf(input["FileSystemConfigs"]) > 0,
    VpcConfig: lengthOf(vpc["SubnetIds"]) + lengthOf(vpc["SecurityGroupIds"]) > 0,
    DeadLetterConfig: (textOf(objectOf(input["DeadLetterConfig"])["TargetArn"]) ?? "") !== "",
    KMSKeyArn: (textOf(input["KMSKeyArn"]) ?? "") !== "",
    CodeSigningConfigArn: input["CodeSigningConfigArn"] !== undefined,
    SnapStart: objectOf(input["SnapStart"])["ApplyOn"] === "PublishedVersions",
    "the log format JSON": objectOf(input["LoggingConfig"])["LogFormat"] === "JSON",
  };
  for (const [what, isUsed] of Object.entries(used)) if (isUsed) throw notImplemented(what);
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function lengthOf(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}
