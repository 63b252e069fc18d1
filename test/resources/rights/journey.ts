// Every command once, with what has to be there before it: what a person does with awsls.

import { rmSync } from "node:fs";
import { CloudWatchLogsClient, PutLogGroupDeletionProtectionCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  DescribeIdentityPoolCommand,
  ListIdentityPoolsCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cognito-identity";
import { DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { deleteAuth } from "../../../src/commands/auth-delete.ts";
import { disableAuth } from "../../../src/commands/auth-disable.ts";
import { enableAuth } from "../../../src/commands/auth-enable.ts";
import {
  addToPoolGroup,
  createPoolGroup,
  deletePoolGroup,
  listPoolGroups,
  removeFromPoolGroup,
} from "../../../src/commands/auth-groups.ts";
import { signIn } from "../../../src/commands/auth-sign-in.ts";
import { signUp } from "../../../src/commands/auth-sign-up.ts";
import { authStatus } from "../../../src/commands/auth-status.ts";
import { confirmPoolUser } from "../../../src/commands/auth-users-confirm.ts";
import { createPoolUser } from "../../../src/commands/auth-users-create.ts";
import { deletePoolUser } from "../../../src/commands/auth-users-delete.ts";
import { listPoolUsers } from "../../../src/commands/auth-users-list.ts";
import type { StackContext } from "../../../src/commands/context.ts";
import { down } from "../../../src/commands/down.ts";
import { invokeFunction } from "../../../src/commands/function-invoke.ts";
import { identityCredentials } from "../../../src/commands/identity-credentials.ts";
import { deleteIdentity } from "../../../src/commands/identity-delete.ts";
import { enableIdentity } from "../../../src/commands/identity-enable.ts";
import { identityItems } from "../../../src/commands/identity-items.ts";
import { identityStatus } from "../../../src/commands/identity-status.ts";
import { identityWrite } from "../../../src/commands/identity-write.ts";
import { logs } from "../../../src/commands/logs.ts";
import { checkPermissions } from "../../../src/commands/permissions-check.ts";
import { status } from "../../../src/commands/status.ts";
import { createStep } from "../../../src/commands/step-create.ts";
import { deleteStep, detachStep } from "../../../src/commands/step-delete.ts";
import { tableItems } from "../../../src/commands/table-items.ts";
import { test } from "../../../src/commands/test.ts";
import { deleteTimer } from "../../../src/commands/timer-delete.ts";
import { disableTimer } from "../../../src/commands/timer-disable.ts";
import { enableTimer } from "../../../src/commands/timer-enable.ts";
import { invokeTimer } from "../../../src/commands/timer-invoke.ts";
import { timerStatus } from "../../../src/commands/timer-status.ts";
import { knownRows, waitForRow } from "../../../src/commands/timer-wait.ts";
import { up } from "../../../src/commands/up.ts";
import type { TestCloud } from "../../cloud.ts";
import { leaveBehind } from "../console.ts";
import { byHandOn } from "../drift/by-hand.ts";
import { FIELDS } from "../drift/fields.ts";
import type { DriftRow } from "../drift/row.ts";
import { type Person, runOn } from "./person.ts";

export interface Command {
  readonly name: string;
  /** What has to be there, or not, each time that it is tried. */
  before?(): Promise<unknown>;
  run(context: StackContext): Promise<unknown>;
}

const KIM = "kim@example.com";
const LEE = "lee@example.com";
const GROUP = "readers";
const NAME = "http-crud-tutorial";
const BOTH = { guests: true, admins: true };

export const adopting = (context: StackContext): StackContext => ({
  ...context,
  session: { ...context.session, adopt: true },
});

export function journeyOf(cloud: TestCloud, { owner, stack }: Person): Command[] {
  const asOwner: AsOwner = (work) => runOn(owner, work);
  const gone = (noun: string) => () => asOwner((context) => deleteStep(context, noun));
  const made = (noun: string): Command => ({
    name: `${noun} create`,
    before: gone(noun),
    run: (context) => createStep(context, noun),
  });
  const deleted = (noun: string): Command => ({
    name: `${noun} delete`,
    before: () => asOwner((context) => createStep(context, noun)),
    run: (context) => deleteStep(context, noun),
  });

  async function whole(): Promise<void> {
    await asOwner(up);
    await asOwner((context) => enableTimer(context, {}));
    await asOwner((context) => enableAuth(context, {}));
    await asOwner((context) => enableIdentity(context, BOTH));
  }

  async function nothing(): Promise<void> {
    await asOwner(down);
    await asOwner((context) => down(adopting(context)));
  }

  /** What tells whose things are is then who made them. */
  async function lost(): Promise<void> {
    await nothing();
    await runOn(stack, up);
    await runOn(stack, (context) => enableAuth(context, {}));
    rmSync(stack.statePath);
  }

  return [
    ...["table", "function", "api", "routes", "integration"].map(made),
    { name: "routes attach", before: () => asOwner(detachStep), run: (context) => createStep(context, "attach") },
    { name: "status", run: status },
    { name: "table items", run: tableItems },
    { name: "function invoke", run: (context) => invokeFunction(context, {}) },
    { name: "logs", run: (context) => logs(context, { function: "crud", since: { ago: 60_000 } }) },
    { name: "test", run: (context) => test(context, {}) },
    ...timerCommands(asOwner),
    ...authCommands(asOwner),
    ...identityCommands(asOwner),
    { name: "permissions --check", run: checkPermissions },
    {
      name: "identity enable --no-guests",
      before: whole,
      run: (context) => enableIdentity(context, { guests: false }),
    },
    {
      name: "identity enable, with a group of that name",
      async before() {
        await asOwner(deleteIdentity);
        await asOwner((context) => deletePoolGroup(context, "admins"));
        await asOwner((context) => createPoolGroup(context, "admins"));
      },
      run: (context) => enableIdentity(context, BOTH),
    },
    {
      name: "up, repairing a tag of the identity pool",
      before: () => whole().then(() => untagIdentityPool(cloud)),
      run: up,
    },
    {
      name: "up, with an identity pool that was made twice",
      before: () => whole().then(() => copyIdentityPool(cloud)),
      run: up,
    },
    { name: "identity delete", before: whole, run: deleteIdentity },
    { name: "auth delete", before: () => asOwner((context) => enableAuth(context, {})), run: deleteAuth },
    { name: "timer delete", before: () => asOwner((context) => enableTimer(context, {})), run: deleteTimer },
    { name: "routes detach", before: () => asOwner(up), run: detachStep },
    ...["integration", "routes", "api", "function", "table"].map(deleted),
    { name: "up", before: nothing, run: up },
    { name: "up, with the state lost", before: lost, run: up },
    ...differing(FIELDS).map(({ what, by }) => ({
      name: `up, repairing ${what}`,
      before: async () => {
        await whole();
        await by(byHandOn(cloud));
      },
      run: up,
    })),
    { name: "down, with protections", before: () => whole().then(() => protect(cloud)), run: down },
    {
      name: "up --adopt",
      before: async () => {
        await nothing();
        await leaveBehind(cloud, { logGroup: true });
      },
      run: (context) => up(adopting(context)),
    },
    {
      name: "down --adopt",
      before: async () => {
        await nothing();
        await leaveBehind(cloud);
      },
      run: (context) => down(adopting(context)),
    },
  ];
}

/** Of the rows whose repair makes the same calls for the same thing, one. */
function differing(rows: readonly DriftRow[]): DriftRow[] {
  const seen = new Set<string>();
  return rows.filter(({ member = "", writes }) => {
    const calls = writes.map((operation) => `${member.split(".")[0]} ${operation}`);
    const isNew = calls.some((call) => !seen.has(call));
    for (const call of calls) seen.add(call);
    return isNew;
  });
}

type AsOwner = (work: (context: StackContext) => Promise<unknown>) => Promise<unknown>;

function timerCommands(asOwner: AsOwner): Command[] {
  const enabled = (): Promise<unknown> => asOwner((context) => enableTimer(context, {}));
  return [
    { name: "timer enable", before: () => asOwner(deleteTimer), run: (context) => enableTimer(context, {}) },
    { name: "timer status", run: timerStatus },
    { name: "timer invoke", run: (context) => invokeTimer(context, {}) },
    { name: "timer disable", before: enabled, run: disableTimer },
    { name: "timer enable, again", before: () => asOwner(disableTimer), run: (context) => enableTimer(context, {}) },
    {
      name: "timer enable --wait",
      before: () => asOwner(disableTimer),
      async run(context) {
        const known = await knownRows(context);
        const { schedule } = await enableTimer(context, { schedule: "rate(1 minute)" });
        await waitForRow(context, { schedule, known });
      },
    },
  ];
}

function authCommands(asOwner: AsOwner): Command[] {
  const email = KIM;
  const noUser = (address: string) => (): Promise<unknown> => asOwner((context) => deletePoolUser(context, address));
  const noGroup = (): Promise<unknown> => asOwner((context) => deletePoolGroup(context, GROUP));
  const outside = (): Promise<unknown> => asOwner((context) => removeFromPoolGroup(context, { group: GROUP, email }));
  const signedUp = async (): Promise<void> => {
    await noUser(LEE)();
    await asOwner((context) => signUp(context, LEE));
  };
  const create = (context: StackContext): Promise<unknown> =>
    createPoolUser(context, { email, hasPassword: true, resend: false });
  return [
    {
      name: "auth enable",
      before: () => asOwner(deleteAuth),
      run: (context) => enableAuth(context, { adminsOnlyDelete: true }),
    },
    { name: "auth status", run: authStatus },
    { name: "auth users create", before: noUser(KIM), run: create },
    { name: "auth users confirm", before: signedUp, run: (context) => confirmPoolUser(context, LEE) },
    { name: "auth users list", run: listPoolUsers },
    { name: "auth sign-in", run: (context) => signIn(context, { email, flow: "srp" }) },
    { name: "test, where only admins delete", run: (context) => test(context, {}) },
    { name: "auth group create", before: noGroup, run: (context) => createPoolGroup(context, GROUP) },
    { name: "auth group add", before: outside, run: (context) => addToPoolGroup(context, { group: GROUP, email }) },
    { name: "auth group list", run: listPoolGroups },
    {
      name: "auth group remove",
      before: () => asOwner((context) => addToPoolGroup(context, { group: GROUP, email })),
      run: (context) => removeFromPoolGroup(context, { group: GROUP, email }),
    },
    {
      name: "auth group delete",
      before: () => asOwner((context) => createPoolGroup(context, GROUP)),
      run: (context) => deletePoolGroup(context, GROUP),
    },
    {
      name: "auth users delete",
      before: signedUp,
      run: (context) => deletePoolUser(context, LEE),
    },
    {
      name: "auth disable",
      before: () => asOwner((context) => enableAuth(context, {})),
      run: disableAuth,
    },
  ];
}

function identityCommands(asOwner: AsOwner): Command[] {
  const guest = { guest: false };
  return [
    { name: "identity enable", before: () => asOwner(deleteIdentity), run: (context) => enableIdentity(context, BOTH) },
    { name: "identity status", run: identityStatus },
    { name: "identity credentials", run: (context) => identityCredentials(context, guest) },
    { name: "identity items", run: (context) => identityItems(context, guest) },
    { name: "identity put", run: (context) => identityWrite(context, "put", { ...guest, name: "apple" }) },
    { name: "identity remove", run: (context) => identityWrite(context, "remove", { ...guest, name: "apple" }) },
  ];
}

async function untagIdentityPool({ config }: TestCloud): Promise<void> {
  const client = new CognitoIdentityClient(config);
  const { IdentityPools: [pool] = [] } = await client.send(new ListIdentityPoolsCommand({ MaxResults: 60 }));
  const ResourceArn = `arn:aws:cognito-identity:${config.region}:000000000000:identitypool/${pool?.IdentityPoolId}`;
  await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["awsls:component"] }));
  client.destroy();
}

/** As after a lost reply. */
async function copyIdentityPool({ config }: TestCloud): Promise<void> {
  const client = new CognitoIdentityClient(config);
  const { IdentityPools: [pool] = [] } = await client.send(new ListIdentityPoolsCommand({ MaxResults: 60 }));
  const made = await client.send(new DescribeIdentityPoolCommand({ IdentityPoolId: pool?.IdentityPoolId }));
  const { IdentityPoolName, AllowUnauthenticatedIdentities, IdentityPoolTags } = made;
  await client.send(
    new CreateIdentityPoolCommand({ IdentityPoolName, AllowUnauthenticatedIdentities, IdentityPoolTags }),
  );
  client.destroy();
}

async function protect({ config }: TestCloud): Promise<void> {
  const TableName = `${NAME}-items`;
  await new DynamoDBClient(config).send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  await new CloudWatchLogsClient(config).send(
    new PutLogGroupDeletionProtectionCommand({
      logGroupIdentifier: `/aws/lambda/${NAME}-function`,
      deletionProtectionEnabled: true,
    }),
  );
}
