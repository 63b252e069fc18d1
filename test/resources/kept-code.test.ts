// `--adopt` keeps the code that it replaces, before anything is written.

import { GetFunctionCommand, LambdaClient, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Answer, StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { up } from "../../src/commands/up.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { zipOf } from "../zip.ts";
import { leaveBehind } from "./console.ts";

const FunctionName = "http-crud-tutorial-function";
const MINE = zipOf({ "index.mjs": "export const handler = async () => 'mine';" });
const OTHER = zipOf({ "index.mjs": "export const handler = async () => 'other';" });

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
  await leaveBehind(cloud);
  await putCode(MINE);
});
afterEach(async () => {
  stack.close();
  await cloud.endFaults();
  await cloud.control("POST", "reset");
});

async function putCode(ZipFile: Buffer): Promise<void> {
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
  const lastUpdate = async (): Promise<string | undefined> =>
    (await lambda.send(new GetFunctionCommand({ FunctionName }))).Configuration?.LastUpdateStatus;
  await expect.poll(lastUpdate).toBe("Successful");
}

async function adopting(more: Partial<StackContext> = {}): Promise<StackContext> {
  const usual = await stack.context();
  return { ...usual, session: { ...usual.session, adopt: true }, ...more };
}

function pathOf(zip: Buffer): string {
  const sha256 = createHash("sha256").update(zip).digest("hex");
  return join(stack.folder, `http-crud-tutorial.replaced-${sha256.slice(0, 12)}.zip`);
}

const zips = (): string[] => readdirSync(stack.folder).filter((name) => name.endsWith(".zip"));

async function writes(): Promise<string[]> {
  const operations = (await cloud.requests()).map(({ operation }) => operation);
  return operations.filter((operation) => !/^(Get|List|Describe)/.test(operation));
}

/** As the cloud of an older awsls, and a registry's image, have none. */
function loseZips(): void {
  rmSync(join(cloud.folder, "lambda", "zips"), { recursive: true });
  mkdirSync(join(cloud.folder, "lambda", "zips"));
}

const told = (): (string | undefined)[] =>
  stack.events.flatMap((event) =>
    event.type === "notice" && event.code === "TakesOver"
      ? event.data.resources.filter(({ resource }) => resource === "function").map(({ keptCode }) => keptCode)
      : [],
  );

it("is told before the question, is whole, and stays when the stack goes", async () => {
  const before: string[][] = [];
  const ask = (): Promise<Answer> => {
    before.push([...told().map(String), ...zips()]);
    return Promise.resolve("yes");
  };
  const { keptCode } = await up(await adopting({ ask }));
  expect(keptCode).toEqual([pathOf(MINE)]);
  expect(before).toEqual([[pathOf(MINE)]]);
  expect(readFileSync(pathOf(MINE)).equals(MINE)).toBe(true);
  if (process.platform !== "win32") expect(statSync(pathOf(MINE)).mode & 0o777).toBe(0o600);
  await down(await stack.context());
  expect(zips()).toEqual([basename(pathOf(MINE))]);
});

it("is kept before the first write, also when that one fails, and found by the next run", async () => {
  await cloud.failNext("UpdateFunctionCode", { code: "AccessDeniedException", status: 403 });
  await expect(up(await adopting())).rejects.toThrow();
  expect(readFileSync(pathOf(MINE)).equals(MINE)).toBe(true);
  // Neither fetched nor written a second time.
  loseZips();
  const { ino, mtimeMs } = statSync(pathOf(MINE));
  expect((await up(await adopting())).keptCode).toEqual([pathOf(MINE)]);
  expect(statSync(pathOf(MINE))).toMatchObject({ ino, mtimeMs });
});

it("also step by step, and the code that came meanwhile as well", async () => {
  let questions = 0;
  const ask = async (): Promise<Answer> => {
    questions += 1;
    if (questions === 1) await putCode(OTHER);
    return "yes";
  };
  await createStep(await adopting(), "table");
  expect(zips()).toEqual([]);
  expect((await createStep(await adopting({ ask }), "function")).keptCode).toEqual([pathOf(OTHER)]);
  expect(questions).toBe(2);
  expect(zips()).toEqual([basename(pathOf(OTHER))]);
});

it("nothing is kept when nothing is replaced: a no, a dry run, code that is the same, our own function", async () => {
  await up(await adopting({ ask: () => Promise.resolve("no") }));
  await up(await adopting({ dryRun: true }));
  const context = await adopting();
  await putCode(Buffer.from((await context.packageHandler("crud", context.settings)).zip));
  expect((await up(context)).keptCode).toBeUndefined();
  await putCode(MINE);
  expect((await up(await stack.context())).outcomes.some(({ outcome }) => outcome === "update")).toBe(true);
  await putCode(MINE);
  expect((await up(await adopting())).keptCode).toBeUndefined();
  expect(zips()).toEqual([]);
});

it("what cannot be fetched stops the run before the first write, until it is there", async () => {
  loseZips();
  await cloud.clearRequests();
  const data = { name: FunctionName, path: pathOf(MINE), reason: "GetFunction: no Code.Location" };
  for (const noun of [undefined, "function"]) {
    const context = await adopting();
    const run = noun === undefined ? up(context) : createStep(await adopting(), noun);
    await expect(run).rejects.toMatchObject({ code: "CodeNotFetched", data });
  }
  expect(await writes()).toEqual([]);
  expect(zips()).toEqual([]);
  writeFileSync(pathOf(MINE), MINE);
  expect((await up(await adopting())).keptCode).toEqual([pathOf(MINE)]);
});

it.each([
  ["where the code can be fetched", () => undefined],
  ["where it cannot: no advice that would write over it", loseZips],
])("something else of that name stays, and nothing is touched: %s", async (_case, prepare) => {
  prepare();
  writeFileSync(pathOf(MINE), "mine, too");
  await cloud.clearRequests();
  await expect(up(await adopting())).rejects.toMatchObject({ code: "KeptCodeDiffers", data: { path: pathOf(MINE) } });
  expect(await writes()).toEqual([]);
  expect(readFileSync(pathOf(MINE), "utf8")).toBe("mine, too");
});
