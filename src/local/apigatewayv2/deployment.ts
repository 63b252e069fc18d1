// Deployments: frozen copies of an API's routes, made by hand or, for stages with auto-deploy, by every change.

import { own } from "../own.ts";
import type { CloudEnvironment, Operation } from "../service.ts";
import type { Apis } from "./apis.ts";
import {
  badRequest,
  conflict,
  isoTime,
  newId,
  notFound,
  text,
  toDeploymentWire,
  type Api,
  type Authorizer,
  type DeployedRoute,
  type Deployment,
  type Integration,
  type Route,
  type Stage,
} from "./model.ts";
import { pageOf, PAGING_INPUT, PAGING_QUERY } from "./paging.ts";

const AUTOMATIC = "Automatic deployment triggered by changes to the Api configuration";

/** The parts of an API that a deployment looks at; a new API has them before it has an id. */
type Deployable = Pick<Api, "routes" | "integrations" | "authorizers" | "stages" | "deployments">;

/** The API with a fresh deployment on its stages that deploy by themselves; unchanged when there is none. */
export function autoDeployed<A extends Deployable>(api: A, now: number): A {
  const automatic = Object.values(api.stages).filter((stage) => stage.autoDeploy);
  if (automatic.length === 0) return api;
  const deployment = freeze(api, now, { autoDeployed: true, description: AUTOMATIC });
  return withoutForgotten(automatic.reduce<A>((deployed, stage) => deploy(deployed, stage, deployment, now), api));
}

/**
 * The stage, deployed as its own members say: to the deployment named, or by itself.
 * @throws {AwsError} NotFoundException for a deployment that is not there
 */
export function deployedStage(api: Api, stage: Stage, now: number): Api {
  const withStage = { ...api, stages: { ...api.stages, [stage.stageName]: stage } };
  if (stage.autoDeploy) return autoDeployed(withStage, now);
  if (stage.deploymentId !== undefined) requireDeployment(api, stage.deploymentId);
  return withStage;
}

function deploy<A extends Deployable>(api: A, stage: Stage, deployment: Deployment, now: number): A {
  const deployed: Stage = {
    ...stage,
    deploymentId: deployment.deploymentId,
    lastUpdatedDate: isoTime(now),
    lastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${deployment.deploymentId}'`,
  };
  return {
    ...api,
    stages: { ...api.stages, [stage.stageName]: deployed },
    deployments: { ...api.deployments, [deployment.deploymentId]: deployment },
  };
}

function freeze(api: Deployable, now: number, about: Pick<Deployment, "autoDeployed" | "description">): Deployment {
  const routes = Object.values(api.routes).map((route) => freezeRoute(api, route));
  return { ...about, deploymentId: newId(6), createdDate: isoTime(now), deploymentStatus: "DEPLOYED", routes };
}

function freezeRoute(api: Deployable, { routeKey, authorizationType, ...route }: Route): DeployedRoute {
  const { authorizerId = "", authorizationScopes, target = "" } = route;
  const authorizer = own(api.authorizers, authorizerId);
  const integration = own(api.integrations, target.replace(/^integrations\//, ""));
  return {
    routeKey,
    authorizationType,
    ...(authorizer && { authorizer: guard(authorizer) }),
    ...(authorizationScopes && { authorizationScopes }),
    ...(integration && { integration: called(integration) }),
  };
}

function guard({ identitySource, jwtConfiguration }: Authorizer): NonNullable<DeployedRoute["authorizer"]> {
  return { identitySource, jwtConfiguration };
}

function called({
  integrationType,
  integrationUri,
  timeoutInMillis,
}: Integration): NonNullable<DeployedRoute["integration"]> {
  return { integrationType, timeoutInMillis, ...(integrationUri !== undefined && { integrationUri }) };
}

/** Automatic deployments that no stage serves any more would only pile up in the record. */
function withoutForgotten<A extends Deployable>(api: A): A {
  const served = new Set(Object.values(api.stages).map((stage) => stage.deploymentId));
  const kept = Object.entries(api.deployments).filter(([id, { autoDeployed: auto }]) => !auto || served.has(id));
  return { ...api, deployments: Object.fromEntries(kept) };
}

function requireDeployment(api: Api, deploymentId: string): Deployment {
  const deployment = own(api.deployments, deploymentId);
  if (deployment === undefined) throw notFound(`Invalid Deployment identifier specified ${deploymentId}`);
  return deployment;
}

/** CreateDeployment, GetDeployment, GetDeployments, DeleteDeployment. */
export function deploymentOperations(env: CloudEnvironment, apis: Apis): Record<string, Operation> {
  const apiId = { type: "string", required: true } as const;
  const one = { apiId, deploymentId: { type: "string", required: true } } as const;
  const collection = "/v2/apis/{apiId}/deployments";
  return {
    CreateDeployment: {
      rest: { method: "POST", path: collection, status: 201 },
      input: { apiId, description: { type: "string", max: 1024 }, stageName: { type: "string", min: 1, max: 128 } },
      resource: (input) => apis.arn(`/apis/${text(input, "apiId")}/deployments`),
      run(input) {
        const api = apis.require(text(input, "apiId"));
        if (Object.keys(api.routes).length === 0) {
          throw badRequest("Unable to deploy API because no routes exist in this API");
        }
        const now = env.clock.now();
        const description = input["description"];
        const deployment = freeze(api, now, {
          autoDeployed: false,
          ...(typeof description === "string" && { description }),
        });
        const stageName = input["stageName"];
        if (typeof stageName === "string") {
          const stage = own(api.stages, stageName);
          if (stage === undefined) throw notFound("Invalid stage identifier specified");
          if (stage.autoDeploy)
            throw badRequest(`Deployment ID cannot be set on the stage ${stageName} because AutoDeploy is enabled`);
          apis.save(deploy(api, stage, deployment, now));
        } else {
          apis.save({ ...api, deployments: { ...api.deployments, [deployment.deploymentId]: deployment } });
        }
        return toDeploymentWire(deployment);
      },
    },
    GetDeployment: {
      rest: { method: "GET", path: `${collection}/{deploymentId}` },
      input: one,
      resource: (input) => apis.arn(`/apis/${text(input, "apiId")}/deployments/${text(input, "deploymentId")}`),
      run: (input) =>
        toDeploymentWire(requireDeployment(apis.require(text(input, "apiId")), text(input, "deploymentId"))),
    },
    GetDeployments: {
      rest: { method: "GET", path: collection, query: PAGING_QUERY },
      input: { apiId, ...PAGING_INPUT },
      resource: (input) => apis.arn(`/apis/${text(input, "apiId")}/deployments`),
      run(input) {
        const { deployments } = apis.require(text(input, "apiId"));
        return pageOf(Object.values(deployments).map(toDeploymentWire), input);
      },
    },
    DeleteDeployment: {
      rest: { method: "DELETE", path: `${collection}/{deploymentId}`, status: 204 },
      input: one,
      resource: (input) => apis.arn(`/apis/${text(input, "apiId")}/deployments/${text(input, "deploymentId")}`),
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const { deploymentId } = requireDeployment(api, text(input, "deploymentId"));
        const stage = Object.values(api.stages).find((each) => each.deploymentId === deploymentId);
        if (stage !== undefined) {
          throw conflict(`Active stages pointing to this deployment must be moved or deleted: ${stage.stageName}`);
        }
        const { [deploymentId]: _gone, ...deployments } = api.deployments;
        apis.save({ ...api, deployments });
        return undefined;
      },
    },
  };
}
