// API Gateway v2's control plane through the real SDK client: one case an operation and per error it can give.

import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  type CreateIntegrationCommandInput,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteCorsConfigurationCommand,
  DeleteDeploymentCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  DeleteStageCommand,
  GetApiCommand,
  GetApisCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetIntegrationCommand,
  GetIntegrationsCommand,
  GetModelsCommand,
  GetRouteCommand,
  GetRoutesCommand,
  GetStageCommand,
  GetStagesCommand,
  GetTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApiCommand,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../cloud.ts";

const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f";

let testCloud: TestCloud;
let client: ApiGatewayV2Client;
let ApiId: string;

beforeAll(async () => {
  testCloud = await startTestCloud();
  client = new ApiGatewayV2Client(testCloud.config);
});

afterAll(async () => {
  client.destroy();
  await testCloud.close();
});

beforeEach(async () => {
  const api = await client.send(new CreateApiCommand({ Name: "case", ProtocolType: "HTTP" }));
  ApiId = api.ApiId ?? "";
  return async () => {
    await client.send(new DeleteApiCommand({ ApiId })).catch(() => {});
  };
});

/** AWS's refusal, as the SDK throws it. */
function refused(name: string, status: number, message: string | RegExp) {
  return { name, $metadata: { httpStatusCode: status }, message: expect.stringMatching(message) };
}

function exactly(message: string): RegExp {
  return new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`);
}

async function createIntegration(more: Partial<CreateIntegrationCommandInput> = {}): Promise<string> {
  const input = { ApiId, IntegrationType: "AWS_PROXY", IntegrationUri: FUNCTION, PayloadFormatVersion: "2.0" } as const;
  const { IntegrationId = "" } = await client.send(new CreateIntegrationCommand({ ...input, ...more }));
  return IntegrationId;
}

async function createRoute(RouteKey: string, Target?: string): Promise<string> {
  const { RouteId = "" } = await client.send(new CreateRouteCommand({ ApiId, RouteKey, ...(Target && { Target }) }));
  return RouteId;
}

describe("CreateApi", () => {
  test("makes an HTTP API with an address of its own", async () => {
    const before = Date.now() - 1000;
    const api = await client.send(
      new CreateApiCommand({
        Name: "http-crud-tutorial-api",
        ProtocolType: "HTTP",
        Description: "d",
        Tags: { "awsls:stack": "s" },
        CorsConfiguration: { AllowOrigins: ["*"], AllowMethods: ["GET"], AllowHeaders: ["Content-Type"], MaxAge: 60 },
      }),
    );
    expect(api).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      ApiId: expect.stringMatching(/^[a-z0-9]{10}$/),
      ApiEndpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      Name: "http-crud-tutorial-api",
      ProtocolType: "HTTP",
      Description: "d",
      ApiKeySelectionExpression: "$request.header.x-api-key",
      RouteSelectionExpression: "$request.method $request.path",
      DisableExecuteApiEndpoint: false,
      IpAddressType: "ipv4",
      Tags: { "awsls:stack": "s" },
      CorsConfiguration: { AllowOrigins: ["*"], AllowMethods: ["GET"], AllowHeaders: ["content-type"], MaxAge: 60 },
    });
    expect(api.CreatedDate?.getTime()).toBeGreaterThanOrEqual(before);
    expect((await fetch(`${api.ApiEndpoint}/`)).status).toBe(404);
    await client.send(new DeleteApiCommand({ ApiId: api.ApiId }));
  });

  test("is not idempotent: the same name twice is two APIs", async () => {
    const [one, two] = await Promise.all([
      client.send(new CreateApiCommand({ Name: "twice", ProtocolType: "HTTP" })),
      client.send(new CreateApiCommand({ Name: "twice", ProtocolType: "HTTP" })),
    ]);
    expect(one.ApiId).not.toBe(two.ApiId);
    await Promise.all([one, two].map((api) => client.send(new DeleteApiCommand({ ApiId: api.ApiId }))));
  });

  test("with a Target makes integration, route and stage along with it", async () => {
    const api = await client.send(new CreateApiCommand({ Name: "quick", ProtocolType: "HTTP", Target: FUNCTION }));
    const quick = { ApiId: api.ApiId };
    const { Items: integrations } = await client.send(new GetIntegrationsCommand(quick));
    expect(integrations).toMatchObject([
      { IntegrationType: "AWS_PROXY", IntegrationUri: FUNCTION, PayloadFormatVersion: "2.0", ApiGatewayManaged: true },
    ]);
    const { Items: routes } = await client.send(new GetRoutesCommand(quick));
    expect(routes).toMatchObject([
      { RouteKey: "$default", Target: `integrations/${integrations?.[0]?.IntegrationId}`, ApiGatewayManaged: true },
    ]);
    const { Items: stages } = await client.send(new GetStagesCommand(quick));
    expect(stages).toMatchObject([{ StageName: "$default", AutoDeploy: true, ApiGatewayManaged: true }]);
    await client.send(new DeleteApiCommand(quick));
  });

  test.each([
    [{ Name: "" }, /at 'name'.*length greater than or equal to 1/],
    [{ Name: "x".repeat(129) }, /at 'name'.*length less than or equal to 128/],
    [{ Name: undefined }, /Value null at 'name'/],
    [{ ProtocolType: "FTP" as "HTTP" }, /at 'protocolType'.*enum value set: \[WEBSOCKET, HTTP\]/],
    [{ Description: "x".repeat(1025) }, /at 'description'/],
    [{ RouteKey: "GET /" }, /Target is required/],
    [
      { RouteSelectionExpression: "$request.body.action" },
      exactly("Only $request.method $request.path is supported for HTTP APIs"),
    ],
    [{ Tags: { "aws:x": "1" } }, /reserved/],
    [{ Tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"])) }, /at most 50 tags/],
    [
      { CorsConfiguration: { AllowOrigins: ["*"], AllowCredentials: true } },
      exactly("allow-credentials is not supported if 'allow-origin' is *"),
    ],
    [{ CorsConfiguration: { AllowOrigins: ["example.com"] } }, /Invalid format for origin example.com/],
    [{ CorsConfiguration: { AllowMethods: ["FETCH"] } }, /Invalid method FETCH/],
    [{ CorsConfiguration: { MaxAge: 86_401 } }, /at 'corsConfiguration.maxAge'/],
  ])("refuses %j", async (wrong, message) => {
    const input = { Name: "a", ProtocolType: "HTTP" as const, ...wrong };
    // `undefined` stands for a member that was not given; the SDK itself does not check.
    await expect(
      client.send(new CreateApiCommand(input as { Name: string; ProtocolType: "HTTP" })),
    ).rejects.toMatchObject(refused("BadRequestException", 400, message));
  });

  test("of a WebSocket API is refused by name", async () => {
    await expect(client.send(new CreateApiCommand({ Name: "ws", ProtocolType: "WEBSOCKET" }))).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining("WEBSOCKET"),
    });
  });
});

describe("GetApi, UpdateApi, DeleteApi", () => {
  test("read, change what is given and leave the rest, delete", async () => {
    const update = { ApiId, Description: "new", CorsConfiguration: { AllowOrigins: ["https://A.example"], MaxAge: 1 } };
    expect(await client.send(new UpdateApiCommand(update))).toMatchObject({ Name: "case", Description: "new" });
    // The CORS configuration is replaced as a whole.
    await client.send(new UpdateApiCommand({ ApiId, CorsConfiguration: { AllowMethods: ["*"] } }));
    const api = await client.send(new GetApiCommand({ ApiId }));
    expect(api.Description).toBe("new");
    expect(api.CorsConfiguration).toEqual({ AllowMethods: ["*"] });
    const deleted = await client.send(new DeleteApiCommand({ ApiId }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    await expect(fetch(api.ApiEndpoint ?? "")).rejects.toThrow();
  });

  test("DeleteCorsConfiguration takes CORS away and nothing else", async () => {
    await client.send(new UpdateApiCommand({ ApiId, CorsConfiguration: { AllowOrigins: ["*"] } }));
    await client.send(new DeleteCorsConfigurationCommand({ ApiId }));
    const api = await client.send(new GetApiCommand({ ApiId }));
    expect(api.CorsConfiguration).toBeUndefined();
    expect(api.Name).toBe("case");
  });

  test("know no API that is not there, nor does anything below it", async () => {
    const gone = { ApiId: "gone123456" };
    const commands = [
      new GetApiCommand(gone),
      new UpdateApiCommand(gone),
      new DeleteApiCommand(gone),
      new DeleteCorsConfigurationCommand(gone),
      new GetRoutesCommand(gone),
      new CreateRouteCommand({ ...gone, RouteKey: "GET /" }),
      new GetIntegrationsCommand(gone),
      new GetStagesCommand(gone),
      new GetDeploymentsCommand(gone),
    ];
    for (const command of commands) {
      // One client takes them all; the union of their types has no single output.
      await expect(client.send(command as GetApiCommand)).rejects.toMatchObject(
        refused("NotFoundException", 404, exactly("Invalid API identifier specified 000000000000:gone123456")),
      );
    }
  });

  test("and nothing by a name that every JavaScript object knows", async () => {
    const arn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages/constructor`;
    const commands = [
      new GetStageCommand({ ApiId, StageName: "constructor" }),
      new GetTagsCommand({ ResourceArn: arn }),
      new GetRouteCommand({ ApiId, RouteId: "toString" }),
      new GetIntegrationCommand({ ApiId, IntegrationId: "valueOf" }),
      new GetDeploymentCommand({ ApiId, DeploymentId: "constructor" }),
      new CreateRouteCommand({ ApiId, RouteKey: "GET /", Target: "integrations/constructor" }),
      new CreateStageCommand({ ApiId, StageName: "s", DeploymentId: "toString" }),
    ];
    for (const command of commands) {
      await expect(client.send(command as GetStageCommand)).rejects.toMatchObject({ name: "NotFoundException" });
    }
    await client.send(new CreateStageCommand({ ApiId, StageName: "constructor" }));
    const stage = await client.send(new GetStageCommand({ ApiId, StageName: "constructor" }));
    expect(stage.StageName).toBe("constructor");
  });

  test("changing the target of a quick-created API is refused by name", async () => {
    await expect(client.send(new UpdateApiCommand({ ApiId, Target: FUNCTION }))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
  });
});

describe("lists", () => {
  test("come in pages", async () => {
    for (let index = 0; index < 5; index += 1) await createRoute(`GET /r${index}`);
    const first = await client.send(new GetRoutesCommand({ ApiId, MaxResults: "2" }));
    expect(first.Items?.map((route) => route.RouteKey)).toEqual(["GET /r0", "GET /r1"]);
    const second = await client.send(new GetRoutesCommand({ ApiId, MaxResults: "2", NextToken: first.NextToken }));
    const last = await client.send(new GetRoutesCommand({ ApiId, MaxResults: "2", NextToken: second.NextToken }));
    expect(last.Items?.map((route) => route.RouteKey)).toEqual(["GET /r4"]);
    expect(last.NextToken).toBeUndefined();
  });

  test("come in pages unasked when they are long", async () => {
    for (let index = 0; index < 26; index += 1) await createRoute(`GET /r${index}`);
    const first = await client.send(new GetRoutesCommand({ ApiId }));
    expect(first.Items).toHaveLength(25);
    const second = await client.send(new GetRoutesCommand({ ApiId, NextToken: first.NextToken }));
    expect(second.Items).toHaveLength(1);
  });

  test("GetApis has every API", async () => {
    const { Items } = await client.send(new GetApisCommand({}));
    expect(Items?.map((api) => api.ApiId)).toContain(ApiId);
  });

  test.each([{ MaxResults: "0" }, { MaxResults: "many" }, { NextToken: "nonsense" }])("refuse %j", async (wrong) => {
    await expect(client.send(new GetApisCommand(wrong))).rejects.toMatchObject(
      refused("BadRequestException", 400, /Invalid value for (MaxResults|NextToken)/),
    );
  });
});

describe("routes", () => {
  test("CreateRoute, GetRoute, UpdateRoute, DeleteRoute", async () => {
    const Target = `integrations/${await createIntegration()}`;
    const created = await client.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /items/{id}" }));
    expect(created).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      RouteId: expect.stringMatching(/^[a-z0-9]{7}$/),
      RouteKey: "GET /items/{id}",
      AuthorizationType: "NONE",
      ApiKeyRequired: false,
    });
    expect(created.Target).toBeUndefined();
    const RouteId = created.RouteId;
    expect(await client.send(new UpdateRouteCommand({ ApiId, RouteId, Target }))).toMatchObject({
      RouteKey: "GET /items/{id}",
      Target,
    });
    expect(await client.send(new UpdateRouteCommand({ ApiId, RouteId, OperationName: "get" }))).toMatchObject({
      Target,
    });
    expect(await client.send(new GetRouteCommand({ ApiId, RouteId }))).toMatchObject({ Target, OperationName: "get" });
    expect((await client.send(new UpdateRouteCommand({ ApiId, RouteId, Target: "" }))).Target).toBeUndefined();
    const deleted = await client.send(new DeleteRouteCommand({ ApiId, RouteId }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    for (const command of [new GetRouteCommand({ ApiId, RouteId }), new DeleteRouteCommand({ ApiId, RouteId })]) {
      await expect(client.send(command)).rejects.toMatchObject(
        refused("NotFoundException", 404, exactly(`Invalid Route identifier specified ${RouteId}`)),
      );
    }
  });

  test("have one key each", async () => {
    await createRoute("GET /items");
    const taken = refused("ConflictException", 409, exactly("Route with key GET /items already exists for this API"));
    await expect(createRoute("GET /items")).rejects.toMatchObject(taken);
    const RouteId = await createRoute("PUT /items");
    await expect(client.send(new UpdateRouteCommand({ ApiId, RouteId, RouteKey: "GET /items" }))).rejects.toMatchObject(
      taken,
    );
    await client.send(new UpdateRouteCommand({ ApiId, RouteId, RouteKey: "PUT /items" }));
  });

  test.each(["items", "GET items", "FETCH /items", "GET /{all+}/x"])("refuse the key %s", async (key) => {
    await expect(createRoute(key)).rejects.toMatchObject(
      refused("BadRequestException", 400, /^The provided route key is not formatted properly for HTTP protocol\./),
    );
  });

  test("refuse a target that is no integration of this API", async () => {
    await expect(createRoute("GET /", "integrations/gone123")).rejects.toMatchObject(
      refused("NotFoundException", 404, /Invalid Integration identifier specified/),
    );
    await expect(createRoute("GET /", "gone123")).rejects.toMatchObject(
      refused("BadRequestException", 400, /Invalid target/),
    );
  });

  test("refuse what HTTP APIs do not have, and by name what this cloud has not", async () => {
    const route = { ApiId, RouteKey: "GET /" };
    await expect(client.send(new CreateRouteCommand({ ...route, ApiKeyRequired: true }))).rejects.toMatchObject(
      refused("BadRequestException", 400, /ApiKeyRequired/),
    );
    await expect(
      client.send(new CreateRouteCommand({ ...route, AuthorizationType: "BASIC" as "NONE" })),
    ).rejects.toMatchObject(refused("BadRequestException", 400, /at 'authorizationType'/));
    await expect(
      client.send(new CreateRouteCommand({ ...route, AuthorizationType: "CUSTOM", AuthorizerId: "a" })),
    ).rejects.toMatchObject({ name: "UnknownOperationException" });
    await expect(client.send(new GetModelsCommand({ ApiId }))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
  });

  test("are 300 at most", async () => {
    for (let index = 0; index < 300; index += 1) await createRoute(`GET /r${index}`);
    await expect(createRoute("GET /one-more")).rejects.toMatchObject(
      refused("ConflictException", 429, /^Maximum number of Routes for this API has been reached/),
    );
  });
});

describe("integrations", () => {
  test("CreateIntegration, GetIntegration, UpdateIntegration, DeleteIntegration", async () => {
    const input = {
      ApiId,
      IntegrationType: "AWS_PROXY",
      IntegrationUri: FUNCTION,
      PayloadFormatVersion: "2.0",
    } as const;
    const created = await client.send(new CreateIntegrationCommand(input));
    expect(created).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      IntegrationId: expect.stringMatching(/^[a-z0-9]{7}$/),
      IntegrationType: "AWS_PROXY",
      IntegrationUri: FUNCTION,
      IntegrationMethod: "POST",
      ConnectionType: "INTERNET",
      PayloadFormatVersion: "2.0",
      TimeoutInMillis: 30_000,
    });
    const IntegrationId = created.IntegrationId;
    const changed = await client.send(new UpdateIntegrationCommand({ ApiId, IntegrationId, TimeoutInMillis: 50 }));
    expect(changed).toMatchObject({ TimeoutInMillis: 50, IntegrationUri: FUNCTION });
    expect(await client.send(new GetIntegrationCommand({ ApiId, IntegrationId }))).toMatchObject({
      TimeoutInMillis: 50,
    });
    const deleted = await client.send(new DeleteIntegrationCommand({ ApiId, IntegrationId }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    await expect(client.send(new GetIntegrationCommand({ ApiId, IntegrationId }))).rejects.toMatchObject(
      refused("NotFoundException", 404, exactly(`Invalid Integration identifier specified ${IntegrationId}`)),
    );
  });

  test("stay while a route refers to them", async () => {
    const IntegrationId = await createIntegration();
    const RouteId = await createRoute("GET /", `integrations/${IntegrationId}`);
    const message = `Cannot delete Integration because it is referenced by the following Routes with Ids: [${RouteId}]`;
    await expect(client.send(new DeleteIntegrationCommand({ ApiId, IntegrationId }))).rejects.toMatchObject(
      refused("ConflictException", 409, exactly(message)),
    );
    await client.send(new DeleteRouteCommand({ ApiId, RouteId }));
    await client.send(new DeleteIntegrationCommand({ ApiId, IntegrationId }));
  });

  test.each<[Partial<CreateIntegrationCommandInput>, RegExp]>([
    [{ IntegrationType: "MOCK" }, /may only be associated with proxy integrations \(AWS_PROXY, HTTP_PROXY\)/],
    [{ IntegrationType: "LAMBDA" as "AWS" }, /at 'integrationType'.*enum value set/],
    [{ IntegrationType: undefined }, /Value null at 'integrationType'/],
    [{ PayloadFormatVersion: undefined }, /^PayloadFormatVersion is a required parameter for integration$/],
    [{ PayloadFormatVersion: "3.0" }, /PayloadFormatVersion 3.0/],
    [{ IntegrationType: "HTTP_PROXY", IntegrationUri: "https://x" }, /PayloadFormatVersion 2.0/],
    [{ TimeoutInMillis: 49 }, /^Timeout should be between 50 ms and 30000 ms$/],
    [{ TimeoutInMillis: 30_001 }, /^Timeout should be between 50 ms and 30000 ms$/],
    [{ IntegrationUri: undefined }, /IntegrationUri/],
    [{ IntegrationUri: "foo" }, /^Invalid ARN specified in the request$/],
    [{ IntegrationUri: "arn:aws:lambda:us-east-1:1:f" }, /^Invalid ARN specified in the request$/],
    [
      { IntegrationType: "HTTP_PROXY", IntegrationUri: "foo", PayloadFormatVersion: "1.0" },
      /^Invalid HTTP endpoint specified for URI$/,
    ],
  ])("refuse %j", async (wrong, message) => {
    await expect(createIntegration(wrong)).rejects.toMatchObject(refused("BadRequestException", 400, message));
  });

  test.each<Partial<CreateIntegrationCommandInput>>([
    { PayloadFormatVersion: "1.0" },
    { IntegrationSubtype: "EventBridge-PutEvents" },
    { ConnectionType: "VPC_LINK" },
    { RequestParameters: { "overwrite:path": "/x" } },
    { ResponseParameters: { "200": { "overwrite:header.x": "y" } } },
    { TlsConfig: { ServerNameToVerify: "x" } },
    { CredentialsArn: "arn:aws:iam::000000000000:role/r" },
  ])("%j is refused by name", async (input) => {
    await expect(createIntegration(input)).rejects.toMatchObject({ name: "UnknownOperationException" });
    const IntegrationId = await createIntegration({ RequestParameters: {} });
    const { PayloadFormatVersion, ConnectionType, ...members } = input;
    if (PayloadFormatVersion ?? ConnectionType) return;
    const update = client.send(new UpdateIntegrationCommand({ ApiId, IntegrationId, ...members }));
    await expect(update).rejects.toMatchObject({ name: "UnknownOperationException" });
  });
});

describe("stages and deployments", () => {
  test.each([
    { AccessLogSettings: { DestinationArn: "arn:aws:logs:us-east-1:0:log-group:x" } },
    { RouteSettings: { "GET /": { ThrottlingBurstLimit: 1 } } },
    { DefaultRouteSettings: { ThrottlingRateLimit: 1 } },
  ])("%j is refused by name", async (settings) => {
    const create = new CreateStageCommand({ ApiId, StageName: "s", ...settings });
    await expect(client.send(create)).rejects.toMatchObject({ name: "UnknownOperationException" });
    await client.send(new CreateStageCommand({ ApiId, StageName: "s", RouteSettings: {} }));
    const update = new UpdateStageCommand({ ApiId, StageName: "s", ...settings });
    await expect(client.send(update)).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringMatching(
        new RegExp(`implement ${Object.keys(settings)[0]}.* of apigateway UpdateStage$`, "i"),
      ),
    });
  });

  test("show settings that make no difference here", async () => {
    const DefaultRouteSettings = { DetailedMetricsEnabled: true };
    const created = await client.send(new CreateStageCommand({ ApiId, StageName: "s", DefaultRouteSettings }));
    expect(created.DefaultRouteSettings).toEqual(DefaultRouteSettings);
  });

  test("CreateStage, GetStage, UpdateStage, DeleteStage", async () => {
    const created = await client.send(
      new CreateStageCommand({ ApiId, StageName: "$default", AutoDeploy: true, Tags: { a: "b" } }),
    );
    expect(created).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      StageName: "$default",
      AutoDeploy: true,
      Tags: { a: "b" },
      CreatedDate: expect.any(Date),
    });
    const changed = await client.send(new UpdateStageCommand({ ApiId, StageName: "$default", Description: "d" }));
    expect(changed).toMatchObject({ AutoDeploy: true, Description: "d" });
    expect(await client.send(new GetStageCommand({ ApiId, StageName: "$default" }))).toMatchObject({
      Description: "d",
    });
    const deleted = await client.send(new DeleteStageCommand({ ApiId, StageName: "$default" }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    await expect(client.send(new GetStageCommand({ ApiId, StageName: "$default" }))).rejects.toMatchObject(
      refused("NotFoundException", 404, exactly("Invalid stage identifier specified")),
    );
  });

  test("auto-deploy makes a deployment of every change", async () => {
    await client.send(new CreateStageCommand({ ApiId, StageName: "$default", AutoDeploy: true }));
    await createRoute("GET /");
    const one = await client.send(new GetStageCommand({ ApiId, StageName: "$default" }));
    expect(one.LastDeploymentStatusMessage).toBe(
      `Successfully deployed stage with deployment ID '${one.DeploymentId}'`,
    );
    await createRoute("PUT /");
    const two = await client.send(new GetStageCommand({ ApiId, StageName: "$default" }));
    expect(two.DeploymentId).not.toBe(one.DeploymentId);
    const deployment = await client.send(new GetDeploymentCommand({ ApiId, DeploymentId: two.DeploymentId }));
    expect(deployment).toMatchObject({ AutoDeployed: true, DeploymentStatus: "DEPLOYED" });
  });

  test("CreateDeployment, GetDeployment, GetDeployments, DeleteDeployment", async () => {
    await expect(client.send(new CreateDeploymentCommand({ ApiId }))).rejects.toMatchObject(
      refused("BadRequestException", 400, exactly("Unable to deploy API because no routes exist in this API")),
    );
    await createRoute("GET /");
    await client.send(new CreateStageCommand({ ApiId, StageName: "v1" }));
    const { DeploymentId } = await client.send(
      new CreateDeploymentCommand({ ApiId, StageName: "v1", Description: "d" }),
    );
    expect(await client.send(new GetStageCommand({ ApiId, StageName: "v1" }))).toMatchObject({ DeploymentId });
    expect(await client.send(new GetDeploymentCommand({ ApiId, DeploymentId }))).toMatchObject({
      AutoDeployed: false,
      Description: "d",
    });
    await expect(client.send(new DeleteDeploymentCommand({ ApiId, DeploymentId }))).rejects.toMatchObject(
      refused("ConflictException", 409, /v1/),
    );
    await client.send(new DeleteStageCommand({ ApiId, StageName: "v1" }));
    await client.send(new DeleteDeploymentCommand({ ApiId, DeploymentId }));
    expect((await client.send(new GetDeploymentsCommand({ ApiId }))).Items).toEqual([]);
    await expect(client.send(new GetDeploymentCommand({ ApiId, DeploymentId }))).rejects.toMatchObject(
      refused("NotFoundException", 404, /Invalid Deployment identifier/),
    );
  });

  test("refuse names, doubles and contradictions", async () => {
    const stage = { ApiId, StageName: "v1" };
    await expect(client.send(new CreateStageCommand({ ApiId, StageName: "a b" }))).rejects.toMatchObject(
      refused("BadRequestException", 400, exactly("Stage name only allows a-zA-Z0-9_- or $default")),
    );
    await client.send(new CreateStageCommand(stage));
    await expect(client.send(new CreateStageCommand(stage))).rejects.toMatchObject(
      refused("ConflictException", 409, exactly("Stage already exists")),
    );
    await expect(client.send(new UpdateStageCommand({ ...stage, DeploymentId: "gone12" }))).rejects.toMatchObject(
      refused("NotFoundException", 404, /Invalid Deployment identifier/),
    );
    await expect(
      client.send(new UpdateStageCommand({ ...stage, AutoDeploy: true, DeploymentId: "gone12" })),
    ).rejects.toMatchObject(refused("BadRequestException", 400, /AutoDeploy is enabled/));
    await expect(client.send(new CreateDeploymentCommand({ ApiId, StageName: "gone" }))).rejects.toMatchObject({
      name: "BadRequestException",
    });
    for (let index = 2; index <= 10; index += 1)
      await client.send(new CreateStageCommand({ ApiId, StageName: `v${index}` }));
    await expect(client.send(new CreateStageCommand({ ApiId, StageName: "v11" }))).rejects.toMatchObject(
      refused("ConflictException", 429, /Maximum number of Stages/),
    );
  });
});

describe("tags", () => {
  test("TagResource, GetTags, UntagResource on an API", async () => {
    const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}`;
    const tagged = await client.send(new TagResourceCommand({ ResourceArn, Tags: { a: "1", "awsls:b": "2 3" } }));
    expect(tagged.$metadata.httpStatusCode).toBe(201);
    await client.send(new TagResourceCommand({ ResourceArn, Tags: { a: "4", c: "" } }));
    expect((await client.send(new GetTagsCommand({ ResourceArn }))).Tags).toEqual({ a: "4", "awsls:b": "2 3", c: "" });
    const untagged = await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a", "awsls:b", "absent"] }));
    expect(untagged.$metadata.httpStatusCode).toBe(204);
    expect((await client.send(new GetApiCommand({ ApiId }))).Tags).toEqual({ c: "" });
  });

  test("on a stage", async () => {
    await client.send(new CreateStageCommand({ ApiId, StageName: "$default" }));
    const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages/$default`;
    await client.send(new TagResourceCommand({ ResourceArn, Tags: { a: "1" } }));
    expect((await client.send(new GetStageCommand({ ApiId, StageName: "$default" }))).Tags).toEqual({ a: "1" });
    expect((await client.send(new GetApiCommand({ ApiId }))).Tags).toEqual({});
  });

  test("not on routes, nor on what is not there", async () => {
    const below = (path: string) => ({ ResourceArn: `arn:aws:apigateway:us-east-1::/apis/${path}` });
    const RouteId = await createRoute("GET /");
    await expect(client.send(new GetTagsCommand(below(`${ApiId}/routes/${RouteId}`)))).rejects.toMatchObject(
      refused("BadRequestException", 400, /Invalid ARN/),
    );
    await expect(client.send(new GetTagsCommand(below("gone123456")))).rejects.toMatchObject(
      refused("NotFoundException", 404, /Invalid API identifier/),
    );
    await expect(client.send(new GetTagsCommand(below(`${ApiId}/stages/gone`)))).rejects.toMatchObject(
      refused("NotFoundException", 404, /Invalid stage identifier/),
    );
    await expect(
      client.send(new TagResourceCommand({ ...below(ApiId), Tags: { "aws:a": "1" } })),
    ).rejects.toMatchObject(refused("BadRequestException", 400, /reserved/));
  });
});
