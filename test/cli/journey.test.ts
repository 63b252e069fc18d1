// Whole journeys with the real executable on the local cloud: what a learner types, and what is left afterwards.

import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RemovalResult } from "../../src/commands/removal.ts";
import { isProcessAlive } from "../../src/core/process.ts";
import { openWorkplace, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

const pidOfCloud = (): number => place.cloud().pid;

it("up, test, status, up again, down: nothing is left", async () => {
  const up = await place.awsls("up", "--local");
  expect(up).toMatchObject({ code: 0 });
  expect(up.stdout).toContain("9 of 9 resources");
  const pid = pidOfCloud();
  const tested = await place.awsls("test");
  expect(tested.code, tested.stderr).toBe(0);
  expect(tested.stderr).toContain('Looked whether there is an item "123" already: there is none.');
  const { url } = await place.json<{ url: string }>("test", "--id", "123", "--keep");
  const beside = await place.awsls("test");
  expect(beside.stderr).toMatch(/There is an item "123" already, .* this test uses "123-[0-9a-f]{8}"\./);
  await fetch(`${url}/items/123`, { method: "DELETE" });
  const status = await place.awsls("status", "--json");
  const { resources, next } = JSON.parse(status.stdout) as { resources: { condition: string }[]; next: string };
  expect(resources.map(({ condition }) => condition)).toEqual(Array.from({ length: 9 }, () => "exists"));
  expect(next).toBe("test");
  const again = await place.awsls("up", "--json");
  const { outcomes } = JSON.parse(again.stdout) as { outcomes: { outcome: string }[] };
  expect(outcomes.every(({ outcome }) => outcome === "none")).toBe(true);
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
  expect(isProcessAlive(pid)).toBe(false);
  const second = await place.awsls("down");
  expect(second).toMatchObject({ code: 0 });
  await place.awsls("local", "start");
  expect((await place.awsls("down")).stdout).toBe("Nothing to do: there is nothing for `awsls down` to delete.\n");
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
  expect(refused.stderr).toContain("Run `awsls table create --local` first.");
  expect(readdirSync(place.folder)).toEqual([]);
});

it(
  "looking at what is missing names the step that can be done now, not one that names another",
  { timeout: 60_000 },
  async () => {
    await place.awsls("table", "create", "--local");
    const first = async (command: string): Promise<string | undefined> =>
      /Run `awsls (.+)` first/.exec((await place.awsls(...command.split(" "))).stderr)?.[1];
    for (const command of [
      "function show",
      "api show",
      "routes list",
      "integration show",
      "logs",
      "function invoke",
      "test",
    ])
      expect(await first(command), command).toBe("function create");
    for (const command of ["timer status", "logs timer", "timer invoke"])
      expect(await first(command), command).toBe("timer enable");
    await place.awsls("function", "create");
    await place.awsls("api", "create");
    const dynamodb = new DynamoDBClient(await place.clientConfig());
    await dynamodb.send(new DeleteTableCommand({ TableName: "http-crud-tutorial-items" }));
    // The API is all that the routes stand on.
    expect(await first("routes list")).toBe("routes create");
    expect(await first("integration show")).toBe("table create");
    expect(await first("timer status")).toBe("table create");
    await place.awsls("down");
  },
);

it("a dry run in an empty folder shows everything that would be made, and starts nothing", async () => {
  const { code, stdout } = await place.awsls("up", "--local", "--dry-run");
  expect(code).toBe(0);
  expect(stdout.match(/^ {2}\+ /gm)).toHaveLength(9);
  expect(readdirSync(place.folder)).toEqual([]);
});

it("status between the steps: what is there is as it should be, and the next step is named", async () => {
  for (const step of ["table create", "function create", "api create", "routes create"]) {
    await place.awsls(...step.split(" "), "--local");
  }
  const { resources, next } = JSON.parse((await place.awsls("status", "--json")).stdout) as {
    resources: { condition: string; subject: { component: string } }[];
    next: string;
  };
  const missing = resources.filter(({ condition }) => condition !== "exists");
  expect(missing.map(({ subject, condition }) => `${subject.component} ${condition}`)).toEqual([
    "integration missing",
    "permission missing",
  ]);
  expect(next).toBe("integration create");
  expect((await place.awsls("status")).stdout).toMatch(
    /^URL: {3}http:\S+\/items does not answer yet: routes not attached, integration missing, permission missing$/m,
  );
  const started = performance.now();
  const tested = await place.awsls("test");
  expect(tested.code).toBe(3);
  expect(tested.stderr).toContain("Run `awsls integration create` first.");
  expect(performance.now() - started).toBeLessThan(10_000);
  await place.awsls("down");
});

it("suggested commands find the same stack", async () => {
  const { stdout } = await place.awsls("table", "create", "--local", "--stack", "alice", "--state", "my state.json");
  const file = process.platform === "win32" ? '"my state.json"' : "'my state.json'";
  expect(stdout).toContain(`Next:  awsls function create --stack alice --state ${file}`);
  const npx = await place.awslsWith({ npm_command: "exec" }, "function", "create", "--local");
  expect(npx.stderr).toContain("Run `npx awsls table create --local` first.");
  expect(await place.awsls("down", "--stack", "alice", "--state", "my state.json")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
});

it("a cloud stays while anything is in it: another stack elsewhere, a table made by hand", async () => {
  await place.awsls("up", "--local");
  await place.awsls("table", "create", "--local", "--stack", "bob", "--state", "bob.json");
  expect((await place.awsls("down")).stderr).toContain("table/bob-items");
  const dynamodb = new DynamoDBClient(await place.clientConfig());
  await dynamodb.send(
    new CreateTableCommand({
      TableName: "mine",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  const down = await place.awsls("down", "--stack", "bob", "--state", "bob.json");
  expect(down.code, down.stderr).toBe(0);
  expect(down.stderr).toContain("table/mine");
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual(["mine"]);
  dynamodb.destroy();
});

it("down of a cloud that does not run deletes its data without starting it, and answers as ever", async () => {
  await place.awsls("table", "create", "--local");
  const pid = pidOfCloud();
  process.kill(pid, "SIGKILL");
  await vi.waitUntil(() => !isProcessAlive(pid));
  const down = JSON.parse((await place.awsls("down", "--json")).stdout) as RemovalResult;
  expect(down.deleted).toEqual([{ component: "table", name: "http-crud-tutorial-items" }]);
  expect(readdirSync(place.folder)).toEqual([]);
  const again = JSON.parse((await place.awsls("down", "--json")).stdout) as RemovalResult;
  expect(Object.keys(again)).toEqual(Object.keys(down));
});

it("a dry run changes nothing", async () => {
  await place.awsls("up", "--local");
  const tried = await place.awsls("test", "--dry-run");
  expect(tried.stdout).toContain("PUT http");
  expect((await place.awsls("table", "items")).stdout).toContain("is empty");
  expect((await place.awsls("local", "reset", "--dry-run")).code).toBe(2);
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
  const dynamodb = new DynamoDBClient(await place.clientConfig());
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
