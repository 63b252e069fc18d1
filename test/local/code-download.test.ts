// `Code.Location`: the zip for whoever has the URL, and nothing else, for ten minutes.

import { DeleteFunctionCommand, GetFunctionCommand } from "@aws-sdk/client-lambda";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { type TestFunctions, testFunctions } from "../functions.ts";
import { zipOf } from "../zip.ts";

const ZIP = zipOf({ "index.mjs": "export const handler = async () => 'mine';" });
const FunctionName = "mine";

let cloud: TestCloud;
let functions: TestFunctions;
let later = 0;
beforeAll(async () => {
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  cloud = await startTestCloud({ clock: { now: () => Date.now() + later, sleep } });
  functions = await testFunctions(cloud);
  await functions.create(FunctionName, ZIP);
});
afterAll(() => cloud.close());

async function location(name = FunctionName): Promise<string> {
  const { Code } = await functions.lambda.send(new GetFunctionCommand({ FunctionName: name }));
  expect(Code?.RepositoryType).toBe("S3");
  return Code?.Location ?? "";
}

it("gives the zip as it was sent, without a key", async () => {
  const answer = await fetch(await location());
  expect(answer.status).toBe(200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.equals(ZIP)).toBe(true);
  const { Configuration } = await functions.lambda.send(new GetFunctionCommand({ FunctionName }));
  expect(createHash("sha256").update(bytes).digest("base64")).toBe(Configuration?.CodeSha256);
});

it("refuses every other URL, also those that look like it", async () => {
  await functions.create("another", zipOf({ "index.mjs": "export const handler = async () => 'another';" }));
  const [mine, another] = [new URL(await location()), new URL(await location("another"))];
  const changed = (change: (url: URL) => void): URL => {
    const url = new URL(mine);
    change(url);
    return url;
  };
  const urls = [
    changed((url) => void (url.search = "")),
    changed((url) => void (url.pathname = another.pathname)),
    changed((url) => void (url.pathname = `${url.pathname}.zip`)),
    changed((url) => void (url.pathname = "/_lambda/code/..%2f..%2fkeys.json")),
    changed((url) => url.searchParams.set("Expires", String(Date.now() + 86_400_000))),
    changed((url) => url.searchParams.set("Signature", "00".repeat(32))),
    changed((url) => url.searchParams.delete("Expires")),
  ];
  for (const url of urls) expect((await fetch(url)).status, url.href).toBe(403);
  expect((await fetch(mine, { method: "POST", body: "x" })).status).toBe(403);
  for (const path of ["/_awsls/health", "/2015-03-31/functions"]) {
    const answer = await fetch(changed((url) => void (url.pathname = path)));
    expect(answer.status, path).toBeGreaterThanOrEqual(400);
  }
});

it("is refused after ten minutes", async () => {
  const url = await location();
  later = 599_000;
  expect((await fetch(url)).status).toBe(200);
  later = 601_000;
  const expired = await fetch(url);
  expect([expired.status, await expired.text()]).toEqual([403, expect.stringContaining("Request has expired")]);
  later = 0;
});

it("follows the code: another zip after an update, none after the function", async () => {
  const before = await location();
  const next = zipOf({ "index.mjs": "export const handler = async () => 'next';" });
  await functions.update(FunctionName, next);
  const url = await location();
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(next)).toBe(true);
  await expect.poll(async () => (await fetch(before)).status).toBe(404);
  await functions.lambda.send(new DeleteFunctionCommand({ FunctionName }));
  await expect.poll(async () => (await fetch(url)).status).toBe(404);
});

it("is not there for code of a cloud that kept no zips", async () => {
  await functions.create("older", ZIP);
  const folder = new URL(await location("older")).pathname.split("/").at(-1) ?? "";
  rmSync(join(cloud.folder, "lambda", "zips", `${folder}.zip`));
  expect(await location("older")).toBe("");
});
