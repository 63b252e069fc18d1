// What API Gateway keeps of one HTTP API, and how each part of it looks on the wire.

import { randomInt } from "node:crypto";
import { AwsError, type Json, type JsonObject } from "../service.ts";

export interface Cors {
  readonly allowCredentials?: boolean;
  readonly allowHeaders?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowOrigins?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  /** Seconds; -1 turns the browser's cache off. */
  readonly maxAge?: number;
}

export interface Route {
  readonly routeId: string;
  /** `GET /items/{id}` or `$default` */
  readonly routeKey: string;
  /** `integrations/<id>` */
  readonly target?: string;
  readonly authorizationType: string;
  readonly authorizerId?: string;
  readonly authorizationScopes?: readonly string[];
  readonly operationName?: string;
  readonly apiKeyRequired: boolean;
  readonly apiGatewayManaged?: boolean;
}

export interface Integration {
  readonly integrationId: string;
  readonly integrationType: string;
  readonly integrationUri?: string;
  readonly integrationMethod?: string;
  readonly connectionType: string;
  readonly payloadFormatVersion: string;
  readonly timeoutInMillis: number;
  readonly description?: string;
  readonly apiGatewayManaged?: boolean;
}

/** A JWT authorizer: whose tokens are let in, for which clients, and where a request carries one. */
export interface Authorizer {
  readonly authorizerId: string;
  readonly authorizerType: "JWT";
  /** One expression: `$request.header.Authorization` or `$request.querystring.<name>`. */
  readonly identitySource: readonly string[];
  readonly jwtConfiguration: JwtConfiguration;
  readonly name: string;
}

export interface JwtConfiguration {
  readonly audience: readonly string[];
  readonly issuer: string;
}

export interface Stage {
  readonly stageName: string;
  readonly autoDeploy: boolean;
  readonly deploymentId?: string;
  readonly description?: string;
  readonly defaultRouteSettings?: JsonObject;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdDate: string;
  readonly lastUpdatedDate: string;
  readonly lastDeploymentStatusMessage?: string;
  readonly apiGatewayManaged?: boolean;
}

/** A route as it was when it was deployed, together with what it called and what guarded it then. */
export interface DeployedRoute {
  readonly routeKey: string;
  readonly authorizationType: string;
  readonly authorizer?: Pick<Authorizer, "identitySource" | "jwtConfiguration">;
  readonly authorizationScopes?: readonly string[];
  readonly integration?: Pick<Integration, "integrationType" | "integrationUri" | "timeoutInMillis">;
}

export interface Deployment {
  readonly deploymentId: string;
  readonly createdDate: string;
  readonly autoDeployed: boolean;
  readonly deploymentStatus: "DEPLOYED";
  readonly description?: string;
  readonly routes: readonly DeployedRoute[];
}

/** One API with everything below it: a single record, so that DeleteApi takes it all and no change is half saved. */
export interface Api {
  readonly apiId: string;
  readonly name: string;
  readonly protocolType: "HTTP";
  readonly createdDate: string;
  readonly description?: string;
  readonly version?: string;
  readonly apiKeySelectionExpression: string;
  readonly routeSelectionExpression: string;
  readonly ipAddressType: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly corsConfiguration?: Cors;
  readonly tags: Readonly<Record<string, string>>;
  /** The port that its URL names. */
  readonly port: number;
  readonly routes: Readonly<Record<string, Route>>;
  readonly integrations: Readonly<Record<string, Integration>>;
  readonly authorizers: Readonly<Record<string, Authorizer>>;
  readonly stages: Readonly<Record<string, Stage>>;
  readonly deployments: Readonly<Record<string, Deployment>>;
}

/** AWS's answer for an API; its children have operations of their own. */
export function toApiWire(api: Api): JsonObject {
  const {
    port,
    routes: _routes,
    integrations: _integrations,
    authorizers: _authorizers,
    stages: _stages,
    deployments: _deployments,
    ...own
  } = api;
  return { ...toJson(own), apiEndpoint: `http://127.0.0.1:${port}` };
}

/** AWS's answer for a deployment, without the routes that it froze. */
export function toDeploymentWire(deployment: Deployment): JsonObject {
  const { routes: _routes, ...own } = deployment;
  return toJson(own);
}

/** A record is made of JSON members only; this says so to the compiler. */
export function toJson(record: object): JsonObject {
  return { ...(record as JsonObject) };
}

/** The named members that the input has; validated by its shapes before. */
export function pick<T extends object>(input: JsonObject, members: readonly (keyof T & string)[]): Partial<T> {
  const picked: Record<string, Json> = {};
  for (const member of members) {
    const value = input[member];
    if (value !== undefined && value !== null) picked[member] = value;
  }
  return picked as Partial<T>;
}

/** A required string member; its shape has made sure that it is there. */
export function text(input: JsonObject, member: string): string {
  const value = input[member];
  if (typeof value !== "string") throw badRequest(`${member} is a required parameter`);
  return value;
}

/** Time as API Gateway prints it: ISO 8601 without milliseconds. */
export function isoTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

const ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** An id as AWS's look: lower-case letters and digits, a letter first. */
export function newId(length: number): string {
  let id = ID_LETTERS.charAt(randomInt(26));
  while (id.length < length) id += ID_LETTERS.charAt(randomInt(ID_LETTERS.length));
  return id;
}

export function badRequest(message: string): AwsError {
  return new AwsError("BadRequestException", 400, message);
}

export function notFound(message: string): AwsError {
  return new AwsError("NotFoundException", 404, message);
}

export function conflict(message: string): AwsError {
  return new AwsError("ConflictException", 409, message);
}

/** A quota of the API; AWS names what has run out, under this code with this status (sst#4522). */
export function limitReached(nouns: string): AwsError {
  return new AwsError(
    "ConflictException",
    429,
    `Maximum number of ${nouns} for this API has been reached. Please contact AWS if you need additional ${nouns}.`,
  );
}

/** What AWS can do and this cloud does not: refused by name, never half done. */
export function notImplemented(what: string): AwsError {
  return new AwsError("UnknownOperationException", 400, `The local cloud does not implement ${what}.`);
}
