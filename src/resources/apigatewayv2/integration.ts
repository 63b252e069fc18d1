// The Lambda proxy integration that the four routes share.

import {
  ApiGatewayV2Client,
  CreateIntegrationCommand,
  DeleteIntegrationCommand,
  GetIntegrationCommand,
  GetIntegrationsCommand,
  type Integration as IntegrationDescription,
  UpdateIntegrationCommand,
} from "@aws-sdk/client-apigatewayv2";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { createOnce } from "../../aws/uncertain.ts";
import { retryWhile } from "../../aws/wait.ts";
import { changesBetween } from "../../core/change.ts";
import { paceOf, type Resource, type Scope } from "../resource.ts";
import { toPage, writeToApi } from "./api-write.ts";
import { VERBS } from "./verbs.ts";

export interface IntegrationKey {
  readonly apiId: string;
  /** The recorded id, if any. */
  readonly integrationId?: string;
  /** ARN of the function: finds it when the id is not recorded. */
  readonly integrationUri: string;
}

export interface IntegrationSpec {
  readonly apiId: string;
  readonly integrationUri: string;
}

export interface Integration {
  readonly apiId: string;
  readonly integrationId: string;
  readonly integrationUri: string;
  readonly integrationType: string;
  readonly payloadFormatVersion: string;
}

const REFERENCED_MS = 15_000;
const TYPE = { IntegrationType: "AWS_PROXY", PayloadFormatVersion: "2.0" } as const;

export const integration: Resource<IntegrationKey, IntegrationSpec, Integration> = {
  alreadyExists: [],
  rights: { itself: VERBS },

  async read(scope, key) {
    const { apiId, integrationId } = key;
    const recorded =
      integrationId === undefined
        ? undefined
        : await unlessMissing(
            scope.clients
              .get(ApiGatewayV2Client)
              .send(new GetIntegrationCommand({ ApiId: apiId, IntegrationId: integrationId })),
            "NotFoundException",
          );
    const found = recorded ?? (await findByUri(scope, key));
    return found === undefined ? undefined : { live: toIntegration(apiId, found), tags: "untaggable" };
  },

  diff(spec, { live }) {
    return changesBetween(
      { ...TYPE, IntegrationUri: spec.integrationUri },
      {
        IntegrationType: live.integrationType,
        PayloadFormatVersion: live.payloadFormatVersion,
        IntegrationUri: live.integrationUri,
      },
    );
  },

  async reconcile(scope, spec, observed, created) {
    const client = scope.clients.get(ApiGatewayV2Client);
    const { apiId, integrationUri } = spec;
    if (observed === undefined) {
      const live = await create(scope, spec);
      created(live);
      return live;
    }
    const command = new UpdateIntegrationCommand({
      ApiId: apiId,
      IntegrationId: observed.live.integrationId,
      IntegrationUri: integrationUri,
      ...TYPE,
    });
    return toIntegration(apiId, await writeToApi(scope, apiId, () => client.send(command)));
  },

  async remove(scope, { apiId, integrationId }) {
    const client = scope.clients.get(ApiGatewayV2Client);
    const command = new DeleteIntegrationCommand({ ApiId: apiId, IntegrationId: integrationId });
    // Routes that were detached a moment ago may still count.
    await retryWhile(
      (error) => isAwsError(error, "ConflictException") && /referenced by/i.test(error.message),
      () => writeToApi(scope, apiId, () => unlessMissing(client.send(command), "NotFoundException")),
      paceOf(scope, "DeleteIntegration", (last) => ({ for: "gone", last }), REFERENCED_MS),
    );
  },
};

function create(scope: Scope, { apiId, integrationUri }: IntegrationSpec): Promise<Integration> {
  const client = scope.clients.get(ApiGatewayV2Client);
  const command = new CreateIntegrationCommand({ ApiId: apiId, IntegrationUri: integrationUri, ...TYPE });
  return createOnce({
    make: async () => toIntegration(apiId, await writeToApi(scope, apiId, () => client.send(command))),
    find: async () => {
      const found = await findByUri(scope, { apiId, integrationUri });
      return found === undefined ? undefined : toIntegration(apiId, found);
    },
    clock: scope.clock,
    signal: scope.signal,
  });
}

async function findByUri(
  scope: Scope,
  { apiId, integrationUri }: IntegrationKey,
): Promise<IntegrationDescription | undefined> {
  const client = scope.clients.get(ApiGatewayV2Client);
  const all = await unlessMissing(
    everyPage(async (NextToken) => toPage(await client.send(new GetIntegrationsCommand({ ApiId: apiId, NextToken })))),
    "NotFoundException",
  );
  return (
    all?.find(({ IntegrationUri }) => IntegrationUri === integrationUri) ??
    all?.find(({ IntegrationUri }) => functionIn(IntegrationUri) === integrationUri)
  );
}

/** The console and older tools wrap the function's ARN: `arn:aws:apigateway:…:lambda:path/2015-03-31/functions/<arn>/invocations`. */
function functionIn(uri: string | undefined): string | undefined {
  return uri === undefined ? undefined : /\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
}

type IntegrationAnswer = { readonly [K in keyof IntegrationDescription]?: IntegrationDescription[K] | undefined };

function toIntegration(apiId: string, found: IntegrationAnswer): Integration {
  return {
    apiId,
    integrationId: found.IntegrationId ?? "",
    integrationUri: found.IntegrationUri ?? "",
    integrationType: found.IntegrationType ?? "",
    payloadFormatVersion: found.PayloadFormatVersion ?? "",
  };
}
