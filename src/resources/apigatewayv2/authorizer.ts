// The JWT authorizer: which tokens the API's protected routes let in.

import {
  ApiGatewayV2Client,
  type Authorizer as AuthorizerDescription,
  CreateAuthorizerCommand,
  DeleteAuthorizerCommand,
  GetAuthorizerCommand,
  GetAuthorizersCommand,
  UpdateAuthorizerCommand,
} from "@aws-sdk/client-apigatewayv2";
import { isAwsError, unlessMissing } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { createOnce } from "../../aws/uncertain.ts";
import { retryWhile } from "../../aws/wait.ts";
import { changesBetween } from "../../core/change.ts";
import { paceOf, type Resource, type Scope } from "../resource.ts";
import { toPage, writeToApi } from "./api-write.ts";
import { VERBS } from "./verbs.ts";

export interface AuthorizerKey {
  readonly apiId: string;
  readonly name: string;
  /** The recorded id, if any. */
  readonly authorizerId?: string;
}

export interface AuthorizerSpec {
  readonly apiId: string;
  readonly name: string;
  /** The token's `iss`; AWS fetches `<issuer>/.well-known/openid-configuration`. */
  readonly issuer: string;
  /** Of which one has to be the token's `aud` or `client_id`. */
  readonly audience: readonly string[];
}

export interface Authorizer extends AuthorizerSpec {
  readonly authorizerId: string;
  readonly authorizerType: string;
  readonly identitySource: readonly string[];
}

const TYPE = "JWT";
const IDENTITY_SOURCE = ["$request.header.Authorization"];
/** How long an authorizer counts as in use after its last route was opened. */
const REFERENCED_MS = 30_000;

export const authorizer: Resource<AuthorizerKey, AuthorizerSpec, Authorizer> = {
  alreadyExists: [],
  rights: { itself: VERBS },

  async read(scope, key) {
    const { apiId, authorizerId } = key;
    const recorded = authorizerId === undefined ? undefined : await get(scope, apiId, authorizerId);
    const found = recorded ?? (await findByName(scope, key));
    return found === undefined ? undefined : { live: toAuthorizer(apiId, found), tags: "untaggable" };
  },

  diff(spec, { live }) {
    if (live.authorizerType !== TYPE) {
      return [{ field: "AuthorizerType", from: live.authorizerType, to: TYPE, replace: true }];
    }
    return changesBetween(
      {
        Name: spec.name,
        IdentitySource: IDENTITY_SOURCE,
        "JwtConfiguration.Issuer": spec.issuer,
        "JwtConfiguration.Audience": spec.audience,
      },
      {
        Name: live.name,
        IdentitySource: live.identitySource,
        "JwtConfiguration.Issuer": live.issuer,
        "JwtConfiguration.Audience": live.audience,
      },
    );
  },

  async reconcile(scope, spec, observed, created) {
    if (observed === undefined) {
      const made = await create(scope, spec);
      created(made);
      return made;
    }
    const { authorizerId } = observed.live;
    const command = new UpdateAuthorizerCommand({ AuthorizerId: authorizerId, ...toRequest(spec) });
    const send = (): Promise<AuthorizerAnswer> => scope.clients.get(ApiGatewayV2Client).send(command);
    return toAuthorizer(spec.apiId, await writeOnceKnown(scope, spec, send));
  },

  /** AWS deletes none that a route is protected by. */
  async remove(scope, { apiId: ApiId, authorizerId: AuthorizerId }) {
    const command = new DeleteAuthorizerCommand({ ApiId, AuthorizerId });
    const remove = (): Promise<unknown> => scope.clients.get(ApiGatewayV2Client).send(command);
    await retryWhile(
      (error) => isAwsError(error, "ConflictException"),
      () => writeToApi(scope, ApiId, () => unlessMissing(remove(), "NotFoundException")),
      paceOf(scope, "DeleteAuthorizer", (last) => ({ for: "gone", last }), REFERENCED_MS),
    );
  },
};

function create(scope: Scope, spec: AuthorizerSpec): Promise<Authorizer> {
  const { apiId } = spec;
  const command = new CreateAuthorizerCommand({ AuthorizerType: TYPE, ...toRequest(spec) });
  const send = (): Promise<AuthorizerAnswer> => scope.clients.get(ApiGatewayV2Client).send(command);
  return createOnce({
    make: async () => toAuthorizer(apiId, await writeOnceKnown(scope, spec, send)),
    find: async () => {
      const found = await findByName(scope, spec);
      return found === undefined ? undefined : toAuthorizer(apiId, found);
    },
    clock: scope.clock,
    signal: scope.signal,
  });
}

/** A pool made seconds ago does not show its discovery document yet: 400 "… Error: Invalid issuer: …". */
function writeOnceKnown<T>(scope: Scope, { apiId, issuer }: AuthorizerSpec, send: () => Promise<T>): Promise<T> {
  return retryWhile(
    (error) => isAwsError(error, "BadRequestException") && /invalid issuer/i.test(error.message),
    () => writeToApi(scope, apiId, send),
    paceOf(scope, `issuer ${issuer}`, (last) => ({ for: "propagation", last })),
  );
}

function get(scope: Scope, ApiId: string, AuthorizerId: string): Promise<AuthorizerAnswer | undefined> {
  const command = new GetAuthorizerCommand({ ApiId, AuthorizerId });
  return unlessMissing(scope.clients.get(ApiGatewayV2Client).send(command), "NotFoundException");
}

async function findByName(scope: Scope, { apiId: ApiId, name }: AuthorizerKey): Promise<AuthorizerAnswer | undefined> {
  const client = scope.clients.get(ApiGatewayV2Client);
  const all = await unlessMissing(
    everyPage(async (NextToken) => toPage(await client.send(new GetAuthorizersCommand({ ApiId, NextToken })))),
    "NotFoundException",
  );
  return all?.find(({ Name }) => Name === name);
}

function toRequest({ apiId, name, issuer, audience }: AuthorizerSpec): {
  ApiId: string;
  Name: string;
  IdentitySource: string[];
  JwtConfiguration: { Issuer: string; Audience: string[] };
} {
  return {
    ApiId: apiId,
    Name: name,
    IdentitySource: [...IDENTITY_SOURCE],
    JwtConfiguration: { Issuer: issuer, Audience: [...audience] },
  };
}

type AuthorizerAnswer = { readonly [K in keyof AuthorizerDescription]?: AuthorizerDescription[K] | undefined };

function toAuthorizer(apiId: string, found: AuthorizerAnswer): Authorizer {
  return {
    apiId,
    authorizerId: found.AuthorizerId ?? "",
    name: found.Name ?? "",
    authorizerType: found.AuthorizerType ?? "",
    identitySource: found.IdentitySource ?? [],
    issuer: found.JwtConfiguration?.Issuer ?? "",
    audience: found.JwtConfiguration?.Audience ?? [],
  };
}
