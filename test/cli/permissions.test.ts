// `awsls permissions`: the policy alone on stdout, with or without AWS; `--check` and its exit codes.

import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GrantingPolicy } from "../../src/stack/grants.ts";
import { KEYS, openWorkplace, type Outcome, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

const policyIn = ({ stdout }: Outcome): GrantingPolicy => JSON.parse(stdout) as GrantingPolicy;
const tableIn = (outcome: Outcome): string =>
  policyIn(outcome).Statement.find(({ Sid }) => Sid === "Table")?.Resource[0] ?? "";

describe("without AWS", () => {
  it("words stand for what is not known, and stderr says which; nothing is left in the folder", async () => {
    const outcome = await place.awsls("permissions");
    expect(outcome.code).toBe(0);
    expect(tableIn(outcome)).toBe("arn:aws:dynamodb:REGION:ACCOUNT:table/http-crud-tutorial-items");
    expect(outcome.stderr).toContain("as good as an administrator's");
    expect(outcome.stderr).toContain("Replace REGION and ACCOUNT in it");
    expect(await place.awsls("status")).toMatchObject({ code: 3 });
  });

  it.each([
    { region: "eu-west-1", partition: "aws" },
    { region: "cn-north-1", partition: "aws-cn" },
    { region: "us-gov-west-1", partition: "aws-us-gov" },
  ])("options say them: $region", async ({ region, partition }) => {
    // Keys that are no good: nobody is asked.
    const options = ["--stack", "alice", "--region", region, "--account", "123456789012"];
    const outcome = await place.awslsWith(KEYS, "permissions", ...options);
    expect(tableIn(outcome)).toBe(`arn:${partition}:dynamodb:${region}:123456789012:table/alice-items`);
    expect(outcome.stderr).not.toContain("Replace");
    expect(outcome.stdout).not.toContain("http-crud-tutorial");
  });

  it("a region that is set is taken, too", async () => {
    const outcome = await place.awslsWith({ AWS_REGION: "eu-west-1" }, "permissions");
    expect(tableIn(outcome)).toBe("arn:aws:dynamodb:eu-west-1:ACCOUNT:table/http-crud-tutorial-items");
    expect(outcome.stderr).toContain("Replace ACCOUNT in it");
  });

  it.each([
    { words: ["--account", "12"], code: 2, said: "twelve digits" },
    { words: ["--check", "--account", "123456789012"], code: 2, said: "--check asks about the caller" },
    { words: ["--region", "europe"], code: 2, said: "europe" },
    { words: ["--stack", "No!"], code: 2, said: "No!" },
    { words: ["--check"], code: 3, said: "no stack http-crud-tutorial here" },
  ])("$words is refused", async ({ words, code, said }) => {
    const outcome = await place.awsls("permissions", ...words);
    expect(outcome).toMatchObject({ code, stdout: "" });
    expect(outcome.stderr).toContain(said);
  });
});

describe("on the local cloud", () => {
  it("the stack says where it is, also when its cloud does not run", { timeout: 30_000 }, async () => {
    await place.awsls("table", "create", "--local", "--region", "eu-west-1");
    const expected = "arn:aws:dynamodb:eu-west-1:000000000000:table/http-crud-tutorial-items";
    const outcome = await place.awsls("permissions");
    expect(tableIn(outcome)).toBe(expected);
    expect(await place.json("permissions")).toEqual(policyIn(outcome));
    await place.awsls("local", "stop");
    expect(tableIn(await place.awsls("permissions"))).toBe(expected);
    expect(await place.awsls("permissions", "--check")).toMatchObject({ code: 3, stdout: "" });
  });

  it("--check cannot tell of the account's own key, and says so", { timeout: 30_000 }, async () => {
    await place.awsls("local", "start");
    const { code, stdout } = await place.awsls("permissions", "--check");
    expect(code).toBe(0);
    expect(stdout).toContain("You are arn:aws:iam::000000000000:root");
    expect(stdout).toContain("Could not tell: you call with the account's own key");
  });

  it("--check names what a role lacks, and ends with 5", { timeout: 30_000 }, async () => {
    await place.awsls("local", "start");
    // In a folder that has no cloud of its own the local one is any endpoint.
    const elsewhere = openWorkplace();
    try {
      const mute = await elsewhere.awslsWith(await sessionOf(DYNAMODB), "permissions", "--check");
      expect(mute.code).toBe(0);
      expect(mute.stdout).toContain("Could not tell: you may not ask IAM (iam:SimulatePrincipalPolicy is missing)");
      const { code, stdout } = await elsewhere.awslsWith(await sessionOf(DYNAMODB, ASK), "permissions", "--check");
      expect(code).toBe(5);
      expect(stdout).toContain("with the rights of arn:aws:iam::000000000000:role/");
      expect(stdout).toContain("function:http-crud-tutorial-function: lacking, no policy allows");
      expect(stdout).toContain("lambda:InvokeFunction");
      expect(stdout).not.toContain("dynamodb:CreateTable");
      expect(stdout).toContain("A policy with all of them:  ");
    } finally {
      await elsewhere.close();
    }
  });
});

const DYNAMODB = { Effect: "Allow", Action: "dynamodb:*", Resource: "*" };
const ASK = { Effect: "Allow", Action: "iam:SimulatePrincipalPolicy", Resource: "*" };

/** Variables for a session of a new role with those rights. */
async function sessionOf(...Statement: object[]): Promise<NodeJS.ProcessEnv> {
  const config = await place.clientConfig();
  const RoleName = `role-${Statement.length}`;
  const trust = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action: "sts:AssumeRole" };
  const documentOf = (statements: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const iam = new IAMClient(config);
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: documentOf([trust]) }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "rights", PolicyDocument: documentOf(Statement) }));
  const RoleArn = `arn:aws:iam::000000000000:role/${RoleName}`;
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: "cli" });
  const { Credentials } = await new STSClient(config).send(command);
  return {
    AWS_ENDPOINT_URL: config.endpoint,
    AWS_REGION: config.region,
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials?.SessionToken,
  };
}
