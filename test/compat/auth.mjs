// Sign-in's journey with the real command against MiniStack: its own user pools, tokens and JWT authorizer.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ListUserPoolsCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { isReading } from "./recorder.mjs";
import { check } from "./report.mjs";

const ANN = "ann@example.com";
const PASSWORD = "Secret-123";
const ROUTES = ["GET /items", "GET /items/{id}", "PUT /items", "DELETE /items/{id}"];

/**
 * @param {(line: string, options?: { target?: boolean, exit?: number | "any", input?: string }) => Promise<any>} json what
 * `--json` printed
 * @param {import("@aws-sdk/client-cognito-identity-provider").CognitoIdentityProviderClient} cognito
 * @param {import("./recorder.mjs").Recorder} recorder
 */
export async function authJourney(json, cognito, recorder) {
  const signIn = (options = "") =>
    json(`auth sign-in ${ANN} --password-stdin ${options}`.trim(), { input: `${PASSWORD}\n` });
  const pools = async () => (await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }))).UserPools ?? [];
  const protectedRoutes = async () => {
    const { routes } = await json("auth status");
    return routes.flatMap((/** @type {{ routeKey: string, isProtected: boolean }} */ each) =>
      each.isProtected ? [each.routeKey] : [],
    );
  };

  await check("auth enable without an API names the command that comes first", async () => {
    const { error } = await json("auth enable", { target: true, exit: 3 });
    equal(error.code, "StepMissing");
    match(error.todo, /table create/);
  });
  await check(
    "auth enable makes pool, client and authorizer, in at most 12 calls; a second time there is no write",
    async () => {
      await json("up --bundle", { target: true });
      recorder.takeCalls();
      const { userPoolId } = await json("auth enable");
      const calls = recorder.takeCalls();
      ok(calls.length <= 12, `${calls.length} calls:\n${calls.join("\n")}`);
      const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
      deepEqual([UserPool?.Name, UserPool?.UsernameAttributes], ["http-crud-tutorial-users", ["email"]]);
      const mfa = await cognito.send(new GetUserPoolMfaConfigCommand({ UserPoolId: userPoolId }));
      deepEqual([mfa.MfaConfiguration, mfa.SoftwareTokenMfaConfiguration?.Enabled], ["OPTIONAL", true]);
      deepEqual(await protectedRoutes(), ROUTES);
      recorder.takeCalls();
      await json("auth enable");
      deepEqual(
        recorder.takeCalls().filter((call) => !isReading(call)),
        [],
      );
    },
  );
  await check("test proves 401 and says who has to sign in", async () => {
    const { error } = await json("test", { exit: 3 });
    equal(error.code, "NotSignedIn");
  });
  await check(
    "a user signs in by SRP and by password, is told who that is, and test passes with the tokens",
    async () => {
      await json(`auth users create ${ANN} --password-stdin`, { input: `${PASSWORD}\n` });
      await signIn();
      await signIn("--flow password");
      const { idTokenClaims, accessTokenClaims } = await json("auth whoami");
      equal(idTokenClaims.email, ANN);
      equal(accessTokenClaims.token_use, "access");
      const { exchanges } = await json("test");
      equal(exchanges.length, 9);
    },
  );
  await check("a wrong password is refused", async () => {
    const { error } = await json(`auth sign-in ${ANN} --password-stdin`, { input: "Wrong-1234\n", exit: 4 });
    match(error.what, /password is wrong/);
  });
  await check("only admins delete: 403 before, 200 in the group", async () => {
    await json("auth enable --admins-only-delete");
    const deletion = async () => {
      const { exchanges } = await json("test");
      return exchanges.findLast((/** @type {{ method: string }} */ { method }) => method === "DELETE").status;
    };
    equal(await deletion(), 403);
    await json("auth group create admins");
    await json(`auth group add admins ${ANN}`);
    await signIn();
    equal(await deletion(), 200);
  });
  await check("--protect writes leaves reading open; disable opens all, and keeps the user", async () => {
    await json("auth enable --protect writes --no-admins-only-delete");
    deepEqual(await protectedRoutes(), ["PUT /items", "DELETE /items/{id}"]);
    await json("test");
    await json("auth disable");
    deepEqual(await protectedRoutes(), []);
    await json("test");
    recorder.takeCalls();
    await json("up");
    deepEqual(
      recorder.takeCalls().filter((call) => !isReading(call)),
      [],
    );
    equal((await json("auth users list")).users.length, 1);
    await json("auth enable");
    await json("auth sign-out");
  });
  await check("auth delete takes it away and leaves the rest; down takes another along", async () => {
    await json("auth delete --yes");
    deepEqual(await pools(), []);
    await json("test");
    await json("auth enable");
    await json("down --yes");
    deepEqual(await pools(), []);
  });
}
