// A whole cloud: a user of a pool signs in, and its API lets in whoever has the tokens, for as long as the pool is there.

import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { testFunctions, type TestFunctions } from "../functions.ts";

const ECHO = `export const handler = async ({ requestContext }) => ({ statusCode: 200, body: JSON.stringify(requestContext.authorizer.jwt) });`;
const USER = { Username: "a@example.com", Password: "Correct-Horse-1" };

interface Tokens {
  readonly id: string;
  readonly access: string;
}

let testCloud: TestCloud;
let functions: TestFunctions;
let apis: ApiGatewayV2Client;
let cognito: CognitoIdentityProviderClient;

beforeAll(async () => {
  testCloud = await startTestCloud();
  functions = await testFunctions(testCloud);
  await functions.create("echo", ECHO);
  apis = new ApiGatewayV2Client(testCloud.config);
  cognito = new CognitoIdentityProviderClient(testCloud.config);
});

afterAll(async () => {
  for (const client of [functions.lambda, functions.iam, apis, cognito]) client.destroy();
  await testCloud.close();
});

async function createPool(): Promise<string> {
  const settings = {
    PoolName: "p",
    UsernameAttributes: ["email" as const],
    AutoVerifiedAttributes: ["email" as const],
  };
  const { UserPool } = await cognito.send(new CreateUserPoolCommand(settings));
  return UserPool?.Id ?? "";
}

async function createClient(UserPoolId: string): Promise<string> {
  const flows = { ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH" as const, "ALLOW_REFRESH_TOKEN_AUTH" as const] };
  const made = await cognito.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName: "c", ...flows }));
  return made.UserPoolClient?.ClientId ?? "";
}

async function signUp(ClientId: string): Promise<void> {
  await cognito.send(new SignUpCommand({ ClientId, ...USER }));
  const { mails } = (await (await testCloud.control("GET", "inbox")).json()) as { mails: { code: string }[] };
  const ConfirmationCode = mails.at(-1)?.code;
  await cognito.send(new ConfirmSignUpCommand({ ClientId, Username: USER.Username, ConfirmationCode }));
}

async function signIn(ClientId: string): Promise<Tokens> {
  const AuthParameters = { USERNAME: USER.Username, PASSWORD: USER.Password };
  const flow = { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters } as const;
  const { AuthenticationResult } = await cognito.send(new InitiateAuthCommand({ ClientId, ...flow }));
  return { id: AuthenticationResult?.IdToken ?? "", access: AuthenticationResult?.AccessToken ?? "" };
}

/** @returns its URL */
async function guardedApi(issuer: string, clientId: string): Promise<string> {
  const { ApiId, ApiEndpoint } = await apis.send(new CreateApiCommand({ Name: "a", ProtocolType: "HTTP" }));
  const { AuthorizerId } = await apis.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: "users",
      AuthorizerType: "JWT",
      IdentitySource: ["$request.header.Authorization"],
      JwtConfiguration: { Issuer: issuer, Audience: [clientId] },
    }),
  );
  const { IntegrationId } = await apis.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: "AWS_PROXY",
      IntegrationUri: "arn:aws:lambda:us-east-1:000000000000:function:echo",
      PayloadFormatVersion: "2.0",
    }),
  );
  const guard = { AuthorizationType: "JWT", AuthorizerId, Target: `integrations/${IntegrationId}` } as const;
  await apis.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /items", ...guard }));
  await apis.send(new CreateStageCommand({ ApiId, StageName: "$default", AutoDeploy: true }));
  await functions.lambda.send(
    new AddPermissionCommand({
      FunctionName: "echo",
      StatementId: `api-${ApiId}`,
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${ApiId}/*`,
    }),
  );
  return `${ApiEndpoint}/items`;
}

test("a pool's own tokens are let in, another client's are not, and none once the pool is gone", async () => {
  const UserPoolId = await createPool();
  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`;
  const [clientId, otherId] = [await createClient(UserPoolId), await createClient(UserPoolId)];
  await signUp(clientId);
  const [tokens, others] = [await signIn(clientId), await signIn(otherId)];
  const url = await guardedApi(issuer, clientId);
  const get = (token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } });

  expect((await fetch(url)).status).toBe(401);
  const byId = await get(tokens.id);
  expect(await byId.json()).toMatchObject({
    claims: { iss: issuer, aud: clientId, email: USER.Username, email_verified: "true", token_use: "id" },
    scopes: null,
  });
  const byAccess = await get(tokens.access);
  expect(await byAccess.json()).toMatchObject({
    claims: { iss: issuer, client_id: clientId, scope: "aws.cognito.signin.user.admin", token_use: "access" },
    scopes: null,
  });
  expect((await get(others.id)).status).toBe(401);
  expect((await get(others.access)).status).toBe(401);

  await cognito.send(new DeleteUserPoolCommand({ UserPoolId }));
  for (const token of Object.values(tokens)) expect((await get(token)).status).toBe(401);
  await expect(guardedApi(issuer, clientId)).rejects.toMatchObject({
    name: "BadRequestException",
    message: expect.stringContaining(`Invalid issuer: ${issuer}`),
  });
});
