// API Gateway v2 (HTTP APIs): the operations of its control plane, and the ports on which the APIs answer.

import type { PortChange } from "../control.ts";
import type { Service } from "../service.ts";
import { apiOperations } from "./api.ts";
import { createApis, type Surroundings } from "./apis.ts";
import { authorizerOperations } from "./authorizer.ts";
import { deploymentOperations } from "./deployment.ts";
import { integrationOperations } from "./integration.ts";
import { routeOperations } from "./route.ts";
import { stageOperations } from "./stage.ts";
import { tagOperations } from "./tag.ts";

export interface ApiGateway {
  readonly service: Service;
  /** Opens the ports of the APIs that earlier runs made; says which are taken by now and replaced. */
  start(): Promise<PortChange[]>;
}

/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/ for HTTP APIs, without Lambda authorizers, models and domains. */
export function createApiGateway(surroundings: Surroundings): ApiGateway {
  const { env } = surroundings;
  const apis = createApis(surroundings);
  return {
    service: {
      signingName: "apigateway",
      protocol: "restJson1",
      validationError: "BadRequestException",
      operations: {
        ...apiOperations(env, apis),
        ...routeOperations(env, apis),
        ...integrationOperations(env, apis),
        ...authorizerOperations(surroundings, apis),
        ...stageOperations(env, apis),
        ...deploymentOperations(env, apis),
        ...tagOperations(apis),
      },
      inventory: () => Promise.resolve(apis.all().map(({ apiId }) => apis.arn(`/apis/${apiId}`))),
      close: () => apis.close(),
      reset: () => apis.reset(),
    },
    start: () => apis.start(),
  };
}
