// Bad input and bad luck, as the real executable answers them: exit code, what to do, nothing lost.

import { CreateRoleCommand, IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { createServer, type Server } from "node:http";
import {
  chmodSync,
  existsSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BIN, KEYS, openWorkplace, ROOT, run, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

function occupy(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

it("a damaged state file is named and kept", async () => {
  mkdirSync(join(place.folder, ".awsls"));
  const path = join(place.folder, ".awsls/http-crud-tutorial.json");
  writeFileSync(path, "{ half");
  const { code, stderr } = await place.awsls("up", "--local");
  expect(code).toBe(3);
  expect(stderr).toContain(path);
  expect(readFileSync(path, "utf8")).toBe("{ half");
});

it("a lock of a live process is respected, of a dead one taken over", async () => {
  mkdirSync(join(place.folder, ".awsls"));
  const lock = join(place.folder, ".awsls/http-crud-tutorial.lock");
  const holder = { id: "x", host: hostname(), command: "up", since: "2026-01-01T00:00:00.000Z" };
  writeFileSync(lock, JSON.stringify({ ...holder, pid: process.pid }));
  const locked = await place.awsls("up", "--local");
  expect(locked.code).toBe(3);
  expect(locked.stderr).toContain(String(process.pid));
  writeFileSync(lock, JSON.stringify({ ...holder, pid: 2 ** 22 + 1 }));
  const taken = await place.awsls("table", "create", "--local");
  expect(taken.code, taken.stderr).toBe(0);
  expect(taken.stderr).toContain("ended without a word");
  await place.awsls("down");
});

it("another target than the recorded one is refused with both named", async () => {
  await place.awsls("table", "create", "--local");
  const { code, stderr } = await place.awslsWith(KEYS, "up", "--endpoint-url", "http://192.0.2.1:4566");
  expect(code).toBe(3);
  expect(stderr).toContain("http://192.0.2.1:4566");
  expect(stderr).toContain("the local cloud");
  await place.awsls("down");
});

it.skipIf(process.getuid?.() === 0)("a folder that cannot be written", async () => {
  chmodSync(place.folder, 0o500);
  const { code, stderr } = await place.awsls("up", "--local");
  chmodSync(place.folder, 0o700);
  expect(code).toBe(3);
  expect(stderr).toContain("cannot be written");
});

it("a file in the way of .awsls is named and kept", async () => {
  writeFileSync(join(place.folder, ".awsls"), "mine");
  for (const command of [["up", "--local"], ["status"], ["down"], ["local", "start"]]) {
    const { code, stderr } = await place.awsls(...command);
    expect(stderr).not.toContain("bug");
    if (command.includes("--local") || command.includes("start")) {
      expect(code, stderr).toBe(3);
      expect(stderr).toContain(join(place.folder, ".awsls"));
    }
  }
  expect(readFileSync(join(place.folder, ".awsls"), "utf8")).toBe("mine");
  rmSync(join(place.folder, ".awsls"));
});

it("ports that are taken at a restart: others are chosen, said, and the API answers there", async () => {
  await place.awsls("up", "--local");
  const before = JSON.parse((await place.awsls("status", "--json")).stdout) as { url: string };
  const { endpoint } = await place.clientConfig();
  await place.awsls("local", "stop");
  const taken = await Promise.all([endpoint, before.url].map((url) => occupy(Number(new URL(url).port))));
  const up = await place.awsls("up");
  expect(up.code, up.stderr).toBe(0);
  expect(up.stderr).toContain(`Port ${new URL(endpoint).port} is taken`);
  expect(up.stderr).toContain(`Port ${new URL(before.url).port} is taken`);
  expect(up.stdout).not.toContain(before.url);
  expect(await place.awsls("test")).toMatchObject({ code: 0 });
  for (const server of taken) server.close();
  // Kept: the next start has no reason to move again.
  await place.awsls("local", "stop");
  expect((await place.awsls("up")).stderr).not.toContain("is taken");
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
});

it("unknown commands and options suggest the nearest", async () => {
  const command = await place.awsls("statsu");
  expect(command.code).toBe(2);
  expect(command.stderr).toContain("Did you mean status?");
  const option = await place.awsls("up", "--locl");
  expect(option.code).toBe(2);
  expect(option.stderr).toContain("Did you mean --local?");
});

it("a given role that cannot be the function's is refused before anything is made, and not remembered", async () => {
  await place.awsls("local", "start");
  const iam = new IAMClient(await place.clientConfig());
  const trust = (Service: string): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
    });
  const make = (RoleName: string, service: string): Promise<unknown> =>
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(service) }));
  await make("for-ec2", "ec2.amazonaws.com");
  await make("for-lambda", "lambda.amazonaws.com");
  const given = await place.holds();
  for (const [arn, why] of [
    ["arn:aws:iam::000000000000:role/nobody", "There is no role"],
    ["arn:aws:iam::000000000000:role/for-ec2", "lambda.amazonaws.com"],
    ["arn:aws:iam::123456789012:role/for-lambda", "not of this account"],
  ] as const) {
    const { code, stderr } = await place.awsls("up", "--local", "--role-arn", arn);
    expect(code, stderr).toBe(3);
    expect(stderr).toContain(why);
    expect(readdirSync(join(place.folder, ".awsls")).toSorted()).toEqual([".gitignore", "local"]);
    expect(await place.holds()).toEqual(given);
  }
  const up = await place.awsls("up", "--local", "--role-arn", "arn:aws:iam::000000000000:role/for-lambda");
  expect(up.code, up.stderr).toBe(0);
  // And back: a role of its own, which goes with the stack.
  const own = await place.awsls("up", "--no-role-arn");
  expect(own.code, own.stderr).toBe(0);
  const { stdout } = await place.awsls("function", "show", "--json");
  expect(stdout).toContain('"roleArn": "arn:aws:iam::000000000000:role/http-crud-tutorial-role"');
  expect(stdout).not.toContain("for-lambda");
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect((await iam.send(new ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName)).toEqual([
    "for-ec2",
    "for-lambda",
  ]);
  iam.destroy();
});

it("in the wrong folder a look names where it looked", async () => {
  const { code, stderr } = await place.awsls("status");
  expect(code).toBe(3);
  expect(stderr).toContain(join(place.folder, ".awsls", "http-crud-tutorial.json"));
});

it("bad option values are refused before anything is made", async () => {
  for (const command of [
    "up --local --architecture riscv",
    "up --local --role-arn admin",
    "up --local --stack Local!",
    "up --local --region nowhere",
    "up --local --endpoint-url http://127.0.0.1:4566",
    "up --endpoint-url 4566",
    "test --price much",
    "test --id a/b",
    "local start --port 99999",
    "local start --port half",
    "local start --region nowhere",
  ]) {
    const { code, stderr } = await place.awsls(...command.split(" "));
    expect(code, `${command}: ${stderr}`).toBe(2);
    expect(readdirSync(place.folder), command).toEqual([]);
  }
});

it("a Node that is too old gets one clear line", async () => {
  const old = join(place.folder, "old.cjs");
  writeFileSync(old, 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.9.0" } });');
  const { code, stderr, stdout } = await run(["--require", old, BIN, "up", "--local"], place.folder);
  expect(code).toBe(3);
  expect(stdout).toBe("");
  expect(stderr).toBe("awsls needs Node.js 20.19 or later; this is 20.9.0. Get a newer one from https://nodejs.org\n");
});

it("a handler with a syntax error is found before any call", async () => {
  const copy = join(place.folder, "copy");
  for (const part of ["bin", "dist", "handlers", "package.json"])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
  const handler = join(copy, "handlers/crud/index.mjs");
  const good = readFileSync(handler, "utf8");
  const breakIt = (): void => writeFileSync(handler, "export const handler = (=> 1;\n");
  const awsls = (...args: string[]): ReturnType<typeof run> =>
    run([join(copy, "bin/awsls.cjs"), ...args], place.folder);
  const isRefused = async (): Promise<void> => {
    const { code, stderr } = await awsls("up", "--local");
    expect(code).toBe(3);
    expect(stderr).toContain("SyntaxError");
    expect(stderr).toContain("nothing was deployed");
  };
  breakIt();
  await isRefused();
  expect(existsSync(join(place.folder, ".awsls"))).toBe(false);
  writeFileSync(handler, good);
  expect(await awsls("up", "--local")).toMatchObject({ code: 0 });
  breakIt();
  await isRefused();
  // What only looks is not kept from looking; the old code serves on.
  expect((await awsls("status")).stdout).toContain("differs from what is deployed");
  expect(await awsls("test")).toMatchObject({ code: 0 });
  expect(await awsls("down")).toMatchObject({ code: 0 });
});

it("a local cloud that cannot be emptied says so, and does so once it can", async () => {
  await place.awsls("local", "start");
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const iam = new IAMClient(await place.clientConfig());
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName: "mine", AssumeRolePolicyDocument }));
  const data = join(place.folder, ".awsls", "local");
  const { pid } = JSON.parse(readFileSync(join(data, "cloud.json"), "utf8")) as { pid: number };
  // A folder in the place of the file that would be written.
  const inTheWay = join(data, "iam", `roles.json.${pid}.tmp`);
  mkdirSync(inTheWay);
  const failed = await place.awsls("local", "reset");
  expect(failed.code).toBe(3);
  expect(failed.stderr).toContain("The local cloud was not emptied.");
  expect(failed.stderr).toContain("iam: EISDIR");
  rmSync(inTheWay, { recursive: true });
  expect((await place.awsls("local", "reset")).code).toBe(0);
  expect((await iam.send(new ListRolesCommand({}))).Roles).toEqual([]);
});
