// Code that `--adopt` replaced is the learner's: it is told where it is, and `down` leaves it.

import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { UpResult } from "../../src/commands/up.ts";
import { leaveBehind } from "../resources/console.ts";
import { openWorkplace, type Workplace } from "./awsls.ts";

const FunctionName = "http-crud-tutorial-function";

let place: Workplace;
let lambda: LambdaClient;
beforeEach(async () => {
  place = openWorkplace();
  await place.awsls("local", "start");
  const config = await place.clientConfig();
  lambda = new LambdaClient(config);
  await leaveBehind({ config: { ...config, maxAttempts: 1 } });
});
afterEach(() => place.close());

const files = (): string[] => readdirSync(join(place.folder, ".awsls")).toSorted();

it("is saved in .awsls/, which stays with it", async () => {
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const sha256 = Buffer.from(Configuration?.CodeSha256 ?? "", "base64").toString("hex");
  const name = `http-crud-tutorial.replaced-${sha256.slice(0, 12)}.zip`;
  const up = await place.awsls("up", "--local", "--adopt");
  expect(up.code, up.stderr).toBe(0);
  expect(up.stderr).toContain(`The function's code of now is saved first, as ${join(place.folder, ".awsls", name)}`);
  expect(up.stdout).toContain(join(".awsls", name));
  expect(readFileSync(join(place.folder, ".awsls", name)).length).toBe(Configuration?.CodeSize);
  const again = await place.json<UpResult>("up", "--adopt");
  expect(again.keptCode).toBeUndefined();

  const down = await place.awsls("down");
  expect(down.code, down.stderr).toBe(0);
  expect(down.stderr).toContain(`stays: ${join(place.folder, ".awsls", name)}`);
  expect(files()).toEqual([".gitignore", name, "local"].toSorted());
  // Said once.
  expect((await place.awsls("down")).stderr).not.toContain(name);
  await place.awsls("local", "stop");
  expect(existsSync(join(place.folder, ".awsls", name))).toBe(true);
});

it("also without its cloud running", async () => {
  await place.awsls("up", "--local", "--adopt");
  await place.awsls("local", "stop");
  const down = await place.awsls("down");
  expect(down.code, down.stderr).toBe(0);
  expect(down.stderr).toMatch(/The code that was replaced .* stays: .*\.replaced-[0-9a-f]{12}\.zip/);
  expect(files()).toHaveLength(2);
});
