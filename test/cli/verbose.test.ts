// `--verbose` with the real executable. That its lines do what they say is for test/compat, with the real aws command.

import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BIN, openWorkplace, run, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

const inAwsls = (...path: string[]): string => join(place.folder, ".awsls", ...path);
const commandsIn = (stderr: string): string[] => stderr.split("\n").filter((line) => line.startsWith("aws "));

it("shows lines on stderr, also with --json, and keeps the zip that was sent until the stack is gone", async () => {
  const up = await place.awsls("up", "--local", "--verbose", "--json");
  expect(up).toMatchObject({ code: 0 });
  expect(() => JSON.parse(up.stdout) as unknown).not.toThrow();
  const lines = up.stderr.split("\n");
  const first = lines.findIndex((line) => line.startsWith("aws "));
  expect(lines[first - 1]).toMatch(
    process.platform === "win32" ? /awsls local env \| Invoke/ : /^eval "\$\(awsls local env\)"$/,
  );
  expect(lines.slice(first, first + 2)).toEqual([
    "aws sts get-caller-identity",
    expect.stringMatching(/^# 200, \d+ ms$/),
  ]);
  const path = join(".awsls", "http-crud-tutorial.zip");
  expect(commandsIn(up.stderr).filter((line) => line.includes(`fileb://${path}`))).toHaveLength(1);
  const zip = readFileSync(join(place.folder, path));
  const lambda = new LambdaClient(await place.clientConfig());
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: "http-crud-tutorial-function" }));
  expect(createHash("sha256").update(zip).digest("base64")).toBe(Configuration?.CodeSha256);
  if (process.platform !== "win32") expect(statSync(join(place.folder, path)).mode & 0o777).toBe(0o600);
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
});

it("keeps a zip only where one is sent, and only when asked", async () => {
  await place.awsls("up", "--local");
  for (const more of [
    ["--verbose"],
    ["--verbose", "--dry-run", "--architecture", "arm64"],
    ["--architecture", "arm64"],
  ]) {
    expect(await place.awsls("up", ...more)).toMatchObject({ code: 0 });
    expect(readdirSync(inAwsls())).not.toContain("http-crud-tutorial.zip");
  }
  const sent = await place.awsls("up", "--verbose", "--architecture", "x86_64");
  expect(commandsIn(sent.stderr).some((line) => /^aws lambda update-function-code .* --zip-file /.test(line))).toBe(
    true,
  );
  expect(readdirSync(inAwsls())).toContain("http-crud-tutorial.zip");
});

it("the zip goes with the stack, also when the state file was lost", async () => {
  await place.awsls("up", "--local", "--verbose");
  rmSync(inAwsls("http-crud-tutorial.json"));
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
});

it("the zip goes with the stack, also when code of the learner's own is remembered after it", async () => {
  await place.awsls("up", "--local");
  await place.awsls("function", "eject");
  await place.awsls("up", "--verbose");
  expect(await place.awsls("up", "--verbose", "--architecture", "arm64")).toMatchObject({ code: 0 });
  expect(readdirSync(inAwsls())).toContain("http-crud-tutorial.zip");
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(readdirSync(inAwsls()).toSorted()).toEqual([".gitignore", "http-crud-tutorial.json"]);
});

it("a dry run writes nothing", async () => {
  expect(await place.awsls("up", "--local", "--verbose", "--dry-run")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder)).toEqual([]);
});

it("a zip that cannot be kept is said, and nothing else fails", async () => {
  mkdirSync(inAwsls("http-crud-tutorial.zip", "mine"), { recursive: true });
  const up = await place.awsls("up", "--local", "--verbose");
  expect(up).toMatchObject({ code: 0 });
  expect(up.stderr).toContain("could not be kept");
  expect(await place.awsls("down")).toMatchObject({ code: 0 });
  expect(readdirSync(inAwsls("http-crud-tutorial.zip"))).toEqual(["mine"]);
});

it("from another folder the lines lead to the same cloud and file, and a learner's own zip stays", async () => {
  writeFileSync(join(place.folder, "mine.zip"), "mine");
  mkdirSync(join(place.folder, "below"));
  const there = (...args: string[]): ReturnType<typeof run> =>
    run([BIN, ...args, "--state", "../mine.json"], join(place.folder, "below"));
  expect(await place.awsls("table", "create", "--local", "--state", "mine.json")).toMatchObject({ code: 0 });
  const { code, stderr } = await there("function", "create", "--verbose");
  expect(code, stderr).toBe(0);
  expect(stderr).toContain(`fileb://${join("..", "mine.awsls.zip")}`);
  if (process.platform !== "win32") expect(stderr).toContain('eval "$(cd .. && awsls local env)"');
  expect(await there("down")).toMatchObject({ code: 0 });
  expect(readdirSync(place.folder).map((name) => basename(name))).toEqual(["below", "mine.zip"]);
});
