// `awsls local start|stop|status|reset|env`: the local cloud as the user's own, apart from any stack.

import { Problem } from "../core/problem.ts";
import type { CloudInfo, LocalContext, StartOptions } from "./context.ts";

export interface LocalStatus {
  readonly running: boolean;
  readonly folder: string;
  readonly cloud?: Omit<CloudInfo, "credentials">;
  /** Data of a cloud that does not run now. */
  readonly hasData: boolean;
}

export interface LocalEnvironment {
  /** The cloud's data. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** What would come before them, or keep them from being used. */
  readonly unset: readonly string[];
}

/** Of somebody signed in to AWS: botocore takes either token, and believes the expiry. */
export const OTHER_CREDENTIALS = [
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
];
/** There is no FIPS endpoint and no dual-stack one of an endpoint that is given. */
export const OTHER_ENDPOINTS = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"];
/** Each comes before `AWS_ENDPOINT_URL`. */
const ENDPOINT_OF_A_SERVICE = /^AWS_ENDPOINT_URL_/i;

/** Starts it, to stay until `local stop`; one that runs already is shown. */
export async function startLocal({ cloud }: LocalContext, options: StartOptions): Promise<LocalStatus> {
  const running = await cloud.start("user", options);
  return toStatus(cloud.folder, running, true);
}

/** Stops it; its data stays for the next start. */
export async function stopLocal({
  cloud,
}: LocalContext): Promise<{ readonly stopped: boolean; readonly folder: string }> {
  const { stopped } = await cloud.stop({ erase: false });
  return { stopped, folder: cloud.folder };
}

export async function localStatus({ cloud }: LocalContext): Promise<LocalStatus> {
  return toStatus(cloud.folder, await cloud.find(), cloud.hasData());
}

/** Empties the running cloud: every resource and every row is gone, the cloud runs on. Asks first. */
export async function resetLocal(
  context: LocalContext,
): Promise<{ readonly folder: string; readonly declined: boolean }> {
  const { folder } = await requireRunning(context);
  const isAgreed = await context.ask();
  if (isAgreed) await context.cloud.reset();
  return { folder, declined: !isAgreed };
}

/**
 * The variables with which the official `aws` command and boto3 reach it.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export async function localEnvironment(context: LocalContext): Promise<LocalEnvironment> {
  const { url, region, folder, credentials } = await requireRunning(context);
  context.emit({ type: "notice", code: "LeadsToLocalCloud", data: { url, folder } });
  return {
    folder,
    variables: {
      AWS_ENDPOINT_URL: url,
      // The config file may say otherwise.
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    },
    unset: [
      ...OTHER_CREDENTIALS,
      ...OTHER_ENDPOINTS,
      ...Object.keys(context.env).filter((name) => ENDPOINT_OF_A_SERVICE.test(name)),
    ],
  };
}

/** @throws {Problem} `LocalCloudStopped`, `NoLocalCloud` */
async function requireRunning({ cloud }: LocalContext): Promise<CloudInfo> {
  const running = await cloud.find();
  if (running !== undefined) return running;
  const { folder } = cloud;
  if (!cloud.hasData()) throw new Problem("NoLocalCloud", { lookedIn: folder });
  throw new Problem("LocalCloudStopped", { folder, start: "local start" });
}

function toStatus(folder: string, info: CloudInfo | undefined, hasData: boolean): LocalStatus {
  if (info === undefined) return { running: false, folder, hasData };
  const { credentials: _secret, ...cloud } = info;
  return { running: true, folder, cloud, hasData };
}
