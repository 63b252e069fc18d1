// The services of a cloud together: the tutorial's function behind its URL, before and after a restart.

import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  GetApiCommand,
} from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RegionConflict, startCloud } from "../../src/local/cloud.ts";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { zipOf } from "../zip.ts";

const GROUP = "/aws/lambda/crud";
const ACCOUNT = "000000000000";

function allow(Action: string | string[], Resource: string): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
}

/** The tutorial in its own order; the role may do what the function's code does and nothing else. */
async function provision({ config }: TestCloud): Promise<string> {
  await new DynamoDBClient(config).send(
    new CreateTableCommand({
      TableName: "items",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  const iam = new IAMClient(config);
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  await iam.send(
    new CreateRoleCommand({
      RoleName: "crud",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
    }),
  );
  const table = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/items`;
  const logs = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${GROUP}:*`;
  const policies = {
    table: allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], table),
    logs: allow(["logs:CreateLogStream", "logs:PutLogEvents"], logs),
  };
  for (const [PolicyName, PolicyDocument] of Object.entries(policies)) {
    await iam.send(new PutRolePolicyCommand({ RoleName: "crud", PolicyName, PolicyDocument }));
  }
  await new CloudWatchLogsClient(config).send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  const lambda = new LambdaClient(config);
  const handler = await readFile(new URL("../../handlers/crud/index.mjs", import.meta.url), "utf8");
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "crud",
      Runtime: "nodejs24.x",
      Role: `arn:aws:iam::${ACCOUNT}:role/crud`,
      Handler: "index.handler",
      Timeout: 15,
      Code: { ZipFile: zipOf({ "index.mjs": handler }) },
      Environment: { Variables: { TABLE_NAME: "items" } },
    }),
  );
  return publish(config, FunctionArn ?? "");
}

/** Puts an HTTP API in front of the function. */
async function publish(config: TestCloud["config"], functionArn: string): Promise<string> {
  const gateway = new ApiGatewayV2Client(config);
  const { ApiId } = await gateway.send(new CreateApiCommand({ Name: "crud", ProtocolType: "HTTP" }));
  const integration = {
    IntegrationType: "AWS_PROXY",
    IntegrationUri: functionArn,
    PayloadFormatVersion: "2.0",
  } as const;
  const { IntegrationId } = await gateway.send(new CreateIntegrationCommand({ ApiId, ...integration }));
  for (const RouteKey of ["GET /items", "GET /items/{id}", "PUT /items", "DELETE /items/{id}"]) {
    await gateway.send(new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}` }));
  }
  await gateway.send(new CreateStageCommand({ ApiId, StageName: "$default", AutoDeploy: true }));
  await new LambdaClient(config).send(
    new AddPermissionCommand({
      FunctionName: "crud",
      StatementId: "api",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:${ApiId}/*/*/items*`,
    }),
  );
  return ApiId ?? "";
}

async function endpointOf({ config }: TestCloud, ApiId: string): Promise<string> {
  return (await new ApiGatewayV2Client(config).send(new GetApiCommand({ ApiId }))).ApiEndpoint ?? "";
}

async function call(url: string, method = "GET", body?: object): Promise<[number, unknown]> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return [response.status, await response.json()];
}

describe("a cloud", () => {
  const item = { id: "123", price: 12345, name: "myitem" };
  let test: TestCloud;
  let apiId: string;
  let url: string;

  beforeAll(async () => {
    test = await startTestCloud();
    apiId = await provision(test);
    url = await endpointOf(test, apiId);
  });
  afterAll(() => test.close());

  it("runs the tutorial's function with its role's rights and no others", async () => {
    expect(await call(`${url}/items`, "PUT", item)).toEqual([200, "Put item 123"]);
    expect(await call(`${url}/items/123`)).toEqual([200, item]);
    // The role was given no Scan: DynamoDB refuses, the handler says 500, and the log says why.
    expect((await call(`${url}/items`))[0]).toBe(500);
    const role = `arn:aws:sts::${ACCOUNT}:assumed-role/crud/crud`;
    const requests = (await test.requests()).filter(({ principal }) => principal === role);
    expect(requests.map(({ operation, code }) => [operation, code])).toEqual([
      ["PutItem", undefined],
      ["GetItem", undefined],
      ["Scan", "AccessDeniedException"],
    ]);
    const logs = new CloudWatchLogsClient(test.config);
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: GROUP }));
    expect(events.map(({ message }) => message).join("")).toContain("not authorized to perform: dynamodb:Scan");
  });

  it("keeps everything over a restart, on the same ports", async () => {
    await test.cloud.close();
    const again = await startTestCloud({ folder: test.folder });
    expect([again.cloud.url, again.cloud.credentials]).toEqual([test.cloud.url, test.cloud.credentials]);
    expect(await endpointOf(again, apiId)).toBe(url);
    expect(await call(`${url}/items/123`)).toEqual([200, item]);
    test = again;
  });

  it("takes other ports when its own are taken, says so and keeps to them", async () => {
    await test.cloud.close();
    const taken = [test.cloud.port, Number(new URL(url).port)].map((port) => createServer().listen(port, "127.0.0.1"));
    await Promise.all(taken.map((server) => once(server, "listening")));
    const moved = await startTestCloud({ folder: test.folder });
    const newUrl = await endpointOf(moved, apiId);
    expect(newUrl).not.toBe(url);
    expect(moved.cloud.portsChanged).toEqual([
      { from: test.cloud.port, to: moved.cloud.port },
      { api: "crud", from: Number(new URL(url).port), to: Number(new URL(newUrl).port) },
    ]);
    expect(await call(`${newUrl}/items/123`)).toEqual([200, item]);
    for (const server of taken) server.close();
    await moved.cloud.close();
    test = await startTestCloud({ folder: test.folder });
    expect([test.cloud.port, await endpointOf(test, apiId)]).toEqual([moved.cloud.port, newUrl]);
    url = newUrl;
  });

  it("has nothing left after a reset, not even the API's port", async () => {
    await test.control("POST", "reset");
    await expect(call(`${url}/items/123`)).rejects.toThrow();
    const left = await readdir(join(test.folder, "lambda"), { recursive: true }).catch(() => []);
    expect(left.filter((path) => path.endsWith("index.mjs") && !path.includes("node_modules"))).toEqual([]);
  });

  it("belongs to one region", async () => {
    await expect(startCloud({ folder: test.folder, region: "eu-west-1" })).rejects.toThrow(RegionConflict);
  });
});
