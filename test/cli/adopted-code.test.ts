// Code that `--adopt` replaced is the learner's: it is told where it is, `down` leaves it, and it can be saved by hand.

import { GetFunctionCommand, LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UpResult } from "../../src/commands/up.ts";
import { leaveBehind } from "../resources/console.ts";
import { BIN, openWorkplace, type Outcome, run, type Workplace } from "./awsls.ts";

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

describe.skipIf(!hasCurl())("code that cannot be fetched", () => {
  it("is saved by the line that is advised, which goes where this run went and leaves no file when it is refused", async () => {
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
    const zips = join(place.folder, ".awsls/local/lambda/zips");
    const zip = readdirSync(zips).map((name) => readFileSync(join(zips, name)))[0] ?? Buffer.alloc(0);
    rmSync(zips, { recursive: true });
    mkdirSync(zips);
    const { endpoint, credentials } = await place.clientConfig();
    const config = join(place.folder, "config");
    const keys = `aws_access_key_id=${credentials.accessKeyId}\naws_secret_access_key=${credentials.secretAccessKey}\n`;
    writeFileSync(config, `[profile work]\n${keys}`);
    const target = ["--profile", "work", "--region", "us-east-1", "--endpoint-url", endpoint];
    const folder = join(place.folder, "it's mine");
    mkdirSync(folder);
    const up = (): Promise<Outcome> =>
      run([BIN, "up", "--adopt", "--yes", ...target], folder, { AWS_CONFIG_FILE: config });

    const refused = await up();
    expect(refused.code, refused.stderr).toBe(3);
    const line = /yourself: `(.*?)`/.exec(refused.stderr)?.[1] ?? "";
    const sha256 = Buffer.from(Configuration?.CodeSha256 ?? "", "base64").toString("hex");
    const path = join(folder, ".awsls", `http-crud-tutorial.replaced-${sha256.slice(0, 12)}.zip`);

    const [failed, saved] = [await runWithAws(line, 403, Buffer.from("<Error/>")), existsSync(path)];
    expect([failed.code, saved]).toEqual([22, false]);
    const { code, words } = await runWithAws(line, 200, zip);
    expect(code).toBe(0);
    const called = `lambda get-function --function-name ${FunctionName} --query Code.Location --output text`;
    expect(words).toBe(`--profile work --region us-east-1 --endpoint-url ${endpoint} ${called}`);
    expect(readFileSync(path).equals(zip)).toBe(true);
    expect(await up()).toMatchObject({ code: 0 });
  });
});

function hasCurl(): boolean {
  if (process.platform === "win32") return false;
  try {
    execFileSync("curl", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs a line in a shell whose `aws` prints the URL of a server that answers like this. */
async function runWithAws(
  line: string,
  status: number,
  body: Buffer,
): Promise<{ readonly code: number | null; readonly words: string }> {
  const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const bin = join(place.folder, "bin");
  const log = join(place.folder, "words");
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\necho "$*" > '${log}'\necho http://127.0.0.1:${port}/zip\n`;
  writeFileSync(join(bin, "aws"), script, { mode: 0o755 });
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  const child = spawn("sh", ["-c", line], { env, stdio: "ignore" });
  const [code] = (await once(child, "close")) as [number | null];
  server.close();
  return { code, words: readFileSync(log, "utf8").trimEnd() };
}

it("a foreign text in what would be taken over commands no terminal", async () => {
  const Description = "\u001b[31mred\u001b]0;owned\u0007\u009b2J";
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description }));
  const { code, stdout, stderr } = await place.awsls("up", "--local", "--adopt", "--dry-run");
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(String.raw`  \x1b[31mred\x1b]0;owned\x07\x9b2J${"\n"}`);
  const shown = await place.awsls("function", "show", "--local");
  expect(shown.stdout).toContain(String.raw`\x1b[31mred`);
  for (const printed of [stdout, stderr, shown.stdout]) expect(printed).not.toMatch(/[^\P{Cc}\n]/u);
});
