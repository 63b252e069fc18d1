// API names are not unique on AWS: what is taken over, deleted or refused when several have the stack's.

import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateRouteCommand,
  DeleteApiCommand,
  GetApisCommand,
} from "@aws-sdk/client-apigatewayv2";
import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { deleteStep } from "../../src/commands/step-delete.ts";
import { up } from "../../src/commands/up.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

const Name = "http-crud-tutorial-api";
const READING = /^(Get|List|Describe)/;

let cloud: TestCloud;
let stack: TestStack;
let gateway: ApiGatewayV2Client;
beforeAll(async () => {
  cloud = await startTestCloud();
  gateway = new ApiGatewayV2Client(cloud.config);
});
afterAll(() => cloud.close());
beforeEach(() => {
  stack = openTestStack(cloud);
});
afterEach(async () => {
  stack.close();
  await cloud.control("POST", "reset");
});

async function adopting(more: Partial<StackContext> = {}, of = stack): Promise<StackContext> {
  const usual = await of.context();
  return { ...usual, session: { ...usual.session, adopt: true }, ...more };
}

async function makeByHand(Tags: Record<string, string> = {}): Promise<string> {
  return (await gateway.send(new CreateApiCommand({ Name, ProtocolType: "HTTP", Tags }))).ApiId ?? "";
}

const idsThere = async (): Promise<Set<string | undefined>> =>
  new Set(((await gateway.send(new GetApisCommand({}))).Items ?? []).map(({ ApiId }) => ApiId));

async function writes(): Promise<string[]> {
  return (await cloud.requests()).map(({ operation }) => operation).filter((operation) => !READING.test(operation));
}

describe("two of them, neither this stack's", () => {
  const belongsTo = {
    stack: "other",
    region: "us-east-1",
    owner: "arn:aws:iam::000000000000:user/o",
    origin: "o@there",
  };
  const tags = Object.fromEntries(Object.entries(belongsTo).map(([key, value]) => [`awsls:${key}`, value]));
  let first: string;
  let second: string;
  beforeEach(async () => {
    first = await makeByHand();
    second = await makeByHand(tags);
    await gateway.send(new CreateRouteCommand({ ApiId: first, RouteKey: "GET /items" }));
    await gateway.send(new CreateRouteCommand({ ApiId: second, RouteKey: "GET /items" }));
    await cloud.clearRequests();
  });

  it.each<[string, (context: StackContext) => Promise<unknown>]>([
    ["up", up],
    ["up --dry-run", (context) => up({ ...context, dryRun: true })],
    [
      "api create",
      async (context) => {
        for (const noun of ["table", "function"]) await createStep(await stack.context(), noun);
        await cloud.clearRequests();
        return createStep(context, "api");
      },
    ],
    ["down", down],
    ["down --dry-run", (context) => down({ ...context, dryRun: true })],
    ["api delete", (context) => deleteStep(context, "api")],
    ["routes delete", (context) => deleteStep(context, "routes")],
  ])("%s --adopt stops before anything is written, and lists both", async (_command, run) => {
    const createdAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string;
    await expect(run(await adopting())).rejects.toMatchObject({
      code: "NotUnique",
      exitCode: 3,
      data: {
        resource: "api",
        name: Name,
        candidates: expect.arrayContaining([
          { id: first, createdAt },
          { id: second, createdAt, belongsTo },
        ]) as unknown,
      },
    });
    expect(await writes()).toEqual([]);
    expect(await idsThere()).toEqual(new Set([first, second]));
  });

  it("up without --adopt names the one and tells of the other; down leaves both", async () => {
    const refused = await up(await stack.context()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "Foreign", data: { resources: [{ resource: "api", name: Name }] } });
    const { id, others } = (refused as { data: { resources: [{ id: string; others: string[] }] } }).data.resources[0];
    expect(new Set([id, ...others])).toEqual(new Set([first, second]));
    expect((await down(await stack.context())).leftAlone).toEqual([{ component: "api", name: Name }]);
    expect(await writes()).toEqual([]);
  });

  it("one that is left is taken over", async () => {
    await gateway.send(new DeleteApiCommand({ ApiId: second }));
    await up(await adopting());
    expect(await idsThere()).toEqual(new Set([first]));
  });
});

it("beside this stack's own, somebody else's is not touched, whichever is older and with the state lost", async () => {
  const older = await makeByHand();
  await expect(up(await stack.context())).rejects.toMatchObject({ code: "Foreign" });
  await gateway.send(new DeleteApiCommand({ ApiId: older }));
  await up(await stack.context());
  const [own] = await idsThere();
  const other = await makeByHand();
  await up(await adopting());
  rmSync(stack.statePath);
  await up(await adopting());
  expect(await idsThere()).toEqual(new Set([own, other]));
  await down(await adopting());
  expect(await idsThere()).toEqual(new Set([other]));
});

it("of this stack's on another machine and an older one made by hand, the stack's is taken over", async () => {
  const byHand = await makeByHand();
  const elsewhere = openTestStack(cloud, { origin: "somebody@elsewhere" });
  const { session } = await elsewhere.context();
  const { stack: name, region, owner, origin } = session.owner;
  const own = await makeByHand({
    "awsls:stack": name,
    "awsls:region": region,
    "awsls:owner": owner,
    "awsls:origin": origin,
    "awsls:component": "api",
  });
  await expect(up(await stack.context())).rejects.toMatchObject({ code: "OtherOrigin" });
  await up(await adopting());
  expect((await stack.context()).session.state.current().resources["api"]?.attributes["apiId"]).toBe(own);
  await down(await stack.context());
  expect(await idsThere()).toEqual(new Set([byHand]));
  elsewhere.close();
});

it("one made beside it while it was being taken over does not keep the rest from being done", async () => {
  const first = await makeByHand();
  // The API itself is taken over by then.
  await cloud.failNext("AddPermission", { code: "AccessDenied", status: 403, message: "not now" });
  await expect(up(await adopting())).rejects.toThrow();
  const second = await makeByHand();
  await up(await adopting());
  expect(await idsThere()).toEqual(new Set([first, second]));
  await down(await stack.context());
  expect(await idsThere()).toEqual(new Set([second]));
});
