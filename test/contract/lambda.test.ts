// Lambda's operations as the SDK sees them: each one, and each refusal it can give.

import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { CreateRoleCommand, DeleteRoleCommand, DeleteRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type {
  CreateFunctionCommandInput,
  ListFunctionsCommandInput,
  ListFunctionsCommandOutput,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST, LOGGING, testFunctions } from "../functions.ts";
import type { TestFunctions } from "../functions.ts";
import { zipOf } from "../zip.ts";

const CODE = zipOf({ "index.mjs": "export const handler = async (event) => ({ event });" });
const ARN = "arn:aws:lambda:us-east-1:000000000000:function:";

let cloud: TestCloud;
let functions: TestFunctions;
/** Time stands still while a test looks at a function that is Pending. */
let frozen: number | undefined;

beforeAll(async () => {
  const now = (): number => frozen ?? Date.now();
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  cloud = await startTestCloud({ clock: { now, sleep } });
  functions = await testFunctions(cloud);
});
afterAll(() => cloud.close());

function creation(name: string, settings: Partial<CreateFunctionCommandInput> = {}): CreateFunctionCommand {
  return new CreateFunctionCommand({
    FunctionName: name,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Role: functions.roleArn,
    Code: { ZipFile: CODE },
    ...settings,
  });
}

/** What AWS refuses with. */
async function refusal(call: Promise<unknown>): Promise<{ name: string; status: number | undefined; message: string }> {
  const error: unknown = await call.then(
    () => new Error("it was not refused"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error("thrown was no error");
  const metadata = "$metadata" in error ? (error.$metadata as { httpStatusCode?: number }) : {};
  return { name: error.name, status: metadata.httpStatusCode, message: error.message };
}

function codeFolders(): string[] {
  const root = `${cloud.folder}/lambda/code`;
  return existsSync(root) ? readdirSync(root) : [];
}

async function whileFrozen<T>(run: () => Promise<T>): Promise<T> {
  frozen = Date.now();
  try {
    return await run();
  } finally {
    frozen = undefined;
  }
}

describe("CreateFunction", () => {
  test("AWS's defaults, Pending first", async () => {
    await whileFrozen(async () => {
      const made = await functions.lambda.send(creation("defaults"));
      expect(made.$metadata.httpStatusCode).toBe(201);
      expect(made).toMatchObject({
        FunctionName: "defaults",
        FunctionArn: `${ARN}defaults`,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Role: functions.roleArn,
        CodeSize: CODE.length,
        CodeSha256: createHash("sha256").update(CODE).digest("base64"),
        Description: "",
        Timeout: 3,
        MemorySize: 128,
        Version: "$LATEST",
        PackageType: "Zip",
        Architectures: ["x86_64"],
        EphemeralStorage: { Size: 512 },
        TracingConfig: { Mode: "PassThrough" },
        LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/defaults" },
        State: "Pending",
        StateReasonCode: "Creating",
      });
      expect(made.Environment).toBeUndefined();
      expect(made.LastModified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
      const pending = {
        name: "ResourceConflictException",
        status: 409,
        message:
          "The operation cannot be performed at this time. The function is currently in the following state: Pending",
      };
      expect(await refusal(functions.lambda.send(new InvokeCommand({ FunctionName: "defaults" })))).toEqual(pending);
      const update = new UpdateFunctionConfigurationCommand({ FunctionName: "defaults", Timeout: 5 });
      expect(await refusal(functions.lambda.send(update))).toEqual(pending);
    });
    await functions.settled("defaults");
  });

  test("everything that the tutorial sets", async () => {
    const settings = {
      Description: "items",
      Timeout: 15,
      MemorySize: 256,
      Architectures: ["arm64"],
      Environment: { Variables: { TABLE_NAME: "items" } },
      Tags: { "awsls:stack": "x" },
    } as const;
    const { Tags, ...shown } = settings;
    expect(await functions.lambda.send(creation("all", { ...settings, Architectures: ["arm64"] }))).toMatchObject(
      shown,
    );
    const read = await functions.lambda.send(new GetFunctionCommand({ FunctionName: "all" }));
    expect(read.Configuration).toMatchObject(shown);
    expect(read.Tags).toEqual(Tags);
  });

  test("a name that exists", async () => {
    await functions.lambda.send(creation("twice"));
    expect(await refusal(functions.lambda.send(creation("twice")))).toEqual({
      name: "ResourceConflictException",
      status: 409,
      message: "Function already exist: twice",
    });
  });

  test("a role that is not there, or trusts somebody else", async () => {
    const denied = {
      name: "InvalidParameterValueException",
      status: 400,
      message: "The role defined for the function cannot be assumed by Lambda.",
    };
    const missing = creation("no-role", { Role: "arn:aws:iam::000000000000:role/not-there" });
    expect(await refusal(functions.lambda.send(missing))).toEqual(denied);
    const trust = LAMBDA_TRUST.replace("lambda.amazonaws.com", "ec2.amazonaws.com");
    const made = await functions.iam.send(
      new CreateRoleCommand({ RoleName: "other-trust", AssumeRolePolicyDocument: trust }),
    );
    expect(await refusal(functions.lambda.send(creation("no-role", { Role: made.Role?.Arn })))).toEqual(denied);
  });

  const reserved = { Environment: { Variables: { AWS_REGION: "x" } } };
  const large = { Environment: { Variables: { TEXT: "x".repeat(4097) } } };
  test.each<[string, Partial<CreateFunctionCommandInput>, string]>([
    ["no zip", { Code: { ZipFile: Buffer.from("PK no zip") } }, "Could not unzip uploaded file."],
    ["empty zip", { Code: { ZipFile: zipOf({}) } }, "Uploaded file must be a non-empty zip"],
    ["no code", { Code: {} }, "Please provide a source for function code."],
    ["outside", { Code: { ZipFile: zipOf({ "../index.mjs": "" }) } }, "Could not unzip uploaded file."],
    ["absolute", { Code: { ZipFile: zipOf({ "/index.mjs": "" }) } }, "Could not unzip uploaded file."],
    [
      "bomb",
      { Code: { ZipFile: zipOf([{ path: "a", content: "a".repeat(1e6), deflate: true, claimedSize: 10 }]) } },
      "Could not unzip uploaded file.",
    ],
    [
      "too large unpacked",
      { Code: { ZipFile: zipOf([{ path: "a", content: "a", claimedSize: 3e8 }]) } },
      "Unzipped size must be smaller than 262144000 bytes",
    ],
    [
      "symbolic link",
      { Code: { ZipFile: zipOf([{ path: "a", content: "/etc/passwd", mode: 0o120777 }]) } },
      "Could not unzip uploaded file.",
    ],
    [
      "a file below a file",
      { Code: { ZipFile: zipOf({ a: "1", "a/b": "2", "index.mjs": "" }) } },
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ],
    ["a name too long", { Code: { ZipFile: zipOf({ ["n".repeat(300)]: "" }) } }, "Could not unzip uploaded file."],
    ["NUL in a variable", { Environment: { Variables: { TEXT: "a\0b" } } }, "contain a NUL character"],
    ["NUL in the handler", { Handler: "index\0.handler" }, "must not contain a NUL character"],
    ["old runtime", { Runtime: "nodejs20.x" }, "The runtime parameter of nodejs20.x is no longer supported"],
    ["no runtime", { Runtime: undefined }, "Runtime and Handler are mandatory parameters"],
    ["reserved variable", reserved, "Reserved keys used in this request: AWS_REGION"],
    ["too many variables", large, "exceeded the 4KB limit"],
    ["AWS's own tag", { Tags: { "aws:x": "y" } }, "System tags cannot be added/updated by requester"],
    ["long name", { FunctionName: "n".repeat(65) }, "Member must have length less than or equal to 64"],
  ])("refuses: %s", async (_case, settings, message) => {
    const before = codeFolders();
    const refused = await refusal(functions.lambda.send(creation("refused", settings)));
    expect(refused).toMatchObject({ name: "InvalidParameterValueException", status: 400 });
    expect(refused.message).toContain(message);
    expect(codeFolders()).toEqual(before);
  });

  test.each<[string, Partial<CreateFunctionCommandInput>]>([
    ["code from Amazon S3", { Code: { S3Bucket: "b", S3Key: "k" } }],
    ["Layers", { Layers: [`${ARN}x:1`] }],
    ["DurableConfig of lambda CreateFunction", { DurableConfig: { ExecutionTimeout: 60 } }],
    ["TenancyConfig of lambda CreateFunction", { TenancyConfig: { TenantIsolationMode: "PER_TENANT" } }],
  ])("refuses by name what this cloud has not: %s", async (what, settings) => {
    expect(await refusal(functions.lambda.send(creation("refused", settings)))).toEqual({
      name: "UnknownOperationException",
      status: 400,
      message: `The local cloud does not implement ${what}`,
    });
  });

  test("an unknown runtime", async () => {
    // The SDK's types know AWS's runtimes only.
    const Runtime = "nodejs99.x" as "nodejs24.x";
    const refused = await refusal(functions.lambda.send(creation("refused", { Runtime })));
    expect(refused).toMatchObject({ name: "InvalidParameterValueException", status: 400 });
    expect(refused.message).toContain("Value nodejs99.x at 'runtime' failed to satisfy constraint");
  });

  test.each<[string, Partial<CreateFunctionCommandInput>, string]>([
    [
      "name",
      { FunctionName: "no spaces" },
      "at 'functionName' failed to satisfy constraint: Member must satisfy regular",
    ],
    [
      "timeout",
      { Timeout: 901 },
      "at 'timeout' failed to satisfy constraint: Member must have value less than or equal",
    ],
    [
      "memory",
      { MemorySize: 127 },
      "at 'memorySize' failed to satisfy constraint: Member must have value greater than",
    ],
    ["role", { Role: "me" }, "at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern"],
    ["handler", { Handler: "a b" }, "at 'handler' failed to satisfy constraint"],
    ["variable", { Environment: { Variables: { "a-b": "" } } }, "failed to satisfy constraint"],
  ])("validates: %s", async (_case, settings, message) => {
    const refused = await refusal(functions.lambda.send(creation("refused", settings)));
    expect(refused).toMatchObject({ name: "ValidationException", status: 400 });
    expect(refused.message).toContain(message);
  });
});

describe("reading and deleting", () => {
  test("by name, part of the ARN and the whole ARN", async () => {
    await functions.create("named", CODE);
    const names = ["named", "000000000000:function:named", "function:named", `${ARN}named`, `${ARN}named:$LATEST`];
    for (const FunctionName of names) {
      const read = await functions.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      expect(read).toMatchObject({ FunctionName: "named", State: "Active", LastUpdateStatus: "Successful" });
    }
  });

  test("what is not there: function, version, other account", async () => {
    await functions.create("only-latest", CODE);
    const missing = async (FunctionName: string): Promise<string> => {
      const refused = await refusal(functions.lambda.send(new GetFunctionCommand({ FunctionName })));
      expect(refused).toMatchObject({ name: "ResourceNotFoundException", status: 404 });
      return refused.message;
    };
    expect(await missing("gone")).toBe(`Function not found: ${ARN}gone`);
    expect(await missing("only-latest:7")).toBe(`Function not found: ${ARN}only-latest:7`);
    // https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html takes a dot, other than CreateFunction.
    await missing("only.latest");
    await missing(`arn:aws:lambda:us-east-1:111122223333:function:only-latest`);
    await missing(`arn:aws:lambda:eu-west-1:000000000000:function:only-latest`);
  });

  test("ListFunctions in pages", async () => {
    await functions.create("list-a", CODE);
    await functions.create("list-b", CODE);
    const names: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await functions.lambda.send(new ListFunctionsCommand({ MaxItems: 1, Marker }));
      expect(page.Functions).toHaveLength(1);
      // https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html: GetFunction has them.
      expect(page.Functions?.[0]).not.toHaveProperty("State");
      expect(page.Functions?.[0]).not.toHaveProperty("LastUpdateStatus");
      names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName));
      Marker = page.NextMarker;
    } while (Marker);
    expect(names).toEqual(names.toSorted((a, b) => String(a).localeCompare(String(b))));
    expect(names).toEqual(expect.arrayContaining(["list-a", "list-b"]));
    expect(new Set(names).size).toBe(names.length);
    const lost = new ListFunctionsCommand({ Marker: "nonsense" });
    expect(await refusal(functions.lambda.send(lost))).toMatchObject({
      name: "InvalidParameterValueException",
      status: 400,
    });
  });

  test("ListFunctions gives 50 at most, whatever more is asked for; with ALL the unpublished version is among them", async () => {
    const names = Array.from({ length: 51 }, (_, n) => `page-${n}`);
    await Promise.all(names.map(async (name) => functions.create(name, CODE)));
    const list = (input: ListFunctionsCommandInput): Promise<ListFunctionsCommandOutput> =>
      functions.lambda.send(new ListFunctionsCommand({ FunctionVersion: "ALL", ...input }));
    const { Functions: first, NextMarker: Marker } = await list({ MaxItems: 10_000 });
    expect(first).toHaveLength(50);
    const { Functions: second = [] } = await list({ Marker });
    const all = [...(first ?? []), ...second];
    expect(all.map(({ FunctionName }) => FunctionName)).toEqual(expect.arrayContaining(names));
    expect(all.every(({ Version, Role }) => Version === "$LATEST" && Role === functions.roleArn)).toBe(true);
    for (const MaxItems of [0, 10_001]) {
      expect(await refusal(list({ MaxItems }))).toMatchObject({ name: "ValidationException", status: 400 });
    }
    await Promise.all(
      names.map(async (FunctionName) => functions.lambda.send(new DeleteFunctionCommand({ FunctionName }))),
    );
  });

  test("DeleteFunction takes the policy along", async () => {
    await functions.create("deleted", CODE);
    await functions.lambda.send(permission("deleted", "one"));
    const done = await functions.lambda.send(new DeleteFunctionCommand({ FunctionName: "deleted" }));
    expect(done.$metadata.httpStatusCode).toBe(204);
    const again = functions.lambda.send(new DeleteFunctionCommand({ FunctionName: "deleted" }));
    expect(await refusal(again)).toMatchObject({ name: "ResourceNotFoundException", status: 404 });
    await functions.create("deleted", CODE);
    expect(await refusal(functions.lambda.send(new GetPolicyCommand({ FunctionName: "deleted" })))).toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  test("what this cloud does not implement is refused by its name", async () => {
    const refused = await refusal(functions.lambda.send(new PublishVersionCommand({ FunctionName: "named" })));
    expect(refused.name).toBe("UnknownOperationException");
    expect(refused.message).toContain("PublishVersion");
  });
});

describe("updating", () => {
  const other = zipOf({ "index.mjs": "export const handler = async () => 'new';" });

  test("code: in progress, then used", async () => {
    await functions.create("code", CODE);
    const before = await functions.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "code" }));
    expect((await functions.invoke("code")).payload).toEqual({ event: {} });
    await whileFrozen(async () => {
      const update = new UpdateFunctionCodeCommand({ FunctionName: "code", ZipFile: other, Architectures: ["arm64"] });
      const after = await functions.lambda.send(update);
      expect(after).toMatchObject({
        CodeSha256: createHash("sha256").update(other).digest("base64"),
        Architectures: ["arm64"],
        State: "Active",
        LastUpdateStatus: "InProgress",
        LastUpdateStatusReasonCode: "Creating",
      });
      expect(after.RevisionId).not.toBe(before.RevisionId);
      expect(await refusal(functions.lambda.send(update))).toEqual({
        name: "ResourceConflictException",
        status: 409,
        message: `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}code`,
      });
    });
    await functions.settled("code");
    expect((await functions.invoke("code")).payload).toBe("new");
  });

  test("code: a dry run changes nothing, an old revision is refused", async () => {
    await functions.create("revision", CODE);
    const before = await functions.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "revision" }));
    const dry = await functions.lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: "revision", ZipFile: other, DryRun: true }),
    );
    expect(dry.CodeSha256).not.toBe(before.CodeSha256);
    const read = await functions.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "revision" }));
    expect(read.CodeSha256).toBe(before.CodeSha256);
    expect(read.RevisionId).toBe(before.RevisionId);
    const stale = { FunctionName: "revision", RevisionId: "00000000-0000-4000-8000-000000000000" };
    const calls = [
      functions.lambda.send(new UpdateFunctionCodeCommand({ ...stale, ZipFile: other })),
      functions.lambda.send(new UpdateFunctionConfigurationCommand({ ...stale, Timeout: 4 })),
    ];
    for (const call of calls) {
      expect(await refusal(call)).toMatchObject({ name: "PreconditionFailedException", status: 412 });
    }
  });

  test("revisions: the latest is taken, that of an update under way is another one afterwards", async () => {
    const FunctionName = "revisions";
    await functions.create(FunctionName, CODE);
    const revision = async (): Promise<string | undefined> =>
      (await functions.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).RevisionId;
    const update = (Timeout: number, RevisionId: string | undefined): Promise<{ RevisionId?: string | undefined }> =>
      functions.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout, RevisionId }));
    const before = await revision();
    const { RevisionId: interim } = await whileFrozen(async () => {
      const answer = await update(5, before);
      expect(await revision()).toBe(answer.RevisionId);
      return answer;
    });
    await functions.settled(FunctionName);
    expect(new Set([before, interim, await revision()]).size).toBe(3);
    for (const old of [before, interim]) {
      expect(await refusal(update(6, old))).toMatchObject({ name: "PreconditionFailedException", status: 412 });
    }
    await update(6, await revision());
    await functions.settled(FunctionName);
    await functions.lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: other, RevisionId: await revision() }),
    );
  });

  test("configuration: what is not named stays, the environment is replaced whole", async () => {
    await functions.create("config", CODE, { Environment: { Variables: { FIRST: "1", SECOND: "2" } }, Timeout: 9 });
    const update = new UpdateFunctionConfigurationCommand({
      FunctionName: "config",
      MemorySize: 512,
      Environment: { Variables: { THIRD: "3" } },
    });
    await functions.lambda.send(update);
    await functions.settled("config");
    const read = await functions.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "config" }));
    expect(read).toMatchObject({ MemorySize: 512, Timeout: 9, Handler: "index.handler" });
    expect(read.Environment).toEqual({ Variables: { THIRD: "3" } });
    const role = new UpdateFunctionConfigurationCommand({
      FunctionName: "config",
      Role: "arn:aws:iam::000000000000:role/not-there",
    });
    expect(await refusal(functions.lambda.send(role))).toMatchObject({ name: "InvalidParameterValueException" });
  });
});

function permission(name: string, id: string, settings: object = {}): AddPermissionCommand {
  return new AddPermissionCommand({
    FunctionName: name,
    StatementId: id,
    Action: "lambda:InvokeFunction",
    Principal: "apigateway.amazonaws.com",
    SourceArn: "arn:aws:execute-api:us-east-1:000000000000:abc/*/*/items*",
    ...settings,
  });
}

describe("permissions", () => {
  beforeAll(() => functions.create("policy", CODE));

  test("AddPermission, GetPolicy, RemovePermission", async () => {
    const added = await functions.lambda.send(permission("policy", "first", { SourceAccount: "000000000000" }));
    expect(added.$metadata.httpStatusCode).toBe(201);
    const statement = {
      Sid: "first",
      Effect: "Allow",
      Principal: { Service: "apigateway.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: `${ARN}policy`,
      Condition: {
        StringEquals: { "AWS:SourceAccount": "000000000000" },
        ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:us-east-1:000000000000:abc/*/*/items*" },
      },
    };
    expect(JSON.parse(added.Statement ?? "")).toEqual(statement);
    const read = await functions.lambda.send(new GetPolicyCommand({ FunctionName: "policy" }));
    expect(JSON.parse(read.Policy ?? "")).toEqual({ Version: "2012-10-17", Id: "default", Statement: [statement] });
    expect(await refusal(functions.lambda.send(permission("policy", "first")))).toEqual({
      name: "ResourceConflictException",
      status: 409,
      message:
        "The statement id (first) provided already exists. Please provide a new statement id, or remove the existing statement.",
    });
    const remove = new RemovePermissionCommand({ FunctionName: "policy", StatementId: "first" });
    expect((await functions.lambda.send(remove)).$metadata.httpStatusCode).toBe(204);
    expect(await refusal(functions.lambda.send(remove))).toEqual({
      name: "ResourceNotFoundException",
      status: 404,
      message: "Statement first is not found in resource policy.",
    });
    expect(await refusal(functions.lambda.send(new GetPolicyCommand({ FunctionName: "policy" })))).toEqual({
      name: "ResourceNotFoundException",
      status: 404,
      message: "The resource you requested does not exist.",
    });
  });

  test("principals: an account, everybody, one that is none", async () => {
    const principalOf = async (id: string, Principal: string): Promise<unknown> => {
      const added = await functions.lambda.send(permission("policy", id, { Principal, SourceArn: undefined }));
      return JSON.parse(added.Statement ?? "").Principal;
    };
    expect(await principalOf("account", "111122223333")).toEqual({ AWS: "arn:aws:iam::111122223333:root" });
    expect(await principalOf("all", "*")).toBe("*");
    const refused = await refusal(functions.lambda.send(permission("policy", "x", { Principal: "nobody" })));
    expect(refused).toMatchObject({ name: "InvalidParameterValueException", status: 400 });
  });

  test("its revision is the function's, and moves with every statement", async () => {
    const FunctionName = "policy";
    const revisions = async (): Promise<readonly unknown[]> => [
      (await functions.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).RevisionId,
      (await functions.lambda.send(new GetPolicyCommand({ FunctionName }))).RevisionId,
    ];
    await functions.lambda.send(permission(FunctionName, "one"));
    const [first, ofPolicy] = await revisions();
    expect(ofPolicy).toBe(first);
    await functions.lambda.send(permission(FunctionName, "two"));
    const [second] = await revisions();
    expect(second).not.toBe(first);
    await functions.lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: "two" }));
    expect((await revisions())[0]).not.toBe(second);
  });

  test("refusals: revision, size, shape", async () => {
    const revision = permission("policy", "rev", { RevisionId: "00000000-0000-4000-8000-000000000000" });
    expect(await refusal(functions.lambda.send(revision))).toMatchObject({
      name: "PreconditionFailedException",
      status: 412,
    });
    const huge = permission("policy", "huge", {
      SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${"x".repeat(20_480)}`,
    });
    expect(await refusal(functions.lambda.send(huge))).toMatchObject({
      name: "PolicyLengthExceededException",
      status: 400,
    });
    const bad = permission("policy", "with space", { Action: "s3:GetObject" });
    const refused = await refusal(functions.lambda.send(bad));
    expect(refused).toMatchObject({ name: "ValidationException", status: 400 });
    expect(refused.message).toMatch(/^2 validation errors detected: .*'statementId'.*'action'/);
    expect(await refusal(functions.lambda.send(permission("gone", "x")))).toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

test("TagResource, ListTags, UntagResource", async () => {
  await functions.create("tagged", CODE, { Tags: { first: "1" } });
  const Resource = `${ARN}tagged`;
  const added = await functions.lambda.send(new TagResourceCommand({ Resource, Tags: { first: "one", second: "2" } }));
  expect(added.$metadata.httpStatusCode).toBe(204);
  await functions.lambda.send(new UntagResourceCommand({ Resource, TagKeys: ["second", "never-there"] }));
  expect((await functions.lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ first: "one" });
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`key-${index}`, ""]));
  expect(await refusal(functions.lambda.send(new TagResourceCommand({ Resource, Tags: many })))).toMatchObject({
    name: "InvalidParameterValueException",
  });
  expect(await refusal(functions.lambda.send(new ListTagsCommand({ Resource: `${ARN}gone` })))).toMatchObject({
    name: "ResourceNotFoundException",
    status: 404,
  });
  expect(await refusal(functions.lambda.send(new ListTagsCommand({ Resource: "tagged" })))).toMatchObject({
    name: "ValidationException",
  });
});

test("reserved concurrency and the account's settings", async () => {
  await functions.create("reserved", CODE);
  const FunctionName = "reserved";
  const put = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 });
  expect(await functions.lambda.send(put)).toMatchObject({ ReservedConcurrentExecutions: 0 });
  const read = await functions.lambda.send(new GetFunctionCommand({ FunctionName }));
  expect(read.Concurrency).toEqual({ ReservedConcurrentExecutions: 0 });
  expect(await refusal(functions.invoke(FunctionName))).toEqual({
    name: "TooManyRequestsException",
    status: 429,
    message: "Rate Exceeded.",
  });
  expect(await functions.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).toMatchObject({
    ReservedConcurrentExecutions: 0,
  });
  await functions.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  expect((await functions.invoke(FunctionName)).status).toBe(200);
  const account = await functions.lambda.send(new GetAccountSettingsCommand({}));
  expect(account.AccountLimit).toMatchObject({ ConcurrentExecutions: 10, CodeSizeUnzipped: 262_144_000 });
  expect(account.AccountUsage?.FunctionCount).toBeGreaterThan(0);
});

describe("Invoke", () => {
  test("dry run, event, client context", async () => {
    const code = `import { writeFileSync } from "node:fs";
      export const handler = async (event, context) => {
        if (event.file) writeFileSync(event.file, "done");
        return context.clientContext;
      };`;
    await functions.create("kinds", code);
    expect((await functions.invoke("kinds", {}, { InvocationType: "DryRun" })).status).toBe(204);
    const file = `${cloud.folder}/event-ran`;
    const event = await functions.invoke("kinds", { file }, { InvocationType: "Event" });
    expect(event).toMatchObject({ status: 202, payload: undefined });
    await expect.poll(() => existsSync(file), { timeout: 5000 }).toBe(true);
    const ClientContext = Buffer.from(JSON.stringify({ custom: { a: 1 } })).toString("base64");
    expect((await functions.invoke("kinds", {}, { ClientContext })).payload).toEqual({ custom: { a: 1 } });
  });

  test("a client context in any language, and none that is no JSON object", async () => {
    await functions.create("client", "export const handler = async (event, context) => context.clientContext;");
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    const custom = { greeting: "안녕 \u{1f600} é\n\u0000" };
    const ClientContext = base64(JSON.stringify({ custom }));
    expect((await functions.invoke("client", {}, { ClientContext })).payload).toEqual({ custom });
    for (const wrong of ["string", base64("nope"), base64("[]"), base64("null"), base64('"x"')]) {
      expect(await refusal(functions.invoke("client", {}, { ClientContext: wrong }))).toEqual({
        name: "InvalidRequestContentException",
        status: 400,
        message: "Client context must be a valid Base64-encoded JSON object.",
      });
    }
    expect((await functions.invoke("client")).status).toBe(200);
  });

  test("payloads that are no JSON or too large, a function that is not there", async () => {
    await functions.create("payload", CODE);
    const send = (Payload: string, settings: object = {}): Promise<unknown> =>
      functions.lambda.send(new InvokeCommand({ FunctionName: "payload", Payload, ...settings }));
    expect(await refusal(send("{no json"))).toMatchObject({ name: "InvalidRequestContentException", status: 400 });
    const large = JSON.stringify("x".repeat(6_291_456));
    expect(await refusal(send(large))).toEqual({
      name: "RequestEntityTooLargeException",
      status: 413,
      message: "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
    });
    const event = JSON.stringify("x".repeat(1_048_576));
    expect(await refusal(send(event, { InvocationType: "Event" }))).toEqual({
      name: "RequestEntityTooLargeException",
      status: 413,
      message: "1048578 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
    });
    expect(await refusal(functions.invoke("gone"))).toMatchObject({ name: "ResourceNotFoundException", status: 404 });
  });

  test("a role that is gone, and one that was made again under its name", async () => {
    const own = await testFunctions(cloud, "own-role", [LOGGING]);
    const settings = { Role: own.roleArn, Environment: { Variables: { TABLE_NAME: "x" } } };
    await functions.create("orphan", CODE, settings);
    expect((await functions.invoke("orphan")).status).toBe(200);
    await own.iam.send(new DeleteRolePolicyCommand({ RoleName: "own-role", PolicyName: "function" }));
    await own.iam.send(new DeleteRoleCommand({ RoleName: "own-role" }));
    expect(await refusal(functions.invoke("orphan"))).toEqual({
      name: "AccessDeniedException",
      status: 403,
      message: "The role defined for the function cannot be assumed by Lambda.",
    });
    await testFunctions(cloud, "own-role", [LOGGING]);
    const refused = await refusal(functions.invoke("orphan"));
    expect(refused).toMatchObject({ name: "KMSAccessDeniedException", status: 502 });
    // AWS's known cure: another role and back again.
    for (const Role of [functions.roleArn, own.roleArn]) {
      await functions.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "orphan", Role }));
      await functions.settled("orphan");
    }
    expect((await functions.invoke("orphan")).status).toBe(200);
  });
});
