// The environment of a function's process, built from nothing: AWS's variables, the function's own, and nothing of the
// person who started the cloud. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html

import { delimiter } from "node:path";
import { devNull } from "node:os";
import type { CloudEnvironment, SessionCredentials } from "../service.ts";
import type { FunctionRecord } from "./function-record.ts";

export interface ProcessPlace {
  /** `host:port/token` of the Runtime API for this process. */
  readonly runtimeApi: string;
  /** The unpacked code. */
  readonly taskRoot: string;
  /** A folder of this process alone, to write to. */
  readonly scratch: string;
  readonly logStream: string;
  readonly credentials: SessionCredentials;
}

export function processEnvironment(
  env: CloudEnvironment,
  record: FunctionRecord,
  place: ProcessPlace,
): Record<string, string> {
  return {
    ...systemVariables(place.scratch),
    AWS_ENDPOINT_URL: env.endpoint(),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    // The function may set any of the above itself, as on AWS; not what follows.
    ...record.environment,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_REGION: env.region,
    AWS_DEFAULT_REGION: env.region,
    AWS_ACCESS_KEY_ID: place.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: place.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: place.credentials.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${record.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: record.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(record.memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: record.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStream,
    AWS_LAMBDA_RUNTIME_API: place.runtimeApi,
    LAMBDA_TASK_ROOT: place.taskRoot,
    _HANDLER: record.handler,
  };
}

/** What a process needs of its system, none of it personal. */
function systemVariables(scratch: string): Record<string, string> {
  const common = { LANG: "en_US.UTF-8", HOME: scratch };
  if (process.platform !== "win32") {
    const path = ["/usr/local/bin", "/usr/bin", "/bin"].join(delimiter);
    return { ...common, TZ: ":UTC", PATH: path, TMPDIR: scratch };
  }
  const root = process.env["SystemRoot"] ?? "C:\\Windows";
  // Node cannot open a socket on Windows without SystemRoot.
  return {
    ...common,
    TZ: "UTC",
    SystemRoot: root,
    PATH: [`${root}\\System32`, root].join(delimiter),
    USERPROFILE: scratch,
    TEMP: scratch,
    TMP: scratch,
  };
}
