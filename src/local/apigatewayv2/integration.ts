// Integrations: what a route calls. Only Lambda's is run here; an HTTP one can be made but answers 500.

import { own } from "../own.ts";
import type { CloudEnvironment, JsonObject, Operation, Shape } from "../service.ts";
import type { Apis } from "./apis.ts";
import { autoDeployed } from "./deployment.ts";
import {
  badRequest,
  conflict,
  limitReached,
  newId,
  notFound,
  notImplemented,
  pick,
  text,
  toJson,
  type Api,
  type Integration,
} from "./model.ts";
import { pageOf, PAGING_INPUT, PAGING_QUERY } from "./paging.ts";

/** "Integrations per API" (Amazon API Gateway quotas, HTTP API). */
const INTEGRATION_LIMIT = 300;
const LONGEST_TIMEOUT = 30_000;
const SHORTEST_TIMEOUT = 50;

const SETTINGS: Readonly<Record<string, Shape>> = {
  connectionType: { type: "string", values: ["INTERNET", "VPC_LINK"] },
  description: { type: "string", max: 1024 },
  integrationMethod: { type: "string", max: 64 },
  integrationType: { type: "string", values: ["AWS", "HTTP", "MOCK", "HTTP_PROXY", "AWS_PROXY"] },
  integrationUri: { type: "string", min: 1, max: 2048 },
  payloadFormatVersion: { type: "string", max: 64 },
  timeoutInMillis: { type: "integer" },
};
const NOT_IMPLEMENTED = [
  "connectionId",
  "contentHandlingStrategy",
  "credentialsArn",
  "integrationSubtype",
  "passthroughBehavior",
  "requestParameters",
  "requestTemplates",
  "responseParameters",
  "templateSelectionExpression",
  "tlsConfig",
];
const MEMBERS = [
  "connectionType",
  "integrationMethod",
  "integrationType",
  "integrationUri",
  "payloadFormatVersion",
  "timeoutInMillis",
  "description",
] as const;
const API_ID: Shape = { type: "string", required: true };
const ONE = { apiId: API_ID, integrationId: { type: "string", required: true } } as const;
const COLLECTION = "/v2/apis/{apiId}/integrations";

/** CreateIntegration, GetIntegration, GetIntegrations, UpdateIntegration, DeleteIntegration. */
export function integrationOperations(env: CloudEnvironment, apis: Apis): Record<string, Operation> {
  const all = (input: JsonObject): string => apis.arn(`/apis/${text(input, "apiId")}/integrations`);
  const one = (input: JsonObject): string => `${all(input)}/${text(input, "integrationId")}`;
  function save(api: Api, integrations: Api["integrations"]): void {
    apis.save(autoDeployed({ ...api, integrations }, env.clock.now()));
  }
  return {
    CreateIntegration: {
      rest: { method: "POST", path: COLLECTION, status: 201 },
      input: {
        apiId: API_ID,
        ...SETTINGS,
        integrationType: { ...SETTINGS["integrationType"], type: "string", required: true },
      },
      notImplemented: NOT_IMPLEMENTED,
      resource: all,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        if (Object.keys(api.integrations).length >= INTEGRATION_LIMIT) throw limitReached("Integrations");
        const integration = newIntegration(input);
        save(api, { ...api.integrations, [integration.integrationId]: integration });
        return toJson(integration);
      },
    },
    GetIntegration: {
      rest: { method: "GET", path: `${COLLECTION}/{integrationId}` },
      input: ONE,
      resource: one,
      run: (input) => toJson(requireIntegration(apis.require(text(input, "apiId")), text(input, "integrationId"))),
    },
    GetIntegrations: {
      rest: { method: "GET", path: COLLECTION, query: PAGING_QUERY },
      input: { apiId: API_ID, ...PAGING_INPUT },
      resource: all,
      run: (input) => pageOf(Object.values(apis.require(text(input, "apiId")).integrations).map(toJson), input),
    },
    UpdateIntegration: {
      rest: { method: "PATCH", path: `${COLLECTION}/{integrationId}` },
      input: { ...ONE, ...SETTINGS },
      notImplemented: NOT_IMPLEMENTED,
      resource: one,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const integration = requireIntegration(api, text(input, "integrationId"));
        const changed = checked({ ...integration, ...pick<Integration>(input, MEMBERS) });
        save(api, { ...api.integrations, [integration.integrationId]: changed });
        return toJson(changed);
      },
    },
    DeleteIntegration: {
      rest: { method: "DELETE", path: `${COLLECTION}/{integrationId}`, status: 204 },
      input: ONE,
      resource: one,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const { integrationId } = requireIntegration(api, text(input, "integrationId"));
        const users = Object.values(api.routes).filter(({ target }) => target === `integrations/${integrationId}`);
        if (users.length > 0) {
          const ids = users.map(({ routeId }) => routeId).join(", ");
          throw conflict(
            `Cannot delete Integration because it is referenced by the following Routes with Ids: [${ids}]`,
          );
        }
        const { [integrationId]: _gone, ...integrations } = api.integrations;
        save(api, integrations);
        return undefined;
      },
    },
  };
}

/** @throws {AwsError} BadRequestException for what an HTTP API cannot have */
export function newIntegration(input: JsonObject): Integration {
  if (input["payloadFormatVersion"] === undefined) {
    throw badRequest("PayloadFormatVersion is a required parameter for integration");
  }
  const isLambda = input["integrationType"] === "AWS_PROXY";
  const integration: Integration = {
    integrationId: newId(7),
    integrationType: text(input, "integrationType"),
    connectionType: "INTERNET",
    payloadFormatVersion: text(input, "payloadFormatVersion"),
    timeoutInMillis: LONGEST_TIMEOUT,
    // Lambda is invoked by POST, whatever the client's method.
    ...(isLambda && { integrationMethod: "POST" }),
    ...pick<Integration>(input, MEMBERS),
  };
  return checked(integration);
}

function checked(integration: Integration): Integration {
  const { integrationType, payloadFormatVersion, timeoutInMillis, integrationUri } = integration;
  if (integrationType !== "AWS_PROXY" && integrationType !== "HTTP_PROXY") {
    throw badRequest(
      "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)",
    );
  }
  if (!(integrationType === "AWS_PROXY" ? ["1.0", "2.0"] : ["1.0"]).includes(payloadFormatVersion)) {
    throw badRequest(`PayloadFormatVersion ${payloadFormatVersion} is not supported`);
  }
  if (timeoutInMillis < SHORTEST_TIMEOUT || timeoutInMillis > LONGEST_TIMEOUT) {
    throw badRequest(`Timeout should be between ${SHORTEST_TIMEOUT} ms and ${LONGEST_TIMEOUT} ms`);
  }
  if (integration.connectionType === "VPC_LINK") throw notImplemented("integrations through a VPC link");
  if (integrationUri === undefined) throw badRequest("IntegrationUri is a required parameter for integration");
  requireUri(integrationType, integrationUri);
  if (integrationType === "AWS_PROXY" && payloadFormatVersion === "1.0") {
    throw notImplemented("Lambda integrations with PayloadFormatVersion 1.0");
  }
  return integration;
}

/** A function's ARN, or the older URI that wraps one; a stage variable may stand for a part. */
const FUNCTION_URI =
  /^arn:[\w-]+:(lambda:[\w-]+:\d{12}:function:\S+|apigateway:[\w-]+:lambda:path\/2015-03-31\/functions\/\S+\/invocations)$/;

function requireUri(integrationType: string, uri: string): void {
  if (integrationType === "AWS_PROXY") {
    if (!FUNCTION_URI.test(uri)) throw badRequest("Invalid ARN specified in the request");
  } else if (!/^https?:\/\/\S+$/.test(uri)) throw badRequest("Invalid HTTP endpoint specified for URI");
}

function requireIntegration(api: Api, integrationId: string): Integration {
  const integration = own(api.integrations, integrationId);
  if (integration === undefined) throw notFound(`Invalid Integration identifier specified ${integrationId}`);
  return integration;
}
