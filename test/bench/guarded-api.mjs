// The tutorial's API a second time, its routes guarded by a JWT authorizer, and the token of a user who is let in.

import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
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
import { AddPermissionCommand, LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";

/** @typedef {import("./stack.mjs").Stack} Stack */

const USER = "bench@example.com";
const PASSWORD = "Bench-1234";

/**
 * @param {Stack} stack
 * @param {{ functionName: string, routeKeys: readonly string[] }} of
 * @returns {Promise<{ url: string, headers: Record<string, string>, remove: () => Promise<void> }>}
 */
export async function guardedApi(stack, { functionName, routeKeys }) {
  const { url, accessKeyId, secretAccessKey, region } = stack.cloud;
  const config = { endpoint: url, region, credentials: { accessKeyId, secretAccessKey } };
  const cognito = new CognitoIdentityProviderClient(config);
  const { issuer, UserPoolId, clientId, token } = await signedIn(stack, cognito);
  const apis = new ApiGatewayV2Client(config);
  const { ApiId, ApiEndpoint = "" } = await apis.send(new CreateApiCommand({ Name: "bench", ProtocolType: "HTTP" }));
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
      IntegrationUri: `arn:aws:lambda:${region}:000000000000:function:${functionName}`,
      PayloadFormatVersion: "2.0",
    }),
  );
  for (const RouteKey of routeKeys) {
    const guarded = /** @type {const} */ ({ AuthorizationType: "JWT", AuthorizerId });
    await apis.send(new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}`, ...guarded }));
  }
  await apis.send(new CreateStageCommand({ ApiId, StageName: "$default", AutoDeploy: true }));
  const lambda = new LambdaClient(config);
  const statement = { FunctionName: functionName, StatementId: "bench" };
  await lambda.send(
    new AddPermissionCommand({
      ...statement,
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: `arn:aws:execute-api:${region}:000000000000:${ApiId}/*`,
    }),
  );
  return {
    url: ApiEndpoint,
    headers: { authorization: `Bearer ${token}` },
    async remove() {
      await lambda.send(new RemovePermissionCommand(statement));
      await apis.send(new DeleteApiCommand({ ApiId }));
      await cognito.send(new DeleteUserPoolCommand({ UserPoolId }));
      for (const client of [lambda, apis, cognito]) client.destroy();
    },
  };
}

/**
 * @param {Stack} stack
 * @param {CognitoIdentityProviderClient} cognito
 */
async function signedIn({ control, cloud: { region } }, cognito) {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: "bench",
      UsernameAttributes: ["email"],
      AutoVerifiedAttributes: ["email"],
    }),
  );
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId: UserPool?.Id,
      ClientName: "bench",
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    }),
  );
  const ClientId = UserPoolClient?.ClientId ?? "";
  await cognito.send(new SignUpCommand({ ClientId, Username: USER, Password: PASSWORD }));
  const { mails } = await control("GET", "inbox");
  const ConfirmationCode = mails.at(-1).code;
  await cognito.send(new ConfirmSignUpCommand({ ClientId, Username: USER, ConfirmationCode }));
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: USER, PASSWORD },
    }),
  );
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${UserPool?.Id}`;
  return { issuer, UserPoolId: UserPool?.Id, clientId: ClientId, token: AuthenticationResult?.AccessToken ?? "" };
}
