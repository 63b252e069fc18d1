// Where a command's calls go, as a session of the aws command has to be told it.

import { dirname, relative } from "node:path";
import type { ConnectedEvent } from "../core/event.ts";
import type { TargetChoice } from "./target.ts";

/** The aws command takes these rather than what `AWS_PROFILE` says, also when that stands for `--profile`. */
const COME_BEFORE_PROFILE = ["AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** @param cloudFolder the local cloud's data: always `.awsls/local/` of some folder, where `local env` finds it */
export function connectedTo(
  { kind, endpoint, region }: TargetChoice & { readonly region: string },
  cloudFolder: string | undefined,
  profile: string | undefined,
  { cwd, env }: Place,
): ConnectedEvent {
  const isSet = (name: string): boolean => (env[name] ?? "") !== "";
  const home = cloudFolder === undefined ? cwd : dirname(dirname(cloudFolder));
  return {
    type: "connected",
    kind,
    region,
    unset: profile === undefined ? [] : COME_BEFORE_PROFILE.filter(isSet),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(home === cwd ? {} : { folder: relative(cwd, home) }),
  };
}
