// Routes with a JWT authorizer: their scopes, what the function learns, which authorizer counts, what else is asked first.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { send, type ApiUnderTest } from "../gateway.ts";
import { ACCESS, CLIENT, createJwtApi, ID, SECONDS, type JwtApi } from "../jwt-api.ts";

let made: JwtApi;
let pool: JwtApi["pool"];
let foreign: JwtApi["foreign"];
let world: JwtApi["world"];
let api: JwtApi["api"];
let get: JwtApi["get"];
let guard: JwtApi["guard"];
let createAuthorizer: JwtApi["createAuthorizer"];
let expectShutOut: JwtApi["expectShutOut"];

beforeAll(async () => {
  made = await createJwtApi();
  ({ pool, foreign, world, api, get, guard, createAuthorizer, expectShutOut } = made);
  await guard("GET /items");
  await guard("PUT /items");
  await guard("GET /scoped", { authorizationScopes: ["items/read", "items/write"] });
  await api.route("GET /open");
});

beforeEach(() => made.begin());

afterAll(() => made.world.end());

describe("scopes of a route", () => {
  const FORBIDDEN = { status: 403, body: '{"message":"Forbidden"}' };

  test.each([
    ["another", { ...ACCESS, scope: "items/delete" }],
    ["a longer one", { ...ACCESS, scope: "items/reading items/rea" }],
    ["none, as ID tokens", ID],
    ["something else than text", { ...ACCESS, scope: { "items/read": true } }],
  ])("shut out a token that has %s", async (_name, claims) => {
    const answer = await get(`Bearer ${await pool.sign(claims)}`, "/scoped");
    expect(answer).toMatchObject(FORBIDDEN);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.headers["www-authenticate"]).toBe(
      'Bearer scope="items/read items/write" error="insufficient_scope" error_description="expected scopes: [items/read items/write]"',
    );
    expect(world.invoked).toEqual([]);
  });

  test.each([
    ["scope", { ...ACCESS, scope: "openid items/write" }],
    ["scp", { ...ACCESS, scope: undefined, scp: ["openid", "items/write"] }],
    ["scp as text", { ...ACCESS, scope: undefined, scp: "openid items/write" }],
  ])("let in a token with one of them in %s; the function learns all that it has", async (_name, claims) => {
    expect((await get(`Bearer ${await pool.sign(claims)}`, "/scoped")).status).toBe(200);
    expect(world.lastEvent().requestContext["authorizer"]).toMatchObject({
      jwt: { scopes: ["openid", "items/write"] },
    });
  });

  test("are nothing that an invalid token gets to know about", async () => {
    const answer = await get(`Bearer ${await pool.sign({ ...ACCESS, exp: SECONDS - 1 })}`, "/scoped");
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      'Bearer scope="items/read items/write" error="invalid_token" error_description="the token has expired"',
    );
  });
});

describe("the event", () => {
  test("has the token's claims, all of them text", async () => {
    await get(`Bearer ${await pool.sign({ ...ID, address: { zip: "1", city: "S" }, nothing: null })}`);
    expect(world.lastEvent().requestContext["authorizer"]).toEqual({
      jwt: {
        claims: {
          iss: pool.issuer,
          aud: CLIENT,
          sub: "a1b2",
          token_use: "id",
          email: "a@example.com",
          email_verified: "true",
          "cognito:groups": "[admins users]",
          auth_time: String(SECONDS - 10),
          iat: String(SECONDS - 10),
          exp: String(SECONDS + 3600),
          address: "map[city:S zip:1]",
        },
        scopes: null,
      },
    });
  });

  test("has none of another token, and none on an open route, even when one is sent", async () => {
    const claims = async () => world.lastEvent().requestContext["authorizer"];
    await get(`Bearer ${await pool.sign({ ...ID, sub: "one" })}`);
    expect(await claims()).toMatchObject({ jwt: { claims: { sub: "one" } } });
    await get(`Bearer ${await pool.sign({ ...ID, sub: "two" })}`);
    expect(await claims()).toMatchObject({ jwt: { claims: { sub: "two" } } });
    await get(`Bearer ${await pool.sign(ID)}`, "/open");
    expect(world.lastEvent().requestContext).not.toHaveProperty("authorizer");
  });

  test("keeps the header with the token, as on AWS", async () => {
    const token = await pool.sign(ID);
    await get(`Bearer ${token}`);
    expect(world.lastEvent().headers["authorization"]).toBe(`Bearer ${token}`);
  });
});

describe("authorizers", () => {
  test("of other clients do not let in what one has just let in", async () => {
    const jwtConfiguration = { audience: ["another"], issuer: pool.issuer };
    await guard("GET /another", { authorizerId: await createAuthorizer({ jwtConfiguration }) });
    const token = await pool.sign(ID);
    expect((await get(`Bearer ${token}`)).status).toBe(200);
    world.begin();
    expectShutOut(await get(`Bearer ${token}`, "/another"), "the token does not have a valid audience");
  });

  test("of other pools do not either", async () => {
    const jwtConfiguration = { audience: [CLIENT], issuer: foreign.issuer };
    await guard("GET /foreign", { authorizerId: await createAuthorizer({ jwtConfiguration }) });
    const token = await pool.sign(ID);
    expect((await get(`Bearer ${token}`)).status).toBe(200);
    world.begin();
    expectShutOut(await get(`Bearer ${token}`, "/foreign"), "the token names no key of its issuer");
    expect((await get(`Bearer ${await foreign.sign(ID)}`, "/foreign")).status).toBe(200);
  });

  test("find the token in the query, or in another header, and nowhere else", async () => {
    const token = await pool.sign(ID);
    const inQuery = await createAuthorizer({ identitySource: ["$request.querystring.token"] });
    await guard("GET /query", { authorizerId: inQuery });
    expect((await send(api.url, `/query?token=${token}`)).status).toBe(200);
    expect((await send(api.url, `/query?token=Bearer%20${token}`)).status).toBe(200);
    world.begin();
    expectShutOut(await get(`Bearer ${token}`, "/query"));
    expectShutOut(await send(api.url, `/query?Token=${token}`));
    expectShutOut(await send(api.url, `/query?token=${token}&token=${token}`), /invalid number of segments/);
    const inHeader = await createAuthorizer({ identitySource: ["$request.header.X-Token"] });
    await guard("GET /header", { authorizerId: inHeader });
    expectShutOut(await get(`Bearer ${token}`, "/header"));
    expect((await send(api.url, "/header", { headers: { "x-token": token } })).status).toBe(200);
  });

  test("guard from the deployment on that follows a change, and no longer than to the one that takes them away", async () => {
    const routeId = await guard("GET /changing");
    const token = `Bearer ${await pool.sign(ID)}`;
    const update = (more: object) => world.call("UpdateRoute", { apiId: api.apiId, routeId, ...more });
    await update({ authorizationType: "NONE" });
    expect((await send(api.url, "/changing")).status).toBe(200);
    await update({ authorizationType: "JWT", authorizerId: made.authorizerId });
    world.begin();
    expectShutOut(await send(api.url, "/changing"));
    expect((await get(token, "/changing")).status).toBe(200);
    const jwtConfiguration = { audience: ["another"], issuer: pool.issuer };
    await update({ authorizerId: await createAuthorizer({ jwtConfiguration }) });
    world.begin();
    expectShutOut(await get(token, "/changing"), "the token does not have a valid audience");
  });

  test("that change guard by what they are now", async () => {
    const changing = await createAuthorizer();
    await guard("GET /updated", { authorizerId: changing });
    const token = `Bearer ${await pool.sign(ID)}`;
    expect((await get(token, "/updated")).status).toBe(200);
    const jwtConfiguration = { audience: ["another"], issuer: pool.issuer };
    await world.call("UpdateAuthorizer", { apiId: api.apiId, authorizerId: changing, jwtConfiguration });
    world.begin();
    expectShutOut(await get(token, "/updated"), "the token does not have a valid audience");
  });

  test("stay as they were deployed on a stage without auto-deploy", async () => {
    const own = await world.makeApi();
    const changing = await createAuthorizer({}, own);
    const routeId = await guard("GET /items", { authorizerId: changing }, own);
    await world.call("CreateStage", { apiId: own.apiId, stageName: "v1" });
    await world.call("CreateDeployment", { apiId: own.apiId, stageName: "v1" });
    await world.call("UpdateRoute", { apiId: own.apiId, routeId, authorizationType: "NONE" });
    await world.call("DeleteAuthorizer", { apiId: own.apiId, authorizerId: changing });
    expect((await send(own.url, "/items")).status).toBe(200);
    world.begin();
    expectShutOut(await send(own.url, "/v1/items"));
    const headers = { authorization: await pool.sign(ID) };
    expect((await send(own.url, "/v1/items", { headers })).status).toBe(200);
  });

  test("guard after a restart, too", async () => {
    await world.close();
    world.reopen();
    await world.start();
    expectShutOut(await send(api.url, "/items"));
    expect((await get(`Bearer ${await pool.sign(ID)}`)).status).toBe(200);
    const { items } = await world.call("GetAuthorizers", { apiId: api.apiId });
    expect(items).toContainEqual(expect.objectContaining({ authorizerId: made.authorizerId }));
  });
});

describe("what else is asked first", () => {
  test("a path that no route takes is 404, with or without a token", async () => {
    expect((await send(api.url, "/nowhere")).status).toBe(404);
    expect((await send(api.url, "/items", { method: "DELETE" })).status).toBe(404);
  });

  test("an integration that is missing is nobody's to know without a token", async () => {
    await guard("GET /bare", { target: "" });
    expectShutOut(await send(api.url, "/bare"));
    expect((await get(`Bearer ${await pool.sign(ID)}`, "/bare")).status).toBe(500);
  });

  test("a body reaches no function without a token", async () => {
    const headers = { "content-type": "application/json" };
    expectShutOut(await send(api.url, "/items", { method: "PUT", headers, body: "{}" }));
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect((await send(api.url, "/items", { method: "PUT", body })).status).toBe(413);
  });
});

describe("CORS", () => {
  const ORIGIN = { origin: "https://app.example" };
  const PREFLIGHT = {
    ...ORIGIN,
    "access-control-request-method": "PUT",
    "access-control-request-headers": "authorization",
  };
  let shared: ApiUnderTest;

  beforeAll(async () => {
    const cors = { allowOrigins: [ORIGIN.origin], allowMethods: ["GET", "PUT"], allowHeaders: ["authorization"] };
    shared = await world.makeApi({ corsConfiguration: cors });
    const guarding = await createAuthorizer({}, shared);
    await guard("GET /items", { authorizerId: guarding, authorizationScopes: ["items/read"] }, shared);
    await guard("ANY /any", { authorizerId: guarding }, shared);
  });

  test.each(["/items", "/any"])("a preflight of %s needs no token", async (path) => {
    const answer = await send(shared.url, path, { method: "OPTIONS", headers: PREFLIGHT });
    expect(answer).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": ORIGIN.origin, "access-control-allow-headers": "authorization" },
    });
    expect(world.invoked).toEqual([]);
  });

  test("an OPTIONS that is no preflight needs one", async () => {
    expectShutOut(await send(shared.url, "/any", { method: "OPTIONS" }));
  });

  test("401 and 403 can be read by the page that asked", async () => {
    const unauthorized = await send(shared.url, "/items", { headers: ORIGIN });
    const headers = { ...ORIGIN, authorization: `Bearer ${await pool.sign(ID)}` };
    const forbidden = await send(shared.url, "/items", { headers });
    expect([unauthorized.status, forbidden.status]).toEqual([401, 403]);
    for (const answer of [unauthorized, forbidden]) {
      expect(answer.headers["access-control-allow-origin"]).toBe(ORIGIN.origin);
    }
    const elsewhere = await send(shared.url, "/items", { headers: { origin: "https://evil.example" } });
    expect(elsewhere.headers["access-control-allow-origin"]).toBeUndefined();
  });
});
