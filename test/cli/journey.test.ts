// Whole journeys with the real executable on the local cloud: what a learner types, and what is left afterwards.

import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openWorkplace, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

const pidOfCloud = (): number => {
  const { pid } = JSON.parse(readFileSync(join(place.folder, ".awsls/local/cloud.json"), "utf8")) as { pid: number };
  return pid;
};

it("up, test, status, up again, down: nothing is left", async () => {
  const up = await place.awsls("up", "--local");
  expect(up).toMatchObject({ code: 0 });
  expect(up.stdout).toContain("9 of 9 resources");
  const pid = pidOfCloud();
  expect(await place.awsls("test")).toMatchObject({ code: 0 });
  const status = await place.awsls("status", "--json");
  const { resources, next } = JSON.parse(status.stdout) as { resources: { condition: string }[]; next: string };
  expect(resources.map(({ condition }) => condition)).toEqual(Array.from({ length: 9 }, () => "exists"));
  expect(next).toBe("test");
  const again = await place.awsls("up", "--json");
  const { outcomes } = JSON.parse(again.stdout) as { outcomes: { outcome: string }[] };
  expect(outcomes.every(({ outcome }) => outcome === "none")).toBe(true);
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  const second = await place.awsls("down");
  expect(second).toMatchObject({ code: 0 });
  expect(second.stdout).toContain("Nothing to do");
});

it("the six steps one by one, each naming the next", async () => {
  const steps = [
    "table create",
    "function create",
    "api create",
    "routes create",
    "integration create",
    "routes attach",
  ];
  for (const [index, step] of steps.entries()) {
    const done = await place.awsls(...step.split(" "), "--local");
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toContain(`awsls ${steps[index + 1] ?? "test"}`);
  }
  expect(await place.awsls("test")).toMatchObject({ code: 0 });
  const up = JSON.parse((await place.awsls("up", "--json")).stdout) as { outcomes: { outcome: string }[] };
  expect(up.outcomes.every(({ outcome }) => outcome === "none")).toBe(true);
  for (const back of [
    "routes detach",
    "integration delete",
    "routes delete",
    "api delete",
    "function delete",
    "table delete",
  ]) {
    const done = await place.awsls(...back.split(" "));
    expect(done.code, `${back}: ${done.stderr}`).toBe(0);
  }
  expect(readdirSync(place.folder)).toEqual([]);
});

it("a missing predecessor names the command that comes first, and leaves nothing", async () => {
  const refused = await place.awsls("routes", "create", "--local");
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain("`awsls api create`");
  expect(readdirSync(place.folder)).toEqual([]);
});

it("a dry run changes nothing, not even a folder", async () => {
  await place.awsls("up", "--local");
  const dry = await place.awsls("down", "--dry-run");
  expect(dry.stdout).toContain("table http-crud-tutorial-items");
  expect(await place.awsls("test")).toMatchObject({ code: 0 });
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
});

it("two stacks share a cloud and never see each other", async () => {
  await place.awsls("up", "--local");
  expect(await place.awsls("up", "--local", "--stack", "alice")).toMatchObject({ code: 0 });
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(await place.awsls("test", "--stack", "alice")).toMatchObject({ code: 0 });
  expect(await place.awsls("down", "--stack", "alice")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
});

it("down also forgets what was deleted by hand, and nothing is left", async () => {
  await place.awsls("up", "--local");
  await place.awsls("up", "--local", "--stack", "alice");
  const { stdout } = await place.awsls("local", "env");
  const variables = Object.fromEntries(
    [...stdout.matchAll(/(AWS_\w+)[ =]+'([^']*)'/g)].map(([, name, value]) => [name, value]),
  );
  const dynamodb = new DynamoDBClient({
    endpoint: variables["AWS_ENDPOINT_URL"] ?? "",
    region: variables["AWS_REGION"] ?? "",
    credentials: {
      accessKeyId: variables["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: variables["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  });
  await dynamodb.send(new DeleteTableCommand({ TableName: "http-crud-tutorial-items" }));
  dynamodb.destroy();
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(readdirSync(join(place.folder, ".awsls")).toSorted()).toEqual([".gitignore", "alice.json", "local"]);
  expect(await place.awsls("down", "--stack", "alice")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
});

it("a second down names where it looked", async () => {
  const { code, stdout } = await place.awsls("down");
  expect(code).toBe(0);
  expect(stdout).toContain(join(place.folder, ".awsls", "http-crud-tutorial.json"));
});

it("another region than the running cloud's is refused with both named", async () => {
  await place.awsls("up", "--local");
  const { code, stderr } = await place.awsls("up", "--local", "--stack", "bob", "--region", "eu-west-1");
  expect(code).toBe(3);
  expect(stderr).toContain("eu-west-1");
  expect(stderr).toContain("us-east-1");
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
});
