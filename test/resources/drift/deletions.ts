// Each thing of a stack, deleted by hand.

import {
  DeleteApiCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  DeleteStageCommand,
  UpdateRouteCommand,
} from "@aws-sdk/client-apigatewayv2";
import { DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { DeleteRoleCommand, DeleteRolePolicyCommand } from "@aws-sdk/client-iam";
import { DeleteFunctionCommand, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { ROUTE_KEYS } from "../../../src/stack/components.ts";
import {
  anyText,
  anything,
  type ByHand,
  FunctionName,
  logGroupName,
  POLICY,
  RoleName,
  StageName,
  STATEMENT,
  TableName,
} from "./by-hand.ts";
import { AUTH_DELETIONS } from "./auth.ts";
import { IDENTITY_DELETIONS } from "./identity.ts";
import type { DriftRow } from "./row.ts";
import { TIMER_DELETIONS } from "./timer.ts";

async function detachRoutes(aws: ByHand): Promise<void> {
  const ApiId = await aws.apiId();
  for (const key of ROUTE_KEYS) {
    await aws.gateway.send(new UpdateRouteCommand({ ApiId, RouteId: await aws.routeId(key), Target: "" }));
  }
}

/** Each thing deleted by hand. */
export const DELETIONS: readonly DriftRow[] = [
  {
    what: "the table",
    by: ({ dynamodb }) => dynamodb.send(new DeleteTableCommand({ TableName })),
    seen: { table: "missing" },
    writes: ["CreateTable"],
  },
  {
    // A function whose role was made again cannot read its environment any more.
    what: "the role",
    async by({ iam }) {
      await iam.send(new DeleteRolePolicyCommand(POLICY));
      return iam.send(new DeleteRoleCommand({ RoleName }));
    },
    seen: { role: "missing", function: { Role: [anyText, anyText] } },
    also: { permission: "create" },
    writes: ["AddPermission", "CreateFunction", "CreateRole", "DeleteFunction", "PutRolePolicy"],
  },
  {
    what: "the role's policy",
    by: ({ iam }) => iam.send(new DeleteRolePolicyCommand(POLICY)),
    seen: { role: { PolicyDocument: [undefined, anything] } },
    writes: ["PutRolePolicy"],
  },
  {
    what: "the log group",
    by: ({ logs }) => logs.send(new DeleteLogGroupCommand({ logGroupName })),
    seen: { logGroup: "missing" },
    writes: ["CreateLogGroup", "PutRetentionPolicy"],
  },
  {
    what: "the function",
    by: ({ lambda }) => lambda.send(new DeleteFunctionCommand({ FunctionName })),
    seen: { function: "missing", permission: "missing" },
    writes: ["AddPermission", "CreateFunction"],
  },
  {
    what: "the permission",
    by: ({ lambda }) => lambda.send(new RemovePermissionCommand(STATEMENT)),
    seen: { permission: "missing" },
    writes: ["AddPermission"],
  },
  {
    what: "the API",
    by: async (aws) => aws.gateway.send(new DeleteApiCommand({ ApiId: await aws.apiId() })),
    seen: {
      api: "missing",
      stage: "missing",
      routes: "missing",
      integration: "missing",
      permission: { SourceArn: [anyText, anyText] },
      authorizer: "missing",
    },
    writes: [
      "AddPermission",
      "CreateApi",
      "CreateAuthorizer",
      "CreateIntegration",
      "CreateRoute",
      "CreateRoute",
      "CreateRoute",
      "CreateRoute",
      "CreateStage",
      "RemovePermission",
    ],
  },
  {
    what: "the stage",
    by: async (aws) => aws.gateway.send(new DeleteStageCommand({ ApiId: await aws.apiId(), StageName })),
    seen: { stage: "missing" },
    writes: ["CreateStage"],
  },
  {
    // AWS lets nobody delete it while a route leads to it: then the routes are as they are before step 6.
    what: "the integration",
    async by(aws) {
      await detachRoutes(aws);
      const [ApiId, IntegrationId] = [await aws.apiId(), await aws.integrationId()];
      return aws.gateway.send(new DeleteIntegrationCommand({ ApiId, IntegrationId }));
    },
    seen: { integration: "missing" },
    detached: true,
    writes: ["CreateIntegration", "UpdateRoute", "UpdateRoute", "UpdateRoute", "UpdateRoute"],
  },
  ...ROUTE_KEYS.map((key): DriftRow => ({
    what: `the route ${key}`,
    by: async (aws) =>
      aws.gateway.send(new DeleteRouteCommand({ ApiId: await aws.apiId(), RouteId: await aws.routeId(key) })),
    seen: { routes: { [key]: [undefined, anyText] } },
    writes: ["CreateRoute"],
  })),
  {
    what: "all routes",
    async by(aws) {
      const ApiId = await aws.apiId();
      for (const key of ROUTE_KEYS) {
        await aws.gateway.send(new DeleteRouteCommand({ ApiId, RouteId: await aws.routeId(key) }));
      }
    },
    seen: { routes: "missing" },
    writes: ["CreateRoute", "CreateRoute", "CreateRoute", "CreateRoute"],
  },
  ...TIMER_DELETIONS,
  ...AUTH_DELETIONS,
  ...IDENTITY_DELETIONS,
];
