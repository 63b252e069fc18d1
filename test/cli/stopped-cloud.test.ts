// A stack whose local cloud does not run: what `down` may delete without starting it, and the data that is gone.

import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RemovalResult } from "../../src/commands/removal.ts";
import type { StatusResult } from "../../src/commands/status.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { openWorkplace, processesOn, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

interface Failed {
  readonly error: { readonly code: string; readonly data: { readonly holds?: string[] }; readonly todo: string };
}

const dataFolder = (): string => join(place.folder, ".awsls/local");
const stateText = (): string => readFileSync(join(place.folder, ".awsls/http-crud-tutorial.json"), "utf8");
const areAllThere = async (...args: string[]): Promise<boolean> =>
  (await place.json<StatusResult>("status", ...args)).resources.every(({ condition }) => condition === "exists");

describe("down of a stack whose cloud was stopped", () => {
  it("deletes its data, its state and the folder, and starts no process", async () => {
    await place.awsls("up", "--local");
    await place.awsls("local", "stop");
    expect(processesOn(place.folder)).toEqual([]);
    const { code, stdout, stderr } = await place.awsls("down", "--json");
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain("started");
    expect((JSON.parse(stdout) as RemovalResult).deleted).toHaveLength(9);
    expect(readdirSync(place.folder)).toEqual([]);
    expect(processesOn(place.folder)).toEqual([]);
  });

  it("names the resources of another stack in it and loses nothing", async () => {
    await place.awsls("up", "--local");
    await place.awsls("table", "create", "--local", "--stack", "bob");
    await place.awsls("local", "stop");
    const before = stateText();
    const refused = await place.awsls("down");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("table/bob-items");
    expect(refused.stderr).toContain("`awsls local start`");
    expect(stateText()).toBe(before);
    expect(processesOn(place.folder)).toEqual([]);
    // The way out that it names.
    await place.awsls("up");
    expect(await areAllThere()).toBe(true);
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    const bob = await place.json<StatusResult>("status", "--stack", "bob");
    expect(bob.resources[0]).toMatchObject({ subject: { name: "bob-items" }, condition: "exists" });
  });

  it("names what was made through the SDK and loses nothing, whatever its name ends with", async () => {
    await place.awsls("table", "create", "--local");
    const config = await place.clientConfig();
    const logs = new CloudWatchLogsClient(config);
    const mine = "/mine/http-crud-tutorial-items";
    await logs.send(new CreateLogGroupCommand({ logGroupName: mine }));
    await place.awsls("local", "stop");
    const { error } = await place.json<Failed>("down");
    expect(error.code).toBe("LocalCloudStopped");
    expect(error.data.holds).toEqual([`arn:aws:logs:us-east-1:000000000000:log-group:${mine}`]);
    await place.awsls("local", "start");
    expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toHaveLength(1);
    expect((await place.awsls("table", "show")).code).toBe(0);
    logs.destroy();
  });

  it("with the state file lost deletes nothing that only has the right name, and starts nothing", async () => {
    await place.awsls("table", "create", "--local");
    await place.awsls("local", "stop");
    rmSync(join(place.folder, ".awsls/http-crud-tutorial.json"));
    const { error } = await place.json<Failed>("down");
    expect(error.data.holds).toEqual(["arn:aws:dynamodb:us-east-1:000000000000:table/http-crud-tutorial-items"]);
    expect(processesOn(place.folder)).toEqual([]);
    expect(existsSync(join(dataFolder(), "settings.json"))).toBe(true);
    expect(await place.awsls("table", "create")).toMatchObject({ code: 0 });
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("deletes the empty data of a cloud that nothing was made in", async () => {
    await place.awsls("local", "start");
    await place.awsls("local", "stop");
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
    expect(processesOn(place.folder)).toEqual([]);
  });
});

describe("a command that needs the cloud starts it again, as the stack's", () => {
  it.each([["test"], ["table items"], ["logs"], ["function invoke"], ["routes detach"], ["table delete"]])(
    "%s",
    async (command) => {
      await place.awsls("up", "--local");
      await place.awsls("local", "stop");
      const { code, stderr } = await place.awsls(...command.split(" "));
      expect(code, stderr).toBe(0);
      expect(await place.awsls("down")).toMatchObject({ code: 0 });
      expect(processesOn(place.folder)).toEqual([]);
      expect(readdirSync(place.folder)).toEqual([]);
    },
  );

  it.each([["status"], ["table show"], ["up --dry-run"], ["down --dry-run"], ["timer status"]])(
    "%s only looks: it names the command that does",
    async (command) => {
      await place.awsls("up", "--local");
      await place.awsls("local", "stop");
      const { error } = await place.json<Failed>(...command.split(" "));
      expect(error.code).toBe("LocalCloudStopped");
      expect(error.todo).toContain(command.endsWith("--dry-run") ? "`awsls local start`" : "`awsls up`");
      expect(processesOn(place.folder)).toEqual([]);
      await place.awsls("down");
    },
  );
});

it("a dry run does not take a stopped cloud for one that never was", async () => {
  await place.awsls("table", "create", "--local");
  await place.awsls("local", "stop");
  rmSync(join(place.folder, ".awsls/http-crud-tutorial.json"));
  expect((await place.json<Failed>("up", "--dry-run")).error.code).toBe("LocalCloudStopped");
  expect(processesOn(place.folder)).toEqual([]);
});

/** What is typed behind a command that cannot do without. */
const ENTERED: Readonly<Record<string, string>> = {
  "<email>": "kim@example.com",
  "<group>": "admins",
  "[name]": "lamp",
};

describe("data that is gone while the stack is recorded", () => {
  /** `up` and `table create` make it again, `down` forgets it. */
  // And `permissions` prints what it can say without AWS.
  const LOOKING = COMMANDS.filter(({ name }) => !["up", "table create", "down", "permissions"].includes(name))
    .filter(({ on }) => on === "stack")
    .map(({ name, arguments: words = [] }) => [name, ...words.map((word) => ENTERED[word] ?? "")].join(" ").trimEnd());

  it("is said by every other command, and nothing is started", { timeout: 40_000 }, async () => {
    await place.awsls("up", "--local");
    await place.awsls("local", "stop");
    rmSync(dataFolder(), { recursive: true });
    const before = stateText();
    for (const command of [...LOOKING, "permissions --check", "up --dry-run", "down --dry-run"]) {
      const { error } = await place.json<Failed>(...command.split(" "));
      expect(error.code, command).toBe("LocalDataGone");
      expect(error.todo).toContain("`awsls up`");
      expect(error.todo).toContain("`awsls down`");
    }
    expect(existsSync(dataFolder())).toBe(false);
    expect(stateText()).toBe(before);
  });

  it("also when its cloud still runs: up makes everything again, once", async () => {
    await place.awsls("up", "--local");
    const { pid } = place.cloud();
    rmSync(dataFolder(), { recursive: true, maxRetries: 10, retryDelay: 10 });
    expect((await place.json<Failed>("status")).error.code).toBe("LocalDataGone");
    expect(await place.awsls("up")).toMatchObject({ code: 0 });
    expect(place.cloud().pid).not.toBe(pid);
    expect(await place.awsls("test")).toMatchObject({ code: 0 });
    expect(await areAllThere()).toBe(true);
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
    await expect.poll(() => processesOn(place.folder), { timeout: 5_000 }).toEqual([]);
  });

  it("down forgets it", async () => {
    await place.awsls("up", "--local");
    await place.awsls("local", "stop");
    rmSync(dataFolder(), { recursive: true });
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
    expect(processesOn(place.folder)).toEqual([]);
  });
});
