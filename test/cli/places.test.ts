// One project, several places: a copied folder, a state file used from elsewhere, a state file that is lost.

import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ItemsResult } from "../../src/commands/table-items.ts";
import type { LocalStatus } from "../../src/commands/local.ts";
import type { StatusResult } from "../../src/commands/status.ts";
import type { UpResult } from "../../src/commands/up.ts";
import { isProcessAlive } from "../../src/core/process.ts";
import { BIN, cleanEnvironment, openWorkplace, processesOn, type Workplace } from "./awsls.ts";

let place: Workplace;
let other: Workplace;
beforeEach(() => {
  place = openWorkplace();
  other = openWorkplace();
});
afterEach(() => Promise.all([place.close(), other.close()]));

const TABLE = "http-crud-tutorial-items";

async function putInto({ clientConfig }: Workplace, id: string): Promise<void> {
  const dynamodb = new DynamoDBClient(await clientConfig());
  await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: { id: { S: id } } }));
  dynamodb.destroy();
}

const idsIn = async ({ json }: Workplace): Promise<string[]> =>
  (await json<ItemsResult>("table", "items")).items.map(({ id }) => String(id)).toSorted();

describe("a project folder that was copied while its cloud runs", () => {
  beforeEach(async () => {
    await place.awsls("up", "--local");
    await putInto(place, "before");
    cpSync(place.folder, other.folder, { recursive: true });
  });

  it("has a cloud of its own: what happens in one is not seen in the other, and both go", async () => {
    const { pid, url } = place.cloud();
    // As long as it does not run there is nobody to talk to.
    expect((await other.json<LocalStatus>("local", "status")).running).toBe(false);
    for (const command of ["status", "table show", "local env", "local reset"]) {
      expect(await other.json(...command.split(" ")), command).toMatchObject({ error: { code: "LocalCloudStopped" } });
    }
    expect((await other.awsls("local", "stop")).stdout).toContain("Nothing to do");
    const up = await other.json<UpResult>("up");
    expect(up.outcomes.every(({ outcome }) => outcome === "none")).toBe(true);
    expect(up.url).not.toBe((await place.json<StatusResult>("status")).url);
    expect(other.cloud().pid).not.toBe(pid);
    await putInto(other, "copy");
    await putInto(place, "original");
    expect(await idsIn(other)).toEqual(["before", "copy"]);
    expect(await idsIn(place)).toEqual(["before", "original"]);
    expect(await other.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(other.folder)).toEqual([]);
    expect(await idsIn(place)).toEqual(["before", "original"]);
    expect(place.cloud()).toMatchObject({ pid, url });
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
    for (const { folder } of [place, other]) expect(processesOn(folder)).toEqual([]);
  });

  it("can be taken down without ever being started, and the original lives on", async () => {
    expect(await other.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(other.folder)).toEqual([]);
    expect(await idsIn(place)).toEqual(["before"]);
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
  });
});

describe.skipIf(process.platform === "win32")("a shell that evaluates `local env`", () => {
  const AWSLS = `"${process.execPath}" "${BIN}" local env`;
  /** The status of the script, what it printed and what it said. */
  function inShell(folder: string, script: string, env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync("sh", ["-c", script], {
      cwd: folder,
      env: cleanEnvironment({ AWS_PROFILE: "work", AWS_SESSION_TOKEN: "old", ...env }),
      encoding: "utf8",
    });
  }

  it("is told which cloud it is led to, and nothing of what was set before is in the way", async () => {
    await place.awsls("local", "start");
    const shown = 'echo "$AWS_ENDPOINT_URL ${AWS_PROFILE-} ${AWS_SESSION_TOKEN-} $AWS_REGION"';
    for (const evaluate of [`eval "$(${AWSLS})"`, `eval $(${AWSLS})`]) {
      const { status, stdout, stderr } = inShell(place.folder, `${evaluate} && ${shown}`);
      expect(status, stderr).toBe(0);
      expect(stdout).toBe(`${place.cloud().url}   us-east-1\n`);
      expect(stderr).toContain(join(place.folder, ".awsls", "local"));
    }
  });

  it("is rid of all that would lead a service elsewhere, and of it behind the bracket that README advises", async () => {
    await place.awsls("local", "start");
    const before = {
      AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1",
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: "http://127.0.0.1:1",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
      AWS_SECURITY_TOKEN: "old",
      AWS_CREDENTIAL_EXPIRATION: "2026-01-01T00:00:00Z",
      AWS_USE_FIPS_ENDPOINT: "true",
      AWS_USE_DUALSTACK_ENDPOINT: "true",
      AWS_REGION: "eu-west-1",
    };
    const names = Object.keys(before);
    const shown = `for name in ${names.join(" ")} AWS_PROFILE; do eval 'echo "$name=$'$name'"'; done`;
    const { status, stdout, stderr } = inShell(place.folder, `( eval "$(${AWSLS})" && ${shown} ); ${shown}`, before);
    expect(status, stderr).toBe(0);
    const inside = names.map((name) => {
      const now = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false", AWS_REGION: "us-east-1" };
      return `${name}=${now[name as keyof typeof now] ?? ""}`;
    });
    const outside = Object.entries(before).map((entry) => entry.join("="));
    expect(stdout.trimEnd().split("\n")).toEqual([...inside, "AWS_PROFILE=", ...outside, "AWS_PROFILE=work"]);
  });

  it.each([
    ["an option that there is not", "--prot 1"],
    ["an option without its value", "--state"],
    ["a word too many", "extra"],
    ["an option that does not suit it", "--dry-run"],
  ])("fails for %s, too, and a script does not go on", async (_mistake, words) => {
    await place.awsls("local", "start");
    const { status, stdout, stderr } = inShell(place.folder, `eval "$(${AWSLS} ${words})" && echo went on`);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/awsls (--help|help local env)/);
    expect(await place.awsls("local", "env", ...words.split(" "))).toMatchObject({ code: 2, stdout: "false\n" });
    expect((await place.awsls("local", "status", ...words.split(" "))).stdout).toBe("");
  });

  it.each([["go on"], ["set -e"]])("fails in a folder without a cloud, and says where that is (%s)", (how) => {
    const evaluate = `eval "$(${AWSLS})"`;
    const script = how === "set -e" ? `set -e; ${evaluate}; echo went on` : `${evaluate} && echo went on`;
    const { status, stdout, stderr } = inShell(place.folder, script);
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toContain(`There is no local cloud here: looked for ${join(place.folder, ".awsls", "local")}`);
    expect(stderr).toContain("awsls local start");
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("fails, too, where the cloud does not run; the command itself ends with 3", async () => {
    await place.awsls("local", "start");
    await place.awsls("local", "stop");
    const { status, stderr } = inShell(place.folder, `eval "$(${AWSLS})"`);
    expect(status).toBe(1);
    expect(stderr).toContain(`The local cloud of ${join(place.folder, ".awsls", "local")} is not running`);
    expect(await place.awsls("local", "env")).toMatchObject({ code: 3, stdout: "false\n" });
    expect(await other.json("local", "env")).toMatchObject({
      error: { code: "NoLocalCloud", data: { lookedIn: join(other.folder, ".awsls", "local") } },
    });
  });
});

describe("--state from another folder", () => {
  it.each([
    ["of .awsls", ".awsls/http-crud-tutorial.json"],
    ["of the user's own", "mine.json"],
  ])("a file %s: the same stack and its local cloud", async (_case, file) => {
    expect(await place.awsls("up", "--local", "--state", file)).toMatchObject({ code: 0 });
    const { pid } = place.cloud();
    const state = ["--state", join(place.folder, file)];
    const { resources } = await other.json<StatusResult>("status", ...state);
    expect(resources.every(({ condition }) => condition === "exists")).toBe(true);
    expect(await other.awsls("test", ...state)).toMatchObject({ code: 0 });
    // Its local cloud, too.
    const { cloud } = await other.json<{ cloud?: { folder: string } }>("local", "status", ...state);
    expect(cloud?.folder).toBe(join(place.folder, ".awsls", "local"));
    // Found, also when it has to be started.
    await place.awsls("local", "stop");
    const { outcomes } = await other.json<UpResult>("up", ...state);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 9 }, () => "none"));
    expect(place.cloud().pid).not.toBe(pid);
    expect(readdirSync(other.folder)).toEqual([]);
    expect(await other.awsls("down", ...state)).toMatchObject({ code: 0 });
    for (const { folder } of [place, other]) expect(readdirSync(folder)).toEqual([]);
    expect(processesOn(place.folder)).toEqual([]);
  });

  it("one that was made from elsewhere finds the cloud of the folder it was made in", async () => {
    mkdirSync(join(other.folder, "states"));
    const file = join(other.folder, "states", "mine.json");
    expect(await place.awsls("up", "--local", "--state", file)).toMatchObject({ code: 0 });
    const { pid } = place.cloud();
    expect(await other.awsls("test", "--state", "states/mine.json")).toMatchObject({ code: 0 });
    expect(await other.awsls("down", "--state", "states/mine.json")).toMatchObject({ code: 0 });
    expect(isProcessAlive(pid)).toBe(false);
    expect(readdirSync(place.folder)).toEqual([]);
    expect(readdirSync(join(other.folder, "states"))).toEqual([]);
  });
});

describe("a state file that is lost while the local cloud runs", () => {
  const lose = (): void => rmSync(join(place.folder, ".awsls/http-crud-tutorial.json"));
  beforeEach(async () => {
    await place.awsls("up", "--local");
    lose();
  });

  it("up finds everything by its tags and makes nothing twice, down leaves nothing", async () => {
    const { pid } = place.cloud();
    const { outcomes, url } = await place.json<UpResult>("up");
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 9 }, () => "none"));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(place.cloud().pid).toBe(pid);
    lose();
    expect((await place.json<StatusResult>("status")).url).toBe(url);
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
    expect(processesOn(place.folder)).toEqual([]);
  });

  it("down alone leaves nothing either, also with a region of AWS in the environment", async () => {
    const down = await place.awslsWith({ AWS_REGION: "eu-west-1" }, "down");
    expect(down).toMatchObject({ code: 0 });
    expect(down.stderr).toContain("The local cloud of this folder is used");
    expect(readdirSync(place.folder)).toEqual([]);
    expect(processesOn(place.folder)).toEqual([]);
  });
});
