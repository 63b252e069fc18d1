import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { shiftedClock } from "../shifted-clock.ts";

const ACCOUNT = "000000000000";
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const HOUR = 60 * 60 * 1000;

const clock = shiftedClock();
let test: TestCloud;
let iam: IAMClient;
beforeAll(async () => {
  test = await startTestCloud({ clock });
  iam = new IAMClient(test.config);
});
afterAll(async () => {
  iam.destroy();
  await test.close();
});

type Given = TestCloud["config"]["credentials"] & { readonly sessionToken?: string };

interface Statement {
  readonly Effect?: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Principal?: unknown;
  readonly Resource?: string;
  readonly Condition?: object;
}

const policyOf = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements.map((each) => ({ Effect: "Allow", ...each })) });

interface RoleSettings {
  readonly trust?: readonly Statement[];
  readonly allows?: readonly Statement[];
  readonly MaxSessionDuration?: number;
  readonly Path?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

let roles = 0;
/** A role that trusts the account, unless told otherwise. */
async function makeRole({ trust, allows, tags = {}, ...settings }: RoleSettings = {}): Promise<string> {
  roles += 1;
  const RoleName = `role-${roles}`;
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: policyOf(trust ?? [{ Action: "sts:AssumeRole", Principal: { AWS: ROOT } }]),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      ...settings,
    }),
  );
  const PolicyDocument = policyOf(allows ?? [{ Action: "dynamodb:ListTables", Resource: "*" }]);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "allows", PolicyDocument }));
  return Role?.Arn ?? "";
}

const stsOf = (credentials?: Given): STSClient =>
  new STSClient({ ...test.config, ...(credentials && { credentials }) });

function assume(
  RoleArn: string,
  input: Partial<AssumeRoleCommandInput> = {},
  by?: Given,
): Promise<AssumeRoleCommandOutput> {
  return stsOf(by).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "session", ...input }));
}

/** Credentials of a session. */
async function sessionOf(RoleArn: string, input?: Partial<AssumeRoleCommandInput>, by?: Given): Promise<Given> {
  const { Credentials: given } = await assume(RoleArn, input, by);
  return {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretAccessKey ?? "",
    sessionToken: given?.SessionToken ?? "",
  };
}

const nameOf = (roleArn: string): string => roleArn.split("/").at(-1) ?? "";
const sessionArn = (roleArn: string, name = "session"): string =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/${nameOf(roleArn)}/${name}`;
const listTables = (credentials: Given): Promise<unknown> =>
  new DynamoDBClient({ ...test.config, credentials }).send(new ListTablesCommand({}));
const refusal = (name: string, message: string | RegExp, httpStatusCode = 400): object => ({
  name,
  message: typeof message === "string" ? message : expect.stringMatching(message),
  $metadata: { httpStatusCode },
});
const denied = (message: string | RegExp): object => refusal("AccessDenied", message, 403);

describe("GetCallerIdentity", () => {
  it("says root of the account for the cloud's own key", async () => {
    const identity = await stsOf().send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: ACCOUNT, Arn: ROOT, UserId: ACCOUNT });
    expect(identity.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("says which session of which role, without its path, whatever the role may do", async () => {
    const arn = await makeRole({ Path: "/some/path/", allows: [{ Effect: "Deny", Action: "*", Resource: "*" }] });
    const identity = await stsOf(await sessionOf(arn, { RoleSessionName: "me@home" })).send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity).toMatchObject({
      Account: ACCOUNT,
      Arn: sessionArn(arn, "me@home"),
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:me@home$/),
    });
  });
  it.each([
    [
      "Action=GetCallerIdentity",
      "InvalidAction",
      "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED",
    ],
    [
      "Action=GetCallerIdentity&Version=2010-01-01",
      "InvalidAction",
      "Could not find operation GetCallerIdentity for version 2010-01-01",
    ],
    ["Version=2011-06-15", "MissingAction", "The request is missing an action or a required parameter."],
    ["", "MissingAction", "The request is missing an action or a required parameter."],
    ["Action=Nope&Version=2011-06-15", "UnknownOperationException", "The local cloud does not implement sts Nope"],
  ])("refuses the form %j as %s", async (form, name, message) => {
    const client = new STSClient(test.config);
    client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string; headers: Record<string, string> };
        request.body = form;
        request.headers["content-length"] = String(form.length);
        return next(args);
      },
      { step: "build", priority: "low" },
    );
    await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name,
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe("AssumeRole", () => {
  it("opens a session of an hour that may do what its role may", async () => {
    const arn = await makeRole();
    const opened = await assume(arn);
    expect(opened).toMatchObject({
      Credentials: { AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/), Expiration: expect.any(Date) },
      AssumedRoleUser: {
        Arn: sessionArn(arn),
        AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:session$/),
      },
    });
    expect(opened).not.toHaveProperty("PackedPolicySize");
    expect(opened).not.toHaveProperty("SourceIdentity");
    const left = (opened.Credentials?.Expiration?.getTime() ?? 0) - clock.now();
    expect(left).toBeGreaterThan(HOUR - 5000);
    expect(left).toBeLessThanOrEqual(HOUR);
    const session = await sessionOf(arn);
    await listTables(session);
    await expect(
      new IAMClient({ ...test.config, credentials: session }).send(new DeleteRoleCommand({ RoleName: "x" })),
    ).rejects.toMatchObject(
      denied(/iam:DeleteRole on resource: .* because no identity-based policy allows the iam:DeleteRole action$/),
    );
  });

  it("lets nobody in once the role is gone, nor when it was made again under its name", async () => {
    const arn = await makeRole();
    const RoleName = nameOf(arn);
    const session = await sessionOf(arn);
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "allows" }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await expect(listTables(session)).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    const AssumeRolePolicyDocument = policyOf([{ Action: "sts:AssumeRole", Principal: { AWS: ROOT } }]);
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    await iam.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: "allows",
        PolicyDocument: policyOf([{ Action: "*", Resource: "*" }]),
      }),
    );
    await expect(listTables(session)).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    await listTables(await sessionOf(arn));
  });

  it("lets nobody in with credentials that have expired", async () => {
    const session = await sessionOf(await makeRole(), { DurationSeconds: 900 });
    await listTables(session);
    clock.advance(901_000);
    const systemClockOffset = clock.now() - Date.now();
    const late = new DynamoDBClient({ ...test.config, credentials: session, systemClockOffset });
    await expect(late.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: "ExpiredTokenException" });
    clock.advance(-901_000);
  });

  it.each([
    [{ RoleSessionName: "a" }, /roleSessionName.*greater than or equal to 2/],
    [{ RoleSessionName: "with space" }, /roleSessionName.*pattern/],
    [{ DurationSeconds: 899 }, /durationSeconds.*greater than or equal to 900/],
    [{ DurationSeconds: 43_201 }, /durationSeconds.*less than or equal to 43200/],
    [{ ExternalId: "a" }, /externalId/],
    [{ SourceIdentity: "with space" }, /sourceIdentity/],
    [{ Policy: "x".repeat(2049) }, /policy.*less than or equal to 2048/],
    [{ RoleArn: "role/without-arn-but-long" }, /^role\/without-arn-but-long is invalid$/],
    [{ RoleArn: "short" }, /roleArn.*greater than or equal to 20/],
    [{ DurationSeconds: 3601 }, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."],
    [{ PolicyArns: [{ arn: "arn:aws:iam::aws:policy/NoSuchPolicy" }] }, /NoSuchPolicy does not exist/],
  ])("refuses %j", async (input, message) => {
    await expect(assume(await makeRole(), input)).rejects.toMatchObject(refusal("ValidationError", message));
  });

  it("a role may be had for longer than an hour, by somebody who has none yet", async () => {
    const arn = await makeRole({ MaxSessionDuration: 7200, allows: [{ Action: "sts:AssumeRole", Resource: "*" }] });
    const session = await sessionOf(arn, { DurationSeconds: 7200 });
    await expect(assume(arn, { DurationSeconds: 3601 }, session)).rejects.toMatchObject(
      refusal(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
      ),
    );
    expect((await assume(arn, { DurationSeconds: 3600 }, session)).AssumedRoleUser?.Arn).toBe(sessionArn(arn));
  });

  it("refuses by name what it does not implement", async () => {
    const arn = await makeRole();
    for (const input of [
      { SerialNumber: "arn:aws:iam::000000000000:mfa/me", TokenCode: "123456" },
      { ProvidedContexts: [{ ContextAssertion: "abcd" }] },
    ]) {
      await expect(assume(arn, input)).rejects.toThrow(new RegExp(Object.keys(input)[0] ?? ""));
    }
  });
});

describe("whom a role trusts", () => {
  const notAllowed = (who: string, arn: string, action = "sts:AssumeRole"): object =>
    denied(`User: ${who} is not authorized to perform: ${action} on resource: ${arn}`);

  it("root, when it trusts the account, and not when it does not", async () => {
    for (const AWS of [ROOT, ACCOUNT, "*"]) {
      await assume(await makeRole({ trust: [{ Action: "sts:AssumeRole", Principal: { AWS } }] }));
    }
    for (const Principal of [{ Service: "lambda.amazonaws.com" }, { AWS: "arn:aws:iam::111111111111:root" }]) {
      const arn = await makeRole({ trust: [{ Action: "sts:AssumeRole", Principal }] });
      await expect(assume(arn)).rejects.toMatchObject(notAllowed(ROOT, arn));
    }
  });

  it("a denial counts more", async () => {
    const all = { Action: "sts:AssumeRole", Principal: { AWS: "*" } };
    const arn = await makeRole({ trust: [all, { ...all, Effect: "Deny", Principal: { AWS: ROOT } }] });
    await expect(assume(arn)).rejects.toMatchObject(notAllowed(ROOT, arn));
  });

  it("of a role that is not there nothing is told", async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/nobody`;
    await expect(assume(arn)).rejects.toMatchObject(
      denied(`User: ${ROOT} is not authorized to perform: sts:AssumeRole on resource: ${arn}`),
    );
  });

  it("whoever the account lets: the caller's own role must allow it", async () => {
    const arn = await makeRole();
    const muteRole = await makeRole();
    const mute = await sessionOf(muteRole);
    await expect(assume(arn, {}, mute)).rejects.toMatchObject(notAllowed(sessionArn(muteRole), arn));
    const able = await sessionOf(await makeRole({ allows: [{ Action: "sts:AssumeRole", Resource: arn }] }));
    expect((await assume(arn, {}, able)).AssumedRoleUser?.Arn).toBe(sessionArn(arn));
    await expect(assume(await makeRole(), {}, able)).rejects.toMatchObject(denied(/sts:AssumeRole on resource: /));
  });

  it("a role or a session that it names needs no right of its own, but may not be denied it", async () => {
    const caller = await makeRole();
    const session = await sessionOf(caller);
    for (const AWS of [caller, sessionArn(caller), "*"]) {
      const arn = await makeRole({ trust: [{ Action: "sts:AssumeRole", Principal: { AWS } }] });
      expect((await assume(arn, {}, session)).AssumedRoleUser?.Arn).toBe(sessionArn(arn));
    }
    const another = await makeRole({
      trust: [{ Action: "sts:AssumeRole", Principal: { AWS: sessionArn(caller, "another") } }],
    });
    await expect(assume(another, {}, session)).rejects.toMatchObject(notAllowed(sessionArn(caller), another));
    const barred = await makeRole({ allows: [{ Effect: "Deny", Action: "sts:*", Resource: "*" }] });
    const named = await makeRole({ trust: [{ Action: "sts:AssumeRole", Principal: { AWS: barred } }] });
    await expect(assume(named, {}, await sessionOf(barred))).rejects.toMatchObject(
      denied(/with an explicit deny in an identity-based policy$/),
    );
  });

  it("a condition of the role's counts for whom it names, too, call by call", async () => {
    const caller = await makeRole();
    const session = await sessionOf(caller);
    const Condition = { StringEquals: { "sts:ExternalId": "secret" } };
    const arn = await makeRole({ trust: [{ Action: "sts:AssumeRole", Principal: { AWS: caller }, Condition }] });
    for (const ExternalId of ["wrong", undefined]) {
      await expect(assume(arn, { ExternalId }, session)).rejects.toMatchObject(notAllowed(sessionArn(caller), arn));
      expect((await assume(arn, { ExternalId: "secret" }, session)).AssumedRoleUser?.Arn).toBe(sessionArn(arn));
    }
  });

  it("a change of the trust counts from the next call on", async () => {
    const arn = await makeRole();
    await assume(arn);
    const PolicyDocument = policyOf([{ Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }]);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: nameOf(arn), PolicyDocument }));
    await expect(assume(arn)).rejects.toMatchObject(notAllowed(ROOT, arn));
  });

  it.each([
    ["StringEquals", "sts:ExternalId", "secret", { ExternalId: "secret" }, { ExternalId: "another" }],
    ["StringEquals", "sts:RoleSessionName", "me", { RoleSessionName: "me" }, { RoleSessionName: "you" }],
    ["StringLike", "sts:SourceIdentity", "me*", { SourceIdentity: "me2" }, { SourceIdentity: "you" }],
    [
      "StringEquals",
      "aws:RequestTag/team",
      "blue",
      { Tags: [{ Key: "team", Value: "blue" }] },
      { Tags: [{ Key: "team", Value: "red" }] },
    ],
    [
      "ForAllValues:StringEquals",
      "aws:TagKeys",
      "team",
      { Tags: [{ Key: "team", Value: "x" }] },
      { Tags: [{ Key: "other", Value: "x" }] },
    ],
    ["StringEquals", "aws:PrincipalArn", ROOT, {}, undefined],
    ["StringEquals", "aws:PrincipalType", "Account", {}, undefined],
    ["Null", "sts:ExternalId", "true", {}, { ExternalId: "given" }],
    ["Null", "aws:MultiFactorAuthPresent", "true", {}, undefined],
  ] as const)("%s %s", async (operator, key, value, good, bad) => {
    const Action = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    const trust = [{ Action, Principal: { AWS: ROOT }, Condition: { [operator]: { [key]: value } } }];
    const arn = await makeRole({ trust });
    await assume(arn, good as Partial<AssumeRoleCommandInput>);
    if (bad !== undefined)
      await expect(assume(arn, bad as Partial<AssumeRoleCommandInput>)).rejects.toMatchObject(notAllowed(ROOT, arn));
  });
});

describe("session policies", () => {
  const everything = [{ Action: "*", Resource: "*" }];
  const only = (Action: string): string => policyOf([{ Action, Resource: "*" }]);

  it("take away what they do not allow, and give nothing", async () => {
    const arn = await makeRole({ allows: everything });
    const limited = await sessionOf(arn, { Policy: only("dynamodb:DescribeTable") });
    await expect(listTables(limited)).rejects.toMatchObject({
      message: expect.stringMatching(/because no session policy allows the dynamodb:ListTables action$/),
    });
    await listTables(await sessionOf(arn, { Policy: only("dynamodb:ListTables") }));
    const mute = await makeRole({ allows: [{ Action: "logs:*", Resource: "*" }] });
    await expect(listTables(await sessionOf(mute, { Policy: only("*") }))).rejects.toMatchObject({
      message: expect.stringMatching(/because no identity-based policy allows/),
    });
  });

  it("managed ones count as they are at each call", async () => {
    const arn = await makeRole({ allows: everything });
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: `limits-${roles}`, PolicyDocument: only("dynamodb:ListTables") }),
    );
    const PolicyArns = [{ arn: Policy?.Arn ?? "" }];
    const opened = await assume(arn, { PolicyArns });
    expect(opened.PackedPolicySize).toBeGreaterThan(0);
    const session = await sessionOf(arn, { PolicyArns });
    await listTables(session);
    await expect(
      new IAMClient({ ...test.config, credentials: session }).send(
        new AttachRolePolicyCommand({
          RoleName: nameOf(arn),
          PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      ),
    ).rejects.toMatchObject(denied(/no session policy allows the iam:AttachRolePolicy action$/));
    // One of several is enough.
    await listTables(await sessionOf(arn, { PolicyArns, Policy: only("logs:*") }));
  });

  it.each(["no JSON", "{}", policyOf([{ Action: "dynamodb:*", Resource: "*", Principal: "*" }])])(
    "refuse %s",
    async (Policy) => {
      await expect(assume(await makeRole(), { Policy })).rejects.toMatchObject({
        name: "MalformedPolicyDocumentException",
        $metadata: { httpStatusCode: 400 },
      });
    },
  );

  it("and tags have room for so much, and all of that is taken as a session token", async () => {
    const trust = [{ Action: ["sts:AssumeRole", "sts:TagSession"], Principal: { AWS: ROOT } }];
    const arn = await makeRole({ trust });
    const tagsOf = (count: number): { Key: string; Value: string }[] =>
      Array.from({ length: count }, (_, index) => ({ Key: `key-${index}`, Value: "한".repeat(65) }));
    await expect(assume(arn, { Tags: tagsOf(21) })).rejects.toMatchObject({
      name: "PackedPolicyTooLargeException",
      message: expect.stringMatching(/^Packed policy consumes \d{3}% of allotted space/),
    });
    await listTables(await sessionOf(arn, { Tags: tagsOf(20) }));
  });
});

describe("session tags and source identity", () => {
  const Action = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
  const trust = [{ Action, Principal: { AWS: "*" } }];
  /** May list tables when its tag says so. */
  const tagged = (key: string): Statement[] => [
    { Action: "dynamodb:ListTables", Resource: "*", Condition: { StringEquals: { [key]: "yes" } } },
  ];
  const yes = [{ Key: "may", Value: "yes" }];

  it("are what policies ask for, and override the role's own tag in any case", async () => {
    const arn = await makeRole({ trust, allows: tagged("aws:PrincipalTag/may"), tags: { may: "no" } });
    await expect(listTables(await sessionOf(arn))).rejects.toThrow(/identity-based/);
    await listTables(await sessionOf(arn, { Tags: yes }));
    await listTables(await sessionOf(arn, { Tags: [{ Key: "MAY", Value: "yes" }] }));
    expect((await assume(arn, { Tags: yes })).PackedPolicySize).toBeGreaterThan(0);
  });

  it("a tag is handed on only when it is transitive", async () => {
    const arn = await makeRole({ trust, allows: tagged("aws:PrincipalTag/may") });
    const plain = await sessionOf(arn, { Tags: yes });
    await expect(listTables(await sessionOf(arn, {}, plain))).rejects.toThrow(/identity-based/);
    const first = await sessionOf(arn, { Tags: yes, TransitiveTagKeys: ["may"] });
    const second = await sessionOf(arn, {}, first);
    await listTables(await sessionOf(arn, {}, second));
    await expect(assume(arn, { Tags: [{ Key: "May", Value: "no" }] }, second)).rejects.toMatchObject(
      refusal("InvalidParameterValue", /conflicts with a transitive tag key from the calling session/),
    );
  });

  it("a source identity stays, through all sessions", async () => {
    const arn = await makeRole({ trust, allows: tagged("aws:SourceIdentity") });
    const opened = await assume(arn, { SourceIdentity: "yes" });
    expect(opened.SourceIdentity).toBe("yes");
    const first = await sessionOf(arn, { SourceIdentity: "yes" });
    await listTables(first);
    await listTables(await sessionOf(arn, {}, first));
    await expect(assume(arn, { SourceIdentity: "another" }, first)).rejects.toMatchObject(
      denied(/sts:SetSourceIdentity/),
    );
  });

  it.each([
    [{ Tags: yes }, "sts:TagSession"],
    [{ SourceIdentity: "me" }, "sts:SetSourceIdentity"],
  ])("%j takes the right %s on both sides", async (input, right) => {
    const untagged = await makeRole({ trust: [{ Action: "sts:AssumeRole", Principal: { AWS: "*" } }] });
    await expect(assume(untagged, input)).rejects.toMatchObject(
      denied(`User: ${ROOT} is not authorized to perform: ${right} on resource: ${untagged}`),
    );
    const open = await makeRole({ trust: [{ Action, Principal: { AWS: ROOT } }] });
    const caller = await sessionOf(await makeRole({ allows: [{ Action: "sts:AssumeRole", Resource: "*" }] }));
    await assume(open, {}, caller);
    await expect(assume(open, input, caller)).rejects.toMatchObject(
      denied(new RegExp(`assumed-role/.* is not authorized to perform: ${right} on resource: ${open}$`)),
    );
  });

  it.each([
    [
      [
        { Key: "a", Value: "1" },
        { Key: "A", Value: "2" },
      ],
      [],
      /Duplicate tag keys/,
    ],
    [[{ Key: "aws:x", Value: "1" }], [], /reserved/],
    [[{ Key: "a", Value: "1" }], ["b"], /must be included in the requested tags/],
  ])("refuse %j, transitive %j", async (Tags, TransitiveTagKeys, message) => {
    await expect(assume(await makeRole({ trust }), { Tags, TransitiveTagKeys })).rejects.toMatchObject(
      refusal("InvalidParameterValue", message),
    );
  });

  it("sessions from before a moment can be shut out by when they were opened", async () => {
    const allows = (before: string): Statement[] => [
      { Action: "dynamodb:ListTables", Resource: "*" },
      { Effect: "Deny", Action: "*", Resource: "*", Condition: { DateLessThan: { "aws:TokenIssueTime": before } } },
    ];
    const at = (ms: number): string => new Date(clock.now() + ms).toISOString();
    await listTables(await sessionOf(await makeRole({ allows: allows(at(-HOUR)) })));
    await expect(listTables(await sessionOf(await makeRole({ allows: allows(at(HOUR)) })))).rejects.toThrow(
      /explicit deny/,
    );
  });
});
