import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { CreateRoleCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sayHello } from "../../src/core/hello.ts";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

const TRUST =
  '{"Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}';
const TABLE = new CreateTableCommand({
  TableName: "items",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
});
let test: TestCloud;
let sts: STSClient;
let iam: IAMClient;

beforeAll(async () => {
  test = await startTestCloud({ version: "1.2.3", startedBy: "command" });
  sts = new STSClient(test.config);
  iam = new IAMClient(test.config);
});
afterAll(() => test.close());
afterEach(async () => {
  await test.clearFaults();
  await test.clearRequests();
});

const whoAmI = (): Promise<unknown> => sts.send(new GetCallerIdentityCommand({}));

describe("/_awsls/", () => {
  it("needs the cloud's own secret", async () => {
    for (const authorization of [undefined, "Bearer", "Bearer x", `Basic ${test.config.credentials.secretAccessKey}`]) {
      const headers = authorization === undefined ? {} : { authorization };
      expect((await fetch(`${test.cloud.url}/_awsls/health`, { headers })).status).toBe(401);
    }
  });

  it("proves to anybody that it has the key, and to nobody which", async () => {
    const { url, credentials } = test.cloud;
    const hello = { url, secretAccessKey: credentials.secretAccessKey, folder: test.folder };
    expect(await sayHello(hello)).toBe("genuine");
    expect(await sayHello({ ...hello, secretAccessKey: "another key" })).toBe("nobody");
    // A copy of the folder has the same key.
    expect(await sayHello({ ...hello, folder: `${test.folder}-copy` })).toBe("nobody");
    expect(await (await fetch(`${url}/_awsls/hello?nonce`)).text()).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is closed to foreign pages even with it", async () => {
    const headers = {
      authorization: `Bearer ${test.config.credentials.secretAccessKey}`,
      origin: "https://example.com",
    };
    expect((await fetch(`${test.cloud.url}/_awsls/health`, { headers })).status).toBe(403);
  });

  it("health says who this is", async () => {
    expect(await (await test.control("GET", "health")).json()).toEqual({
      pid: process.pid,
      url: test.cloud.url,
      region: "us-east-1",
      accountId: "000000000000",
      version: "1.2.3",
      startedBy: "command",
    });
  });

  it("has an inbox, and says what it does not have", async () => {
    expect(await (await test.control("GET", "inbox")).json()).toEqual({ mails: [] });
    expect((await test.control("GET", "nonsense")).status).toBe(404);
    expect((await test.control("DELETE", "health")).status).toBe(404);
  });

  it("requests are the operations that came, with how they ended", async () => {
    await whoAmI();
    await expect(iam.send(new GetRoleCommand({ RoleName: "nobody" }))).rejects.toThrow();
    await expect(
      new DynamoDBClient(test.config).send(new GetItemCommand({ TableName: "none", Key: { id: { S: "1" } } })),
    ).rejects.toThrow();
    await fetch(`${test.cloud.url}/v2/apis`);
    const requests = await test.requests();
    expect(requests).toMatchObject([
      { service: "sts", operation: "GetCallerIdentity", principal: "arn:aws:iam::000000000000:root", status: 200 },
      { service: "iam", operation: "GetRole", status: 404, code: "NoSuchEntity" },
      { service: "dynamodb", operation: "GetItem", status: 400, code: "ResourceNotFoundException" },
      { service: "apigateway", operation: "GetApis", principal: "", status: 403 },
    ]);
    const since = await test.control("GET", `requests?since=${requests[2]?.n}`);
    expect(await since.json()).toMatchObject({ requests: [{ service: "apigateway" }] });
    await test.clearRequests();
    expect(await test.requests()).toEqual([]);
  });
});

describe("faults", () => {
  it("answer an error as often as asked, then the operation runs again", async () => {
    const fault = { service: "sts", times: 2, status: 400, code: "Throttling", message: "Rate exceeded" };
    await test.failNext("GetCallerIdentity", fault);
    for (let n = 0; n < 2; n += 1) {
      await expect(whoAmI()).rejects.toMatchObject({ name: "Throttling", message: "Rate exceeded" });
    }
    await whoAmI();
    expect((await test.requests()).map(({ code }) => code)).toEqual(["Throttling", "Throttling", undefined]);
  });

  it("meet only the operation and service they name, or every one", async () => {
    await test.failNext("GetCallerIdentity", { service: "iam", code: "Nope" });
    await whoAmI();
    await test.failNext("*", { code: "Nope" });
    await expect(new DynamoDBClient(test.config).send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: "Nope",
    });
    await new DynamoDBClient(test.config).send(new ListTablesCommand({}));
  });

  it("lose the connection before the operation runs, or its answer afterwards", async () => {
    const create = (RoleName: string): Promise<unknown> =>
      iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    await test.failNext("CreateRole", { drop: "before" });
    await expect(create("before")).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(iam.send(new GetRoleCommand({ RoleName: "before" }))).rejects.toThrow("cannot be found");
    await test.failNext("CreateRole", { drop: "after" });
    await expect(create("after")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect((await iam.send(new GetRoleCommand({ RoleName: "after" }))).Role?.RoleName).toBe("after");
    expect((await test.requests()).filter(({ status }) => status === 0)).toHaveLength(2);
  });

  it("delay an answer, or keep it back until the caller gives up", async () => {
    await test.failNext("GetCallerIdentity", { delayMs: 80 });
    const started = performance.now();
    await whoAmI();
    expect(performance.now() - started).toBeGreaterThan(75);
    await test.failNext("GetCallerIdentity", { hang: true });
    const abortSignal = AbortSignal.timeout(50);
    await expect(sts.send(new GetCallerIdentityCommand({}), { abortSignal })).rejects.toThrow();
    await expect.poll(async () => (await test.requests()).at(-1)?.status).toBe(0);
  });

  it("are checked when they are set", async () => {
    for (const fault of [{}, { operation: "" }, { operation: "X", times: 1.5 }, { operation: "X", drop: "maybe" }, 1]) {
      expect((await test.control("POST", "faults", [fault])).status).toBe(400);
    }
    expect(await (await test.control("GET", "faults")).json()).toEqual({ faults: [] });
  });
});

describe("reset", () => {
  it("forgets everything but the key", async () => {
    const own = await startTestCloud();
    const client = new DynamoDBClient(own.config);
    await client.send(TABLE);
    await new IAMClient(own.config).send(new CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument: TRUST }));
    expect((await own.control("POST", "reset")).status).toBe(200);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    await expect(new IAMClient(own.config).send(new GetRoleCommand({ RoleName: "r" }))).rejects.toThrow();
    await own.close();
  });

  it("says what it could not forget, and forgets the rest", async () => {
    const own = await startTestCloud();
    const owner = new IAMClient(own.config);
    const inventory = async (): Promise<unknown> => (await own.control("GET", "inventory")).json();
    await new DynamoDBClient(own.config).send(TABLE);
    await owner.send(new CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument: TRUST }));
    // A folder in the temporary file's place makes the write fail, also for root.
    const inTheWay = join(own.folder, "iam", `roles.json.${process.pid}.tmp`);
    await mkdir(inTheWay);
    const failed = await own.control("POST", "reset");
    expect(failed.status).toBe(500);
    expect(await failed.json()).toEqual({
      message: expect.stringMatching(/^Not everything could be forgotten: iam: EISDIR/),
    });
    expect(await inventory()).toEqual({ holds: ["arn:aws:iam::000000000000:role/r"] });
    await rm(inTheWay, { recursive: true });
    expect((await own.control("POST", "reset")).status).toBe(200);
    expect(await inventory()).toEqual({ holds: [] });
    await own.close();
  });
});
