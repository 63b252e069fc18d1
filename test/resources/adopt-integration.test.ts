// `integration delete --adopt` and what it asks for first: it names and deletes what lets this API use the function, nothing else.

import { ApiGatewayV2Client, GetIntegrationsCommand, GetRoutesCommand } from "@aws-sdk/client-apigatewayv2";
import { AddPermissionCommand, GetPolicyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Answer, Question, StackContext } from "../../src/commands/context.ts";
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

it("the routes are detached first, with the line that is advised", async () => {
  const advised = { code: "StillAttached", data: { first: "routes detach --adopt", routes: 4 } };
  await expect(deleteStep(await adopting(), "integration")).rejects.toMatchObject(advised);
  await expect(detachStep(await stack.context())).rejects.toMatchObject({ code: "Foreign" });
  const asked: Question[] = [];
  const answering = (answer: Answer) => (question: Question) => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  expect(await detachStep(await adopting({ ask: answering("no") }))).toMatchObject({ detached: 0, declined: true });
  expect(await targets()).toBe(4);
  expect(await detachStep(await adopting({ ask: answering("yes") }))).toMatchObject({ detached: 4, declined: false });
  expect(await targets()).toBe(0);
  expect(asked).toEqual(
    Array.from({ length: 2 }, () => ({ about: "takeover", stack: "http-crud-tutorial", count: 1, deletes: 0 })),
  );
  const told = stack.events.flatMap((event) =>
    event.type === "notice" && event.code === "TakesOver" ? event.data.resources : [],
  );
  expect(told[0]).toMatchObject({
    resource: "routes",
    changes: [{ field: "Target", from: `integrations/${left.integrationId}` }],
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
