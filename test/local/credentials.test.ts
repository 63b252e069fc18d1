import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { openCredentials } from "../../src/local/credentials.ts";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

const HOUR = 3_600_000;
let test: TestCloud;

beforeAll(async () => {
  test = await startTestCloud();
});
afterAll(() => test.close());

function refusal(name: string, status: number, message?: string): object {
  return expect.objectContaining({
    name,
    $metadata: expect.objectContaining({ httpStatusCode: status }),
    ...(message !== undefined && { message: expect.stringContaining(message) }),
  });
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** One call each of the three kinds of protocol, signed with these credentials. */
function calls(credentials: Keys, region?: string) {
  const config = { ...test.config, credentials, ...(region !== undefined && { region }) };
  return {
    query: () => new STSClient(config).send(new GetCallerIdentityCommand({})),
    json: () => new DynamoDBClient(config).send(new ListTablesCommand({})),
    rest: () => new ApiGatewayV2Client(config).send(new GetApisCommand({})),
  };
}

/** Everything follows from the folder's root key, so another opening of it issues the same sessions. */
async function sessionOf(role: string, expiresIn = HOUR): Promise<Keys & { sessionToken: string }> {
  const { Role } = await new IAMClient(test.config).send(new GetRoleCommand({ RoleName: role }));
  const { folder } = test;
  const credentials = openCredentials({ folder, accountId: "000000000000", anyCredentials: false, now: Date.now });
  const [roleArn, roleId] = [Role?.Arn ?? "", Role?.RoleId ?? ""];
  const expiration = Date.now() + expiresIn;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue({
    roleArn,
    roleId,
    sessionName: "fn",
    expiration,
  });
  return { accessKeyId, secretAccessKey, sessionToken };
}

async function makeRole(RoleName: string, statement?: object): Promise<void> {
  const iam = new IAMClient(test.config);
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  if (!statement) return;
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument }));
}

describe("the root key", () => {
  it("is random, of AWS's form, and readable by its owner alone", async () => {
    const { accessKeyId, secretAccessKey } = test.cloud.credentials;
    expect(accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(secretAccessKey).toHaveLength(40);
    const file = join(test.folder, "credentials.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ accessKeyId, secretAccessKey });
    if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("opens every protocol, and no other key does", async () => {
    await calls(test.cloud.credentials).query();
    await calls(test.cloud.credentials).json();
    await calls(test.cloud.credentials).rest();
    const stranger = calls({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" });
    const message = "The security token included in the request is invalid.";
    await expect(stranger.query()).rejects.toEqual(refusal("InvalidClientTokenId", 403, message));
    await expect(stranger.json()).rejects.toEqual(refusal("UnrecognizedClientException", 400, message));
    await expect(stranger.rest()).rejects.toEqual(refusal("UnrecognizedClientException", 403, message));
  });

  it("needs its secret, not its id alone", async () => {
    const forged = calls({ ...test.cloud.credentials, secretAccessKey: "guessed" });
    await expect(forged.query()).rejects.toEqual(refusal("SignatureDoesNotMatch", 403));
    await expect(forged.json()).rejects.toEqual(refusal("InvalidSignatureException", 400));
    await expect(forged.rest()).rejects.toEqual(refusal("InvalidSignatureException", 403));
  });

  it("works for one region; IAM and STS also take us-east-1, where they live", async () => {
    const elsewhere = calls(test.cloud.credentials, "eu-west-1");
    await expect(elsewhere.json()).rejects.toEqual(refusal("InvalidSignatureException", 400, "not 'eu-west-1'"));
    await expect(elsewhere.query()).rejects.toEqual(refusal("SignatureDoesNotMatch", 403, "us-east-1 alone"));
    const seoul = await startTestCloud({ region: "ap-northeast-2" });
    const global = new STSClient({ ...seoul.config, region: "us-east-1" });
    expect((await global.send(new GetCallerIdentityCommand({}))).Account).toBe("000000000000");
    await seoul.close();
  });
});

describe("unsigned and malformed calls", () => {
  async function post(headers: Record<string, string>, body: string): Promise<[number, string]> {
    const response = await fetch(test.cloud.url, { method: "POST", headers, body });
    return [response.status, await response.text()];
  }
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const date = { "x-amz-date": now };
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const action = "Action=GetCallerIdentity&Version=2011-06-15";

  it("without a signature are refused in the words of each protocol", async () => {
    const [status, xml] = await post(form, action);
    expect([status, xml]).toEqual([403, expect.stringContaining("<Code>MissingAuthenticationToken</Code>")]);
    const target = { "x-amz-target": "DynamoDB_20120810.ListTables" };
    expect(await post(target, "{}")).toEqual([400, expect.stringContaining("MissingAuthenticationTokenException")]);
    const rest = await fetch(`${test.cloud.url}/v2/apis`);
    expect([rest.status, rest.headers.get("x-amzn-errortype")]).toEqual([403, "MissingAuthenticationTokenException"]);
  });

  it("with half a signature are refused as incomplete", async () => {
    const [status, xml] = await post({ ...form, authorization: "AWS4-HMAC-SHA256 Credential=x" }, action);
    expect([status, xml]).toEqual([400, expect.stringContaining("<Code>IncompleteSignature</Code>")]);
    expect(await post({ ...form, authorization: "Basic eDp5" }, action)).toEqual([400, expect.any(String)]);
  });

  it("signed for a service that is not here are refused by its name and the operation's", async () => {
    const { accessKeyId } = test.cloud.credentials;
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${now.slice(0, 8)}/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
    const [status, json] = await post({ authorization, ...date, "x-amz-target": "AmazonSQS.SendMessage" }, "{}");
    expect([status, JSON.parse(json)]).toEqual([
      400,
      { __type: "UnknownOperationException", message: expect.stringContaining("sqs AmazonSQS.SendMessage") },
    ]);
  });

  it("that name what every JavaScript object has are refused like any other", async () => {
    const { accessKeyId } = test.cloud.credentials;
    const sign = (service: string, headers: string): string =>
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${now.slice(0, 8)}/us-east-1/${service}/aws4_request, SignedHeaders=${headers}, Signature=${"0".repeat(64)}`;
    const unknown = await post({ authorization: sign("constructor", "host"), ...date }, "{}");
    expect(unknown).toEqual([404, expect.stringContaining("constructor POST /")]);
    const [status] = await post({ authorization: sign("sts", "constructor;host"), ...date, ...form }, action);
    expect(status).toBe(403);
  });

  it("signed for another service than the one they ask are refused", async () => {
    const { accessKeyId } = test.cloud.credentials;
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${now.slice(0, 8)}/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
    const headers = { authorization, ...date, "x-amz-target": "DynamoDB_20120810.ListTables" };
    expect(await post(headers, "{}")).toEqual([400, expect.stringContaining("InvalidSignatureException")]);
  });
});

describe("the time of a signature", () => {
  const past = { systemClockOffset: -600_000 };
  const future = { systemClockOffset: 86_400_000 };

  it("must be the cloud's, whatever the protocol", async () => {
    const [query, json] = [
      { ...test.config, ...past },
      { ...test.config, ...future },
    ];
    await expect(new STSClient(query).send(new GetCallerIdentityCommand({}))).rejects.toEqual(
      refusal("SignatureDoesNotMatch", 403, "Signature expired: "),
    );
    await expect(new DynamoDBClient(json).send(new ListTablesCommand({}))).rejects.toEqual(
      refusal("InvalidSignatureException", 400, "Signature not yet current: "),
    );
    await expect(new ApiGatewayV2Client(query).send(new GetApisCommand({}))).rejects.toEqual(
      refusal("InvalidSignatureException", 403, "Signature expired: "),
    );
  });

  it("is read by the cloud's own clock", async () => {
    const early = await startTestCloud({ clock: { ...systemClock, now: () => Date.now() - 600_000 } });
    await expect(new DynamoDBClient(early.config).send(new ListTablesCommand({}))).rejects.toThrow("not yet current");
    await new DynamoDBClient({ ...early.config, ...past }).send(new ListTablesCommand({}));
    await early.close();
  });

  it("stands in a header whose parts may come in any order", async () => {
    const client = new STSClient(test.config);
    client.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        const [, credential, signedHeaders, signature] = headers["authorization"]?.split(/,? /) ?? [];
        headers["authorization"] = `AWS4-HMAC-SHA256 ${signature},${signedHeaders}, ${credential}`;
        return next(args);
      },
      { step: "finalizeRequest", priority: "low", name: "otherOrder" },
    );
    expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe("000000000000");
  });
});

describe("presigned calls", () => {
  async function presign(expiresIn: number, signingDate = new Date()): Promise<string> {
    const { hostname, port } = new URL(test.cloud.url);
    const client = new STSClient(test.config);
    const signer = await client.config.signer({
      name: "sigv4",
      signingName: "sts",
      signingRegion: "us-east-1",
      properties: {},
    });
    if (!("presign" in signer) || typeof signer.presign !== "function")
      throw new Error("the SDK's signer cannot presign");
    const request = {
      method: "GET",
      protocol: "http:",
      hostname,
      port: Number(port),
      path: "/",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: { host: `${hostname}:${port}` },
    };
    const options = { expiresIn, signingDate, signingService: "sts", signingRegion: "us-east-1" };
    const { query }: { query: Record<string, string> } = await signer.presign(request, options);
    return `${test.cloud.url}/?${new URLSearchParams(query).toString().replaceAll("+", "%20")}`;
  }

  it("work until they expire, for what was signed and nothing else", async () => {
    const url = await presign(60);
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(":root</Arn>")]);
    expect((await fetch(`${url}&Extra=1`)).status).toBe(403);
    expect((await fetch(await presign(60, new Date(Date.now() - 120_000)))).status).toBe(403);
    expect((await fetch(await presign(60, new Date(Date.now() + 600_000)))).status).toBe(403);
  });
});

describe("sessions of a role", () => {
  beforeAll(() => makeRole("reader", { Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:*:*:table/mine" }));

  it("say whose they are", async () => {
    expect(await calls(await sessionOf("reader")).query()).toMatchObject({
      Arn: "arn:aws:sts::000000000000:assumed-role/reader/fn",
      UserId: expect.stringMatching(/^AROA[A-Z0-9]{17}:fn$/),
    });
  });

  it("may do what the role's policies allow, on the resources they allow, and nothing else", async () => {
    const root = new DynamoDBClient(test.config);
    for (const TableName of ["mine", "other"]) {
      await root.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        }),
      );
    }
    const session = await sessionOf("reader");
    const client = new DynamoDBClient({ ...test.config, credentials: session });
    const read = (TableName: string) => client.send(new GetItemCommand({ TableName, Key: { id: { S: "1" } } }));
    expect((await read("mine")).$metadata.httpStatusCode).toBe(200);
    const who = "User: arn:aws:sts::000000000000:assumed-role/reader/fn is not authorized to perform:";
    const why = (action: string): string => `because no identity-based policy allows the ${action} action`;
    await expect(read("other")).rejects.toEqual(
      refusal(
        "AccessDeniedException",
        400,
        `${who} dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/other ${why("dynamodb:GetItem")}`,
      ),
    );
    await expect(calls(session).json()).rejects.toEqual(refusal("AccessDeniedException", 400, "dynamodb:ListTables"));
    await expect(calls(session).rest()).rejects.toEqual(refusal("AccessDeniedException", 403, "apigateway:GET"));
    const iam = new IAMClient({ ...test.config, credentials: session });
    await expect(iam.send(new GetRoleCommand({ RoleName: "reader" }))).rejects.toEqual(
      refusal("AccessDenied", 403, "iam:GetRole on resource: role reader"),
    );
  });

  it.each<[string, object, boolean]>([
    ["in another region", { StringEquals: { "aws:RequestedRegion": "eu-west-1" } }, false],
    ["in this region", { StringEquals: { "aws:RequestedRegion": "us-east-1" } }, true],
    ["without TLS", { Bool: { "aws:SecureTransport": "false" } }, false],
    ["with that role", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/condition*" } }, true],
    ["to anyone with that tag", { StringEquals: { "aws:PrincipalTag/team": "blue" } }, false],
    ["without a second factor", { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } }, true],
    ["for something that is not known here", { Bool: { "dynamodb:FullTableScan": "true" } }, true],
  ])("may not do what a policy denies them %s", async (_when, Condition, isDenied) => {
    const RoleName = `condition-${JSON.stringify(Condition).replaceAll(/\W/g, "").slice(0, 50)}`;
    const action = { Action: "dynamodb:ListTables", Resource: "*" };
    await makeRole(RoleName, action);
    await new IAMClient(test.config).send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: "denial",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Deny", ...action, Condition }],
        }),
      }),
    );
    const listed = calls(await sessionOf(RoleName)).json();
    if (isDenied) await expect(listed).rejects.toEqual(refusal("AccessDeniedException", 400));
    else expect((await listed).$metadata.httpStatusCode).toBe(200);
  });

  it("end when they expire", async () => {
    const expired = calls(await sessionOf("reader", -1));
    await expect(expired.query()).rejects.toEqual(refusal("ExpiredToken", 403));
    await expect(expired.json()).rejects.toEqual(refusal("ExpiredTokenException", 400));
  });

  it("hold only as they were issued", async () => {
    const session = await sessionOf("reader");
    const other = await sessionOf("reader");
    for (const forged of [
      { ...session, sessionToken: other.sessionToken },
      { ...session, sessionToken: `${session.sessionToken}A` },
      { ...session, sessionToken: "" },
      { ...session, sessionToken: `x${session.sessionToken}` },
    ]) {
      await expect(calls(forged).json()).rejects.toEqual(refusal("UnrecognizedClientException", 400));
    }
    const wrongSecret = calls({ ...session, secretAccessKey: other.secretAccessKey });
    await expect(wrongSecret.json()).rejects.toEqual(refusal("InvalidSignatureException", 400));
  });

  it("belong to the role's id: one made again under the same name is another role", async () => {
    await makeRole("again", undefined);
    const session = await sessionOf("again");
    await new IAMClient(test.config).send(new DeleteRoleCommand({ RoleName: "again" }));
    await expect(calls(session).json()).rejects.toEqual(refusal("UnrecognizedClientException", 400));
    await makeRole("again", { Action: "dynamodb:ListTables", Resource: "*" });
    await expect(calls(session).json()).rejects.toEqual(refusal("UnrecognizedClientException", 400));
    await calls(await sessionOf("again")).json();
  });
});

describe("anyCredentials", () => {
  it("takes every key as root, and none at all", async () => {
    const open = await startTestCloud({ anyCredentials: true });
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const identity = await new STSClient({ ...open.config, credentials }).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe("arn:aws:iam::000000000000:root");
    const foreign = { accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "x", sessionToken: "of another AWS" };
    const session = await new STSClient({ ...open.config, credentials: foreign }).send(
      new GetCallerIdentityCommand({}),
    );
    expect(session.Arn).toBe(identity.Arn);
    expect((await fetch(`${open.cloud.url}/v2/apis`)).status).toBe(200);
    expect((await fetch(`${open.cloud.url}/_awsls/health`)).status).toBe(401);
    await open.close();
  });
});
