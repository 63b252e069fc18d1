// The policy in README.md is enough for everything that awsls does, and no statement of it is for nothing.

import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CloudWatchLogsClient, PutLogGroupDeletionProtectionCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deleteAuth } from "../../src/commands/auth-delete.ts";
import { disableAuth } from "../../src/commands/auth-disable.ts";
import { enableAuth } from "../../src/commands/auth-enable.ts";
import {
  addToPoolGroup,
  createPoolGroup,
  deletePoolGroup,
  listPoolGroups,
  removeFromPoolGroup,
} from "../../src/commands/auth-groups.ts";
import { signIn } from "../../src/commands/auth-sign-in.ts";
import { signUp } from "../../src/commands/auth-sign-up.ts";
import { authStatus } from "../../src/commands/auth-status.ts";
import { confirmPoolUser } from "../../src/commands/auth-users-confirm.ts";
import { createPoolUser } from "../../src/commands/auth-users-create.ts";
import { deletePoolUser } from "../../src/commands/auth-users-delete.ts";
import { listPoolUsers } from "../../src/commands/auth-users-list.ts";
import type { StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { invokeFunction } from "../../src/commands/function-invoke.ts";
import { logs } from "../../src/commands/logs.ts";
import { status } from "../../src/commands/status.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { deleteStep, detachStep } from "../../src/commands/step-delete.ts";
import { tableItems } from "../../src/commands/table-items.ts";
import { test } from "../../src/commands/test.ts";
import { deleteTimer } from "../../src/commands/timer-delete.ts";
import { disableTimer } from "../../src/commands/timer-disable.ts";
import { enableTimer } from "../../src/commands/timer-enable.ts";
import { invokeTimer } from "../../src/commands/timer-invoke.ts";
import { timerStatus } from "../../src/commands/timer-status.ts";
import { knownRows, waitForRow } from "../../src/commands/timer-wait.ts";
import { up } from "../../src/commands/up.ts";
import { openCredentials } from "../../src/local/credentials.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { LAMBDA_TRUST } from "../functions.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { leaveBehind } from "./console.ts";
import { byHandOn } from "./drift/by-hand.ts";
import { FIELDS } from "./drift/fields.ts";
import { IDENTITY_FIELDS } from "./drift/identity.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const RoleName = "person";
const NAME = "http-crud-tutorial";
const PASSWORD = "Secret-123";

let cloud: TestCloud;
let person: TestStack;
beforeAll(async () => {
  // A minute of a schedule takes a quarter of a second.
  cloud = await startTestCloud({ speed: 240 });
  await makePerson();
  const config = { ...cloud.config, credentials: await sessionOfPerson() };
  person = openTestStack({ ...cloud, config }, { entries: { password: PASSWORD, newPassword: PASSWORD } });
});
afterAll(async () => {
  person.close();
  await cloud.close();
});

function policy(): string {
  const [, block = ""] = /```json\n(\{\n {2}"Version"[\s\S]*?)```/.exec(readFileSync(README, "utf8")) ?? [];
  return JSON.stringify(JSON.parse(block))
    .replaceAll("REGION", cloud.config.region)
    .replaceAll("ACCOUNT", "000000000000");
}

async function makePerson(): Promise<void> {
  const iam = new IAMClient(cloud.config);
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "readme", PolicyDocument: policy() }));
}

/** As the cloud itself would issue one. */
async function sessionOfPerson(): Promise<TestCloud["config"]["credentials"] & { sessionToken: string }> {
  const { Role } = await new IAMClient(cloud.config).send(new GetRoleCommand({ RoleName }));
  const credentials = openCredentials({
    folder: cloud.folder,
    accountId: "000000000000",
    anyCredentials: false,
    now: Date.now,
  });
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue({
    roleArn: Role?.Arn ?? "",
    roleId: Role?.RoleId ?? "",
    sessionName: "cli",
    expiration: Date.now() + 60 * 60 * 1000,
  });
  return { accessKeyId, secretAccessKey, sessionToken };
}

const context = (): Promise<StackContext> => person.context();
const adopting = async (): Promise<StackContext> => {
  const usual = await context();
  return { ...usual, session: { ...usual.session, adopt: true } };
};

const used = new Set<string>();
async function isAllowed(work: () => Promise<unknown>): Promise<void> {
  await cloud.clearRequests();
  await work();
  for (const { service, operation, code, principal } of await cloud.requests()) {
    if (!principal.includes(RoleName)) continue;
    expect(code ?? "", operation).not.toMatch(/AccessDenied/);
    // The one operation here whose right has another name.
    used.add(operation === "Invoke" ? "lambda:InvokeFunction" : `${service}:${operation}`);
  }
}

it("all steps, their ways back, and up and down", async () => {
  await isAllowed(async () => {
    for (const noun of ["table", "function", "api", "routes", "integration", "attach"]) {
      await createStep(await context(), noun);
    }
    await status(await context());
    await tableItems(await context());
    await invokeFunction(await context(), {});
    await logs(await context(), { function: "crud", since: { ago: 60_000 } });
    await enableTimer(await context(), {});
    await timerStatus(await context());
    await invokeTimer(await context(), {});
    await disableTimer(await context());
    const known = await knownRows(await context());
    const { schedule } = await enableTimer(await context(), { schedule: "rate(1 minute)" });
    await waitForRow(await context(), { schedule, known });
    await deleteTimer(await context());
    await detachStep(await context());
    for (const noun of ["integration", "routes", "api", "function", "table"]) await deleteStep(await context(), noun);
    await up(await context());
    await down(await context());
  });
});

it("sign-in: its pool, users and groups, and what test cleans up where only admins may delete", async () => {
  const email = "kim@example.com";
  await isAllowed(async () => {
    await up(await context());
    await enableAuth(await context(), { adminsOnlyDelete: true });
    await authStatus(await context());
    await createPoolUser(await context(), { email, hasPassword: true, resend: false });
    await signUp(await context(), "lee@example.com");
    await confirmPoolUser(await context(), "lee@example.com");
    await signIn(await context(), { email, flow: "srp" });
    await test(await context(), {});
    await createPoolGroup(await context(), "admins");
    await addToPoolGroup(await context(), { group: "admins", email });
    await listPoolGroups(await context());
    await listPoolUsers(await context());
    await removeFromPoolGroup(await context(), { group: "admins", email });
    await deletePoolGroup(await context(), "admins");
    await deletePoolUser(await context(), email);
    await disableAuth(await context());
  });
  rmSync(person.statePath);
  await isAllowed(async () => {
    await enableAuth(await context(), {});
    await deleteAuth(await context());
    await down(await context());
  });
});

it.each(FIELDS.filter((row) => !IDENTITY_FIELDS.includes(row)))("repairing $what", async ({ by }) => {
  await isAllowed(async () => {
    await up(await context());
    await enableTimer(await context(), {});
    await enableAuth(await context(), {});
  });
  await by(byHandOn(cloud));
  await isAllowed(async () => up(await context()));
});

it("lifting protections, and taking over what the console made", async () => {
  await isAllowed(async () => up(await context()));
  const TableName = `${NAME}-items`;
  await new DynamoDBClient(cloud.config).send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  await new CloudWatchLogsClient(cloud.config).send(
    new PutLogGroupDeletionProtectionCommand({
      logGroupIdentifier: `/aws/lambda/${NAME}-function`,
      deletionProtectionEnabled: true,
    }),
  );
  await isAllowed(async () => down(await context()));
  await leaveBehind(cloud, { logGroup: true });
  await isAllowed(async () => up(await adopting()));
  await isAllowed(async () => down(await context()));
  await leaveBehind(cloud);
  await isAllowed(async () => down(await adopting()));
  const { holds } = (await (await cloud.control("GET", "inventory")).json()) as { holds: string[] };
  expect(holds).toEqual([`arn:aws:iam::000000000000:role/${RoleName}`]);
});

it("grants nothing that none of this needed", () => {
  const { Statement } = JSON.parse(policy()) as { Statement: { Action: string | string[] }[] };
  const granted = Statement.flatMap(({ Action }) => Action);
  const unused = granted.filter((action) => !used.has(action) && !action.startsWith("apigateway:"));
  // Checked by AWS inside CreateFunction, CreateApi and GetFunction; the last is for a client with a secret, which this cloud has none of.
  const inside = ["iam:PassRole", "iam:CreateServiceLinkedRole", "lambda:ListTags"];
  expect(unused).toEqual([...inside, "cognito-idp:DeleteUserPoolClient"]);
});
