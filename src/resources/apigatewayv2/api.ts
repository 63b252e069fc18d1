// The HTTP API with its CORS configuration. API names are not unique on AWS: the id is what counts.

import {
  type Api as ApiDescription,
  ApiGatewayV2Client,
  type Cors,
  CreateApiCommand,
  DeleteApiCommand,
  GetApiCommand,
  GetApisCommand,
  TagResourceCommand,
  UpdateApiCommand,
} from "@aws-sdk/client-apigatewayv2";
import { unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { createOnce } from "../../aws/uncertain.ts";
import { type Change, changesBetween } from "../../core/change.ts";
import { type Candidate, oneOf } from "../one-of-name.ts";
import type { Resource, Scope, Tags } from "../resource.ts";
import { hasTags, missingTags, tagChanges } from "../tags.ts";
import { toPage, writeToApi } from "./api-write.ts";
import { TAGGING, VERBS } from "./verbs.ts";

export interface ApiKey {
  readonly name: string;
  /** The recorded id, if any: it comes before others of the name. */
  readonly apiId?: string;
  /** Among APIs of one name, the one with these tags is meant. */
  readonly tags: Tags;
}

export interface ApiSpec {
  readonly name: string;
  readonly description: string;
  readonly cors: CorsSpec;
  readonly tags: Tags;
}

export interface CorsSpec {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  /** Seconds that a browser may keep a preflight's answer. */
  readonly maxAge: number;
}

export interface Api {
  readonly apiId: string;
  readonly apiEndpoint: string;
  readonly name: string;
  readonly description: string;
  readonly cors: Cors;
  /** Ids of others of its name with all of its tags: what was made twice because a reply was lost. */
  readonly copies: readonly string[];
}

export const api: Resource<ApiKey, ApiSpec, Api> = {
  alreadyExists: [],
  rights: {
    itself: [...VERBS, ...TAGGING],
    linkedRole: { service: "ops.apigateway.amazonaws.com", name: "AWSServiceRoleForAPIGateway" },
  },

  async read(scope, key) {
    const named = (await listByName(scope, key.name)).map(toCandidate);
    const listed = named.find(({ id }) => id === key.apiId);
    const unlisted = key.apiId === undefined || listed !== undefined ? undefined : await get(scope, key.apiId);
    const one = oneOf(named, listed ?? (unlisted && toCandidate(unlisted)), key.tags);
    if (one === undefined) return undefined;
    const copies = one.copies.map(({ ApiId = "" }) => ApiId);
    return { live: { ...toApi(one.found), copies }, ...one.origin };
  },

  diff(spec, observed) {
    const { live } = observed;
    return [
      ...changesBetween(
        { Name: spec.name, Description: spec.description },
        { Name: live.name, Description: live.description },
      ),
      ...changesBetween(wantedCors(spec), liveCors(live)),
      ...(live.copies.length === 0 ? [] : [{ field: "ApiId", from: [live.apiId, ...live.copies], to: live.apiId }]),
      ...tagChanges(spec.tags, observed),
    ];
  },

  async reconcile(scope, spec, observed, created) {
    if (observed === undefined) {
      const live = await create(scope, spec);
      created(live);
      return live;
    }
    const { live, tags } = observed;
    await removeAll(scope, live.copies);
    const updated = await update(scope, spec, live, this.diff(spec, observed));
    const missing = missingTags(spec.tags, tags);
    if (Object.keys(missing).length > 0) {
      const command = new TagResourceCommand({ ResourceArn: arnOf(scope, live.apiId), Tags: missing });
      await writeToApi(scope, live.apiId, () => scope.clients.get(ApiGatewayV2Client).send(command));
    }
    return updated;
  },

  /** Takes routes, stage and integrations with it. */
  remove: (scope, { apiId, copies }) => removeAll(scope, [apiId, ...copies]),
};

/** Sends what differs: AWS leaves members that are not sent as they are. */
async function update(scope: Scope, spec: ApiSpec, live: Api, changes: readonly Change[]): Promise<Api> {
  // AWS refuses credentials beside any origin.
  const { AllowCredentials: _refused, ...others } = live.cors;
  const wanted = {
    Name: spec.name,
    Description: spec.description,
    // Replaced as a whole by AWS: members that others set stay.
    CorsConfiguration: { ...others, ...toCors(spec.cors) },
  };
  const differs = new Set(changes.map(({ field }) => field.split(".")[0]));
  const members = Object.fromEntries(Object.entries(wanted).filter(([member]) => differs.has(member)));
  if (Object.keys(members).length === 0) return live;
  const command = new UpdateApiCommand({ ApiId: live.apiId, ...members });
  return toApi(await writeToApi(scope, live.apiId, () => scope.clients.get(ApiGatewayV2Client).send(command)));
}

async function removeAll(scope: Scope, apiIds: readonly string[]): Promise<void> {
  const client = scope.clients.get(ApiGatewayV2Client);
  for (const ApiId of apiIds) {
    await writeToApi(scope, ApiId, () =>
      unlessMissing(client.send(new DeleteApiCommand({ ApiId })), "NotFoundException"),
    );
  }
}

/** With neither Target nor RouteKey: quick create would make a catch-all route and a stage of its own. */
function create(scope: Scope, spec: ApiSpec): Promise<Api> {
  const client = scope.clients.get(ApiGatewayV2Client);
  const command = new CreateApiCommand({
    Name: spec.name,
    Description: spec.description,
    ProtocolType: "HTTP",
    CorsConfiguration: toCors(spec.cors),
    Tags: { ...spec.tags },
  });
  return createOnce({
    make: async () => toApi(await client.send(command)),
    find: async () => {
      const found = (await listByName(scope, spec.name)).find(({ Tags = {} }) => hasTags(Tags, spec.tags));
      return found === undefined ? undefined : toApi(found);
    },
    clock: scope.clock,
    signal: scope.signal,
  });
}

async function get(scope: Scope, apiId: string): Promise<ApiAnswer | undefined> {
  return unlessMissing(
    scope.clients.get(ApiGatewayV2Client).send(new GetApiCommand({ ApiId: apiId })),
    "NotFoundException",
  );
}

/** Oldest first. */
async function listByName(scope: Scope, name: string): Promise<ApiAnswer[]> {
  const client = scope.clients.get(ApiGatewayV2Client);
  const all = await everyPage(async (NextToken) =>
    toPage(await client.send(new GetApisCommand({ NextToken, MaxResults: "100" }))),
  );
  return all
    .filter(({ Name, ProtocolType }) => Name === name && ProtocolType === "HTTP")
    .toSorted((a, b) => (a.CreatedDate?.getTime() ?? 0) - (b.CreatedDate?.getTime() ?? 0));
}

function toCandidate(found: ApiAnswer): Candidate<ApiAnswer> {
  const createdAt = found.CreatedDate?.toISOString();
  return { id: found.ApiId ?? "", found, tags: found.Tags ?? {}, ...(createdAt === undefined ? {} : { createdAt }) };
}

/** APIs have no account in their ARN. */
export function arnOf({ place }: Scope, apiId: string): string {
  return `arn:${place.partition}:apigateway:${place.region}::/apis/${apiId}`;
}

function wantedCors({ cors }: ApiSpec): Record<string, unknown> {
  return {
    "CorsConfiguration.AllowOrigins": sorted(cors.allowOrigins),
    "CorsConfiguration.AllowMethods": sorted(cors.allowMethods),
    "CorsConfiguration.AllowHeaders": sorted(cors.allowHeaders),
    "CorsConfiguration.MaxAge": cors.maxAge,
  };
}

function liveCors({ cors }: Api): Record<string, unknown> {
  return {
    "CorsConfiguration.AllowOrigins": sorted(cors.AllowOrigins),
    "CorsConfiguration.AllowMethods": sorted(cors.AllowMethods),
    "CorsConfiguration.AllowHeaders": sorted(cors.AllowHeaders),
    "CorsConfiguration.MaxAge": cors.MaxAge,
  };
}

/** AWS gives these lists back in an order of its own. */
function sorted(list: readonly string[] = []): readonly string[] {
  return list.toSorted();
}

function toCors({ allowOrigins, allowMethods, allowHeaders, maxAge }: CorsSpec): Cors {
  return {
    AllowOrigins: [...allowOrigins],
    AllowMethods: [...allowMethods],
    AllowHeaders: [...allowHeaders],
    MaxAge: maxAge,
  };
}

function toApi({ ApiId = "", ApiEndpoint = "", Name = "", Description = "", CorsConfiguration = {} }: ApiAnswer): Api {
  return {
    apiId: ApiId,
    apiEndpoint: ApiEndpoint,
    name: Name,
    description: Description,
    cors: CorsConfiguration,
    copies: [],
  };
}

type ApiAnswer = { readonly [K in keyof ApiDescription]?: ApiDescription[K] | undefined };
