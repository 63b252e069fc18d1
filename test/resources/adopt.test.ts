// `--adopt`: what was made by hand in the console becomes what `up` makes, and goes with `down`, all of it.

import {
  ApiGatewayV2Client,
  CreateRouteCommand,
  GetApiCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { DynamoDBClient, PutItemCommand, TagResourceCommand as TagTable } from "@aws-sdk/client-dynamodb";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  GetFunctionCommand,
  GetPolicyCommand as GetStatements,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Answer, Question, StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { status } from "../../src/commands/status.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { test as testApi } from "../../src/commands/test.ts";
import { up } from "../../src/commands/up.ts";
import type { NoticeData } from "../../src/core/event.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST } from "../functions.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { leaveBehind, type Leftovers } from "./console.ts";

const NAME = "http-crud-tutorial";
const RoleName = `${NAME}-role`;
const FunctionName = `${NAME}-function`;
const READING = /^(Get|List|Describe)/;

let cloud: TestCloud;
let stack: TestStack;
let iam: IAMClient;
let lambda: LambdaClient;
let gateway: ApiGatewayV2Client;
beforeAll(async () => {
  cloud = await startTestCloud();
  [iam, lambda, gateway] = [
    new IAMClient(cloud.config),
    new LambdaClient(cloud.config),
    new ApiGatewayV2Client(cloud.config),
  ];
});
afterAll(() => cloud.close());
beforeEach(() => {
  stack = openTestStack(cloud);
});
afterEach(async () => {
  stack.close();
  await cloud.control("POST", "reset");
});

async function adopting(more: Partial<StackContext> = {}, origin?: TestStack): Promise<StackContext> {
  const usual = await (origin ?? stack).context();
  return { ...usual, session: { ...usual.session, adopt: true }, ...more };
}

async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
  await cloud.clearRequests();
  await work();
  const operations = (await cloud.requests()).map(({ operation }) => operation);
  return operations.filter((operation) => !READING.test(operation)).toSorted();
}

async function holds(): Promise<unknown> {
  return ((await (await cloud.control("GET", "inventory")).json()) as { holds: unknown }).holds;
}

const conditions = async (): Promise<Set<string>> =>
  new Set((await status(await stack.context())).resources.map(({ condition }) => condition));

const takeovers = (): NoticeData["TakesOver"]["resources"] =>
  stack.events.flatMap((event) => (event.type === "notice" && event.code === "TakesOver" ? event.data.resources : []));

interface Statement {
  readonly Sid: string;
  readonly Condition: { readonly ArnLike: Readonly<Record<string, string>> };
}
const statements = async (): Promise<readonly Statement[]> => {
  const { Policy = "{}" } = await lambda.send(new GetStatements({ FunctionName }));
  return (JSON.parse(Policy) as { Statement: readonly Statement[] }).Statement;
};

/** Everything of the stack as AWS shows it, without ids and times, and the role's mark that it was taken over. */
async function portrait(): Promise<unknown> {
  const context = await stack.context();
  const { ApiId = "", ...api } = await gateway.send(new GetApiCommand({ ApiId: await theApiId() }));
  const { Configuration, Tags } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const inline = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const [PolicyName = ""] = inline.PolicyNames ?? [];
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  const { resources } = await status(context);
  const text = JSON.stringify({
    resources,
    api: { Name: api.Name, Description: api.Description, Cors: api.CorsConfiguration, Tags: api.Tags },
    stage: (({ AutoDeploy, Tags: tags }) => ({ AutoDeploy, tags }))(
      await gateway.send(new GetStageCommand({ ApiId, StageName: "$default" })),
    ),
    routes: (await gateway.send(new GetRoutesCommand({ ApiId }))).Items?.map(({ RouteKey }) => RouteKey).toSorted(),
    integrations: (await gateway.send(new GetIntegrationsCommand({ ApiId }))).Items?.length,
    function: {
      runtime: Configuration?.Runtime,
      memory: Configuration?.MemorySize,
      timeout: Configuration?.Timeout,
      environment: Configuration?.Environment,
      code: Configuration?.CodeSha256,
      description: Configuration?.Description,
      tags: Object.keys(Tags ?? {}).toSorted(),
    },
    role: {
      description: Role?.Description,
      trust: Role?.AssumeRolePolicyDocument,
      tags: Role?.Tags?.filter(({ Key }) => Key !== "awsls:adopted").toSorted((a, b) =>
        (a.Key ?? "") < (b.Key ?? "") ? -1 : 1,
      ),
      inline: inline.PolicyNames,
      attached: attached.AttachedPolicies,
      PolicyDocument,
    },
    statements: await statements(),
  });
  return JSON.parse(text.replaceAll(ApiId, "<api>"));
}

async function theApiId(): Promise<string> {
  const { resources } = JSON.parse(JSON.stringify((await stack.context()).session.state.current())) as {
    resources: Record<string, { attributes: Record<string, string> }>;
  };
  return resources["api"]?.attributes["apiId"] ?? "";
}

describe("the console's leftovers", () => {
  let left: Leftovers;

  it.each([[false], [true]])(
    "become exactly what a fresh up makes, and all of them go (log group: %s)",
    async (logGroup) => {
      await up(await stack.context());
      const fresh = await portrait();
      await down(await stack.context());
      expect(await holds()).toEqual([]);

      left = await leaveBehind(cloud, { logGroup });
      await expect(up(await stack.context())).rejects.toMatchObject({ code: "Foreign" });
      await up(await adopting());
      expect(await conditions()).toEqual(new Set(["exists"]));
      expect(await portrait()).toEqual(fresh);
      expect(await writesOf(async () => up(await stack.context()))).toEqual([]);
      expect(await writesOf(async () => up(await adopting()))).toEqual([]);
      expect((await testApi(await stack.context(), { keep: false })).exchanges.every(({ passed }) => passed)).toBe(
        true,
      );

      // No doubles, and the role of the console with its path.
      const ApiId = await theApiId();
      expect(ApiId).toBe(left.apiId);
      const { Items: integrations = [] } = await gateway.send(new GetIntegrationsCommand({ ApiId }));
      expect(integrations.map(({ IntegrationId }) => IntegrationId)).toEqual([left.integrationId]);
      const { Items: routes = [] } = await gateway.send(new GetRoutesCommand({ ApiId }));
      expect(routes.map(({ RouteId = "" }) => RouteId).toSorted()).toEqual(left.routeIds.toSorted());
      expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.Arn).toBe(left.roleArn);
      expect((await statements()).map(({ Sid }) => Sid)).toEqual(["awsls-http-api"]);

      await down(await stack.context());
      expect(await holds()).toEqual([]);
    },
  );

  it("are told first, with what changes; --dry-run tells the same and writes nothing", async () => {
    const { policies } = await leaveBehind(cloud);
    let plan: Awaited<ReturnType<typeof up>>["plan"] = [];
    expect(await writesOf(async () => ({ plan } = await up(await adopting({ dryRun: true }))))).toEqual([]);
    expect(stack.events.filter((event) => event.type === "notice")).toEqual([]);
    const taken = plan.filter(({ takesOver }) => takesOver === true);
    expect(taken.map(({ subject }) => subject.component)).toEqual([
      "table",
      "role",
      "function",
      "api",
      "stage",
      "routes",
      "integration",
      "permission",
    ]);
    await up(await adopting());
    expect(takeovers().map(({ resource }) => resource)).toEqual(taken.map(({ subject }) => subject.component));
    const fields = Object.fromEntries(
      takeovers().map(({ resource, changes }) => [resource, changes.map(({ field }) => field)]),
    );
    expect(fields).toEqual({
      table: ["Tags"],
      role: ["Description", "PolicyDocument", "AttachedPolicies", "PolicyArn", "Tags"],
      function: ["CodeSha256", "Description", "MemorySize", "Runtime", "Timeout", "Environment.TABLE_NAME", "Tags"],
      api: expect.arrayContaining(["Description", "CorsConfiguration.AllowOrigins", "Tags"]),
      stage: ["Tags"],
      routes: [],
      integration: [],
      permission: ["Sid"],
    });
    const gone = takeovers().flatMap(({ changes }) => changes.filter(({ field }) => field === "PolicyArn"));
    expect(gone).toEqual([{ field: "PolicyArn", from: policies, to: undefined }]);
    expect(takeovers().find(({ resource }) => resource === "api")?.id).toBe(await theApiId());
    const deletes = policies.map((arn) => ({ component: "policy", name: arn.split("/").at(-1) }));
    expect(takeovers().flatMap((each) => each.deletes ?? [])).toEqual(deletes);
    expect(taken.flatMap((each) => each.deletes ?? [])).toEqual(deletes);
  });

  it("become the same step by step", async () => {
    await up(await stack.context());
    const fresh = await portrait();
    await down(await stack.context());
    await leaveBehind(cloud);
    for (const noun of ["table", "function", "api", "routes", "integration", "attach"]) {
      await createStep(await adopting(), noun);
    }
    expect(await portrait()).toEqual(fresh);
    expect(await writesOf(async () => up(await stack.context()))).toEqual([]);
    await down(await stack.context());
    expect(await holds()).toEqual([]);
  });

  it("stay as they are when the answer is no", async () => {
    await leaveBehind(cloud);
    const asked: Question[] = [];
    const ask = (question: Question): Promise<Answer> => {
      asked.push(question);
      return Promise.resolve("no");
    };
    let declined = false;
    expect(await writesOf(async () => ({ declined } = await up(await adopting({ ask }))))).toEqual([]);
    expect(declined).toBe(true);
    expect(asked).toEqual([{ about: "takeover", stack: NAME, count: 8, deletes: 2 }]);
    expect(await writesOf(async () => createStep(await adopting({ ask }), "table"))).toEqual([]);
  });

  it("go with down --adopt alone, policies included; the question names whose they are", async () => {
    await leaveBehind(cloud, { logGroup: true });
    const asked: Question[] = [];
    const ask = (question: Question): Promise<Answer> => {
      asked.push(question);
      return Promise.resolve("yes");
    };
    await down(await adopting({ ask }));
    expect(await holds()).toEqual([]);
    const [question] = asked;
    if (question?.about !== "removal") throw new Error("not asked");
    expect(question.resources.map(({ component }) => component)).toEqual([
      "table",
      "role",
      "policy",
      "policy",
      "logGroup",
      "function",
      "api",
    ]);
    expect(
      question.resources.filter(({ component }) => component !== "policy").every(({ takesOver }) => takesOver),
    ).toBe(true);
  });

  it("a table of another key is refused before anything is touched", async () => {
    await leaveBehind(cloud, { key: "other" });
    await cloud.clearRequests();
    await expect(up(await adopting())).rejects.toMatchObject({ code: "Protected", data: { field: "KeySchema" } });
    await expect(up(await adopting({ dryRun: true }))).rejects.toMatchObject({ code: "Protected" });
    await expect(createStep(await adopting(), "table")).rejects.toMatchObject({ code: "Protected" });
    expect((await cloud.requests()).filter(({ operation }) => !READING.test(operation))).toEqual([]);
  });

  it("rows stay in the table, a route of somebody's own and its permission stay in the API", async () => {
    left = await leaveBehind(cloud);
    const Item = { id: { S: "1" }, name: { S: "mine" }, price: { N: "1" } };
    await new DynamoDBClient(cloud.config).send(new PutItemCommand({ TableName: `${NAME}-items`, Item }));
    const Target = `integrations/${left.integrationId}`;
    await gateway.send(new CreateRouteCommand({ ApiId: left.apiId, RouteKey: "GET /hello", Target }));
    const allow = (StatementId: string, api: string): Promise<unknown> =>
      lambda.send(
        new AddPermissionCommand({
          FunctionName,
          StatementId,
          Action: "lambda:InvokeFunction",
          Principal: "apigateway.amazonaws.com",
          SourceArn: `arn:aws:execute-api:${cloud.config.region}:000000000000:${api}`,
        }),
      );
    await allow("hello", `${left.apiId}/*/*/hello`);
    await allow("another-api", "abcdefghij/*/*");
    await up(await adopting());
    const { Items: routes = [] } = await gateway.send(new GetRoutesCommand({ ApiId: left.apiId }));
    expect(routes).toHaveLength(5);
    expect((await statements()).map(({ Sid }) => Sid).toSorted()).toEqual(["another-api", "awsls-http-api", "hello"]);
    const { exchanges } = await testApi(await stack.context(), { keep: false });
    expect(exchanges[0]?.body).toContain("mine");
  });
});

describe("policies of a role that is taken over", () => {
  async function makePolicy(PolicyName: string, Path: string): Promise<string> {
    const PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';
    return (await iam.send(new CreatePolicyCommand({ PolicyName, Path, PolicyDocument }))).Policy?.Arn ?? "";
  }
  const attach = (PolicyArn: string, to = RoleName): Promise<unknown> =>
    iam.send(new AttachRolePolicyCommand({ RoleName: to, PolicyArn }));

  it("those that others use, people made or AWS has are detached and stay", async () => {
    const { policies } = await leaveBehind(cloud);
    const [shared = ""] = policies;
    await iam.send(new CreateRoleCommand({ RoleName: "another", AssumeRolePolicyDocument: LAMBDA_TRUST }));
    await attach(shared, "another");
    const own = await makePolicy("mine", "/");
    await attach(own);
    // A tag that claims it is anybody's.
    await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: "awsls:policy-9", Value: own }] }));
    await attach("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole");
    const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "inline", PolicyDocument: document }));
    await up(await adopting());
    expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([]);
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(["awsls-least-privilege"]);
    const rest = (await iam.send(new ListPoliciesCommand({ Scope: "Local" }))).Policies ?? [];
    expect(new Set(rest.map(({ Arn }) => Arn))).toEqual(new Set([own, shared]));
    const kept = stack.events.find((event) => event.type === "notice" && event.code === "UsedByOthers");
    expect(kept).toMatchObject({ data: { name: shared.split("/").at(-1), users: ["another"] } });
    expect(await writesOf(async () => up(await stack.context()))).toEqual([]);
    await down(await stack.context());
    await iam.send(new DetachRolePolicyCommand({ RoleName: "another", PolicyArn: shared }));
    expect(await holds()).toHaveLength(3);
  });

  it("of a role that awsls made, down only detaches what others attached", async () => {
    await up(await stack.context());
    const PolicyArn = await makePolicy("AWSLambdaBasicExecutionRole-by-hand", "/service-role/");
    await attach(PolicyArn);
    await down(await stack.context());
    expect(await holds()).toEqual([PolicyArn]);
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
  });

  it("a policy that still counts as attached is tried again", async () => {
    await leaveBehind(cloud);
    const message = "Cannot delete a policy attached to entities.";
    await cloud.failNext("DeletePolicy", { code: "DeleteConflict", status: 409, message, times: 3 });
    await up(await adopting());
    expect((await iam.send(new ListPoliciesCommand({ Scope: "Local" }))).Policies).toEqual([]);
  });

  it("of the same stack from another machine, what was attached by hand stays", async () => {
    await up(await stack.context());
    const PolicyArn = await makePolicy("AWSLambdaBasicExecutionRole-by-hand", "/service-role/");
    await attach(PolicyArn);
    rmSync(stack.statePath);
    const elsewhere = openTestStack(cloud, { origin: "somebody@elsewhere" });
    await up(await adopting({}, elsewhere));
    expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.AttachmentCount).toBe(1);
    elsewhere.close();
  });

  it.each([[false], [true]])(
    "a role given with --role-arn that has the name of ours is never touched (state lost: %s)",
    async (isLost) => {
      const { roleArn, policies } = await leaveBehind(cloud);
      const usual = await stack.context({ roleArn });
      await up({ ...usual, session: { ...usual.session, adopt: true } });
      if (isLost) rmSync(stack.statePath);
      expect((await down(await adopting())).leftAlone).toEqual([{ component: "role", name: RoleName }]);
      const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
      expect(AttachedPolicies.map(({ PolicyArn }) => PolicyArn)).toEqual(policies);
      expect(await holds()).toHaveLength(3);
    },
  );

  it("a role given with --role-arn keeps its policies, also with --adopt", async () => {
    const RoleArn = (
      await iam.send(new CreateRoleCommand({ RoleName: "given", AssumeRolePolicyDocument: LAMBDA_TRUST }))
    ).Role?.Arn;
    const PolicyArn = await makePolicy("AWSLambdaBasicExecutionRole-given", "/service-role/");
    await attach(PolicyArn, "given");
    const usual = await stack.context({ roleArn: RoleArn ?? "" });
    await up({ ...usual, session: { ...usual.session, adopt: true } });
    await down(await adopting());
    expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.AttachmentCount).toBe(1);
    await iam.send(new DetachRolePolicyCommand({ RoleName: "given", PolicyArn }));
    await iam.send(new DeleteRoleCommand({ RoleName: "given" }));
  });
});

describe("interrupted in the middle", () => {
  const OPERATIONS = [
    "TagRole",
    "UpdateRole",
    "PutRolePolicy",
    "DetachRolePolicy",
    "DeletePolicyVersion",
    "DeletePolicy",
    "UntagRole",
    "CreateLogGroup",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "AddPermission",
    "RemovePermission",
    "UpdateApi",
    "TagResource",
  ];
  const refused = { code: "AccessDenied", status: 403, message: "not now", times: 1 };

  it.each(OPERATIONS)("%s refused: up --adopt again ends as if nothing had been", async (operation) => {
    await leaveBehind(cloud);
    await cloud.failNext(operation, refused);
    await expect(up(await adopting())).rejects.toThrow();
    await up(await adopting());
    await isWholeAndGoes();
  });

  it.each(OPERATIONS)("%s refused and the state file lost: so it does", async (operation) => {
    await leaveBehind(cloud);
    await cloud.failNext(operation, refused);
    await expect(up(await adopting())).rejects.toThrow();
    rmSync(stack.statePath, { force: true });
    await up(await adopting());
    await isWholeAndGoes();
  });

  it.each(OPERATIONS)("%s refused: down --adopt leaves nothing", async (operation) => {
    await leaveBehind(cloud);
    await cloud.failNext(operation, refused);
    await expect(up(await adopting())).rejects.toThrow();
    await down(await adopting());
    expect(await holds()).toEqual([]);
  });

  it.each(["TagRole", "DetachRolePolicy", "DeletePolicyVersion", "DeletePolicy", "DeleteRole"])(
    "%s refused in down --adopt: again leaves nothing",
    async (operation) => {
      await leaveBehind(cloud);
      await cloud.failNext(operation, refused);
      await expect(down(await adopting())).rejects.toMatchObject({ code: "LeftBehind" });
      await down(await adopting());
      expect(await holds()).toEqual([]);
    },
  );

  // As many as there are writes, and one more.
  const MOMENTS = Array.from({ length: 26 }, (_, index) => index + 1);

  it.each(MOMENTS)(
    "after %i writes of up --adopt: again ends as if nothing had been, down leaves nothing",
    async (moment) => {
      await leaveBehind(cloud);
      const hasty = openTestStack(cloud, { interruptAfter: moment, folder: stack.folder });
      const ended = await up(await adopting({}, hasty)).then(
        () => "done",
        () => "interrupted",
      );
      hasty.release();
      if (moment > 1 && ended === "interrupted") {
        // Without the option, too, unless something is still somebody else's.
        await up(await stack.context()).catch((error: unknown) => expect(error).toMatchObject({ code: "Foreign" }));
      }
      await up(await adopting());
      await isWholeAndGoes();
    },
  );

  it.each(MOMENTS)("after %i writes of down --adopt: again leaves nothing", async (moment) => {
    await leaveBehind(cloud, { logGroup: true });
    const hasty = openTestStack(cloud, { interruptAfter: moment, folder: stack.folder });
    await down(await adopting({}, hasty)).catch(() => undefined);
    hasty.release();
    await down(await adopting());
    expect(await holds()).toEqual([]);
  });

  async function isWholeAndGoes(): Promise<void> {
    expect(await conditions()).toEqual(new Set(["exists"]));
    expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([]);
    expect((await statements()).map(({ Sid }) => Sid)).toEqual(["awsls-http-api"]);
    expect(await writesOf(async () => up(await stack.context()))).toEqual([]);
    expect((await stack.context()).session.state.current().takeover).toBeUndefined();
    await down(await stack.context());
    expect(await holds()).toEqual([]);
  }
});

it("a table of another stack is named with its maker, and becomes this stack's", async () => {
  const { region } = cloud.config;
  await leaveBehind(cloud);
  const belongsTo = { stack: "other", region, owner: "arn:aws:iam::000000000000:user/other", origin: "other@there" };
  await new DynamoDBClient(cloud.config).send(
    new TagTable({
      ResourceArn: `arn:aws:dynamodb:${region}:000000000000:table/${NAME}-items`,
      Tags: Object.entries(belongsTo).map(([key, Value]) => ({ Key: `awsls:${key}`, Value })),
    }),
  );
  await expect(up(await stack.context())).rejects.toMatchObject({
    code: "Foreign",
    data: { resources: expect.arrayContaining([{ resource: "table", name: `${NAME}-items`, belongsTo }]) },
  });
  await up(await adopting());
  expect(takeovers().find(({ resource }) => resource === "table")?.belongsTo).toEqual(belongsTo);
  expect(await conditions()).toEqual(new Set(["exists"]));
  expect(await writesOf(async () => up(await stack.context()))).toEqual([]);
  await down(await stack.context());
  expect(await holds()).toEqual([]);
});

it("the same stack's things from another machine are named with it, and become this machine's", async () => {
  await up(await stack.context());
  rmSync(stack.statePath);
  const elsewhere = openTestStack(cloud, { origin: "somebody@elsewhere" });
  const resources = await up(await adopting({}, elsewhere)).then(() =>
    elsewhere.events.flatMap((event) =>
      event.type === "notice" && event.code === "TakesOver" ? event.data.resources : [],
    ),
  );
  expect(resources.map(({ resource }) => resource)).toContain("table");
  expect(resources.every(({ belongsTo }) => belongsTo?.origin === "tester@here")).toBe(true);
  expect(await writesOf(async () => up(await elsewhere.context()))).toEqual([]);
  await expect(up(await stack.context())).rejects.toMatchObject({ code: "OtherOrigin" });
  await down(await elsewhere.context());
  expect(await holds()).toEqual([]);
  elsewhere.close();
});

it("taken over from another machine in two tries, everything names this one", async () => {
  await up(await stack.context());
  rmSync(stack.statePath);
  const elsewhere = openTestStack(cloud, { origin: "somebody@elsewhere" });
  await cloud.failNext("TagRole", { code: "AccessDenied", status: 403, message: "not now" });
  await expect(up(await adopting({}, elsewhere))).rejects.toThrow();
  await up(await adopting({}, elsewhere));
  rmSync(elsewhere.statePath);
  expect(await writesOf(async () => up(await elsewhere.context()))).toEqual([]);
  await down(await elsewhere.context());
  elsewhere.close();
});

it("what was chosen on another machine holds here, and its given role is nobody's to change or delete", async () => {
  const trust = { AssumeRolePolicyDocument: LAMBDA_TRUST };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, ...trust }));
  const there = openTestStack(cloud, { origin: "tester@there" });
  await up(await there.context({ architecture: "arm64", roleArn: Role?.Arn ?? "" }));
  there.close();
  await up(await adopting());
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  expect(Configuration).toMatchObject({ Architectures: ["arm64"], Role: Role?.Arn });
  await down(await adopting());
  expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.RoleId).toBe(Role?.RoleId);
  await iam.send(new DeleteRoleCommand({ RoleName }));
});

it("a statement that allows this API more than ours does stays: another route may live by it", async () => {
  const { apiId } = await leaveBehind(cloud);
  const SourceArn = `arn:aws:execute-api:${cloud.config.region}:000000000000:${apiId}/*/*`;
  await lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: "everything",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn,
    }),
  );
  await up(await adopting());
  const { Policy = "{}" } = await lambda.send(new GetStatements({ FunctionName }));
  const { Statement } = JSON.parse(Policy) as { Statement: { Sid: string }[] };
  expect(Statement.map(({ Sid }) => Sid).toSorted()).toEqual(["awsls-http-api", "everything"]);
});

it("what changes while the question waits is shown, asked about again, and kept", async () => {
  await leaveBehind(cloud);
  let questions = 0;
  const ask = async (): Promise<Answer> => {
    questions += 1;
    if (questions > 1) return "yes";
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Timeout: 7,
        Environment: { Variables: { MINE: "kept" } },
      }),
    );
    // An update under way would be one more difference, and one more question once it is over.
    const lastUpdate = async (): Promise<string | undefined> =>
      (await lambda.send(new GetFunctionCommand({ FunctionName }))).Configuration?.LastUpdateStatus;
    await expect.poll(lastUpdate).toBe("Successful");
    return "yes";
  };
  await up(await adopting({ ask }));
  expect(questions).toBe(2);
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  expect(Configuration?.Environment?.Variables).toMatchObject({ MINE: "kept" });
});

it("who could assume the role is shown before that changes", async () => {
  await leaveBehind(cloud);
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: ["lambda.amazonaws.com", "ec2.amazonaws.com"] },
        Action: "sts:AssumeRole",
      },
    ],
  };
  const PolicyDocument = JSON.stringify(trust);
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  await up(await adopting());
  const changes = takeovers().find(({ resource }) => resource === "role")?.changes;
  expect(changes).toContainEqual({ field: "AssumeRolePolicyDocument", from: trust, to: JSON.parse(LAMBDA_TRUST) });
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toBe(LAMBDA_TRUST);
});

it("status names the way out beside what is somebody else's", async () => {
  await leaveBehind(cloud);
  const { resources, next } = await status(await stack.context());
  expect(new Set(resources.map(({ condition }) => condition))).toEqual(new Set(["foreign", "missing"]));
  expect(next).toBe("up --adopt");
});
