// Functions for tests: a role that Lambda may assume, a function with given code, what an invocation gave.

import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import type { CreateFunctionCommandInput, InvokeCommandInput } from "@aws-sdk/client-lambda";
import type { TestCloud } from "./cloud.ts";
import { zipOf } from "./zip.ts";

export const LAMBDA_TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

/** What a role may do that lets its functions log. */
export const LOGGING = {
  Effect: "Allow",
  Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: "*",
};

export interface Invoked {
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly payload: unknown;
  /** The end of the log, when it was asked for. */
  readonly log: string;
}

export interface TestFunctions {
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly roleArn: string;
  /** Makes a function of this `index.mjs` and waits until it is active. */
  create(name: string, code: string | Buffer, settings?: Partial<CreateFunctionCommandInput>): Promise<void>;
  /** Puts other code in and waits until it is in use. */
  update(name: string, code: string | Buffer): Promise<void>;
  /** Without an event the call has no payload. */
  invoke(name: string, event?: unknown, settings?: Partial<InvokeCommandInput>): Promise<Invoked>;
  settled(name: string): Promise<void>;
}

/** Clients, and a role with these statements in its policy. */
export async function testFunctions(
  cloud: Pick<TestCloud, "config">,
  roleName = "function-role",
  statements: readonly object[] = [LOGGING],
): Promise<TestFunctions> {
  const lambda = new LambdaClient(cloud.config);
  const iam = new IAMClient(cloud.config);
  const role = await iam.send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));
  if (statements.length > 0) {
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: roleName,
        PolicyName: "function",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
      }),
    );
  }
  const roleArn = role.Role?.Arn ?? "";

  async function settled(name: string): Promise<void> {
    for (;;) {
      const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      if (found.State === "Active" && found.LastUpdateStatus === "Successful") return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  return {
    lambda,
    iam,
    roleArn,
    settled,
    async create(name, code, settings = {}) {
      await lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Runtime: "nodejs24.x",
          Handler: "index.handler",
          Role: roleArn,
          Code: { ZipFile: typeof code === "string" ? zipOf({ "index.mjs": code }) : code },
          ...settings,
        }),
      );
      await settled(name);
    },
    async update(name, code) {
      const ZipFile = typeof code === "string" ? zipOf({ "index.mjs": code }) : code;
      await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile }));
      await settled(name);
    },
    async invoke(name, event, settings = {}) {
      const output = await lambda.send(
        new InvokeCommand({
          FunctionName: name,
          ...(event !== undefined && { Payload: JSON.stringify(event) }),
          ...settings,
        }),
      );
      const payload = output.Payload ? Buffer.from(output.Payload).toString("utf8") : "";
      return {
        status: output.StatusCode,
        error: output.FunctionError,
        payload: payload === "" ? undefined : JSON.parse(payload),
        log: Buffer.from(output.LogResult ?? "", "base64").toString("utf8"),
      };
    },
  };
}
