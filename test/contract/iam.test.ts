import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  paginateListRoles,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const READ = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:*:*:table/x" }],
});
const BASIC_EXECUTION = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

let test: TestCloud;
let iam: IAMClient;
let count = 0;

beforeAll(async () => {
  test = await startTestCloud();
  iam = new IAMClient(test.config);
});
afterAll(() => test.close());

/** A role of this test's own. */
async function newRole(settings: { Path?: string; Description?: string } = {}): Promise<string> {
  count += 1;
  const RoleName = `role-${count}`;
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...settings }));
  return RoleName;
}

function refusal(name: string, status: number, message?: string | RegExp): object {
  return expect.objectContaining({
    name,
    $metadata: expect.objectContaining({ httpStatusCode: status }),
    ...(message !== undefined && { message: expect.stringMatching(message) }),
  });
}

function trusting(Principal: object, Action: string | string[] = "sts:AssumeRole", Condition = {}): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action, Condition }] });
}

describe("roles", () => {
  it.each([
    trusting({ AWS: "*" }),
    trusting({ AWS: ["111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/a/b"] }),
    trusting({ AWS: "arn:aws:sts::111122223333:assumed-role/r/s" }, ["sts:Assume*", "sts:TagSession"]),
    trusting({ Federated: "cognito-identity.amazonaws.com" }, "sts:AssumeRoleWithWebIdentity", {
      StringEquals: { "cognito-identity.amazonaws.com:aud": "us-east-1:1" },
    }),
    trusting({ Federated: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }, "STS:*"),
  ])("CreateRole takes the trust policy %s", async (AssumeRolePolicyDocument) => {
    await iam.send(new CreateRoleCommand({ RoleName: "trusting", AssumeRolePolicyDocument }));
    await iam.send(new DeleteRoleCommand({ RoleName: "trusting" }));
  });

  it("CreateRole makes a role, GetRole finds it in any spelling, its document percent-encoded", async () => {
    const created = await iam.send(
      new CreateRoleCommand({
        RoleName: "first",
        Path: "/service-role/",
        Description: "runs <the> function & more",
        AssumeRolePolicyDocument: TRUST,
        Tags: [{ Key: "awsls:stack", Value: "a b" }],
      }),
    );
    expect(created.Role).toMatchObject({
      Arn: "arn:aws:iam::000000000000:role/service-role/first",
      Path: "/service-role/",
      RoleName: "first",
      RoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}$/),
      AssumeRolePolicyDocument: encodeURIComponent(TRUST),
      Tags: [{ Key: "awsls:stack", Value: "a b" }],
    });
    expect(created.Role?.CreateDate).toBeInstanceOf(Date);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "FIRST" }));
    expect(Role).toMatchObject({
      RoleId: created.Role?.RoleId,
      Description: "runs <the> function & more",
      MaxSessionDuration: 3600,
      Tags: [{ Key: "awsls:stack", Value: "a b" }],
    });
  });

  it("a role that is made again has another id", async () => {
    const RoleName = await newRole();
    const before = await iam.send(new GetRoleCommand({ RoleName }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    const after = await iam.send(new GetRoleCommand({ RoleName }));
    expect(after.Role?.Arn).toBe(before.Role?.Arn);
    expect(after.Role?.RoleId).not.toBe(before.Role?.RoleId);
  });

  it("CreateRole refuses a name that exists in another spelling", async () => {
    const name = await newRole();
    await expect(
      iam.send(new CreateRoleCommand({ RoleName: name.toUpperCase(), AssumeRolePolicyDocument: TRUST })),
    ).rejects.toEqual(refusal("EntityAlreadyExistsException", 409, "already exists"));
  });

  it.each([
    ["a space in the name", { RoleName: "a b" }, "at 'roleName' .*regular expression pattern"],
    ["a name of 65", { RoleName: "a".repeat(65) }, "at 'roleName' .*length less than or equal to 64"],
    ["a path without its end", { RoleName: "x", Path: "/a" }, "at 'path'"],
    ["a session of a minute", { RoleName: "x", MaxSessionDuration: 60 }, "at 'maxSessionDuration' .*3600"],
    ["Hangul in the description", { RoleName: "x", Description: "역할" }, "at 'description'"],
    ["a key without a name", { RoleName: "x", Tags: [{ Key: "", Value: "" }] }, "at 'tags.1.member.key'"],
    ["an empty document", { RoleName: "x", AssumeRolePolicyDocument: "" }, "at 'assumeRolePolicyDocument'"],
  ])("CreateRole refuses %s", async (_what, input, message) => {
    await expect(iam.send(new CreateRoleCommand({ AssumeRolePolicyDocument: TRUST, ...input }))).rejects.toEqual(
      refusal("ValidationError", 400, new RegExp(`^\\d validation errors? detected: .*${message}`)),
    );
  });

  it("CreateRole refuses a tag key twice, reserved ones and more than a trust policy may hold", async () => {
    const role = { RoleName: "y", AssumeRolePolicyDocument: TRUST };
    const twice = [
      { Key: "a", Value: "" },
      { Key: "A", Value: "" },
    ];
    await expect(iam.send(new CreateRoleCommand({ ...role, Tags: twice }))).rejects.toEqual(
      refusal("InvalidInputException", 400, "Duplicate tag keys"),
    );
    await expect(iam.send(new CreateRoleCommand({ ...role, Tags: [{ Key: "aws:x", Value: "" }] }))).rejects.toEqual(
      refusal("InvalidInputException", 400, "reserved"),
    );
    const long = TRUST.replace('"sts:AssumeRole"', JSON.stringify(Array(200).fill("sts:AssumeRole")));
    await expect(iam.send(new CreateRoleCommand({ ...role, AssumeRolePolicyDocument: long }))).rejects.toEqual(
      refusal("LimitExceededException", 409, "ACLSizePerRole"),
    );
  });

  it.each([
    ["no JSON", "{", "invalid Json"],
    ["no principal", '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}', "Principal"],
    ["another action", TRUST.replace("sts:AssumeRole", "s3:GetObject"), "STS AssumeRole actions"],
    ["an action that STS has not", TRUST.replace("sts:AssumeRole", "sts:Nope"), "STS AssumeRole actions"],
    ["another action of STS", TRUST.replace("sts:AssumeRole", "sts:GetCallerIdentity"), "STS AssumeRole actions"],
    ["a strange account", trusting({ AWS: "nonsense" }), 'Invalid principal in policy: "AWS":"nonsense"'],
    ["a strange user", trusting({ AWS: ["*", "arn:aws:iam::1:user/u"] }), '"AWS":"arn:aws:iam::1:user/u"'],
    ["a strange provider", trusting({ Federated: "provider" }), 'Invalid principal in policy: "FEDERATED":"provider"'],
    [
      "identities of any pool",
      trusting({ Federated: "cognito-identity.amazonaws.com" }, "sts:AssumeRoleWithWebIdentity", {
        "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" },
      }),
      "A condition block must be present for the Cognito provider",
    ],
    ["a resource", TRUST.replace('"Effect"', '"Resource":"*","Effect"'), "prohibited field Resource"],
    ["a strange service", TRUST.replace("lambda.amazonaws.com", "lambda"), "Invalid principal in policy"],
    ["another version", TRUST.replace("2012-10-17", "2020-01-01"), "valid version"],
  ])("CreateRole refuses a trust policy with %s", async (_what, AssumeRolePolicyDocument, message) => {
    await expect(iam.send(new CreateRoleCommand({ RoleName: "z", AssumeRolePolicyDocument }))).rejects.toEqual(
      refusal("MalformedPolicyDocumentException", 400, message),
    );
  });

  it("every operation on a role that is not there says NoSuchEntity", async () => {
    const role = { RoleName: "nobody" };
    const policy = { ...role, PolicyName: "p" };
    const missing = refusal("NoSuchEntityException", 404, "^The role with name nobody cannot be found.$");
    for (const call of [
      () => iam.send(new GetRoleCommand(role)),
      () => iam.send(new DeleteRoleCommand(role)),
      () => iam.send(new UpdateRoleCommand(role)),
      () => iam.send(new UpdateAssumeRolePolicyCommand({ ...role, PolicyDocument: TRUST })),
      () => iam.send(new ListInstanceProfilesForRoleCommand(role)),
      () => iam.send(new TagRoleCommand({ ...role, Tags: [] })),
      () => iam.send(new UntagRoleCommand({ ...role, TagKeys: [] })),
      () => iam.send(new ListRoleTagsCommand(role)),
      () => iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: READ })),
      () => iam.send(new GetRolePolicyCommand(policy)),
      () => iam.send(new DeleteRolePolicyCommand(policy)),
      () => iam.send(new ListRolePoliciesCommand(role)),
      () => iam.send(new AttachRolePolicyCommand({ ...role, PolicyArn: BASIC_EXECUTION })),
      () => iam.send(new DetachRolePolicyCommand({ ...role, PolicyArn: BASIC_EXECUTION })),
      () => iam.send(new ListAttachedRolePoliciesCommand(role)),
    ]) {
      await expect(call()).rejects.toEqual(missing);
    }
  });

  it("ListRoles filters by path and comes in pages", async () => {
    for (let n = 0; n < 3; n += 1) await newRole({ Path: "/paged/" });
    const names: (string | undefined)[] = [];
    let pages = 0;
    for await (const page of paginateListRoles({ client: iam, pageSize: 2 }, { PathPrefix: "/paged/" })) {
      pages += 1;
      names.push(...(page.Roles ?? []).map(({ RoleName }) => RoleName));
    }
    expect([pages, names.length, new Set(names).size]).toEqual([2, 3, 3]);
    await expect(iam.send(new ListRolesCommand({ Marker: "nonsense" }))).rejects.toEqual(
      refusal("ValidationError", 400),
    );
  });

  it("UpdateRole and UpdateAssumeRolePolicy change what they name alone", async () => {
    const RoleName = await newRole({ Description: "before" });
    await iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 }));
    const trust = TRUST.replace("lambda", "events");
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    expect(Role).toMatchObject({
      Description: "before",
      MaxSessionDuration: 7200,
      AssumeRolePolicyDocument: encodeURIComponent(trust),
    });
    // AWS's page: without a value for the duration the default of one hour is applied.
    await iam.send(new UpdateRoleCommand({ RoleName, Description: "after" }));
    const after = (await iam.send(new GetRoleCommand({ RoleName }))).Role;
    expect(after).toMatchObject({ Description: "after", MaxSessionDuration: 3600 });
    await expect(iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: READ }))).rejects.toEqual(
      refusal("MalformedPolicyDocumentException", 400),
    );
  });

  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html
  it("UpdateRoleDescription changes the description and answers the role", async () => {
    const RoleName = await newRole({ Description: "before" });
    const { Role } = await iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description: "after" }));
    expect(Role).toMatchObject({ RoleName, Description: "after" });
    expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.Description).toBe("after");
    const missing = new UpdateRoleDescriptionCommand({ RoleName: "nobody", Description: "x" });
    await expect(iam.send(missing)).rejects.toEqual(refusal("NoSuchEntityException", 404));
  });

  it("DeleteRole wants the policies gone first", async () => {
    const RoleName = await newRole();
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument: READ }));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: BASIC_EXECUTION }));
    await expect(iam.send(new DeleteRoleCommand({ RoleName }))).rejects.toEqual(
      refusal("DeleteConflictException", 409, "must detach all policies first"),
    );
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: BASIC_EXECUTION }));
    await expect(iam.send(new DeleteRoleCommand({ RoleName }))).rejects.toEqual(
      refusal("DeleteConflictException", 409, "must delete policies first"),
    );
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "p" }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toEqual(refusal("NoSuchEntityException", 404));
  });

  it("ListInstanceProfilesForRole has none", async () => {
    const RoleName = await newRole();
    const listed = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }));
    expect(listed).toMatchObject({ InstanceProfiles: [], IsTruncated: false });
  });

  it("refuses by name what it does not implement", async () => {
    await expect(iam.send(new CreateUserCommand({ UserName: "u" }))).rejects.toEqual(
      refusal("UnknownOperationException", 400, "iam CreateUser"),
    );
    const bounded = {
      RoleName: "b",
      AssumeRolePolicyDocument: TRUST,
      PermissionsBoundary: `arn:aws:iam::aws:policy/X`,
    };
    await expect(iam.send(new CreateRoleCommand(bounded))).rejects.toEqual(
      refusal("UnknownOperationException", 400, "PermissionsBoundary of iam CreateRole"),
    );
  });
});

describe("inline policies", () => {
  it("PutRolePolicy puts and replaces, GetRolePolicy gives it percent-encoded, ListRolePolicies names it", async () => {
    const RoleName = await newRole();
    const policy = { RoleName, PolicyName: "table" };
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: READ.replace("GetItem", "Scan") }));
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: READ }));
    expect(await iam.send(new GetRolePolicyCommand(policy))).toMatchObject({
      ...policy,
      PolicyDocument: encodeURIComponent(READ),
    });
    expect(await iam.send(new ListRolePoliciesCommand({ RoleName }))).toMatchObject({
      PolicyNames: ["table"],
      IsTruncated: false,
    });
    await iam.send(new DeleteRolePolicyCommand(policy));
    expect(await iam.send(new ListRolePoliciesCommand({ RoleName }))).toMatchObject({ PolicyNames: [] });
    const missing = refusal("NoSuchEntityException", 404, "^The role policy with name table cannot be found.$");
    await expect(iam.send(new GetRolePolicyCommand(policy))).rejects.toEqual(missing);
    await expect(iam.send(new DeleteRolePolicyCommand(policy))).rejects.toEqual(missing);
  });

  it.each([
    ["no JSON", "{", "valid JSON"],
    ["no statement", '{"Version":"2012-10-17"}', "Syntax errors"],
    ["a principal", READ.replace('"Effect"', '"Principal":"*","Effect"'), "should not specify a principal"],
    ["an action without its service", READ.replace("dynamodb:GetItem", "GetItem"), "prefaced by a vendor"],
    ["a resource that is no ARN", READ.replace(/arn:[^"]*/, "table/x"), "must be in ARN format"],
    ["no resource", READ.replace(/,"Resource":"[^"]*"/, ""), "must contain resources"],
    ["an unknown condition", READ.replace('"Effect"', '"Condition":{"Equals":{"a":"b"}},"Effect"'), "Condition type"],
    ["an unknown member", READ.replace('"Effect"', '"Effects":1,"Effect"'), "Syntax errors"],
  ])("PutRolePolicy refuses a document with %s", async (_what, PolicyDocument, message) => {
    const RoleName = await newRole();
    await expect(iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument }))).rejects.toEqual(
      refusal("MalformedPolicyDocumentException", 400, message),
    );
  });

  it("PutRolePolicy holds 10,240 characters, white space not counted, over all policies", async () => {
    const RoleName = await newRole();
    const sized = (size: number): string => READ.replace("table/x", `table/${"x".repeat(size - READ.length + 1)}`);
    const put = (PolicyName: string, PolicyDocument: string): Promise<unknown> =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    await put("half", sized(5120));
    await put("rest", ` \n${sized(5120)}`);
    await expect(put("more", READ)).rejects.toEqual(refusal("LimitExceededException", 409, "10240 bytes exceeded"));
  });
});

describe("managed policies", () => {
  it("AttachRolePolicy, ListAttachedRolePolicies and DetachRolePolicy", async () => {
    const RoleName = await newRole();
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: BASIC_EXECUTION }));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: BASIC_EXECUTION }));
    expect(await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).toMatchObject({
      AttachedPolicies: [{ PolicyName: "AWSLambdaBasicExecutionRole", PolicyArn: BASIC_EXECUTION }],
    });
    const below = async (PathPrefix: string): Promise<number | undefined> =>
      (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName, PathPrefix }))).AttachedPolicies?.length;
    expect([await below("/"), await below("/service-role/"), await below("/job-function/")]).toEqual([1, 1, 0]);
    await expect(below("/service-role")).rejects.toEqual(refusal("ValidationError", 400));
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: BASIC_EXECUTION }));
    await expect(iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: BASIC_EXECUTION }))).rejects.toEqual(
      refusal("NoSuchEntityException", 404, "was not found"),
    );
    await expect(
      iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/Nonsense" })),
    ).rejects.toEqual(refusal("NoSuchEntityException", 404, "does not exist or is not attachable"));
  });
});

describe("tags of roles", () => {
  it("TagRole adds and replaces whatever the case of the key, UntagRole takes away, ListRoleTags lists", async () => {
    const RoleName = await newRole();
    const tag = (Key: string, Value: string): Promise<unknown> =>
      iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key, Value }] }));
    await tag("one", "1");
    await tag("two", "2");
    await tag("ONE", "eins");
    expect((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags).toEqual([
      { Key: "ONE", Value: "eins" },
      { Key: "two", Value: "2" },
    ]);
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ["One", "absent"] }));
    expect((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags).toEqual([{ Key: "two", Value: "2" }]);
  });

  it("TagRole refuses the fifty-first tag", async () => {
    const RoleName = await newRole();
    const tags = Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: "v" }));
    await iam.send(new TagRoleCommand({ RoleName, Tags: tags }));
    await expect(iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: "more", Value: "v" }] }))).rejects.toEqual(
      refusal("LimitExceededException", 409, "number of tags"),
    );
  });
});
