// Routes with a JWT authorizer: which tokens they let in, and which not.

import { createSecretKey } from "node:crypto";
import { exportSPKI } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { send } from "../gateway.ts";
import { ACCESS, CLIENT, createJwtApi, ID, SECONDS, type JwtApi } from "../jwt-api.ts";
import { createTestIssuer } from "../tokens.ts";

let made: JwtApi;
let pool: JwtApi["pool"];
let foreign: JwtApi["foreign"];
let pools: JwtApi["pools"];
let world: JwtApi["world"];
let api: JwtApi["api"];
let get: JwtApi["get"];
let guard: JwtApi["guard"];
let createAuthorizer: JwtApi["createAuthorizer"];
let expectShutOut: JwtApi["expectShutOut"];

beforeAll(async () => {
  made = await createJwtApi();
  ({ pool, foreign, pools, world, api, get, guard, createAuthorizer, expectShutOut } = made);
  await guard("GET /items");
});

beforeEach(() => made.begin());

afterAll(() => made.world.end());

/** The same token with one character of a part changed: 0 header, 1 payload, 2 signature. */
function tampered(token: string, part: number): string {
  const parts = token.split(".");
  const text = parts[part] ?? "";
  parts[part] = `${text.slice(0, 20)}${text[20] === "A" ? "B" : "A"}${text.slice(21)}`;
  return parts.join(".");
}

/** The same signature below other claims or another header. */
function replaced(token: string, part: number, content: object): string {
  const parts = token.split(".");
  parts[part] = Buffer.from(JSON.stringify(content)).toString("base64url");
  return parts.join(".");
}

describe("let in", () => {
  test.each([
    ["an ID token, by aud", ID],
    ["an access token, by client_id", ACCESS],
    ["a token for several, one of them in the audience", { ...ID, aud: ["elsewhere", CLIENT] }],
    ["a token issued, and valid, from this second on", { ...ID, iat: SECONDS, nbf: SECONDS }],
    ["a token without iat and nbf", { aud: CLIENT, exp: SECONDS + 1 }],
  ])("is %s", async (_name, claims) => {
    expect((await get(`Bearer ${await pool.sign(claims)}`)).status).toBe(200);
    expect(world.invoked).toHaveLength(1);
  });

  test.each(["", "Bearer ", "bearer ", "BEARER   "])("is a token behind '%s'", async (prefix) => {
    expect((await get(prefix + (await pool.sign(ID)))).status).toBe(200);
  });

  test.each(["RS384", "RS512"])("is a token signed with %s", async (alg) => {
    const issuer = await createTestIssuer(`us-east-1_${alg}`, alg);
    pools.pools.set(issuer.issuer, issuer.keys);
    const jwtConfiguration = { audience: [CLIENT], issuer: issuer.issuer };
    await guard(`GET /${alg}`, { authorizerId: await createAuthorizer({ jwtConfiguration }) });
    expect((await get(`Bearer ${await issuer.sign(ID)}`, `/${alg}`)).status).toBe(200);
  });
});

describe("shut out", () => {
  test("is whoever has no token, and told only that one is wanted", async () => {
    expectShutOut(await send(api.url, "/items"));
    expectShutOut(await get(""));
    expectShutOut(await get("Bearer"));
    expectShutOut(await get("Bearer  "));
  });

  test.each(["Basic YTpi", "Bearer nonsense", "Bearer a.b", "Bearer a.b.c.d"])("is %s", async (authorization) => {
    expectShutOut(await get(authorization), "token contains an invalid number of segments");
  });

  test.each(["Bearer ..", "Bearer a.b.c", "Bearer !.!.!", "Bearer e30.e30.", "Bearer bnVsbA.bnVsbA.bnVsbA"])(
    "is %s",
    async (authorization) => expectShutOut(await get(authorization), /./),
  );

  test.each([
    ["header", 0],
    ["payload", 1],
    ["signature", 2],
  ])("is a token whose %s was tampered with", async (_name, part) => {
    const token = await pool.sign(ID);
    expectShutOut(await get(`Bearer ${tampered(token, part)}`), /./);
    // The good one does not help it afterwards, either.
    expect((await get(`Bearer ${token}`)).status).toBe(200);
    world.begin();
    expectShutOut(await get(`Bearer ${tampered(token, part)}`), /./);
  });

  test("is a token whose claims were replaced below a good signature", async () => {
    const token = await pool.sign(ACCESS);
    expect((await get(`Bearer ${token}`)).status).toBe(200);
    world.begin();
    const richer = replaced(token, 1, { ...ACCESS, iss: pool.issuer, "cognito:groups": ["admins"] });
    expectShutOut(await get(`Bearer ${richer}`), "crypto/rsa: verification error");
  });

  test("is a token without a signature, whatever its header calls that", async () => {
    const [, payload] = (await pool.sign(ID)).split(".");
    for (const alg of ["none", "None", "NONE", ""]) {
      const header = Buffer.from(JSON.stringify({ alg, kid: "key-of-us-east-1_pool" })).toString("base64url");
      expectShutOut(await get(`Bearer ${header}.${payload}.`), `signing method ${alg} is invalid`);
      expectShutOut(await get(`Bearer ${header}.${payload}.c2ln`), `signing method ${alg} is invalid`);
    }
  });

  test("is a token that takes the public key for a shared secret (HS256)", async () => {
    const pem = await exportSPKI(pool.publicKey);
    for (const secret of [pem, pem.trim(), JSON.stringify(pool.keys.keys[0])]) {
      const token = await pool.sign(ID, { alg: "HS256" }, createSecretKey(Buffer.from(secret)).export());
      expectShutOut(await get(`Bearer ${token}`), "signing method HS256 is invalid");
    }
  });

  test("is a token signed with an elliptic curve, even by a key of the pool", async () => {
    const curve = await createTestIssuer("us-east-1_pool", "ES256", "curve");
    const both = { keys: [...pool.keys.keys, ...curve.keys.keys] };
    pools.pools.set(pool.issuer, both);
    expectShutOut(await get(`Bearer ${await curve.sign(ID)}`), "signing method ES256 is invalid");
    pools.pools.set(pool.issuer, pool.keys);
  });

  test("is a token with a padded signature scheme (PS256)", async () => {
    const padded = await createTestIssuer("us-east-1_pool", "PS256", "padded");
    pools.pools.set(pool.issuer, padded.keys);
    expectShutOut(await get(`Bearer ${await padded.sign(ID)}`), "signing method PS256 is invalid");
    pools.pools.set(pool.issuer, pool.keys);
  });

  test("is a token that names no key of the pool", async () => {
    const unknown = "the token names no key of its issuer";
    expectShutOut(await get(`Bearer ${await pool.sign(ID, { kid: "unknown" })}`), unknown);
    // As the only key there is would fit, a missing kid must not stand for it.
    const header = { kid: undefined } as unknown as { kid: string };
    expectShutOut(await get(`Bearer ${await pool.sign(ID, header)}`), unknown);
    const foreignKid = { kid: "key-of-us-east-1_foreign" };
    expectShutOut(await get(`Bearer ${await pool.sign(ID, foreignKid)}`), unknown);
    // Signed by the other pool under this one's kid.
    const forged = await foreign.sign({ ...ID, iss: pool.issuer }, { kid: "key-of-us-east-1_pool" });
    expectShutOut(await get(`Bearer ${forged}`), "crypto/rsa: verification error");
  });

  test("is a token that brings its own key", async () => {
    const [jwk] = foreign.keys.keys;
    const token = await foreign.sign({ ...ID, iss: pool.issuer }, { jwk, jku: "http://127.0.0.1/jwks.json" } as object);
    expectShutOut(await get(`Bearer ${token}`), "the token names no key of its issuer");
  });

  test("is a token with a critical extension that nobody here knows", async () => {
    const [, payload, signature] = (await pool.sign(ID)).split(".");
    const header = { alg: "RS256", kid: "key-of-us-east-1_pool", crit: ["exp2"], exp2: 1 };
    const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
    expectShutOut(await get(`Bearer ${encoded}.${payload}.${signature}`), /./);
  });

  test("is a token of another pool", async () => {
    expectShutOut(await get(`Bearer ${await foreign.sign(ID)}`), "the token names no key of its issuer");
  });

  test.each([
    ["https://cognito-idp.us-east-1.amazonaws.com/us-east-1_foreign"],
    ["https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool/"],
    [undefined],
    [["https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool"]],
  ])("is a token of the issuer %j", async (iss) => {
    expectShutOut(await get(`Bearer ${await pool.sign({ ...ID, iss })}`), "issuer does not match");
  });

  test.each([
    { ...ID, aud: "client-of-somebody-else" },
    { ...ID, aud: ["client-of-somebody-else"] },
    { ...ID, aud: [] },
    { ...ID, aud: null },
    // With an aud, client_id does not count.
    { ...ACCESS, aud: "client-of-somebody-else" },
    { ...ACCESS, client_id: "client-of-somebody-else" },
    { ...ACCESS, client_id: [CLIENT] },
    { sub: "a1b2", exp: SECONDS + 3600 },
  ])("is a token for another audience: %j", async (claims) => {
    expectShutOut(await get(`Bearer ${await pool.sign(claims)}`), "the token does not have a valid audience");
  });

  test.each([
    [{ ...ID, exp: SECONDS - 1 }, "the token has expired"],
    [{ ...ID, exp: SECONDS }, "the token has expired"],
    [{ ...ID, exp: undefined }, "the token has expired"],
    [{ ...ID, exp: String(SECONDS + 3600) }, "the token has expired"],
    [{ ...ID, nbf: SECONDS + 1 }, "the token is not valid yet"],
    [{ ...ID, nbf: null }, "the token is not valid yet"],
    [{ ...ID, iat: SECONDS + 1 }, "the token is used before it was issued"],
    [{ ...ID, iat: SECONDS + 3600 }, "the token is used before it was issued"],
  ])("is a token at the wrong time: %j", async (claims, reason) => {
    expectShutOut(await get(`Bearer ${await pool.sign(claims)}`), reason);
  });

  test("is a token from the second on in which it expires, however often it was used before", async () => {
    const token = await pool.sign(ID);
    made.clock.now = ID.exp * 1000 - 1;
    expect((await get(`Bearer ${token}`)).status).toBe(200);
    world.begin();
    made.clock.now = ID.exp * 1000;
    expectShutOut(await get(`Bearer ${token}`), "the token has expired");
  });

  test("is a token when the clock is set back behind its nbf", async () => {
    const token = await pool.sign({ ...ID, iat: undefined, nbf: SECONDS });
    expect((await get(`Bearer ${token}`)).status).toBe(200);
    world.begin();
    made.clock.now = SECONDS * 1000 - 1000;
    expectShutOut(await get(`Bearer ${token}`), "the token is not valid yet");
  });

  test("is a token whose pool was deleted, or has other keys now", async () => {
    const token = await pool.sign(ID);
    expect((await get(`Bearer ${token}`)).status).toBe(200);
    world.begin();
    pools.pools.delete(pool.issuer);
    expectShutOut(await get(`Bearer ${token}`), "OIDC discovery endpoint communication error");
    pools.pools.set(pool.issuer, (await createTestIssuer("us-east-1_pool", "RS256", "new")).keys);
    expectShutOut(await get(`Bearer ${token}`), "the token names no key of its issuer");
    pools.pools.set(pool.issuer, pool.keys);
    expect((await get(`Bearer ${token}`)).status).toBe(200);
  });

  test("is a good token that is not where the authorizer looks", async () => {
    const token = await pool.sign(ID);
    expectShutOut(await send(api.url, `/items?authorization=${token}&Authorization=${token}`));
    expectShutOut(await send(api.url, "/items", { headers: { "x-authorization": token, cookie: `a=${token}` } }));
  });

  test("is who sends two tokens, good or not", async () => {
    const token = await pool.sign(ID);
    const invalid = "token contains an invalid number of segments";
    expectShutOut(await get([`Bearer ${token}`, `Bearer ${token}`]), invalid);
    expectShutOut(await get(`Bearer ${token} ${token}`), invalid);
    expectShutOut(await get([`Bearer ${token}`, "Bearer x"]), /./);
    expectShutOut(await get(["Bearer x", `Bearer ${token}`]), /./);
  });

  test("cannot write into the challenge", async () => {
    const alg = 'x" injected="yes\r\n, é';
    const header = Buffer.from(JSON.stringify({ alg, kid: "k" })).toString("base64url");
    expectShutOut(await get(`Bearer ${header}.e30.e30`), "signing method x injected=yes,  is invalid");
  });
});

describe("a token of 9 KB", () => {
  const claims = { ...ID, padding: "x".repeat(6600) };

  test("is let in when it is good, and shut out when it is not", async () => {
    const token = await pool.sign(claims);
    expect(token.length).toBeGreaterThan(9000);
    expect((await get(`Bearer ${token}`)).status).toBe(200);
    world.begin();
    expectShutOut(await get(`Bearer ${tampered(token, 1)}`), /./);
  });

  test("with more beside it is over the limit, which is looked at first", async () => {
    const headers = { authorization: `Bearer ${await pool.sign(claims)}`, "x-more": "x".repeat(1500) };
    expect((await send(api.url, "/items", { headers })).status).toBe(431);
    expect(world.invoked).toEqual([]);
  });
});
