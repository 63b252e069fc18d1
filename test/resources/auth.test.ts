// Sign-in through the commands: made, unchanged, switched off and on, taken along by up and down, deleted; and what is not its own.

import { rmSync } from "node:fs";
import {
  ApiGatewayV2Client,
  CreateRouteCommand,
  DeleteAuthorizerCommand,
  GetApisCommand,
  GetAuthorizersCommand,
  GetRoutesCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  SetUserPoolMfaConfigCommand,
  UntagResourceCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deleteAuth } from "../../src/commands/auth-delete.ts";
import { disableAuth } from "../../src/commands/auth-disable.ts";
import { type AuthEnableOptions, enableAuth } from "../../src/commands/auth-enable.ts";
import { authStatus } from "../../src/commands/auth-status.ts";
import type { AuthChangeResult } from "../../src/commands/auth-change.ts";
import type { StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { isUnauthorized } from "../../src/commands/gateway-answer.ts";
import { status } from "../../src/commands/status.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { deleteStep } from "../../src/commands/step-delete.ts";
import { up } from "../../src/commands/up.ts";
import type { Settings } from "../../src/state/state.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

/** Scan and DeleteItem are the function's, which is asked without a token while a route is open. */
const READING = /^(Get|List|Describe|Scan|DeleteItem)/;
const POOL = "http-crud-tutorial-users";
const ROUTES = ["DELETE /items/{id}", "GET /items", "GET /items/{id}", "PUT /items"];

let cloud: TestCloud;
let stack: TestStack;
let cognito: CognitoIdentityProviderClient;
let gateway: ApiGatewayV2Client;
let lambda: LambdaClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  cognito = new CognitoIdentityProviderClient(cloud.config);
  gateway = new ApiGatewayV2Client(cloud.config);
  lambda = new LambdaClient(cloud.config);
});
afterAll(async () => {
  for (const client of [cognito, gateway, lambda]) client.destroy();
  await cloud.close();
});
beforeEach(async () => {
  stack = openTestStack(cloud);
  await up(await stack.context());
});
afterEach(async () => {
  try {
    await cloud.endFaults();
  } finally {
    stack.close();
    await cloud.control("POST", "reset");
  }
});

const context = async (more: Partial<StackContext> = {}): Promise<StackContext> => ({
  ...(await stack.context()),
  ...more,
});
const enable = async (options: AuthEnableOptions = {}): Promise<AuthChangeResult> =>
  enableAuth(await context(), options);
const disable = async (): Promise<AuthChangeResult> => disableAuth(await context());
const makeUp = async (): ReturnType<typeof up> => up(await context());
const settings = async (): Promise<Settings> => (await context()).session.state.current().settings;

async function operationsOf(work: () => Promise<unknown>): Promise<string[]> {
  await cloud.clearRequests();
  await work();
  return (await cloud.requests()).map(({ operation }) => operation);
}

const writesOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await operationsOf(work)).filter((operation) => !READING.test(operation));

async function pools(): Promise<string[]> {
  const { UserPools = [] } = await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }));
  return UserPools.flatMap(({ Id }) => Id ?? []);
}

async function theApi(): Promise<{ ApiId: string; ApiEndpoint: string }> {
  const { Items = [] } = await gateway.send(new GetApisCommand({}));
  const { ApiId = "", ApiEndpoint = "" } = Items[0] ?? {};
  return { ApiId, ApiEndpoint };
}

async function authorizers(): Promise<{ AuthorizerId?: string | undefined }[]> {
  return (await gateway.send(new GetAuthorizersCommand({ ApiId: (await theApi()).ApiId }))).Items ?? [];
}

/** Routes that AWS has as protected, sorted. */
async function protectedRoutes(): Promise<string[]> {
  const { Items = [] } = await gateway.send(new GetRoutesCommand({ ApiId: (await theApi()).ApiId }));
  return Items.filter(({ AuthorizationType }) => AuthorizationType === "JWT")
    .map(({ RouteKey = "" }) => RouteKey)
    .toSorted();
}

/** Routes that answer 401 to whoever has no token, sorted. */
async function closedRoutes(): Promise<string[]> {
  const { ApiEndpoint } = await theApi();
  const answers = await Promise.all(
    ROUTES.map(async (routeKey) => {
      const [method = "", path = ""] = routeKey.split(" ");
      const { status: code } = await fetch(ApiEndpoint + path.replace("{id}", "nobody"), { method });
      return code === 401 ? [routeKey] : [];
    }),
  );
  return answers.flat();
}

async function variables(): Promise<Record<string, string>> {
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: "http-crud-tutorial-function" }));
  return Configuration?.Environment?.Variables ?? {};
}

const conditions = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await status(await context())).resources.map(({ subject, condition }) => [subject.component, condition]),
  );
const whole = { userPool: "exists", userPoolClient: "exists", authorizer: "exists", routes: "exists" };

describe("enable", () => {
  it("makes pool, client and authorizer and protects the routes, in at most 12 calls; a second time there is no write", async () => {
    const made = await operationsOf(() => enable());
    expect(made.length).toBeLessThanOrEqual(12);
    expect(made.filter((operation) => !READING.test(operation))).toEqual([
      "CreateUserPool",
      "SetUserPoolMfaConfig",
      "CreateUserPoolClient",
      "CreateAuthorizer",
      "UpdateRoute",
      "UpdateRoute",
      "UpdateRoute",
      "UpdateRoute",
    ]);
    expect(await conditions()).toMatchObject(whole);
    expect(await writesOf(() => enable())).toEqual([]);
    expect(await writesOf(makeUp)).toEqual([]);
    expect(await closedRoutes()).toEqual(ROUTES);
  });

  it("makes a pool of e-mail addresses, verified and used for recovery, TOTP for whoever wants it, without a protection", async () => {
    const { userPoolId: UserPoolId = "" } = await enable();
    const { UserPool = {} } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
    expect(UserPool).toMatchObject({
      Name: POOL,
      UsernameAttributes: ["email"],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ["email"],
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }] },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      Policies: { PasswordPolicy: { MinimumLength: 8, RequireNumbers: true, RequireSymbols: true } },
      DeletionProtection: "INACTIVE",
      MfaConfiguration: "OPTIONAL",
      UserPoolTags: { "awsls:stack": "http-crud-tutorial", "awsls:component": "userPool" },
    });
    const mfa = await cognito.send(new GetUserPoolMfaConfigCommand({ UserPoolId }));
    expect(mfa).toMatchObject({ MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: { Enabled: true } });
  });

  it("makes a client without a secret, and an authorizer that lets in that client's tokens of AWS's issuer", async () => {
    const { userPoolId: UserPoolId = "", clientId: ClientId = "" } = await enable();
    const { UserPoolClient = {} } = await cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }));
    expect(UserPoolClient).toMatchObject({
      ClientName: "http-crud-tutorial-client",
      PreventUserExistenceErrors: "ENABLED",
      EnableTokenRevocation: true,
    });
    expect(UserPoolClient.ClientSecret).toBeUndefined();
    expect(UserPoolClient.ExplicitAuthFlows?.toSorted()).toEqual([
      "ALLOW_REFRESH_TOKEN_AUTH",
      "ALLOW_USER_PASSWORD_AUTH",
      "ALLOW_USER_SRP_AUTH",
    ]);
    expect(await authorizers()).toEqual([
      expect.objectContaining({
        Name: "http-crud-tutorial-authorizer",
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: {
          Audience: [ClientId],
          Issuer: `https://cognito-idp.${cloud.config.region}.amazonaws.com/${UserPoolId}`,
        },
      }),
    ]);
  });

  it("a browser's preflight needs no token", async () => {
    await enable();
    const { status: code, headers } = await fetch(`${(await theApi()).ApiEndpoint}/items`, {
      method: "OPTIONS",
      headers: {
        origin: "http://localhost:3000",
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
      },
    });
    expect(code).toBeLessThan(300);
    expect(headers.get("access-control-allow-headers")).toContain("authorization");
  });

  it("the function's own 401 is no proof that a token is wanted", async () => {
    expect(isUnauthorized({ status: 401, body: '{"message":"no"}' })).toBe(false);
    expect(isUnauthorized({ status: 401, body: '{"message":"Unauthorized"}' })).toBe(true);
    // Deployed by hand alone: the routes stay as they were, and are said to be.
    const { ApiId } = await theApi();
    await gateway.send(new UpdateStageCommand({ ApiId, StageName: "$default", AutoDeploy: false }));
    let now = Date.now();
    const usual = await context();
    const clock = { now: () => now, sleep: () => Promise.resolve(void (now += 10_000)) };
    await expect(enableAuth({ ...usual, clock }, {})).rejects.toMatchObject({ code: "RoutesNotLive" });
    await makeUp();
    expect(await closedRoutes()).toEqual(ROUTES);
  });

  it("without an API says which command comes first, and makes nothing", async () => {
    await deleteStep(await context(), "api");
    await expect(enable()).rejects.toMatchObject({ code: "StepMissing", data: { first: "api create" } });
    expect(await pools()).toEqual([]);
    expect((await settings()).auth).toBeUndefined();
  });

  it("protects what is asked for, and keeps it when nothing is", async () => {
    await enable({ protect: "writes" });
    expect(await protectedRoutes()).toEqual(["DELETE /items/{id}", "PUT /items"]);
    expect(await closedRoutes()).toEqual(["DELETE /items/{id}", "PUT /items"]);
    expect(await writesOf(() => enable())).toEqual([]);
    expect(await writesOf(() => enable({ protect: "none" }))).toEqual(["TagResource", "UpdateRoute", "UpdateRoute"]);
    expect(await closedRoutes()).toEqual([]);
    await enable({ protect: "all" });
    expect(await closedRoutes()).toEqual(ROUTES);
  });

  it("the rule that only admins delete is the function's variable, on and off, and gone with sign-in", async () => {
    expect((await enable({ adminsOnlyDelete: true })).hasOwnCode).toBe(false);
    expect((await variables())["DELETE_ONLY_FOR"]).toBe("admins");
    expect(await writesOf(() => enable())).toEqual([]);
    expect(await writesOf(makeUp)).toEqual([]);
    await disable();
    expect(await variables()).not.toHaveProperty("DELETE_ONLY_FOR");
    await enable();
    expect((await variables())["DELETE_ONLY_FOR"]).toBe("admins");
    await enable({ adminsOnlyDelete: false });
    expect(await variables()).not.toHaveProperty("DELETE_ONLY_FOR");
    await enable({ adminsOnlyDelete: true });
    await deleteAuth(await context());
    expect(await variables()).toEqual({ TABLE_NAME: "http-crud-tutorial-items" });
    expect(await writesOf(makeUp)).toEqual([]);
  });

  it("a dry run names what it would make, and makes nothing", async () => {
    const { plan } = await enableAuth(await context({ dryRun: true }), {});
    expect(plan.map(({ subject, action }) => `${action} ${subject.component}`)).toEqual([
      "update routes",
      "create userPool",
      "create userPoolClient",
      "create authorizer",
    ]);
    expect(await pools()).toEqual([]);
    expect((await settings()).auth).toBeUndefined();
  });

  it("is interrupted by a refusal: a second time it goes on where it stopped, and so does `up`", async () => {
    await cloud.failNext("CreateAuthorizer", { code: "AccessDeniedException", status: 403, message: "no" });
    await expect(enable()).rejects.toMatchObject({ code: "AwsRefused", data: { operation: "CreateAuthorizer" } });
    expect((await settings()).auth).toMatchObject({ protect: "all", enabled: true });
    expect(await writesOf(makeUp)).toEqual([
      "CreateAuthorizer",
      "UpdateRoute",
      "UpdateRoute",
      "UpdateRoute",
      "UpdateRoute",
    ]);
    expect(await closedRoutes()).toEqual(ROUTES);
  });

  it.each(["before", "after"] as const)("a lost reply (%s it was done) ends with one of each", async (drop) => {
    for (const operation of ["CreateUserPool", "CreateUserPoolClient", "CreateAuthorizer"]) {
      await cloud.failNext(operation, { drop });
    }
    const { userPoolId } = await enable();
    expect(await pools()).toEqual([userPoolId]);
    const { UserPoolClients } = await cognito.send(new ListUserPoolClientsCommand({ UserPoolId: userPoolId }));
    expect(UserPoolClients).toHaveLength(1);
    expect(await authorizers()).toHaveLength(1);
    expect(await conditions()).toMatchObject(whole);
  });

  it("an issuer that API Gateway does not know yet is waited for", async () => {
    const message =
      "Caught exception when connecting to https://cognito-idp.us-east-1.amazonaws.com/x/.well-known/openid-configuration for issuer https://cognito-idp.us-east-1.amazonaws.com/x. Please try again later. Error: Invalid issuer: https://cognito-idp.us-east-1.amazonaws.com/x";
    await cloud.failNext("CreateAuthorizer", { code: "BadRequestException", status: 400, message, times: 3 });
    await enable();
    expect(await authorizers()).toHaveLength(1);
    expect(stack.events).toContainEqual(
      expect.objectContaining({ type: "waiting", waiting: expect.objectContaining({ for: "propagation" }) as unknown }),
    );
  });
});

describe("disable", () => {
  it("opens the routes and keeps everything; enable puts the authorizer back", async () => {
    const { userPoolId } = await enable();
    const before = await authorizers();
    const [tag, ...routes] = await writesOf(disable);
    expect([tag, ...new Set(routes)]).toEqual(["TagResource", "UpdateRoute"]);
    expect(await closedRoutes()).toEqual([]);
    expect(await writesOf(disable)).toEqual([]);
    expect(await writesOf(makeUp)).toEqual([]);
    expect(await pools()).toEqual([userPoolId]);
    expect(await conditions()).toMatchObject(whole);
    await enable();
    expect(await closedRoutes()).toEqual(ROUTES);
    expect(await authorizers()).toEqual(before);
  });

  it("without sign-in says which command comes first, and a dry run changes nothing", async () => {
    await expect(disable()).rejects.toMatchObject({ code: "StepMissing", data: { first: "auth enable" } });
    await enable();
    await disableAuth(await context({ dryRun: true }));
    expect(await closedRoutes()).toEqual(ROUTES);
  });
});

describe("routes that somebody protects otherwise", () => {
  const protectByIam = async (routeKey: string): Promise<void> => {
    const { ApiId } = await theApi();
    const { Items = [] } = await gateway.send(new GetRoutesCommand({ ApiId }));
    const RouteId = Items.find(({ RouteKey }) => RouteKey === routeKey)?.RouteId;
    await gateway.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: "AWS_IAM" }));
  };
  const typeOf = async (routeKey: string): Promise<string | undefined> => {
    const { Items = [] } = await gateway.send(new GetRoutesCommand({ ApiId: (await theApi()).ApiId }));
    return Items.find(({ RouteKey }) => RouteKey === routeKey)?.AuthorizationType;
  };

  it("stay so where no token is wanted: with --protect writes, switched off, and deleted", async () => {
    await protectByIam("GET /items");
    await enable({ protect: "writes" });
    expect((await authStatus(await context())).routes[0]).toEqual({
      routeKey: "GET /items",
      isProtected: false,
      authorizationType: "AWS_IAM",
    });
    await disable();
    expect(await writesOf(makeUp)).toEqual([]);
    await deleteAuth(await context());
    expect(await typeOf("GET /items")).toBe("AWS_IAM");
    expect(await protectedRoutes()).toEqual([]);
  });

  it("are taken with the rest where all want a token", async () => {
    await protectByIam("PUT /items");
    await enable();
    expect(await protectedRoutes()).toEqual(ROUTES);
  });

  it("of our authorizer keep it and the pool from being deleted, and nothing is changed", async () => {
    const { userPoolId } = await enable();
    const { ApiId } = await theApi();
    const [{ AuthorizerId } = {}] = await authorizers();
    const own = { ApiId, RouteKey: "GET /secret", AuthorizationType: "JWT" as const, AuthorizerId };
    await gateway.send(new CreateRouteCommand(own));
    await expect(deleteAuth(await context())).rejects.toMatchObject({
      code: "AuthorizerInUse",
      data: { routes: ["GET /secret"] },
    });
    expect(await closedRoutes()).toEqual(ROUTES);
    expect([await pools(), (await settings()).auth?.enabled]).toEqual([[userPoolId], true]);
  });

  it("lose the scopes of tokens with the authorizer", async () => {
    await enable();
    const { ApiId } = await theApi();
    const { Items = [] } = await gateway.send(new GetRoutesCommand({ ApiId }));
    const [{ RouteId } = {}] = Items;
    await gateway.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationScopes: ["mine"] }));
    await disable();
    const { Items: after = [] } = await gateway.send(new GetRoutesCommand({ ApiId }));
    expect(after.flatMap(({ AuthorizationScopes = [] }) => AuthorizationScopes)).toEqual([]);
  });
});

describe("what is stricter than ours", () => {
  it("stays: a second factor for everybody, longer passwords", async () => {
    const { userPoolId: UserPoolId = "" } = await enable();
    const { UserPool = {} } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
    const { AutoVerifiedAttributes, AccountRecoverySetting, UserPoolTags, MfaConfiguration } = UserPool;
    const kept = { AutoVerifiedAttributes, AccountRecoverySetting, UserPoolTags, MfaConfiguration };
    const PasswordPolicy = { ...UserPool.Policies?.PasswordPolicy, MinimumLength: 14 };
    await cognito.send(new UpdateUserPoolCommand({ UserPoolId, ...kept, Policies: { PasswordPolicy } }));
    const SoftwareTokenMfaConfiguration = { Enabled: true };
    await cognito.send(
      new SetUserPoolMfaConfigCommand({ UserPoolId, MfaConfiguration: "ON", SoftwareTokenMfaConfiguration }),
    );
    expect(await conditions()).toMatchObject(whole);
    expect(await writesOf(makeUp)).toEqual([]);
  });

  it("is the rule who may delete: without the tag that says so, the function does", async () => {
    const { userPoolId: UserPoolId } = await enable({ adminsOnlyDelete: true });
    const { UserPool = {} } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
    await cognito.send(new UntagResourceCommand({ ResourceArn: UserPool.Arn, TagKeys: ["awsls:settings"] }));
    rmSync(stack.statePath);
    await makeUp();
    expect((await variables())["DELETE_ONLY_FOR"]).toBe("admins");
    expect((await settings()).auth?.adminsOnlyDelete).toBe(true);
  });
});

describe("delete", () => {
  it("asks with the number of users, opens the routes, and leaves the tutorial's own", async () => {
    const { userPoolId: UserPoolId } = await enable();
    for (const Username of ["ann@example.com", "bob@example.com"]) {
      await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: "SUPPRESS" }));
    }
    const asked: unknown[] = [];
    const ask: StackContext["ask"] = (question) => {
      asked.push(question);
      return Promise.resolve("yes");
    };
    const writes = await writesOf(async () => deleteAuth(await context({ ask })));
    expect(asked).toEqual([
      expect.objectContaining({
        resources: expect.arrayContaining([
          expect.objectContaining({ component: "userPool", users: { count: 2, isExact: true } }),
        ]) as unknown,
      }),
    ]);
    expect(writes.filter((operation) => operation !== "UpdateRoute")).toEqual(["DeleteAuthorizer", "DeleteUserPool"]);
    expect([await pools(), await authorizers(), await closedRoutes()]).toEqual([[], [], []]);
    expect((await settings()).auth).toBeUndefined();
    expect((await deleteAuth(await context())).deleted).toEqual([]);
    expect(await writesOf(makeUp)).toEqual([]);
    expect(await pools()).toEqual([]);
  });

  it("deletes nothing when the answer is no", async () => {
    const { userPoolId } = await enable();
    const result = await deleteAuth(await context({ ask: () => Promise.resolve("no") }));
    expect(result.declined).toBe(true);
    expect(await pools()).toEqual([userPoolId]);
  });

  it("a pool that is protected against deletion goes only after a yes, and is named before", async () => {
    const { userPoolId: UserPoolId } = await enable();
    await cognito.send(new UpdateUserPoolCommand({ UserPoolId, DeletionProtection: "ACTIVE" }));
    await expect(deleteAuth(await context({ ask: () => Promise.resolve("unasked") }))).rejects.toMatchObject({
      code: "Protected",
      data: { resource: "userPool", field: "DeletionProtection" },
    });
    expect(await pools()).toEqual([UserPoolId]);
    await deleteAuth(await context());
    expect(await pools()).toEqual([]);
  });

  it("what could not go is said to be left over, made by no `up`, and gone with the next delete", async () => {
    await enable();
    await cloud.failNext("DeleteUserPool", { code: "AccessDeniedException", status: 403, message: "no" });
    await expect(deleteAuth(await context())).rejects.toMatchObject({ code: "LeftBehind" });
    expect(await conditions()).toMatchObject({ userPool: "leftover", userPoolClient: "leftover" });
    expect((await status(await context())).next).toBe("auth delete");
    expect(await writesOf(makeUp)).toEqual([]);
    await deleteAuth(await context());
    expect(await pools()).toEqual([]);
    expect(await conditions()).not.toHaveProperty("userPool");
  });
});

describe("up, status and down", () => {
  it("take it along: shown, made again with the API, deleted", async () => {
    await enable();
    expect((await status(await context())).auth).toEqual({ protect: "all", adminsOnlyDelete: false, enabled: true });
    await deleteStep(await context(), "api");
    await makeUp();
    expect(await conditions()).toMatchObject(whole);
    expect(await closedRoutes()).toEqual(ROUTES);
    await down(await context());
    expect(await (await cloud.control("GET", "inventory")).json()).toEqual({ holds: [] });
    expect((await settings()).auth).toBeUndefined();
  });

  it("with the state lost, `up` finds it again as it was chosen", async () => {
    await enable({ protect: "writes", adminsOnlyDelete: true });
    rmSync(stack.statePath);
    const chosen = { protect: "writes", adminsOnlyDelete: true, enabled: true };
    expect((await status(await context())).auth).toEqual(chosen);
    expect(await writesOf(makeUp)).toEqual([]);
    expect((await settings()).auth).toEqual(chosen);
    await disable();
    rmSync(stack.statePath);
    expect(await writesOf(makeUp)).toEqual([]);
    expect((await settings()).auth).toEqual({ ...chosen, enabled: false });
    rmSync(stack.statePath);
    await down(await context());
    expect(await (await cloud.control("GET", "inventory")).json()).toEqual({ holds: [] });
  });

  it("an authorizer that was removed by hand comes back, and with it the protection", async () => {
    await enable();
    const { ApiId } = await theApi();
    const { Items = [] } = await gateway.send(new GetRoutesCommand({ ApiId }));
    for (const { RouteId } of Items) {
      await gateway.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: "NONE" }));
    }
    const [{ AuthorizerId } = {}] = await authorizers();
    await gateway.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId }));
    expect(await conditions()).toMatchObject({ authorizer: "missing", routes: "drifted" });
    // A single step must not make or leave a route open.
    await expect(createStep(await context(), "routes")).rejects.toMatchObject({ code: "StepMissing" });
    await makeUp();
    expect(await closedRoutes()).toEqual(ROUTES);
  });

  it("a pool that was removed by hand is made anew, and the authorizer lets in the new one's tokens alone", async () => {
    const { userPoolId: UserPoolId } = await enable();
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId }));
    expect(await closedRoutes()).toEqual(ROUTES);
    await enable();
    const [made = ""] = await pools();
    expect(made).not.toBe(UserPoolId);
    expect(await authorizers()).toEqual([
      expect.objectContaining({
        JwtConfiguration: expect.objectContaining({ Issuer: expect.stringContaining(made) as unknown }) as unknown,
      }),
    ]);
    expect(await conditions()).toMatchObject(whole);
  });

  it("a route that is made again by its own step is protected from its first moment", async () => {
    await enable();
    await deleteStep(await context(), "routes");
    await createStep(await context(), "routes");
    expect(await protectedRoutes()).toEqual(ROUTES);
  });

  it("a route is not made open by its own step either when the state is lost", async () => {
    await enable();
    rmSync(stack.statePath);
    await deleteStep(await context(), "routes");
    await createStep(await context(), "routes");
    expect(await protectedRoutes()).toEqual(ROUTES);
  });

  it("`up` protects a new API although only the pool is left, and the state is lost", async () => {
    await enable();
    for (const noun of ["api", "function", "table"]) await deleteStep(await context(), noun);
    rmSync(stack.statePath);
    await makeUp();
    expect(await closedRoutes()).toEqual(ROUTES);
    expect(await conditions()).toMatchObject(whole);
  });

  it("a pool of our name and tags that has users is never deleted for a copy", async () => {
    const { userPoolId } = await enable();
    const { UserPool: ours = {} } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
    const twin = async (): Promise<string> => {
      const { UserPoolTags } = ours;
      const command = new CreateUserPoolCommand({ PoolName: POOL, UsernameAttributes: ["email"], UserPoolTags });
      return (await cognito.send(command)).UserPool?.Id ?? "";
    };
    const [empty, used] = [await twin(), await twin()];
    const user = { UserPoolId: used, Username: "ann@example.com", MessageAction: "SUPPRESS" as const };
    await cognito.send(new AdminCreateUserCommand(user));
    await makeUp();
    expect(new Set(await pools())).toEqual(new Set([userPoolId, used]));
    expect(empty).not.toBe(used);
    await down(await context());
    expect(await pools()).toEqual([used]);
  });

  it("auth status shows ids, issuer, routes and users", async () => {
    const { userPoolId: UserPoolId, clientId } = await enable({ protect: "writes" });
    await cognito.send(
      new AdminCreateUserCommand({ UserPoolId, Username: "ann@example.com", MessageAction: "SUPPRESS" }),
    );
    expect(await authStatus(await context())).toMatchObject({
      auth: { protect: "writes", enabled: true },
      userPoolId: UserPoolId,
      clientId,
      users: { count: 1, isExact: true },
      routes: [
        { routeKey: "GET /items", isProtected: false },
        { routeKey: "GET /items/{id}", isProtected: false },
        { routeKey: "PUT /items", isProtected: true },
        { routeKey: "DELETE /items/{id}", isProtected: true },
      ],
    });
    await deleteAuth(await context());
    await expect(authStatus(await context())).rejects.toMatchObject({ code: "StepMissing" });
  });

  it("whoever may not look at user pools can go on without sign-in", async () => {
    rmSync(stack.statePath);
    await cloud.failNext("ListUserPools", { code: "AccessDeniedException", status: 403, message: "no" });
    expect(await writesOf(makeUp)).toEqual([]);
  });
});

describe("a pool of this name that is not this stack's", () => {
  /** As the console makes it. */
  const foreign = async (): Promise<string> => {
    const names = { UsernameAttributes: ["email" as const], UsernameConfiguration: { CaseSensitive: false } };
    return (await cognito.send(new CreateUserPoolCommand({ PoolName: POOL, ...names }))).UserPool?.Id ?? "";
  };

  it("is named and not touched, and is nothing to a stack without sign-in", async () => {
    const id = await foreign();
    await expect(enable()).rejects.toMatchObject({
      code: "Foreign",
      data: { resources: [{ resource: "userPool", name: POOL, id }] },
    });
    expect(await writesOf(makeUp)).toEqual([]);
    expect(await conditions()).not.toHaveProperty("userPool");
    await down(await context());
    expect(await pools()).toEqual([id]);
  });

  it("is taken over with --adopt, brought to what is wanted, and gone with the stack", async () => {
    const id = await foreign();
    await cognito.send(
      new UpdateUserPoolCommand({ UserPoolId: id, AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } }),
    );
    const usual = await context();
    const { userPoolId } = await enableAuth({ ...usual, session: { ...usual.session, adopt: true } }, {});
    expect(userPoolId).toBe(id);
    expect(await conditions()).toMatchObject(whole);
    await down(await context());
    expect(await pools()).toEqual([]);
  });

  it("whose user names are no e-mail addresses is refused before anything is written", async () => {
    await cognito.send(new CreateUserPoolCommand({ PoolName: POOL }));
    const usual = await context();
    await cloud.clearRequests();
    await expect(enableAuth({ ...usual, session: { ...usual.session, adopt: true } }, {})).rejects.toMatchObject({
      code: "Protected",
    });
    expect((await cloud.requests()).filter(({ operation }) => !READING.test(operation))).toEqual([]);
  });

  it("of several none is taken over, because nothing says which one is meant", async () => {
    await foreign();
    await foreign();
    const usual = await context();
    await expect(enableAuth({ ...usual, session: { ...usual.session, adopt: true } }, {})).rejects.toMatchObject({
      code: "NotUnique",
    });
  });
});
