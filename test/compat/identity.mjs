// AWS credentials for users and guests with the real command against MiniStack: its own identity pools, roles and sessions.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  DescribeIdentityPoolCommand,
  GetIdentityPoolRolesCommand,
  ListIdentityPoolsCommand,
} from "@aws-sdk/client-cognito-identity";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { isReading } from "./recorder.mjs";
import { check } from "./report.mjs";

const ANN = "ann@example.com";
const PASSWORD = "Secret-123";

/**
 * @param {(line: string, options?: { target?: boolean, exit?: number | "any", input?: string }) => Promise<any>} json what
 * `--json` printed
 * @param {import("@aws-sdk/client-cognito-identity").CognitoIdentityClient} identity
 * @param {import("@aws-sdk/client-iam").IAMClient} iam
 * @param {import("./recorder.mjs").Recorder} recorder
 */
export async function identityJourney(json, identity, iam, recorder) {
  const pools = async () => (await identity.send(new ListIdentityPoolsCommand({ MaxResults: 60 }))).IdentityPools ?? [];
  const writes = () => recorder.takeCalls().filter((call) => !isReading(call));

  await check("identity enable without sign-in names the command that comes first", async () => {
    await json("up --bundle", { target: true });
    const { error } = await json("identity enable", { exit: 3 });
    equal(error.code, "StepMissing");
    match(error.todo, /auth enable/);
  });
  await check("identity enable makes pool and roles that trust it alone; a second time there is no write", async () => {
    await json("auth enable");
    recorder.takeCalls();
    const { identityPoolId } = await json("identity enable --guests");
    const calls = recorder.takeCalls();
    ok(calls.length <= 20, `${calls.length} calls:\n${calls.join("\n")}`);
    const described = await identity.send(new DescribeIdentityPoolCommand({ IdentityPoolId: identityPoolId }));
    deepEqual(
      [described.IdentityPoolName, described.AllowUnauthenticatedIdentities],
      ["http-crud-tutorial-identities", true],
    );
    equal(described.CognitoIdentityProviders?.[0]?.ServerSideTokenCheck, true);
    const { Roles } = await identity.send(new GetIdentityPoolRolesCommand({ IdentityPoolId: identityPoolId }));
    match(Roles?.["authenticated"] ?? "", /:role\/http-crud-tutorial-authenticated-role$/);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "http-crud-tutorial-guest-role" }));
    match(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), new RegExp(identityPoolId));
    await json("identity enable");
    deepEqual(writes(), []);
  });
  await check("a user and a guest get credentials, and read the table with them", async () => {
    await json(`auth users create ${ANN} --password-stdin`, { input: `${PASSWORD}\n` });
    await json(`auth sign-in ${ANN} --password-stdin`, { input: `${PASSWORD}\n` });
    const { identityId, kind } = await json("identity credentials");
    match(identityId, /^us-east-1:/);
    equal(kind, "user");
    const { AccessKeyId, SessionToken } = await json("identity credentials --guest --export");
    ok(AccessKeyId !== "" && SessionToken !== "");
    deepEqual((await json("identity items")).items, []);
  });
  await check("a user puts and removes a row of the own identity", async () => {
    equal((await json("identity put lamp --price 3")).allowed, true);
    const { items, own } = await json("identity items");
    deepEqual(own, [items[0].id]);
    equal((await json("identity remove lamp")).allowed, true);
  });
  await check("--admins gives the group a role, --no-admins takes it away again", async () => {
    await json("identity enable --admins");
    const { roles } = await json("identity status");
    equal(roles.length, 3);
    await json("identity enable --no-admins");
    equal((await json("identity status")).roles.length, 2);
    recorder.takeCalls();
    await json("up");
    deepEqual(writes(), []);
  });
  await check("identity delete takes it away and leaves sign-in; down takes another along", async () => {
    const { error } = await json("auth delete --yes", { exit: 3 });
    equal(error.code, "IdentitiesLeft");
    await json("identity delete --yes");
    deepEqual(await pools(), []);
    await json("identity enable --admins --guests");
    await json("down --yes");
    deepEqual(await pools(), []);
  });
}
