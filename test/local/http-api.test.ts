// The data plane of an HTTP API: real requests to its port, functions that answer what a case wants.

import { createServer } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { createApiGateway } from "../../src/local/apigatewayv2/service.ts";
import type { Call, CloudEnvironment, Invocation } from "../../src/local/service.ts";
import { openCollection } from "../../src/local/store.ts";
import { answered, createTestGateway, FUNCTION, send, type ApiUnderTest } from "../gateway.ts";

const world = createTestGateway({ now: () => Date.UTC(2020, 2, 12, 19, 3, 58, 123) });
const { call, invoked, lastEvent, logged, makeApi } = world;

let items: ApiUnderTest;

beforeAll(async () => {
  items = await makeApi();
  for (const key of [
    "GET /items",
    "GET /items/{id}",
    "PUT /items",
    "DELETE /items/{id}",
    "ANY /any",
    "GET /files/{path+}",
  ]) {
    await items.route(key);
  }
});

beforeEach(() => world.begin());

afterAll(() => world.end());

describe("the event", () => {
  test("is payload format 2.0, to the letter", async () => {
    const path = "/items/my%20id%2B%ED%95%9C?b=1&a=x%20y&b=2";
    const answer = await send(items.url, path, {
      headers: { "X-Custom": ["1", "2"], cookie: "c1=v1; c2=v2", "user-agent": "agent/1" },
    });
    expect(answer.status).toBe(200);
    const { port } = new URL(items.url);
    const requestId = answer.headers["apigw-requestid"];
    expect(requestId).toMatch(/^[\w+/]{15}=$/);
    expect(lastEvent()).toEqual({
      version: "2.0",
      routeKey: "GET /items/{id}",
      rawPath: "/items/my id+한",
      rawQueryString: "b=1&a=x%20y&b=2",
      cookies: ["c1=v1", "c2=v2"],
      headers: {
        host: `127.0.0.1:${port}`,
        "user-agent": "agent/1",
        "x-custom": "1,2",
        "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": port,
        "x-forwarded-proto": "http",
      },
      queryStringParameters: { b: "1,2", a: "x y" },
      requestContext: {
        accountId: "000000000000",
        apiId: items.apiId,
        domainName: "127.0.0.1",
        domainPrefix: items.apiId,
        http: {
          method: "GET",
          path: "/items/my id+한",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "agent/1",
        },
        requestId,
        routeKey: "GET /items/{id}",
        stage: "$default",
        time: "12/Mar/2020:19:03:58 +0000",
        timeEpoch: 1584039838123,
      },
      pathParameters: { id: "my id+한" },
      isBase64Encoded: false,
    });
  });

  test("names the bare host and its first label", async () => {
    await send(items.url, "/items", { headers: { host: "tenant.localhost:8080" } });
    expect(lastEvent().requestContext).toMatchObject({ domainName: "tenant.localhost", domainPrefix: "tenant" });
    await send(items.url, "/items", { headers: { host: "[::1]:80" } });
    expect(lastEvent().requestContext).toMatchObject({ domainName: "[::1]", domainPrefix: items.apiId });
    expect(lastEvent().headers["host"]).toBe("[::1]:80");
  });

  test("leaves out what a plain request does not have", async () => {
    await send(items.url, "/items");
    expect(Object.keys(lastEvent()).toSorted()).toEqual(
      ["headers", "isBase64Encoded", "rawPath", "rawQueryString", "requestContext", "routeKey", "version"].toSorted(),
    );
    expect(lastEvent()["rawQueryString"]).toBe("");
  });

  test("has JSON as text and, without a Content-Type, base64", async () => {
    await send(items.url, "/items", {
      method: "PUT",
      body: '{"이름":1}',
      headers: { "content-type": "application/json" },
    });
    expect(lastEvent()).toMatchObject({ body: '{"이름":1}', isBase64Encoded: false });
    await send(items.url, "/items", { method: "PUT", body: "a" });
    expect(lastEvent()).toMatchObject({ body: "YQ==", isBase64Encoded: true });
  });

  test("has a chunked body whole, and none for an empty one", async () => {
    const headers = { "content-type": "text/plain", "transfer-encoding": "chunked" };
    await send(items.url, "/items", { method: "PUT", body: "x".repeat(100_000), headers });
    expect(lastEvent()["body"]).toHaveLength(100_000);
    await send(items.url, "/items", { method: "PUT", body: "", headers });
    expect(lastEvent()["body"]).toBeUndefined();
  });
});

describe("permission to invoke", () => {
  test.each([
    ["GET", "/items/7", "GET/items/{id}"],
    ["POST", "/any", "POST/any"],
  ])("%s %s comes from %s", async (method, path, suffix) => {
    await send(items.url, path, { method });
    expect(invoked.at(-1)?.functionArn).toBe(FUNCTION);
    expect(invoked.at(-1)?.caller).toEqual({
      principal: "apigateway.amazonaws.com",
      sourceArn: `arn:aws:execute-api:us-east-1:000000000000:${items.apiId}/$default/${suffix}`,
      // The function's trace is the one that its event tells.
      trace: lastEvent().headers["x-amzn-trace-id"],
    });
  });

  test("of the $default route", async () => {
    const api = await makeApi();
    await api.route("$default");
    await send(api.url, "/x/y");
    expect(invoked.at(-1)?.caller.sourceArn).toBe(
      `arn:aws:execute-api:us-east-1:000000000000:${api.apiId}/$default/$default`,
    );
    expect(lastEvent()["routeKey"]).toBe("$default");
  });

  test("the older invocation URI names the same function", async () => {
    const api = await makeApi(
      {},
      { integrationUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION}/invocations` },
    );
    await api.route("GET /");
    await send(api.url, "/");
    expect(invoked.at(-1)?.functionArn).toBe(FUNCTION);
  });
});

describe("paths", () => {
  test.each([
    ["/items/a%2Fb", "an escaped slash is a separator"],
    ["/items/", "a variable is never empty"],
    ["/nowhere", "no such route"],
    ["/items/../items", "dots are not folded here"],
  ])("%s is not found: %s", async (path) => {
    const answer = await send(items.url, path);
    expect(answer).toMatchObject({ status: 404, body: '{"message":"Not Found"}' });
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(invoked).toEqual([]);
  });

  test("a decoded question mark cuts the path", async () => {
    await send(items.url, "/items/a%3Fb=c?d=e");
    expect(lastEvent()).toMatchObject({ rawPath: "/items/a", pathParameters: { id: "a" }, rawQueryString: "d=e" });
  });

  test("a greedy variable takes the rest", async () => {
    await send(items.url, "/files/a/b%2Fc");
    expect(lastEvent()["pathParameters"]).toEqual({ path: "a/b/c" });
  });

  test("a broken escape is a bad request", async () => {
    expect(await send(items.url, "/items/%ff")).toMatchObject({ status: 400, body: '{"message":"Bad Request"}' });
  });

  test("2,048 bytes of UTF-8, all escaped, fit", async () => {
    const id = "한".repeat(682);
    const answer = await fetch(`${items.url}/items/${encodeURIComponent(id)}`, {
      headers: { authorization: "x".repeat(2000) },
    });
    expect(answer.status).toBe(200);
    expect(lastEvent()["pathParameters"]).toEqual({ id });
  });
});

describe("the function's answer", () => {
  test("goes back as it is", async () => {
    world.respond = () =>
      answered({
        statusCode: 418,
        headers: { "content-type": "text/html" },
        cookies: ["a=1", "b=2"],
        body: "<b>차</b>",
      });
    const answer = await send(items.url, "/items");
    expect(answer).toMatchObject({ status: 418, body: "<b>차</b>" });
    expect(answer.headers).toMatchObject({
      "content-type": "text/html",
      "set-cookie": ["a=1", "b=2"],
      "content-length": "10",
    });
  });

  test("is inferred without a statusCode", async () => {
    world.respond = () => answered({ hello: "world" });
    const answer = await fetch(`${items.url}/items`);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({ hello: "world" });
  });

  test("of 204 has no body and no length", async () => {
    world.respond = () => answered({ statusCode: 204, body: "ignored" });
    const answer = await send(items.url, "/items");
    expect(answer).toMatchObject({ status: 204, body: "" });
    expect(answer.headers["content-length"]).toBeUndefined();
  });

  test("to HEAD has a length but no body", async () => {
    expect(await send(items.url, "/any", { method: "HEAD" })).toMatchObject({
      status: 200,
      body: "",
      headers: { "content-length": "2" },
    });
  });

  const ERROR = { status: 500, body: '{"message":"Internal Server Error"}' };
  test.each<[string, () => Invocation]>([
    ["nonsense", () => answered({ statusCode: "no" })],
    ["no JSON", () => ({ outcome: "answered", payload: Buffer.from("oops") })],
    ["a failure", () => ({ outcome: "failed", payload: Buffer.from('{"errorMessage":"secret"}') })],
    ["a refusal", () => ({ outcome: "denied" })],
    ["a function that cannot be started", () => ({ outcome: "unstartable", reason: "no role" })],
    ["a missing function", () => ({ outcome: "missing" })],
    [
      "a bug of ours",
      () => {
        throw new Error("bug");
      },
    ],
  ])("that is %s becomes a 500 whose reason is in the log alone", async (_name, outcome) => {
    world.respond = outcome;
    expect(await send(items.url, "/items")).toMatchObject(ERROR);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain("GET /items");
  });

  test("is 503 when no process got free", async () => {
    world.respond = () => ({ outcome: "throttled" });
    expect(await send(items.url, "/items")).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
  });

  test("is 503 when it takes longer than the integration's timeout", async () => {
    const api = await makeApi({}, { timeoutInMillis: 50 });
    await api.route("GET /slow");
    world.respond = async () => {
      await systemClock.sleep(200);
      return answered("late");
    };
    expect(await send(api.url, "/slow")).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
  });

  test("is not waited for by other requests", async () => {
    world.respond = async (event) => {
      if (event.requestContext.http["path"] === "/items") await systemClock.sleep(150);
      return answered("x");
    };
    const slow = send(items.url, "/items");
    const order: string[] = [];
    await Promise.all([
      slow.then(() => order.push("slow")),
      send(items.url, "/items/1").then(() => order.push("fast")),
    ]);
    expect(order).toEqual(["fast", "slow"]);
  });
});

describe("routes", () => {
  test("without a target answer 500, and 200 once one is attached", async () => {
    const api = await makeApi();
    const routeId = await api.route("GET /bare", {});
    expect((await send(api.url, "/bare")).status).toBe(500);
    await call("UpdateRoute", { apiId: api.apiId, routeId, target: `integrations/${api.integrationId}` });
    expect((await send(api.url, "/bare")).status).toBe(200);
    await call("DeleteRoute", { apiId: api.apiId, routeId });
    expect((await send(api.url, "/bare")).status).toBe(404);
  });

  test("that ask for a signature stay shut", async () => {
    const api = await makeApi();
    await api.route("GET /iam", { target: `integrations/${api.integrationId}`, authorizationType: "AWS_IAM" });
    expect(await send(api.url, "/iam")).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
    expect(invoked).toEqual([]);
  });

  test("to an HTTP integration are said to be none of this cloud's", async () => {
    const api = await makeApi(
      {},
      { integrationType: "HTTP_PROXY", integrationUri: "http://x", payloadFormatVersion: "1.0" },
    );
    await api.route("GET /");
    expect((await send(api.url, "/")).status).toBe(500);
    expect(logged[0]).toContain("no integration that the local cloud can call");
  });
});

describe("stages", () => {
  test("besides $default are below their name, with their variables", async () => {
    const api = await makeApi();
    await api.route("GET /");
    await api.route("GET /items/{id}");
    await call("CreateStage", {
      apiId: api.apiId,
      stageName: "dev",
      autoDeploy: true,
      stageVariables: { color: "red" },
    });
    await send(api.url, "/dev/items/1");
    expect(lastEvent()).toMatchObject({
      rawPath: "/dev/items/1",
      pathParameters: { id: "1" },
      stageVariables: { color: "red" },
      requestContext: { stage: "dev", http: { path: "/dev/items/1" } },
    });
    expect((await send(api.url, "/dev")).status).toBe(200);
    expect((await send(api.url, "/development/items/1")).status).toBe(404);
  });

  test("without auto-deploy serve only what was deployed", async () => {
    const api = await makeApi();
    await call("CreateStage", { apiId: api.apiId, stageName: "v1" });
    await api.route("GET /one");
    expect((await send(api.url, "/v1/one")).status).toBe(404);
    await call("CreateDeployment", { apiId: api.apiId, stageName: "v1" });
    await api.route("GET /two");
    expect((await send(api.url, "/v1/one")).status).toBe(200);
    expect((await send(api.url, "/v1/two")).status).toBe(404);
    expect((await send(api.url, "/two")).status).toBe(200);
  });

  test("are all that there is: an API without any answers 404", async () => {
    const api = await call("CreateApi", { name: "bare", protocolType: "HTTP" });
    expect(await send(String(api["apiEndpoint"]), "/")).toMatchObject({ status: 404, body: '{"message":"Not Found"}' });
  });

  test("answer nothing while the endpoint is disabled", async () => {
    const api = await makeApi({ disableExecuteApiEndpoint: true });
    await api.route("GET /");
    expect((await send(api.url, "/")).status).toBe(404);
    await call("UpdateApi", { apiId: api.apiId, disableExecuteApiEndpoint: false });
    expect((await send(api.url, "/")).status).toBe(200);
  });
});

describe("CORS", () => {
  const cors = {
    allowOrigins: ["https://app.example"],
    allowMethods: ["GET", "put"],
    allowHeaders: ["Content-Type", "authorization"],
    exposeHeaders: ["x-id"],
    allowCredentials: true,
    maxAge: 300,
  };
  const PREFLIGHT = { origin: "https://app.example", "access-control-request-method": "PUT" };
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await makeApi({ corsConfiguration: cors });
    await api.route("ANY /items");
  });

  test("a preflight is answered without the function", async () => {
    const answer = await send(api.url, "/items", { method: "OPTIONS", headers: PREFLIGHT });
    expect(answer).toMatchObject({
      status: 204,
      headers: {
        "access-control-allow-origin": "https://app.example",
        "access-control-allow-methods": "GET,PUT",
        "access-control-allow-headers": "content-type,authorization",
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "x-id",
        "access-control-max-age": "300",
      },
    });
    expect(invoked).toEqual([]);
  });

  test.each([
    { ...PREFLIGHT, origin: "https://evil.example" },
    { "access-control-request-method": "PUT" },
    { ...PREFLIGHT, origin: "null" },
  ])("a preflight of %j gets no permission", async (headers) => {
    const answer = await send(api.url, "/elsewhere", { method: "OPTIONS", headers });
    expect(answer.status).toBe(204);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });

  test("its headers come onto answers, the function's own do not", async () => {
    world.respond = () =>
      answered({ statusCode: 200, headers: { "access-control-allow-origin": "https://evil.example" } });
    const answer = await send(api.url, "/items", { headers: { origin: "https://app.example" } });
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "x-id",
    });
    const foreign = await send(api.url, "/items", { headers: { origin: "https://evil.example" } });
    expect(foreign.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test.each([
    ["*", "https://any.example", "*"],
    ["https://*", "https://any.example", "https://any.example"],
    ["https://*", "http://any.example", undefined],
    ["http://localhost:3000", "http://LOCALHOST:3000", "http://LOCALHOST:3000"],
  ])("allowing %s, %s gets %s", async (allowed, origin, value) => {
    await call("UpdateApi", { apiId: api.apiId, corsConfiguration: { allowOrigins: [allowed] } });
    const answer = await send(api.url, "/items", { headers: { origin } });
    expect(answer.headers["access-control-allow-origin"]).toBe(value);
  });

  test("without a configuration OPTIONS is a method and the function's headers stand", async () => {
    await call("DeleteCorsConfiguration", { apiId: api.apiId });
    world.respond = () =>
      answered({ statusCode: 200, headers: { "Access-Control-Allow-Origin": "https://own.example" } });
    const answer = await send(api.url, "/items", { method: "OPTIONS", headers: PREFLIGHT });
    expect(answer.headers["access-control-allow-origin"]).toBe("https://own.example");
    expect(lastEvent().requestContext.http["method"]).toBe("OPTIONS");
  });
});

describe("who may call", () => {
  test.each(["evil.example", "127.0.0.1.evil.example", "169.254.169.254"])("not by the name %s", async (host) => {
    expect(await send(items.url, "/items", { headers: { host } })).toMatchObject({
      status: 403,
      body: '{"message":"Forbidden"}',
    });
    expect(invoked).toEqual([]);
  });

  test.each(["localhost", "LOCALHOST:1", "api.localhost:80", "[::1]:5"])("by the name %s", async (host) => {
    expect((await send(items.url, "/items", { headers: { host } })).status).toBe(200);
  });

  test("the URL works with localhost in place of 127.0.0.1", async () => {
    expect((await fetch(`${items.url.replace("127.0.0.1", "localhost")}/items`)).status).toBe(200);
  });

  test("any origin, as on AWS: CORS judges, not the port", async () => {
    expect((await send(items.url, "/items", { headers: { origin: "https://anywhere.example" } })).status).toBe(200);
  });
});

describe("limits", () => {
  test("a head over 10,240 bytes is refused", async () => {
    const answer = await send(items.url, "/items", { headers: { authorization: "x".repeat(10_240) } });
    expect(answer).toMatchObject({ status: 431, body: '{"message":"Request Header Fields Too Large"}' });
    expect((await send(items.url, `/items/${"x".repeat(10_240)}`)).status).toBe(414);
    expect((await send(items.url, "/items", { headers: { authorization: "x".repeat(10_000) } })).status).toBe(200);
  });

  test("a body over 10 MB is refused, announced or not", async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    const tooLarge = { status: 413, body: '{"message":"Request Entity Too Large"}' };
    expect(await send(items.url, "/items", { method: "PUT", body })).toMatchObject(tooLarge);
    const chunked = { "transfer-encoding": "chunked" };
    expect(await send(items.url, "/items", { method: "PUT", body, headers: chunked })).toMatchObject(tooLarge);
    expect(invoked).toEqual([]);
  });

  test("refusals of the port reach a client that sends all of its body first, and a page that the API allows", async () => {
    const { url } = await makeApi({ corsConfiguration: { allowOrigins: ["https://app.example"] } });
    const origin = { origin: "https://app.example" };
    const large = await fetch(url, { method: "POST", headers: origin, body: Buffer.alloc(11 * 1024 * 1024) });
    expect([large.status, await large.json()]).toEqual([413, { message: "Request Entity Too Large" }]);
    const long = await send(url, `/${"x".repeat(10_240)}`, { headers: origin });
    const wide = await send(url, "/", { headers: { ...origin, authorization: "x".repeat(10_240) } });
    const foreign = await send(url, "/", { headers: { ...origin, host: "rebound.example" } });
    expect([long.status, wide.status, foreign.status]).toEqual([414, 431, 403]);
    for (const headers of [Object.fromEntries(large.headers), long.headers, wide.headers, foreign.headers]) {
      expect(headers).toMatchObject({
        "access-control-allow-origin": "https://app.example",
        "apigw-requestid": expect.stringMatching(/^[\w+/-]{15}=$/),
      });
    }
  });

  test("a body that is held back is asked for only when it may come", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(items.url).port), "127.0.0.1", () => {
        socket.write(
          "PUT /items HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 99999999\r\n\r\n",
        );
      });
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk.toString();
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    const asked = await send(items.url, "/items", { method: "PUT", headers: { expect: "100-continue" }, body: "x" });
    expect(asked.status).toBe(200);
  });

  test("an event over Lambda's 6 MB is refused", async () => {
    const body = Buffer.alloc(5 * 1024 * 1024);
    expect((await send(items.url, "/items", { method: "PUT", body })).status).toBe(413);
  });

  test("a client that hangs up in the middle of its body hurts nobody", async () => {
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(new URL(items.url).port), "127.0.0.1", () => {
        socket.write("PUT /items HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nabc", () =>
          socket.destroy(),
        );
      });
      socket.on("error", reject);
      socket.on("close", () => resolve());
    });
    expect((await send(items.url, "/items")).status).toBe(200);
    expect(invoked).toHaveLength(1);
  });
});

test("one connection serves one request after the other", async () => {
  const raw = await new Promise<string>((resolve, reject) => {
    let text = "";
    const socket = connect(Number(new URL(items.url).port), "127.0.0.1", () => {
      socket.write("GET /items HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(2));
    });
    socket.on("data", (chunk) => {
      text += chunk.toString();
      if (text.split("\r\n\r\nok").length === 3) socket.end();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
  expect(raw.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
});

describe("a restart", () => {
  async function restart(): Promise<void> {
    await world.close();
    world.reopen();
  }

  test("brings every API back on its port", async () => {
    await restart();
    await expect(fetch(`${items.url}/items`)).rejects.toThrow();
    await world.start();
    expect((await send(items.url, "/items")).status).toBe(200);
  });

  test("takes another port when the old one is taken, and says and keeps it", async () => {
    await world.close();
    const taken = createServer((_request, response) => response.end("not ours"));
    const { port } = new URL(items.url);
    await new Promise<void>((resolve) => void taken.listen(Number(port), "127.0.0.1", resolve));
    try {
      world.reopen();
      const changed = await world.start();
      const { apiEndpoint } = await call("GetApi", { apiId: items.apiId });
      expect(changed).toEqual([{ api: "a", from: Number(port), to: Number(new URL(String(apiEndpoint)).port) }]);
      expect((await send(String(apiEndpoint), "/items")).status).toBe(200);
      await restart();
      await world.start();
      expect(await call("GetApi", { apiId: items.apiId })).toMatchObject({ apiEndpoint });
    } finally {
      taken.close();
    }
  });

  test("an API that cannot be saved leaves no port behind", async () => {
    let port = 0;
    const diskFull: CloudEnvironment = {
      ...world.surroundings.env,
      collection: (name) => ({
        ...openCollection(world.surroundings.env.folder, name),
        set(_key, api) {
          ({ port } = api as { port: number });
          throw new Error("ENOSPC");
        },
      }),
    };
    const { service } = createApiGateway({ ...world.surroundings, env: diskFull });
    const created = service.operations["CreateApi"]?.run({ name: "a", protocolType: "HTTP" }, {} as Call);
    await expect(created).rejects.toThrow("ENOSPC");
    expect(port).toBeGreaterThan(0);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  test("a deleted API leaves no port, and a reset none at all", async () => {
    const one = await makeApi();
    const two = await makeApi();
    await call("DeleteApi", { apiId: one.apiId });
    await expect(fetch(one.url)).rejects.toThrow();
    expect((await fetch(two.url)).status).toBe(404);
    await world.reset();
    await expect(fetch(two.url)).rejects.toThrow();
    expect(await call("GetApis", {})).toEqual({ items: [] });
  });
});
