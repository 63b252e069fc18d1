// Every operation of every service: whoever has no rights is refused, by the right that he lacks and on the resource that
// AWS's service authorization reference names.

import * as apigateway from "@aws-sdk/client-apigatewayv2";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as cognitoIdentity from "@aws-sdk/client-cognito-identity";
import * as cognitoIdp from "@aws-sdk/client-cognito-identity-provider";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as events from "@aws-sdk/client-eventbridge";
import * as iam from "@aws-sdk/client-iam";
import * as lambda from "@aws-sdk/client-lambda";
import * as sts from "@aws-sdk/client-sts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openData } from "../../src/local/cloud.ts";
import { openCredentials } from "../../src/local/credentials.ts";
import type { JsonObject, Operation } from "../../src/local/service.ts";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST } from "../functions.ts";
import { sampleInput } from "./sample-input.ts";

const ACCOUNT = "000000000000";
const KEY = { id: { S: "1" } };
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/items`;

interface Row {
  /** `dynamodb:GetItem`: service and operation. */
  readonly name: string;
  readonly service: string;
  readonly operation: string;
  readonly input: JsonObject;
  /** As declared, for the input. */
  readonly resource: string | undefined;
}

/** DynamoDB's engine has no shapes of its own. */
const ITEM_CALLS: Readonly<Record<string, JsonObject>> = {
  BatchGetItem: { RequestItems: { items: { Keys: [KEY] } } },
  BatchWriteItem: { RequestItems: { items: [{ DeleteRequest: { Key: KEY } }] } },
  DeleteItem: { TableName: "items", Key: KEY },
  GetItem: { TableName: "items", Key: KEY },
  ListTables: {},
  PutItem: { TableName: "items", Item: KEY },
  Query: {
    TableName: "items",
    KeyConditionExpression: "id = :v",
    ExpressionAttributeValues: { ":v": { S: "1" } },
  },
  Scan: { TableName: "items" },
  UpdateItem: { TableName: "items", Key: KEY },
};
/** AWS's reference has no resource for them: a policy must say `*`. */
const WITHOUT_RESOURCE = [
  "cognito-identity:CreateIdentityPool",
  "cognito-identity:DeleteIdentities",
  "cognito-identity:DescribeIdentity",
  "cognito-identity:ListIdentityPools",
  "cognito-identity:SetIdentityPoolRoles",
  "cognito-idp:CreateUserPool",
  "cognito-idp:ListUserPools",
  "dynamodb:ListTables",
  "events:ListRuleNamesByTarget",
  "events:ListRules",
  "iam:ListPolicies",
  "iam:ListRoles",
  "iam:SimulateCustomPolicy",
  "lambda:GetAccountSettings",
  "lambda:ListFunctions",
  "logs:ListLogGroups",
];
/** What the resources of a service look like in the reference. DescribeLogGroups has none there, and this in AWS's refusals. */
const FORMS: Readonly<Record<string, RegExp>> = {
  apigateway: /^arn:aws:apigateway:us-east-1::\/(apis|tags)(\/|$)/,
  "cognito-identity": /^arn:aws:cognito-identity:us-east-1:0{12}:identitypool\/us-east-1:/,
  "cognito-idp": /^arn:aws:cognito-idp:us-east-1:0{12}:userpool\/us-east-1_/,
  dynamodb: /^arn:aws:dynamodb:us-east-1:0{12}:table\/[^/]+$/,
  events: /^arn:aws:events:us-east-1:0{12}:rule\/[^/]+$/,
  iam: /^arn:aws:iam::0{12}:(role|policy)\/[^/]+$/,
  lambda: /^arn:aws:lambda:us-east-1:0{12}:function:[^:]+$/,
  sts: /^arn:aws:iam::0{12}:role\/[^/]+$/,
  logs: /^arn:aws:logs:us-east-1:0{12}:log-group:([^:]*:log-stream:[^:]*|[^:]+)$/,
};
/** What anybody may call who has signed. */
const ANYBODYS = ["sts:GetCallerIdentity"];

const rows = await readRows();
let cloud: TestCloud;
let clients: Readonly<Record<string, { send(command: unknown): Promise<unknown> }>>;

async function readRows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "awsls-operations-"));
  const { services } = await openData({ folder });
  const found = services.all.flatMap(({ signingName: service, operations }) =>
    Object.entries(operations)
      .filter(([, { unsigned }]) => unsigned !== true)
      .map(([operation, each]) => rowOf(service, operation, each)),
  );
  await services.close();
  await rm(folder, { recursive: true, force: true });
  const items = Object.entries(ITEM_CALLS).map(([operation, input]) => ({
    ...rowOf("dynamodb", operation, { input: {} }),
    input,
    resource: operation === "ListTables" ? undefined : TABLE,
  }));
  return [...found, ...items];
}

function rowOf(service: string, operation: string, declared: Pick<Operation, "input" | "resource">): Row {
  const needsName = service === "dynamodb" && operation.endsWith("Table");
  const input = { ...sampleInput(service, declared), ...(needsName && { TableName: "items" }) };
  return { name: `${service}:${operation}`, service, operation, input, resource: declared.resource?.(input) };
}

const SDK: Readonly<Record<string, object>> = {
  apigateway,
  "cognito-identity": cognitoIdentity,
  "cognito-idp": cognitoIdp,
  dynamodb,
  events,
  iam,
  lambda,
  logs,
  sts,
};

beforeAll(async () => {
  cloud = await startTestCloud();
  const role = await new iam.IAMClient(cloud.config).send(
    new iam.CreateRoleCommand({ RoleName: "powerless", AssumeRolePolicyDocument: LAMBDA_TRUST }),
  );
  const { Arn: roleArn = "", RoleId: roleId = "" } = role.Role ?? {};
  const { folder } = cloud;
  const issuer = openCredentials({ folder, accountId: ACCOUNT, anyCredentials: false, now: Date.now });
  const expiration = Date.now() + 3_600_000;
  const credentials = issuer.issue({ roleArn, roleId, sessionName: "s", expiration });
  const config = {
    ...cloud.config,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      sessionToken: credentials.sessionToken,
    },
  };
  clients = {
    apigateway: new apigateway.ApiGatewayV2Client(config),
    "cognito-identity": new cognitoIdentity.CognitoIdentityClient(config),
    "cognito-idp": new cognitoIdp.CognitoIdentityProviderClient(config),
    dynamodb: new dynamodb.DynamoDBClient(config),
    events: new events.EventBridgeClient(config),
    iam: new iam.IAMClient(config),
    lambda: new lambda.LambdaClient(config),
    logs: new logs.CloudWatchLogsClient(config),
    sts: new sts.STSClient(config),
  };
});
afterAll(() => cloud.close());

/** The SDK's own command of that operation. API Gateway's members are written large there. */
function call({ service, operation, input }: Row): Promise<unknown> {
  const Command = Object.entries(SDK[service] ?? {}).find(([name]) => name === `${operation}Command`)?.[1] as new (
    input: JsonObject,
  ) => unknown;
  const large = Object.entries(input).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]);
  const given = service === "apigateway" ? (Object.fromEntries(large) as JsonObject) : input;
  return clients[service]?.send(new Command(given)) ?? Promise.reject(new Error(`no client for ${service}`));
}

it("finds the operations of all services", () => {
  expect(new Set(rows.map(({ service }) => service))).toEqual(new Set(Object.keys(SDK)));
  expect(rows.length).toBeGreaterThan(130);
});

it.each(rows.filter(({ name }) => !ANYBODYS.includes(name)).map((row) => [row.name, row] as const))(
  "%s is refused to a role without policies, by the name of the right",
  async (_name, row) => {
    const isQuery = row.service === "iam" || row.service === "sts";
    const isRest = row.service === "lambda" || row.service === "apigateway";
    const action =
      row.operation === "Invoke" ? "InvokeFunction" : row.service === "apigateway" ? "[A-Z]+" : row.operation;
    // STS gives no reason.
    const because =
      row.service === "sts" ? "\\S+" : `.+ because no identity-based policy allows the ${row.service}:${action} action`;
    await expect(call(row)).rejects.toMatchObject({
      name: isQuery ? "AccessDenied" : "AccessDeniedException",
      message: expect.stringMatching(
        `^User: arn:aws:sts::${ACCOUNT}:assumed-role/powerless/s is not authorized to perform: ${row.service}:${action} on resource: ${because}$`,
      ),
      $metadata: { httpStatusCode: isQuery || isRest ? 403 : 400 },
    });
  },
);

it.each(ANYBODYS)("%s needs no right", async (name) => {
  const row = rows.find((each) => each.name === name);
  expect(row).toBeDefined();
  await call(row as Row);
});

it("has a resource for all that AWS has one for, and for nothing else", () => {
  const without = rows.filter(({ resource = "*" }) => resource === "*").map(({ name }) => name);
  expect(without.filter((name) => !ANYBODYS.includes(name)).toSorted()).toEqual(WITHOUT_RESOURCE);
});

it.each(
  rows.flatMap(({ name, service, resource }) => (resource === undefined ? [] : [[name, service, resource] as const])),
)("the resource of %s is one of %s's", (_name, service, resource) => {
  expect(resource).toMatch(FORMS[service] ?? /^$/);
});
