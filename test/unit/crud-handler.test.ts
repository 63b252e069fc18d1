// The CRUD handler as Lambda would call it, on the local cloud's DynamoDB.

import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

type Handler = typeof import("../../handlers/crud/index.mjs").handler;

const TABLE = "http-crud-tutorial-items";
let cloud: TestCloud;
let client: DynamoDBClient;
let handler: Handler;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = new DynamoDBClient(cloud.config);
  await createTable(TABLE);
  vi.stubEnv("AWS_ENDPOINT_URL", cloud.cloud.url);
  vi.stubEnv("AWS_REGION", cloud.config.region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", cloud.config.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", cloud.config.credentials.secretAccessKey);
  vi.stubEnv("TABLE_NAME", TABLE);
  // The handler reads its environment once, when it is loaded.
  ({ handler } = await import("../../handlers/crud/index.mjs"));
});

afterAll(async () => {
  client.destroy();
  vi.unstubAllEnvs();
  await cloud.close();
});

afterEach(async () => {
  for (const { id } of (await call("GET /items")).body as { id: string }[]) await call("DELETE /items/{id}", { id });
});

async function createTable(TableName: string): Promise<void> {
  const AttributeDefinitions = [{ AttributeName: "id", AttributeType: "S" as const }];
  const KeySchema = [{ AttributeName: "id", KeyType: "HASH" as const }];
  await client.send(
    new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode: "PAY_PER_REQUEST" }),
  );
}

interface Sent {
  id?: string;
  body?: string;
  isBase64Encoded?: boolean;
  requestContext?: object;
}

async function call(routeKey: string, sent: Sent = {}, handle = handler) {
  const { id, body, isBase64Encoded = false, requestContext } = sent;
  const event = {
    routeKey,
    body,
    isBase64Encoded,
    requestContext,
    ...(id !== undefined && { pathParameters: { id } }),
  };
  // Of the whole event, what the handler reads.
  const answer = await handle(event as unknown as APIGatewayProxyEventV2);
  expect(answer.headers).toEqual({ "Content-Type": "application/json" });
  return { status: answer.statusCode, body: JSON.parse(answer.body) as unknown, text: answer.body };
}

function put(body: string) {
  return call("PUT /items", { body });
}

describe("the tutorial's successes", () => {
  it("puts, gets, lists and deletes to the letter", async () => {
    expect(await put('{"id":"123","price":12345,"name":"myitem"}')).toMatchObject({
      status: 200,
      text: '"Put item 123"',
    });
    const item = { id: "123", price: 12345, name: "myitem" };
    expect(await call("GET /items/{id}", { id: "123" })).toMatchObject({ status: 200, body: item });
    expect(await call("GET /items")).toMatchObject({ status: 200, body: [item] });
    expect(await call("DELETE /items/{id}", { id: "123" })).toMatchObject({ status: 200, text: '"Deleted item 123"' });
    expect(await call("GET /items")).toMatchObject({ status: 200, text: "[]" });
  });

  it("overwrites, drops other members, and deletes what is not there", async () => {
    await put('{"id":"1","price":1,"name":"a"}');
    await put('{"id":"1","price":2.5,"name":"","colour":"red"}');
    expect((await call("GET /items/{id}", { id: "1" })).body).toEqual({ id: "1", price: 2.5, name: "" });
    expect((await call("DELETE /items/{id}", { id: "never" })).text).toBe('"Deleted item never"');
  });

  it("takes a body in base64, as curl's default content type makes it", async () => {
    const body = Buffer.from('{"id":"한","price":0,"name":"글"}').toString("base64");
    expect((await call("PUT /items", { body, isBase64Encoded: true })).text).toBe('"Put item 한"');
    expect((await call("GET /items/{id}", { id: "한" })).body).toEqual({ id: "한", price: 0, name: "글" });
  });

  it.each(["a b", "a+b", "#", "100%", "%2F", "...", "한글", "\u{1F600}", "é".repeat(1024), "x".repeat(2048)])(
    "round-trips the id %j",
    async (id) => {
      expect((await put(JSON.stringify({ id, price: 1, name: "n" }))).body).toBe(`Put item ${id}`);
      expect((await call("GET /items/{id}", { id })).body).toEqual({ id, price: 1, name: "n" });
    },
  );

  it.each(["0", "-0.5", "0.1", "1e3", "123456789012345", "9007199254740991", "1.50"])(
    "keeps the price %s",
    async (price) => {
      expect((await put(`{"id":"1","price":${price},"name":"n"}`)).status).toBe(200);
      expect((await call("GET /items/{id}", { id: "1" })).body).toMatchObject({ price: Number(price) });
    },
  );
});

describe("bad input gets 400 and the reason", () => {
  const cases: [what: string, body: string | undefined, reason: RegExp][] = [
    ["no body", undefined, /no body/],
    ["an empty body", "", /no body/],
    ["no JSON", "{id:1}", /not JSON/],
    ["a list", "[]", /JSON object/],
    ["null", "null", /JSON object/],
    ["a string", '"id"', /JSON object/],
    ["no id", '{"price":1,"name":"n"}', /no id/],
    ["no price", '{"id":"1","name":"n"}', /no price/],
    ["no name", '{"id":"1","price":1}', /no name/],
    ["null for a name", '{"id":"1","price":1,"name":null}', /no name/],
    ["a number for an id", '{"id":1,"price":1,"name":"n"}', /id must be a string/],
    ["text for a price", '{"id":"1","price":"1","name":"n"}', /price must be a number/],
    ["a list for a name", '{"id":"1","price":1,"name":[]}', /name must be a string/],
    ["an empty id", '{"id":"","price":1,"name":"n"}', /empty/],
    ["an id of 2049 bytes", JSON.stringify({ id: `${"é".repeat(1024)}x`, price: 1, name: "n" }), /2048/],
    ["an id with /", '{"id":"a/b","price":1,"name":"n"}', /\/ or \?/],
    ["an id with ?", '{"id":"a?","price":1,"name":"n"}', /\/ or \?/],
    ["the id .", '{"id":".","price":1,"name":"n"}', /\. or \.\./],
    ["the id ..", '{"id":"..","price":1,"name":"n"}', /\. or \.\./],
    ["half a surrogate pair", '{"id":"\\ud800","price":1,"name":"n"}', /Unicode/],
    ["a price beyond 2^53", '{"id":"1","price":9007199254740993,"name":"n"}', /9007199254740993/],
    ["a price of 20 digits", '{"id":"1","price": 1.0000000000000000001,"name":"n"}', /exactly/],
    ["an endless price", '{"id":"1","price":1e999,"name":"n"}', /1e999/],
    ["a price too small for DynamoDB", '{"id":"1","price":1e-200,"name":"n"}', /underflow/i],
    ["an item over 400 KB", JSON.stringify({ id: "1", price: 1, name: "x".repeat(410_000) }), /size/i],
  ];
  it.each(cases)("%s", async (_, body, reason) => {
    const answer = await call("PUT /items", body === undefined ? {} : { body });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringMatching(reason) } });
    expect((await call("GET /items")).body).toEqual([]);
  });

  it("an id in the path that DynamoDB cannot take", async () => {
    const answer = await call("GET /items/{id}", { id: "x".repeat(2049) });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining("2048") } });
  });

  it("a route it does not know", async () => {
    expect(await call("PATCH /items")).toMatchObject({
      status: 400,
      body: { message: 'Unsupported route: "PATCH /items"' },
    });
  });
});

it("answers 404 for an item that is not there", async () => {
  expect(await call("GET /items/{id}", { id: "no" })).toMatchObject({
    status: 404,
    body: { message: expect.stringContaining("no") },
  });
});

it("answers 500 and writes a log line when DynamoDB refuses", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  await cloud.failNext("GetItem", { code: "AccessDeniedException", status: 400, message: "secret detail" });
  const answer = await call("GET /items/{id}", { id: "1" });
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain("secret detail");
  expect(log).toHaveBeenCalledWith(
    expect.stringContaining("GET /items/{id}"),
    expect.objectContaining({ name: "AccessDeniedException" }),
  );
  log.mockRestore();
});

it("reads rows that others wrote, whatever they hold", async () => {
  await client.send(
    new PutItemCommand({
      TableName: TABLE,
      Item: {
        id: { S: "theirs" },
        big: { N: "12345678901234567890123456789012345678" },
        huge: { N: "1E+125" },
        fine: { N: "0.0000000000012345678901234567890123456" },
        small: { N: "42.5" },
        words: { SS: ["a", "b"] },
        numbers: { NS: ["1", "12345678901234567890"] },
        bytes: { B: new Uint8Array([0, 1, 254, 255]) },
        blobs: { BS: [new Uint8Array([1])] },
        nested: { M: { list: { L: [{ NULL: true }, { BOOL: false }, { N: "9007199254740993" }] } } },
      },
    }),
  );
  const expected = {
    id: "theirs",
    big: "12345678901234567890123456789012345678",
    huge: expect.stringMatching(/^1(E\+125|0{125})$/),
    fine: expect.stringContaining("12345678901234567890123456"),
    small: 42.5,
    words: ["a", "b"],
    numbers: expect.arrayContaining([1, "12345678901234567890"]),
    bytes: Buffer.from([0, 1, 254, 255]).toString("base64"),
    blobs: [Buffer.from([1]).toString("base64")],
    nested: { list: [null, false, "9007199254740993"] },
  };
  expect(await call("GET /items/{id}", { id: "theirs" })).toMatchObject({ status: 200, body: expected });
  expect(await call("GET /items")).toMatchObject({ status: 200, body: [expected] });
});

it("lists all pages up to 5 MB, and says so beyond", async () => {
  const name = "x".repeat(350_000);
  const write = (ids: number[]) =>
    client.send(
      new BatchWriteCommand({
        RequestItems: { [TABLE]: ids.map((id) => ({ PutRequest: { Item: { id: `${id}`, price: 1, name } } })) },
      }),
    );
  await write([1, 2, 3, 4, 5, 6, 7]);
  await write([8, 9, 10, 11, 12, 13, 14]);
  const whole = await call("GET /items");
  expect(whole.status).toBe(200);
  expect(whole.body).toHaveLength(14);
  await write([15]);
  expect(await call("GET /items")).toMatchObject({ status: 413, body: { message: expect.stringContaining("5 MB") } });
  await Promise.all(Array.from({ length: 15 }, (_, n) => call("DELETE /items/{id}", { id: `${n + 1}` })));
});

/** As API Gateway's JWT authorizer writes them: every claim is text. */
function calledWith(claims: Record<string, string>): object {
  return { http: { method: "DELETE" }, authorizer: { jwt: { claims, scopes: null } } };
}

const SUB = "0a1b2c3d-1111-4222-8333-444455556666";

describe("DELETE_ONLY_FOR=admins", () => {
  let ruled: Handler;
  beforeAll(async () => {
    vi.stubEnv("DELETE_ONLY_FOR", "admins");
    vi.resetModules();
    ({ handler: ruled } = await import("../../handlers/crud/index.mjs"));
    vi.spyOn(console, "log").mockImplementation(() => {});
  });
  afterAll(() => {
    vi.stubEnv("DELETE_ONLY_FOR", undefined);
    vi.restoreAllMocks();
  });

  async function tryDeleting(requestContext: object | undefined) {
    await put('{"id":"1","price":1,"name":"n"}');
    const context = requestContext === undefined ? {} : { requestContext };
    const { status, body } = await call("DELETE /items/{id}", { id: "1", ...context }, ruled);
    const isGone = (await call("GET /items/{id}", { id: "1" })).status === 404;
    return { status, body, isGone };
  }

  it.each(["[admins]", "[admins users]", "[users admins]", "[a admins z]"])("lets %s delete", async (groups) => {
    const answer = await tryDeleting(calledWith({ sub: SUB, "cognito:groups": groups }));
    expect(answer).toEqual({ status: 200, body: "Deleted item 1", isGone: true });
  });

  const denied = { status: 403, body: { message: "Only members of the group admins may delete items" }, isGone: false };

  it.each([
    "[admins2]",
    "[x-admins]",
    "[users]",
    "[users admins2 x-admins]",
    "[Admins]",
    "[[admins]]",
    "[admins,users]",
    "[admins] users",
    "[]",
    "",
    " ",
  ])("denies %j", async (groups) => {
    expect(await tryDeleting(calledWith({ sub: SUB, "cognito:groups": groups }))).toEqual(denied);
  });

  it.each([
    ["in no group", { sub: SUB, username: SUB }],
    ["whose e-mail has the word", { sub: SUB, email: "admins@example.com", "cognito:username": "admins" }],
    ["whose name has the group's claim", { sub: SUB, name: "[admins]", email: '"[admins] "@example.com' }],
    ["with a claim of a similar name", { sub: SUB, groups: "[admins]", "custom:groups": "[admins]" }],
  ])("denies a user %s", async (_, claims) => {
    expect(await tryDeleting(calledWith(claims))).toEqual(denied);
  });

  it.each([
    ["no request context", undefined],
    ["no authorizer, as with --protect none", { http: { method: "DELETE" } }],
    ["another kind of authorizer", { authorizer: { lambda: { "cognito:groups": "[admins]" } } }],
    ["no claims", { authorizer: { jwt: {} } }],
  ])("denies %s", async (_, requestContext) => {
    expect(await tryDeleting(requestContext)).toEqual(denied);
  });

  it("leaves every other route to everybody", async () => {
    const body = '{"id":"1","price":1,"name":"n"}';
    expect((await call("PUT /items", { body }, ruled)).status).toBe(200);
    expect((await call("GET /items", {}, ruled)).status).toBe(200);
    expect((await call("GET /items/{id}", { id: "1" }, ruled)).status).toBe(200);
  });
});

it("without the rule everybody may delete, whatever the token says", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  expect((await call("DELETE /items/{id}", { id: "1", requestContext: calledWith({ sub: SUB }) })).status).toBe(200);
  log.mockRestore();
});

describe("the caller in the log", () => {
  async function logged(requestContext?: object): Promise<string[]> {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await call("GET /items", requestContext === undefined ? {} : { requestContext });
    const lines = log.mock.calls.map((words) => words.join(" "));
    log.mockRestore();
    return lines;
  }

  it.each([
    [
      "an ID token",
      { "cognito:username": SUB, email: "kim@example.com", "cognito:groups": "[admins users]", token_use: "id" },
      { sub: SUB, user: "kim@example.com", groups: ["admins", "users"] },
    ],
    ["an access token", { username: SUB, token_use: "access", jti: "secret" }, { sub: SUB, user: SUB, groups: [] }],
  ])("of %s", async (_, claims, caller) => {
    expect(await logged(calledWith({ sub: SUB, ...claims }))).toEqual([
      `GET /items called by ${JSON.stringify(caller)}`,
    ]);
  });

  it.each(["\n", "\r", "\r\n", "\u2028", "\u2029", "\u0085", "\u001b[2K"])(
    "cannot be forged with %j in a claim",
    async (character) => {
      const forged = `x${character}DELETE /items/{id} called by "admin"`;
      const lines = await logged(calledWith({ sub: forged, email: forged, "cognito:groups": `[${forged}]` }));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^GET \/items called by \{"sub":"x[^\p{Cc}\p{Zl}\p{Zp}]+\}$/u);
      expect(lines[0]).not.toContain('called by "');
    },
  );

  it("is not named where nobody signed in", async () => {
    expect(await logged()).toEqual([]);
    expect(await logged({ http: { method: "GET" } })).toEqual([]);
  });
});
