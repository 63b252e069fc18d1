// The ways to name a function: its name, part of its ARN, or all of it, each with a qualifier or without.

import type { CloudEnvironment, JsonObject, Shape } from "../service.ts";
import type { FunctionRecord, LambdaContext } from "./function-record.ts";
import { invalidParameter, notFound } from "./lambda-error.ts";

/** As AWS prints it: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export const FUNCTION_NAME: Shape = {
  type: "string",
  required: true,
  min: 1,
  max: 140,
  pattern:
    "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
};

/** Of the operations that also take a version or alias: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
export const NAMESPACED_NAME: Shape = {
  type: "string",
  required: true,
  min: 1,
  max: 256,
  pattern:
    "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?",
};

/** Its parts, as the two patterns above have them. */
const PARTS =
  /^(?:arn:[^:]*:lambda:)?(?:(?<region>[a-z]+(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[^:]+)(?::(?<qualifier>[^:]+))?$/;

export const QUALIFIER: Shape = {
  type: "string",
  min: 1,
  max: 128,
  pattern: "\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
};

const MAX_NAME = 64;

export function functionArn(env: CloudEnvironment, name: string): string {
  return `arn:${env.partition}:lambda:${env.region}:${env.accountId}:function:${name}`;
}

interface Named {
  readonly name: string;
  readonly qualifier: string | undefined;
  /** Of another region or account, which this cloud has nothing of. */
  readonly elsewhere: boolean;
}

/** @throws {AwsError} `InvalidParameterValueException` for a name longer than 64 characters */
export function parseFunctionName(env: CloudEnvironment, text: string): Named {
  const { region, account, name = text, qualifier } = PARTS.exec(text)?.groups ?? {};
  if (name.length > MAX_NAME) {
    throw invalidParameter(
      `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${MAX_NAME}`,
    );
  }
  const elsewhere = (region ?? env.region) !== env.region || (account ?? env.accountId) !== env.accountId;
  return { name, qualifier, elsewhere };
}

/**
 * ARN of the function that the input names, for policy checks: with the qualifier, if one is given.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
 */
export function namedArn(env: CloudEnvironment, input: JsonObject): string {
  const { name, qualifier } = parseFunctionName(env, String(input["FunctionName"]));
  const given = input["Qualifier"] ?? qualifier;
  return `${functionArn(env, name)}${typeof given === "string" ? `:${given}` : ""}`;
}

/**
 * The function that an operation's `FunctionName` and `Qualifier` name.
 * @throws {AwsError} `ResourceNotFoundException` when it is not there, or a version or alias is meant
 */
export function requireFunction({ env, records }: LambdaContext, input: JsonObject): FunctionRecord {
  const named = parseFunctionName(env, String(input["FunctionName"]));
  const qualifier = typeof input["Qualifier"] === "string" ? input["Qualifier"] : named.qualifier;
  const record = named.elsewhere ? undefined : records.get(named.name);
  const isLatest = qualifier === undefined || qualifier === "$LATEST";
  if (record && isLatest) return record;
  const arn = functionArn(env, named.name);
  throw notFound(`Function not found: ${isLatest ? arn : `${arn}:${qualifier}`}`);
}
