// The tutorial as data: its components, what each needs, and what each should be.

import { KNOWN_AFTER_APPLY } from "../core/change.ts";
import { type Component, type ComponentId, defineComponent, type Inputs } from "./component.ts";
import { crudPolicy, LAMBDA_TRUST } from "./policies.ts";

export const ROUTE_KEYS = ["GET /items", "GET /items/{id}", "PUT /items", "DELETE /items/{id}"] as const;
export const STAGE = "$default";
/** The step that attaches the routes, and all that `up` does: nothing is left for later. */
export const LAST_STEP = 6;
const RETENTION_DAYS = 7;
const POLICY_NAME = "awsls-least-privilege";
const STATEMENT_ID = "awsls-http-api";
const SETTINGS_TAG = "awsls:settings";
/** On a role that was taken over: it was others' once, and may be in use by them. */
export const ADOPTED_TAG = "awsls:adopted";

export const COMPONENTS: readonly Component[] = [
  defineComponent({
    id: "table",
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
    step: 2,
    needs: () => [],
    name: ({ names }) => names.role,
    load: async () => (await import("../resources/iam/role.ts")).role,
    key: (inputs) => ({ roleName: inputs.names.role, policyName: POLICY_NAME, tags: inputs.tags("role") }),
    spec: (inputs) => ({
      roleName: inputs.names.role,
      policyName: POLICY_NAME,
      description: `What ${inputs.names.function} may do: read and write ${inputs.names.table}, write its own log`,
      trustPolicy: LAMBDA_TRUST,
      policy: crudPolicy(inputs.place, inputs.names),
      exclusive: inputs.takesOver("role"),
      tags: { ...inputs.tags("role"), ...(inputs.takesOver("role") ? { [ADOPTED_TAG]: "yes" } : {}) },
    }),
    identity: "roleId",
    record: ({ roleArn, roleId }) => ({ roleArn, roleId }),
  }),
  defineComponent({
    id: "logGroup",
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
    step: 2,
    // The log group is not needed by AWS but must be there before the first invoke would make one without an end.
    needs: () => ["role", "logGroup"],
    tagAction: "lambda:ListTags",
    name: ({ names }) => names.function,
    load: async () => (await import("../resources/lambda/function.ts")).lambdaFunction,
    key: ({ names }) => ({ functionName: names.function }),
    spec: (inputs) => ({
      functionName: inputs.names.function,
      description: `CRUD function of the HTTP API ${inputs.names.api}`,
      runtime: "nodejs24.x" as const,
      handler: "index.handler",
      memorySize: 256,
      timeout: 15,
      architecture: inputs.settings.architecture ?? "x86_64",
      roleArn: roleArnOf(inputs),
      environment: { TABLE_NAME: inputs.names.table },
      code: inputs.code ?? { sha256: "", zip: new Uint8Array() },
      tags: { ...inputs.tags("function"), ...settingsTags(inputs) },
    }),
    record: ({ functionArn }) => ({ functionArn }),
  }),
  defineComponent({
    id: "api",
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
    step: 4,
    parent: "api",
    needs: (step) => (step >= LAST_STEP ? ["api", "integration"] : ["api"]),
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
    }),
  }),
  defineComponent({
    id: "integration",
    step: 5,
    parent: "api",
    needs: () => ["api"],
    name: ({ names }) => `${names.api} → ${names.function}`,
    load: async () => (await import("../resources/apigatewayv2/integration.ts")).integration,
    key: (inputs) =>
      ofApi(inputs, (apiId) => {
        const integrationId = inputs.recorded("integration")?.attributes["integrationId"];
        const integrationUri = functionArnOf(inputs);
        return { apiId, integrationUri, ...(integrationId === undefined ? {} : { integrationId }) };
      }),
    spec: (inputs) => ({ apiId: apiIdOf(inputs), integrationUri: functionArnOf(inputs) }),
    record: ({ integrationId }) => ({ integrationId }),
  }),
  defineComponent({
    id: "permission",
    step: 5,
    parent: "function",
    needs: () => ["function", "api"],
    seenAfter: ["api"],
    name: (inputs) => `${inputs.names.function}: ${statementsIn(inputs).join(", ")}`,
    load: async () => (await import("../resources/lambda/permission.ts")).permission,
    key: (inputs) => ({
      functionName: inputs.names.function,
      statementId: STATEMENT_ID,
      replacing: inputs.takesOver("permission") && inputs.output("api") !== undefined ? sourceArnOf(inputs) : undefined,
    }),
    spec: (inputs) => ({
      functionName: inputs.names.function,
      statementId: STATEMENT_ID,
      principal: "apigateway.amazonaws.com",
      sourceArn: sourceArnOf(inputs),
    }),
  }),
];

/** @throws {Error} never for a ComponentId: the table has them all (tested) */
export function componentOf(id: ComponentId): Component {
  const found = COMPONENTS.find((component) => component.id === id);
  if (found === undefined) throw new Error(`no component ${id}`);
  return found;
}

/** Settings that AWS does not show otherwise, so that they survive a lost state file. */
export interface TaggedSettings {
  readonly bundle: boolean;
  readonly isRoleGiven: boolean;
  /** The code is the learner's own: it must not be replaced by the package's. */
  readonly isEjected: boolean;
}

export function parseSettingsTag(tags: Readonly<Record<string, string>>): TaggedSettings {
  const value = tags[SETTINGS_TAG] ?? "";
  return {
    bundle: value.includes("bundle=yes"),
    isRoleGiven: value.includes("role=given"),
    isEjected: value.includes("code=ejected"),
  };
}

function settingsTags(inputs: Inputs): Record<string, string> {
  const { bundle = false, roleArn, code } = inputs.settings;
  // Nothing is said of the package's code, so that functions of older stacks need no new tag.
  const settings = `bundle=${bundle ? "yes" : "no"} role=${roleArn === undefined ? "own" : "given"}${code?.crud === undefined ? "" : " code=ejected"}`;
  const roleId = inputs.output("role")?.roleId ?? KNOWN_AFTER_APPLY;
  return { [SETTINGS_TAG]: settings, ...(roleArn === undefined ? { "awsls:role-id": roleId } : {}) };
}

/** Computed, so that nothing waits for the role but what AWS makes wait; read where it is known, for it may have a path. */
function roleArnOf(inputs: Inputs): string {
  const { settings, place, names } = inputs;
  return (
    settings.roleArn ??
    inputs.output("role")?.roleArn ??
    `arn:${place.partition}:iam::${place.account}:role/${names.role}`
  );
}

export function functionArnOf({ place, names }: Pick<Inputs, "place" | "names">): string {
  return `arn:${place.partition}:lambda:${place.region}:${place.account}:function:${names.function}`;
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
