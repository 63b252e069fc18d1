// What the AWS CLI's config files and variables say about region and credentials, resolved as the AWS CLI does.

import type { AwsCredentialIdentity, Provider } from "@smithy/types";
import type { RegionSource } from "../core/event.ts";
import { Problem } from "../core/problem.ts";

export interface RegionChoice {
  readonly region: string;
  readonly source: RegionSource;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `AWS_DEFAULT_PROFILE` comes first: the AWS CLI looks there, the SDK does not. */
const PROFILE_VARIABLES = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"];

export function profileIn(env: Environment): string | undefined {
  return namedIn(env)?.profile;
}

function namedIn(env: Environment): { readonly profile: string; readonly variable: string } | undefined {
  return PROFILE_VARIABLES.map((variable) => ({ variable, profile: env[variable] ?? "" })).find(
    ({ profile }) => profile !== "",
  );
}

/**
 * Region of `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile, in this order.
 * @throws {Problem} `UnknownProfile` when a profile was asked for by name and is in neither file
 */
export async function findRegion(env: Environment, profile: string | undefined): Promise<RegionChoice | undefined> {
  for (const variable of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
    const region = env[variable];
    if (region !== undefined && region !== "") return { region, source: { variable } };
  }
  const name = profile ?? profileIn(env) ?? "default";
  const settings = await settingsOf(name);
  if (settings === undefined && profile !== undefined) throw new Problem("UnknownProfile", { profile });
  const region = settings?.["region"];
  return region === undefined ? undefined : { region, source: { profile: name } };
}

/** Why `findRegion` has found none; a profile that only a variable names is missed here at the earliest. */
export async function regionMissing(env: Environment, profile: string | undefined): Promise<Problem> {
  const named = namedIn(env);
  if (profile !== undefined || named === undefined)
    return new Problem("NoRegion", profile === undefined ? {} : { profile });
  const isKnown = (await settingsOf(named.profile)) !== undefined;
  return isKnown ? new Problem("NoRegion", { profile: named.profile }) : new Problem("UnknownProfile", named);
}

/** Of both files; undefined when the profile is in neither. */
async function settingsOf(profile: string): Promise<Readonly<Record<string, string | undefined>> | undefined> {
  const { loadSharedConfigFiles } = await import("@smithy/core/config");
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const [config, credentials] = [configFile[profile], credentialsFile[profile]];
  return config === undefined && credentials === undefined ? undefined : { ...credentials, ...config };
}

/**
 * Keys in variables unless a profile was asked for by name; else the SDK's own chain (SSO, `aws login`, files, process,
 * metadata), asked once and shared by all clients.
 */
export async function findCredentials(
  env: Environment,
  asked: string | undefined,
): Promise<Provider<AwsCredentialIdentity>> {
  const keys = keysIn(env);
  // The SDK would rather take what `AWS_PROFILE` says: another account, perhaps.
  if (asked === undefined && keys !== undefined) return () => Promise.resolve(keys);
  const profile = asked ?? profileIn(env);
  const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
  // Its warnings would break the screen; what is wrong comes as an error.
  const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const provider = defaultProvider({ logger, ...(profile === undefined ? {} : { profile }) });
  return () => provider();
}

function keysIn(env: Environment): AwsCredentialIdentity | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function ignore(): void {
  // Nobody reads it.
}
