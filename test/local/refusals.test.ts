// What this cloud does not implement, it refuses by name.

import { ApiGatewayV2Client, CreateVpcLinkCommand } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient, StartQueryCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ExecuteStatementCommand } from "@aws-sdk/client-dynamodb";
import { CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateAliasCommand, LambdaClient, ListLayersCommand, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

describe("an operation that this cloud does not implement", () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await startTestCloud();
  });
  afterAll(() => test.close());

  it.each<[string, number, () => Promise<unknown>]>([
    ["CreateUser", 400, () => new IAMClient(test.config).send(new CreateUserCommand({ UserName: "u" }))],
    ["GetSessionToken", 400, () => new STSClient(test.config).send(new GetSessionTokenCommand({}))],
    [
      "ExecuteStatement",
      400,
      () => new DynamoDBClient(test.config).send(new ExecuteStatementCommand({ Statement: "x" })),
    ],
    [
      "StartQuery",
      400,
      () =>
        new CloudWatchLogsClient(test.config).send(
          new StartQueryCommand({ startTime: 0, endTime: 1, queryString: "x" }),
        ),
    ],
    [
      "CreateAlias",
      404,
      () =>
        new LambdaClient(test.config).send(
          new CreateAliasCommand({ FunctionName: "f", Name: "a", FunctionVersion: "1" }),
        ),
    ],
    ["ListLayers", 404, () => new LambdaClient(test.config).send(new ListLayersCommand({}))],
    [
      "CreateVpcLink",
      404,
      () => new ApiGatewayV2Client(test.config).send(new CreateVpcLinkCommand({ Name: "n", SubnetIds: ["s"] })),
    ],
  ])("%s is refused by its name", async (name, httpStatusCode, call) => {
    await expect(call()).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining(name),
      $metadata: { httpStatusCode },
    });
  });
});

it("a service that speaks XML is refused in XML, for its clients read nothing else", async () => {
  const test = await startTestCloud();
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
  const headers = { authorization, "x-amz-date": "20260101T000000Z" };
  const answer = await fetch(`${test.cloud.url}/?x-id=ListBuckets`, { headers });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([400, "text/xml"]);
  const message = "<Message>The local cloud does not implement s3 GET /</Message>";
  expect(await answer.text()).toContain(`<Code>UnknownOperationException</Code>${message}`);
  await test.close();
});

it("a request larger than AWS takes is refused in a way that the SDK gets to see", async () => {
  const test = await startTestCloud();
  const update = new UpdateFunctionCodeCommand({ FunctionName: "f", ZipFile: Buffer.alloc(56_000_000) });
  await expect(new LambdaClient(test.config).send(update)).rejects.toMatchObject({
    name: "RequestEntityTooLargeException",
    $metadata: { httpStatusCode: 413, requestId: expect.any(String) },
  });
  await test.close();
});
