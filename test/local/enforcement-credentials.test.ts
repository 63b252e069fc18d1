// Temporary credentials hold as they were issued, for the request that was signed with them, and in nothing else.

import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { allowing, documentOf, testRole } from "../role-sessions.ts";
import type { TestRole } from "../role-sessions.ts";
import { shiftedClock } from "../shifted-clock.ts";

const HOUR = 3_600_000;
const clock = shiftedClock();
let cloud: TestCloud;
let role: TestRole;

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  role = await testRole(cloud, "holder", allowing(["dynamodb:ListTables", "apigateway:GET"]));
});
afterAll(() => cloud.close());

/** A call of each kind of protocol, and the codes that its refusals have. */
async function refusals(credentials: Keys): Promise<(string | undefined)[]> {
  const config = { ...cloud.config, credentials, systemClockOffset: clock.now() - Date.now() };
  const calls = [
    new STSClient(config).send(new GetCallerIdentityCommand({})),
    new DynamoDBClient(config).send(new ListTablesCommand({})),
    new ApiGatewayV2Client(config).send(new GetApisCommand({})),
  ];
  const settled = await Promise.allSettled<unknown>(calls);
  return settled.map((each) => (each.status === "rejected" ? (each.reason as Error).name : undefined));
}

const LET_IN = [undefined, undefined, undefined];
const UNKNOWN = ["InvalidClientTokenId", "UnrecognizedClientException", "UnrecognizedClientException"];
const UNSIGNED = ["SignatureDoesNotMatch", "InvalidSignatureException", "InvalidSignatureException"];
const EXPIRED = ["ExpiredToken", "ExpiredTokenException", "ExpiredTokenException"];

const keysOf = (config: TestRole["config"]): Required<Keys> => ({ sessionToken: "", ...config.credentials });

/** The token with other terms, under the seal that it had. */
function withTerms(keys: Required<Keys>, change: (terms: Record<string, unknown>) => object): Keys {
  const [content = "", seal = ""] = keys.sessionToken.split(".");
  const terms = JSON.parse(Buffer.from(content, "base64url").toString("utf8")) as Record<string, unknown>;
  const changed = Buffer.from(JSON.stringify({ ...terms, ...change(terms) })).toString("base64url");
  return { ...keys, sessionToken: `${changed}.${seal}` };
}

describe("the parts of temporary credentials", () => {
  it("hold together", async () => {
    expect(await refusals(keysOf(role.config))).toEqual(LET_IN);
  });

  it("are refused with another secret", async () => {
    const other = keysOf(await role.session({}));
    expect(await refusals({ ...keysOf(role.config), secretAccessKey: other.secretAccessKey })).toEqual(UNSIGNED);
    const { secretAccessKey } = cloud.config.credentials;
    expect(await refusals({ ...keysOf(role.config), secretAccessKey })).toEqual(UNSIGNED);
  });

  it("are refused with the key or the token of another session", async () => {
    const [one, other] = [keysOf(role.config), keysOf(await role.session({}))];
    expect(await refusals({ ...one, sessionToken: other.sessionToken })).toEqual(UNKNOWN);
    expect(await refusals({ ...one, accessKeyId: other.accessKeyId })).toEqual(UNKNOWN);
  });

  it("are refused without a token, and a token with the account's own key is", async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = keysOf(role.config);
    expect(await refusals({ accessKeyId, secretAccessKey })).toEqual(UNKNOWN);
    expect(await refusals({ ...cloud.config.credentials, sessionToken })).toEqual(UNKNOWN);
  });

  it("are refused when any one character of the token is another", async () => {
    const keys = keysOf(role.config);
    const { sessionToken } = keys;
    const last = sessionToken.length - 1;
    for (const at of [0, 20, sessionToken.indexOf("."), sessionToken.indexOf(".") + 1, last - 1]) {
      const character = sessionToken[at] === "A" ? "B" : "A";
      const token = `${sessionToken.slice(0, at)}${character}${sessionToken.slice(at + 1)}`;
      expect(await refusals({ ...keys, sessionToken: token })).toEqual(UNKNOWN);
    }
  });
});

it.each<[string, (terms: Record<string, unknown>) => object]>([
  ["a later end", ({ expiration }) => ({ expiration: Number(expiration) + HOUR })],
  ["another role", () => ({ roleArn: "arn:aws:iam::000000000000:role/admin" })],
  ["another role's id", () => ({ roleId: "AROAAAAAAAAAAAAAAAAAA" })],
  ["another name", () => ({ sessionName: "root" })],
  ["no policy of its own", () => ({ policies: undefined })],
  ["another identity", () => ({ keys: { "cognito-identity.amazonaws.com:sub": "us-east-1:somebody" } })],
  ["tags", () => ({ keys: { "aws:PrincipalTag/team": "admins" } })],
])("a token that was given %s is refused", async (_what, change) => {
  const limited = keysOf(await role.session({ Policy: documentOf(allowing("dynamodb:*")) }));
  expect(await refusals(withTerms(limited, () => ({})))).toEqual([undefined, undefined, "AccessDeniedException"]);
  expect(await refusals(withTerms(limited, change))).toEqual(UNKNOWN);
});

/** Listing tables, with a request that is changed after it was signed. */
function listWith(change: (request: { headers: Record<string, string>; body: string }) => void): Promise<unknown> {
  const client = new DynamoDBClient({ ...role.config, systemClockOffset: clock.now() - Date.now() });
  client.middlewareStack.add(
    (next) => (args) => {
      change(args.request as { headers: Record<string, string>; body: string });
      return next(args);
    },
    { step: "finalizeRequest", priority: "low", name: "changed" },
  );
  return client.send(new ListTablesCommand({}));
}

it.each<[string, (request: { headers: Record<string, string>; body: string }) => void]>([
  ["body", (request) => void (request.body = "[]")],
  ["operation", ({ headers }) => void (headers["x-amz-target"] = "DynamoDB_20120810.ListTable")],
  ["time", ({ headers }) => void (headers["x-amz-date"] = headers["x-amz-date"]?.replace(/\d\dZ$/, "59Z") ?? "")],
  [
    "signature",
    ({ headers }) => void (headers["authorization"] = headers["authorization"]?.replace(/.{8}$/, "00000000") ?? ""),
  ],
  [
    "day",
    ({ headers }) =>
      void (headers["authorization"] = headers["authorization"]?.replace(/\/\d{8}\//, "/20200101/") ?? ""),
  ],
  [
    "signed headers",
    ({ headers }) =>
      void (headers["authorization"] = headers["authorization"]?.replace("x-amz-target", "accept") ?? ""),
  ],
])("a request whose %s was changed after it was signed is refused", async (_part, change) => {
  await listWith(() => {});
  await expect(listWith(change)).rejects.toMatchObject({ name: "InvalidSignatureException" });
});

it("end when they expire, and when their role is gone", async () => {
  const short = keysOf(await role.session({ DurationSeconds: 900 }));
  clock.advance(899_000);
  expect(await refusals(short)).toEqual(LET_IN);
  clock.advance(1_000);
  expect(await refusals(short)).toEqual(EXPIRED);
  // The SDK corrects its clock by an answer's date, which is the real one: each call has a client of its own.
  const iam = () => new IAMClient({ ...cloud.config, systemClockOffset: clock.now() - Date.now() });
  await iam().send(new DeleteRolePolicyCommand({ RoleName: "holder", PolicyName: "rights" }));
  await iam().send(new DeleteRoleCommand({ RoleName: "holder" }));
  expect(await refusals(keysOf(role.config))).toEqual(UNKNOWN);
});
