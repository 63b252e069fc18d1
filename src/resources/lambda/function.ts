// A Lambda function: code, configuration and tags.

import {
  type Architecture,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  LambdaClient,
  type Runtime,
} from "@aws-sdk/client-lambda";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { retryWhile, waitUntil } from "../../aws/wait.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import { type Observed, paceOf, type Resource, type Scope, type Tags } from "../resource.ts";
import { tagChanges } from "../tags.ts";
import { configurationOf, environmentChanges, toFunction, toVariables } from "./function-configuration.ts";
import { readConfiguration, requireSettled } from "./function-settled.ts";
import { updateFunction } from "./function-update.ts";
import { isRolePropagating } from "./role-propagation.ts";

export interface FunctionKey {
  readonly functionName: string;
}

export interface FunctionSpec extends FunctionKey {
  readonly description: string;
  readonly runtime: Runtime;
  readonly handler: string;
  readonly memorySize: number;
  /** Seconds. */
  readonly timeout: number;
  readonly architecture: Architecture;
  readonly roleArn: string;
  /** Variables that we set; others stay. */
  /** Undefined: there must be none of that name. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly code: { readonly sha256: string; readonly zip: Uint8Array };
  readonly tags: Tags;
}

export interface LambdaFunction {
  readonly functionName: string;
  readonly functionArn: string;
  readonly description: string;
  readonly runtime: string;
  readonly handler: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly architecture: string;
  /** `Image` of a container image: AWS takes no zip in its place. */
  readonly packageType: string;
  readonly roleArn: string;
  /** Undefined when AWS cannot decrypt it for whoever asks (a key of one's own): what is not seen is not replaced. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly codeSha256: string;
  readonly state: string;
  readonly lastUpdateStatus: string;
  /** Another one after every change, also of the two states above. */
  readonly revisionId?: string;
}

/** The unique id of the role that the function was made with: its environment's key grant belongs to that very role. */
export const ROLE_ID_TAG = "awsls:role-id";

export const lambdaFunction: Resource<FunctionKey, FunctionSpec, LambdaFunction> = {
  alreadyExists: ["ResourceConflictException"],
  rights: {
    itself: [
      "lambda:CreateFunction",
      "lambda:DeleteFunction",
      "lambda:GetFunction",
      "lambda:GetFunctionConfiguration",
      // Asked by AWS within GetFunction.
      "lambda:ListTags",
      "lambda:TagResource",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
    ],
    passesRoleTo: "lambda.amazonaws.com",
  },

  async read(scope, { functionName }) {
    const found = await unlessMissing(
      scope.clients.get(LambdaClient).send(new GetFunctionCommand({ FunctionName: functionName })),
      "ResourceNotFoundException",
    );
    if (found?.Configuration === undefined) return undefined;
    const live = toFunction(found.Configuration);
    // Without lambda:ListTags the tags are left out silently and TagsError is set.
    return { live, tags: found.TagsError === undefined ? (found.Tags ?? {}) : "unreadable" };
  },

  diff(spec, observed) {
    const { live, tags } = observed;
    const madeWith = typeof tags === "string" ? undefined : tags[ROLE_ID_TAG];
    const roleId = spec.tags[ROLE_ID_TAG];
    if (madeWith !== undefined && roleId !== undefined && madeWith !== roleId) {
      return [{ field: "Role", from: madeWith, to: roleId, replace: true }];
    }
    if (live.packageType !== "Zip") return [{ field: "PackageType", from: live.packageType, to: "Zip" }];
    // AWS: a function that could not be made must be deleted and made again.
    if (live.state === "Failed") return [{ field: "State", from: live.state, to: "Active", replace: true }];
    return [
      ...changesBetween(
        { CodeSha256: spec.code.sha256, Architectures: spec.architecture, ...configurationOf(spec) },
        { CodeSha256: live.codeSha256, Architectures: live.architecture, ...configurationOf(live) },
      ),
      ...environmentChanges(spec, live),
      ...unsettled(live),
      ...tagChanges(spec.tags, observed),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    if (observed === undefined) {
      created(await create(scope, spec));
    } else {
      await updateFunction(scope, spec, observed, this.diff(spec, observed));
    }
    return requireSettled(scope, spec.functionName);
  },

  async remove(scope, { functionName }) {
    const lambda = scope.clients.get(LambdaClient);
    const pace = paceOf(scope, `function ${functionName} deleted`, (last) => ({ for: "gone", last }));
    await retryWhile(
      (error) => isAwsError(error, "ResourceConflictException"),
      () =>
        unlessMissing(
          lambda.send(new DeleteFunctionCommand({ FunctionName: functionName })),
          "ResourceNotFoundException",
        ),
      pace,
    );
    await waitUntil(
      () => readConfiguration(scope, functionName),
      (seen) => seen === undefined,
      (seen) => seen?.State ?? "",
      pace,
    );
  },
};

/** What would change nothing: for a part of it to be replaced. */
export function asItIs({ live, tags }: Observed<LambdaFunction>): FunctionSpec {
  return {
    functionName: live.functionName,
    description: live.description,
    // As AWS gave them.
    runtime: live.runtime as Runtime,
    architecture: live.architecture as Architecture,
    handler: live.handler,
    memorySize: live.memorySize,
    timeout: live.timeout,
    roleArn: live.roleArn,
    environment: live.environment ?? {},
    code: { sha256: live.codeSha256, zip: new Uint8Array() },
    tags: typeof tags === "string" ? {} : tags,
  };
}

async function create(scope: Scope, spec: FunctionSpec): Promise<LambdaFunction> {
  const command = new CreateFunctionCommand({
    FunctionName: spec.functionName,
    Description: spec.description,
    Runtime: spec.runtime,
    Handler: spec.handler,
    MemorySize: spec.memorySize,
    Timeout: spec.timeout,
    Architectures: [spec.architecture],
    Role: spec.roleArn,
    Environment: { Variables: toVariables(spec.environment) },
    Code: { ZipFile: spec.code.zip },
    PackageType: "Zip",
    Tags: { ...spec.tags },
  });
  const configuration = await retryWhile(
    isRolePropagating,
    () => scope.clients.get(LambdaClient).send(command),
    paceOf(scope, "CreateFunction", (last) => ({ for: "propagation", last })),
  );
  return toFunction(configuration);
}

/** Left half way by an interrupted run: reconciling waits for the end of it, or sends the failed update again. */
function unsettled({ state, lastUpdateStatus }: LambdaFunction): Change[] {
  if (state === "Pending") return [{ field: "State", from: state, to: "Active" }];
  return lastUpdateStatus === "InProgress" || lastUpdateStatus === "Failed"
    ? [{ field: "LastUpdateStatus", from: lastUpdateStatus, to: "Successful" }]
    : [];
}
