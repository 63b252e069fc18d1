// A role that others use, too: nothing is taken off it, and it is not deleted, without a person's yes.

import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  TagRoleCommand,
} from "@aws-sdk/client-iam";
import { CreateFunctionCommand, DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Answer, Question, StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { deleteStep } from "../../src/commands/step-delete.ts";
import { up } from "../../src/commands/up.ts";
import type { NoticeCode, NoticeData } from "../../src/core/event.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST } from "../functions.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { zipOf } from "../zip.ts";
import { leaveBehind } from "./console.ts";

const NAME = "http-crud-tutorial";
const RoleName = `${NAME}-role`;
const READING = /^(Get|List|Describe)/;
const DENIED = { code: "AccessDeniedException", status: 403, message: "no lambda:ListFunctions" };

let cloud: TestCloud;
let stack: TestStack;
let iam: IAMClient;
let lambda: LambdaClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  [iam, lambda] = [new IAMClient(cloud.config), new LambdaClient(cloud.config)];
});
afterAll(() => cloud.close());
beforeEach(() => {
  stack = openTestStack(cloud);
});
afterEach(async () => {
  stack.close();
  await cloud.endFaults();
  await cloud.control("POST", "reset");
});

const asked: Question[] = [];
const answering =
  (answer: Answer): StackContext["ask"] =>
  (question) => {
    asked.push(question);
    return Promise.resolve(answer);
  };
beforeEach(() => {
  asked.length = 0;
});

async function adopting(more: Partial<StackContext> = {}): Promise<StackContext> {
  const usual = await stack.context();
  return { ...usual, session: { ...usual.session, adopt: true }, ...more };
}

async function operationsOf(work: () => Promise<unknown>): Promise<string[]> {
  await cloud.clearRequests();
  await work();
  return (await cloud.requests()).map(({ operation }) => operation);
}

const writesOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await operationsOf(work)).filter((operation) => !READING.test(operation));

function notices<C extends NoticeCode>(code: C): NoticeData[C][] {
  return stack.events.flatMap((event) =>
    event.type === "notice" && event.code === code ? [event.data as NoticeData[C]] : [],
  );
}

const attached = async (): Promise<number | undefined> =>
  (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies?.length;
const roleIsThere = (): Promise<boolean> =>
  iam.send(new GetRoleCommand({ RoleName })).then(
    () => true,
    () => false,
  );

/** Another function with the role. */
async function share(FunctionName: string, Role: string): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: zipOf({ "index.mjs": "export const handler = async () => 'report';" }) },
    }),
  );
}

describe("a role that another function uses is taken over", () => {
  let roleArn: string;
  beforeEach(async () => {
    ({ roleArn } = await leaveBehind(cloud));
    await share("report", roleArn);
  });

  it.each(["unasked", "beforehand"] as const)(
    "not when that is %s: up and the step name the function, nothing is written",
    async (answer) => {
      const users = ["report"];
      const problem = { code: "RoleShared", exitCode: 3, data: { name: RoleName, roleArn, users, answer } };
      const ask = answering(answer);
      await cloud.clearRequests();
      await expect(up(await adopting({ ask }))).rejects.toMatchObject(problem);
      await expect(createStep(await adopting({ ask }), "function")).rejects.toMatchObject(problem);
      const operations = (await cloud.requests()).map(({ operation }) => operation);
      expect(operations.filter((operation) => !READING.test(operation))).toEqual([]);
      // Of a step that leaves the role alone it is none of the business.
      await createStep(await adopting({ ask }), "table");
    },
  );

  it("by a person's yes, told before; down keeps it until nobody else uses it", async () => {
    const { plan } = await up(await adopting({ dryRun: true }));
    expect(plan.find(({ subject }) => subject.component === "role")).toMatchObject({ users: ["report"] });
    expect(await writesOf(async () => up(await adopting({ ask: answering("no") })))).toEqual([]);
    await up(await adopting({ ask: answering("yes") }));
    const told = notices("TakesOver").map(({ resources }) => resources.filter(({ users }) => users !== undefined));
    expect(told).toEqual([
      [expect.objectContaining({ resource: "role", users: ["report"] })],
      [expect.objectContaining({ resource: "role", users: ["report"] })],
    ]);
    expect(await attached()).toBe(0);
    expect(await operationsOf(async () => up(await stack.context()))).not.toContain("ListFunctions");

    const inUse = [{ resource: "role", name: RoleName, users: ["report"] }];
    const planned = await down({ ...(await stack.context()), dryRun: true });
    expect(planned.inUse).toEqual(inUse);
    expect(planned.planned.map(({ component }) => component)).not.toContain("role");
    expect((await down(await stack.context())).inUse).toEqual(inUse);
    expect(notices("UsedByOthers")).toEqual([...inUse, ...inUse]);
    expect((await stack.context()).session.state.current().resources).toEqual({});
    expect(await roleIsThere()).toBe(true);

    await lambda.send(new DeleteFunctionCommand({ FunctionName: "report" }));
    expect((await down(await stack.context())).deleted).toEqual([{ component: "role", name: RoleName }]);
    expect(await roleIsThere()).toBe(false);
  });

  it("not by down --adopt: it stays as it is, everything else goes", async () => {
    const { deleted, inUse } = await down(await adopting());
    expect(deleted.map(({ component }) => component)).toEqual(["table", "function", "api"]);
    expect(inUse).toEqual([{ resource: "role", name: RoleName, users: ["report"] }]);
    expect(await attached()).toBe(2);
    expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.Tags ?? []).toEqual([]);
  });

  it("not by function delete --adopt", async () => {
    const { deleted } = await deleteStep(await adopting(), "function");
    expect(deleted.map(({ component }) => component)).toEqual(["function"]);
    expect(await attached()).toBe(2);
  });

  it("with --role-arn it need not be: the function uses it as it is", async () => {
    const usual = await stack.context({ roleArn });
    await up({ ...usual, ask: answering("unasked"), session: { ...usual.session, adopt: true } });
    expect(await attached()).toBe(2);
  });

  it("all pages are looked through, and published versions; a function with another role does not count", async () => {
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: "another", AssumeRolePolicyDocument: LAMBDA_TRUST }),
    );
    for (let n = 10; n < 62; n += 1) await share(`other-${n}`, Role?.Arn ?? "");
    await expect(up(await adopting({ ask: answering("unasked") }))).rejects.toMatchObject({
      data: { users: ["report"] },
    });
    const calls = stack.events.flatMap((event) =>
      event.type === "call" && event.operation === "ListFunctions" ? [event.input] : [],
    );
    expect(calls).toEqual([
      expect.objectContaining({ FunctionVersion: "ALL", MaxItems: 50 }),
      expect.objectContaining({ FunctionVersion: "ALL", Marker: expect.any(String) }),
    ]);
  });

  it("one that begins to use it while the question waits is asked about", async () => {
    let questions = 0;
    const ask = async (): Promise<Answer> => {
      questions += 1;
      if (questions === 1) await share("second", roleArn);
      return questions === 3 ? "no" : "yes";
    };
    await up(await adopting({ ask }));
    expect(questions).toBe(2);
    expect(
      notices("TakesOver")
        .at(-1)
        ?.resources.find(({ resource }) => resource === "role")?.users,
    ).toEqual(["report", "second"]);
  });
});

describe("without the right lambda:ListFunctions", () => {
  it("a role is taken over by a person's yes alone", async () => {
    const { roleArn } = await leaveBehind(cloud);
    await cloud.failNext("ListFunctions", { ...DENIED, times: 3 });
    expect(
      await writesOf(() =>
        expect(adopting({ ask: answering("unasked") }).then(up)).rejects.toMatchObject({
          code: "RoleShared",
          data: { users: "unknown", roleArn },
        }),
      ),
    ).toEqual([]);
    await up(await adopting({ ask: answering("yes") }));
    expect(
      notices("TakesOver")
        .at(-1)
        ?.resources.find(({ resource }) => resource === "role")?.users,
    ).toBe("unknown");
    expect(await attached()).toBe(0);
  });

  it("a role that was taken over stays, and goes once it can be looked into", async () => {
    await leaveBehind(cloud);
    await up(await adopting());
    // The state file lost: the role itself says that it was others'.
    rmSync(stack.statePath);
    await cloud.failNext("ListFunctions", { ...DENIED, times: 2 });
    // Something of the stack's is left: nobody may take that for done.
    const problem = { resource: "role", name: RoleName, problem: { code: "RoleUnchecked" } };
    await expect(down(await stack.context())).rejects.toMatchObject({
      code: "LeftBehind",
      exitCode: 5,
      data: { failures: [problem] },
    });
    expect(await roleIsThere()).toBe(true);
    expect((await down(await stack.context())).inUse).toEqual([]);
    expect(await roleIsThere()).toBe(false);
  });

  it("any other refusal ends the command before anything is written", async () => {
    await leaveBehind(cloud);
    await cloud.failNext("ListFunctions", { code: "ServiceException", status: 400, message: "not now" });
    expect(await writesOf(() => expect(adopting().then(up)).rejects.toMatchObject({ code: "AwsRefused" }))).toEqual([]);
  });
});

it("the same stack in another region uses it, too, by what its tags say: an ARN names its function", async () => {
  await leaveBehind(cloud);
  const tags = { stack: NAME, region: "us-west-2", owner: "arn:aws:iam::000000000000:user/me", origin: "me@here" };
  const Tags = Object.entries(tags).map(([key, Value]) => ({ Key: `awsls:${key}`, Value }));
  await iam.send(new TagRoleCommand({ RoleName, Tags }));
  const users = [`arn:aws:lambda:us-west-2:000000000000:function:${NAME}-function`];
  await expect(up(await adopting({ ask: answering("unasked") }))).rejects.toMatchObject({ data: { users } });
  const inUse = [{ resource: "role", name: RoleName, users }];
  expect((await down(await adopting())).inUse).toEqual(inUse);
  // Also once the tags say that it is of this region.
  await up(await adopting());
  expect(await operationsOf(async () => up(await adopting()))).not.toContain("TagRole");
  expect((await down(await stack.context())).inUse).toEqual(inUse);
});

it("a role that is made anew in a takeover that failed is nobody else's", async () => {
  await leaveBehind(cloud);
  await cloud.failNext("TagRole", { code: "AccessDenied", status: 403, message: "not now" });
  await expect(up(await adopting())).rejects.toThrow();
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  for (const { PolicyArn } of AttachedPolicies) await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
  await up(await adopting());
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  expect(Role?.Tags?.map(({ Key }) => Key)).not.toContain("awsls:adopted");
  expect(await operationsOf(async () => down(await stack.context()))).not.toContain("ListFunctions");
});

it("the stack's own function does not count, also when the role alone is somebody else's", async () => {
  await up(await stack.context());
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "awsls-least-privilege" }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));
  const operations = await operationsOf(async () => up(await adopting({ ask: answering("unasked") })));
  expect(operations).toContain("ListFunctions");
  await share("report", Role?.Arn ?? "");
  expect((await down(await stack.context())).inUse).toMatchObject([{ users: ["report"] }]);
});

it("nobody is asked about a role of our own making, also when another function uses it", async () => {
  const all = async (): Promise<void> => {
    await up(await stack.context());
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    await share("report", Role?.Arn ?? "");
    await up(await adopting());
    expect((await down(await adopting())).inUse).toEqual([]);
  };
  expect(await operationsOf(all)).not.toContain("ListFunctions");
});
