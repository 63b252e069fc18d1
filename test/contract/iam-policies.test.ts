// Customer managed policies of IAM: the SDK's own client against the local cloud.

import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  paginateListPolicies,
} from "@aws-sdk/client-iam";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST, LOGGING, testFunctions } from "../functions.ts";

const READ = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:*:*:table/x" }],
});
const BASIC_EXECUTION = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

let cloud: TestCloud;
let iam: IAMClient;
let count = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  iam = new IAMClient(cloud.config);
});
afterAll(() => cloud.close());

/** A policy of this test's own. */
async function newPolicy(settings: { Path?: string; PolicyName?: string } = {}): Promise<string> {
  count += 1;
  const command = new CreatePolicyCommand({ PolicyName: `policy-${count}`, PolicyDocument: READ, ...settings });
  return (await iam.send(command)).Policy?.Arn ?? "";
}

async function newRole(): Promise<string> {
  count += 1;
  const RoleName = `role-${count}`;
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));
  return RoleName;
}

function refusal(name: string, status: number, message?: string | RegExp): object {
  return expect.objectContaining({
    name,
    $metadata: expect.objectContaining({ httpStatusCode: status }),
    ...(message !== undefined && { message: expect.stringMatching(message) }),
  });
}

const missing = (arn: string): object => refusal("NoSuchEntityException", 404, `^Policy ${arn} was not found.$`);

it("CreatePolicy makes it with its path and version v1, GetPolicy and GetPolicyVersion give it back", async () => {
  const { Policy } = await iam.send(
    new CreatePolicyCommand({
      PolicyName: "Whole",
      Path: "/service-role/",
      Description: "what a function may",
      PolicyDocument: READ,
      Tags: [{ Key: "a", Value: "b" }],
    }),
  );
  const PolicyArn = "arn:aws:iam::000000000000:policy/service-role/Whole";
  expect(Policy).toMatchObject({
    Arn: PolicyArn,
    PolicyName: "Whole",
    PolicyId: expect.stringMatching(/^ANPA[A-Z0-9]{17}$/),
    Path: "/service-role/",
    DefaultVersionId: "v1",
    AttachmentCount: 0,
    IsAttachable: true,
  });
  expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({
    PolicyId: Policy?.PolicyId,
    Description: "what a function may",
    Tags: [{ Key: "a", Value: "b" }],
    PermissionsBoundaryUsageCount: 0,
  });
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
  expect(PolicyVersion).toMatchObject({ Document: encodeURIComponent(READ), VersionId: "v1", IsDefaultVersion: true });
  expect(PolicyVersion?.CreateDate).toBeInstanceOf(Date);
});

it("a name exists in every spelling and below every path", async () => {
  await newPolicy({ PolicyName: "Taken", Path: "/one/" });
  await expect(newPolicy({ PolicyName: "TAKEN" })).rejects.toEqual(
    refusal(
      "EntityAlreadyExistsException",
      409,
      "A policy called TAKEN already exists. Duplicate names are not allowed.",
    ),
  );
});

it.each([
  ["a space in the name", { PolicyName: "a b" }, "ValidationError", "at 'policyName'"],
  ["a name of 129", { PolicyName: "a".repeat(129) }, "ValidationError", "less than or equal to 128"],
  ["a path without its end", { Path: "/a" }, "ValidationError", "at 'path'"],
  ["an asterisk in the path", { Path: "/*/" }, "ValidationError", "at 'path'"],
  ["an empty document", { PolicyDocument: "" }, "ValidationError", "at 'policyDocument'"],
  ["no JSON", { PolicyDocument: "{" }, "MalformedPolicyDocumentException", "valid JSON"],
  [
    "a principal",
    { PolicyDocument: READ.replace('"Effect"', '"Principal":"*","Effect"') },
    "MalformedPolicyDocumentException",
    "should not specify a principal",
  ],
  ["a reserved tag", { Tags: [{ Key: "aws:x", Value: "" }] }, "InvalidInputException", "reserved"],
])("CreatePolicy refuses %s", async (_what, input, name, message) => {
  await expect(
    iam.send(new CreatePolicyCommand({ PolicyName: "refused", PolicyDocument: READ, ...input })),
  ).rejects.toEqual(refusal(name, 400, message));
});

it("a document holds 6,144 characters, white space not counted", async () => {
  const sized = (size: number): string => READ.replace("table/x", `table/${"x".repeat(size - READ.length + 1)}`);
  await iam.send(new CreatePolicyCommand({ PolicyName: "full", PolicyDocument: ` \n${sized(6144)}` }));
  await expect(
    iam.send(new CreatePolicyCommand({ PolicyName: "fuller", PolicyDocument: sized(6145) })),
  ).rejects.toEqual(refusal("LimitExceededException", 409, "PolicySize: 6144"));
});

it("every operation on a policy that is not there says NoSuchEntity", async () => {
  const PolicyArn = "arn:aws:iam::000000000000:policy/nothing";
  // Of the right name below another path: another policy.
  const moved = (await newPolicy()).replace("policy/", "policy/elsewhere/");
  for (const call of [
    () => iam.send(new GetPolicyCommand({ PolicyArn })),
    () => iam.send(new DeletePolicyCommand({ PolicyArn })),
    () => iam.send(new ListPolicyVersionsCommand({ PolicyArn })),
    () => iam.send(new ListEntitiesForPolicyCommand({ PolicyArn })),
    () => iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" })),
    () => iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v1" })),
    () => iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ })),
  ]) {
    await expect(call()).rejects.toEqual(missing(PolicyArn));
  }
  await expect(iam.send(new GetPolicyCommand({ PolicyArn: moved }))).rejects.toEqual(missing(moved));
  await expect(iam.send(new AttachRolePolicyCommand({ RoleName: await newRole(), PolicyArn }))).rejects.toEqual(
    refusal("NoSuchEntityException", 404, "does not exist or is not attachable"),
  );
});

it("has five versions at most, gives no number twice, and keeps its default one", async () => {
  const PolicyArn = await newPolicy();
  const add = (SetAsDefault?: boolean): Promise<unknown> =>
    iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ, SetAsDefault }));
  expect(await add()).toMatchObject({ PolicyVersion: { VersionId: "v2", IsDefaultVersion: false } });
  expect(await add(true)).toMatchObject({ PolicyVersion: { VersionId: "v3", IsDefaultVersion: true } });
  await add();
  await add();
  await expect(add()).rejects.toEqual(refusal("LimitExceededException", 409, "up to 5 versions"));
  await expect(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v3" }))).rejects.toEqual(
    refusal("DeleteConflictException", 409, "Cannot delete the default version of a policy."),
  );
  await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v5" }));
  await expect(iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v5" }))).rejects.toEqual(
    refusal("NoSuchEntityException", 404, "version v5 does not exist"),
  );
  await expect(iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "5" }))).rejects.toEqual(
    refusal("ValidationError", 400, "at 'versionId'"),
  );
  expect(await add()).toMatchObject({ PolicyVersion: { VersionId: "v6" } });
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  expect(Versions.map(({ VersionId }) => VersionId)).toEqual(["v6", "v4", "v3", "v2", "v1"]);
  expect(Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion).map(({ VersionId }) => VersionId)).toEqual(["v3"]);
  expect(Versions.every(({ Document }) => Document === undefined)).toBe(true);
});

it("DeletePolicy wants it detached and its other versions gone first", async () => {
  const PolicyArn = await newPolicy({ Path: "/service-role/" });
  const RoleName = await newRole();
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ, SetAsDefault: true }));
  const remove = (): Promise<unknown> => iam.send(new DeletePolicyCommand({ PolicyArn }));
  await expect(remove()).rejects.toEqual(
    refusal("DeleteConflictException", 409, "^Cannot delete a policy attached to entities.$"),
  );
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await expect(remove()).rejects.toEqual(refusal("DeleteConflictException", 409, "more than one version"));
  await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
  await remove();
  await expect(remove()).rejects.toEqual(missing(PolicyArn));
});

it("who has it attached is listed and counted", async () => {
  const PolicyArn = await newPolicy({ Path: "/service-role/" });
  const [first = "", second = ""] = [await newRole(), await newRole()].toSorted();
  for (const RoleName of [first, second]) await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  const listed = async (more = {}): Promise<(string | undefined)[]> =>
    ((await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, ...more }))).PolicyRoles ?? []).map(
      ({ RoleName }) => RoleName,
    );
  expect(await listed()).toEqual([first, second]);
  expect(await listed({ EntityFilter: "Role" })).toEqual([first, second]);
  expect(await listed({ EntityFilter: "User" })).toEqual([]);
  expect(await listed({ PolicyUsageFilter: "PermissionsBoundary" })).toEqual([]);
  expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.AttachmentCount).toBe(2);
  const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: first }));
  expect(AttachedPolicies).toEqual([{ PolicyArn, PolicyName: PolicyArn.split("/").at(-1) }]);
  const elsewhere = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: first, PathPrefix: "/other/" }));
  expect(elsewhere.AttachedPolicies).toEqual([]);
});

it("ListPolicies filters by whose they are, by path and by use, and comes in pages", async () => {
  for (let n = 0; n < 3; n += 1) await newPolicy({ Path: "/paged/" });
  const names: (string | undefined)[] = [];
  let pages = 0;
  const filter = { Scope: "Local", PathPrefix: "/paged/" } as const;
  for await (const page of paginateListPolicies({ client: iam, pageSize: 2 }, filter)) {
    pages += 1;
    names.push(...(page.Policies ?? []).map(({ PolicyName }) => PolicyName));
  }
  expect([pages, names.length, new Set(names).size]).toEqual([2, 3, 3]);
  const aws = (await iam.send(new ListPoliciesCommand({ Scope: "AWS" }))).Policies ?? [];
  expect(aws.map(({ Arn }) => Arn)).toContain(BASIC_EXECUTION);
  expect(aws.every(({ Arn }) => Arn?.startsWith("arn:aws:iam::aws:policy/"))).toBe(true);
  const unused = (await iam.send(new ListPoliciesCommand({ ...filter, OnlyAttached: true }))).Policies;
  expect(unused).toEqual([]);
  expect((await iam.send(new GetPolicyCommand({ PolicyArn: BASIC_EXECUTION }))).Policy).toMatchObject({
    Path: "/service-role/",
    PolicyName: "AWSLambdaBasicExecutionRole",
  });
});

it("a policy of AWS's own can be read, not changed", async () => {
  const own = { PolicyArn: BASIC_EXECUTION };
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ ...own, VersionId: "v1" }));
  expect(decodeURIComponent(PolicyVersion?.Document ?? "")).toContain("logs:PutLogEvents");
  expect((await iam.send(new ListPolicyVersionsCommand(own))).Versions).toHaveLength(1);
  await expect(iam.send(new DeletePolicyCommand(own))).rejects.toEqual(refusal("AccessDenied", 403));
});

it("is in the cloud's inventory", async () => {
  const PolicyArn = await newPolicy({ Path: "/service-role/" });
  const answer = (await (await cloud.control("GET", "inventory")).json()) as { holds: string[] };
  expect(answer.holds).toContain(PolicyArn);
});

it("a function's role may do what its attached policy's default version says, and no more", async () => {
  const functions = await testFunctions(cloud, "attached-role", []);
  const logs = new CloudWatchLogsClient(cloud.config);
  const FunctionName = "attached";
  const logGroupNamePrefix = `/aws/lambda/${FunctionName}`;
  const hasLogged = async (description: string): Promise<boolean> => {
    // Another configuration, another process: nothing that an older one was refused counts.
    await functions.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: description }));
    await functions.settled(FunctionName);
    await functions.invoke(FunctionName);
    return ((await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))).logGroups ?? []).length > 0;
  };
  await functions.create(FunctionName, "export const handler = async () => console.log('hello');");
  expect(await hasLogged("nothing attached")).toBe(false);
  const PolicyArn = await newPolicy({ Path: "/service-role/" });
  await iam.send(new AttachRolePolicyCommand({ RoleName: "attached-role", PolicyArn }));
  expect(await hasLogged("only GetItem")).toBe(false);
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [LOGGING] });
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument }));
  expect(await hasLogged("logging, but not by default")).toBe(false);
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
  expect(await hasLogged("logging")).toBe(true);
});
