// AWS's awkward answers while a stack is made and removed: not visible yet, busy, already there, refused; and whose is what.

import {
  ApiGatewayV2Client,
  CreateApiCommand,
  type CreateApiCommandOutput,
  DeleteApiCommand,
  GetApisCommand,
  GetStageCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient, TagResourceCommand as TagLogGroup } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, DeleteRoleCommand, GetRoleCommand, IAMClient, TagRoleCommand } from "@aws-sdk/client-iam";
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { down } from "../../src/commands/down.ts";
import { status } from "../../src/commands/status.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { up } from "../../src/commands/up.ts";
import { Problem } from "../../src/core/problem.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

let cloud: TestCloud;
let stack: TestStack;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());
beforeEach(() => {
  stack = openTestStack(cloud);
});
afterEach(async () => {
  try {
    await cloud.endFaults();
  } finally {
    await down(await stack.context());
    stack.close();
  }
});

const NAME = "http-crud-tutorial";
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

const makeUp = async (): ReturnType<typeof up> => up(await stack.context());
const isWhole = async (): Promise<boolean> =>
  (await status(await stack.context())).resources.every(({ condition }) => condition === "exists");

async function theApi(): Promise<{ apiId: string; tags: Record<string, string> }> {
  const { Items: [api] = [] } = await new ApiGatewayV2Client(cloud.config).send(new GetApisCommand({}));
  return { apiId: api?.ApiId ?? "", tags: api?.Tags ?? {} };
}

describe("AWS needs a moment", () => {
  it.each([
    [
      "a function not found by AddPermission",
      "AddPermission",
      { code: "ResourceNotFoundException", status: 404, message: "Function not found" },
    ],
    [
      "a function still Pending for AddPermission",
      "AddPermission",
      {
        code: "ResourceConflictException",
        status: 409,
        message:
          "The operation cannot be performed at this time. The function is currently in the following state: Pending",
      },
    ],
    ["a log group that Lambda makes, too", "CreateLogGroup", { code: "OperationAbortedException", status: 400 }],
    ["an API that somebody else edits", "CreateRoute", concurrent()],
  ])("%s is waited for", async (_case, operation, fault) => {
    await cloud.failNext(operation, { message: "", ...fault, times: 3 });
    await makeUp();
    expect(await isWhole()).toBe(true);
  });

  it("what AWS says is there already, but does not show yet, is looked for again", async () => {
    // The first look finds nothing, as it should; then the reply of CreateTable is lost.
    await cloud.failNext("CreateTable", { drop: "after" });
    const missing = { code: "ResourceNotFoundException", status: 400, message: "not found" };
    await cloud.failNext("DescribeTable", { ...missing, times: 4 });
    await makeUp();
    expect(await isWhole()).toBe(true);
  });

  it("a permission of another API is replaced, also while AWS still shows the old one", async () => {
    await makeUp();
    const gateway = new ApiGatewayV2Client(cloud.config);
    await gateway.send(new DeleteApiCommand({ ApiId: (await theApi()).apiId }));
    await cloud.failNext("AddPermission", {
      code: "ResourceConflictException",
      status: 409,
      message: "The statement id (awsls-http-api) provided already exists.",
      times: 2,
    });
    await makeUp();
    const { Policy = "{}" } = await new LambdaClient(cloud.config).send(
      new GetPolicyCommand({ FunctionName: `${NAME}-function` }),
    );
    expect(Policy).toContain((await theApi()).apiId);
    expect(await isWhole()).toBe(true);
  });

  it("a log group that is busy when it should go", async () => {
    await makeUp();
    await cloud.failNext("DeleteLogGroup", { code: "OperationAbortedException", status: 400, message: "", times: 2 });
    await down(await stack.context());
  });
});

describe("whose it is", () => {
  it("what AWS refused to make leaves no claim on what somebody makes later under the name", async () => {
    await cloud.failNext("CreateRole", { code: "AccessDenied", status: 403, message: "no" });
    await expect(makeUp()).rejects.toMatchObject({ code: "AwsRefused" });
    const iam = new IAMClient(cloud.config);
    const RoleName = `${NAME}-role`;
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    await up(await stack.context({ roleArn: Role?.Arn ?? "" }));
    expect((await down(await stack.context())).leftAlone).toEqual([{ component: "role", name: RoleName }]);
    expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.RoleId).toBe(Role?.RoleId);
    await iam.send(new DeleteRoleCommand({ RoleName }));
  });

  it.each([
    [
      "role",
      `${NAME}-role`,
      () =>
        new IAMClient(cloud.config).send(
          new CreateRoleCommand({ RoleName: `${NAME}-role`, AssumeRolePolicyDocument: TRUST }),
        ),
      () => new IAMClient(cloud.config).send(new DeleteRoleCommand({ RoleName: `${NAME}-role` })),
    ],
    [
      "function",
      `${NAME}-function`,
      async () => {
        const other = openTestStack(cloud, { stack: "other" });
        await createStep(await other.context(), "table");
        await createStep(await other.context(), "function");
        const lambda = new LambdaClient(cloud.config);
        const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: "other-function" }));
        await lambda.send(
          new CreateFunctionCommand({
            FunctionName: `${NAME}-function`,
            Runtime: "nodejs24.x",
            Handler: "index.handler",
            Role: Configuration?.Role,
            Code: { ZipFile: (await (await other.context()).packageHandler("crud", {})).zip },
          }),
        );
        await down(await other.context());
        other.close();
      },
      () => new LambdaClient(cloud.config).send(new DeleteFunctionCommand({ FunctionName: `${NAME}-function` })),
    ],
    [
      "api",
      `${NAME}-api`,
      () =>
        new ApiGatewayV2Client(cloud.config).send(new CreateApiCommand({ Name: `${NAME}-api`, ProtocolType: "HTTP" })),
      async () => new ApiGatewayV2Client(cloud.config).send(new DeleteApiCommand({ ApiId: (await theApi()).apiId })),
    ],
  ] as const)(
    "a %s of its name that is not ours: named, untouched, nothing else made",
    async (resource, name, make, drop) => {
      await make();
      await cloud.clearRequests();
      await expect(makeUp()).rejects.toMatchObject({ code: "Foreign", data: { resources: [{ resource, name }] } });
      expect((await down(await stack.context())).leftAlone).toEqual([{ component: resource, name }]);
      expect((await cloud.requests()).filter(({ operation }) => !/^(Get|List|Describe)/.test(operation))).toEqual([]);
      await drop();
    },
  );

  it("an API that was deleted and made again by hand is not ours", async () => {
    await makeUp();
    const gateway = new ApiGatewayV2Client(cloud.config);
    await gateway.send(new DeleteApiCommand({ ApiId: (await theApi()).apiId }));
    const byHand = await gateway.send(new CreateApiCommand({ Name: `${NAME}-api`, ProtocolType: "HTTP" }));
    await expect(makeUp()).rejects.toMatchObject({ code: "Foreign", data: { resources: [{ resource: "api" }] } });
    await down(await stack.context());
    expect((await theApi()).apiId).toBe(byHand.ApiId);
    await gateway.send(new DeleteApiCommand({ ApiId: byHand.ApiId }));
  });

  it("who signs in as somebody else keeps what the state file records", async () => {
    await makeUp();
    const { apiId } = await theApi();
    const owner = { Key: "awsls:owner", Value: "arn:aws:iam::000000000000:user/yesterday" };
    await new IAMClient(cloud.config).send(new TagRoleCommand({ RoleName: `${NAME}-role`, Tags: [owner] }));
    // Whoever made it stays its owner: signing in as somebody else, or on a machine of another name, is no drift.
    const { outcomes } = await makeUp();
    expect(outcomes.filter(({ outcome }) => outcome !== "none")).toEqual([]);
    expect((await theApi()).apiId).toBe(apiId);
    // Nor does it become this one's because something else is taken over.
    const LogGroup = `/aws/lambda/${NAME}-function`;
    await new CloudWatchLogsClient(cloud.config).send(
      new TagLogGroup({
        resourceArn: `arn:aws:logs:${cloud.config.region}:000000000000:log-group:${LogGroup}`,
        tags: { "awsls:stack": "another" },
      }),
    );
    const usual = await stack.context();
    const adopted = await up({ ...usual, session: { ...usual.session, adopt: true } });
    expect(adopted.outcomes.filter(({ outcome }) => outcome !== "none").map(({ subject }) => subject.name)).toEqual([
      LogGroup,
    ]);
  });

  it("an API made twice by a lost reply becomes one again", async () => {
    await makeUp();
    const { apiId, tags } = await theApi();
    const gateway = new ApiGatewayV2Client(cloud.config);
    const twice = (): Promise<CreateApiCommandOutput> =>
      gateway.send(new CreateApiCommand({ Name: `${NAME}-api`, ProtocolType: "HTTP", Tags: tags }));
    const { ApiId: second } = await twice();
    const { outcomes } = await makeUp();
    expect(outcomes.find(({ outcome }) => outcome !== "none")?.changes).toEqual([
      { field: "ApiId", from: [apiId, second], to: apiId },
    ]);
    expect((await gateway.send(new GetApisCommand({}))).Items?.map(({ ApiId }) => ApiId)).toEqual([apiId]);
    await twice();
    await down(await stack.context());
    expect((await gateway.send(new GetApisCommand({}))).Items).toEqual([]);
  });

  it("a stage's tags are put back", async () => {
    await makeUp();
    const gateway = new ApiGatewayV2Client(cloud.config);
    const { apiId } = await theApi();
    const ResourceArn = `arn:aws:apigateway:${cloud.config.region}::/apis/${apiId}/stages/$default`;
    await gateway.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["awsls:owner"] }));
    await makeUp();
    const { Tags } = await gateway.send(new GetStageCommand({ ApiId: apiId, StageName: "$default" }));
    expect(Object.keys(Tags ?? {})).toContain("awsls:owner");
  });
});

it("what could not be deleted is listed, and what was not tried because of it", async () => {
  await makeUp();
  await cloud.failNext("DeleteFunction", { code: "AccessDeniedException", status: 403, message: "no" });
  const refused = await down(await stack.context()).catch((error: unknown) => error);
  if (!(refused instanceof Problem) || refused.code !== "LeftBehind") throw refused;
  const { failures } = (refused as Problem<"LeftBehind">).data;
  expect(failures.map(({ resource, problem }) => `${resource} ${problem.code}`).toSorted()).toEqual([
    "function AwsRefused",
    "logGroup StillNeeded",
    "role StillNeeded",
  ]);
});

function concurrent(): { code: string; status: number; message: string } {
  const message = "Unable to complete operation due to concurrent modification. Please try again later.";
  return { code: "ConflictException", status: 409, message };
}
