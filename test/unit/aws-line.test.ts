import { describe, expect, it } from "vitest";
import { awsLine, awsWords, type Call, toKebab } from "../../src/cli/aws-line.ts";
import { connectedTo } from "../../src/cli/connected.ts";
import { createCallLines } from "../../src/cli/call-lines.ts";
import { maskSecrets } from "../../src/cli/secrets.ts";
import { posixShell, powerShell } from "../../src/cli/shell.ts";
import { en } from "../../src/cli/text/en.ts";

const lineOf = (call: Partial<Call>, shell = posixShell): string =>
  awsLine({ service: "dynamodb", operation: "DoIt", input: {}, ...call }, shell);

/** The words after `aws dynamodb do-it`. */
const wordsOf = (input: object, shell = posixShell): string[] =>
  awsWords({ service: "dynamodb", operation: "DoIt", input }, shell).slice(3);

describe("names", () => {
  it.each([
    ["GetApis", "get-apis"],
    ["CreateFunction", "create-function"],
    ["GetCallerIdentity", "get-caller-identity"],
    ["SetUserPoolMfaConfig", "set-user-pool-mfa-config"],
    ["SetUserMFAPreference", "set-user-mfa-preference"],
    ["CreateOpenIDConnectProvider", "create-open-id-connect-provider"],
    ["ListTagsOfResource", "list-tags-of-resource"],
    ["logGroupNamePrefix", "log-group-name-prefix"],
    ["RoleARN", "role-arn"],
    ["OpenIdConnectProviderARNs", "open-id-connect-provider-arns"],
    ["SSESpecification", "sse-specification"],
    ["CodeSha256", "code-sha256"],
    ["KMSKeyArn", "kms-key-arn"],
  ])("%s is %s", (name, kebab) => expect(toKebab(name)).toBe(kebab));
});

describe("the line of a call", () => {
  it("writes each kind of value as the CLI reads it", () => {
    expect(
      lineOf({
        input: {
          TableName: "my-items",
          Limit: 7,
          ConsistentRead: true,
          ReturnNothing: false,
          Names: ["x86_64", "arm64"],
          Tags: [{ Key: "a", Value: "b c" }],
          Empty: [],
          Map: { "awsls:stack": "it's" },
          At: new Date(0),
          Left: undefined,
        },
      }),
    ).toBe(
      `aws dynamodb do-it --table-name my-items --limit 7 --consistent-read --no-return-nothing --names x86_64 arm64 ` +
        `--tags '[{"Key":"a","Value":"b c"}]' --empty '[]' --map '{"awsls:stack":"it'\\''s"}' --at 1970-01-01T00:00:00.000Z`,
    );
  });

  it("does not let a value look like an option, a file or nothing", () => {
    expect(wordsOf({ Target: "", From: "-x", At: -1 })).toStrictEqual(["--target=", "--from=-x", "--at=-1"]);
    expect(wordsOf({ Names: ["-x", "y"], Files: ["file://x"] })).toStrictEqual([
      "--names",
      '["-x","y"]',
      "--files",
      '["file://x"]',
    ]);
    expect(wordsOf({ Id: "x", Description: "file:///etc/passwd" })).toStrictEqual([
      "--id",
      "x",
      "--cli-input-json",
      '{"Description":"file:///etc/passwd"}',
    ]);
    expect(wordsOf({ Description: "a\u001b[2Jb" })).toStrictEqual([
      "--cli-input-json",
      String.raw`{"Description":"a\u001b[2Jb"}`,
    ]);
  });

  it("sends as JSON what PowerShell cannot pass in words", () => {
    expect(wordsOf({ Id: "x", Description: 'a "b" c' }, powerShell)).toStrictEqual([
      "--id",
      "x",
      "--cli-input-json",
      String.raw`{"Description":"a\u0020\"b\"\u0020c"}`,
    ]);
    expect(lineOf({ input: { StageName: "$default", Tags: { a: "b" } } }, powerShell)).toBe(
      String.raw`aws dynamodb do-it --stage-name '$default' --tags '{\"a\":\"b\"}'`,
    );
  });

  it("names the file of a function's code", () => {
    const zip = ".awsls/alice.zip";
    const ZipFile = Buffer.from("PK");
    const create = { service: "lambda", operation: "CreateFunction", zip, input: { Code: { ZipFile } } };
    expect(lineOf(create)).toBe("aws lambda create-function --zip-file fileb://.awsls/alice.zip");
    expect(lineOf({ ...create, input: { Code: { S3Bucket: "b" } } })).toBe(
      `aws lambda create-function --code '{"S3Bucket":"b"}'`,
    );
    expect(lineOf({ ...create, operation: "UpdateFunctionCode", input: { ZipFile } })).toBe(
      "aws lambda update-function-code --zip-file fileb://.awsls/alice.zip",
    );
  });

  it("writes other bytes as text or base64", () => {
    const invoke = { service: "lambda", operation: "Invoke" };
    expect(lineOf({ ...invoke, input: { FunctionName: "f", Payload: Buffer.from('{"a":"가"}') } })).toBe(
      `aws lambda invoke answer.json --function-name f --payload '{"a":"가"}' --cli-binary-format raw-in-base64-out`,
    );
    expect(lineOf({ ...invoke, input: { Payload: Uint8Array.of(0xff, 0) } })).toBe(
      "aws lambda invoke answer.json --payload /wA=",
    );
    expect(lineOf({ input: { Key: { id: { B: Uint8Array.of(0xff) } } } })).toBe(
      `aws dynamodb do-it --key '{"id":{"B":"/w=="}}'`,
    );
  });

  it("keeps the CLI from reading on where awsls did not", () => {
    expect(lineOf({ input: { ApiId: "a" }, isPartial: true })).toBe("aws dynamodb do-it --api-id a --no-paginate");
  });

  it("knows the options that the CLI calls otherwise", () => {
    expect(lineOf({ service: "apigatewayv2", operation: "CreateApi", input: { Version: "1" } })).toBe(
      "aws apigatewayv2 create-api --api-version 1",
    );
  });
});

describe("secrets", () => {
  it("are masked wherever their names say so", () => {
    expect(
      maskSecrets({
        ClientId: "c",
        Password: "p",
        SecretHash: "s",
        AccessToken: "t",
        Session: "s",
        ConfirmationCode: "1",
        UserCode: "1",
        AuthParameters: { USERNAME: "u", PASSWORD: "p" },
        ChallengeResponses: { SMS_MFA_CODE: "1" },
        Logins: { "cognito-idp.eu-west-1.amazonaws.com/pool": "t" },
        Environment: {
          Variables: { TABLE_NAME: "t", DB_PASSWORD: "p", STRIPE_API_KEY: "k", DATABASE_URL: "postgres://u:p@h" },
        },
        List: [{ ClientSecret: "s" }],
      }),
    ).toStrictEqual({
      ClientId: "c",
      Password: "***",
      SecretHash: "***",
      AccessToken: "***",
      Session: "***",
      ConfirmationCode: "***",
      UserCode: "***",
      AuthParameters: { USERNAME: "u", PASSWORD: "***" },
      ChallengeResponses: { SMS_MFA_CODE: "***" },
      Logins: { "cognito-idp.eu-west-1.amazonaws.com/pool": "***" },
      Environment: { Variables: { TABLE_NAME: "t", DB_PASSWORD: "***", STRIPE_API_KEY: "***", DATABASE_URL: "***" } },
      List: [{ ClientSecret: "***" }],
    });
  });

  it("are not what only sounds like one", () => {
    const harmless = {
      NextToken: "n",
      nextToken: "n",
      PaginationToken: "n",
      ClientRequestToken: "c",
      GenerateSecret: true,
      SecretArn: "a",
      Policies: { PasswordPolicy: { MinimumLength: 8, RequireNumbers: true } },
      TokenValidityUnits: { AccessToken: "hours", IdToken: "hours", RefreshToken: "days" },
      AccessTokenValidity: 1,
      Code: { S3Bucket: "b" },
      ApiKeySelectionExpression: "$request.header.x-api-key",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      SessionDuration: 3,
      ZipFile: Buffer.from("PK"),
    };
    expect(maskSecrets(harmless)).toStrictEqual(harmless);
  });
});

describe("what --verbose shows", () => {
  const linesOf = createCallLines({
    shell: posixShell,
    awsls: (command) => `npx awsls ${command}`,
    progress: en.progress,
    dim: (text) => text,
  });
  const call = {
    type: "call",
    service: "sts",
    operation: "GetCallerIdentity",
    input: {},
    ms: 34,
    attempts: 1,
  } as const;

  it("is where the calls go, once, then each call and how it ended", () => {
    expect(linesOf({ type: "connected", kind: "local", region: "us-east-1", unset: [] })).toStrictEqual([]);
    expect(linesOf({ ...call, status: 200 })).toStrictEqual([
      'eval "$(npx awsls local env)"',
      "aws sts get-caller-identity",
      "# 200, 34 ms",
    ]);
    const other = { ...call, service: "iam", operation: "ListRoles" };
    expect(linesOf({ ...other, status: 400, error: "Throttling", attempts: 3 })).toStrictEqual([
      "aws iam list-roles",
      "# 400 Throttling, 3 attempts, 34 ms",
    ]);
    expect(linesOf({ ...other, error: "TimeoutError" })).toStrictEqual(["# no answer TimeoutError, 34 ms"]);
  });

  it("is a comment where something is masked: run, it would write the mask", () => {
    const input = {
      FunctionName: "f",
      Environment: { Variables: { TABLE_NAME: "t", DATABASE_URL: "postgres://u:p@h" } },
    };
    const [line = ""] = linesOf({ ...call, service: "lambda", operation: "UpdateFunctionConfiguration", input });
    expect(line).toMatch(/^# aws lambda update-function-configuration .*"TABLE_NAME":"t","DATABASE_URL":"\*\*\*"/);
  });

  it("says what the aws command needs to go to the same place", () => {
    const first = (event: Parameters<typeof linesOf>[0]): string | undefined => {
      linesOf(event);
      return linesOf({ ...call, status: 200 })[0];
    };
    const connected = { type: "connected", region: "eu-west-1", unset: [] } as const;
    expect(first({ ...connected, kind: "aws" })).toBe("export AWS_REGION=eu-west-1");
    expect(first({ ...connected, kind: "endpoint", endpoint: "http://127.0.0.1:4566" })).toBe(
      "export AWS_REGION=eu-west-1 AWS_ENDPOINT_URL=http://127.0.0.1:4566",
    );
    expect(first({ ...connected, kind: "aws", profile: "class", unset: ["AWS_ACCESS_KEY_ID"] })).toBe(
      "unset AWS_ACCESS_KEY_ID; export AWS_REGION=eu-west-1 AWS_PROFILE=class",
    );
    expect(first({ ...connected, kind: "local", folder: "../there" })).toBe(
      'eval "$(cd ../there && npx awsls local env)"',
    );
  });

  it("knows what in the environment would lead the aws command elsewhere", () => {
    const keys = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "" };
    const unsetWith = (env: NodeJS.ProcessEnv, profile?: string): readonly string[] =>
      connectedTo({ kind: "aws", region: "eu-west-1" }, undefined, profile, { cwd: "/x", env }).unset;
    expect(unsetWith(keys)).toStrictEqual([]);
    expect(unsetWith(keys, "class")).toStrictEqual(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
    expect(unsetWith({ AWS_DEFAULT_PROFILE: "other" }, "class")).toStrictEqual(["AWS_DEFAULT_PROFILE"]);
    // Without the option both take what is set in the same way.
    expect(unsetWith({ ...keys, AWS_PROFILE: "class", AWS_DEFAULT_PROFILE: "other" })).toStrictEqual([]);
  });
});
