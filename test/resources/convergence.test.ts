// Any mixture of single steps, their ways back, `up`, `down` and deletions by hand ends with one whole stack, and none after `down`.

import {
  ApiGatewayV2Client,
  DeleteApiCommand,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
} from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityClient,
  DeleteIdentityPoolCommand,
  ListIdentityPoolsCommand,
} from "@aws-sdk/client-cognito-identity";
import {
  CognitoIdentityProviderClient,
  DeleteUserPoolCommand,
  ListUserPoolsCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import fc from "fast-check";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deleteAuth } from "../../src/commands/auth-delete.ts";
import { disableAuth } from "../../src/commands/auth-disable.ts";
import { enableAuth } from "../../src/commands/auth-enable.ts";
import type { StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { deleteIdentity } from "../../src/commands/identity-delete.ts";
import { enableIdentity } from "../../src/commands/identity-enable.ts";
import { status } from "../../src/commands/status.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { deleteStep, detachStep } from "../../src/commands/step-delete.ts";
import { deleteTimer } from "../../src/commands/timer-delete.ts";
import { disableTimer } from "../../src/commands/timer-disable.ts";
import { enableTimer } from "../../src/commands/timer-enable.ts";
import { up } from "../../src/commands/up.ts";
import { isProblem } from "../../src/core/problem.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

const NAME = "http-crud-tutorial";

const NOUNS = ["table", "function", "api", "routes", "integration"] as const;
const COMMANDS: Readonly<Record<string, (context: StackContext) => Promise<unknown>>> = {
  up,
  down,
  "routes attach": (context) => createStep(context, "attach"),
  "routes detach": detachStep,
  "timer enable": (context) => enableTimer(context, {}),
  "timer disable": disableTimer,
  "timer delete": deleteTimer,
  "auth enable": (context) => enableAuth(context, {}),
  "auth disable": disableAuth,
  "auth delete": deleteAuth,
  "identity enable": (context) => enableIdentity(context, { guests: true, admins: true }),
  "identity enable without guests and admins": (context) => enableIdentity(context, { guests: false, admins: false }),
  "identity delete": deleteIdentity,
  ...Object.fromEntries(NOUNS.map((noun) => [`${noun} create`, (context: StackContext) => createStep(context, noun)])),
  ...Object.fromEntries(NOUNS.map((noun) => [`${noun} delete`, (context: StackContext) => deleteStep(context, noun)])),
};

/** By hand in the console; what is not there is not there. */
const BY_HAND: Readonly<Record<string, (stack: TestStack) => Promise<unknown>>> = {
  "the table": () => new DynamoDBClient(cloud.config).send(new DeleteTableCommand({ TableName: `${NAME}-items` })),
  "the function": () =>
    new LambdaClient(cloud.config).send(new DeleteFunctionCommand({ FunctionName: `${NAME}-function` })),
  "the log group": () =>
    new CloudWatchLogsClient(cloud.config).send(
      new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${NAME}-function` }),
    ),
  "the timer's function": () =>
    new LambdaClient(cloud.config).send(new DeleteFunctionCommand({ FunctionName: "eventTestFunction" })),
  "the timer's target": () =>
    new EventBridgeClient(cloud.config).send(
      new RemoveTargetsCommand({ Rule: "dynamodb-1min-insert-timer", Ids: ["awsls-timer"] }),
    ),
  "the user pool": async () => {
    const cognito = new CognitoIdentityProviderClient(cloud.config);
    const { UserPools = [] } = await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }));
    for (const { Id } of UserPools) await cognito.send(new DeleteUserPoolCommand({ UserPoolId: Id }));
  },
  "the identity pool": async () => {
    const identity = new CognitoIdentityClient(cloud.config);
    const { IdentityPools = [] } = await identity.send(new ListIdentityPoolsCommand({ MaxResults: 60 }));
    for (const { IdentityPoolId } of IdentityPools) {
      await identity.send(new DeleteIdentityPoolCommand({ IdentityPoolId }));
    }
  },
  "the API": async () => {
    for (const { ApiId = "" } of await apis()) {
      await new ApiGatewayV2Client(cloud.config).send(new DeleteApiCommand({ ApiId }));
    }
  },
  "the state file": ({ statePath }) => Promise.resolve(rmSync(statePath, { force: true })),
};

async function apis(): Promise<{ ApiId?: string | undefined }[]> {
  return (await new ApiGatewayV2Client(cloud.config).send(new GetApisCommand({}))).Items ?? [];
}

async function act(stack: TestStack, name: string): Promise<void> {
  const byHand = BY_HAND[name];
  if (byHand !== undefined) return void (await byHand(stack).catch(() => undefined));
  try {
    await COMMANDS[name]?.(await stack.context());
  } catch (error) {
    // The answers to a wrong order; everything else is a mistake.
    const isWrongOrder = (["StepMissing", "StillAttached", "IdentitiesLeft"] as const).some((code) =>
      isProblem(error, code),
    );
    if (!isWrongOrder) throw error;
  }
}

it("converges", { timeout: 120_000 }, async () => {
  const names = [...Object.keys(COMMANDS), ...Object.keys(BY_HAND)];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { minLength: 2, maxLength: 12 }), async (journey) => {
      const stack = openTestStack(cloud);
      try {
        for (const name of journey) await act(stack, name);
        await up(await stack.context());
        const { resources } = await status(await stack.context());
        // A timer whose setting went with the state file, which another command has made anew, is not `up`'s.
        const conditions = resources.map(({ condition }) => condition).filter((each) => each !== "leftover");
        expect(new Set(conditions)).toEqual(new Set(["exists"]));
        const again = await up(await stack.context());
        expect(again.outcomes.every(({ outcome }) => outcome === "none")).toBe(true);
        expect(await counts()).toEqual({ apis: 1, routes: 4, integrations: 1 });
        await down(await stack.context());
        expect(await holds()).toEqual([]);
        expect((await stack.context()).session.state.current().resources).toEqual({});
      } finally {
        await down(await stack.context());
        stack.close();
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

async function counts(): Promise<{ apis: number; routes: number; integrations: number }> {
  const gateway = new ApiGatewayV2Client(cloud.config);
  const all = await apis();
  const ApiId = all[0]?.ApiId ?? "";
  const [routes, integrations] = await Promise.all([
    gateway.send(new GetRoutesCommand({ ApiId })),
    gateway.send(new GetIntegrationsCommand({ ApiId })),
  ]);
  return { apis: all.length, routes: routes.Items?.length ?? 0, integrations: integrations.Items?.length ?? 0 };
}

/** ARNs of everything in the cloud. */
async function holds(): Promise<unknown> {
  const answer = await cloud.control("GET", "inventory");
  return ((await answer.json()) as { holds: unknown }).holds;
}
