// The tutorial as data: its components, what each needs, and what each should be.

import { KNOWN_AFTER_APPLY } from "../core/change.ts";
import { AUTH_COMPONENTS, routeProtectionOf } from "./auth-components.ts";
import { IDENTITY_COMPONENTS } from "./identity-components.ts";
import { type Component, type ComponentId, defineComponent, type Inputs } from "./component.ts";
import { functionArnOf, functionSpec, RETENTION_DAYS, roleKey, roleSpec } from "./function-component.ts";
import { apiHome, functionHome, functionRoleHome, logGroupHome, tableHome } from "./homes.ts";
import { TIMER_COMPONENTS } from "./timer-components.ts";

export const ROUTE_KEYS = ["GET /items", "GET /items/{id}", "PUT /items", "DELETE /items/{id}"] as const;
export const STAGE = "$default";
/** The step that attaches the routes, and all that `up` does: nothing is left for later. */
export const LAST_STEP = 6;
const STATEMENT_ID = "awsls-http-api";
const PRINCIPAL = "apigateway.amazonaws.com";

export const COMPONENTS: readonly Component[] = [
  defineComponent({
    id: "table",
    home: tableHome,
    step: 1,
    needs: () => [],
    tagAction: "dynamodb:ListTagsOfResource",
    name: ({ names }) => names.table,
    load: async () => (await import("../resources/dynamodb/table.ts")).table,
    key: ({ names }) => ({ tableName: names.table }),
    spec: (inputs) => ({ tableName: inputs.names.table, tags: inputs.tags("table") }),
  }),
  defineComponent({
    id: "role",
    home: functionRoleHome("role"),
    step: 2,
    needs: () => [],
    name: ({ names }) => names.role,
    load: async () => (await import("../resources/iam/role.ts")).role,
    key: (inputs) => roleKey(inputs, "crud"),
    spec: (inputs) => roleSpec(inputs, "crud", `read and write ${inputs.names.table}, write its own log`),
    identity: "roleId",
    record: ({ roleArn, roleId }) => ({ roleArn, roleId }),
  }),
  defineComponent({
    id: "logGroup",
    home: logGroupHome("logGroup"),
    step: 2,
    needs: () => [],
    tagAction: "logs:ListTagsForResource",
    reappears: true,
    name: ({ names }) => names.logGroup,
    load: async () => (await import("../resources/logs/log-group.ts")).logGroup,
    key: ({ names }) => ({ logGroupName: names.logGroup }),
    spec: (inputs) => ({
      logGroupName: inputs.names.logGroup,
      retentionInDays: RETENTION_DAYS,
      tags: inputs.tags("logGroup"),
    }),
  }),
  defineComponent({
    id: "function",
    home: functionHome("function"),
    roles: [functionRoleHome("role")],
    step: 2,
    // The log group is not needed by AWS but must be there before the first invoke would make one without an end.
    needs: () => ["role", "logGroup"],
    tagAction: "lambda:ListTags",
    name: ({ names }) => names.function,
    load: async () => (await import("../resources/lambda/function.ts")).lambdaFunction,
    key: ({ names }) => ({ functionName: names.function }),
    spec: (inputs) => functionSpec(inputs, "crud", `CRUD function of the HTTP API ${inputs.names.api}`),
    record: ({ functionArn }) => ({ functionArn }),
  }),
  defineComponent({
    id: "api",
    home: apiHome,
    step: 3,
    needs: () => [],
    name: ({ names }) => names.api,
    load: async () => (await import("../resources/apigatewayv2/api.ts")).api,
    key: (inputs) => {
      const apiId = inputs.recorded("api")?.attributes["apiId"];
      return { name: inputs.names.api, tags: inputs.tags("api"), ...(apiId === undefined ? {} : { apiId }) };
    },
    spec: (inputs) => ({
      name: inputs.names.api,
      description: `HTTP API of ${inputs.names.stack}`,
      cors: {
        allowOrigins: ["*"],
        allowMethods: ["GET", "PUT", "DELETE", "OPTIONS"],
        // By name: browsers do not count `*` for Authorization.
        allowHeaders: ["content-type", "authorization"],
        maxAge: 300,
      },
      tags: inputs.tags("api"),
    }),
    identity: "apiId",
    record: ({ apiId, apiEndpoint }) => ({ apiId, apiEndpoint }),
  }),
  defineComponent({
    id: "stage",
    home: apiHome,
    step: 3,
    parent: "api",
    needs: () => ["api"],
    name: () => STAGE,
    load: async () => (await import("../resources/apigatewayv2/stage.ts")).stage,
    key: (inputs) => ofApi(inputs, (apiId) => ({ apiId, stageName: STAGE })),
    spec: (inputs) => ({ apiId: apiIdOf(inputs), stageName: STAGE, tags: inputs.tags("stage") }),
  }),
  defineComponent({
    id: "routes",
    home: apiHome,
    step: 4,
    parent: "api",
    // The authorizer is there only in a stack with sign-in.
    needs: (step) => (step >= LAST_STEP ? ["api", "authorizer", "integration"] : ["api", "authorizer"]),
    name: () => `${ROUTE_KEYS.length} routes to /items`,
    load: async () => (await import("../resources/apigatewayv2/routes.ts")).routes,
    key: (inputs) => ofApi(inputs, (apiId) => ({ apiId, routeKeys: ROUTE_KEYS })),
    spec: (inputs) => ({
      apiId: apiIdOf(inputs),
      routeKeys: ROUTE_KEYS,
      target:
        inputs.step >= LAST_STEP
          ? `integrations/${inputs.output("integration")?.integrationId ?? KNOWN_AFTER_APPLY}`
          : undefined,
      protection: routeProtectionOf(inputs, ROUTE_KEYS),
    }),
  }),
  defineComponent({
    id: "integration",
    home: apiHome,
    step: 5,
    parent: "api",
    needs: () => ["api"],
    name: ({ names }) => `${names.api} → ${names.function}`,
    load: async () => (await import("../resources/apigatewayv2/integration.ts")).integration,
    key: (inputs) =>
      ofApi(inputs, (apiId) => {
        const integrationId = inputs.recorded("integration")?.attributes["integrationId"];
        const integrationUri = functionArnOf(inputs, "crud");
        return { apiId, integrationUri, ...(integrationId === undefined ? {} : { integrationId }) };
      }),
    spec: (inputs) => ({ apiId: apiIdOf(inputs), integrationUri: functionArnOf(inputs, "crud") }),
    record: ({ integrationId }) => ({ integrationId }),
  }),
  defineComponent({
    id: "permission",
    home: functionHome("function"),
    step: 5,
    parent: "function",
    needs: () => ["function", "api"],
    seenAfter: ["api"],
    name: (inputs) => `${inputs.names.function}: ${statementsIn(inputs).join(", ")}`,
    load: async () => (await import("../resources/lambda/permission.ts")).permission,
    key: (inputs) => ({
      functionName: inputs.names.function,
      statementId: STATEMENT_ID,
      principal: PRINCIPAL,
      replacing: inputs.takesOver("permission") && inputs.output("api") !== undefined ? sourceArnOf(inputs) : undefined,
    }),
    spec: (inputs) => ({
      functionName: inputs.names.function,
      statementId: STATEMENT_ID,
      principal: PRINCIPAL,
      sourceArn: sourceArnOf(inputs),
    }),
  }),
  ...TIMER_COMPONENTS,
  ...AUTH_COMPONENTS,
  ...IDENTITY_COMPONENTS,
];

/** @throws {Error} never for a ComponentId: the table has them all (tested) */
export function componentOf(id: ComponentId): Component {
  const found = COMPONENTS.find((component) => component.id === id);
  if (found === undefined) throw new Error(`no component ${id}`);
  return found;
}

/** Every stage and method of the item routes; covers `/items/{id}` whether API Gateway fills it in or not. */
function sourceArnOf(inputs: Inputs): string {
  const { partition, region, account } = inputs.place;
  return `arn:${partition}:execute-api:${region}:${account}:${apiIdOf(inputs)}/*/*/items*`;
}

/** Ours; in a removal also those of others that go with it, with what they are for. */
function statementsIn(inputs: Inputs): string[] {
  const seen = inputs.output("permission");
  const others = (inputs.removes ? seen?.others : undefined) ?? [];
  return [
    ...(others.length > 0 && seen?.statementId === undefined ? [] : [STATEMENT_ID]),
    ...others.map(({ statementId: id, sourceArn }) => `${id} (${sourceArn.split(":").at(-1) ?? ""})`),
  ];
}

function apiIdOf(inputs: Inputs): string {
  return inputs.output("api")?.apiId ?? KNOWN_AFTER_APPLY;
}

function ofApi<Key>(inputs: Inputs, key: (apiId: string) => Key): Key | undefined {
  const api = inputs.output("api");
  return api === undefined ? undefined : key(api.apiId);
}
