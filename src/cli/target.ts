// Where a stack lives: fixed by the command that makes its first resource, contradicted by no later one.

import { type Environment, findRegion, regionMissing } from "../aws/shared-config.ts";
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
}

export interface TargetQuestion {
  readonly stack: string;
  readonly options: TargetOptions;
  readonly env: Environment;
  readonly recorded: TargetRecord | undefined;
  /** Where the local cloud of this folder listens, or did; undefined when there is none. */
  readonly localUrl: string | undefined;
  readonly emit: Emit;
}

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/**
 * @throws {Problem} `TargetConflict` with both targets named, `NoRegion`, `InvalidRegion`, `InvalidOption`, `UnknownProfile`
 */
export async function chooseTarget(question: TargetQuestion): Promise<TargetChoice> {
  const { options, recorded } = question;
  const asked = askedEndpoint(question);
  if (options.region !== undefined) requireRegion(options.region);
  if (recorded !== undefined) return checkRecorded(question, recorded, asked);
  if (options.local === true || asked === "local") {
    if (options.endpointUrl !== undefined && options.local === true) {
      throw new Problem("InvalidOption", { option: "--endpoint-url", value: options.endpointUrl, must: "noEndpoint" });
    }
    return { kind: "local", ...(options.region === undefined ? {} : { region: options.region }) };
  }
  return asked === undefined ? chooseWithoutEndpoint(question) : chooseEndpoint(question, asked);
}

async function chooseEndpoint({ options, env }: TargetQuestion, { url }: AskedEndpoint): Promise<TargetChoice> {
  const found = options.region ?? (await findRegion(env, options.profile))?.region;
  if (found === undefined) throw await regionMissing(env, options.profile);
  return { kind: "endpoint", endpoint: url, region: requireRegion(found) };
}

/** In a folder with a local cloud AWS has to be asked for: a learner whose state file is lost must not begin to pay. */
async function chooseWithoutEndpoint(question: TargetQuestion): Promise<TargetChoice> {
  const { options, env, localUrl, emit } = question;
  const found = options.region === undefined ? await findRegion(env, options.profile) : undefined;
  if (localUrl !== undefined && options.region === undefined && options.profile === undefined) {
    if (found !== undefined) emit({ type: "notice", code: "LocalChosen", data: { region: found.region } });
    return { kind: "local" };
  }
  const region = options.region ?? found?.region;
  if (region === undefined) throw await regionMissing(env, options.profile);
  return { kind: "aws", region: requireRegion(region) };
}

interface AskedEndpoint {
  readonly url: string;
  readonly source: string;
}

/** "local" when it is this folder's own cloud, as `local env` has it. */
function askedEndpoint({ options, env, localUrl }: TargetQuestion): AskedEndpoint | "local" | undefined {
  const fromEnv = env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] === "true" ? undefined : env["AWS_ENDPOINT_URL"];
  const given = options.endpointUrl ?? (fromEnv === "" ? undefined : fromEnv);
  if (given === undefined) return undefined;
  const source = options.endpointUrl === undefined ? "AWS_ENDPOINT_URL" : "--endpoint-url";
  const url = requireUrl(given, source);
  return isSameUrl(url, localUrl) ? "local" : { url, source };
}

async function checkRecorded(
  { stack, options, env, emit }: TargetQuestion,
  recorded: TargetRecord,
  asked: AskedEndpoint | "local" | undefined,
): Promise<TargetChoice> {
  const refuse = (what: string, source: string): Problem =>
    new Problem("TargetConflict", { stack, asked: what, recorded, source });
  const { kind, region, endpoint } = recorded;
  if (options.local === true && kind !== "local") throw refuse("", "--local");
  if (asked === "local" && kind !== "local") throw refuse("", "AWS_ENDPOINT_URL");
  if (typeof asked === "object" && !isSameUrl(asked.url, endpoint)) throw refuse(asked.url, asked.source);
  if (options.region !== undefined && options.region !== region) throw refuse(options.region, "--region");
  if (kind !== "local") {
    const other = await findRegion(env, options.profile);
    if (other !== undefined && other.region !== region) {
      emit({ type: "notice", code: "RegionIgnored", data: { ...other, using: region } });
    }
  }
  return { kind, region, ...(endpoint === undefined ? {} : { endpoint }) };
}

function isSameUrl(url: string, other: string | undefined): boolean {
  return other !== undefined && new URL(url).href === new URL(other).href;
}

/** @throws {Problem} `InvalidRegion` */
export function requireRegion(region: string): string {
  if (!REGION.test(region)) throw new Problem("InvalidRegion", { region });
  return region;
}

function requireUrl(url: string, option: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new Problem("InvalidOption", { option, value: url, must: "url" });
  return url.replace(/\/$/, "");
}
