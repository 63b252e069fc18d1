// What awsls does not set, changed by hand: it stays.

import {
  CreateRouteCommand,
  DeleteRouteCommand,
  GetApiCommand,
  GetIntegrationCommand,
  GetRoutesCommand,
  GetStageCommand,
  TagResourceCommand as TagApi,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutLogGroupDeletionProtectionCommand,
  TagResourceCommand as TagLogGroup,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand as TagTable,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  RemovePermissionCommand,
  TagResourceCommand as TagFunction,
} from "@aws-sdk/client-lambda";
import {
  ACCOUNT,
  anotherIntegration,
  apiArn,
  type ByHand,
  configure,
  CORS,
  functionArn,
  FunctionName,
  logGroupArn,
  logGroupName,
  RoleName,
  stageArn,
  StageName,
  tableArn,
  TableName,
  updateApi,
  EVERYTHING,
} from "./by-hand.ts";
import { AUTH_KEPT } from "./auth.ts";
import { IDENTITY_KEPT } from "./identity.ts";
import type { KeptRow } from "./row.ts";
import { TIMER_KEPT } from "./timer.ts";

const configuration = async ({ lambda }: ByHand): Promise<Record<string, unknown>> => {
  const { Configuration, Tags } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const { Environment, EphemeralStorage, TracingConfig, LoggingConfig } = Configuration ?? {};
  return { Environment: Environment?.Variables, EphemeralStorage, TracingConfig, LoggingConfig, Tags };
};
const theApi = async (aws: ByHand): Promise<unknown> => {
  const { CorsConfiguration, Version, DisableExecuteApiEndpoint, Tags } = await aws.gateway.send(
    new GetApiCommand({ ApiId: await aws.apiId() }),
  );
  return { expose: CorsConfiguration?.ExposeHeaders, Version, DisableExecuteApiEndpoint, Tags };
};
const theStage = async (aws: ByHand): Promise<unknown> => {
  const command = new GetStageCommand({ ApiId: await aws.apiId(), StageName });
  const { Description, StageVariables, Tags } = await aws.gateway.send(command);
  return { Description, StageVariables, Tags };
};
const theRoutes = async (aws: ByHand): Promise<unknown> => {
  const { Items = [] } = await aws.gateway.send(new GetRoutesCommand({ ApiId: await aws.apiId() }));
  return Items.map(({ RouteKey, OperationName, Target }) => `${RouteKey} ${OperationName} ${Target}`).toSorted();
};

/** What awsls does not set: it belongs to whoever set it. */
export const KEPT: readonly KeptRow[] = [
  {
    what: "a tag of the table",
    by: (aws) => aws.dynamodb.send(new TagTable({ ResourceArn: tableArn(aws), Tags: [{ Key: "mine", Value: "1" }] })),
    look: async (aws) =>
      (await aws.dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: tableArn(aws) }))).Tags?.find(
        ({ Key }) => Key === "mine",
      ),
    beside: "a tag of the table",
  },
  {
    what: "the table's protection against deletion",
    by: ({ dynamodb }) => dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true })),
    look: async ({ dynamodb }) =>
      (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table?.DeletionProtectionEnabled,
    beside: "the table's billing mode",
    undo: ({ dynamodb }) => dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false })),
  },
  {
    what: "a tag of the role",
    by: ({ iam }) => iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: "mine", Value: "1" }] })),
    look: async ({ iam }) =>
      (await iam.send(new GetRoleCommand({ RoleName }))).Role?.Tags?.find(({ Key }) => Key === "mine"),
    beside: "a tag of the role",
  },
  {
    what: "how long a session of the role may be",
    by: ({ iam }) => iam.send(new UpdateRoleCommand({ RoleName, Description: "x", MaxSessionDuration: 7200 })),
    look: async ({ iam }) => (await iam.send(new GetRoleCommand({ RoleName }))).Role?.MaxSessionDuration,
  },
  {
    what: "a further policy of the role",
    by: ({ iam }) =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "mine", PolicyDocument: JSON.stringify(EVERYTHING) })),
    look: async ({ iam }) => (await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames,
    beside: "what the role may do",
    undo: ({ iam }) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "mine" })),
  },
  {
    what: "a policy attached to the role",
    by: ({ iam }) =>
      iam.send(
        new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess" }),
      ),
    look: async ({ iam }) => (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies,
    beside: "what the role may do",
    undo: ({ iam }) =>
      iam.send(
        new DetachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess" }),
      ),
  },
  {
    what: "a tag of the log group",
    by: (aws) => aws.logs.send(new TagLogGroup({ resourceArn: logGroupArn(aws), tags: { mine: "1" } })),
    look: async (aws) =>
      (await aws.logs.send(new ListTagsForResourceCommand({ resourceArn: logGroupArn(aws) }))).tags?.["mine"],
    beside: "a tag of the log group",
  },
  {
    what: "the log group's protection against deletion",
    by: ({ logs }) =>
      logs.send(
        new PutLogGroupDeletionProtectionCommand({ logGroupIdentifier: logGroupName, deletionProtectionEnabled: true }),
      ),
    look: async ({ logs }) =>
      (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }))).logGroups?.[0]
        ?.deletionProtectionEnabled,
    beside: "how long logs are kept",
    undo: ({ logs }) =>
      logs.send(
        new PutLogGroupDeletionProtectionCommand({
          logGroupIdentifier: logGroupName,
          deletionProtectionEnabled: false,
        }),
      ),
  },
  {
    what: "a further variable of the function",
    by: configure({ Environment: { Variables: { TABLE_NAME: TableName, MINE: "stays" } } }),
    look: configuration,
    beside: "the function's timeout",
  },
  {
    what: "a further variable of the function, beside one of ours that is wrong",
    by: configure({ Environment: { Variables: { TABLE_NAME: "another", MINE: "stays" } } }),
    look: async (aws) => ((await configuration(aws))["Environment"] as Record<string, string>)["MINE"],
  },
  {
    what: "the function's disk, tracing and log group",
    by: configure({
      EphemeralStorage: { Size: 1024 },
      TracingConfig: { Mode: "Active" },
      LoggingConfig: { LogGroup: "/mine" },
    }),
    look: configuration,
    beside: "the function's memory",
    undo: configure({
      EphemeralStorage: { Size: 512 },
      TracingConfig: { Mode: "PassThrough" },
      LoggingConfig: { LogGroup: logGroupName },
    }),
  },
  {
    what: "a tag of the function",
    by: (aws) => aws.lambda.send(new TagFunction({ Resource: functionArn(aws), Tags: { mine: "1" } })),
    look: configuration,
    beside: "a tag of the function",
  },
  {
    what: "a further permission of the function",
    by: ({ lambda, region }) =>
      lambda.send(
        new AddPermissionCommand({
          FunctionName,
          StatementId: "mine",
          Action: "lambda:InvokeFunction",
          Principal: "events.amazonaws.com",
          SourceArn: `arn:aws:events:${region}:${ACCOUNT}:rule/mine`,
        }),
      ),
    look: async ({ lambda }) => {
      const { Policy = "{}" } = await lambda.send(new GetPolicyCommand({ FunctionName }));
      return (JSON.parse(Policy) as { Statement: { Sid: string }[] }).Statement.find(({ Sid }) => Sid === "mine");
    },
    beside: "who may invoke the function",
    undo: ({ lambda }) => lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: "mine" })),
  },
  {
    what: "headers that browsers may read",
    by: updateApi({ CorsConfiguration: { ...CORS, ExposeHeaders: ["x-mine"] } }),
    look: theApi,
  },
  {
    what: "headers that browsers may read, beside a list of ours that is wrong",
    by: updateApi({ CorsConfiguration: { ...CORS, AllowMethods: ["GET"], ExposeHeaders: ["x-mine"] } }),
    look: theApi,
  },
  {
    what: "the API's version, closed endpoint and tag",
    async by(aws) {
      await updateApi({ Version: "2", DisableExecuteApiEndpoint: true })(aws);
      return aws.gateway.send(new TagApi({ ResourceArn: await apiArn(aws), Tags: { mine: "1" } }));
    },
    look: theApi,
    beside: "the API's description",
    undo: updateApi({ Version: "", DisableExecuteApiEndpoint: false }),
  },
  {
    what: "the stage's description, variables and tag",
    async by(aws) {
      const stage = { ApiId: await aws.apiId(), StageName };
      await aws.gateway.send(new UpdateStageCommand({ ...stage, Description: "mine", StageVariables: { mine: "1" } }));
      return aws.gateway.send(new TagApi({ ResourceArn: await stageArn(aws), Tags: { mine: "1" } }));
    },
    look: theStage,
    beside: "the stage's automatic deployment",
  },
  {
    what: "a further route, and a name of one of ours",
    async by(aws) {
      const ApiId = await aws.apiId();
      const Target = `integrations/${await anotherIntegration(aws)}`;
      await aws.gateway.send(new CreateRouteCommand({ ApiId, RouteKey: "POST /mine", Target }));
      const RouteId = await aws.routeId("GET /items");
      return aws.gateway.send(new UpdateRouteCommand({ ApiId, RouteId, OperationName: "mine" }));
    },
    look: theRoutes,
    beside: "a route that leads nowhere",
    undo: async (aws) =>
      aws.gateway.send(new DeleteRouteCommand({ ApiId: await aws.apiId(), RouteId: await aws.routeId("POST /mine") })),
  },
  {
    what: "the integration's timeout and description",
    by: async (aws) =>
      aws.gateway.send(
        new UpdateIntegrationCommand({
          ApiId: await aws.apiId(),
          IntegrationId: await aws.integrationId(),
          TimeoutInMillis: 5000,
          Description: "mine",
        }),
      ),
    look: async (aws) => {
      const command = new GetIntegrationCommand({ ApiId: await aws.apiId(), IntegrationId: await aws.integrationId() });
      const { TimeoutInMillis, Description } = await aws.gateway.send(command);
      return { TimeoutInMillis, Description };
    },
    beside: "the function that is called",
  },
  ...TIMER_KEPT,
  ...AUTH_KEPT,
  ...IDENTITY_KEPT,
];
