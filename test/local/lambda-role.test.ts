// A function whose role is gone or another one: what its callers are told, and what stands in the cloud's log.

import { ApiGatewayV2Client, CreateApiCommand } from "@aws-sdk/client-apigatewayv2";
import { CreateRoleCommand, DeleteRoleCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST, testFunctions } from "../functions.ts";
import type { TestFunctions } from "../functions.ts";

let cloud: TestCloud;
let functions: TestFunctions;
const logged: string[] = [];

beforeAll(async () => {
  cloud = await startTestCloud({ log: (line) => void logged.push(line) });
  functions = await testFunctions(cloud, "function-role", []);
});
afterAll(() => cloud.close());

test("the API answers 500, and the log says that the role is the reason", async () => {
  const FunctionName = "orphan";
  await functions.create(FunctionName, "export const handler = async () => 'hello';", {
    Environment: { Variables: { TABLE_NAME: "items" } },
  });
  const { lambda, iam } = functions;
  const Target = `arn:aws:lambda:us-east-1:000000000000:function:${FunctionName}`;
  const api = await new ApiGatewayV2Client(cloud.config).send(
    new CreateApiCommand({ Name: "a", ProtocolType: "HTTP", Target }),
  );
  await lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: "api",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
    }),
  );
  const ask = async (): Promise<[number, string]> => {
    const response = await fetch(`${api.ApiEndpoint}/`);
    return [response.status, await response.text()];
  };
  const failure = [500, '{"message":"Internal Server Error"}'];
  expect(await ask()).toEqual([200, "hello"]);

  const RoleName = "function-role";
  await iam.send(new DeleteRoleCommand({ RoleName }));
  expect(await ask()).toEqual(failure);
  expect(logged.at(-1)).toContain(`${Target} cannot be started: The role defined for the function cannot be assumed`);

  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));
  expect(await ask()).toEqual(failure);
  expect(logged.at(-1)).toContain(`${Target} cannot be started: Lambda was unable to decrypt the environment`);
});
