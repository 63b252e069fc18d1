// An API whose routes have JWT authorizers: its pools, tokens of them, and what shutting out means.

import { expect } from "vitest";
import { createTestGateway, send, type Answer, type ApiUnderTest, type TestGateway } from "./gateway.ts";
import { createTestIssuer, testPools, type TestIssuer, type TestPools } from "./tokens.ts";

/** When the cases happen, in seconds. */
export const SECONDS = Date.UTC(2026, 10, 1, 12) / 1000;
export const CLIENT = "client-of-the-pool";

/** What Cognito puts into an ID token. */
export const ID = {
  aud: CLIENT,
  sub: "a1b2",
  token_use: "id",
  email: "a@example.com",
  email_verified: true,
  "cognito:groups": ["admins", "users"],
  auth_time: SECONDS - 10,
  iat: SECONDS - 10,
  exp: SECONDS + 3600,
};
/** And into an access token: no `aud`, but `client_id`. */
export const ACCESS = {
  client_id: CLIENT,
  sub: "a1b2",
  token_use: "access",
  scope: "aws.cognito.signin.user.admin",
  auth_time: SECONDS - 10,
  iat: SECONDS - 10,
  exp: SECONDS + 3600,
};

export interface JwtApi {
  readonly pool: TestIssuer;
  readonly foreign: TestIssuer;
  /** Both, until a case changes that. */
  readonly pools: TestPools;
  readonly world: TestGateway;
  readonly api: ApiUnderTest;
  /** Of `pool`, for the client and another. */
  readonly authorizerId: string;
  /** In milliseconds; a case may set it. */
  readonly clock: { now: number };
  /** Before each case. */
  begin(): void;
  /** @returns its id */
  createAuthorizer(more?: object, of?: ApiUnderTest): Promise<string>;
  /** A route attached to the function, with the authorizer unless others are given. */
  guard(routeKey: string, more?: object, of?: ApiUnderTest): Promise<string>;
  get(authorization: string | string[], path?: string): Promise<Answer>;
  /** Nobody was let in, and the answer says no more than AWS's: without a description, that no token was sent. */
  expectShutOut(answer: Answer, description?: string | RegExp): void;
}

export async function createJwtApi(): Promise<JwtApi> {
  const [pool, foreign] = await Promise.all([
    createTestIssuer("us-east-1_pool"),
    createTestIssuer("us-east-1_foreign"),
  ]);
  const pools = testPools(pool, foreign);
  const clock = { now: SECONDS * 1000 };
  const world = createTestGateway({ now: () => clock.now, issuers: pools });
  const api = await world.makeApi();

  async function createAuthorizer(more: object = {}, of = api): Promise<string> {
    const authorizer = await world.call("CreateAuthorizer", {
      apiId: of.apiId,
      name: `authorizer ${Math.random()}`,
      authorizerType: "JWT",
      identitySource: ["$request.header.Authorization"],
      jwtConfiguration: { audience: ["another", CLIENT], issuer: pool.issuer },
      ...more,
    });
    return String(authorizer["authorizerId"]);
  }

  const authorizer = await createAuthorizer();
  const made: JwtApi = {
    pool,
    foreign,
    pools,
    world,
    api,
    authorizerId: authorizer,
    clock,
    begin() {
      clock.now = SECONDS * 1000;
      world.begin();
    },
    createAuthorizer,
    guard(routeKey, more = {}, of = api) {
      const { authorizerId } = made;
      const target = `integrations/${of.integrationId}`;
      return of.route(routeKey, { target, authorizationType: "JWT", authorizerId, ...more });
    },
    get: (authorization, path = "/items") => send(api.url, path, { headers: { authorization } }),
    expectShutOut(answer, description) {
      expect(answer).toMatchObject({ status: 401, body: '{"message":"Unauthorized"}' });
      expect(answer.headers["content-type"]).toBe("application/json");
      const challenge = answer.headers["www-authenticate"] ?? "";
      const said = /^Bearer scope="" error="invalid_token" error_description="([^"]+)"$/.exec(challenge)?.[1];
      if (description === undefined) expect(challenge).toBe("Bearer");
      else if (typeof description === "string") expect(said).toBe(description);
      else expect(said).toMatch(description);
      expect(world.invoked).toEqual([]);
    },
  };
  return made;
}
