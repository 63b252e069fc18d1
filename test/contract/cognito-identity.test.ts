import {
  DeleteIdentitiesCommand,
  DescribeIdentityCommand,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  ListIdentitiesCommand,
  SetIdentityPoolRolesCommand,
  UpdateIdentityPoolCommand,
} from "@aws-sdk/client-cognito-identity";
import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  DeleteUserPoolCommand,
  GlobalSignOutCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { testIdentityPool } from "../identity-pools.ts";
import type { TestIdentityPool } from "../identity-pools.ts";
import { shiftedClock } from "../shifted-clock.ts";
import { refusal, testPool } from "../user-pools.ts";
import type { TestPool } from "../user-pools.ts";

const HOUR = 60 * 60 * 1000;
const UNSUPPORTED = refusal("NotAuthorizedException", "Token is not from a supported provider of this identity pool.");

const forbidden = (identityId: string): object =>
  refusal("NotAuthorizedException", `Access to Identity '${identityId}' is forbidden.`);

const clock = shiftedClock();
let cloud: TestCloud;
let users: TestPool;
let pool: TestIdentityPool;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  users = await testPool(cloud);
  pool = await testIdentityPool(cloud, users);
});
afterAll(async () => {
  pool.close();
  users.close();
  await cloud.close();
});

let count = 0;
/** The ID token of somebody new. */
async function signedIn(
  of: TestPool = users,
): Promise<{ idToken: string; accessToken: string; email: string; sub: string }> {
  count += 1;
  const email = `user${count}@example.com`;
  const { sub } = await of.join(email);
  const { IdToken = "", AccessToken = "" } = await of.signIn(email);
  return { idToken: IdToken, accessToken: AccessToken, email, sub };
}

const loginOf = (idToken: string): Record<string, string> => ({ [pool.provider]: idToken });
const getId = (Logins?: Record<string, string>, IdentityPoolId = pool.IdentityPoolId): Promise<string> =>
  pool.anyone.send(new GetIdCommand({ IdentityPoolId, Logins })).then(({ IdentityId = "" }) => IdentityId);

describe("identities", () => {
  it("a user's is the same for ever, a guest is somebody new", async () => {
    const { idToken, email } = await signedIn();
    const id = await getId(loginOf(idToken));
    expect(id).toMatch(/^us-east-1:[0-9a-f-]{36}$/);
    const { IdToken = "" } = await users.signIn(email);
    expect(await getId(loginOf(IdToken))).toBe(id);
    const guest = await getId();
    expect(await getId()).not.toBe(guest);
    expect(await pool.admin.send(new DescribeIdentityCommand({ IdentityId: id }))).toMatchObject({
      IdentityId: id,
      Logins: [pool.provider],
      CreationDate: expect.any(Date),
    });
    const { Identities = [] } = await pool.admin.send(
      new ListIdentitiesCommand({ IdentityPoolId: pool.IdentityPoolId, MaxResults: 60 }),
    );
    expect(Identities.map(({ IdentityId }) => IdentityId)).toEqual(expect.arrayContaining([id, guest]));
    await pool.admin.send(new DeleteIdentitiesCommand({ IdentityIdsToDelete: [guest] }));
    await expect(pool.admin.send(new DescribeIdentityCommand({ IdentityId: guest }))).rejects.toMatchObject(
      refusal("ResourceNotFoundException", `Identity '${guest}' not found.`),
    );
  });

  it("a guest who signs in stays whom the pool knows, and is no guest any more", async () => {
    const guest = await getId();
    const { idToken } = await signedIn();
    const get = (Logins?: Record<string, string>): Promise<unknown> =>
      pool.anyone.send(new GetCredentialsForIdentityCommand({ IdentityId: guest, Logins }));
    await get(loginOf(idToken));
    expect(await getId(loginOf(idToken))).toBe(guest);
    await expect(get()).rejects.toMatchObject(forbidden(guest));
  });

  it("a guest who turns out to be a user whom the pool knows is that user, and the guest is disabled", async () => {
    const { idToken } = await signedIn();
    const id = await getId(loginOf(idToken));
    const guest = await getId();
    const get = (Logins?: Record<string, string>): Promise<{ IdentityId?: string | undefined }> =>
      pool.anyone.send(new GetCredentialsForIdentityCommand({ IdentityId: guest, Logins }));
    expect((await get(loginOf(idToken))).IdentityId).toBe(id);
    expect((await get(loginOf(idToken))).IdentityId).toBe(id);
    await expect(get()).rejects.toMatchObject(forbidden(guest));
    const listed = async (HideDisabled?: boolean): Promise<(string | undefined)[]> => {
      const { IdentityPoolId } = pool;
      const command = new ListIdentitiesCommand({ IdentityPoolId, MaxResults: 60, HideDisabled });
      return ((await pool.admin.send(command)).Identities ?? []).map(({ IdentityId }) => IdentityId);
    };
    expect(await listed()).toContain(guest);
    expect(await listed(true)).not.toContain(guest);
    expect(await listed(true)).toContain(id);
  });

  it("no guests where they are off", async () => {
    const closed = await testIdentityPool(cloud, users, { pool: { AllowUnauthenticatedIdentities: false } });
    await expect(getId(undefined, closed.IdentityPoolId)).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Unauthenticated access is not supported for this identity pool."),
    );
    const guest = await getId();
    const settings = { IdentityPoolId: pool.IdentityPoolId, IdentityPoolName: "identities" };
    const providers = {
      CognitoIdentityProviders: [{ ProviderName: pool.provider, ClientId: users.ClientId, ServerSideTokenCheck: true }],
    };
    const allow = (AllowUnauthenticatedIdentities: boolean): Promise<unknown> =>
      pool.admin.send(new UpdateIdentityPoolCommand({ ...settings, ...providers, AllowUnauthenticatedIdentities }));
    await allow(false);
    await expect(pool.anyone.send(new GetCredentialsForIdentityCommand({ IdentityId: guest }))).rejects.toMatchObject(
      refusal("NotAuthorizedException", /^Unauthenticated access/),
    );
    await allow(true);
    closed.close();
  });

  it("an unknown pool or identity is not found", async () => {
    const unknown = "us-east-1:00000000-0000-0000-0000-000000000000";
    await expect(getId(undefined, unknown)).rejects.toMatchObject(
      refusal("ResourceNotFoundException", `IdentityPool '${unknown}' not found.`),
    );
    await expect(pool.anyone.send(new GetCredentialsForIdentityCommand({ IdentityId: unknown }))).rejects.toMatchObject(
      refusal("ResourceNotFoundException", `Identity '${unknown}' not found.`),
    );
  });
});

describe("logins that do not hold", () => {
  /** Both calls say the same. */
  async function isRefused(Logins: Record<string, string>, expected: object): Promise<void> {
    await expect(getId(Logins)).rejects.toMatchObject(expected);
    const IdentityId = await getId();
    const command = new GetCredentialsForIdentityCommand({ IdentityId, Logins });
    await expect(pool.anyone.send(command)).rejects.toMatchObject(expected);
  }
  const invalid = (reason: string | RegExp): object =>
    refusal("NotAuthorizedException", typeof reason === "string" ? `Invalid login token. ${reason}` : reason);

  it("the token of another user pool, under its own name and under this one's", async () => {
    const others = await testPool(cloud);
    const { idToken } = await signedIn(others);
    await isRefused({ [`cognito-idp.us-east-1.amazonaws.com/${others.UserPoolId}`]: idToken }, UNSUPPORTED);
    await isRefused(loginOf(idToken), invalid("Issuer doesn't match providerName"));
    others.close();
  });

  it("the token of another client of the same user pool", async () => {
    const mine = await signedIn();
    const other = await testIdentityPool(cloud, users, {
      pool: { CognitoIdentityProviders: [{ ProviderName: pool.provider, ClientId: "another" }] },
    });
    await expect(getId(loginOf(mine.idToken), other.IdentityPoolId)).rejects.toMatchObject(UNSUPPORTED);
    other.close();
  });

  it("an access token", async () => {
    const { accessToken } = await signedIn();
    await isRefused(loginOf(accessToken), invalid("Missing a required claim: aud"));
  });

  it.each([0, 1, 2])("a token whose part %i was changed", async (part) => {
    const { idToken } = await signedIn();
    const parts = idToken.split(".");
    if (part === 1) {
      const claims = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8")) as object;
      parts[1] = Buffer.from(JSON.stringify({ ...claims, sub: "somebody else" })).toString("base64url");
    } else {
      const text = parts[part] ?? "";
      parts[part] = `${text.slice(0, 10)}${text[10] === "A" ? "B" : "A"}${text.slice(11)}`;
    }
    await isRefused(loginOf(parts.join(".")), invalid("Couldn't verify signed token."));
  });

  it("what is no token", async () => {
    await isRefused(loginOf("nonsense"), invalid("Not a Cognito token."));
    await isRefused(loginOf("a.b.c"), invalid("Not a Cognito token."));
  });

  it("a token of alg none", async () => {
    const { idToken } = await signedIn();
    const header = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    await isRefused(loginOf(`${header}.${idToken.split(".")[1]}.`), invalid("Couldn't verify signed token."));
  });

  it("the token of somebody who signed out, was disabled or deleted", async () => {
    const { UserPoolId } = users;
    const out = await signedIn();
    await users.anyone.send(new GlobalSignOutCommand({ AccessToken: out.accessToken }));
    const disabled = await signedIn();
    await users.admin.send(new AdminDisableUserCommand({ UserPoolId, Username: disabled.email }));
    const gone = await signedIn();
    await users.admin.send(new AdminDeleteUserCommand({ UserPoolId, Username: gone.email }));
    for (const { idToken } of [out, disabled, gone]) {
      await isRefused(loginOf(idToken), invalid("Token has been revoked."));
    }
  });

  it("the token of somebody who signed out holds where the user pool is not asked", async () => {
    const unasked = await testIdentityPool(cloud, users, {
      pool: { CognitoIdentityProviders: [{ ProviderName: pool.provider, ClientId: users.ClientId }] },
    });
    const { idToken, accessToken } = await signedIn();
    await users.anyone.send(new GlobalSignOutCommand({ AccessToken: accessToken }));
    expect((await unasked.credentials(idToken)).identityId).toMatch(/^us-east-1:/);
    unasked.close();
  });

  it("a token under the name of something that is no user pool", async () => {
    const { idToken } = await signedIn();
    for (const provider of ["accounts.google.com", "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abcdefghi"]) {
      await isRefused({ [provider]: idToken }, UNSUPPORTED);
    }
  });

  it("the token of a user pool that is gone", async () => {
    const others = await testPool(cloud);
    const theirs = await testIdentityPool(cloud, others);
    const { idToken } = await signedIn(others);
    await others.admin.send(new DeleteUserPoolCommand({ UserPoolId: others.UserPoolId }));
    await expect(theirs.credentials(idToken)).rejects.toMatchObject(invalid("Couldn't verify signed token."));
    theirs.close();
    others.close();
  });

  it("nothing, for the identity of a user", async () => {
    const IdentityId = await getId(loginOf((await signedIn()).idToken));
    await expect(pool.anyone.send(new GetCredentialsForIdentityCommand({ IdentityId }))).rejects.toMatchObject(
      forbidden(IdentityId),
    );
  });

  it("the identity of another user", async () => {
    const [mine, theirs] = [await signedIn(), await signedIn()];
    const IdentityId = await getId(loginOf(theirs.idToken));
    await expect(
      pool.anyone.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins: loginOf(mine.idToken) })),
    ).rejects.toMatchObject(refusal("NotAuthorizedException", /^Logins don't match/));
  });
});

describe("credentials", () => {
  const callerOf = (credentials: TestCloud["config"]["credentials"]): Promise<{ Arn?: string | undefined }> =>
    new STSClient({ ...cloud.config, credentials }).send(new GetCallerIdentityCommand({}));

  it("a user's are a session of the role for whoever signed in, a guest's of the guests'", async () => {
    const { idToken } = await signedIn();
    for (const [token, kind] of [
      [idToken, "authenticated"],
      [undefined, "unauthenticated"],
    ] as const) {
      const given = await pool.credentials(token);
      const role = pool.roles[kind].split("/").at(-1);
      expect((await callerOf(given)).Arn).toBe(
        `arn:aws:sts::000000000000:assumed-role/${role}/CognitoIdentityCredentials`,
      );
      expect(given.expiration.getTime() - clock.now()).toBeGreaterThan(0.99 * HOUR);
      const dynamodb = new DynamoDBClient({ ...cloud.config, credentials: given });
      expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    }
  });

  it("a role that is gone, and a pool without one, is an invalid configuration", async () => {
    const lonely = await testIdentityPool(cloud, users);
    const iam = new IAMClient(cloud.config);
    const RoleName = lonely.roles.unauthenticated.split("/").at(-1);
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "allows" }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    const expected = refusal(
      "InvalidIdentityPoolConfigurationException",
      "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
    );
    await expect(lonely.credentials()).rejects.toMatchObject(expected);
    const { IdentityPoolId } = lonely;
    await lonely.admin.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: {} }));
    const { idToken } = await signedIn();
    await expect(lonely.credentials(idToken)).rejects.toMatchObject(expected);
    lonely.close();
  });

  it("an expired token gives none, and expired credentials let nobody in", async () => {
    const { idToken } = await signedIn();
    const given = await pool.credentials(idToken);
    clock.advance(HOUR + 1000);
    await expect(getId(loginOf(idToken))).rejects.toMatchObject(
      refusal("NotAuthorizedException", /^Invalid login token\. Token expired: \d+ >= \d+$/),
    );
    const late = new DynamoDBClient({ ...cloud.config, credentials: given, systemClockOffset: HOUR + 1000 });
    await expect(late.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: "ExpiredTokenException" });
  });
});
