// AWS's settings as they are found or not: region, credentials, profiles, endpoints; each with its own way out.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KEYS, openWorkplace, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

it("no credentials: offers to sign in, profiles, --local", async () => {
  const { code, stderr } = await place.awsls("up", "--region", "eu-central-1");
  expect(code).toBe(3);
  expect(stderr).toContain("aws login");
  expect(stderr).toContain("--profile");
  expect(stderr).toContain("--local");
});

it("no region: an error that says how to set one", async () => {
  const { code, stderr } = await place.awslsWith(KEYS, "up");
  expect(code).toBe(3);
  expect(stderr).toContain("--region");
});

it("an expired SSO session names the command that renews it", async () => {
  const config = join(place.folder, "config");
  writeFileSync(
    config,
    "[profile work]\nregion=us-east-1\nsso_session=corp\nsso_account_id=123456789012\nsso_role_name=dev\n[sso-session corp]\nsso_region=us-east-1\nsso_start_url=https://example.awsapps.com/start\n",
  );
  const { code, stderr } = await place.awslsWith(
    { AWS_CONFIG_FILE: config, HOME: place.folder },
    "up",
    "--profile",
    "work",
  );
  expect(code).toBe(3);
  expect(stderr).toContain("aws sso login --profile work");
});

it("an expired `aws login` is told apart from it", async () => {
  const config = join(place.folder, "config");
  writeFileSync(config, "[profile work]\nregion=us-east-1\nlogin_session=arn:aws:iam::123456789012:user/kim\n");
  const cache = join(place.folder, ".aws", "login", "cache");
  const session = createHash("sha256").update("arn:aws:iam::123456789012:user/kim").digest("hex");
  const env = { AWS_CONFIG_FILE: config, HOME: place.folder, USERPROFILE: place.folder };
  const isNamed = async (): Promise<void> => {
    const { code, stderr } = await place.awslsWith(env, "up", "--profile", "work");
    expect(code, stderr).toBe(3);
    expect(stderr).toContain("`aws login --profile work`");
    expect(stderr).not.toContain("sso");
  };
  // Signed out, then a token that is over and has nothing to renew it with.
  await isNamed();
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, `${session}.json`), JSON.stringify({ accessToken: { expiresAt: "2026-01-01T00:00:00Z" } }));
  await isNamed();
});

it("session credentials that have expired", async () => {
  await place.awsls("local", "start");
  const fault = { operation: "GetCallerIdentity", code: "ExpiredToken", status: 403, message: "expired" };
  await place.lever("POST", "faults", fault);
  const { code, stderr } = await place.awsls("up", "--local");
  expect(code).toBe(3);
  expect(stderr).toContain("credentials have expired");
  expect(stderr).toContain("AWS_SESSION_TOKEN");
});

it("an endpoint that refuses, and one that is not AWS", async () => {
  const refused = await place.awslsWith(KEYS, "up", "--region", "us-east-1", "--endpoint-url", "http://127.0.0.1:9");
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain("http://127.0.0.1:9 cannot be reached");
  const server = createServer((_request, response) => response.end("<html>hello</html>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const other = await place.awslsWith(
    KEYS,
    "up",
    "--region",
    "us-east-1",
    "--endpoint-url",
    `http://127.0.0.1:${port}`,
  );
  server.close();
  expect(other.code).toBe(3);
  expect(other.stderr).toContain("does not answer as AWS does");
});

it("credentials that the endpoint does not know", async () => {
  const elsewhere = openWorkplace();
  await elsewhere.awsls("local", "start");
  const { endpoint } = await elsewhere.clientConfig();
  const { code, stderr } = await place.awslsWith(KEYS, "up", "--region", "us-east-1", "--endpoint-url", endpoint);
  expect(code).toBe(3);
  expect(stderr).toContain("does not accept these credentials");
  await elsewhere.close();
});

it.each([
  ["AWS_DEFAULT_PROFILE before AWS_PROFILE", { AWS_DEFAULT_PROFILE: "first", AWS_PROFILE: "second" }, [], "FIRST"],
  ["AWS_PROFILE", { AWS_PROFILE: "second" }, [], "SECOND"],
  ["keys before a profile that is set", { ...KEYS, AWS_PROFILE: "second" }, [], KEYS.AWS_ACCESS_KEY_ID],
  ["a profile that is asked for before keys", { ...KEYS, AWS_PROFILE: "second" }, ["--profile", "first"], "FIRST"],
] as const)("whose account, as in the AWS CLI: %s", async (_case, env, options, whose) => {
  const signedBy: string[] = [];
  const server = createServer((request, response) => {
    signedBy.push(/Credential=([^/]+)/.exec(request.headers.authorization ?? "")?.[1] ?? "");
    response.writeHead(403).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const config = join(place.folder, "config");
  const profile = (name: string): string =>
    `[profile ${name}]\nregion=us-east-1\naws_access_key_id=${name.toUpperCase()}\naws_secret_access_key=secret\n`;
  writeFileSync(config, profile("first") + profile("second"));
  const { port } = server.address() as AddressInfo;
  const target = ["--region", "us-east-1", "--endpoint-url", `http://127.0.0.1:${port}`];
  await place.awslsWith({ ...env, AWS_CONFIG_FILE: config }, "status", ...target, ...options);
  server.close();
  expect(new Set(signedBy)).toEqual(new Set([whose]));
});

describe("a profile that a variable names, and no region", () => {
  const config = (): NodeJS.ProcessEnv => {
    const path = join(place.folder, "config");
    writeFileSync(path, "[profile bare]\noutput=json\n[profile work]\nregion=eu-west-1\n");
    return { ...KEYS, AWS_CONFIG_FILE: path };
  };

  it.each([
    ["AWS_PROFILE", { AWS_PROFILE: "nope" }],
    ["AWS_DEFAULT_PROFILE", { AWS_DEFAULT_PROFILE: "nope", AWS_PROFILE: "work" }],
  ])("is named with its variable where it does not exist: %s", async (variable, env) => {
    const { code, stderr } = await place.awslsWith({ ...config(), ...env }, "up");
    expect(code).toBe(3);
    expect(stderr).toContain(`There is no profile "nope", which ${variable} names,`);
    expect(stderr).toContain(`set ${variable} to another one`);
    const { code: asked, stderr: said } = await place.awslsWith({ ...config(), ...env }, "up", "--profile", "neither");
    expect([asked, said.includes(variable)]).toEqual([3, false]);
    expect(said).toContain('There is no profile "neither" in');
  });

  it("is named where it has none", async () => {
    const { code, stderr } = await place.awslsWith({ ...config(), AWS_PROFILE: "bare" }, "up");
    expect([code, stderr]).toEqual([3, expect.stringContaining("No AWS region is set in the profile bare.")]);
  });

  it("does not matter to the local cloud of a folder", async () => {
    await place.awsls("table", "create", "--local");
    expect(await place.awslsWith({ ...config(), AWS_PROFILE: "nope" }, "up")).toMatchObject({ code: 0 });
    rmSync(join(place.folder, ".awsls/http-crud-tutorial.json"));
    expect(await place.awslsWith({ ...config(), AWS_PROFILE: "nope" }, "up")).toMatchObject({ code: 0 });
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
  });
});
