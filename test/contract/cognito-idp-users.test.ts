// Users and groups as administrators handle them: the SDK's own client against the local cloud.

import {
  AdminAddUserToGroupCommand,
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminResetUserPasswordCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  DescribeUserPoolCommand,
  ForgotPasswordCommand,
  GetGroupCommand,
  InitiateAuthCommand,
  ListGroupsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  paginateListUsers,
  RespondToAuthChallengeCommand,
  SignUpCommand,
  UpdateGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { AdminCreateUserCommandInput } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";
import { shiftedClock } from "../shifted-clock.ts";
import { PASSWORD, refusal, testPool } from "../user-pools.ts";
import type { TestPool } from "../user-pools.ts";

const clock = shiftedClock();
let cloud: TestCloud;
let pool: TestPool;
let UserPoolId: string;

beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  pool = await testPool(cloud, { clock });
  ({ UserPoolId } = pool);
});
afterAll(async () => {
  pool.close();
  await cloud.close();
});

const create = (Username: string, input: Partial<AdminCreateUserCommandInput> = {}) =>
  pool.admin.send(new AdminCreateUserCommand({ UserPoolId, Username, ...input }));
const get = (Username: string) => pool.admin.send(new AdminGetUserCommand({ UserPoolId, Username }));
const attributesOf = async (Username: string) =>
  Object.fromEntries(((await get(Username)).UserAttributes ?? []).map(({ Name = "", Value }) => [Name, Value]));
const ABSENT = refusal("UserNotFoundException", "User does not exist.");

describe("a user whom an administrator makes", () => {
  it("is invited with a temporary password, and sets one of its own at the first sign-in", async () => {
    const { User } = await create("Ida@example.com", { UserAttributes: [{ Name: "email_verified", Value: "true" }] });
    expect(User).toMatchObject({
      Username: expect.stringMatching(/^[0-9a-f]{8}-/),
      Enabled: true,
      UserStatus: "FORCE_CHANGE_PASSWORD",
      UserCreateDate: expect.any(Date),
    });
    expect(User?.Attributes).toEqual(
      expect.arrayContaining([
        { Name: "sub", Value: User?.Username },
        { Name: "email", Value: "Ida@example.com" },
        { Name: "email_verified", Value: "true" },
      ]),
    );
    const [mail] = await pool.mailsTo("Ida@example.com");
    const password = mail?.code ?? "";
    expect(mail).toMatchObject({
      kind: "invitation",
      subject: "Your temporary password",
      body: `Your username is Ida@example.com and temporary password is ${password}.`,
    });
    const challenge = await signIn("ida@example.com", password);
    expect(challenge).toMatchObject({
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: expect.any(String),
      ChallengeParameters: { USER_ID_FOR_SRP: User?.Username, requiredAttributes: "[]" },
    });
    const userAttributes = JSON.parse(challenge.ChallengeParameters?.["userAttributes"] ?? "");
    expect(userAttributes).toEqual({ email: "Ida@example.com", email_verified: "true" });
    const { ClientId } = pool;
    const respond = (responses: Record<string, string>, Session = challenge.Session) =>
      pool.anyone.send(
        new RespondToAuthChallengeCommand({
          ClientId,
          ChallengeName: "NEW_PASSWORD_REQUIRED",
          Session,
          ChallengeResponses: { USERNAME: User?.Username ?? "", ...responses },
        }),
      );
    await expect(respond({ NEW_PASSWORD: "short" })).rejects.toMatchObject(
      refusal("InvalidPasswordException", "Password did not conform with policy: Password not long enough"),
    );
    await expect(respond({})).rejects.toMatchObject(
      refusal("InvalidParameterException", "Missing required parameter NEW_PASSWORD"),
    );
    await expect(respond({ NEW_PASSWORD: PASSWORD, USERNAME: "ida@example.com" })).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Invalid session for the user."),
    );
    await expect(respond({ NEW_PASSWORD: PASSWORD }, "a".repeat(40))).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Invalid session for the user, session is expired."),
    );
    const { AuthenticationResult } = await respond({ NEW_PASSWORD: PASSWORD, "userAttributes.name": "Ida" });
    expect(AuthenticationResult?.IdToken).toBeDefined();
    await expect(respond({ NEW_PASSWORD: PASSWORD })).rejects.toMatchObject(refusal("NotAuthorizedException"));
    expect(await get("ida@example.com")).toMatchObject({ UserStatus: "CONFIRMED" });
    expect(await attributesOf("ida@example.com")).toMatchObject({ name: "Ida" });
    await pool.signIn("ida@example.com");
  });

  it("is invited again as long as it has not come, and then not", async () => {
    await create("twice@example.com", { TemporaryPassword: "First-pass-1" });
    await create("twice@example.com", { MessageAction: "RESEND", TemporaryPassword: "Second-pass-2" });
    expect((await pool.mailsTo("twice@example.com")).map(({ code }) => code)).toEqual([
      "First-pass-1",
      "Second-pass-2",
    ]);
    await expect(signIn("twice@example.com", "First-pass-1")).rejects.toMatchObject(refusal("NotAuthorizedException"));
    await setPassword("twice@example.com", PASSWORD);
    await expect(create("twice@example.com", { MessageAction: "RESEND" })).rejects.toMatchObject(
      refusal("UnsupportedUserStateException"),
    );
    await expect(create("never@example.com", { MessageAction: "RESEND" })).rejects.toMatchObject(ABSENT);
  });

  it("is made without a mail, and its temporary password is taken for a week", async () => {
    await create("quiet@example.com", { MessageAction: "SUPPRESS", TemporaryPassword: "First-pass-1" });
    expect(await pool.mailsTo("quiet@example.com")).toEqual([]);
    clock.advance(7 * 86_400_000);
    await expect(signIn("quiet@example.com", "First-pass-1")).rejects.toMatchObject(
      refusal("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."),
    );
    await setPassword("quiet@example.com", "Second-pass-2", false);
    expect(await signIn("quiet@example.com", "Second-pass-2")).toMatchObject({
      ChallengeName: "NEW_PASSWORD_REQUIRED",
    });
  });

  it("refuses what AWS refuses, and names what this cloud does not do", async () => {
    await create("exists@example.com", { MessageAction: "SUPPRESS" });
    await expect(create("Exists@example.com")).rejects.toMatchObject(
      refusal("UsernameExistsException", "An account with the given email already exists."),
    );
    await expect(create("weak@example.com", { TemporaryPassword: "Correct-horse" })).rejects.toMatchObject(
      refusal(
        "InvalidPasswordException",
        "Password did not conform with password policy: Password must have numeric characters",
      ),
    );
    await expect(create("no address")).rejects.toMatchObject(refusal("InvalidParameterException"));
    await expect(create("sms@example.com", { DesiredDeliveryMediums: ["SMS"] })).rejects.toMatchObject(
      refusal("InvalidParameterException", /^The local cloud sends no text messages/),
    );
    for (const name of ["weak@example.com", "sms@example.com"]) {
      await expect(get(name)).rejects.toMatchObject(ABSENT);
    }
  });
});

describe("administrators", () => {
  it("confirm a user, whose address stays unverified, so that it cannot reset its password", async () => {
    const { ClientId } = pool;
    await pool.anyone.send(new SignUpCommand({ ClientId, Username: "hand@example.com", Password: PASSWORD }));
    const confirm = new AdminConfirmSignUpCommand({ UserPoolId, Username: "hand@example.com" });
    await pool.admin.send(confirm);
    expect(await get("hand@example.com")).toMatchObject({ UserStatus: "CONFIRMED" });
    expect(await attributesOf("hand@example.com")).toMatchObject({ email_verified: "false" });
    await expect(pool.admin.send(confirm)).rejects.toMatchObject(
      refusal("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"),
    );
    const forgot = new ForgotPasswordCommand({ ClientId, Username: "hand@example.com" });
    const unverified = refusal(
      "InvalidParameterException",
      "Cannot reset password for the user as there is no registered/verified email or phone_number",
    );
    await expect(pool.anyone.send(forgot)).rejects.toMatchObject(unverified);
    const reset = new AdminResetUserPasswordCommand({ UserPoolId, Username: "hand@example.com" });
    await expect(pool.admin.send(reset)).rejects.toMatchObject(unverified);
    await update("hand@example.com", { email_verified: "true" });
    await pool.admin.send(reset);
    expect(await get("hand@example.com")).toMatchObject({ UserStatus: "RESET_REQUIRED" });
    expect((await pool.mailsTo("hand@example.com")).at(-1)).toMatchObject({ kind: "reset" });
  });

  it("change attributes: a new address is unverified unless they say so", async () => {
    await pool.join("old@example.com");
    await update("old@example.com", { email: "new@example.com", name: "New" });
    expect(await attributesOf("new@example.com")).toMatchObject({ email_verified: "false", name: "New" });
    await expect(get("old@example.com")).rejects.toMatchObject(ABSENT);
    await update("new@example.com", { email: "newer@example.com", email_verified: "true", name: "" });
    const attributes = await attributesOf("newer@example.com");
    expect(attributes).toMatchObject({ email_verified: "true" });
    expect(attributes).not.toHaveProperty("name");
    await pool.join("taken@example.com");
    await expect(update("newer@example.com", { email: "Taken@example.com" })).rejects.toMatchObject(
      refusal("AliasExistsException", "An account with the given email already exists."),
    );
    await expect(update("newer@example.com", { email: "nonsense" })).rejects.toMatchObject(
      refusal("InvalidParameterException", "Invalid email address format."),
    );
  });

  it("delete a user, who is nobody then", async () => {
    await pool.join("gone@example.com");
    const user = { UserPoolId, Username: "gone@example.com" };
    await pool.admin.send(new AdminDeleteUserCommand(user));
    for (const command of [
      new AdminDeleteUserCommand(user),
      new AdminGetUserCommand(user),
      new AdminConfirmSignUpCommand(user),
      new AdminEnableUserCommand(user),
      new AdminDisableUserCommand(user),
      new AdminUserGlobalSignOutCommand(user),
      new AdminResetUserPasswordCommand(user),
      new AdminListGroupsForUserCommand(user),
      new AdminSetUserMFAPreferenceCommand(user),
      new AdminSetUserPasswordCommand({ ...user, Password: PASSWORD }),
      new AdminUpdateUserAttributesCommand({ ...user, UserAttributes: [] }),
    ]) {
      await expect(pool.admin.send(command as AdminGetUserCommand)).rejects.toMatchObject(ABSENT);
    }
    await pool.join("gone@example.com");
  });

  it("need the cloud's key", async () => {
    await expect(pool.anyone.send(new AdminGetUserCommand({ UserPoolId, Username: "x" }))).rejects.toThrow(
      "a public call is not signed",
    );
    const headers = { "x-amz-target": "AWSCognitoIdentityProviderService.ListUsers" };
    const response = await fetch(cloud.cloud.url, { method: "POST", headers, body: JSON.stringify({ UserPoolId }) });
    expect([response.status, await response.json()]).toEqual([
      400,
      { __type: "MissingAuthenticationTokenException", message: "Request is missing Authentication Token" },
    ]);
  });
});

describe("users without address as their name", () => {
  it("have the name that they choose, as it is written where the pool says so", async () => {
    const plain = await testPool(cloud, {
      clock,
      pool: { UsernameAttributes: [], UsernameConfiguration: { CaseSensitive: true } },
    });
    const { admin } = plain;
    const named = (Username: string) =>
      admin.send(new AdminCreateUserCommand({ UserPoolId: plain.UserPoolId, Username, MessageAction: "SUPPRESS" }));
    expect((await named("ann")).User?.Username).toBe("ann");
    expect((await named("Ann")).User?.Username).toBe("Ann");
    await expect(named("ann")).rejects.toMatchObject(refusal("UsernameExistsException", "User already exists"));
    await expect(
      admin.send(new AdminCreateUserCommand({ UserPoolId: plain.UserPoolId, Username: "bob" })),
    ).rejects.toMatchObject(refusal("InvalidParameterException", /no email to send the invitation to/));
    plain.close();
  });
});

describe("lists of users", () => {
  let own: TestPool;
  beforeAll(async () => {
    own = await testPool(cloud, { clock });
    for (const [name, given] of [
      ["amy@example.com", "Amy"],
      ["ben@example.com", "Ben"],
      ["Cat@example.org", 'Cat "C"'],
    ]) {
      // The order is that of their making.
      clock.advance(1);
      await own.admin.send(
        new AdminCreateUserCommand({
          UserPoolId: own.UserPoolId,
          Username: name,
          MessageAction: "SUPPRESS",
          UserAttributes: [{ Name: "given_name", Value: given }],
        }),
      );
    }
    const UserPool = { UserPoolId: own.UserPoolId };
    await own.admin.send(new AdminDisableUserCommand({ ...UserPool, Username: "ben@example.com" }));
    await own.admin.send(
      new AdminSetUserPasswordCommand({
        ...UserPool,
        Username: "amy@example.com",
        Password: PASSWORD,
        Permanent: true,
      }),
    );
  });
  afterAll(() => own.close());

  const list = async (Filter?: string) => {
    const { Users = [] } = await own.admin.send(new ListUsersCommand({ UserPoolId: own.UserPoolId, Filter }));
    return Users.map(({ Attributes = [] }) => Attributes.find(({ Name }) => Name === "email")?.Value);
  };

  it.each([
    [undefined, ["amy@example.com", "ben@example.com", "Cat@example.org"]],
    ["", ["amy@example.com", "ben@example.com", "Cat@example.org"]],
    ['email = "Amy@Example.com"', ["amy@example.com"]],
    ['email="cat@example.org"', ["Cat@example.org"]],
    ['email ^= "c"', ["Cat@example.org"]],
    ['given_name ^= "B"', ["ben@example.com"]],
    ['given_name = "Cat \\"C\\""', ["Cat@example.org"]],
    ['given_name = "amy"', []],
    ['cognito:user_status = "confirmed"', ["amy@example.com"]],
    ['cognito:user_status ^= "FORCE"', ["ben@example.com", "Cat@example.org"]],
    ['status = "Disabled"', ["ben@example.com"]],
    ['status = "Enabled"', ["amy@example.com", "Cat@example.org"]],
    ['name = "nobody"', []],
  ])("with the filter %s", async (filter, found) => {
    expect(await list(filter)).toEqual(found);
  });

  it("by sub and user name", async () => {
    const { Username: sub } = await own.admin.send(
      new AdminGetUserCommand({ UserPoolId: own.UserPoolId, Username: "ben@example.com" }),
    );
    expect(await list(`sub = "${sub}"`)).toEqual(["ben@example.com"]);
    expect(await list(`username = "${sub}"`)).toEqual(["ben@example.com"]);
  });

  it.each([
    ["email", "Error while parsing filter"],
    ["email = amy", "Error while parsing filter"],
    ['email = "a" and name = "b"', "Error while parsing filter"],
    ['email != "a"', "Error while parsing filter"],
    ['custom:team = "a"', "Invalid search attribute: custom:team"],
    ['birthdate = "2000-01-01"', "Invalid search attribute: birthdate"],
    ['constructor = "x"', "Invalid search attribute: constructor"],
  ])("refuse the filter %s", async (filter, message) => {
    await expect(list(filter)).rejects.toMatchObject(refusal("InvalidParameterException", message));
  });

  it("come in pages, also when a user goes in between, with the attributes that are asked for", async () => {
    const input = { UserPoolId: own.UserPoolId, AttributesToGet: ["email"] };
    const seen: unknown[] = [];
    for await (const { Users = [] } of paginateListUsers({ client: own.admin, pageSize: 1 }, { ...input })) {
      expect(Users.length).toBeLessThanOrEqual(1);
      seen.push(...Users.map(({ Attributes }) => Attributes));
    }
    expect(seen).toEqual(
      ["amy@example.com", "ben@example.com", "Cat@example.org"].map((Value) => [{ Name: "email", Value }]),
    );
    const { PaginationToken } = await own.admin.send(new ListUsersCommand({ ...input, Limit: 1 }));
    await own.admin.send(new AdminDeleteUserCommand({ UserPoolId: own.UserPoolId, Username: "amy@example.com" }));
    const rest = await own.admin.send(new ListUsersCommand({ ...input, PaginationToken }));
    expect(rest.Users).toHaveLength(2);
    const { UserPool } = await own.admin.send(new DescribeUserPoolCommand({ UserPoolId: own.UserPoolId }));
    expect(UserPool?.EstimatedNumberOfUsers).toBe(2);
    await expect(own.admin.send(new ListUsersCommand({ ...input, Limit: 61 }))).rejects.toMatchObject(
      refusal("InvalidParameterException"),
    );
    await expect(own.admin.send(new ListUsersCommand({ ...input, PaginationToken: "nonsense" }))).rejects.toMatchObject(
      refusal("InvalidParameterException"),
    );
  });
});

describe("groups", () => {
  const ROLE = "arn:aws:iam::000000000000:role/admins";
  const group = (GroupName: string) => ({ UserPoolId, GroupName });
  const MISSING = refusal("ResourceNotFoundException", "Group not found.");

  it("are made, described, changed, listed in pages and deleted", async () => {
    const made = await pool.admin.send(
      new CreateGroupCommand({ ...group("admins"), Description: "who may delete", RoleArn: ROLE, Precedence: 1 }),
    );
    expect(made.Group).toEqual({
      GroupName: "admins",
      UserPoolId,
      Description: "who may delete",
      RoleArn: ROLE,
      Precedence: 1,
      CreationDate: expect.any(Date),
      LastModifiedDate: expect.any(Date),
    });
    await expect(pool.admin.send(new CreateGroupCommand(group("admins")))).rejects.toMatchObject(
      refusal("GroupExistsException", "A group with the name already exists."),
    );
    await pool.admin.send(new UpdateGroupCommand({ ...group("admins"), Precedence: 5 }));
    expect((await pool.admin.send(new GetGroupCommand(group("admins")))).Group).toMatchObject({
      Description: "who may delete",
      RoleArn: ROLE,
      Precedence: 5,
    });
    await expect(pool.admin.send(new UpdateGroupCommand({ ...group("admins"), RoleArn: "" }))).rejects.toMatchObject(
      refusal("InvalidParameterException", /roleArn.*greater than or equal to 20/),
    );
    await pool.admin.send(new CreateGroupCommand(group("users")));
    const first = await pool.admin.send(new ListGroupsCommand({ UserPoolId, Limit: 1 }));
    const second = await pool.admin.send(new ListGroupsCommand({ UserPoolId, NextToken: first.NextToken }));
    expect([...(first.Groups ?? []), ...(second.Groups ?? [])].map(({ GroupName }) => GroupName)).toEqual([
      "admins",
      "users",
    ]);
    expect(second.NextToken).toBeUndefined();
    await pool.admin.send(new DeleteGroupCommand(group("users")));
    await expect(pool.admin.send(new GetGroupCommand(group("users")))).rejects.toMatchObject(MISSING);
    for (const input of [{ RoleArn: "no ARN, but long enough" }, { Precedence: -1 }, { GroupName: "a b" }]) {
      await expect(pool.admin.send(new CreateGroupCommand({ ...group("bad"), ...input }))).rejects.toMatchObject(
        refusal("InvalidParameterException"),
      );
    }
  });

  it("have members, until the group or the user goes", async () => {
    await pool.admin.send(new CreateGroupCommand(group("team")));
    for (const name of ["m1@example.com", "m2@example.com"]) {
      await pool.join(name);
      const member = { ...group("team"), Username: name };
      for (let twice = 0; twice < 2; twice += 1) await pool.admin.send(new AdminAddUserToGroupCommand(member));
    }
    const members = async (Limit?: number, NextToken?: string) =>
      pool.admin.send(new ListUsersInGroupCommand({ ...group("team"), Limit, NextToken }));
    const first = await members(1);
    expect([first.Users?.length, (await members(1, first.NextToken)).Users?.length]).toEqual([1, 1]);
    const groupsOf = async (Username: string) => {
      const { Groups = [] } = await pool.admin.send(new AdminListGroupsForUserCommand({ UserPoolId, Username }));
      return Groups.map(({ GroupName }) => GroupName);
    };
    expect(await groupsOf("m1@example.com")).toEqual(["team"]);
    const leaving = { ...group("team"), Username: "m1@example.com" };
    for (let twice = 0; twice < 2; twice += 1) await pool.admin.send(new AdminRemoveUserFromGroupCommand(leaving));
    expect((await members()).Users).toHaveLength(1);
    await pool.admin.send(new DeleteGroupCommand(group("team")));
    await pool.admin.send(new CreateGroupCommand(group("team")));
    expect((await members()).Users).toEqual([]);
    expect(await groupsOf("m2@example.com")).toEqual([]);
  });

  it("that are not there are named, and so are users", async () => {
    const nowhere = { ...group("nowhere"), Username: "m1@example.com" };
    for (const command of [
      new GetGroupCommand(nowhere),
      new UpdateGroupCommand(nowhere),
      new DeleteGroupCommand(nowhere),
      new ListUsersInGroupCommand(nowhere),
      new AdminAddUserToGroupCommand(nowhere),
      new AdminRemoveUserFromGroupCommand(nowhere),
    ]) {
      await expect(pool.admin.send(command as GetGroupCommand)).rejects.toMatchObject(MISSING);
    }
    await expect(
      pool.admin.send(new AdminAddUserToGroupCommand({ ...group("team"), Username: "nobody@example.com" })),
    ).rejects.toMatchObject(ABSENT);
  });
});

function signIn(USERNAME: string, password: string) {
  const input = { ClientId: pool.ClientId, AuthFlow: "USER_PASSWORD_AUTH" as const };
  return pool.anyone.send(new InitiateAuthCommand({ ...input, AuthParameters: { USERNAME, PASSWORD: password } }));
}

function setPassword(Username: string, Password: string, Permanent = true) {
  return pool.admin.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent }));
}

function update(Username: string, attributes: Readonly<Record<string, string>>) {
  const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  return pool.admin.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes }));
}
