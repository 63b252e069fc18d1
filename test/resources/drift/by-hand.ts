// What a hand in the console or a script does to a stack: clients, names, and calls that several rows share.

import { expect } from "vitest";
import {
  ApiGatewayV2Client,
  CreateIntegrationCommand,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  UpdateApiCommand,
} from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { CognitoIdentityClient } from "@aws-sdk/client-cognito-identity";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import {
  GetFunctionCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from "@aws-sdk/client-lambda";
import type { TestCloud } from "../../cloud.ts";

export const NAME = "http-crud-tutorial";
export const TableName = `${NAME}-items`;
export const RoleName = `${NAME}-role`;
export const FunctionName = `${NAME}-function`;
export const logGroupName = `/aws/lambda/${FunctionName}`;
export const POLICY = { RoleName, PolicyName: "awsls-least-privilege" };
export const STATEMENT = { FunctionName, StatementId: "awsls-http-api" };
export const StageName = "$default";
export const ACCOUNT = "000000000000";
export const anyText = expect.any(String) as unknown;
export const anything = expect.anything() as unknown;

export const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/** Clients, and what has to be looked up. */
export interface ByHand {
  readonly dynamodb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly gateway: ApiGatewayV2Client;
  readonly logs: CloudWatchLogsClient;
  readonly events: EventBridgeClient;
  readonly cognito: CognitoIdentityProviderClient;
  readonly identity: CognitoIdentityClient;
  readonly region: string;
  apiId(): Promise<string>;
  integrationId(): Promise<string>;
  routeId(routeKey: string): Promise<string>;
  /** Until the function takes the next change. */
  settled(): Promise<void>;
}

export function byHandOn({ config }: TestCloud): ByHand {
  const gateway = new ApiGatewayV2Client(config);
  const lambda = new LambdaClient(config);
  const apiId = async (): Promise<string> => (await gateway.send(new GetApisCommand({}))).Items?.[0]?.ApiId ?? "";
  return {
    dynamodb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    lambda,
    gateway,
    logs: new CloudWatchLogsClient(config),
    events: new EventBridgeClient(config),
    cognito: new CognitoIdentityProviderClient(config),
    identity: new CognitoIdentityClient(config),
    region: config.region,
    apiId,
    async integrationId() {
      const { Items = [] } = await gateway.send(new GetIntegrationsCommand({ ApiId: await apiId() }));
      return Items[0]?.IntegrationId ?? "";
    },
    async routeId(routeKey) {
      const { Items = [] } = await gateway.send(new GetRoutesCommand({ ApiId: await apiId() }));
      return Items.find(({ RouteKey }) => RouteKey === routeKey)?.RouteId ?? "";
    },
    async settled() {
      for (;;) {
        const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
        if (Configuration?.State === "Active" && Configuration.LastUpdateStatus === "Successful") return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

export const configure =
  (input: Partial<UpdateFunctionConfigurationCommandInput>) =>
  async ({ lambda, settled }: ByHand): Promise<void> => {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...input }));
    await settled();
  };

export const functionArn = ({ region }: ByHand): string =>
  `arn:aws:lambda:${region}:${ACCOUNT}:function:${FunctionName}`;
export const apiArn = async (aws: ByHand): Promise<string> =>
  `arn:aws:apigateway:${aws.region}::/apis/${await aws.apiId()}`;
export const stageArn = async (aws: ByHand): Promise<string> => `${await apiArn(aws)}/stages/${StageName}`;
export const tableArn = ({ region }: ByHand): string => `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${TableName}`;
export const logGroupArn = ({ region }: ByHand): string =>
  `arn:aws:logs:${region}:${ACCOUNT}:log-group:${logGroupName}`;

export const updateApi =
  (input: object) =>
  async (aws: ByHand): Promise<unknown> =>
    aws.gateway.send(new UpdateApiCommand({ ApiId: await aws.apiId(), ...input }));

export const CORS = {
  AllowOrigins: ["*"],
  AllowMethods: ["GET", "PUT", "DELETE", "OPTIONS"],
  AllowHeaders: ["content-type", "authorization"],
  MaxAge: 300,
};

export async function anotherIntegration(aws: ByHand): Promise<string> {
  const { IntegrationId = "" } = await aws.gateway.send(
    new CreateIntegrationCommand({
      ApiId: await aws.apiId(),
      IntegrationType: "AWS_PROXY",
      PayloadFormatVersion: "2.0",
      IntegrationUri: `${functionArn(aws)}-other`,
    }),
  );
  return IntegrationId;
}
