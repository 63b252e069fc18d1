// `integration delete --adopt` and what it asks for first: it names and deletes what lets this API use the function, nothing else.

import { ApiGatewayV2Client, GetIntegrationsCommand, GetRoutesCommand } from "@aws-sdk/client-apigatewayv2";
import { AddPermissionCommand, GetPolicyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Answer, Question, StackContext } from "../../src/commands/context.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { deleteStep, detachStep } from "../../src/commands/step-delete.ts";
import { up } from "../../src/commands/up.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { leaveBehind, type Leftovers } from "./console.ts";

const FunctionName = "http-crud-tutorial-function";
/** As console.ts makes it. */
const CONSOLE_SID = "0e7d2f57-93ff-5b3c-8a58-6f2b3f1d6a11";

let cloud: TestCloud;
let stack: TestStack;
let lambda: LambdaClient;
let gateway: ApiGatewayV2Client;
let left: Leftovers;
beforeAll(async () => {
  cloud = await startTestCloud();
  lambda = new LambdaClient(cloud.config);
  gateway = new ApiGatewayV2Client(cloud.config);
});
afterAll(() => cloud.close());
beforeEach(async () => {
  stack = openTestStack(cloud);
  left = await leaveBehind(cloud);
  await allow("another-api", "abcdefghij/*/*");
  await allow("another-route", `${left.apiId}/*/*/hello`);
  await allow("everything", `${left.apiId}/*/*`);
});
afterEach(async () => {
  stack.close();
  await cloud.control("POST", "reset");
});

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

async function statements(): Promise<string[]> {
  const { Policy = "{}" } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  return (JSON.parse(Policy) as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid).toSorted();
}

async function targets(): Promise<number> {
  const { Items = [] } = await gateway.send(new GetRoutesCommand({ ApiId: left.apiId }));
  return Items.filter(({ Target }) => Target !== undefined).length;
}

async function adopting(more: Partial<StackContext> = {}): Promise<StackContext> {
  const usual = await stack.context();
  return { ...usual, session: { ...usual.session, adopt: true }, ...more };
}

const OTHERS = ["another-api", "another-route", "everything"];

describe("the routes are detached first, with the line that is advised", () => {
  it("which is refused without the option, also as a dry run", async () => {
    const advised = { code: "StillAttached", data: { first: "routes detach --adopt", routes: 4 } };
    await expect(deleteStep(await adopting(), "integration")).rejects.toMatchObject(advised);
    const foreign = { code: "Foreign", exitCode: 3 };
    await expect(detachStep(await stack.context())).rejects.toMatchObject(foreign);
    await expect(detachStep({ ...(await stack.context()), dryRun: true })).rejects.toMatchObject(foreign);
    expect(await detachStep(await adopting({ dryRun: true }))).toMatchObject({ planned: 4, detached: 0 });
    expect(await targets()).toBe(4);
  });

  it("after a question of its own, for nothing is taken over; and are attached again by the command that it names", async () => {
    const asked: Question[] = [];
    const answering = (answer: Answer) => (question: Question) => {
      asked.push(question);
      return Promise.resolve(answer);
    };
    const no = await detachStep(await adopting({ ask: answering("no") }));
    expect(no).toMatchObject({ planned: 4, detached: 0, declined: true });
    expect(await targets()).toBe(4);
    const yes = await detachStep(await adopting({ ask: answering("yes") }));
    expect(yes).toMatchObject({ planned: 0, detached: 4, declined: false, next: "routes attach --adopt" });
    expect(await targets()).toBe(0);
    const api = { resource: "api", name: "http-crud-tutorial-api", id: left.apiId };
    const question = { about: "detach", stack: "http-crud-tutorial", routes: 4, api };
    expect(asked).toEqual([question, question]);
    expect(stack.events).not.toContainEqual(expect.objectContaining({ code: "TakesOver" }));
    await expect(createStep(await stack.context(), "attach")).rejects.toMatchObject({ code: "Foreign" });
    await createStep(await adopting(), "attach");
    expect(await targets()).toBe(4);
  });

  it("without a question where none has a target, and where they are this stack's", async () => {
    const ask = (): Promise<Answer> => Promise.reject(new Error("asked"));
    await detachStep(await adopting());
    expect(await detachStep(await adopting({ ask }))).toMatchObject({ detached: 0, declined: false });
    await up(await adopting());
    expect(await detachStep(await adopting({ ask }))).toMatchObject({ detached: 4, next: "routes attach" });
  });
});

it("names the statements that go, deletes those, and leaves what is for others", async () => {
  await detachStep(await adopting());
  const name = `${FunctionName}: ${CONSOLE_SID} (${left.apiId}/*/*/items)`;
  const { planned } = await deleteStep(await adopting({ dryRun: true }), "integration");
  expect(planned).toContainEqual({ component: "permission", name, takesOver: true });
  const { deleted } = await deleteStep(await adopting(), "integration");
  expect(deleted).toEqual([
    { component: "integration", name: expect.any(String) },
    { component: "permission", name },
  ]);
  expect(await statements()).toEqual(OTHERS);
  expect((await gateway.send(new GetIntegrationsCommand({ ApiId: left.apiId }))).Items).toEqual([]);
});

it("counts no permission where only others' statements are", async () => {
  await detachStep(await adopting());
  await deleteStep(await adopting(), "integration");
  const { planned, deleted } = await deleteStep(await adopting(), "integration");
  expect([planned, deleted]).toEqual([[], []]);
  expect(await statements()).toEqual(OTHERS);
});

it("of a stack of our own: ours, and what allows no more than that", async () => {
  await up(await adopting());
  await allow("theirs", `${left.apiId}/*/*/items`);
  await detachStep(await stack.context());
  const { deleted } = await deleteStep(await adopting(), "integration");
  const name = `${FunctionName}: awsls-http-api, theirs (${left.apiId}/*/*/items)`;
  expect(deleted).toContainEqual({ component: "permission", name });
  expect(await statements()).toEqual(OTHERS);
});
