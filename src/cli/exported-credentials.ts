// AWS credentials for other tools: as variables of a shell, or as a profile's `credential_process` prints them.

import type { CredentialsResult } from "../commands/identity-credentials.ts";
import { OTHER_CREDENTIALS, OTHER_ENDPOINTS } from "../commands/local.ts";
import type { Finished } from "./command.ts";
import { shellOf } from "./shell.ts";

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
export function exported(result: CredentialsResult): Finished {
  const { accessKeyId, secretAccessKey, sessionToken } = result.credentials;
  return {
    result: {
      Version: 1,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: result.expiration,
    },
    lines: () => [shellOf(process.platform).setVariables(variablesOf(result))],
  };
}

/** Those that `aws configure export-credentials` sets, and where to call with them. */
function variablesOf({
  credentials,
  expiration,
  region,
  endpoint,
}: CredentialsResult): Readonly<Record<string, string | undefined>> {
  const unset = endpoint === undefined ? OTHER_CREDENTIALS : [...OTHER_CREDENTIALS, ...OTHER_ENDPOINTS];
  const elsewhere = { AWS_ENDPOINT_URL: endpoint, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false" };
  return {
    ...Object.fromEntries(unset.map((name) => [name, undefined])),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: expiration,
    AWS_REGION: region,
    // Version 1 of the aws command knows no other.
    AWS_DEFAULT_REGION: region,
    ...(endpoint === undefined ? {} : elsewhere),
  };
}
