// Dead at any save of the state, refused at any call: the same command again finishes, without a double, and `down` leaves nothing.

import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
} from "@aws-sdk/client-apigatewayv2";
import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deleteAuth } from "../../src/commands/auth-delete.ts";
import { disableAuth } from "../../src/commands/auth-disable.ts";
import { enableAuth } from "../../src/commands/auth-enable.ts";
import type { StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { deleteIdentity } from "../../src/commands/identity-delete.ts";
import { enableIdentity } from "../../src/commands/identity-enable.ts";
import { status } from "../../src/commands/status.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { deleteTimer } from "../../src/commands/timer-delete.ts";
import { disableTimer } from "../../src/commands/timer-disable.ts";
import { enableTimer } from "../../src/commands/timer-enable.ts";
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
afterEach(() => stack.close());

/** As long as a run saves more often than this, there is a moment to die at. */
const MOST_SAVES = 60;

class Death extends Error {}

/** A context of a process that dies instead of saving the state for the nth time: nothing is recorded from then on. */
async function dyingAt(save: number): Promise<{ context: StackContext; saves(): number }> {
  const context = await stack.context();
  const { state } = context.session;
  let saves = 0;
  const update: typeof state.update = (change) => {
    const before = state.current();
    if (JSON.stringify(change(before)) === JSON.stringify(before)) return;
    saves += 1;
    if (saves >= save) throw new Death();
    state.update(change);
  };
  return { context: { ...context, session: { ...context.session, state: { ...state, update } } }, saves: () => saves };
}

const makeUp = async (): Promise<unknown> => up(await stack.context());
const takeDown = async (): Promise<unknown> => down(await stack.context());

async function isWholeAndSingle(): Promise<void> {
  const { resources } = await status(await stack.context());
  expect(resources.filter(({ condition }) => condition !== "exists")).toEqual([]);
  const gateway = new ApiGatewayV2Client(cloud.config);
  const { Items: apis = [] } = await gateway.send(new GetApisCommand({}));
  const ApiId = apis[0]?.ApiId ?? "";
  const integrations = await gateway.send(new GetIntegrationsCommand({ ApiId }));
  const routes = await gateway.send(new GetRoutesCommand({ ApiId }));
  expect([apis.length, integrations.Items?.length, routes.Items?.length]).toEqual([1, 1, 4]);
  gateway.destroy();
}

async function isEmpty(): Promise<void> {
  expect(await (await cloud.control("GET", "inventory")).json()).toEqual({ holds: [] });
}

it.each([
  ["kept", () => undefined],
  ["lost", () => rmSync(stack.statePath, { force: true })],
])("`up` that dies at any save, the state file %s", { timeout: 120_000 }, async (_case, afterDeath) => {
  let deaths = 0;
  for (let save = 1; save < MOST_SAVES; save++) {
    const dying = await dyingAt(save);
    const end = await up(dying.context).catch((error: unknown) => error);
    if (dying.saves() < save) break;
    expect(end).toBeInstanceOf(Death);
    deaths += 1;
    afterDeath();
    await makeUp();
    await isWholeAndSingle();
    await takeDown();
    await isEmpty();
  }
  // An intent and a result for each component.
  expect(deaths).toBeGreaterThanOrEqual(2 * 9);
  await takeDown();
});

it.each([
  ["kept", () => undefined],
  ["lost", () => rmSync(stack.statePath, { force: true })],
])("`down` that dies at any save, the state file %s", { timeout: 120_000 }, async (_case, afterDeath) => {
  let deaths = 0;
  for (let save = 1; save < MOST_SAVES; save++) {
    await makeUp();
    const dying = await dyingAt(save);
    await down(dying.context).catch((error: unknown) => error);
    if (dying.saves() < save) break;
    deaths += 1;
    afterDeath();
    await takeDown();
    await isEmpty();
  }
  expect(deaths).toBeGreaterThanOrEqual(5);
});

it("refused at any call of `up` or `down`: named, then the same command finishes", { timeout: 120_000 }, async () => {
  for (const [first, again] of [
    [makeUp, makeUp],
    [takeDown, takeDown],
  ]) {
    if (first === takeDown) await makeUp();
    await cloud.clearRequests();
    await first?.();
    const called = new Set((await cloud.requests()).map(({ operation }) => operation));
    called.delete("GetCallerIdentity");
    expect(called.size).toBeGreaterThanOrEqual(10);
    for (const operation of called) {
      if (first === makeUp) await takeDown();
      else await makeUp();
      await cloud.failNext(operation, {
        code: "AccessDeniedException",
        status: 403,
        message: "not allowed",
        times: 99,
      });
      const end = await first?.().catch((error: unknown) => error);
      await cloud.clearFaults();
      // Tags that cannot be read of what the state records are no reason to stop.
      if (end instanceof Error) expect(end, operation).toBeInstanceOf(Problem);
      await again?.();
      if (again === makeUp) await isWholeAndSingle();
      else await isEmpty();
    }
  }
});

interface AddOn {
  /** What it stands on. */
  base(): Promise<unknown>;
  enable(context: StackContext): Promise<unknown>;
  disable(context: StackContext): Promise<unknown>;
  remove(context: StackContext): Promise<unknown>;
  /** How many components it has, and how many when it is disabled. */
  readonly size: number;
  readonly disabledSize?: number;
  /** How many the add-ons have that it stands on. */
  readonly baseSize?: number;
  /** Part of the ARN of what it is known by. */
  readonly trace: RegExp;
}

const ADD_ONS: readonly [string, AddOn][] = [
  [
    "the timer",
    {
      base: async () => createStep(await stack.context(), "table"),
      enable: (context) => enableTimer(context, {}),
      disable: disableTimer,
      remove: deleteTimer,
      size: 6,
      trace: /eventTestFunction|1min-insert/,
    },
  ],
  [
    "sign-in",
    {
      base: makeUp,
      enable: (context) => enableAuth(context, { adminsOnlyDelete: true }),
      disable: disableAuth,
      remove: deleteAuth,
      size: 3,
      trace: /userpool/,
    },
  ],
  [
    "the identity pool",
    {
      base: async () => {
        await makeUp();
        await enableAuth(await stack.context(), {});
      },
      enable: (context) => enableIdentity(context, { guests: true, admins: true }),
      disable: (context) => enableIdentity(context, { guests: false, admins: false }),
      remove: deleteIdentity,
      size: 6,
      disabledSize: 3,
      baseSize: 3,
      trace: /identitypool|-(authenticated|guest|admins)-role/,
    },
  ],
];

describe.each(ADD_ONS)("%s", (_name, addOn) => {
  const enable = async (): Promise<unknown> => addOn.enable(await stack.context());
  const disable = async (): Promise<unknown> => addOn.disable(await stack.context());
  const remove = async (): Promise<unknown> => addOn.remove(await stack.context());

  const { size, disabledSize = size, baseSize = 0 } = addOn;

  async function isWhole(own = size): Promise<void> {
    const { resources } = await status(await stack.context());
    expect(resources.filter(({ condition }) => condition !== "exists" && condition !== "missing")).toEqual([]);
    const unstepped = resources.filter(({ step }) => step === undefined);
    const expected = Array.from({ length: baseSize + own }, () => "exists");
    expect(unstepped.map(({ condition }) => condition)).toEqual(expected);
  }

  async function isGone(): Promise<void> {
    const { holds } = (await (await cloud.control("GET", "inventory")).json()) as { holds: string[] };
    expect(holds.filter((arn) => addOn.trace.test(arn))).toEqual([]);
    const { resources } = await status(await stack.context());
    expect(resources.filter(({ condition }) => condition === "leftover" || condition === "drifted")).toEqual([]);
  }

  it.each([
    ["kept", () => undefined],
    ["lost", () => rmSync(stack.statePath, { force: true })],
  ])("that dies at any save while it is made, the state file %s", { timeout: 120_000 }, async (_case, afterDeath) => {
    await addOn.base();
    let deaths = 0;
    for (let save = 1; save < MOST_SAVES; save++) {
      const dying = await dyingAt(save);
      await addOn.enable(dying.context).catch((error: unknown) => expect(error).toBeInstanceOf(Death));
      if (dying.saves() < save) break;
      deaths += 1;
      afterDeath();
      await enable();
      await isWhole();
      await remove();
      await isGone();
    }
    // The setting, then an intent and a result for each component.
    expect(deaths).toBeGreaterThanOrEqual(1 + 2 * size);
    await takeDown();
    await isEmpty();
  });

  it.each([
    ["enable", enable, remove, () => isWhole()],
    ["delete", remove, enable, isGone],
    ["disable", disable, enable, () => isWhole(disabledSize)],
  ])("%s refused at any call: the same command finishes", { timeout: 120_000 }, async (_case, act, undo, isDone) => {
    await addOn.base();
    await undo();
    await cloud.clearRequests();
    await act();
    const called = new Set((await cloud.requests()).map(({ operation }) => operation));
    // These the function makes: sign-in asks its routes whether they are open.
    for (const operation of ["GetCallerIdentity", "Scan", "GetItem", "DeleteItem"]) called.delete(operation);
    expect(called.size).toBeGreaterThanOrEqual(3);
    for (const operation of called) {
      await undo();
      await cloud.failNext(operation, { code: "AccessDeniedException", status: 403, message: "no", times: 99 });
      const end = await act().catch((error: unknown) => error);
      await cloud.clearFaults();
      if (end instanceof Error) expect(end, operation).toBeInstanceOf(Problem);
      await act();
      await isDone();
    }
    await takeDown();
    await isEmpty();
  });
});
