// Each member of each spec, changed by hand.

import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import {
  DeleteCorsConfigurationCommand,
  UntagResourceCommand as UntagApi,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  DeleteRetentionPolicyCommand,
  PutRetentionPolicyCommand,
  UntagResourceCommand as UntagLogGroup,
} from "@aws-sdk/client-cloudwatch-logs";
import { UntagResourceCommand as UntagTable, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  PutRolePolicyCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  RemovePermissionCommand,
  UntagResourceCommand as UntagFunction,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { packageCode } from "../../../src/stack/code.ts";
import { zipOf } from "../../zip.ts";
import {
  ACCOUNT,
  anotherIntegration,
  anyText,
  anything,
  apiArn,
  type ByHand,
  configure,
  CORS,
  EVERYTHING,
  functionArn,
  FunctionName,
  logGroupArn,
  logGroupName,
  NAME,
  POLICY,
  RoleName,
  stageArn,
  StageName,
  STATEMENT,
  tableArn,
  TableName,
  updateApi,
} from "./by-hand.ts";
import type { DriftRow, Fields } from "./row.ts";
import { AUTH_FIELDS } from "./auth.ts";
import { IDENTITY_FIELDS } from "./identity.ts";
import { TIMER_FIELDS } from "./timer.ts";

const SORTED_CORS = {
  AllowOrigins: ["*"],
  AllowMethods: ["DELETE", "GET", "OPTIONS", "PUT"],
  AllowHeaders: ["authorization", "content-type"],
  MaxAge: 300,
};

const CRUD = fileURLToPath(new URL("../../../handlers/crud", import.meta.url));

const cors = (member: keyof typeof CORS, value: unknown): Pick<DriftRow, "by" | "seen" | "writes"> => ({
  by: updateApi({ CorsConfiguration: { ...CORS, [member]: value } }),
  seen: { api: { [`CorsConfiguration.${member}`]: [value, SORTED_CORS[member]] } },
  writes: ["UpdateApi"],
});

/** What a missing tag looks like. */
const tag = (key: string): Fields => ({ Tags: [{ [key]: undefined }, { [key]: anyText }] });
const OWNER = "awsls:owner";
const COMPONENT = "awsls:component";

/** The statement of ours made again by hand. */
const permit =
  (input: object) =>
  async (aws: ByHand): Promise<unknown> => {
    await aws.lambda.send(new RemovePermissionCommand(STATEMENT));
    return aws.lambda.send(
      new AddPermissionCommand({
        ...STATEMENT,
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
        SourceArn: `arn:aws:execute-api:${aws.region}:${ACCOUNT}:${await aws.apiId()}/*/*/items*`,
        ...input,
      }),
    );
  };
const PERMIT_AGAIN = ["AddPermission", "RemovePermission"];

const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };

/** Each member of each spec, and the constants that a resource always sets. */
export const FIELDS: readonly DriftRow[] = [
  {
    what: "the table's billing mode",
    by: ({ dynamodb }) =>
      dynamodb.send(
        new UpdateTableCommand({
          TableName,
          BillingMode: "PROVISIONED",
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
        }),
      ),
    seen: { table: { BillingMode: ["PROVISIONED", "PAY_PER_REQUEST"] } },
    writes: ["UpdateTable"],
  },
  {
    member: "TableSpec.tags",
    what: "a tag of the table",
    by: (aws) => aws.dynamodb.send(new UntagTable({ ResourceArn: tableArn(aws), TagKeys: [OWNER] })),
    seen: { table: tag(OWNER) },
    writes: ["TagResource"],
  },
  {
    member: "RoleSpec.description",
    what: "the role's description",
    by: ({ iam }) => iam.send(new UpdateRoleCommand({ RoleName, Description: "mine" })),
    seen: { role: { Description: ["mine", anyText] } },
    writes: ["UpdateRole"],
  },
  {
    member: "RoleSpec.trustPolicy",
    what: "who may assume the role",
    by: ({ iam }) =>
      iam.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName,
          PolicyDocument: JSON.stringify({
            Version: "2012-10-17",
            Statement: [TRUST, { ...TRUST, Principal: { AWS: "*" } }],
          }),
        }),
      ),
    seen: { role: { AssumeRolePolicyDocument: [anything, { Version: "2012-10-17", Statement: [TRUST] }] } },
    writes: ["UpdateAssumeRolePolicy"],
  },
  {
    member: "RoleSpec.policy",
    what: "what the role may do",
    by: ({ iam }) => iam.send(new PutRolePolicyCommand({ ...POLICY, PolicyDocument: JSON.stringify(EVERYTHING) })),
    seen: { role: { PolicyDocument: [EVERYTHING, anything] } },
    writes: ["PutRolePolicy"],
  },
  {
    member: "RoleSpec.tags",
    what: "a tag of the role",
    by: ({ iam }) => iam.send(new UntagRoleCommand({ RoleName, TagKeys: [OWNER] })),
    seen: { role: tag(OWNER) },
    writes: ["TagRole"],
  },
  {
    member: "LogGroupSpec.retentionInDays",
    what: "how long logs are kept",
    by: ({ logs }) => logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 30 })),
    seen: { logGroup: { retentionInDays: [30, 7] } },
    writes: ["PutRetentionPolicy"],
  },
  {
    member: "LogGroupSpec.retentionInDays",
    what: "logs kept for ever",
    by: ({ logs }) => logs.send(new DeleteRetentionPolicyCommand({ logGroupName })),
    seen: { logGroup: { retentionInDays: [undefined, 7] } },
    writes: ["PutRetentionPolicy"],
  },
  {
    member: "LogGroupSpec.tags",
    what: "a tag of the log group",
    by: (aws) => aws.logs.send(new UntagLogGroup({ resourceArn: logGroupArn(aws), tagKeys: [OWNER] })),
    seen: { logGroup: tag(OWNER) },
    writes: ["TagResource"],
  },
  {
    member: "FunctionSpec.description",
    what: "the function's description",
    by: configure({ Description: "" }),
    seen: { function: { Description: ["", anyText] } },
    writes: ["UpdateFunctionConfiguration"],
  },
  {
    member: "FunctionSpec.runtime",
    what: "the function's runtime",
    by: configure({ Runtime: "nodejs22.x" }),
    seen: { function: { Runtime: ["nodejs22.x", "nodejs24.x"] } },
    writes: ["UpdateFunctionConfiguration"],
  },
  {
    member: "FunctionSpec.handler",
    what: "the function's handler",
    by: configure({ Handler: "other.handler" }),
    seen: { function: { Handler: ["other.handler", "index.handler"] } },
    writes: ["UpdateFunctionConfiguration"],
  },
  {
    member: "FunctionSpec.memorySize",
    what: "the function's memory",
    by: configure({ MemorySize: 128 }),
    seen: { function: { MemorySize: [128, 256] } },
    writes: ["UpdateFunctionConfiguration"],
  },
  {
    member: "FunctionSpec.timeout",
    what: "the function's timeout",
    by: configure({ Timeout: 3 }),
    seen: { function: { Timeout: [3, 15] } },
    writes: ["UpdateFunctionConfiguration"],
  },
  {
    member: "FunctionSpec.roleArn",
    what: "the function's role",
    async by(aws) {
      const document = JSON.stringify({ Version: "2012-10-17", Statement: [TRUST] });
      await aws.iam
        .send(new CreateRoleCommand({ RoleName: "another", AssumeRolePolicyDocument: document }))
        .catch(() => undefined);
      await configure({ Role: `arn:aws:iam::${ACCOUNT}:role/another` })(aws);
      return aws.iam.send(new DeleteRoleCommand({ RoleName: "another" }));
    },
    seen: {
      function: { Role: [`arn:aws:iam::${ACCOUNT}:role/another`, `arn:aws:iam::${ACCOUNT}:role/${RoleName}`] },
    },
    writes: ["UpdateFunctionConfiguration"],
  },
  {
    member: "FunctionSpec.environment",
    what: "a variable of the function",
    by: configure({ Environment: { Variables: { TABLE_NAME: "another" } } }),
    seen: { function: { "Environment.TABLE_NAME": ["another", TableName] } },
    writes: ["UpdateFunctionConfiguration"],
  },
  {
    member: "FunctionSpec.environment",
    what: "all variables of the function",
    by: configure({ Environment: { Variables: {} } }),
    seen: { function: { "Environment.TABLE_NAME": [undefined, TableName] } },
    writes: ["UpdateFunctionConfiguration"],
  },
  {
    member: "FunctionSpec.code",
    what: "the function's code",
    async by({ lambda, settled }) {
      const ZipFile = zipOf({ "index.mjs": "export const handler = async () => 'mine';" });
      await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
      await settled();
    },
    seen: { function: { CodeSha256: [anyText, anyText] } },
    writes: ["UpdateFunctionCode"],
  },
  {
    member: "FunctionSpec.architecture",
    what: "the function's architecture",
    async by({ lambda, settled }) {
      // Only together with the code.
      const { zip: ZipFile } = await packageCode({ folder: CRUD });
      await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, Architectures: ["arm64"] }));
      await settled();
    },
    seen: { function: { Architectures: ["arm64", "x86_64"] } },
    writes: ["UpdateFunctionCode"],
  },
  {
    member: "FunctionSpec.tags",
    what: "a tag of the function",
    by: (aws) => aws.lambda.send(new UntagFunction({ Resource: functionArn(aws), TagKeys: ["awsls:settings"] })),
    seen: { function: tag("awsls:settings") },
    writes: ["TagResource"],
  },
  {
    member: "ApiSpec.name",
    what: "the API's name",
    by: updateApi({ Name: "mine" }),
    seen: { api: { Name: ["mine", `${NAME}-api`] } },
    writes: ["UpdateApi"],
  },
  {
    member: "ApiSpec.description",
    what: "the API's description",
    by: updateApi({ Description: "mine" }),
    seen: { api: { Description: ["mine", anyText] } },
    writes: ["UpdateApi"],
  },
  { member: "CorsSpec.allowOrigins", what: "allowed origins", ...cors("AllowOrigins", ["https://a.example"]) },
  { member: "CorsSpec.allowMethods", what: "allowed methods", ...cors("AllowMethods", ["GET"]) },
  {
    member: "CorsSpec.allowHeaders",
    what: "allowed headers",
    ...cors("AllowHeaders", ["authorization", "content-type", "x-mine"]),
  },
  { member: "CorsSpec.maxAge", what: "how long a preflight holds", ...cors("MaxAge", 0) },
  {
    member: "ApiSpec.cors",
    what: "the whole of CORS",
    by: async (aws) => aws.gateway.send(new DeleteCorsConfigurationCommand({ ApiId: await aws.apiId() })),
    seen: {
      api: {
        "CorsConfiguration.AllowOrigins": [[], SORTED_CORS.AllowOrigins],
        "CorsConfiguration.AllowMethods": [[], SORTED_CORS.AllowMethods],
        "CorsConfiguration.AllowHeaders": [[], SORTED_CORS.AllowHeaders],
        "CorsConfiguration.MaxAge": [undefined, 300],
      },
    },
    writes: ["UpdateApi"],
  },
  {
    member: "ApiSpec.tags",
    what: "a tag of the API",
    by: async (aws) => aws.gateway.send(new UntagApi({ ResourceArn: await apiArn(aws), TagKeys: [COMPONENT] })),
    seen: { api: tag(COMPONENT) },
    writes: ["TagResource"],
  },
  {
    what: "the stage's automatic deployment",
    by: async (aws) =>
      aws.gateway.send(new UpdateStageCommand({ ApiId: await aws.apiId(), StageName, AutoDeploy: false })),
    seen: { stage: { AutoDeploy: [false, true] } },
    writes: ["UpdateStage"],
  },
  {
    member: "StageSpec.tags",
    what: "a tag of the stage",
    by: async (aws) => aws.gateway.send(new UntagApi({ ResourceArn: await stageArn(aws), TagKeys: [OWNER] })),
    seen: { stage: tag(OWNER) },
    writes: ["TagResource"],
  },
  {
    member: "IntegrationSpec.integrationUri",
    what: "the function that is called",
    by: async (aws) =>
      aws.gateway.send(
        new UpdateIntegrationCommand({
          ApiId: await aws.apiId(),
          IntegrationId: await aws.integrationId(),
          IntegrationUri: `${functionArn(aws)}-other`,
        }),
      ),
    seen: {
      integration: {
        IntegrationUri: [expect.stringMatching(/-other$/), expect.stringMatching(new RegExp(`:${FunctionName}$`))],
      },
    },
    writes: ["UpdateIntegration"],
  },
  {
    what: "an integration of another kind",
    by: async (aws) =>
      aws.gateway.send(
        new UpdateIntegrationCommand({
          ApiId: await aws.apiId(),
          IntegrationId: await aws.integrationId(),
          IntegrationType: "HTTP_PROXY",
          IntegrationMethod: "ANY",
          IntegrationUri: "https://example.com/",
          PayloadFormatVersion: "1.0",
        }),
      ),
    seen: {
      integration: {
        IntegrationType: ["HTTP_PROXY", "AWS_PROXY"],
        IntegrationUri: ["https://example.com/", anyText],
        PayloadFormatVersion: ["1.0", "2.0"],
      },
    },
    writes: ["UpdateIntegration"],
  },
  {
    member: "RoutesSpec.target",
    what: "where a route leads",
    async by(aws) {
      const [ApiId, RouteId] = [await aws.apiId(), await aws.routeId("PUT /items")];
      const Target = `integrations/${await anotherIntegration(aws)}`;
      return aws.gateway.send(new UpdateRouteCommand({ ApiId, RouteId, Target }));
    },
    seen: { routes: { "PUT /items.Target": [anyText, anyText] } },
    writes: ["UpdateRoute"],
  },
  {
    member: "RoutesSpec.target",
    what: "a route that leads nowhere",
    by: async (aws) =>
      aws.gateway.send(
        new UpdateRouteCommand({ ApiId: await aws.apiId(), RouteId: await aws.routeId("GET /items"), Target: "" }),
      ),
    seen: { routes: { "GET /items.Target": [undefined, anyText] } },
    writes: ["UpdateRoute"],
  },
  {
    member: "RoutesSpec.routeKeys",
    what: "a route's key",
    by: async (aws) =>
      aws.gateway.send(
        new UpdateRouteCommand({
          ApiId: await aws.apiId(),
          RouteId: await aws.routeId("DELETE /items/{id}"),
          RouteKey: "DELETE /things/{id}",
        }),
      ),
    seen: { routes: { "DELETE /items/{id}": [undefined, anyText] } },
    writes: ["CreateRoute"],
  },
  {
    member: "PermissionSpec.principal",
    what: "who may invoke the function",
    by: permit({ Principal: "events.amazonaws.com" }),
    seen: { permission: { Principal: ["events.amazonaws.com", "apigateway.amazonaws.com"] } },
    writes: PERMIT_AGAIN,
  },
  {
    member: "PermissionSpec.sourceArn",
    what: "from where the function may be invoked",
    by: permit({ SourceArn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:another/*` }),
    seen: { permission: { SourceArn: [`arn:aws:execute-api:us-east-1:${ACCOUNT}:another/*`, anyText] } },
    writes: PERMIT_AGAIN,
  },
  {
    member: "PermissionSpec.sourceArn",
    what: "a permission for everybody's APIs",
    by: permit({ SourceArn: undefined }),
    seen: { permission: { SourceArn: ["", anyText] } },
    writes: PERMIT_AGAIN,
  },
  {
    what: "what the permission is for",
    by: permit({ Action: "lambda:*" }),
    seen: { permission: { Action: ["lambda:*", "lambda:InvokeFunction"] } },
    writes: PERMIT_AGAIN,
  },
  {
    what: "a further condition of the permission",
    by: permit({ SourceAccount: "111111111111" }),
    seen: { permission: { Condition: [{ StringEquals: { "AWS:SourceAccount": "111111111111" } }, undefined] } },
    writes: PERMIT_AGAIN,
  },
  ...TIMER_FIELDS,
  ...AUTH_FIELDS,
  ...IDENTITY_FIELDS,
];

/** Members by which a thing is found, not set. */
export const IDENTIFIERS: readonly string[] = [
  "TableSpec.tableName",
  "RoleSpec.roleName",
  "RoleSpec.policyName",
  "LogGroupSpec.logGroupName",
  "FunctionSpec.functionName",
  "StageSpec.apiId",
  "StageSpec.stageName",
  "IntegrationSpec.apiId",
  "RoutesSpec.apiId",
  "AuthorizerSpec.apiId",
  "PermissionSpec.functionName",
  "PermissionSpec.statementId",
  "GroupSpec.userPoolId",
  "GroupSpec.groupName",
  "IdentityPoolRolesSpec.identityPoolId",
  "RuleSpec.ruleName",
  "TargetSpec.ruleName",
  "TargetSpec.targetId",
];

/** Members whose rows are elsewhere: they are about taking over (adopt.test.ts). */
// (An issuer has to be a pool that there is: the deletion of the pool is its row. So it is with what names a pool's client; what goes
// with guests is in identity-details.test.ts.)
export const ELSEWHERE: readonly string[] = [
  "RoleSpec.exclusive",
  "AuthorizerSpec.issuer",
  "IdentityPoolSpec.clientId",
  "IdentityPoolRolesSpec.guests",
  "IdentityPoolRolesSpec.login",
  "IdentityPoolRolesSpec.logins",
];
