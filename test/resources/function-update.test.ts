// A function that exists is changed over what was seen of it, and in an order in which requests in between go on working.

import {
  GetFunctionConfigurationCommand,
  type FunctionConfiguration,
  LambdaClient,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { up } from "../../src/commands/up.ts";
import type { CallEvent } from "../../src/core/event.ts";
import { changeFunction } from "../../src/stack/change-function.ts";
import { startRun } from "../../src/stack/run.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { zipOf } from "../zip.ts";

const FunctionName = "http-crud-tutorial-function";
const OLD = zipOf({ "index.mjs": "export const handler = async () => 'old';" });

let cloud: TestCloud;
let stack: TestStack;
let lambda: LambdaClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  lambda = new LambdaClient(cloud.config);
});
afterAll(() => cloud.close());
beforeEach(async () => {
  stack = openTestStack(cloud);
  await up(await stack.context());
});
afterEach(async () => {
  stack.close();
  await cloud.endFaults();
  await cloud.control("POST", "reset");
});

const live = (): Promise<FunctionConfiguration> => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));

async function settled(): Promise<void> {
  await expect.poll(async () => (await live()).LastUpdateStatus).toBe("Successful");
}

async function configure(change: Partial<UpdateFunctionConfigurationCommandInput>): Promise<void> {
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...change }));
  await settled();
}

async function putOldCode(): Promise<void> {
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: OLD }));
  await settled();
}

/** The members that each update of a run sent, in their order. */
async function updatesOf(run: () => Promise<unknown>): Promise<string[][]> {
  const from = stack.events.length;
  await run();
  return stack.events
    .slice(from)
    .filter((event): event is CallEvent => event.type === "call" && event.operation.startsWith("UpdateFunction"))
    .map(({ input }) => Object.keys(input).filter((member) => member !== "FunctionName"));
}

describe("somebody changes it meanwhile", () => {
  const MEANWHILE = { Description: "theirs", Environment: { Variables: { TABLE_NAME: "theirs", MINE: "1" } } };
  const REFUSED = {
    code: "AwsRefused",
    data: { code: "PreconditionFailedException", status: 412, name: FunctionName },
  };

  it.each([
    ["after it was seen", "GetFunctionConfiguration"],
    ["at the very moment", "UpdateFunctionCode"],
    ["between two updates", "UpdateFunctionConfiguration"],
  ])("%s: theirs stays, the run ends with AWS's word; the next one looks anew", async (_when, operation) => {
    await putOldCode();
    await configure({ Timeout: 3 });
    await cloud.failNext(operation, { delayMs: 400 });
    const running = up(await stack.context());
    const ended = running.catch((error: unknown) => error);
    await expect.poll(async () => (await cloud.control("GET", "faults")).json()).toEqual({ faults: [] });
    if (operation === "UpdateFunctionConfiguration") await settled();
    await configure(MEANWHILE);
    expect(await ended).toMatchObject(REFUSED);
    expect(await live()).toMatchObject({ ...MEANWHILE, Timeout: 3 });
    await up(await stack.context());
    expect((await live()).Environment?.Variables).toMatchObject({ MINE: "1" });
  });

  it("also where the code is sent alone", async () => {
    await putOldCode();
    const context = await stack.context();
    const code = await context.packageHandler("crud", context.settings);
    await cloud.failNext("UpdateFunctionCode", { delayMs: 400 });
    const running = changeFunction(
      startRun(context.session, { settings: context.settings }),
      "crud",
      () => ({ code }),
      "none",
    );
    const ended = running.catch((error: unknown) => error);
    await expect.poll(async () => (await cloud.control("GET", "faults")).json()).toEqual({ faults: [] });
    await configure(MEANWHILE);
    expect(await ended).toMatchObject(REFUSED);
    expect((await live()).CodeSha256).not.toBe(code.sha256);
    await changeFunction(startRun(context.session, { settings: context.settings }), "crud", () => ({ code }), "none");
    expect(await live()).toMatchObject({ ...MEANWHILE, CodeSha256: code.sha256 });
  });
});

describe("goes on", () => {
  it("when the update that was seen under way is over: only its revision is another one", async () => {
    await putOldCode();
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 3 }));
    await up(await stack.context());
    expect(await live()).toMatchObject({ Timeout: 15 });
  });

  it.each(["GetFunctionConfiguration", "UpdateFunctionCode"])(
    "when the last call of a run that was killed comes in during %s",
    async (operation) => {
      await putOldCode();
      await configure({ Timeout: 3, Description: "before" });
      await cloud.failNext(operation, { delayMs: 400 });
      const running = up(await stack.context());
      await expect.poll(async () => (await cloud.control("GET", "faults")).json()).toEqual({ faults: [] });
      await configure({ Timeout: 15 });
      await running;
      const context = await stack.context();
      const { sha256: CodeSha256 } = await context.packageHandler("crud", context.settings);
      expect(await live()).toMatchObject({ Timeout: 15, CodeSha256 });
      expect((await live()).Description).not.toBe("before");
    },
  );

  it.each(["UpdateFunctionCode", "UpdateFunctionConfiguration"])(
    "when the reply of %s was lost, and AWS refuses the second try because of the first",
    async (operation) => {
      await putOldCode();
      await configure({ Timeout: 3 });
      await cloud.failNext(operation, { drop: "after" });
      await up(await stack.context());
      const context = await stack.context();
      const { sha256: CodeSha256 } = await context.packageHandler("crud", context.settings);
      expect(await live()).toMatchObject({ Timeout: 15, CodeSha256 });
    },
  );
});

describe("the order", () => {
  const whole = async (): Promise<unknown> => up(await stack.context());
  const CODE = ["ZipFile", "Architectures", "RevisionId"];

  it("the environment comes before code that needs it, the handler's name after", async () => {
    await putOldCode();
    await configure({ Environment: { Variables: { MINE: "1" } }, Timeout: 3, Handler: "index.other" });
    expect(await updatesOf(whole)).toEqual([["Environment", "RevisionId"], CODE, ["Handler", "Timeout", "RevisionId"]]);
    expect((await live()).Environment?.Variables).toMatchObject({ MINE: "1" });
  });

  it("costs a call only then", async () => {
    await putOldCode();
    await configure({ Environment: { Variables: {} } });
    expect(await updatesOf(whole)).toEqual([["Environment", "RevisionId"], CODE]);
    await putOldCode();
    await configure({ Timeout: 3 });
    expect(await updatesOf(whole)).toEqual([CODE, ["Timeout", "RevisionId"]]);
    await configure({ Environment: { Variables: {} }, Timeout: 3 });
    expect(await updatesOf(whole)).toEqual([["Timeout", "Environment", "RevisionId"]]);
    expect(await updatesOf(whole)).toEqual([]);
  });
});
