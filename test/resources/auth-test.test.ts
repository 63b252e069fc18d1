// `awsls test` where routes want a token: proved without one, walked with one, and what the rule who may delete does to it.

import { ApiGatewayV2Client, GetApisCommand, GetRoutesCommand, UpdateRouteCommand } from "@aws-sdk/client-apigatewayv2";
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { DeleteItemCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AuthEnableOptions, enableAuth } from "../../src/commands/auth-enable.ts";
import { disableAuth } from "../../src/commands/auth-disable.ts";
import { requirePool } from "../../src/commands/auth-pool.ts";
import { signIn } from "../../src/commands/auth-sign-in.ts";
import { test as testApi, type TestResult } from "../../src/commands/test.ts";
import { up } from "../../src/commands/up.ts";
import type { Exchange } from "../../src/core/exchange.ts";
import { Problem } from "../../src/core/problem.ts";
import { forgetTokens } from "../../src/state/tokens.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

const EMAIL = "alice@example.com";
const PASSWORD = "C0rrect-horse!";
const ADMIN = "root@example.com";
const WALK = ["GET 200", "PUT 200", "GET 200", "DELETE 200", "GET 200"];
const CLOSED = ["DELETE 401", "GET 401", "GET 401", "PUT 401"];

let cloud: TestCloud;
let stack: TestStack;
let dynamo: DynamoDBClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  dynamo = new DynamoDBClient(cloud.config);
  stack = openTestStack(cloud, { entries: { password: PASSWORD } });
  await up(await stack.context());
  await enable();
  const { userPoolId: UserPoolId } = await requirePool(await stack.context(), "test");
  const cognito = new CognitoIdentityProviderClient(cloud.config);
  for (const Username of [EMAIL, ADMIN]) {
    const UserAttributes = [{ Name: "email", Value: Username }];
    await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS" }));
    const permanent = { UserPoolId, Username, Password: PASSWORD, Permanent: true };
    await cognito.send(new AdminSetUserPasswordCommand(permanent));
  }
  for (const GroupName of ["admins", "admins2"]) await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName }));
  await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: ADMIN, GroupName: "admins" }));
  await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: EMAIL, GroupName: "admins2" }));
  cognito.destroy();
}, 60_000);
beforeEach(() => {
  stack.events.length = 0;
});
afterEach(async () => {
  forgetTokens(stack.statePath);
  await cloud.endFaults();
  const left = await rows();
  if (left.length > 0) throw new Error(`left in the table: ${JSON.stringify(left)}`);
});
afterAll(async () => {
  dynamo.destroy();
  stack.close();
  await cloud.close();
});

const enable = async (options: AuthEnableOptions = {}): Promise<unknown> => enableAuth(await stack.context(), options);
const enter = async (email: string): Promise<unknown> => signIn(await stack.context(), { email, flow: "srp" });
const run = async (options = {}): Promise<TestResult> => testApi(await stack.context(), options);
const fails = async (): Promise<Problem> => {
  const thrown: unknown = await run().catch((error: unknown) => error);
  if (thrown instanceof Problem) return thrown;
  throw new Error(`no problem: ${String(thrown)}`);
};
const exchanges = (): Exchange[] => stack.events.filter((event) => event.type === "exchange");
const notices = (): string[] => stack.events.flatMap((event) => (event.type === "notice" ? [event.code] : []));
const brief = (all: readonly Exchange[]): string[] => all.map(({ method, status }) => `${method} ${status}`);

async function rows(): Promise<unknown[]> {
  return (await dynamo.send(new ScanCommand({ TableName: "http-crud-tutorial-items" }))).Items ?? [];
}

describe("routes that want a token", () => {
  it("answer 401 first, then the walk of whoever is signed in", async () => {
    await enter(EMAIL);
    const result = await run();
    expect(brief(result.exchanges.slice(0, 4)).toSorted()).toEqual(CLOSED);
    expect(brief(result.exchanges.slice(4))).toEqual(WALK);
    expect(result.exchanges.slice(0, 4).every(({ note }) => note === "withoutToken")).toBe(true);
    expect(result.caller).toMatchObject({ email: EMAIL, groups: ["admins2"] });
    expect(notices()).toContain("CallsAs");
    expect(JSON.stringify([result, stack.events])).not.toContain("eyJ");
  });

  it("nobody signed in: 401 is shown, nothing else is sent, and it says what to run", async () => {
    const problem = await fails();
    expect(problem).toMatchObject({ code: "NotSignedIn", data: { command: "test" }, exitCode: 3 });
    expect(brief(exchanges()).toSorted()).toEqual(CLOSED);
  });

  it("a dry run names all of it and sends nothing", async () => {
    const context = { ...(await stack.context()), dryRun: true };
    const { planned } = await testApi(context, {});
    expect(planned.filter(({ note }) => note === "withoutToken")).toHaveLength(4);
    expect(planned).toHaveLength(9);
    expect(exchanges()).toEqual([]);
  });

  it("one that is open although it should not be is a failure, whoever is signed in, and touches nothing", async () => {
    const gateway = new ApiGatewayV2Client(cloud.config);
    const { Items: apis = [] } = await gateway.send(new GetApisCommand({}));
    const ApiId = apis[0]?.ApiId;
    const { Items: routes = [] } = await gateway.send(new GetRoutesCommand({ ApiId }));
    const opened = routes.filter(({ RouteKey = "" }) => /^(PUT|DELETE)/.test(RouteKey));
    for (const { RouteId } of opened) {
      await gateway.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: "NONE" }));
    }
    gateway.destroy();
    const problem = await fails();
    expect(problem).toMatchObject({ code: "TestFailed", data: { failed: 2, total: 4 } });
    await enter(EMAIL);
    expect(await fails()).toMatchObject({ code: "TestFailed", data: { failed: 2, total: 9 } });
    await up(await stack.context());
    expect(brief((await run()).exchanges)).toHaveLength(9);
  }, 60_000);

  it("writes alone, or none: as many are proved; off, nobody need be signed in", async () => {
    await enable({ protect: "writes" });
    await enter(EMAIL);
    expect(brief((await run()).exchanges)).toEqual(["PUT 401", "DELETE 401", ...WALK]);
    await enable({ protect: "none" });
    forgetTokens(stack.statePath);
    const open = await run();
    expect(brief(open.exchanges)).toEqual(WALK);
    expect(open.caller).toBeUndefined();
    await enable({ protect: "all" });
    await disableAuth(await stack.context());
    expect(brief((await run()).exchanges)).toEqual(WALK);
    await enable();
    expect(await fails()).toMatchObject({ code: "NotSignedIn" });
  });

  it("with the state lost the pool tells that there is sign-in", async () => {
    rmSync(stack.statePath);
    expect(await fails()).toMatchObject({ code: "NotSignedIn" });
    expect(brief(exchanges()).toSorted()).toEqual(CLOSED);
    await up(await stack.context());
  });
});

describe("the rule that only admins delete", () => {
  beforeAll(() => enable({ adminsOnlyDelete: true }));
  afterAll(() => enable({ adminsOnlyDelete: false }));

  it("lets an admin walk as everybody did", async () => {
    await enter(ADMIN);
    expect(brief((await run()).exchanges.slice(4))).toEqual(WALK);
    expect(notices()).not.toContain("ItemDeleted");
  });

  it("keeps out who is none, which is no failure; the row is deleted past the API", async () => {
    await enter(EMAIL);
    const { exchanges: all } = await run();
    expect(brief(all.slice(4))).toEqual(["GET 200", "PUT 200", "GET 200", "DELETE 403", "GET 200"]);
    expect(all.find(({ method, status }) => method === "DELETE" && status === 403)).toMatchObject({
      passed: true,
      note: "notAdmin",
    });
    expect(notices().filter((code) => code === "ItemDeleted")).toHaveLength(1);
  });

  it("who may not delete rows either is told how, and the test has not failed", async () => {
    await enter(EMAIL);
    await cloud.failNext("DeleteItem", { code: "AccessDeniedException", status: 400 });
    const { exchanges: all, item } = await run();
    expect(all.at(-1)).toMatchObject({ title: "list again", passed: true });
    const stays = stack.events.find((event) => event.type === "notice" && event.code === "ItemStays");
    expect(stays).toMatchObject({ data: { table: "http-crud-tutorial-items", id: item.id } });
    expect(await rows()).toHaveLength(1);
    await enter(ADMIN);
    const { item: next } = await run();
    expect(next.id).not.toBe(item.id);
    await deleteRow(item.id);
  });

  it("with open routes keeps out everybody: the function does not know who calls", async () => {
    await enable({ protect: "none" });
    expect(brief((await run()).exchanges)).toEqual(["GET 200", "PUT 200", "GET 200", "DELETE 403", "GET 200"]);
    await enable({ protect: "all" });
  });

  it("a kept item stays, and nothing is deleted", async () => {
    await enter(EMAIL);
    const { kept, item } = await run({ keep: true });
    expect(kept).toBe(true);
    expect(await rows()).toHaveLength(1);
    await deleteRow(item.id);
  });
});

async function deleteRow(id: string): Promise<void> {
  await dynamo.send(new DeleteItemCommand({ TableName: "http-crud-tutorial-items", Key: { id: { S: id } } }));
}
