// JWT authorizers through the real SDK client: their operations, and the routes that name one.

import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  type CreateAuthorizerCommandInput,
  CreateRouteCommand,
  DeleteApiCommand,
  DeleteAuthorizerCommand,
  DeleteRouteCommand,
  GetApiCommand,
  GetAuthorizerCommand,
  GetAuthorizersCommand,
  GetRouteCommand,
  UpdateAuthorizerCommand,
  type UpdateAuthorizerCommandInput,
  UpdateRouteCommand,
  type UpdateRouteCommandInput,
} from "@aws-sdk/client-apigatewayv2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestGateway, type TestGateway } from "../gateway.ts";
import { createTestIssuer, testPools, type TestIssuer } from "../tokens.ts";

const INVALID_ID =
  "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.";
const NO_SCOPES =
  "Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types";

let gateway: TestGateway;
let client: ApiGatewayV2Client;
let one: TestIssuer;
let other: TestIssuer;
let ApiId: string;

beforeAll(async () => {
  [one, other] = await Promise.all([createTestIssuer("us-east-1_one"), createTestIssuer("us-east-1_other")]);
  gateway = createTestGateway({ now: Date.now, issuers: testPools(one, other) });
  client = new ApiGatewayV2Client(await gateway.listen());
});

afterAll(async () => {
  client.destroy();
  await gateway.end();
});

beforeEach(async () => {
  const api = await client.send(new CreateApiCommand({ Name: "case", ProtocolType: "HTTP" }));
  ApiId = api.ApiId ?? "";
  return () => client.send(new DeleteApiCommand({ ApiId }));
});

function refused(name: string, status: number, message: string) {
  return { name, $metadata: { httpStatusCode: status }, message };
}

function draft(more: Partial<CreateAuthorizerCommandInput> = {}): CreateAuthorizerCommandInput {
  return {
    ApiId,
    Name: "users",
    AuthorizerType: "JWT",
    IdentitySource: ["$request.header.Authorization"],
    JwtConfiguration: { Audience: ["client"], Issuer: one.issuer },
    ...more,
  };
}

async function createAuthorizer(more: Partial<CreateAuthorizerCommandInput> = {}): Promise<string> {
  const { AuthorizerId = "" } = await client.send(new CreateAuthorizerCommand(draft(more)));
  return AuthorizerId;
}

async function createRoute(AuthorizerId: string, AuthorizationScopes?: string[]): Promise<string> {
  const { RouteId = "" } = await client.send(
    new CreateRouteCommand({
      ApiId,
      RouteKey: "GET /items",
      AuthorizationType: "JWT",
      AuthorizerId,
      ...(AuthorizationScopes && { AuthorizationScopes }),
    }),
  );
  return RouteId;
}

describe("authorizers", () => {
  test("CreateAuthorizer, GetAuthorizer, GetAuthorizers, UpdateAuthorizer, DeleteAuthorizer", async () => {
    const { $metadata, ...created } = await client.send(new CreateAuthorizerCommand(draft()));
    expect($metadata.httpStatusCode).toBe(201);
    expect(created).toEqual({
      AuthorizerId: expect.stringMatching(/^[a-z0-9]{6}$/),
      AuthorizerType: "JWT",
      IdentitySource: ["$request.header.Authorization"],
      JwtConfiguration: { Audience: ["client"], Issuer: one.issuer },
      Name: "users",
    });
    const { AuthorizerId } = created;
    expect(await client.send(new GetAuthorizerCommand({ ApiId, AuthorizerId }))).toMatchObject(created);
    expect((await client.send(new GetAuthorizersCommand({ ApiId }))).Items).toEqual([created]);

    const JwtConfiguration = { Audience: ["a", "b"], Issuer: other.issuer };
    const update = { ApiId, AuthorizerId, Name: "members", JwtConfiguration };
    const changed = { ...created, Name: "members", JwtConfiguration };
    expect(await client.send(new UpdateAuthorizerCommand(update))).toMatchObject(changed);
    expect(await client.send(new GetAuthorizerCommand({ ApiId, AuthorizerId }))).toMatchObject(changed);

    const deleted = await client.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    for (const command of [
      new GetAuthorizerCommand({ ApiId, AuthorizerId }),
      new UpdateAuthorizerCommand({ ApiId, AuthorizerId, Name: "x" }),
      new DeleteAuthorizerCommand({ ApiId, AuthorizerId }),
    ]) {
      await expect(client.send(command)).rejects.toMatchObject(
        refused("NotFoundException", 404, `Invalid Authorizer identifier specified ${AuthorizerId}`),
      );
    }
    await expect(client.send(new GetAuthorizersCommand({ ApiId: "gone123456" }))).rejects.toMatchObject({
      name: "NotFoundException",
    });
  });

  test("are no part of the API's own answer", async () => {
    await createAuthorizer();
    const { $metadata: _metadata, ...api } = await client.send(new GetApiCommand({ ApiId }));
    expect(JSON.stringify(api)).not.toContain(one.issuer);
  });

  test("read the token from a parameter of the query, too", async () => {
    const AuthorizerId = await createAuthorizer({ IdentitySource: ["$request.querystring.token"] });
    const found = await client.send(new GetAuthorizerCommand({ ApiId, AuthorizerId }));
    expect(found.IdentitySource).toEqual(["$request.querystring.token"]);
  });

  test.each<[Partial<CreateAuthorizerCommandInput>, RegExp]>([
    [{ Name: "" }, /at 'name'.*length greater than or equal to 1/],
    [{ Name: "x".repeat(129) }, /at 'name'.*length less than or equal to 128/],
    [{ AuthorizerType: "TOKEN" as "JWT" }, /at 'authorizerType'.*enum value set: \[REQUEST, JWT\]/],
    [{ IdentitySource: [] }, /^Identity source of a JWT Authorizer must be exactly one/],
    [{ IdentitySource: ["$request.header.A", "$request.header.B"] }, /^Identity source/],
    [{ IdentitySource: ["$request.header."] }, /^Identity source/],
    [{ IdentitySource: ["method.request.header.Authorization"] }, /^Identity source/],
    [{ IdentitySource: ["$context.stage"] }, /^Identity source/],
    [
      { JwtConfiguration: { Issuer: "http://x.example", Audience: ["a"] } },
      /^Invalid issuer: Issuer is not a valid URL/,
    ],
    [{ JwtConfiguration: { Issuer: "https://", Audience: ["a"] } }, /^Invalid issuer: Issuer is not a valid URL/],
    [{ JwtConfiguration: { Audience: ["a"] } }, /^Invalid issuer: Issuer is not a valid URL/],
  ])("CreateAuthorizer refuses %j", async (wrong, message) => {
    await expect(createAuthorizer(wrong)).rejects.toMatchObject({
      name: "BadRequestException",
      $metadata: { httpStatusCode: 400 },
      message: expect.stringMatching(message),
    });
  });

  test("want a JwtConfiguration and somebody whom the tokens are for", async () => {
    const { JwtConfiguration: _none, ...bare } = draft();
    await expect(client.send(new CreateAuthorizerCommand(bare))).rejects.toMatchObject(
      refused("BadRequestException", 400, "JwtConfiguration must not be null for JWT Authorizer"),
    );
    const nobody = { JwtConfiguration: { Issuer: one.issuer, Audience: [] } };
    await expect(createAuthorizer(nobody)).rejects.toMatchObject(
      refused("BadRequestException", 400, "Audience must not be empty for JWT Authorizer"),
    );
  });

  test("want an issuer that can be discovered, when they are made and when it changes", async () => {
    const gone = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_gone";
    const undiscovered = refused(
      "BadRequestException",
      400,
      `Caught exception when connecting to ${gone}/.well-known/openid-configuration for issuer ${gone}. ` +
        `Please try again later. Error: Invalid issuer: ${gone}. ` +
        "Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'",
    );
    const JwtConfiguration = { Audience: ["client"], Issuer: gone };
    await expect(createAuthorizer({ JwtConfiguration })).rejects.toMatchObject(undiscovered);
    expect((await client.send(new GetAuthorizersCommand({ ApiId }))).Items).toEqual([]);
    const AuthorizerId = await createAuthorizer();
    await expect(
      client.send(new UpdateAuthorizerCommand({ ApiId, AuthorizerId, JwtConfiguration })),
    ).rejects.toMatchObject(undiscovered);
  });

  test("of one API have different names", async () => {
    await createAuthorizer();
    const taken = refused(
      "BadRequestException",
      400,
      "Authorizer name must be unique. Authorizer users already exists in this RestApi.",
    );
    await expect(createAuthorizer()).rejects.toMatchObject(taken);
    const AuthorizerId = await createAuthorizer({ Name: "others" });
    const rename = new UpdateAuthorizerCommand({ ApiId, AuthorizerId, Name: "users" });
    await expect(client.send(rename)).rejects.toMatchObject(taken);
    await client.send(new UpdateAuthorizerCommand({ ApiId, AuthorizerId, Name: "others" }));
  });

  test("are ten at most, in pages", async () => {
    for (let index = 0; index < 10; index += 1) await createAuthorizer({ Name: `a${index}` });
    const message =
      "Maximum number of Authorizers for this API has been reached. Please contact AWS if you need additional Authorizers.";
    await expect(createAuthorizer()).rejects.toMatchObject(refused("ConflictException", 429, message));
    const first = await client.send(new GetAuthorizersCommand({ ApiId, MaxResults: "6" }));
    expect(first.Items?.map(({ Name }) => Name)).toEqual(["a0", "a1", "a2", "a3", "a4", "a5"]);
    const NextToken = first.NextToken;
    const rest = await client.send(new GetAuthorizersCommand({ ApiId, MaxResults: "6", NextToken }));
    expect(rest.Items?.map(({ Name }) => Name)).toEqual(["a6", "a7", "a8", "a9"]);
    expect(rest.NextToken).toBeUndefined();
  });

  test.each<Partial<CreateAuthorizerCommandInput>>([
    { AuthorizerType: "REQUEST" },
    { AuthorizerUri: "arn:aws:lambda:us-east-1:000000000000:function:f" },
    { AuthorizerCredentialsArn: "arn:aws:iam::000000000000:role/r" },
    { AuthorizerResultTtlInSeconds: 300 },
    { AuthorizerPayloadFormatVersion: "2.0" },
    { EnableSimpleResponses: true },
    { IdentityValidationExpression: "x" },
  ])("that run a function are refused by name: %j", async (lambda) => {
    const unknown = { name: "UnknownOperationException", $metadata: { httpStatusCode: 400 } };
    await expect(createAuthorizer(lambda)).rejects.toMatchObject(unknown);
    const AuthorizerId = await createAuthorizer();
    const update = { ApiId, AuthorizerId, ...lambda } as UpdateAuthorizerCommandInput;
    await expect(client.send(new UpdateAuthorizerCommand(update))).rejects.toMatchObject(unknown);
  });

  test("replace their JwtConfiguration as a whole", async () => {
    const AuthorizerId = await createAuthorizer();
    const half = { ApiId, AuthorizerId, JwtConfiguration: { Audience: ["another"] } };
    await expect(client.send(new UpdateAuthorizerCommand(half))).rejects.toMatchObject({ name: "BadRequestException" });
  });
});

describe("routes with an authorizer", () => {
  test("keep it until AuthorizationType NONE takes it away", async () => {
    const AuthorizerId = await createAuthorizer();
    const RouteId = await createRoute(AuthorizerId, ["read"]);
    const guarded = { AuthorizationType: "JWT", AuthorizerId, AuthorizationScopes: ["read"] };
    expect(await client.send(new GetRouteCommand({ ApiId, RouteId }))).toMatchObject(guarded);
    const renamed = await client.send(new UpdateRouteCommand({ ApiId, RouteId, OperationName: "list" }));
    expect(renamed).toMatchObject({ ...guarded, OperationName: "list" });
    const unscoped = await client.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationScopes: [] }));
    expect(unscoped).toMatchObject({ AuthorizationType: "JWT", AuthorizerId });
    expect(unscoped.AuthorizationScopes).toBeUndefined();
    await client.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: "NONE" }));
    const open = await client.send(new GetRouteCommand({ ApiId, RouteId }));
    expect(open).toMatchObject({ AuthorizationType: "NONE", OperationName: "list" });
    expect(open.AuthorizerId).toBeUndefined();
    const again = { ApiId, RouteId, AuthorizationType: "JWT", AuthorizerId } as const;
    expect(await client.send(new UpdateRouteCommand(again))).toMatchObject({ AuthorizationType: "JWT", AuthorizerId });
  });

  test.each<[Partial<UpdateRouteCommandInput>, string]>([
    [{ AuthorizationType: "JWT" }, INVALID_ID],
    [{ AuthorizationType: "JWT", AuthorizerId: "gone12" }, INVALID_ID],
    [{ AuthorizationType: "JWT", AuthorizerId: "toString" }, INVALID_ID],
    [{ AuthorizationScopes: ["read"] }, NO_SCOPES],
    [{ AuthorizationType: "NONE", AuthorizationScopes: ["read"] }, NO_SCOPES],
  ])("refuse %j", async (wrong, message) => {
    const bad = refused("BadRequestException", 400, message);
    const route = { ApiId, RouteKey: "GET /items" };
    await expect(client.send(new CreateRouteCommand({ ...route, ...wrong }))).rejects.toMatchObject(bad);
    const { RouteId } = await client.send(new CreateRouteCommand(route));
    await expect(client.send(new UpdateRouteCommand({ ApiId, RouteId, ...wrong }))).rejects.toMatchObject(bad);
  });

  test("take none of another API", async () => {
    const AuthorizerId = await createAuthorizer();
    const another = await client.send(new CreateApiCommand({ Name: "another", ProtocolType: "HTTP" }));
    const route = { ApiId: another.ApiId, RouteKey: "GET /", AuthorizationType: "JWT", AuthorizerId } as const;
    await expect(client.send(new CreateRouteCommand(route))).rejects.toMatchObject({ message: INVALID_ID });
    await client.send(new DeleteApiCommand({ ApiId: another.ApiId }));
  });

  test("keep it from being deleted", async () => {
    const AuthorizerId = await createAuthorizer();
    const RouteId = await createRoute(AuthorizerId);
    const remove = () => client.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId }));
    await expect(remove()).rejects.toMatchObject(
      refused("ConflictException", 409, "Cannot delete authorizer 'users', is referenced in route: GET /items"),
    );
    await client.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: "NONE" }));
    await remove();
    await client.send(new DeleteRouteCommand({ ApiId, RouteId }));
  });
});
