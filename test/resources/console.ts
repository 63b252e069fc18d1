// What is left in an account after AWS's tutorial was done by hand in the console.

import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import type { TestCloud } from "../cloud.ts";
import { zipOf } from "../zip.ts";

const NAME = "http-crud-tutorial";
const ACCOUNT = "000000000000";
const UUID = "5f3c8a6e-0c5e-4c8e-9d0b-6a1f3b2c4d5e";
const ROUTES = ["GET /items", "GET /items/{id}", "PUT /items", "DELETE /items/{id}"];

/** The two policies of the template "Simple microservice permissions". */
const POLICIES = {
  [`AWSLambdaMicroserviceExecutionRole-${UUID}`]: [
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
  ],
  [`AWSLambdaBasicExecutionRole-${UUID}`]: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
};

export interface Leftovers {
  readonly apiId: string;
  readonly integrationId: string;
  readonly routeIds: readonly string[];
  readonly roleArn: string;
  /** ARNs of the two customer managed policies. */
  readonly policies: readonly string[];
}

export interface LeftoverOptions {
  /** The table's key; `id` in the tutorial. */
  readonly key?: string;
  /** A log group without retention, as the service makes it at the first invoke. */
  readonly logGroup?: boolean;
}

export async function leaveBehind(
  { config }: Pick<TestCloud, "config">,
  options: LeftoverOptions = {},
): Promise<Leftovers> {
  const { key = "id", logGroup = false } = options;
  await new DynamoDBClient(config).send(
    new CreateTableCommand({
      TableName: `${NAME}-items`,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
      KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
    }),
  );
  const { roleArn, policies } = await makeRole(new IAMClient(config));
  await makeFunction(new LambdaClient(config), roleArn);
  if (logGroup) {
    const command = new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${NAME}-function` });
    await new CloudWatchLogsClient(config).send(command);
  }
  return { roleArn, policies, ...(await makeApi({ config })) };
}

async function makeRole(iam: IAMClient): Promise<Pick<Leftovers, "roleArn" | "policies">> {
  const RoleName = `${NAME}-role`;
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      Path: "/service-role/",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      }),
    }),
  );
  const policies: string[] = [];
  for (const [PolicyName, Action] of Object.entries(POLICIES)) {
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action, Resource: "*" }],
    });
    const made = await iam.send(new CreatePolicyCommand({ PolicyName, Path: "/service-role/", PolicyDocument }));
    const PolicyArn = made.Policy?.Arn ?? "";
    // Edited once in the console.
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    policies.push(PolicyArn);
  }
  return { roleArn: Role?.Arn ?? "", policies };
}

async function makeFunction(lambda: LambdaClient, Role: string): Promise<void> {
  const FunctionName = `${NAME}-function`;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role,
      MemorySize: 128,
      Timeout: 3,
      Code: { ZipFile: zipOf({ "index.mjs": "export const handler = async () => 'Hello from Lambda!';" }) },
    }),
  );
  const isActive = async (): Promise<boolean> =>
    (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).State === "Active";
  while (!(await isActive())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function makeApi({
  config,
}: Pick<TestCloud, "config">): Promise<Pick<Leftovers, "apiId" | "integrationId" | "routeIds">> {
  const gateway = new ApiGatewayV2Client(config);
  const FunctionName = `${NAME}-function`;
  const created = await gateway.send(new CreateApiCommand({ Name: `${NAME}-api`, ProtocolType: "HTTP" }));
  const ApiId = created.ApiId ?? "";
  await gateway.send(new CreateStageCommand({ ApiId, StageName: "$default", AutoDeploy: true }));
  const { IntegrationId = "" } = await gateway.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: "AWS_PROXY",
      PayloadFormatVersion: "2.0",
      IntegrationUri: `arn:aws:lambda:${config.region}:${ACCOUNT}:function:${FunctionName}`,
    }),
  );
  const routeIds: string[] = [];
  for (const RouteKey of ROUTES) {
    const command = new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}` });
    routeIds.push((await gateway.send(command)).RouteId ?? "");
  }
  await new LambdaClient(config).send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: "0e7d2f57-93ff-5b3c-8a58-6f2b3f1d6a11",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: `arn:aws:execute-api:${config.region}:${ACCOUNT}:${ApiId}/*/*/items`,
    }),
  );
  return { apiId: ApiId, integrationId: IntegrationId, routeIds };
}
