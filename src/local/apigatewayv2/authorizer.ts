// Authorizers: who is let in to the routes that name one. Only those for JSON Web Tokens are known here.

import { own } from "../own.ts";
import type { JsonObject, Operation, Shape } from "../service.ts";
import type { Apis, Surroundings } from "./apis.ts";
import { autoDeployed } from "./deployment.ts";
import { isIdentitySource } from "./identity-source.ts";
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
  type Authorizer,
} from "./model.ts";
import { pageOf, PAGING_INPUT, PAGING_QUERY } from "./paging.ts";

/** "Authorizers per API" (Amazon API Gateway quotas, HTTP API). */
const AUTHORIZER_LIMIT = 10;

const LISTED: Shape = { type: "list", of: { type: "string" } };
const SETTINGS: Readonly<Record<string, Shape>> = {
  authorizerType: { type: "string", values: ["REQUEST", "JWT"] },
  identitySource: LISTED,
  jwtConfiguration: { type: "structure", members: { audience: LISTED, issuer: { type: "string" } } },
  name: { type: "string", min: 1, max: 128 },
};
/** Members of Lambda authorizers. */
const NOT_IMPLEMENTED = [
  "authorizerCredentialsArn",
  "authorizerPayloadFormatVersion",
  "authorizerResultTtlInSeconds",
  "authorizerUri",
  "enableSimpleResponses",
  "identityValidationExpression",
];
const API_ID: Shape = { type: "string", required: true };
const ONE = { apiId: API_ID, authorizerId: { type: "string", required: true } } as const;
const COLLECTION = "/v2/apis/{apiId}/authorizers";

/** CreateAuthorizer, GetAuthorizer, GetAuthorizers, UpdateAuthorizer, DeleteAuthorizer. */
export function authorizerOperations(
  { env, issuers }: Pick<Surroundings, "env" | "issuers">,
  apis: Apis,
): Record<string, Operation> {
  const all = (input: JsonObject): string => apis.arn(`/apis/${text(input, "apiId")}/authorizers`);
  const one = (input: JsonObject): string => `${all(input)}/${text(input, "authorizerId")}`;

  function save(api: Api, authorizers: Api["authorizers"]): void {
    apis.save(autoDeployed({ ...api, authorizers }, env.clock.now()));
  }

  /** API Gateway fetches a new issuer's discovery document. Nothing leaves this machine: only its own pools have one. */
  function discover({ jwtConfiguration: { issuer } }: Authorizer): void {
    if (issuers.keysOf(issuer) !== undefined) return;
    throw badRequest(
      `Caught exception when connecting to ${issuer}/.well-known/openid-configuration for issuer ${issuer}. ` +
        `Please try again later. Error: Invalid issuer: ${issuer}. ` +
        "Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'",
    );
  }

  return {
    CreateAuthorizer: {
      rest: { method: "POST", path: COLLECTION, status: 201 },
      input: {
        apiId: API_ID,
        ...SETTINGS,
        authorizerType: { ...SETTINGS["authorizerType"], type: "string", required: true },
        identitySource: { ...LISTED, required: true },
        name: { ...SETTINGS["name"], type: "string", required: true },
      },
      notImplemented: NOT_IMPLEMENTED,
      resource: all,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        if (Object.keys(api.authorizers).length >= AUTHORIZER_LIMIT) throw limitReached("Authorizers");
        const authorizer = checked(api, { authorizerId: newId(6), ...settingsOf(input) });
        discover(authorizer);
        save(api, { ...api.authorizers, [authorizer.authorizerId]: authorizer });
        return toJson(authorizer);
      },
    },
    GetAuthorizer: {
      rest: { method: "GET", path: `${COLLECTION}/{authorizerId}` },
      input: ONE,
      resource: one,
      run: (input) => toJson(requireAuthorizer(apis.require(text(input, "apiId")), text(input, "authorizerId"))),
    },
    GetAuthorizers: {
      rest: { method: "GET", path: COLLECTION, query: PAGING_QUERY },
      input: { apiId: API_ID, ...PAGING_INPUT },
      resource: all,
      run: (input) => pageOf(Object.values(apis.require(text(input, "apiId")).authorizers).map(toJson), input),
    },
    UpdateAuthorizer: {
      rest: { method: "PATCH", path: `${COLLECTION}/{authorizerId}` },
      input: { ...ONE, ...SETTINGS },
      notImplemented: NOT_IMPLEMENTED,
      resource: one,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const before = requireAuthorizer(api, text(input, "authorizerId"));
        const changed = checked(api, { ...before, ...settingsOf(input) });
        if (changed.jwtConfiguration.issuer !== before.jwtConfiguration.issuer) discover(changed);
        save(api, { ...api.authorizers, [before.authorizerId]: changed });
        return toJson(changed);
      },
    },
    DeleteAuthorizer: {
      rest: { method: "DELETE", path: `${COLLECTION}/{authorizerId}`, status: 204 },
      input: ONE,
      resource: one,
      run(input) {
        const api = apis.require(text(input, "apiId"));
        const { authorizerId, name } = requireAuthorizer(api, text(input, "authorizerId"));
        const user = Object.values(api.routes).find((route) => route.authorizerId === authorizerId);
        if (user !== undefined) {
          throw conflict(`Cannot delete authorizer '${name}', is referenced in route: ${user.routeKey}`);
        }
        const { [authorizerId]: _gone, ...authorizers } = api.authorizers;
        save(api, authorizers);
        return undefined;
      },
    },
  };
}

/** What is given of one; `checked` makes sure of the rest. */
type Draft = Pick<Authorizer, "authorizerId"> & Partial<Omit<Authorizer, "authorizerId">>;

function settingsOf(input: JsonObject): Partial<Authorizer> {
  if (input["authorizerType"] === "REQUEST") throw notImplemented("authorizers of type REQUEST");
  return pick<Authorizer>(input, ["authorizerType", "identitySource", "jwtConfiguration", "name"]);
}

/** @throws {AwsError} BadRequestException for what a JWT authorizer cannot have or this API has by that name */
function checked(api: Api, { authorizerId, identitySource = [], jwtConfiguration, name = "" }: Draft): Authorizer {
  const [source, ...more] = identitySource;
  if (source === undefined || more.length > 0 || !isIdentitySource(source)) {
    throw badRequest(
      "Identity source of a JWT Authorizer must be exactly one of $request.header.<name> and $request.querystring.<name>",
    );
  }
  if (Object.values(api.authorizers).some((other) => other.name === name && other.authorizerId !== authorizerId)) {
    throw badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`);
  }
  const configuration = checkedConfiguration(jwtConfiguration);
  return { authorizerId, authorizerType: "JWT", identitySource, jwtConfiguration: configuration, name };
}

function checkedConfiguration(
  given: Partial<Authorizer["jwtConfiguration"]> | undefined,
): Authorizer["jwtConfiguration"] {
  if (given === undefined) throw badRequest("JwtConfiguration must not be null for JWT Authorizer");
  const { audience = [], issuer = "" } = given;
  if (!issuer.startsWith("https://") || !URL.canParse(issuer)) {
    throw badRequest("Invalid issuer: Issuer is not a valid URL for JWT Authorizer");
  }
  if (audience.length === 0) throw badRequest("Audience must not be empty for JWT Authorizer");
  return { audience, issuer };
}

function requireAuthorizer(api: Api, authorizerId: string): Authorizer {
  const authorizer = own(api.authorizers, authorizerId);
  if (authorizer === undefined) throw notFound(`Invalid Authorizer identifier specified ${authorizerId}`);
  return authorizer;
}
