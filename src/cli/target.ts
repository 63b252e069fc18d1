// Where a stack lives: fixed by the command that makes its first resource, contradicted by no later one.

import { type Environment, findRegion } from "../aws/shared-config.ts";
import type { Emit } from "../core/event.ts";
import { Problem } from "../core/problem.ts";
import type { TargetRecord } from "../state/state.ts";

export interface TargetOptions {
  readonly local?: boolean;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

export interface TargetChoice {
  readonly kind: TargetRecord["kind"];
  readonly endpoint?: string;
  /** Undefined for a local cloud that chooses its own. */
  readonly region?: string;
  /** Something said so: an option, a variable or the state; not just the default. */
  readonly isExplicit: boolean;
}

export interface TargetQuestion {
  readonly stack: string;
  readonly options: TargetOptions;
  readonly env: Environment;
  readonly recorded: TargetRecord | undefined;
  readonly emit: Emit;
}

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/**
 * @throws {Problem} `TargetConflict` with both targets named, `NoRegion`, `InvalidRegion`, `InvalidOption`, `UnknownProfile`
 */
export async function chooseTarget(question: TargetQuestion): Promise<TargetChoice> {
  const { options, env, recorded } = question;
  const asked = askedEndpoint(options, env);
  if (options.region !== undefined) requireRegion(options.region);
  if (recorded !== undefined) return checkRecorded(question, recorded, asked);
  if (options.local === true) {
    if (options.endpointUrl !== undefined) {
      throw new Problem("InvalidOption", {
        option: "--endpoint-url",
        value: options.endpointUrl,
        must: "noEndpoint",
      });
    }
    return { kind: "local", isExplicit: true, ...(options.region === undefined ? {} : { region: options.region }) };
  }
  const found = options.region ?? (await findRegion(env, options.profile))?.region;
  if (found === undefined)
    throw new Problem("NoRegion", options.profile === undefined ? {} : { profile: options.profile });
  const region = requireRegion(found);
  return asked === undefined
    ? { kind: "aws", region, isExplicit: false }
    : { kind: "endpoint", endpoint: requireUrl(asked.url), region, isExplicit: true };
}

interface AskedEndpoint {
  readonly url: string;
  readonly source: string;
}

function askedEndpoint({ endpointUrl }: TargetOptions, env: Environment): AskedEndpoint | undefined {
  if (endpointUrl !== undefined) return { url: endpointUrl, source: "--endpoint-url" };
  const url = env["AWS_ENDPOINT_URL"];
  return url === undefined || url === "" || env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] === "true"
    ? undefined
    : { url, source: "AWS_ENDPOINT_URL" };
}

async function checkRecorded(
  { stack, options, env, emit }: TargetQuestion,
  recorded: TargetRecord,
  asked: AskedEndpoint | undefined,
): Promise<TargetChoice> {
  const refuse = (what: string, source: string): Problem =>
    new Problem("TargetConflict", { stack, asked: what, recorded: describeTarget(recorded), source });
  if (options.local === true && recorded.kind !== "local") throw refuse("the local cloud", "--local");
  if (
    asked !== undefined &&
    recorded.kind !== "endpoint" &&
    !(recorded.kind === "local" && isLoopback(asked.url) && asked.source !== "--endpoint-url")
  ) {
    throw refuse(asked.url, asked.source);
  }
  if (
    asked !== undefined &&
    recorded.kind === "endpoint" &&
    new URL(requireUrl(asked.url)).href !== new URL(recorded.endpoint ?? "").href
  ) {
    throw refuse(asked.url, asked.source);
  }
  if (options.region !== undefined && options.region !== recorded.region) throw refuse(options.region, "--region");
  if (recorded.kind !== "local") {
    const other = await findRegion(env, options.profile);
    if (other !== undefined && other.region !== recorded.region) {
      emit({ type: "notice", code: "RegionIgnored", data: { ...other, using: recorded.region } });
    }
  }
  const endpoint = recorded.endpoint === undefined ? {} : { endpoint: recorded.endpoint };
  return { kind: recorded.kind, region: recorded.region, isExplicit: true, ...endpoint };
}

function isLoopback(url: string): boolean {
  return /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]?/.test(url);
}

function requireRegion(region: string): string {
  if (!REGION.test(region)) throw new Problem("InvalidRegion", { region });
  return region;
}

function requireUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new Problem("InvalidOption", {
      option: "--endpoint-url",
      value: url,
      must: "url",
    });
  }
  return url.replace(/\/$/, "");
}

/** `AWS 123456789012 in eu-central-1`, as errors name it. */
export function describeTarget({ kind, endpoint, region, account }: TargetRecord): string {
  if (kind === "local") return `the local cloud (${region})`;
  return kind === "aws" ? `AWS account ${account} in ${region}` : `${endpoint} (${region})`;
}
