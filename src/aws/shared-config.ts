// What the AWS CLI's config files and variables say about region and credentials, resolved as the AWS CLI does.

import type { AwsCredentialIdentity, Provider } from "@smithy/types";
import type { RegionSource } from "../core/event.ts";
import { Problem } from "../core/problem.ts";

export interface RegionChoice {
  readonly region: string;
  readonly source: RegionSource;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Region of `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile, in this order.
 * @throws {Problem} `UnknownProfile` when a profile was asked for by name and is in neither file
 */
export async function findRegion(env: Environment, profile: string | undefined): Promise<RegionChoice | undefined> {
  for (const variable of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
    const region = env[variable];
    if (region !== undefined && region !== "") return { region, source: { variable } };
  }
  const name = profile ?? env["AWS_PROFILE"] ?? "default";
  const { loadSharedConfigFiles } = await import("@smithy/core/config");
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const isKnown = configFile[name] !== undefined || credentialsFile[name] !== undefined;
  if (!isKnown && profile !== undefined) throw new Problem("UnknownProfile", { profile });
  const region = configFile[name]?.["region"] ?? credentialsFile[name]?.["region"];
  return region === undefined ? undefined : { region, source: { profile: name } };
}

/** The SDK's own chain (variables, SSO, `aws login`, files, process, metadata), asked once and shared by all clients. */
export async function findCredentials(profile: string | undefined): Promise<Provider<AwsCredentialIdentity>> {
  const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
  // Its warnings would break the screen; what is wrong comes as an error.
  const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const provider = defaultProvider({ logger, ...(profile === undefined ? {} : { profile }) });
  return () => provider();
}

function ignore(): void {
  // Nobody reads it.
}
